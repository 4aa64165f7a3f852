package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var graphQLExample = Rule{
	ID: "PMI012", Name: "graphql-example", Level: result.Error,
	Text: "An example of a GraphQL request breaks the import of a collection that comes from Postman's API: the server answers 500 " +
		"without a reason. Once such an importer is active, every scheduled scan of the server ends at it, and the importers after " +
		"it are not refreshed. Every version up to 1.15.0 does so. GraphQL requests without examples are harmless.",
	Hint: "write the request's body as raw JSON ({\"query\": …}) instead of GraphQL, in the example too, or remove the example",
	Bad: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}}, "response": [{
  "name": "one film",
  "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}, "body": {"mode": "graphql",
  "graphql": {"query": "{ film { id } }"}}},
  "code": 200, "body": "{\"data\": {}}"
}]}]`},
	Good: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}}, "response": [{
  "name": "one film",
  "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"}, "body": {"mode": "raw",
  "raw": "{\"query\": \"{ film { id } }\"}"}},
  "code": 200, "body": "{\"data\": {}}"
}]}]`},
	check: func(s *subject, r *reporter) {
		for _, c := range s.distinctCrashes() {
			if c.Cause.Kind == predict.GraphQLBody {
				r.at(c.Value, "this example of a GraphQL request breaks the import: the server answers 500")
			}
		}
	},
}
