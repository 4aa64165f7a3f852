package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var takenForOther = Rule{
	ID: "PMI008", Name: "taken-for-other", Level: result.Error,
	Text: "Microcks stops at the first line that looks like one of the formats it knows. A line that holds `swagger:` or `openapi: " +
		"3`, in whatever text, makes it read the whole as an API description, unless the collection was recognised before.",
	Hint: "serve the collection as Postman's API does, so that its first characters are {\"collection\":",
	Bad:  Sample{Raw: `{"info": {"name": "made from swagger: 2.0", "_postman_id": "0fd7"}, "item": []}`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"made from swagger: 2.0","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(s *subject, r *reporter) {
		what := map[predict.Format]string{
			predict.OpenAPI: "an OpenAPI description", predict.Swagger: "a Swagger description", predict.AsyncAPI: "an AsyncAPI description",
			predict.GraphQL: "a GraphQL schema", predict.Metadata: "one of Microcks' own formats", predict.Protobuf: "a format of its own",
		}[s.Document.Format]
		if mark := s.Document.Mark; what != "" {
			r.whole("Microcks takes this for %s, because of the line %s", what, quote(string(mark[:min(len(mark), 400)])))
		}
	},
}
