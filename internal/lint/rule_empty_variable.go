package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var emptyVariable = Rule{
	ID: "PMI032", Name: "empty-variable", Level: result.Note,
	Text: "A path variable without a value gives criteria that no call meets: `/id=` for an empty one, `/id=null` for null.",
	Hint: "give the path variable of the example a value",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": [{
  "name": "pet 1", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id",
  "variable": [{"key": "id", "value": ""}]}}, "code": 200
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			for v := range e.Value.At("originalRequest").At("url").At("variable").Elements() {
				if at := v.At("value"); at.Kind() == jackson.Null || at.AsText() == "" {
					r.at(v, "the path variable %s of the example %s has no value", quote(v.At("key").AsText()), quote(e.Name))
				}
			}
		}
	},
}
