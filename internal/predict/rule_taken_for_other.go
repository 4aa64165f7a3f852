package predict

import "postman-microcks-importer/internal/jackson"

var takenForOther = Rule{
	ID: "PMI008", Name: "taken-for-other", Level: Error,
	Text: "Microcks stops at the first line that looks like one of the formats it knows. A line that holds `swagger:` or `openapi: 3`, in whatever text, " +
		"makes it read the whole as an API description, unless the collection was recognised before.",
	Hint: "Serve the collection as Postman's API does, so that its first characters are {\"collection\":.",
	Bad:  Sample{Raw: `{"info": {"name": "made from swagger: 2.0", "_postman_id": "0fd7"}, "item": []}`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"made from swagger: 2.0","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(r *run, report report) {
		if r.trouble.kind != notDetected {
			return
		}
		what := map[importer]string{
			openAPIImporter: "an OpenAPI description", swaggerImporter: "a Swagger description", asyncAPIImporter: "an AsyncAPI description",
			graphQLImporter: "a GraphQL schema", metadataImporter: "one of Microcks' own formats", foreignImporter: "a format of its own",
		}[r.detected.importer]
		if what != "" {
			report(jackson.Value{}, "Microcks takes this for "+what+", because of the line "+quote(string(r.detected.line[:min(len(r.detected.line), 400)])))
		}
	},
}
