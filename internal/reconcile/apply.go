package reconcile

import (
	"context"
	"errors"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"

	"golang.org/x/sync/errgroup"
)

// apply writes what the plan says: the secret first, then the services at the
// same time, the artifacts of one service in turn. The first look at each of
// them needs no secret and goes beside.
func (r *run) apply(ctx context.Context) error {
	r.secret.saved = make(chan struct{})
	go func() {
		defer close(r.secret.saved)
		r.secret.failed = r.saveSecret(ctx)
	}()
	// Servers before 1.14.0 mix the files of imports that run at the same time.
	atOnce := max(1, r.Parallelism)
	if r.session.Version.Before(1, 14, 0) {
		atOnce = 1
	}
	starts := make(chan struct{}, atOnce)
	var all errgroup.Group
	all.SetLimit(max(1, r.Parallelism))
	for _, g := range r.groups {
		all.Go(func() error { r.applyGroup(ctx, g, starts); return nil })
	}
	_ = all.Wait() // no group returns an error
	<-r.secret.saved
	return r.secret.failed
}

// applyGroup brings the importers of one service to their goals and proves
// that the service is what was predicted.
func (r *run) applyGroup(ctx context.Context, g *group, starts chan struct{}) {
	var last *observation
	broken := false
	for _, it := range g.items {
		if it.Failed() {
			continue
		}
		if broken {
			it.Fail(&result.Problem{Level: result.Error,
				Text:   "importing: an artifact of the same service before this one was not imported",
				Hint:   "see what is said of that collection; both are imported in the next run",
				Anchor: "import-not-reached", ExitCode: 1,
			})
			continue
		}
		if err := ctx.Err(); err != nil {
			it.notFinished(context.Cause(ctx))
			continue
		}
		if !it.goal.writes(it) {
			continue
		}
		c := &convergence{run: r, group: g, item: it, starts: starts, active: it.isActive()}
		seen, err := c.drive(ctx)
		r.report(it, c)
		switch {
		case errors.Is(err, errNoSecret):
			return // which the run itself tells
		case err != nil && ctx.Err() != nil:
			it.notFinished(context.Cause(ctx))
		case err != nil:
			it.Fail(err)
			broken = true
		default:
			last = seen
		}
	}
	r.verify(ctx, g, last)
}

// writes reports whether there is anything to do for the importer.
func (g *goal) writes(it *item) bool {
	return g.importDue || it.Importer.Change != result.Keep
}

// isActive reports whether Microcks pulls the collection as the run found it.
func (it *item) isActive() bool { return it.pick.use != nil && it.pick.use.Active }

// report puts what was done into the result.
func (r *run) report(it *item, c *convergence) {
	if c.inFlight {
		c.done = append(c.done, result.Done{Kind: result.ImportInDoubt})
	}
	it.Importer.Done = c.done
	it.Importer.Imported = c.imported
	it.Importer.Active = c.active
	if len(c.done) > 0 {
		r.changed.Store(true)
	}
}

// notFinished says that the run ended before the collection was done; how far
// it came stands in what was done.
func (it *item) notFinished(cause error) {
	it.Status = result.Failed
	it.Problems = append(it.Problems, result.Problem{
		Level: result.Error, ExitCode: 1, Anchor: "interrupted",
		Text: text.Untrustedf("the run ended before this collection was done (%v)", cause),
		Hint: "run again: it goes on from what is there; for a time-out raise `timeout`",
	})
}
