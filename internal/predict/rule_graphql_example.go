package predict

import "postman-microcks-importer/internal/jackson"

var graphQLExample = Rule{
	ID: "PMI012", Name: "graphql-example", Level: Error,
	Text: "An example of a GraphQL request breaks the import of a collection that comes from Postman's API: the server answers 500 without a reason. " +
		"Once such an importer is active, every scheduled scan of the server ends at it, and the importers after it are not refreshed. " +
		"Every version up to 1.15.0 does so. GraphQL requests without examples are harmless.",
	Hint: "Write the request's body as raw JSON ({\"query\": …}) instead of GraphQL, in the example too, or remove the example.",
	Bad: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}}, "response": [{
  "name": "one film",
  "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}, "body": {"mode": "graphql", "graphql": {"query": "{ film { id } }"}}},
  "code": 200, "body": "{\"data\": {}}"
}]}]`},
	Good: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}}, "response": [{
  "name": "one film",
  "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}, "body": {"mode": "raw", "raw": "{\"query\": \"{ film { id } }\"}"}},
  "code": 200, "body": "{\"data\": {}}"
}]}]`},
	check: func(r *run, report report) {
		for _, c := range distinct(r.crashes) {
			if c.message == graphQLFailure {
				report(c.at, "this example of a GraphQL request breaks the import: the server answers 500")
			}
		}
	},
}

// distinct drops failures of places that came before: an example that goes to
// several operations breaks once for each.
func distinct(failures []failure) []failure {
	seen := map[jackson.Value]bool{}
	var out []failure
	for _, f := range failures {
		if !seen[f.at] {
			seen[f.at] = true
			out = append(out, f)
		}
	}
	return out
}
