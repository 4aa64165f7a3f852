package reconcile

import (
	"context"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// export lists the importers of the server.
func (r *reconciliation) export(context.Context) error {
	began := time.Now()
	services := map[string]*microcks.Service{}
	for _, list := range r.services {
		for i := range list {
			services[list[i].ID] = &list[i]
		}
	}
	exporting := plan.Exporting{
		Owner: r.Owner, Base: r.PostmanOrigin, Services: services, Says: r.SaysLabel, APISource: r.AsAPISource,
	}
	x := exporting.Export(r.there.Jobs)
	file, err := r.Export(x)
	if err != nil {
		return err
	}
	r.result.Exported = &result.Exported{
		File: text.Untrusted(file), Entries: len(x.Listed), Comments: len(x.Aside), Others: x.NoCollections,
	}
	r.step("export", nil, began, text.Plural(len(x.Listed), "importer")+" listed")
	return nil
}
