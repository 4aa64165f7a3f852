package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

var variableInCriteria = Rule{
	ID: "PMI020", Name: "variable-in-criteria", Level: result.Warning,
	Text: "Microcks compares a call's parameters with those of the examples, text by text. A value that is a Postman variable " +
		"matches no call but one that sends `{{…}}` literally.",
	Hint: "put a real value into the example's request",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status={{status}}"}}, "code": 200
}]}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "new", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200
}]}]`},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if c := e.DispatchCriteria; c != nil && strings.Contains(*c, "{{") {
				r.at(e.Value, "only a call that sends the Postman variable as it stands finds this example: %s", quote(*c))
			}
		}
	},
}
