package predict

var noExamples = Rule{
	ID: "PMI011", Name: "no-examples", Level: Warning,
	Text: "Microcks answers with the examples saved in a collection. Without any, the import succeeds and nothing is mocked.",
	Hint: "Save responses as examples in Postman, at least one for each request.",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}]`},
	Good: Sample{},
	check: func(r *run, report report) {
		if len(r.items) > 0 && len(r.found) == 0 && len(r.crashes) == 0 && (r.target.Main || r.existing == nil) {
			report(r.coll.root, "none of "+plural(len(r.items), "request")+" has a saved example, so nothing will be mocked")
		}
	},
}
