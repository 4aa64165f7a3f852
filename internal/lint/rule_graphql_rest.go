package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var graphQLRest = Rule{
	ID: "PMI054", Name: "graphql-rest", Level: result.Warning,
	Text: "A collection that is imported as main artifact makes a REST service, also where its requests are GraphQL: calls of " +
		"/graphql/… answer 404. Only a GraphQL schema makes a GraphQL service, to which a collection of the same name and version " +
		"adds its examples as secondary artifact, if it is uploaded.",
	Hint: "import the schema as main artifact (its first line: `# microcksId: NAME : VERSION`), and this collection with " +
		"`main-artifact: false` and `delivery: upload`, under the same name and version",
	Bad: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"},
  "body": {"mode": "graphql", "graphql": {"query": "{ film { id } }"}}}}]`},
	Good: Sample{Items: `[{"name": "film", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/graphql"},
  "body": {"mode": "raw", "raw": "{\"query\": \"{ film { id } }\"}"}}}]`},
	check: func(s *subject, r *reporter) {
		if !s.Target.Main || s.Outcome != predict.Imported {
			return
		}
		for _, it := range s.Document.Items {
			if body := it.Value.At("request").At("body"); body.Has("graphql") {
				r.at(body, "the request is GraphQL, and its mock is a REST one: calls of /graphql/%s/%s answer 404", s.Name, s.Version)
				return
			}
		}
	},
}

// addsToSchema reports whether an item adds its examples to an operation of a GraphQL
// schema: it defines none of its own.
func (s *subject) addsToSchema(item int) bool {
	return !s.Target.Main && s.Document.Items[item].Value.At("request").At("body").Has("graphql")
}
