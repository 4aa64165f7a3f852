package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var secondaryAlone = Rule{
	ID: "PMI035", Name: "secondary-alone", Level: result.Error,
	Text: "A secondary artifact only adds to a service that exists. Without one of exactly this name and version the server skips " +
		"it silently and reports success.",
	Hint: "import the main artifact first, and check that name and version are equal in both",
	Bad:  Sample{Note: "The collection is a secondary artifact; Microcks has no service `Pets` `1.0`.", Secondary: true},
	Good: Sample{
		Note:      "The collection is a secondary artifact; Microcks has the service.",
		Secondary: true, Existing: pets(predict.Operation{Name: "GET /pets", Method: "GET"}),
	},
	check: func(s *subject, r *reporter) {
		if s.Outcome == predict.Skipped && s.Document.Parsed() {
			r.at(s.Document.Root.At("info"), "there is no service %s %s that this secondary artifact could add to", quote(s.Name), quote(s.Version))
		}
	},
}
