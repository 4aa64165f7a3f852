package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

// carryOut does what the plan says: the secrets first, then the services at the
// same time, the artifacts of one service in turn. The first look at each of
// them needs no secret and goes beside.
func (r *reconciliation) carryOut(ctx context.Context) error {
	// Servers before 1.14.0 mix the files of imports that run at the same time.
	imports := max(1, r.Parallelism)
	if r.session.Version.Before(1, 14, 0) {
		imports = 1
	}
	c := &carrier{
		reconciliation: r, slots: make(chan struct{}, imports), secrets: map[*plan.Secret]*written{},
		items: map[*plan.Artifact]*item{}, seen: budget.NewPot(mostSeen, max(1, r.Parallelism)),
	}
	var secrets sync.WaitGroup
	for i, s := range r.plan.Secrets {
		w := &written{done: make(chan struct{})}
		c.secrets[s] = w
		if s.Change == result.Keep || len(r.live()) == 0 {
			close(w.done)
			continue
		}
		secrets.Go(func() {
			defer close(w.done)
			w.err = crash.Caught(func() error { return c.writeSecret(ctx, s, i) })()
		})
	}
	for _, it := range r.items {
		if it.artifact != nil {
			c.items[it.artifact] = it
		}
	}
	services := first(r.plan.Services, c.lacksOf)
	far := r.begin("apply", len(services))
	parallel(r, services, func(s *plan.Service) {
		defer far()
		c.carryService(ctx, s)
	}, c.broken)
	secrets.Wait()
	var failed error
	for _, s := range r.plan.Secrets {
		if err := c.secrets[s].err; err != nil { // each has its own hint
			r.result.Problems = append(r.result.Problems, runProblem(ctx, err))
			failed = errTold
		}
	}
	return failed
}

// lacksOf reports whether the server lacks a collection of a service. Those come first,
// since the calls that are left this month may not suffice for all.
func (c *carrier) lacksOf(s *plan.Service) bool {
	for _, a := range s.Artifacts {
		if c.calls.lacking[c.items[a]] {
			return true
		}
	}
	return false
}

// carrier carries one plan out.
type carrier struct {
	*reconciliation
	slots   chan struct{}
	seen    *budget.Pot // of services as they are seen while they change
	secrets map[*plan.Secret]*written
	items   map[*plan.Artifact]*item
}

// written says what became of a secret, once it is done.
type written struct {
	done chan struct{}
	err  error
}

// errNoSecret stops what needs a secret that could not be written.
var errNoSecret = errors.New("the secret could not be written")

