package lint

import "postman-microcks-importer/internal/result"

var headerRepeated = Rule{
	ID: "PMI051", Name: "header-repeated", Level: result.Note,
	Text: "Of several headers of one name, such as `Set-Cookie`, a mock sends one.",
	Hint: "save the header that clients need once",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Link", "value": "<a>"}, {"key": "Link", "value": "<b>"}]}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			c := s.mocks().sent[e.Example]
			if c == nil {
				continue
			}
			for _, h := range c.Headers {
				if h.Saved > 1 {
					r.at(e.Value.At("header"), "of the %d headers %s of the example %s the mock sends one", h.Saved, quote(h.Name), quote(e.Name))
				}
			}
		}
	},
}
