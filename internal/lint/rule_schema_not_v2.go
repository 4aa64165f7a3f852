package lint

import "postman-microcks-importer/internal/result"

var schemaNotV2 = Rule{
	ID: "PMI005", Name: "schema-not-v2", Level: result.Error,
	Text: "Microcks reads collections of the formats 2.0 and 2.1, which have an `info` object. Format 1 is refused, and so is a " +
		"single file of a folder in Postman's git format; a run tells them from damaged collections before it comes to this.",
	Hint: "export the collection as format 2.1 from Postman, or let Postman's API serve it",
	Bad:  Sample{Raw: `{"item": []}`, Export: true},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		root := s.Document.Root
		if !s.Document.Parsed() || root.At("info").Exists() {
			return
		}
		r.at(root, "there is no info object, so this is not a collection of format 2")
	},
}
