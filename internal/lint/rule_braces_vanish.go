package lint

import (
	"encoding/json"
	"strings"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var bracesVanish = Rule{
	ID: "PMI049", Name: "braces-vanish", Level: result.Warning,
	Text: "Microcks takes what stands between `{{` and `}}` in a saved answer for an expression of its own. A Postman variable there " +
		"is none that it knows, so that nothing comes back in its place, and JSON can be broken by that.",
	Hint: "save the answer with a value in place of the variable, or with an expression that Microcks knows",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "application/json"}], "body": "{\"count\": {{petCount}}}"}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			c := s.mocks().sent[e.Example]
			if c == nil || c.Body.Kind != mock.Vanishing {
				continue
			}
			left := ""
			if isJSON(e.Example) && !json.Valid([]byte(c.Body.String())) {
				left = ", and what is left is no JSON"
			}
			r.at(e.Value.At("body"), "what stands in double braces in the body of the example %s does not come back%s", quote(e.Name), left)
		}
	},
}

// isJSON reports whether an answer says that it is JSON.
func isJSON(e *predict.Example) bool {
	return strings.Contains(strings.ToLower(e.Response.MediaType), "json")
}

var bracesComputed = Rule{
	ID: "PMI050", Name: "braces-computed", Level: result.Note,
	Text: "What stands between `{{` and `}}` in a saved answer, and is an expression that Microcks knows, such as `{{now()}}`, is " +
		"computed anew for each call: the mock answers with something other than was saved.",
	Hint: "nothing to do if that is meant; otherwise save the answer with a value there",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
  "header": [{"key": "Content-Type", "value": "text/plain"}], "body": "at {{now()}}"}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			c := s.mocks().sent[e.Example]
			switch {
			case c == nil:
			case c.Body.Kind == mock.Computed:
				r.at(e.Value.At("body"), "what stands in double braces in the body of the example %s is computed for each call", quote(e.Name))
			case c.Body.Kind == mock.Unknown:
				r.at(e.Value.At("body"), "what Microcks makes of the double braces in the body of the example %s is not known here", quote(e.Name))
			}
		}
	},
}
