package predict

import "postman-microcks-importer/internal/jackson"

var emptyVariable = Rule{
	ID: "PMI032", Name: "empty-variable", Level: Note,
	Text: "A path variable without a value gives criteria that no call meets: `/id=` for an empty one, `/id=null` for null.",
	Hint: "Give the path variable of the example a value.",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id"}}, "response": [{
  "name": "pet 1", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/:id", "variable": [{"key": "id", "value": ""}]}}, "code": 200
}]}]`},
	Good: Sample{},
	check: func(s *subject, report report) {
		for _, e := range s.once() {
			for v := range e.At.At("originalRequest").At("url").At("variable").Elements() {
				if at := v.At("value"); at.Kind() == jackson.Null || at.AsText() == "" {
					report(v, "the path variable "+quote(v.At("key").AsText())+" of the example "+quote(e.Name)+" has no value")
				}
			}
		}
	},
}
