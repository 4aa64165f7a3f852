package predict

import "strings"

var twoContentTypes = Rule{
	ID: "PMI029", Name: "two-content-types", Level: Warning,
	Text: "With several Content-Type headers of different values it is left to chance which one becomes the answer's media type; it may change from import to import.",
	Hint: "Keep one Content-Type header in the example's response.",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "application/json"}, {"key": "content-type", "value": "text/plain"}]
}]}]`},
	Good: Sample{},
	check: func(s *subject, report report) {
		for _, e := range s.once() {
			if types := e.Response.MediaTypes; len(types) > 1 {
				report(e.At.At("header"), "the example "+quote(e.Name)+" has several Content-Types: "+quote(strings.Join(types, ", ")))
			}
		}
	},
}
