package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var criteriaEmpty = Rule{
	ID: "PMI026", Name: "criteria-empty", Level: result.Warning,
	Text: "The operation chooses by parameters, but this example has none of them in its request: path variables count only when " +
		"they are listed with values (`url.variable`), query parameters only when they have a value. Calls that send parameters do " +
		"not find it.",
	Hint: "fill in the path variables and query parameters of the example's request, then save the example again",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": [{
  "name": "pet 1", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/1"}}, "code": 200
}]}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": [{
  "name": "pet 1", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id",
  "variable": [{"key": "id", "value": "1"}]}}, "code": 200
}]}]`},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			op := s.Composed.Operations[e.Operation]
			c := e.DispatchCriteria
			if c == nil || *c != "" || op.DispatcherRules == nil || *op.DispatcherRules == "" || e.Unknown {
				continue
			}
			if predict.RequestURL(e.Value.At("originalRequest")) == "" {
				continue // request-missing says it
			}
			r.at(e.Value, "the example %s has no value for any of the parameters of %s: %s",
				quote(e.Name), quote(op.Name), quote(*op.DispatcherRules))
		}
	},
}
