package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var badEscape = Rule{
	ID: "PMI013", Name: "bad-escape", Level: result.Error,
	Text: "Microcks decodes query parameters. A `%` that does not begin an escape of two hexadecimal digits breaks the import: in " +
		"a parameter's name in a request the import is refused, in an example the server answers 500.",
	Hint: "write a percent sign in an address as %25",
	Bad: Sample{Items: `[{"name": "sale", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=5"}}, "response": [{
  "name": "half price", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=50%"}}, "code": 200
}]}]`},
	Good: Sample{Items: `[{"name": "sale", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=5"}}, "response": [{
  "name": "half price", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=50%25"}}, "code": 200
}]}]`},
	check: func(s *subject, r *reporter) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == predict.BadEscape {
				r.at(f.Value, "the address %s has a parameter whose escape cannot be decoded", quote(f.Value.AsText()))
			}
		}
		for _, c := range s.distinctCrashes() {
			if c.Cause.Kind == predict.BadEscape {
				url := predict.RequestURL(c.Value.At("originalRequest"))
				r.at(c.Value, "the example's address %s has a parameter whose escape cannot be decoded", quote(url))
			}
		}
	},
}
