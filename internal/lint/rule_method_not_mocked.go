package lint

import (
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/result"
)

var methodNotMocked = Rule{
	ID: "PMI052", Name: "method-not-mocked", Level: result.Warning,
	Text: "Microcks imports operations of any method, but its mocks answer GET, POST, PUT, DELETE, PATCH, HEAD and OPTIONS only.",
	Hint: "use one of these methods for what is to be mocked",
	Bad: Sample{Items: `[{"name": "copy", "request": {"method": "COPY", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "copied", "originalRequest": {"method": "COPY", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		told := map[int]bool{}
		for _, e := range s.Examples {
			if u, not := s.mocks().uncalled[e.Example]; not && u.Reason == mock.NotMocked && !told[e.Operation] {
				told[e.Operation] = true
				op := s.Composed.Operations[e.Operation]
				r.at(s.Document.Items[e.Item].Value.At("request"), "no mock answers calls of %s: its method is %s", quote(op.Name), quote(op.Method))
			}
		}
	},
}
