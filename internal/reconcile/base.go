package reconcile

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync/atomic"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Base is the repository as the branch has it that a pull request is merged into. An
// error of its functions is one of reading it; what it does not have is
// [fs.ErrNotExist].
type Base struct {
	// Resolve tells which importers this run would want there.
	Resolve func(context.Context) ([]*plan.Wanted, []result.Problem, error)
	// File reads a file, or a folder that is a collection, into memory of the room that
	// ctx is in.
	File func(ctx context.Context, name string) (delivery.Source, error)
	// Judged tells how a file of the workspace, or a folder in all its files, stands to the
	// commit that is judged.
	Judged func(ctx context.Context, name string) (Standing, error)
}

// Standing is how a file or folder of the workspace stands to the commit that is judged.
type Standing string

// Standings of files.
const (
	// Committed: the commit has the very file, or all files of the folder and no more.
	Committed Standing = "committed"
	// Altered: the commit has another content, or the base branch has the file and the
	// commit has none: whoever made the commit may have brought that about.
	Altered Standing = "altered"
	// Made: neither has such a file. A step made it, and no branch can be asked for it.
	Made Standing = "made"
)

// onBase are the collections of the repository on the base branch, each judged by
// itself, and what they make together.
type onBase struct {
	items    []*item
	services map[plan.Key]*plan.Service
	own      map[string]bool // the files of this run that are compared with it
}

// judgeBase judges the collections that the base branch has, as mode check does. It is
// nil where nothing is compared with one.
func (r *reconciliation) judgeBase(ctx context.Context) (*onBase, error) {
	if r.Base == nil {
		return nil, nil
	}
	own := map[string]bool{}
	for _, it := range r.items {
		if it.Wanted.File == "" || own[it.Wanted.File] {
			continue
		}
		standing, err := r.Base.Judged(ctx, it.Wanted.File)
		if err != nil {
			return nil, err
		}
		switch standing {
		case Committed:
			own[it.Wanted.File] = true
		case Altered:
			it.Tell(result.Warning, "consumers-untold", "comparing: it was not found out what consumers of the mocks would notice: the workspace"+
				" has another content of this file than the commit that is judged",
				"check the repository out into the workspace itself, without `path` and `ref`; a step that makes a collection of it should write"+
					" another file, and attributes of git should leave it as it is")
		default:
			it.Tell(result.Note, "base-unknown", "comparing: the commit that is judged does not have this file, so that it is not compared with"+
				" the base branch but with what Microcks serves",
				"nothing, if a step before this one made it; else check the repository out into the workspace itself, without `path`")
		}
	}
	var broken atomic.Pointer[error]
	b := &reconciliation{
		Settings: r.Settings, shelf: r.shelf, room: r.room, slots: r.slots, result: &result.Result{},
		Deps: Deps{Log: noLog{}, Resolve: r.filesOnBase, File: func(ctx context.Context, name string) (delivery.Source, error) {
			source, err := r.Base.File(ctx, name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, budget.ErrSpent) {
				broken.CompareAndSwap(nil, &err)
			}
			return source, err
		}},
	}
	b.Mode, b.MicrocksVersion = result.Check, r.mocksVersion()
	if err := b.resolve(ctx); err != nil {
		return nil, err
	}
	b.noteRun()
	if err := cmp.Or(b.fetch(ctx), context.Cause(ctx)); err != nil {
		return nil, err
	}
	if err := broken.Load(); err != nil {
		return nil, *err
	}
	base := &onBase{items: b.items, services: map[plan.Key]*plan.Service{}, own: own}
	b.together()
	for _, s := range b.makes() {
		base.services[s.Key] = s
	}
	return base, nil
}

// filesOnBase are the importers wanted on the base branch whose collections it has.
func (r *reconciliation) filesOnBase(ctx context.Context) ([]*plan.Wanted, []result.Problem, error) {
	wanted, _, err := r.Base.Resolve(ctx)
	return slices.DeleteFunc(wanted, func(w *plan.Wanted) bool { return w.File == "" || w.Fault != nil }), nil, err
}

// now is the service that the base branch makes; nil where it makes none. known is
// false for a service that a server has to be asked for: not all of it lies in the
// repository, the main artifact before all.
func (b *onBase) now(ctx context.Context, s *plan.Service) (now *predict.Service, known bool, err error) {
	if b == nil || !s.HasMain() || slices.ContainsFunc(s.Live(), func(a *plan.Artifact) bool { return !b.own[a.File] }) {
		return nil, false, nil
	}
	before := b.services[s.Key]
	if before == nil || !before.HasMain() {
		return nil, true, nil
	}
	now, err = compose(ctx, before, nil, nil)
	return now, true, err
}

// lost are the services of which nothing is left: the base branch has a file for their
// main artifact, this one has none that is a collection.
func (b *onBase) lost(items []*item) []*plan.Service {
	if b == nil {
		return nil
	}
	files, keys := map[string]bool{}, map[plan.Key]bool{}
	for _, it := range items {
		if it.judged != nil && !it.Failed() {
			files[it.Wanted.File], keys[it.judged.Key] = true, true
		}
	}
	var lost []*plan.Service
	for _, it := range b.items {
		if a := it.artifact; a != nil && a.IsMain && a.Service != nil && !a.Failed() && !files[a.File] && !keys[a.Key] {
			lost = append(lost, a.Service)
		}
	}
	return lost
}

// tellNew marks the findings that the base branch does not have: by what they say, since
// a line that comes before moves all that follow.
func (b *onBase) tellNew(items []*item) {
	if b == nil {
		return
	}
	type finding struct {
		rule    string
		message text.Untrusted
	}
	byFile, byKey := map[string]*item{}, map[plan.Key]*item{}
	for _, it := range b.items {
		byFile[it.Wanted.File] = it
		if it.judged != nil {
			byKey[it.judged.Key] = it
		}
	}
	for _, it := range items {
		if !b.own[it.Wanted.File] {
			continue
		}
		before := byFile[it.Wanted.File]
		if before == nil && it.judged != nil { // it may have moved
			before = byKey[it.judged.Key]
		}
		known := map[finding]int{}
		if before != nil {
			for _, f := range before.Findings {
				known[finding{f.ID, f.Message}]++
			}
		}
		for i := range it.Findings {
			f := &it.Findings[i]
			key := finding{f.ID, f.Message}
			f.New = known[key] == 0
			known[key] = max(0, known[key]-1)
		}
	}
}

// noLog hears nothing.
type noLog struct{}

func (noLog) Step(string, string, string, time.Duration)     {}
func (noLog) Did(string, string, result.Done, time.Duration) {}
func (noLog) Far(string, int, int)                           {}
