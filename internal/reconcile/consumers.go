package reconcile

import (
	"cmp"
	"context"
	"errors"
	"io/fs"

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

// consumersOf replays what is answered now on the service as it will be. Now is, for
// collections of the repository, what the base branch makes; else what Microcks serves.
func (r *reconciliation) consumersOf(ctx context.Context, s *plan.Service, items map[*plan.Artifact]*item) error {
	it := items[s.Live()[0]]
	if now, then, known, err := r.fromBase(ctx, s, items); known || err != nil {
		if err != nil {
			return err
		}
		noticed := consumer.Notices(now, then, r.mockOptions(ctx, false))
		it.Consumers = consumers(noticed, result.AgainstBase, r.share())
		return noticed.Err
	}
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
	it.Consumers = consumers(noticed, result.AgainstServed, r.share())
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

// fromBase are the services that the base branch and this one make of a service's
// collections, if all of them lie in the repository, the main one among them. known is
// false where there is no base, or no such service.
func (r *reconciliation) fromBase(ctx context.Context, s *plan.Service, items map[*plan.Artifact]*item) (now, then *predict.Service, known bool, err error) {
	if r.Base == nil || !s.HasMain() {
		return nil, nil, false, nil
	}
	for _, a := range s.Live() {
		if a.File == "" {
			return nil, nil, false, nil
		}
	}
	for _, a := range s.Live() {
		before, err := r.onBase(ctx, a)
		if err != nil {
			return nil, nil, false, err
		}
		if before == nil {
			continue
		}
		p := before.ImportWithin(budget.New(ctx), predict.Target{Main: a.IsMain, URL: a.From, Existing: now})
		// Under another name or version it is another service, which stays as it is.
		if p.Service != nil && p.Service.Name == s.Name && p.Service.Version == s.Version {
			now = p.Service
		}
	}
	then, err = compose(ctx, s, nil, items)
	return now, then, err == nil, err
}

// onBase is the collection as the base branch has it; nil where it has none that
// Microcks would take.
func (r *reconciliation) onBase(ctx context.Context, a *plan.Artifact) (*predict.Document, error) {
	raw, err := r.Base(ctx, a.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = budget.Take(ctx, memoryOfByte*len(raw))
	}
	if err != nil {
		return nil, err
	}
	before := &item{Wanted: new(*a.Wanted), Collection: &result.Collection{}}
	if d, err := r.readAsDelivered(ctx, before, raw, predict.Options{Version: r.mocksVersion()}); err == nil {
		return d.Document.Document, nil
	}
	return nil, ctx.Err() // no plan would have imported it
}

// mocksVersion is the version of Microcks by which mocks are judged.
func (r *reconciliation) mocksVersion() string {
	if r.session != nil {
		return r.session.Version.Number()
	}
	return cmp.Or(r.MicrocksVersion, predict.Newest)
}

// consumers as a run tells them, as many notices as the room has bytes for.
func consumers(n consumer.Noticed, against result.Base, room int) *result.Consumers {
	told := &result.Consumers{Against: against, Replayed: n.Replayed, Untold: n.Untold, Breaking: n.Breaking}
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
