package lint

import (
	"strconv"
	"strings"

	"postman-microcks-importer/internal/predict"
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
			if h := spoils(e.Example); h != nil {
				header := h.Name + ": " + strings.Join(h.Values, ", ")
				r.at(e.Value.At("header"), "clients cannot read the mock of the example %s: it repeats %s", quote(e.Name), quote(header))
			}
		}
	},
}

// spoils is the header of the saved answer that keeps clients from reading
// what the mock sends; nil when none does. Mocks repeat saved headers,
// Transfer-Encoding apart, and a wildcard for a media type makes them answer 500
// (seen on 1.13.0 and 1.15.0).
func spoils(e *predict.Example) *predict.Header {
	if strings.Contains(e.Response.MediaType, "*") {
		return &predict.Header{Name: "Content-Type", Values: []string{e.Response.MediaType}}
	}
	for _, h := range e.Response.Headers {
		switch value := strings.ToLower(strings.Join(h.Values, ",")); strings.ToLower(h.Name) {
		case "content-encoding":
			if value != "" && value != "identity" {
				return &predict.Header{Name: "Content-Encoding", Values: h.Values}
			}
		case "content-length":
			if e.Response.Content == nil || value != strconv.Itoa(len(*e.Response.Content)) {
				return &predict.Header{Name: "Content-Length", Values: h.Values}
			}
		}
	}
	return nil
}
