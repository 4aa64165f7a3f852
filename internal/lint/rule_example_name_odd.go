package lint

import (
	"strings"
	"unicode"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var exampleNameOdd = Rule{
	ID: "PMI045", Name: "example-name-odd", Level: result.Note,
	Text: "Microcks shows an example by its name, and reports and tests name it so. An example without a name is an empty line there, " +
		"one whose name is null is called \"null\", and line breaks stay in it.",
	Hint: "give the example a name on one line",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200, "body": "[]"
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			name := e.Value.At("name")
			switch {
			case e.Value.Kind() != jackson.Object: // which PMI025 tells
			case name.Kind() == jackson.Null:
				r.at(e.Value, "the example's name is null, so Microcks calls it \"null\"")
			case strings.TrimSpace(e.Name) == "":
				r.at(e.Value, "the example has no name")
			case strings.ContainsFunc(e.Name, unicode.IsControl):
				r.at(name, "the example's name %s has line breaks or control characters", quote(e.Name))
			}
		}
	},
}
