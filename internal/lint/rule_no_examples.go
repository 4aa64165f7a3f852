package lint

import "postman-microcks-importer/internal/result"

var noExamples = Rule{
	ID: "PMI011", Name: "no-examples", Level: result.Warning,
	Text: "Microcks answers with the examples saved in a collection. Without any, the import succeeds and nothing is mocked.",
	Hint: "save responses as examples in Postman, at least one for each request",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if len(s.Document.Items) > 0 && len(s.Examples) == 0 && len(s.Crashes) == 0 && (s.Target.Main || s.Existing == nil) {
			r.at(s.Document.Root, "no request has a saved example, so nothing will be mocked")
		}
	},
}
