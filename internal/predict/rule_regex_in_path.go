package predict

import "strings"

var regexInPath = Rule{
	ID: "PMI016", Name: "regex-in-path", Level: Warning,
	Text: "Microcks uses a request's address as a regular expression to find its `:variables`. Characters that mean something there, such as `( ) + * [ ] |`, " +
		"make it miss them: the operation gets empty rules and cannot tell its examples apart. What Java refuses altogether is PMI017.",
	Hint: "Keep ( ) + * [ ] | and ^ out of the path, or write them as percent escapes.",
	Bad:  Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets+cats/:id"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets-and-cats/:id"}}, "response": []}]`},
	check: func(r *run, report report) {
		for _, op := range r.ops {
			if op.DispatcherRules == nil || op.Dispatcher != uriParts && op.Dispatcher != uriElements {
				continue
			}
			if parts, _, _ := strings.Cut(*op.DispatcherRules, " ??"); parts == "" && !op.Unknown {
				if at := r.coll.url(r.items[op.first]); strings.Contains(beforeQuery(at.AsText()), "/:") {
					report(at, "Microcks cannot find the variables of "+quote(op.Name)+": it takes the path for a regular expression that does not match itself")
				}
			}
		}
	},
}

func beforeQuery(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}
