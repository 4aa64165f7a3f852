package reconcile

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// read reads the services that the collections make, and waits for what was
// begun to be listed: after that nothing is read any more before the plan.
func (r *reconciliation) read(ctx context.Context) error {
	keys := make(map[plan.Key]bool)
	for _, it := range r.live() {
		keys[it.judged.Key] = true
	}
	if r.listsServices() {
		if err := r.lists.Wait(); err != nil {
			return err
		}
	}
	r.pot = budget.NewPot(mostKept, len(r.items))
	whole := ctx
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(max(1, r.Parallelism))
	far := r.begin("read", len(keys))
	for key := range keys {
		reads.Go(crash.Caught(func() error {
			defer far()
			ctx, leave := r.room.Enter(ctx)
			defer leave()
			here, err := r.existing(ctx, key)
			r.guard.Lock()
			defer r.guard.Unlock()
			if errors.Is(err, budget.ErrSpent) || errors.Is(err, budget.ErrPot) { // which stops the service's collections, not the others
				r.failAbout(key, err)
				return nil
			}
			r.there.Services[key] = here
			return err
		}))
	}
	err := reads.Wait()
	if listed := r.lists.Wait(); listed != nil {
		return listed
	}
	if err != nil {
		return err
	}
	return r.readPairs(whole)
}

// failAbout fails the collections that make a service.
func (r *reconciliation) failAbout(key plan.Key, err error) {
	for _, it := range r.live() {
		if it.judged.Key == key {
			it.Fail(&result.Problem{
				Level: result.Error, Text: text.Untrusted(err.Error()),
				Hint:   "delete the service in Microcks under APIs | Services, and look for who imports examples, or headers of them, in thousands",
				Anchor: "collection-untold", ExitCode: 1,
			})
		}
	}
}

// existing is what the server holds under a name and version. The examples of a
// service that is there twice cannot be shown.
func (r *reconciliation) existing(ctx context.Context, key plan.Key) (plan.Existing, error) {
	if r.services == nil {
		services, view, err := converge.FindService(ctx, r.session.Microcks, key)
		if err != nil {
			return plan.Existing{}, err
		}
		served, err := converge.Digest(ctx, services, view, r.pot.Take)
		return plan.Existing{Services: services, Served: served}, err
	}
	here := plan.Existing{Services: converge.OfVersion(r.services[key], key.Version)}
	if len(here.Services) != 1 {
		return here, nil
	}
	view, err := r.session.Microcks.ServiceView(ctx, here.Services[0].ID)
	if err != nil {
		return here, err
	}
	here.Served, err = converge.Digest(ctx, here.Services, view, r.pot.Take)
	return here, err
}

// makePlan decides what has to change, and shows it in the result.
func (r *reconciliation) makePlan(ctx context.Context) error {
	var judged []plan.Judged
	var planned []*item
	var wanted []*plan.Wanted
	for _, it := range r.items {
		if !it.skipped() {
			wanted = append(wanted, it.Wanted)
		}
	}
	for _, it := range r.live() {
		judged, planned = append(judged, *it.judged), append(planned, it)
	}
	tellApart(judged)
	annotations := map[string]string{plan.AnnotationWriter: r.writer}
	for key, value := range r.Provenance {
		annotations[key] = value
	}
	r.plan = plan.Make(plan.Settings{
		Owner: r.Owner, Annotations: annotations, Wanted: wanted, WillApply: r.Mode == result.Apply, Now: time.Now(),
		Meter: func() *budget.Meter { return budget.New(ctx) }, FindingBytes: r.share(), Pot: r.pot,
	}, judged, r.there)
	for i, it := range planned {
		it.artifact = r.plan.Artifacts[i]
		r.showPlanned(ctx, it)
	}
	return r.showPlan()
}
