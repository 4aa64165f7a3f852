// Package reconcile takes wanted importers along one line, stage by stage: which
// stages a mode has, and in which order, stands in one list each. What has to
// change is decided by plan, how it gets there by converge; this package asks
// both sides, keeps the collections, and fills the result.
package reconcile

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Settings hold for all collections of a run. What can differ between them is
// part of each wanted importer.
type Settings struct {
	Mode            result.Mode
	ModeReason      string
	ProgramVersion  string
	MicrocksVersion string // for Check; empty: the newest known
	plan.Owner             // of what the run creates
	Provenance      map[string]string
	FailOnWarnings  bool // findings of level warning fail the run
	FailOnChanges   bool // in Plan: differences fail the run
	RemoveServices  bool
	// PostmanOrigin that collections are asked for of which nothing says another.
	PostmanOrigin string
	// AsAPISource: in Export, for Microcks' operator, not as a manifest.
	AsAPISource bool
	Pruning     Pruning
	Parallelism int
}

// Deps is the outside of a run.
type Deps struct {
	// Resolve tells which importers are wanted, and what is worth a note about how they
	// were found.
	Resolve func(context.Context) ([]*plan.Wanted, []result.Problem, error)
	// LeftOut are uids that Resolve found in workspaces whose entries leave them out; nil
	// where there is none.
	LeftOut func() []string
	Postman Postman
	Calls   Calls // nil where Postman is not asked
	// File reads a file of the repository, or a folder that is a collection, into memory of
	// the room that ctx is in.
	File func(ctx context.Context, name string) (delivery.Source, error)
	// Base is what collections of the repository are compared with; nil where there is
	// nothing but what Microcks serves.
	Base *Base
	// Connect finds out how to talk to Microcks and signs in. It is not called
	// in Check.
	Connect func(context.Context) (*Session, error)
	// Head is the newest commit of [Pruning.Branch]; nil where nobody can be asked.
	Head func(context.Context) (string, error)
	// SameKey are the paths of other manifests that have the key of the run's; nil without
	// a manifest.
	SameKey func(context.Context) ([]string, error)
	// Export writes what a server has, in Export, and returns the file; "" where that is
	// none. SaysLabel reports whether that can say a label.
	Export    func(*plan.Export) (file string, err error)
	SaysLabel func(key, value string) bool
	Log       Log
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
	// UnusedAccount: an account was given, and the server wants no sign-in.
	UnusedAccount bool
}

// Log hears what happens while it happens. Texts may hold what collections and
// servers say.
type Log interface {
	// Step tells what was done for one collection ("" = for all) and how long
	// it took.
	Step(stage, collection, text string, took time.Duration)
	// Did tells of one thing that was done to Microcks.
	Did(stage, collection string, deed result.Done, took time.Duration)
	// Far tells how many of all a stage is through with, from none to all: of
	// collections or of the services that they make. It never goes back.
	Far(stage string, done, of int)
}

// reconciliation is one run on its way.
type reconciliation struct {
	Settings
	Deps
	began  time.Time
	writer string // a random mark of this run
	items  []*item
	shelf  *shelf
	room   *budget.Room // of what is read and judged
	pot    *budget.Pot  // of what is kept of services, as they are and as they will be
	calls  calls
	guard  sync.Mutex // of the maps of what is there

	connected chan struct{}  // closed when session is known, or will not be
	listing   chan struct{}  // closed when the lists are under way, or will not be
	lists     errgroup.Group // of what the server holds, under way since it is connected
	session   *Session
	services  map[plan.Key][]microcks.Service // all of the server; nil when they were not listed
	there     plan.Snapshot
	importers *plan.Importers // of there
	plan      *plan.Plan
	left      *leftovers       // nil without a manifest
	late      []result.Problem // by which the run fails, whatever it did

	progress progress
	changed  atomic.Bool   // something was written
	slots    chan struct{} // one for each call of a mock at the same time
	result   *result.Result
}

// item is one wanted importer on its way.
type item struct {
	*plan.Wanted
	*result.Collection
	at       int            // in the run's list
	judged   *plan.Judged   // nil until its collection was found fit
	artifact *plan.Artifact // nil until it is planned
	pruned   *pruning       // of a leftover, which is none of the run's list; else nil
}

// stage of a run. One that returns an error ends the run.
type stage func(*reconciliation, context.Context) error

// stages are the line of each mode.
var stages = map[result.Mode][]stage{
	result.Check: {(*reconciliation).resolve, (*reconciliation).check, (*reconciliation).askConsumers},
	result.Plan: {
		(*reconciliation).resolve, (*reconciliation).askBoth, (*reconciliation).read, (*reconciliation).makePlan,
		(*reconciliation).findLeftovers, (*reconciliation).askConsumers,
	},
	result.Apply: {
		(*reconciliation).resolve, (*reconciliation).askBoth, (*reconciliation).read, (*reconciliation).makePlan,
		(*reconciliation).findLeftovers, (*reconciliation).checkTime, (*reconciliation).carryOut, (*reconciliation).prune,
	},
	result.Export: {(*reconciliation).connect, (*reconciliation).listed, (*reconciliation).export},
	result.Remove: {
		(*reconciliation).resolve, (*reconciliation).connect, (*reconciliation).listed, (*reconciliation).readFiles, (*reconciliation).remove,
	},
}

