package reconcile

import (
	"context"
	"maps"
	"slices"
	"time"

	"postman-microcks-importer/internal/microcks"
)

// labelChanges are the labels of the service that the collection shall change.
func (r *run) labelChanges(it *item) []FieldChange {
	here := r.state.services[serviceKey{it.alone.Name, it.alone.Version}]
	if here == nil || len(here.services) == 0 {
		return labelsToChange(nil, it.ServiceLabels)
	}
	return labelsToChange(here.services[0].Metadata, it.ServiceLabels)
}

func labelsToChange(metadata *microcks.Metadata, wanted map[string]string) []FieldChange {
	var changes []FieldChange
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		from := "(none)"
		if metadata != nil {
			if value, there := metadata.Labels[key]; there {
				if value == wanted[key] {
					continue
				}
				from = value
			}
		}
		changes = append(changes, FieldChange{Field: "service label " + key, From: from, To: wanted[key]})
	}
	return changes
}

// labelService adds the wanted labels to the service. Its other labels and
// annotations stay.
func (r *run) labelService(ctx context.Context, view *microcks.ServiceView, done []*item) {
	wanted := make(map[string]string)
	for _, it := range done {
		wanted = merge(wanted, it.ServiceLabels)
	}
	if len(labelsToChange(view.Service.Metadata, wanted)) == 0 {
		return
	}
	began := time.Now()
	metadata := microcks.Metadata{}
	if view.Service.Metadata != nil {
		metadata = *view.Service.Metadata
	}
	metadata.Labels = merge(metadata.Labels, wanted)
	if err := r.session.Microcks.SetServiceMetadata(ctx, view.Service.ID, &metadata); err != nil {
		done[0].fail(err)
		return
	}
	r.changed.Store(true)
	done[0].Importer.Done = append(done[0].Importer.Done, "service labelled")
	r.step("apply", done[0], began, "service labelled")
}
