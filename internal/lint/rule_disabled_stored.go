package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var disabledStored = Rule{
	ID: "PMI031", Name: "disabled-stored", Level: result.Note,
	Text: "Microcks stores query parameters that are switched off in Postman like any other, and contract tests send them.",
	Hint: "remove the parameter from the example's request",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets",
  "query": [{"key": "debug", "value": "1", "disabled": true}]}}, "code": 200
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			url := e.Value.At("originalRequest").At("url")
			for _, list := range []jackson.Value{url.At("query"), url.At("variable")} {
				for p := range list.Elements() {
					if p.At("disabled").Kind() == jackson.Bool && p.At("disabled").AsText() == "true" {
						r.at(p, "the parameter %s of the example %s is switched off, and stored all the same", quote(p.At("key").AsText()), quote(e.Name))
					}
				}
			}
		}
	},
}
