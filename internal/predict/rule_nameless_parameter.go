package predict

var namelessParameter = Rule{
	ID: "PMI014", Name: "nameless-parameter", Level: Error,
	Text: "A query parameter that is only an equals sign has neither name nor value, and the import is refused.",
	Hint: "Remove the empty parameter from the request's address.",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?=&page=1"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?page=1"}}, "response": []}]`},
	check: func(r *run, report report) {
		nameless := outOfBounds(0, 0)
		for _, f := range r.failed {
			if f.message == nameless {
				report(f.at, "the address "+quote(f.at.AsText())+" has a parameter without name and value")
			}
		}
		for _, c := range distinct(r.crashes) {
			if c.message == nameless {
				report(c.at, "the example's address has a parameter without name and value, or its operation's rules are only question marks")
			}
		}
	},
}
