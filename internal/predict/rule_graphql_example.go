package predict

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
	check: func(s *subject, report report) {
		for _, c := range s.crashes() {
			if c.Cause.Kind == GraphQLBody {
				report(c.At, "this example of a GraphQL request breaks the import: the server answers 500")
			}
		}
	},
}
