package lint

import (
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var serviceTaken = Rule{
	ID: "PMI004", Name: "service-taken", Level: result.Warning,
	Text: "A main artifact replaces the service of its name and version, whoever made it: operations that only the other artifact " +
		"had are gone, and an API description's service becomes one of a collection.",
	Hint: "give the collection a name or a version of its own, or import it as a secondary artifact",
	Bad: Sample{
		Note:     "Microcks has this service from `pets-openapi.yaml`.",
		Existing: &predict.Service{Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: "pets-openapi.yaml"},
	},
	Good: Sample{
		Note:      "Microcks has this service from `pets-openapi.yaml`, and the collection is a secondary artifact.",
		Secondary: true,
		Existing: &predict.Service{
			Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: "pets-openapi.yaml",
			Operations: []predict.Operation{{Name: "GET /pets", Method: "GET"}},
		},
	},
	check: func(s *subject, r *reporter) {
		e := s.Existing
		own, _, _ := strings.Cut(predict.ArtifactName(s.Target.URL), "?")
		if e != nil && s.Target.Main && !predict.SameArtifact(e.SourceArtifact, own) && s.Outcome == predict.Imported {
			r.at(s.Document.Root.At("info").At("name"), "the service %s %s comes from %s and would be replaced",
				quote(e.Name), quote(e.Version), quote(e.SourceArtifact))
		}
	},
}
