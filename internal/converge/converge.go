// Package converge brings secrets, importers and services to their goals on a
// server with races: others write at the same time, a start saves the importer
// that it loaded, two starts can make a service twice, and answers get lost. So
// there is no list of steps, but one loop: look, take one step, look again,
// until there is nothing left to do. Creating, updating, importing, mending a
// lost change and healing a doubled service are the same loop.
//
// What is the next step, and what is learnt from it, are pure functions
// (next.go, memory.go); what touches the server is small (server.go).
package converge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Log hears what happens while it happens. Texts may hold what servers say.
type Log interface {
	Step(stage, text string, took time.Duration)
	Did(stage string, deed result.Done, took time.Duration)
}

// Outcome is how far a goal was reached.
type Outcome struct {
	Done     []result.Done
	Imported bool // a start of this run succeeded
	Active   bool // the importer was active by the last answer about it
	// Wrote: something was written, or may have been.
	Wrote bool
	// Served is the service at the last look that took it in; nil when none did.
	Served *predict.Service
	// ServiceID of it.
	ServiceID string
	// Superseded: a later upload of the same artifact is served, in place of ours.
	Superseded bool
	// Err says why the goal was not reached.
	Err error
}

// Runner brings goals to a server.
type Runner struct {
	Server Server
	// Slots bound how many imports run at the same time: one value each.
	Slots chan struct{}
	// Calls gives the place among the calls of the Postman API that a start takes, since
	// Microcks downloads then; end is told whether there was a start. It is taken with the
	// slot, so that the look that decides comes after it. nil is without end.
	Calls func(ctx context.Context) (end func(made bool), err error)
	// BeforeWrite is waited for before the first write of a goal; nil waits for
	// nothing.
	BeforeWrite func(context.Context) error
	// Room is what looks and steps take their memory from; nil counts none.
	Room *budget.Room
	// Keep takes the memory of the service as it was seen last, in place of the one
	// before; nil is for a runner that keeps what it likes.
	Keep func(*budget.Meter) error
}

// Run looks and steps until the goal is reached.
func (r *Runner) Run(ctx context.Context, g Goal, log Log) Outcome {
	c := &convergence{Runner: r, goal: g, log: log, memory: remember(g)}
	defer c.release() // whatever breaks, others get the slot
	err := c.drive(ctx)
	c.release()
	if ctx.Err() != nil && c.leftInSchedule() {
		c.lastStop(ctx)
	}
	if c.memory.inFlight {
		c.memory.did(result.Done{Kind: result.ImportInDoubt})
	}
	if pending := c.memory.pending; pending != nil {
		c.memory.did(result.Done{Kind: pending.inDoubt()})
	}
	return Outcome{
		Done: c.memory.done, Imported: c.memory.imported, Active: c.memory.active, Wrote: c.memory.wrote,
		Served: c.seen.served, ServiceID: c.seen.serviceID(), Err: err,
		Superseded: c.memory.whose == aLaterOne,
	}
}

// convergence is one goal on its way.
type convergence struct {
	*Runner
	goal   Goal
	log    Log
	memory memory
	seen   observation
	slot   bool
	call   func(made bool) // the place that goes with the slot; nil for none
	called bool            // an import was started in it
	waited bool            // BeforeWrite was
}

func (c *convergence) drive(ctx context.Context) error {
	for {
		// After a refused import there is nothing to learn, and the reason must not
		// get lost.
		if c.memory.failed == nil {
			seen, err := c.look(ctx)
			if err != nil {
				return err
			}
			c.notice(seen)
		}
		s := next(c.goal, c.seen, c.memory)
		switch s.kind {
		case Done:
			return nil
		case GiveUp:
			return s.err
		case Start, Upload:
			if !c.slot && c.Slots != nil {
				// What was seen while there was no slot may be old by now.
				if err := c.acquire(ctx); err != nil {
					return err
				}
				continue
			}
		}
		if err := c.prepare(ctx, s); err != nil {
			return err
		}
		if err := c.take(ctx, s); err != nil {
			return err
		}
	}
}

// look is what is there now. While an import is under way, the server is asked
// until it answers.
func (c *convergence) look(ctx context.Context) (observation, error) {
	for {
		if c.memory.readies() {
			if err := c.acquire(ctx); err != nil {
				return observation{}, err
			}
		}
		seen, err := c.observe(ctx)
		if err == nil || !c.memory.inFlight || ctx.Err() != nil {
			return seen, err
		}
		c.log.Step("import", "still no answer: "+err.Error(), 0)
		if err := c.pause(ctx, Await); err != nil {
			return observation{}, err
		}
	}
}

// notice learns from a look.
func (c *convergence) notice(seen observation) {
	due := c.memory.due
	c.memory, c.seen = c.memory.noticed(c.goal, seen), seen
	if due && !c.memory.due && !c.memory.imported {
		c.log.Step("import", "another run has just imported the same", 0)
	}
}

// prepare gives a slot back that the step needs no more, and waits before the
// first write. An import whose end is not known keeps its slot: it still runs.
func (c *convergence) prepare(ctx context.Context, s step) error {
	if s.kind != Start && s.kind != Upload && !c.memory.inFlight {
		c.release()
	}
	if !s.writes() || c.waited || c.BeforeWrite == nil {
		return nil
	}
	c.waited = true
	return c.BeforeWrite(ctx)
}

