package predict

var dispatcherLost = Rule{
	ID: "PMI023", Name: "dispatcher-lost", Level: Warning,
	Text: "Requests of the same method and path are one operation, and the first of them decides by which parameters it chooses an example. " +
		"What later requests add is not looked at.",
	Hint: "Put all query parameters on the first request of that path, or move the request that has them to the front.",
	Bad: Sample{Items: `[
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []},
  {"name": "find pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": []}
]`},
	Good: Sample{Items: `[
  {"name": "find pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": []},
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}
]`},
	check: func(s *subject, report report) {
		deciding := make(map[string]Definition, len(s.Document.Operations))
		for _, op := range s.Document.Operations {
			deciding[op.Name] = op
		}
		for i, it := range s.Document.Items {
			first := deciding[it.Operation]
			if first.Item == i {
				continue
			}
			own, cause := s.Document.Define(it)
			if cause != nil || own.Dispatcher == "" || sameRules(own, first.Operation) {
				continue
			}
			report(s.Document.Address(it), "the operation "+quote(it.Operation)+" takes "+rulesText(first.Operation)+" from an earlier request, not "+rulesText(own)+" from this one")
		}
	},
}

func sameRules(a, b Operation) bool {
	return a.Dispatcher == b.Dispatcher && (a.DispatcherRules == nil) == (b.DispatcherRules == nil) &&
		(a.DispatcherRules == nil || *a.DispatcherRules == *b.DispatcherRules)
}

func rulesText(op Operation) string {
	if op.Dispatcher == "" {
		return "no dispatcher"
	}
	return op.Dispatcher + " " + quote(*op.DispatcherRules)
}
