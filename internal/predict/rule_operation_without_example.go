package predict

var operationWithoutExample = Rule{
	ID: "PMI010", Name: "operation-without-example", Level: Warning,
	Text: "Microcks answers with saved examples. An operation without one exists, but a call of it is an error.",
	Hint: "Save a response of this request as an example in Postman.",
	Bad: Sample{Items: `[
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []},
  {"name": "delete pets", "request": {"method": "DELETE", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
    {"name": "done", "originalRequest": {"method": "DELETE", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 204}
  ]}
]`},
	Good: Sample{},
	check: func(r *run, report report) {
		if len(r.found) == 0 && len(r.crashes) == 0 {
			return // no-examples says it for all
		}
		having := map[string]bool{}
		for _, e := range r.found {
			having[r.service.Operations[e.op].Name] = true
		}
		for _, c := range r.crashes {
			having[r.items[c.item].name] = true
		}
		for _, op := range r.ops {
			if !having[op.Name] {
				report(r.items[op.first].node, "the operation "+quote(op.Name)+" has no example")
			}
		}
	},
}
