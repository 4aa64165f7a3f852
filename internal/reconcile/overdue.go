package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/result"
)

// How long a run that was told to end, or whose time is over, may take to come to
// its end by itself: longer while something is written, since a write that is under
// way is heard to its end, and an importer may have to be stopped. A runner kills
// 2.5 s after SIGTERM. What still computes after that is left behind, and what was
// noted of the run is its result.
const (
	lastMoment  = 500 * time.Millisecond
	lastWriting = 2100 * time.Millisecond
)

// progress is what was noted of a run while it went on, by whoever had just
// finished a part of it. Nothing changes it but a later note: what a run appends to
// is clipped, what it changes in place (a secret, an importer, problems) is copied, and the
// rest of a Result is made once and put in whole.
type progress struct {
	guard   sync.Mutex
	run     result.Result
	items   []noted
	writing int // convergences that are under way
	pruning int // the leftover that is being removed, from 1; 0 is none
}

// noted is what is known of one collection.
type noted struct {
	collection result.Collection // with a way of its own
	done       bool              // nothing more comes
	writing    bool
	deeds      []result.Done // since it was noted
}

// noteRun notes everything, between two stages.
func (r *reconciliation) noteRun() {
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	run := *r.result
	run.Problems, run.Secrets = slices.Clip(run.Problems), slices.Clone(run.Secrets)
	run.Leftovers = run.Leftovers.Clone()
	r.progress.run = run
	r.progress.items = slices.Grow(r.progress.items, len(r.items))[:len(r.items)]
	for i, it := range r.items {
		r.progress.items[i].take(it)
	}
}

// noteItem notes one collection, by whoever works on it: it is done, or something is
// being written for it.
func (r *reconciliation) noteItem(it *item, done, writing bool) {
	if it.pruned != nil {
		it.pruned.change(func(shown *result.Leftover) { shown.Done = slices.Clip(it.Way().Done) })
		r.notePruned(it.pruned.at, true)
		return
	}
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	n := &r.progress.items[it.at]
	n.take(it)
	r.progress.count(n.writing, writing)
	n.done, n.writing = done, writing
}

// noteSecret notes a secret that is being written, or what became of it. While it is
// written, its change is in doubt.
func (r *reconciliation) noteSecret(i int, writing bool) {
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	s := &r.progress.run.Secrets[i]
	r.progress.count(!writing, writing)
	*s = r.result.Secrets[i]
	s.InDoubt = s.InDoubt || writing
}

// noteDeed notes what was done while something is being written for a collection.
func (r *reconciliation) noteDeed(it *item, deed result.Done) {
	if it == nil || it.pruned != nil { // a leftover has one, at its end
		return
	}
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	n := &r.progress.items[it.at]
	n.deeds = append(n.deeds, deed)
	if r.Mode == result.Apply && it.Upload == nil {
		surplus(n.deeds)
	}
}

// notePruned notes what became of a leftover, or that something is being deleted for it.
func (r *reconciliation) notePruned(at int, writing bool) {
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	r.progress.count(r.progress.pruning > 0, writing)
	if r.progress.pruning = 0; writing {
		r.progress.pruning = at + 1
	}
	told, noted := r.result.Leftovers, r.progress.run.Leftovers
	noted.Removed = told.Removed
	if at < len(told.List) {
		noted.List[at] = told.List[at]
		noted.List[at].Services = slices.Clone(told.List[at].Services)
	}
}

func (p *progress) count(before, now bool) {
	switch {
	case now && !before:
		p.writing++
	case before && !now:
		p.writing--
	}
}

func (n *noted) take(it *item) {
	n.collection, n.deeds = *it.Collection, nil
	n.collection.Problems = slices.Clone(n.collection.Problems)
	switch {
	case it.Importer != nil:
		n.collection.Importer = new(*it.Importer)
	case it.Upload != nil:
		n.collection.Upload = new(*it.Upload)
	}
	if way := n.collection.Way(); way != nil {
		way.Done = slices.Clip(way.Done)
	}
}

// overdue is closed when a run that was to end has not done so in time.
func (r *reconciliation) overdue(ctx context.Context, ended <-chan struct{}) <-chan struct{} {
	late := make(chan struct{})
	watch := func() error {
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
		}
		most := lastMoment
		r.progress.guard.Lock()
		if r.progress.writing > 0 {
			most = lastWriting
		}
		r.progress.guard.Unlock()
		timer := time.NewTimer(most)
		defer timer.Stop()
		select {
		case <-ended:
		case <-timer.C:
			close(late)
		}
		return nil
	}
	go func() { _ = crash.Caught(watch)() }() // it cannot break
	return late
}

// soFar is the result of a run that is left behind because of an error: the end of
// its time, or a crash.
func (r *reconciliation) soFar(ctx context.Context, cause error) *result.Result {
	p := &r.progress
	p.guard.Lock()
	defer p.guard.Unlock()
	told := p.run
	if ctx.Err() != nil {
		told.Interrupted = interruption(context.Cause(ctx))
	}
	told.Problems = append(told.Problems, runProblem(ctx, cause))
	told.Secrets = slices.Clone(told.Secrets)
	told.Written = r.changed.Load() || slices.ContainsFunc(told.Secrets, func(s result.Secret) bool { return s.InDoubt })
	told.Leftovers = told.Leftovers.Clone()
	if at := p.pruning - 1; at >= 0 {
		told.Written = true
		if at < len(told.Leftovers.List) {
			one := &told.Leftovers.List[at]
			one.Decision, one.Done = result.LeftoverFailed, append(slices.Clip(one.Done), result.Done{Kind: result.DeletionInDoubt})
		}
	}
	told.Leftovers.End()
	told.Collections = make([]result.Collection, len(p.items))
	told.Status = result.Failed
	for i := range p.items {
		n := p.items[i]
		it := &item{Collection: &n.collection}
		switch {
		case n.collection.Failed(), it.skipped():
		case n.done:
			it.Status = n.status(r.Mode)
		default:
			it.notFinished(cause)
		}
		if n.writing {
			told.Written = true
			n.doubt()
		}
		told.Collections[i] = n.collection
	}
	told.AddUp()
	told.Changed = told.Written
	return &told
}

// doubt adds what was done since the collection was noted, and what may have been.
func (n *noted) doubt() {
	way := n.collection.Way()
	way.Done = append(way.Done, n.deeds...)
	way.Done = append(way.Done, result.Done{Kind: doubtOf(way.Change == result.Delete)})
}

// doubtOf is a write for an importer of which it is not known whether it was done.
func doubtOf(deleting bool) result.DoneKind {
	if deleting {
		return result.DeletionInDoubt
	}
	return result.ChangeInDoubt
}

// status of a collection that was done.
func (n *noted) status(mode result.Mode) result.Status {
	switch {
	case mode == result.Check:
		return result.Checked
	case mode == result.Plan:
		return result.Planned
	case len(n.collection.Done()) == 0:
		return result.Unchanged
	case n.collection.Way().Change == result.Create:
		return result.Created
	case n.collection.Way().Change == result.Delete:
		return result.Removed
	}
	return result.Updated
}