// take takes one step and learns from it.
func (c *convergence) take(ctx context.Context, s step) error {
	before := c.memory
	c.memory = before.took(s, c.seen)
	began := time.Now()
	c.called = c.called || s.kind == Start
	inside, leave := c.Room.Enter(ctx)
	o := c.act(inside, s)
	leave()
	m, err := c.memory.learnt(s, c.seen, o)
	c.memory = m
	if (s.kind == Start || s.kind == Upload) && !m.inFlight {
		c.release()
	}
	for _, d := range m.done[len(before.done):] {
		c.log.Did(s.stage(), d, time.Since(began))
	}
	if err != nil {
		return err
	}
	if o.err != nil && s.kind != Stop && ctx.Err() != nil {
		return o.err // what it came to is looked at by the next run
	}
	if o.err != nil {
		c.log.Step(s.stage(), s.trouble(o.err), time.Since(began))
	}
	if s.pauses(m) || o.err != nil && s.kind != Stop {
		return c.pause(ctx, s.kind)
	}
	return nil
}

// acquire gets a slot for an import; one that is held already stays.
func (c *convergence) acquire(ctx context.Context) error {
	if c.slot || c.Slots == nil {
		return nil
	}
	select {
	case c.Slots <- struct{}{}:
		c.slot = true
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if c.Calls == nil || c.goal.Importer == nil {
		return nil
	}
	call, err := c.Calls(ctx)
	if err != nil {
		c.release()
		return err
	}
	c.call, c.called = call, false
	return nil
}

func (c *convergence) release() {
	if c.call != nil {
		c.call(c.called)
		c.call = nil
	}
	if c.slot {
		<-c.Slots
		c.slot = false
	}
}

// leftInSchedule reports whether a start of this run put an importer into the
// schedule that shall not be there.
func (c *convergence) leftInSchedule() bool {
	return c.memory.counts[Start] > 0 && c.memory.active && !c.goal.Importer.Active
}

// lastStop takes the importer out of the schedule although the run is out of
// time: it is one short request. A start that still runs saves the importer again
// when it ends, so it is tried, not promised.
func (c *convergence) lastStop(ctx context.Context) {
	_ = c.take(ctx, step{kind: Stop})
}

// writes reports whether a step writes.
func (s step) writes() bool {
	switch s.kind {
	case WriteSecret, Create, Save, Remove, Heal, Start, Upload, TakeBack, Switch, Stop, Label:
		return true
	}
	return false
}

// pauses reports whether other runs get time after the step: also after one that
// was repeated, since an import that still runs undoes it again when it ends.
func (s step) pauses(m memory) bool {
	switch s.kind {
	case Rest, LookAgain, ImportAgain, Await, Appear:
		return true
	case Remove, Switch:
		return m.counts[s.kind] > 1
	}
	return false
}

// stage of a run that a step belongs to.
func (s step) stage() string {
	switch s.kind {
	case Start, Upload, Await, Rest, Stop, Look:
		return "import"
	case LookAgain, ImportAgain:
		return "verify"
	case Remove:
		return "remove"
	}
	return "apply"
}

// inDoubt is the deed of a step whose answer got lost.
func (s step) inDoubt() result.DoneKind {
	if s.kind == Remove || s.kind == Heal {
		return result.DeletionInDoubt
	}
	return result.ChangeInDoubt
}

// trouble says what is done after an error that ends nothing.
func (s step) trouble(err error) string {
	switch {
	case s.kind == Stop:
		return "the importer could not be stopped: " + err.Error()
	case s.kind == Upload && (isServerError(err) || microcks.Refused(err)):
		return "Microcks refused the upload, looking again: " + err.Error()
	case s.kind == Start && isServerError(err):
		return "Microcks answered 500, looking again"
	case s.kind == Start:
		return "no answer from the import, waiting for its end: " + err.Error()
	}
	return "no answer, looking what arrived: " + err.Error()
}

// isServerError reports whether the server itself answered 500.
func isServerError(err error) bool {
	api, ok := errors.AsType[*microcks.APIError](err)
	return ok && api.Status == http.StatusInternalServerError
}

func crashed(times int) error {
	return &result.Problem{
		Level:  result.Error,
		Text:   text.Untrustedf("importing: Microcks answered 500 %d times, although nothing in the collection explains it", times),
		Hint:   "only Microcks' own log has the reason: look there at the time of this run",
		Anchor: "import-500", ExitCode: 12,
	}
}

// pause waits with jitter, longer with every step of that kind: at most 100 ms
// doubled each time, up to 10 s, long enough for one import among many to run
// alone. The end of an import is awaited in steps of half a second.
func (c *convergence) pause(ctx context.Context, kind Kind) error {
	most := min(100*time.Millisecond<<min(c.memory.tries(kind), 10), 10*time.Second)
	took := time.Duration(rand.Int64N(int64(most)))
	if kind == Appear { // what is waited for is a time, not others
		took = most - took/2
	}
	if kind == Await || c.memory.inFlight {
		took = min(time.Duration(1+c.memory.counts[Await])*500*time.Millisecond, 5*time.Second)
	}
	timer := time.NewTimer(took)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		if c.memory.inFlight {
			return fmt.Errorf("waiting for the end of an import: %w", context.Cause(ctx))
		}
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// tries is how often a pause of this kind was made before.
func (m memory) tries(kind Kind) int {
	switch kind {
	case Rest, LookAgain, ImportAgain:
		return m.counts[Rest] + m.counts[LookAgain] + m.counts[ImportAgain]
	case Appear:
		return m.waits - 1
	case Start, Upload:
		return max(m.crashes, m.lost)
	case Remove, Switch:
		return max(m.counts[kind], m.lost)
	}
	return max(m.lost, 1)
}
