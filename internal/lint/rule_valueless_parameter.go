package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var valuelessParameter = Rule{
	ID: "PMI015", Name: "valueless-parameter", Level: result.Error,
	Text: "Before 1.10.0 Microcks answers 500 to an example with a query parameter that has no value (`?status=`, `?flag`).",
	Hint: "give every query parameter of the example a value, or use Microcks 1.10.0 or newer",
	Bad: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "all", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status="}}, "code": 200
}]}]`,
		Note: "Microcks 1.9.0.", Version: "1.9.0",
	},
	Good: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "all", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=any"}}, "code": 200
}]}]`,
		Note: "Microcks 1.9.0.", Version: "1.9.0",
	},
	check: func(s *subject, r *reporter) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == predict.ValuelessParameter {
				r.at(f.Value, "the address %s has a parameter without a value, which this version of Microcks cannot read", quote(f.Value.AsText()))
			}
		}
		for _, c := range s.distinctCrashes() {
			if c.Cause.Kind == predict.ValuelessParameter {
				url := predict.RequestURL(c.Value.At("originalRequest"))
				r.at(c.Value, "the example's address %s has a parameter without a value, which this version of Microcks cannot read", quote(url))
			}
		}
	},
}
