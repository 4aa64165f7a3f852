package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var rulesMissing = Rule{
	ID: "PMI018", Name: "rules-missing", Level: result.Error,
	Text: "An operation that was edited in Microcks keeps its dispatcher and rules. A dispatcher that needs rules and has none " +
		"makes the server answer 500 when it reads an example with parameters.",
	Hint: "open the operation in Microcks and give its dispatcher rules, or remove the dispatcher",
	Bad: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
  "response": [{"name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200}]}]`,
		Note:     "In Microcks somebody set the dispatcher `URI_PARAMS` on the operation, without rules.",
		Existing: pets(predict.Operation{Name: "GET /pets", Dispatcher: predict.URIParams, Override: true}),
	},
	Good: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
  "response": [{"name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200}]}]`,
		Note:     "In Microcks somebody set the dispatcher `URI_PARAMS` on the operation, with the rules `status`.",
		Existing: pets(predict.Operation{Name: "GET /pets", Dispatcher: predict.URIParams, DispatcherRules: new("status"), Override: true}),
	},
	check: func(s *subject, r *reporter) {
		for _, c := range s.distinctCrashes() {
			switch c.Cause.Kind {
			case predict.RulesMissing:
				r.at(c.Value, "the operation of this example has a dispatcher without rules in Microcks, which breaks the import")
			case predict.RulesBlank:
				r.at(c.Value, "the operation of this example has rules in Microcks that are only question marks, which breaks the import")
			}
		}
	},
}
