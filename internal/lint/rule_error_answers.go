package lint

import "postman-microcks-importer/internal/result"

var errorAnswers = Rule{
	ID: "PMI047", Name: "error-answers", Level: result.Warning,
	Text: "Where several examples can answer one call, each import of Microcks chooses anew which of them does. Saved side by side " +
		"without anything in the request that tells them apart, an example with status 4xx or 5xx can stand for all calls of an " +
		"operation that has a good one.",
	Hint: "save in the request of the failing example what makes it fail, such as another value of a path variable or a query " +
		"parameter, or remove it",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200},
  {"name": "no rights", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 403}
]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if well := s.mocks().instead[e.Example]; well != nil {
				r.at(e.Value, "a call of %s can be answered by %s (%s) in place of %s (%s): nothing in their requests tells them apart",
					quote(s.Composed.Operations[e.Operation].Name), quote(e.Name), quote(e.Response.Status), quote(well.Name), quote(well.Response.Status))
			}
		}
	},
}
