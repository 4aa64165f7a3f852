package lint

import (
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/result"
)

var answerUnreadable = Rule{
	ID: "PMI040", Name: "answer-unreadable", Level: result.Warning,
	Text: "Mocks repeat the saved status and headers of an example. Postman saves an answer unpacked, but with the headers it came with: a " +
		"client that is told `Content-Encoding: gzip`, or a `Content-Length` of another length, cannot read the mock's answer. With " +
		"a status that it does not know, or a wildcard as Content-Type, such as `image/*`, the mock itself answers 500.",
	Hint: "delete Content-Encoding and Content-Length from the example's response headers, and give it a status and a Content-Type " +
		"that are registered",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "application/json"}, {"key": "Content-Encoding", "value": "gzip"}],
  "body": "[]"
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if e.Unknown {
				continue
			}
			flaw := s.mocks().Flaw(e.Example)
			why, known := unreadableBy[flaw]
			switch {
			case !known:
			case flaw.Refused():
				r.at(e.Value, "the mock of the example %s answers 500 in its place: %s", quote(e.Name), why)
			default:
				r.at(e.Value, "clients cannot read the mock of the example %s: %s", quote(e.Name), why)
			}
		}
	},
}

// unreadableBy is why an example does not come back.
var unreadableBy = map[mock.Flaw]string{
	mock.FlawStatus:    "the server does not know its status",
	mock.FlawMediaType: "its Content-Type is no media type that can be sent",
	mock.FlawValue:     "a header has a line break, or a length that is not a number",
	mock.FlawNameless:  "a header has no name",
	mock.FlawName:      "the name of a header has characters that no header may have",
	mock.FlawInterim:   "a status of 1xx announces another answer, which does not come",
	mock.FlawLength:    "its Content-Length is another than that of the body",
	mock.FlawEncoding:  "its Content-Encoding says that the body is packed, and it is not",
}
