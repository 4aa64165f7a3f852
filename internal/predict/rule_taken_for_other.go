package predict

import "postman-microcks-importer/internal/jackson"

var takenForOther = Rule{
	ID: "PMI008", Name: "taken-for-other", Level: Error,
	Text: "Microcks stops at the first line that looks like one of the formats it knows. A line that holds `swagger:` or `openapi: 3`, in whatever text, " +
		"makes it read the whole as an API description, unless the collection was recognised before.",
	Hint: "Serve the collection as Postman's API does, so that its first characters are {\"collection\":.",
	Bad:  Sample{Raw: `{"info": {"name": "made from swagger: 2.0", "_postman_id": "0fd7"}, "item": []}`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"made from swagger: 2.0","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(s *subject, report report) {
		what := map[Format]string{
			OpenAPI: "an OpenAPI description", Swagger: "a Swagger description", AsyncAPI: "an AsyncAPI description",
			GraphQL: "a GraphQL schema", Metadata: "one of Microcks' own formats", Protobuf: "a format of its own",
		}[s.Document.Format]
		if mark := s.Document.Mark; what != "" {
			report(jackson.Value{}, "Microcks takes this for "+what+", because of the line "+quote(string(mark[:min(len(mark), 400)])))
		}
	},
}
