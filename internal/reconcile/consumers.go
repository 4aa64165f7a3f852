package reconcile

import (
	"context"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// askConsumers finds out what consumers of the mocks would notice of the plan. Of a
// service it is told with the first collection that did not fail.
func (r *reconciliation) askConsumers(ctx context.Context) error {
	items := r.byArtifact()
	parallel(r, r.plan.Services, func(s *plan.Service) {
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		for _, a := range s.Live()[:min(1, len(s.Live()))] {
			if err := r.consumersOf(ctx, s, items); err != nil && ctx.Err() == nil {
				items[a].tellUnasked(err)
			}
		}
	}, func(s *plan.Service, broken error) {
		for _, a := range s.Live()[:min(1, len(s.Live()))] {
			items[a].tellUnasked(broken)
		}
	})
	return nil
}

// byArtifact are the collections by what is planned for them.
func (r *reconciliation) byArtifact() map[*plan.Artifact]*item {
	items := make(map[*plan.Artifact]*item)
	for _, it := range r.items {
		if it.artifact != nil {
			items[it.artifact] = it
		}
	}
	return items
}

// tellUnasked says that what consumers notice was not found out.
func (it *item) tellUnasked(err error) {
	it.Tell(result.Warning, "comparison-untold",
		text.HideCredentials(text.Untrustedf("comparing: it was not found out what consumers of the mocks would notice: %v", err)),
		"run again; what apply would write is told all the same")
}

// consumersOf replays what Microcks answers now on the service as it will be.
func (r *reconciliation) consumersOf(ctx context.Context, s *plan.Service, items map[*plan.Artifact]*item) error {
	it := items[s.Live()[0]]
	it.Consumers = &result.Consumers{Against: result.AgainstServed}
	if len(it.artifact.Difference) == 0 || len(s.Before.Services) != 1 {
		return nil // nothing changes, or nobody is answered
	}
	view, err := r.session.Microcks.ServiceView(ctx, s.Before.Services[0].ID)
	if err != nil {
		return err
	}
	now := converge.Served(view)
	then, err := compose(ctx, s, now, items)
	if err != nil {
		return err
	}
	noticed := consumer.Notices(now, then, r.mockOptions(ctx, !s.HasMain()))
	it.Consumers = consumers(noticed, r.share())
	if ctx.Err() == nil {
		return noticed.Err
	}
	return nil
}

// compose is the service after the imports of its artifacts, with its contents.
func compose(ctx context.Context, s *plan.Service, onto *predict.Service, items map[*plan.Artifact]*item) (*predict.Service, error) {
	for _, a := range s.Live() {
		if err := budget.Take(ctx, memoryOfByte*items[a].Bytes); err != nil {
			return nil, err
		}
		p := a.Document().ImportWithin(budget.New(ctx), predict.Target{Main: a.IsMain, URL: a.From, Existing: onto})
		for _, unfit := range a.Unfit(p, nil) {
			return nil, unfit
		}
		onto = p.Service
	}
	return onto, nil
}

// consumers as a run tells them, as many notices as the room has bytes for.
func consumers(n consumer.Noticed, room int) *result.Consumers {
	told := &result.Consumers{Against: result.AgainstServed, Replayed: n.Replayed, Untold: n.Untold, Breaking: n.Breaking}
	for i, c := range n.Changes {
		const itself, ofDifference = 250, 80 // bytes
		one := result.Notice{
			Kind: result.NoticeKind(c.Kind), Operation: listed(string(c.Operation)), Example: c.Example, Successor: c.Successor,
			Request: text.Cut(c.Request, mostToldAddress), Accept: c.Accept, Breaking: c.Breaking, Fingerprint: c.Fingerprint,
			MoreDifferences: c.MoreDifferences,
		}
		size := itself + len(one.Operation) + len(one.Example) + len(one.Request)
		for _, d := range c.Differences {
			one.Differences = append(one.Differences, result.NoticeDifference{
				Aspect: result.NoticeAspect(d.Aspect), At: d.At, From: d.From, To: d.To, Breaking: d.Breaking,
			})
			size += ofDifference + len(d.At)
		}
		if room -= size; room < 0 {
			told.MoreNotices = len(n.Changes) - i
			break
		}
		told.Notices = append(told.Notices, one)
	}
	return told
}
