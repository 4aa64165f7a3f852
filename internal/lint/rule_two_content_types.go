package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

var twoContentTypes = Rule{
	ID: "PMI029", Name: "two-content-types", Level: result.Warning,
	Text: "With several Content-Type headers of different values it is left to chance which one becomes the answer's media type; " +
		"it may change from import to import.",
	Hint: "keep one Content-Type header in the example's response",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "application/json"}, {"key": "content-type", "value": "text/plain"}]
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if types := e.Response.MediaTypes; len(types) > 1 {
				r.at(e.Value.At("header"), "the example %s has several Content-Types: %s", quote(e.Name), quote(strings.Join(types, ", ")))
			}
		}
	},
}
