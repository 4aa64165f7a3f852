package predict

import (
	"errors"

	"postman-microcks-importer/internal/java"
)

var regexRefused = Rule{
	ID: "PMI017", Name: "regex-refused", Level: Error,
	Text: "Microcks puts the path of a request with `:variables`, and the name of every path variable of an example, into regular expressions as they are. " +
		"One that Java refuses, for instance for an unclosed bracket, breaks the import: refused for a path, 500 for a variable's name.",
	Hint: "Use letters, digits and hyphens only in the names of path variables, and no brackets in the path.",
	Bad:  Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets[/:id"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": []}]`},
	check: func(s *subject, report report) {
		for _, f := range s.Document.Failures {
			if bad, ok := errors.AsType[*java.PatternError](f.Cause.Exception); ok {
				report(f.At, "the path of "+quote(s.Document.Items[f.Item].Operation)+" is no regular expression: "+bad.Summary())
			}
		}
		for _, c := range s.crashes() {
			if bad, ok := errors.AsType[*java.PatternError](c.Cause.Exception); ok {
				report(c.At, "the name of a path variable of this example is no regular expression: "+bad.Summary())
			}
		}
	},
}
