package lint

import "postman-microcks-importer/internal/result"

var operationWithoutExample = Rule{
	ID: "PMI010", Name: "operation-without-example", Level: result.Warning,
	Text: "Microcks answers with saved examples. An operation without one exists, but a call of it is an error.",
	Hint: "save a response of this request as an example in Postman",
	Bad: Sample{Items: `[
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []},
  {"name": "delete pets", "request": {"method": "DELETE", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
    {"name": "done", "originalRequest": {"method": "DELETE", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 204}
  ]}
]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if len(s.Examples) == 0 && len(s.Crashes) == 0 {
			return // no-examples says it for all
		}
		having := map[string]bool{}
		last := -1
		for _, e := range s.Examples {
			if e.Operation != last { // they come by operation
				last = e.Operation
				having[s.Composed.Operations[last].Name] = true
			}
		}
		for _, c := range s.Crashes {
			having[s.Document.Items[c.Item].Operation] = true
		}
		for _, op := range s.Document.Operations {
			if !having[op.Name] && !s.addsToSchema(op.Item) {
				r.at(s.Document.Items[op.Item].Value, "the operation %s has no example", quote(op.Name))
			}
		}
	},
}
