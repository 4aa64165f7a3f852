// Package reconcile takes wanted importers along one line: fetch and read,
// predict, plan, apply, import, verify. Each stage takes values and returns new
// ones; only fetch, read, apply, import and verify touch the outside.
package reconcile

import (
	"context"
	"crypto/rand"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Deps is the outside of a run.
type Deps struct {
	Postman Postman
	// Connect finds out how to talk to Microcks and signs in. It is not called
	// in Check.
	Connect func(context.Context) (*Session, error)
	Log     Log
	// Mask hides a credential that was found on the server.
	Mask func(string)
}

// Session is a Microcks server that can be talked to.
type Session struct {
	Microcks Microcks
	Mocks    Mocks
	Version  microcks.Version
	// Account is who signed in; nil when the server wants no sign-in.
	Account *microcks.Account
	// Tenancy means that membership of a group can stand in for roles.
	Tenancy bool
}

// Log hears what happens while it happens. Texts may hold what collections and
// servers say.
type Log interface {
	// Step tells what was done for one collection ("" = for all) and how long
	// it took.
	Step(stage, collection, text string, took time.Duration)
	// Did tells of one thing that was done to Microcks.
	Did(stage, collection string, deed result.Done, took time.Duration)
}

// run is one pass along the line.
type run struct {
	Settings
	Deps
	writer  string // a random mark of this run
	session *Session
	state   *state
	items   []*item
	groups  []*group
	secret  *secretPlan
	changed atomic.Bool   // something was written
	slots   chan struct{} // one for each call of a mock at the same time
	result  *result.Result
}

// item is one wanted importer on its way.
type item struct {
	Wanted
	*result.Collection
	raw   []byte
	alone predict.Prediction // as a main artifact on an empty server
	pick  choice
	main  bool
	goal  *goal
}

// Run carries out one run. It always returns a Result, also when ctx ends
// before the run does.
func Run(ctx context.Context, s Settings, wanted []Wanted, d Deps) *result.Result {
	began := time.Now()
	r := &run{Settings: s, Deps: d, writer: rand.Text(), slots: make(chan struct{}, max(1, s.Parallelism)), result: &result.Result{
		Schema: result.Schema, Version: s.ProgramVersion, Mode: s.Mode, ModeReason: s.ModeReason,
		Collections: make([]result.Collection, len(wanted)),
	}}
	for i, w := range wanted {
		r.result.Collections[i] = result.Collection{Source: text.Untrusted(w.Source), UID: w.UID, File: text.Untrusted(w.File)}
		r.items = append(r.items, &item{Wanted: w, Collection: &r.result.Collections[i]})
	}
	err := r.stages(ctx)
	if err != nil {
		r.result.Problems = append(r.result.Problems, runProblem(ctx, err))
	}
	// An end that comes when all is done interrupts nothing.
	if ctx.Err() != nil && (err != nil || len(r.live()) < len(r.items)) {
		r.result.Interrupted = interruption(context.Cause(ctx))
	}
	r.conclude()
	r.result.DurationMillis = time.Since(began).Milliseconds()
	return r.result
}

// stages is the line itself.
func (r *run) stages(ctx context.Context) error {
	if r.Mode == result.Remove {
		return r.remove(ctx)
	}
	// Neither ends the other: what is wrong on both sides is told at once.
	var sides errgroup.Group
	var ofServer, ofPostman []result.Problem
	if r.Mode != result.Check {
		sides.Go(func() (err error) { ofServer, err = r.connect(ctx); return err })
	}
	sides.Go(func() error { ofPostman = r.fetch(ctx); return nil })
	err := sides.Wait()
	r.result.Problems = append(append(r.result.Problems, ofServer...), ofPostman...)
	if err != nil {
		return err
	}
	if r.Mode == result.Check {
		r.judgeAlone(predict.Target{Version: r.MicrocksVersion})
		r.showPredicted()
		return nil
	}
	r.judgeAlone(predict.Target{Version: r.session.Version.Number()})
	if err := r.read(ctx); err != nil {
		return err
	}
	r.plan()
	if err := r.refuseMissingRoles(); err != nil || r.Mode == result.Plan {
		return err
	}
	return r.apply(ctx)
}

// wrote counts a write that gave err as a change when it was carried out, and
// when it may have been; it reports whether that is so.
func (r *run) wrote(err error) bool {
	may := err == nil || microcks.MayBeDone(err)
	if may {
		r.changed.Store(true)
	}
	return may
}

// live are the items that nothing has failed yet.
func (r *run) live() []*item {
	return slices.DeleteFunc(slices.Clone(r.items), func(i *item) bool { return i.Failed() })
}

// parallel does something for every live item, at most Parallelism at once.
// What goes wrong stays with the item.
func (r *run) parallel(do func(*item)) {
	var all errgroup.Group
	all.SetLimit(max(1, r.Parallelism))
	for _, it := range r.live() {
		all.Go(func() error { do(it); return nil })
	}
	_ = all.Wait() // no item returns an error
}

// step tells the log about one collection, or about all when it is nil.
func (r *run) step(stage string, it *item, began time.Time, what string) {
	name := text.Untrusted("")
	if it != nil {
		name = it.title()
	}
	r.Log.Step(stage, string(name), text.HideCredentials(what), time.Since(began))
}

// did records what was done for a collection, and tells the log.
func (r *run) did(stage string, it *item, began time.Time, deed result.Done) {
	it.Importer.Done = append(it.Importer.Done, deed)
	r.Log.Did(stage, string(it.title()), deed, time.Since(began))
}

// title is what a person calls the collection.
func (it *item) title() text.Untrusted {
	if it.Collection.Name != "" {
		return it.Collection.Name
	}
	return it.Collection.Source
}
