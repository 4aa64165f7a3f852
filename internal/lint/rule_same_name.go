package lint

import "postman-microcks-importer/internal/result"

var sameName = Rule{
	ID: "PMI030", Name: "same-name", Level: result.Note,
	Text: "Examples of one operation with the same name are kept side by side and cannot be told apart in Microcks.",
	Hint: "give every example of a request a name of its own",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [
  {"name": "OK", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200},
  {"name": "OK", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=old"}}, "code": 200}
]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		type key struct {
			op   int
			name string
		}
		seen := map[key]bool{}
		for _, e := range s.Examples {
			k := key{e.Operation, e.Name}
			if seen[k] {
				r.at(e.Value, "the operation %s has another example called %s", quote(s.Composed.Operations[e.Operation].Name), quote(e.Name))
			}
			seen[k] = true
		}
	},
}
