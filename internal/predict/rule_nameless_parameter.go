package predict

var namelessParameter = Rule{
	ID: "PMI014", Name: "nameless-parameter", Level: Error,
	Text: "A query parameter that is only an equals sign has neither name nor value, and the import is refused.",
	Hint: "Remove the empty parameter from the request's address.",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?=&page=1"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?page=1"}}, "response": []}]`},
	check: func(s *subject, report report) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == NamelessParameter {
				report(f.At, "the address "+quote(f.At.AsText())+" has a parameter without name and value")
			}
		}
		for _, c := range s.crashes() {
			if c.Cause.Kind == NamelessParameter {
				report(c.At, "the example's address has a parameter without name and value")
			}
		}
	},
}
