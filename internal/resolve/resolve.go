// Package resolve turns what was said into wanted importers: each carries
// everything that can differ between them.
package resolve

import (
	"context"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// Importers are the importers that a run wants, in the order in which they were
// named.
func Importers(_ context.Context, said *config.Run) ([]*plan.Wanted, error) {
	var wanted []*plan.Wanted
	for i := range said.Importers {
		wanted = append(wanted, importer(said, &said.Importers[i]))
	}
	return wanted, nil
}

func importer(said *config.Run, i *config.Importer) *plan.Wanted {
	w := &plan.Wanted{
		Source: text.Untrusted(i.Source), File: i.File,
		Name: i.Name, MainArtifact: i.Main, Active: i.Active, Labels: i.Labels,
		Secret: plan.WantedSecret{
			Name: said.Secret.Name, Explicit: said.Secret.Explicit, Replace: said.Allows(config.AllowReplaceSecret),
			Token: plan.NewToken(said.Postman.APIKey.Reveal()),
		},
		Import: plan.ImportPolicy(said.Import), Verify: plan.VerifyScope(said.Verify),
		ReplaceService: said.Allows(config.AllowReplaceService), ServiceVersion: i.ServiceVersion,
	}
	if i.Ref != nil {
		w.UID, w.Origin = i.Ref.UID, origin(said, i.Ref)
		w.URL = postman.CanonicalURL(w.Origin, w.UID)
	}
	return w
}

// origin is where a collection comes from: what `postman-api-url` says, else the
// EU region where a link names it, else the classic host.
func origin(said *config.Run, ref *postman.Ref) string {
	switch {
	case said.Postman.URL != "":
		return said.Postman.URL
	case ref.Host == postman.EUHost:
		return "https://" + ref.Host
	}
	return "https://" + postman.DefaultHost
}
