package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

var operationOdd = Rule{
	ID: "PMI021", Name: "operation-odd", Level: result.Warning,
	Text: "An operation should be called `METHOD /path`. Without a path, with a fragment, or with a protocol that Microcks does " +
		"not know, the name becomes something that no call can match.",
	Hint: "write the request's address as {{baseUrl}}/path or https://host/path, and choose a method",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "pets"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		for _, op := range s.Document.Operations {
			path := strings.TrimPrefix(op.Name, op.Method+" ")
			reason := ""
			switch {
			case s.addsToSchema(op.Item):
				continue
			case op.Method == "":
				reason = "it has no method"
			case op.Method != strings.ToUpper(op.Method):
				reason = "its method is not in capitals"
			case strings.HasPrefix(path, "//"):
				reason = "its address does not begin with http:// or https:// or one variable"
			case !strings.HasPrefix(path, "/"):
				reason = "its address has no path"
			case strings.Contains(path, "#"):
				reason = "its address has a fragment"
			default:
				continue
			}
			r.at(s.Document.Address(s.Document.Items[op.Item]), "the operation is called %s: %s", quote(op.Name), reason)
		}
	},
}
