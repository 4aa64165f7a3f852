package reconcile

import (
	"context"
	"errors"
	"fmt"

	"postman-microcks-importer/internal/result"

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
		if it.failed() {
			continue
		}
		if broken {
			it.fail(&refusal{
				text:   "importing: an artifact of the same service before this one was not imported",
				hint:   "see what is said of that collection; both are imported in the next run",
				anchor: "import-not-reached", code: 1,
			})
			continue
		}
		if err := ctx.Err(); err != nil {
			it.notFinished(context.Cause(ctx), "nothing was written for it")
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
			it.notFinished(context.Cause(ctx), c.stoppedAt())
		case err != nil:
			it.fail(err)
			broken = true
		default:
			last = seen
		}
	}
	r.verify(ctx, g, last)
}

// writes tells whether there is anything to do for the importer.
func (g *goal) writes(it *item) bool {
	return g.importDue || it.Importer.Change != Keep
}

// isActive tells whether Microcks pulls the collection as the run found it.
func (it *item) isActive() bool { return it.pick.use != nil && it.pick.use.Active }

// report puts what was done into the result.
func (r *run) report(it *item, c *convergence) {
	it.Importer.Done = c.done
	it.Importer.Imported = c.imported
	it.Importer.Active = c.active
	if len(c.done) > 0 || c.inFlight {
		r.changed.Store(true)
	}
}

// notFinished says how far a collection came when the run ended.
func (it *item) notFinished(cause error, where string) {
	it.Status = Failed
	it.Problems = append(it.Problems, Problem{
		Level: result.Error, ExitCode: 1, Anchor: "interrupted",
		Text: fmt.Sprintf("the run ended before this collection was done (%v): %s", cause, where),
		Hint: "run again: it goes on from what is there; for a time-out raise `timeout`",
	})
}
