package predict

import "strings"

var regexRefused = Rule{
	ID: "PMI017", Name: "regex-refused", Level: Error,
	Text: "Microcks puts the path of a request with `:variables`, and the name of every path variable of an example, into regular expressions as they are. " +
		"One that Java refuses, for instance for an unclosed bracket, breaks the import: refused for a path, 500 for a variable's name.",
	Hint: "Use letters, digits and hyphens only in the names of path variables, and no brackets in the path.",
	Bad:  Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets[/:id"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": []}]`},
	check: func(r *run, report report) {
		refused := func(message string) bool {
			return strings.Contains(message, "\n") && !strings.HasPrefix(message, "URLDecoder")
		}
		for _, f := range r.failed {
			if refused(f.message) {
				report(f.at, "the path of "+quote(r.items[f.item].name)+" is no regular expression: "+firstLine(f.message))
			}
		}
		for _, c := range distinct(r.crashes) {
			if refused(c.message) {
				report(c.at, "the name of a path variable of this example is no regular expression: "+firstLine(c.message))
			}
		}
	},
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
