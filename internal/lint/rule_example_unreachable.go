package lint

import (
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/result"
)

var exampleUnreachable = Rule{
	ID: "PMI048", Name: "example-unreachable", Level: result.Warning,
	Text: "Microcks fills an operation's `:variables` only where one is a whole part of the path, compares what is left character by " +
		"character, and takes the first operation whose name fits. Some saved answers come back for no request: those of a path such " +
		"as `/v:version/pets` or `/:id.json`, of one with a `+`, or of one that another operation answers.",
	Hint: "let each variable be a whole part of the path, and save in each example's request the values that tell it from the others",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id.json"}}, "response": [{
  "name": "Rex", "originalRequest": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets/:id.json", "variable": [{"key": "id", "value": "1"}]}}, "code": 200}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			u, not := s.mocks().uncalled[e.Example]
			if !not {
				continue
			}
			op := quote(s.Composed.Operations[e.Operation].Name)
			switch u.Reason {
			case mock.Shadowed:
				r.at(e.Value, "no request is answered by the example %s of %s: the operation %s answers in its place",
					quote(e.Name), op, quote(u.Other.Name))
			case mock.Unreachable, mock.LeadsOut:
				r.at(e.Value, "no request is answered by the example %s: no address with its values leads to the operation %s", quote(e.Name), op)
			case mock.Unselected:
				r.at(e.Value, "no request is answered by the example %s of %s: none has its criteria", quote(e.Name), op)
			}
		}
	},
}
