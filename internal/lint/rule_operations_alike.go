package lint

import "postman-microcks-importer/internal/result"

var operationsAlike = Rule{
	ID: "PMI022", Name: "operations-alike", Level: result.Warning,
	Text: "Microcks gives a request's examples to every operation whose name is equal except for capitals, or matches the request's " +
		"name as a regular expression: `GET /v1.0` also receives the examples of `GET /v1x0`.",
	Hint: "write the same path with the same capitals everywhere, and avoid paths that differ only where another one has a dot",
	Bad: Sample{Items: `[
  {"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{"name": "two",
  "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200}]},
  {"name": "list Pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/Pets"}},
  "response": [{"name": "none", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/Pets"}}, "code": 200}]}
]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if !s.Target.Main && s.Existing != nil {
			return // the operations are another artifact's
		}
		names := s.nameNumbers()
		for i, hits := range s.Sources {
			told := map[int]bool{}
			for _, h := range hits {
				it := s.Document.Items[h]
				s.meter.Work(4)
				if it.Operation == s.Composed.Operations[i].Name || told[names[h]] || it.Value.At("response").Size() == 0 {
					continue
				}
				told[names[h]] = true
				r.at(it.Value, "the examples of %s also go to the operation %s", quote(it.Operation), quote(s.Composed.Operations[i].Name))
			}
		}
	},
}
