package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

var variableInOperation = Rule{
	ID: "PMI019", Name: "variable-in-operation", Level: result.Warning,
	Text: "Microcks knows no Postman variables. Only what stands before the first slash of an address is dropped; a `{{variable}}` " +
		"after it stays in the operation's name and path as it is, and calls have to send it literally.",
	Hint: "use a path variable (:name) instead, or put the whole base path into the variable at the start",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets/{{petId}}"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets/:petId"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		for _, op := range s.Document.Operations {
			if strings.Contains(op.Name, "{{") {
				r.at(s.Document.Address(s.Document.Items[op.Item]), "the operation %s has a Postman variable in its name", quote(op.Name))
			}
		}
	},
}
