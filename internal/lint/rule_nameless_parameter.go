package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var namelessParameter = Rule{
	ID: "PMI014", Name: "nameless-parameter", Level: result.Error,
	Text: "A query parameter that is only an equals sign has neither name nor value, and the import is refused.",
	Hint: "remove the empty parameter from the request's address",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?=&page=1"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?page=1"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == predict.NamelessParameter {
				r.at(f.Value, "the address %s has a parameter without name and value", quote(f.Value.AsText()))
			}
		}
		for _, c := range s.distinctCrashes() {
			if c.Cause.Kind == predict.NamelessParameter {
				r.at(c.Value, "the example's address has a parameter without name and value")
			}
		}
	},
}
