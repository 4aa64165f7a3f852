package lint

import (
	"errors"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/result"
)

var unreadable = Rule{
	ID: "PMI007", Name: "unreadable", Level: result.Error,
	Text: "What is not valid JSON in UTF-8 cannot be read: a truncated answer, a text in another encoding.",
	Hint: "export or download the collection again, and check that nothing on the way cuts it",
	Bad:  Sample{Raw: `{"collection":{"info":{"name":"Pets","descr`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"Pets","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(s *subject, r *reporter) {
		if _, malformed := errors.AsType[*java.MalformedInputError](s.Document.Err); malformed {
			r.whole("the text is not UTF-8")
		}
		if bad, ok := errors.AsType[*jackson.SyntaxError](s.Document.Err); ok {
			r.atByte(bad.Offset, "this is %s", brokenJSON(s.Document.Raw))
		}
	},
}
