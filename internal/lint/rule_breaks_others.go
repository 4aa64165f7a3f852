package lint

import (
	"slices"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

var breaksOthers = Rule{
	ID: "PMI046", Name: "breaks-others", Level: result.Warning,
	Text: "To find the operation that a call reaches, Microcks reads the names of all operations of that method as regular " +
		"expressions, one after the other. The collection is imported; but a name that Java refuses, such as one with a lone brace or " +
		"bracket, makes it answer 500 to each call that comes to it, those of other operations included.",
	Hint: "take braces, brackets and the like out of the request's address; write a variable of a path as :name",
	Bad: Sample{Items: `[
  {"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets("}}, "response": []},
  {"name": "one owner", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/owners/:id"}}, "response": [{
    "name": "Ann", "originalRequest": {"method": "GET",
    "url": {"raw": "{{baseUrl}}/owners/:id", "variable": [{"key": "id", "value": "1"}]}}, "code": 200}]}
]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		breaks := map[*predict.Operation][]string{}
		for _, e := range s.Examples {
			u, not := s.mocks().uncalled[e.Example]
			if !not || u.Reason != mock.Breaks || u.Other == nil || u.Other == u.Operation {
				continue
			}
			if name := u.Operation.Name; !slices.Contains(breaks[u.Other], name) && len(breaks[u.Other]) < mostBroken {
				breaks[u.Other] = append(breaks[u.Other], name)
			}
		}
		for _, op := range s.mocks().broken() {
			item, known := s.definedBy(op.Name)
			if !known {
				continue
			}
			whom := text.Untrusted("calls of others can answer 500 because of it as soon as the collection has more operations")
			if names := breaks[op]; len(names) > 0 {
				whom = "calls of " + quotedNames(names) + " answer 500 because of it"
			}
			r.at(s.Document.Address(s.Document.Items[item]), "the name of the operation %s is not a valid regular expression: %s",
				quote(op.Name), whom)
		}
	},
}

// mostBroken operations are remembered of one that breaks others.
const mostBroken = 100