// Run carries out one run. It always returns a Result, also when ctx ends
// before the run does.
func Run(ctx context.Context, s Settings, d Deps) *result.Result {
	began := time.Now()
	r := &reconciliation{
		Settings: s, Deps: d, writer: rand.Text(), shelf: newShelf(), room: budget.NewRoom(),
		began: began, connected: make(chan struct{}), listing: make(chan struct{}),
		slots: make(chan struct{}, max(1, s.Parallelism)),
		result: &result.Result{
			Schema: result.Schema, Version: s.ProgramVersion, Mode: s.Mode, ModeReason: s.ModeReason, Collections: []result.Collection{},
		},
	}
	ended := make(chan struct{})
	var broken error
	go func() {
		defer close(ended)
		broken = crash.Caught(func() error { r.carry(ctx); return nil })()
	}()
	told := r.result
	select {
	case <-ended:
		if broken != nil {
			told = r.soFar(ctx, broken)
		}
	case <-r.overdue(ctx, ended):
		told = r.soFar(ctx, context.Cause(ctx))
	}
	told.DurationMillis = time.Since(began).Milliseconds()
	return told
}

// carry takes the run through its stages.
func (r *reconciliation) carry(ctx context.Context) {
	var err error
	for _, do := range stages[r.Mode] {
		r.noteRun()
		if err = do(r, ctx); errors.Is(err, errTold) {
			break
		}
		if err != nil {
			r.result.Problems = append(r.result.Problems, runProblem(ctx, err))
			break
		}
	}
	// An end that comes when all is done interrupts nothing.
	if ctx.Err() != nil && (err != nil || slices.ContainsFunc(r.items, func(it *item) bool { return it.Failed() })) {
		r.result.Interrupted = interruption(context.Cause(ctx))
	}
	r.conclude()
}

// resolve finds out which importers are wanted.
func (r *reconciliation) resolve(ctx context.Context) error {
	wanted, notes, err := r.Resolve(ctx)
	if err != nil {
		return err
	}
	r.result.Problems = append(r.result.Problems, notes...)
	r.result.Collections = make([]result.Collection, len(wanted))
	for i, w := range wanted {
		r.result.Collections[i] = result.Collection{
			Source: w.Source, UID: w.UID, File: text.Untrusted(w.File), Workspace: w.Workspace, Name: w.Title,
		}
		r.items = append(r.items, &item{Wanted: w, Collection: &r.result.Collections[i], at: i})
		switch {
		case w.Skipped:
			r.items[i].Status = result.Skipped
		case w.Fault != nil:
			r.items[i].Fail(w.Fault)
		}
	}
	return nil
}

// askBoth asks Postman and Microcks at the same time. Neither ends the other:
// what is wrong on both sides is told at once.
func (r *reconciliation) askBoth(ctx context.Context) error {
	var both sync.WaitGroup
	var ofServer, ofPostman error
	both.Go(func() { ofServer = crash.Caught(func() error { return r.connect(ctx) })() })
	both.Go(func() { ofPostman = crash.Caught(func() error { return r.fetch(ctx) })() })
	both.Wait()
	r.result.Problems = append(r.result.Problems, append(r.quotaNotices(), r.versionless()...)...)
	if ofServer != nil {
		return ofServer
	}
	return ofPostman
}

// skipped reports whether nothing is done for the item.
func (it *item) skipped() bool { return it.Status == result.Skipped }

// live are the items that are not skipped, and that nothing has failed yet.
func (r *reconciliation) live() []*item {
	return slices.DeleteFunc(slices.Clone(r.items), func(i *item) bool { return i.Failed() || i.skipped() })
}

// parallel does something for each of a list, at most Parallelism at once.
// What breaks stops itself, not the others.
func parallel[T any](r *reconciliation, list []T, do func(T), broken func(T, error)) {
	var all errgroup.Group
	all.SetLimit(max(1, r.Parallelism))
	for _, one := range list {
		all.Go(func() error {
			if err := crash.Caught(func() error { do(one); return nil })(); err != nil {
				broken(one, err)
			}
			return nil
		})
	}
	_ = all.Wait() // nothing returns an error
}

// begin tells the log of a stage that takes so many, and returns what tells it that one
// more is through.
func (r *reconciliation) begin(stage string, of int) (far func()) {
	var guard sync.Mutex
	done := 0
	r.Log.Far(stage, 0, of)
	return func() {
		guard.Lock()
		defer guard.Unlock()
		done++
		r.Log.Far(stage, done, of)
	}
}

// step tells the log about one collection, or about all when it is nil.
func (r *reconciliation) step(stage string, it *item, began time.Time, what string) {
	name := text.Untrusted("")
	if it != nil {
		name = it.title()
	}
	r.Log.Step(stage, string(name), text.HideCredentials(what), time.Since(began))
}

// title is what a person calls the collection.
func (it *item) title() text.Untrusted {
	switch {
	case it.Collection.Name != "" && it.Collection.File != "": // several files can hold one API
		return it.Collection.Name + " (" + it.Collection.File + ")"
	case it.Collection.Name != "":
		return it.Collection.Name
	}
	return it.Collection.Source
}

// logOf tells of one collection what a convergence does for it.
type logOf struct {
	*reconciliation
	it   *item         // nil for a secret
	done []result.Done // so far
}

// Step implements converge.Log.
func (l *logOf) Step(stage, what string, took time.Duration) {
	l.Log.Step(stage, l.name(), text.HideCredentials(what), took)
}

// Did implements converge.Log.
func (l *logOf) Did(stage string, deed result.Done, took time.Duration) {
	l.done = append(l.done, deed)
	l.noteDeed(l.it, deed)
	l.Log.Did(stage, l.name(), deed, took)
}

func (l *logOf) name() string {
	if l.it == nil {
		return ""
	}
	return string(l.it.title())
}
