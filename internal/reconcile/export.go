package reconcile

import (
	"context"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// export lists the importers of the server as a manifest.
func (r *reconciliation) export(ctx context.Context) error {
	began := time.Now()
	services := map[string]*microcks.Service{}
	for _, list := range r.services {
		for i := range list {
			services[list[i].ID] = &list[i]
		}
	}
	x := plan.MakeExport(r.Owner, r.PostmanOrigin, r.there.Jobs, services, r.SaysLabel)
	file, err := r.Export(ctx, x)
	if err != nil {
		return err
	}
	r.result.Exported = &result.Exported{
		File: text.Untrusted(file), Entries: len(x.Listed), Comments: len(x.Aside), Others: x.NoCollections,
	}
	r.step("export", nil, began, text.Plural(len(x.Listed), "importer")+" as entries of a manifest")
	return nil
}
