package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var bodyLost = Rule{
	ID: "PMI028", Name: "body-lost", Level: result.Warning,
	Text: "An example's body has to be a text. One that is written as a JSON object or array becomes an empty answer.",
	Hint: "write the body as a text, with its quotes escaped, as Postman does",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/1"}}, "response": [{
  "name": "pet 1", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/1"}}, "code": 200, "body": {"id": 1}
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if body := e.Value.At("body"); body.Kind() == jackson.Object || body.Kind() == jackson.Array {
				r.at(body, "the body of the example %s is not text and will be empty", quote(e.Name))
			}
			if raw := e.Value.At("originalRequest").At("body").At("raw"); raw.Kind() == jackson.Object || raw.Kind() == jackson.Array {
				r.at(raw, "the request body of the example %s is not text and will be empty", quote(e.Name))
			}
		}
	},
}
