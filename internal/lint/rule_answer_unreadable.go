package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

var answerUnreadable = Rule{
	ID: "PMI040", Name: "answer-unreadable", Level: result.Warning,
	Text: "Mocks repeat the saved headers of an example. Postman saves an answer unpacked, but with the headers it came with: a " +
		"client that is told `Content-Encoding: gzip`, or a `Content-Length` of another length, cannot read the mock's answer. With " +
		"a wildcard as Content-Type, such as `image/*`, the mock itself answers 500.",
	Hint: "delete Content-Encoding and Content-Length from the example's response headers, and give it a Content-Type without a " +
		"wildcard",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "application/json"}, {"key": "Content-Encoding", "value": "gzip"}],
  "body": "[]"
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if h := e.Unreadable(); h != nil {
				header := h.Name + ": " + strings.Join(h.Values, ", ")
				r.at(e.Value.At("header"), "clients cannot read the mock of the example %s: it repeats %s", quote(e.Name), quote(header))
			}
		}
	},
}
