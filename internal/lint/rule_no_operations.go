package lint

import "postman-microcks-importer/internal/result"

var noOperations = Rule{
	ID: "PMI009", Name: "no-operations", Level: result.Warning,
	Text: "A collection without requests is imported as a service without operations, and reported as a success.",
	Hint: "add requests to the collection, or check that the right one is imported",
	Bad:  Sample{Items: `[{"name": "an empty folder", "item": []}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		if root := s.Document.Root; s.Document.Parsed() && root.At("info").Exists() && len(s.Document.Items) == 0 {
			r.at(root, "the collection has no requests, so the service has no operations")
		}
	},
}
