package predict

var untold = Rule{
	ID: "PMI037", Name: "untold", Level: Note,
	Text: "The server uses this operation's name or this example's path variables as a regular expression that cannot be foretold here. " +
		"They are imported, but examples, paths and criteria are not compared.",
	Hint: "Use letters, digits, slashes and hyphens only in the path and in variable names.",
	Bad:  Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/\\X"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/x"}}, "response": []}]`},
	check: func(s *subject, report report) {
		if s.Composed == nil {
			return
		}
		first := map[string]int{}
		for _, op := range s.Document.Operations {
			first[op.Name] = op.Item
		}
		for _, op := range s.Composed.Operations {
			if i, own := first[op.Name]; own && op.Unknown {
				report(s.Document.Items[i].Value, "what becomes of the operation "+quote(op.Name)+" cannot be told for certain")
			}
		}
		for _, e := range s.once() {
			if e.Unknown {
				report(e.At, "the criteria of the example "+quote(e.Name)+" cannot be told for certain")
			}
		}
	},
}
