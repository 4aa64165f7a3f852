package predict

var rulesMissing = Rule{
	ID: "PMI018", Name: "rules-missing", Level: Error,
	Text: "An operation that was edited in Microcks keeps its dispatcher and rules. A dispatcher that needs rules and has none makes the server answer 500 " +
		"when it reads an example with parameters.",
	Hint: "Open the operation in Microcks and give its dispatcher rules, or remove the dispatcher.",
	Bad: Sample{
		Items:    `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{"name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200}]}]`,
		Note:     "In Microcks somebody set the dispatcher `URI_PARAMS` on the operation, without rules.",
		Existing: &Service{Name: "Pets", Version: "1.0", Operations: []Operation{{Name: "GET /pets", Dispatcher: URIParams, Override: true}}},
	},
	Good: Sample{
		Items:    `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{"name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200}]}]`,
		Note:     "In Microcks somebody set the dispatcher `URI_PARAMS` on the operation, with the rules `status`.",
		Existing: &Service{Name: "Pets", Version: "1.0", Operations: []Operation{{Name: "GET /pets", Dispatcher: URIParams, DispatcherRules: ptr("status"), Override: true}}},
	},
	check: func(s *subject, report report) {
		for _, c := range s.crashes() {
			switch c.Cause.Kind {
			case RulesMissing:
				report(c.At, "the operation of this example has a dispatcher without rules in Microcks, which breaks the import")
			case RulesBlank:
				report(c.At, "the operation of this example has rules in Microcks that are only question marks, which breaks the import")
			}
		}
	},
}
