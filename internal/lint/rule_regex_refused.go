package lint

import (
	"errors"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/result"
)

var regexRefused = Rule{
	ID: "PMI017", Name: "regex-refused", Level: result.Error,
	Text: "Microcks puts the path of a request with `:variables`, and the name of every path variable of an example, into regular " +
		"expressions as they are. One that Java refuses, for instance for an unclosed bracket, breaks the import: refused for a " +
		"path, 500 for a variable's name.",
	Hint: "use letters, digits and hyphens only in the names of path variables, and no brackets in the path",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets[/:id"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		for _, f := range s.Document.Failures {
			if bad, ok := errors.AsType[*java.PatternError](f.Cause.Exception); ok {
				r.at(f.Value, "the path of %s is not a valid regular expression: %s", quote(s.Document.Items[f.Item].Operation), bad.Summary())
			}
		}
		for _, c := range s.distinctCrashes() {
			if bad, ok := errors.AsType[*java.PatternError](c.Cause.Exception); ok {
				r.at(c.Value, "the name of a path variable of this example is not a valid regular expression: %s", bad.Summary())
			}
		}
	},
}
