package reconcile

import (
	"cmp"
	"context"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// askConsumers finds out what consumers of the mocks would notice of the plan. Of a
// service it is told with the first collection that did not fail.
func (r *reconciliation) askConsumers(ctx context.Context) error {
	base, err := r.judgeBase(ctx)
	if err != nil && ctx.Err() == nil {
		r.result.Problems = append(r.result.Problems, notAsked(err))
	}
	if err != nil {
		return ctx.Err()
	}
	first := r.firstOf()
	makes := r.makes()
	far := r.begin("compare", len(makes))
	parallel(r, makes, func(s *plan.Service) {
		defer far()
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		if err := r.consumersOf(ctx, s, base, first[s]); err != nil && ctx.Err() == nil {
			first[s].Problems = result.With(first[s].Problems, notAsked(err))
		}
	}, func(s *plan.Service, broken error) {
		first[s].Problems = result.With(first[s].Problems, notAsked(broken))
	})
	base.tellNew(r.items)
	if err := r.lose(ctx, base); err != nil {
		return err
	}
	return r.loseLeftovers(ctx)
}

// makes are the services of the run's collections that did not fail, in their order.
func (r *reconciliation) makes() []*plan.Service {
	var all []*plan.Service
	for _, it := range r.items {
		if a := it.artifact; a != nil && a.Service != nil && !a.Failed() && !slices.Contains(all, a.Service) {
			all = append(all, a.Service)
		}
	}
	return all
}

// firstOf are the collections with which it is told what becomes of a service.
func (r *reconciliation) firstOf() map[*plan.Service]*item {
	of := map[*plan.Service]*item{}
	for _, it := range r.items {
		if a := it.artifact; a != nil && a.Service != nil && !a.Failed() && of[a.Service] == nil && a == a.Service.Live()[0] {
			of[a.Service] = it
		}
	}
	return of
}

// notAsked says that what consumers notice was not found out.
func notAsked(err error) result.Problem {
	p := result.ProblemOf(err)
	return result.Problem{
		Level: result.Warning, Anchor: "consumers-untold",
		Text: text.HideCredentials(text.Untrustedf("comparing: it was not found out what consumers of the mocks would notice: %v", err)),
		Hint: cmp.Or(p.Hint, "run again; what apply would write is told all the same"),
	}
}

// consumersOf replays what is answered now on the service as it will be. Now is, for
// collections of the repository, what the base branch makes; else what Microcks serves.
func (r *reconciliation) consumersOf(ctx context.Context, s *plan.Service, base *onBase, it *item) error {
	now, known, err := base.now(ctx, s)
	if err != nil {
		return err
	}
	against, onto := result.AgainstBase, (*predict.Service)(nil)
	// What the base branch does not make can be served all the same: by a file that the
	// workflow names no more.
	differs := len(it.artifact.Difference) > 0 || it.artifact.Uncompared
	serves := r.session != nil && differs && len(s.Before.Services) == 1
	if !known || now == nil && serves {
		if r.session == nil {
			return nil
		}
		against = result.AgainstServed
		it.Consumers = &result.Consumers{Against: against}
		if !serves {
			return nil // nothing changes, or nobody is answered
		}
		view, err := r.session.Microcks.ServiceView(ctx, s.Before.Services[0].ID)
		if err != nil {
			return err
		}
		now = converge.Served(view)
		onto = now
	}
	examples := saved{}
	then, err := compose(ctx, s, onto, func(a *plan.Artifact, from *delivery.Document, im *predict.Import) {
		if a.File != "" && (base == nil || base.own[a.File]) { // else the commit has not these lines
			examples.add(a, from, im)
		}
	})
	if err != nil {
		return err
	}
	noticed := consumer.Notices(now, then, r.mockOptions(ctx, !s.HasMain()))
	it.Consumers = consumers(noticed, examples.places(noticed.Changes, then), against, r.share())
	if ctx.Err() == nil {
		return noticed.Err
	}
	return nil
}

// lose tells of what the base branch has and this one has not.
func (r *reconciliation) lose(ctx context.Context, base *onBase) error {
	lost := base.lost(r.items)
	room := shareOf(len(lost))
	for _, s := range lost {
		gone := result.Gone{File: text.Untrusted(s.Live()[0].File), Name: text.Untrusted(s.Name), Version: text.Untrusted(s.Version)}
		inside, leave := r.room.Enter(ctx)
		now, err := compose(inside, s, nil, nil)
		if err == nil {
			noticed := consumer.Notices(now, nil, r.mockOptions(inside, false))
			gone.Consumers, err = consumers(noticed, nil, result.AgainstBase, room), noticed.Err
		}
		leave()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			r.result.Problems = append(r.result.Problems, notAsked(err))
		}
		if gone.Consumers != nil {
			r.result.Gone = append(r.result.Gone, gone)
		}
	}
	return nil
}

// compose is the service after the imports of its artifacts, with its contents; each is
// told of every import, where it is not nil.
func compose(ctx context.Context, s *plan.Service, onto *predict.Service,
	each func(*plan.Artifact, *delivery.Document, *predict.Import),
) (*predict.Service, error) {
	for _, a := range s.Live() {
		document := a.Document()
		if err := budget.Take(ctx, memoryOfByte*len(document.Raw)); err != nil {
			return nil, err
		}
		p := document.ImportWithin(budget.New(ctx), predict.Target{Main: a.IsMain, URL: cmp.Or(a.From, a.File), Existing: onto})
		for _, unfit := range a.Unfit(p, nil) {
			return nil, unfit
		}
		if each != nil {
			each(a, document.From, p)
		}
		onto = p.Service
	}
	return onto, nil
}

// mocksVersion is the version of Microcks by which mocks are judged.
func (r *reconciliation) mocksVersion() string {
	if r.session != nil {
		return r.session.Version.Number()
	}
	return cmp.Or(r.MicrocksVersion, predict.Newest)
}

// consumers as a run tells them, as many notices as the room has bytes for. The places are
// those of the changes; nil where none has one.
func consumers(n consumer.Noticed, places []savedAt, against result.Base, room int) *result.Consumers {
	told := &result.Consumers{Against: against, Replayed: n.Replayed, Untold: n.Untold, Breaking: n.Breaking}
	for i, c := range n.Changes {
		const itself, ofDifference = 250, 80 // bytes
		one := result.Notice{
			Kind: result.NoticeKind(c.Kind), Operation: listed(string(c.Operation)), Example: c.Example, Successor: c.Successor,
			Request: text.Cut(c.Request, mostToldAddress), Accept: c.Accept, Breaking: c.Breaking, Fingerprint: c.Fingerprint,
			MoreDifferences: c.MoreDifferences,
		}
		if places != nil {
			at := places[i].position()
			one.File, one.Line, one.Column = at.File, at.Line, at.Column
		}
		size := itself + len(one.File) + len(one.Operation) + len(one.Example) + len(one.Request)
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
