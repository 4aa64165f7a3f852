package predict

import "strings"

var schemaNotV2 = Rule{
	ID: "PMI005", Name: "schema-not-v2", Level: Error,
	Text: "Microcks reads collections of the formats 2.0 and 2.1, which have an `info` object. Format 1 and the YAML tree of format 3 are refused.",
	Hint: "Export the collection as format 2.1 from Postman, or let Postman's API serve it.",
	Bad:  Sample{Raw: `{"id": "0fd7", "name": "Pets", "order": [], "requests": []}`, Target: Target{Export: true}},
	Good: Sample{},
	check: func(r *run, report report) {
		root := r.coll.root
		if r.doc == nil || root.at("info").exists() {
			return
		}
		switch {
		case root.has("requests") || root.has("order"):
			report(root, "this is a collection of format 1")
		case root.has("$kind") || strings.Contains(root.at("$schema").asText(), "/v3"):
			report(root, "this is a part of a collection of format 3")
		case root.has("rootLevelRequests") || root.has("rootLevelFolders"):
			report(root, "this is the minimal model of a collection, which holds ids only")
		case root.has("collections") || root.kind() == arrayKind:
			report(root, "this is a list, not one collection")
		case root.has("error"):
			report(root, "this is an error message, not a collection: "+quote(firstOf(root.at("error").at("message"), root.at("error"))))
		default:
			report(root, "there is no info object, so this is no collection of format 2")
		}
	},
}

// firstOf is the text of the first value that has one.
func firstOf(values ...value) string {
	for _, v := range values {
		if s := v.asText(); s != "" {
			return s
		}
	}
	return ""
}
