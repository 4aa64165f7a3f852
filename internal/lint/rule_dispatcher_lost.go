package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var dispatcherLost = Rule{
	ID: "PMI023", Name: "dispatcher-lost", Level: result.Warning,
	Text: "Requests of the same method and path are one operation, and the first of them decides by which parameters it chooses an " +
		"example. What later requests add is not looked at.",
	Hint: "put all query parameters on the first request of that path, or move the request that has them to the front",
	Bad: Sample{Items: `[
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []},
  {"name": "find pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": []}
]`},
	Good: Sample{Items: `[
  {"name": "find pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": []},
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}
]`},
	check: func(s *subject, r *reporter) {
		deciding := make(map[string]predict.Definition, len(s.Document.Operations))
		for _, op := range s.Document.Operations {
			deciding[op.Name] = op
		}
		for i, it := range s.Document.Items {
			first := deciding[it.Operation]
			if first.Item == i {
				continue
			}
			own, cause := s.definer.Define(it)
			if cause != nil || own.Dispatcher == "" || sameRules(own, first.Operation) {
				continue
			}
			r.at(s.Document.Address(it), "the operation %s takes %s from an earlier request, not %s from this one",
				quote(it.Operation), rulesText(first.Operation), rulesText(own))
		}
	},
}

func sameRules(a, b predict.Operation) bool {
	return a.Dispatcher == b.Dispatcher && (a.DispatcherRules == nil) == (b.DispatcherRules == nil) &&
		(a.DispatcherRules == nil || *a.DispatcherRules == *b.DispatcherRules)
}

func rulesText(op predict.Operation) string {
	if op.Dispatcher == "" {
		return "no dispatcher"
	}
	return op.Dispatcher + " " + quote(*op.DispatcherRules)
}