func (w *written) wait(ctx context.Context) error {
	select {
	case <-w.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if w.err != nil {
		return errNoSecret
	}
	return nil
}

// broken fails what was to be done for a service when something in it broke.
func (c *carrier) broken(s *plan.Service, err error) {
	for _, a := range s.Live() {
		c.items[a].Fail(err)
		c.noteItem(c.items[a], true, false)
	}
}

// converge brings one goal to the server, for a collection or, when it is nil, for
// all. Where this program broke, what it did is in doubt.
func (r *reconciliation) converge(ctx context.Context, runner *converge.Runner, g converge.Goal, it *item) converge.Outcome {
	log := &logOf{reconciliation: r, it: it}
	runner.Server, runner.Room = r.session.Microcks, r.room
	var o converge.Outcome
	if err := crash.Caught(func() error { o = runner.Run(ctx, g, log); return nil })(); err != nil {
		o = converge.Outcome{Done: append(log.done, result.Done{Kind: doubtOf(g.Gone != nil)}), Wrote: true, Err: err}
	}
	if o.Wrote || len(o.Done) > 0 {
		r.changed.Store(true)
	}
	return o
}

func (c *carrier) writeSecret(ctx context.Context, s *plan.Secret, i int) error {
	shown := &c.result.Secrets[i]
	c.noteSecret(i, true)
	defer func() { c.noteSecret(i, false) }()
	o := c.converge(ctx, &converge.Runner{}, converge.Goal{Secret: s}, nil)
	shown.Done, shown.InDoubt = o.Err == nil, o.Err != nil && o.Wrote
	return o.Err
}

// carryService brings the importers of one service to their goals and proves
// that the service is what was predicted.
func (c *carrier) carryService(ctx context.Context, s *plan.Service) {
	var last *converge.Outcome
	seen := c.seen.Share()
	defer seen.Empty()
	broken := false
	for _, a := range s.Live() {
		it := c.items[a]
		switch {
		case broken:
			it.Fail(&result.Problem{
				Level: result.Error, Text: "importing: an artifact of the same service before this one was not imported",
				Hint:   "see what is said of that collection; both are imported in the next run",
				Anchor: "import-not-reached", ExitCode: 1,
			})
			continue
		case ctx.Err() != nil:
			it.notFinished(context.Cause(ctx))
			continue
		case !a.Writes():
			continue
		}
		o := c.carryArtifact(ctx, a, it, seen)
		switch {
		case errors.Is(o.Err, errNoSecret):
			return // which the run itself tells
		case o.Err != nil && ctx.Err() != nil:
			it.notFinished(context.Cause(ctx))
		case o.Err != nil:
			it.Fail(c.explain(a, it, o.Err))
			broken = true
		default:
			o.Superseded = o.Superseded || last != nil && last.Superseded
			last = &o
		}
	}
	c.verify(ctx, s, last)
	for _, a := range s.Artifacts {
		c.noteItem(c.items[a], true, false)
	}
	s.Predicted, s.Edited = nil, nil // a thousand of them are much
}

// carryArtifact brings one importer, or one upload, to its goal.
func (c *carrier) carryArtifact(ctx context.Context, a *plan.Artifact, it *item, seen *budget.Share) converge.Outcome {
	if err := c.startable(a); err != nil {
		it.Unreached = true
		return converge.Outcome{Err: err}
	}
	runner := &converge.Runner{Slots: c.slots, Keep: seen.Keep, Calls: c.takeCall}
	if a.Kept != nil {
		runner.BeforeWrite = c.secrets[a.Kept].wait
	}
	c.noteItem(it, false, true)
	defer func() { c.noteItem(it, false, false) }()
	way := it.Way()
	reach := func(g converge.Goal) converge.Outcome {
		o := c.converge(ctx, runner, g, it)
		if g.Gone != nil && a.Upload == nil {
			o.Done = surplus(o.Done)
		}
		way.Done = append(way.Done, o.Done...)
		c.noteItem(it, false, true)
		return o
	}
	goal := converge.Goal{
		Service: a.Service, Predicted: a.Predicted, Due: a.Due != nil, Always: a.Wanted.Import == plan.ImportAlways, Upload: a.Upload,
	}
	var before, after []converge.Goal
	if a.Upload != nil {
		before, after = aside(a.Upload)
	} else {
		goal.Importer, before = &a.Importer, gone(a.Importer.Surplus)
	}
	for _, g := range before {
		if o := reach(g); o.Err != nil {
			return o
		}
	}
	reached := reach(goal)
	way.Imported = reached.Imported
	if it.Importer != nil {
		it.Importer.Active = reached.Active
	}
	for _, g := range after {
		if reached.Err == nil {
			reached.Err = reach(g).Err
		}
	}
	return reached
}

// aside is what becomes of the importers that pull what is uploaded: none of them
// imports any more before that, and those of ours go after it.
func aside(u *plan.Upload) (before, after []converge.Goal) {
	for _, job := range slices.Concat(u.Leaving, u.Stopping) {
		before = append(before, converge.Goal{Idle: &job})
	}
	return before, gone(u.Leaving)
}

func gone(importers []microcks.ImportJob) (all []converge.Goal) {
	for i := range importers {
		all = append(all, converge.Goal{Gone: &importers[i]})
	}
	return all
}

// surplus are deletions of importers beside the one in use.
func surplus(done []result.Done) []result.Done {
	for i := range done {
		if done[i].Kind == result.ImporterDeleted {
			done[i].Kind = result.SurplusDeleted
		}
	}
	return done
}

// explain says why an importer did not get to its goal.
func (c *carrier) explain(a *plan.Artifact, it *item, err error) error {
	if refused, ok := errors.AsType[*converge.ImportError](err); ok {
		return diagnose(a, it.Bytes, refused.Job)
	}
	return err
}

// notFinished says that the run ended before the collection was done.
func (it *item) notFinished(cause error) {
	it.Status = result.Failed
	it.Problems = append(it.Problems, result.NotFinished(cause))
}
