package predict

var noExamples = Rule{
	ID: "PMI011", Name: "no-examples", Level: Warning,
	Text: "Microcks answers with the examples saved in a collection. Without any, the import succeeds and nothing is mocked.",
	Hint: "Save responses as examples in Postman, at least one for each request.",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}]`},
	Good: Sample{},
	check: func(s *subject, report report) {
		if len(s.Document.Items) > 0 && len(s.Examples) == 0 && len(s.Crashes) == 0 && (s.Target.Main || s.Existing == nil) {
			report(s.Document.Root, "none of "+plural(len(s.Document.Items), "request")+" has a saved example, so nothing will be mocked")
		}
	},
}
