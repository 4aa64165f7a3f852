package reconcile

import (
	"context"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
)

// serviceLabelChanges are the labels of the service that the collection shall
// change.
func (r *run) serviceLabelChanges(it *item) []result.FieldChange {
	here := r.state.services[serviceKey{it.alone.Name, it.alone.Version}]
	if here == nil || len(here.services) == 0 {
		return labelChanges(result.FieldServiceLabel, nil, it.ServiceLabels)
	}
	return labelChanges(result.FieldServiceLabel, labelsOf(here.services[0].Metadata), it.ServiceLabels)
}

func labelsOf(m *microcks.Metadata) map[string]string {
	if m == nil {
		return nil
	}
	return m.Labels
}

// labelService adds the wanted labels to the service. Its other labels and
// annotations stay.
func (r *run) labelService(ctx context.Context, view *microcks.ServiceView, done []*item) {
	wanted := make(map[string]string)
	for _, it := range done {
		wanted = merge(wanted, it.ServiceLabels)
	}
	if len(labelChanges(result.FieldServiceLabel, labelsOf(view.Service.Metadata), wanted)) == 0 {
		return
	}
	began := time.Now()
	metadata := microcks.Metadata{}
	if view.Service.Metadata != nil {
		metadata = *view.Service.Metadata
	}
	metadata.Labels = merge(metadata.Labels, wanted)
	if err := r.session.Microcks.SetServiceMetadata(ctx, view.Service.ID, &metadata); err != nil {
		done[0].Fail(err)
		return
	}
	r.changed.Store(true)
	r.did("apply", done[0], began, result.Done{Kind: result.ServiceLabelled})
}
