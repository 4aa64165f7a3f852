package lint

import (
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var regexInPath = Rule{
	ID: "PMI016", Name: "regex-in-path", Level: result.Warning,
	Text: "Microcks uses a request's address as a regular expression to find its `:variables`. Characters that mean something " +
		"there, such as `( ) + * [ ] |`, make it miss them: the operation gets empty rules and cannot tell its examples apart. What " +
		"Java refuses altogether is PMI017.",
	Hint: "keep ( ) + * [ ] | and ^ out of the path, or write them as percent escapes",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets+cats/:id"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets-and-cats/:id"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		for _, op := range s.Document.Operations {
			if op.DispatcherRules == nil || op.Dispatcher != predict.URIParts && op.Dispatcher != predict.URIElements {
				continue
			}
			if parts, _, _ := strings.Cut(*op.DispatcherRules, " ??"); parts == "" && !op.Unknown {
				if at := s.Document.Address(s.Document.Items[op.Item]); strings.Contains(beforeQuery(at.AsText()), "/:") {
					r.at(at, "Microcks cannot find the variables of %s: it reads the path as a regular expression, which does not match itself",
						quote(op.Name))
				}
			}
		}
	},
}

func beforeQuery(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}
