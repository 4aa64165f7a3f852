package lint

import (
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var schemaNotV2 = Rule{
	ID: "PMI005", Name: "schema-not-v2", Level: result.Error,
	Text: "Microcks reads collections of the formats 2.0 and 2.1, which have an `info` object. Format 1 and the YAML tree of " +
		"format 3 are refused.",
	Hint: "Export the collection as format 2.1 from Postman, or let Postman's API serve it.",
	Bad:  Sample{Raw: `{"id": "0fd7", "name": "Pets", "order": [], "requests": []}`, Export: true},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		root := s.Document.Root
		if !s.Document.Parsed() || root.At("info").Exists() {
			return
		}
		switch {
		case root.Has("requests") || root.Has("order"):
			r.at(root, "this is a collection of format 1")
		case root.Has("$kind") || strings.Contains(root.At("$schema").AsText(), "/v3"):
			r.at(root, "this is a part of a collection of format 3")
		case root.Has("rootLevelRequests") || root.Has("rootLevelFolders"):
			r.at(root, "this is the minimal model of a collection, which holds ids only")
		case root.Has("collections") || root.Kind() == jackson.Array:
			r.at(root, "this is a list, not one collection")
		case root.Has("error"):
			r.at(root, "this is an error message, not a collection: %s", quote(firstOf(root.At("error").At("message"), root.At("error"))))
		default:
			r.at(root, "there is no info object, so this is no collection of format 2")
		}
	},
}
