package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"postman-microcks-importer/internal/result"
)

// How long a run that was told to end, or whose time is over, may take to come to
// its end by itself: longer while something is written, since a write that is under
// way is heard to its end, and an importer may have to be stopped. A runner kills
// 2.5 s after SIGTERM. What still computes after that is left behind, and what was
// noted of the run is its result.
const (
	lastMoment  = 700 * time.Millisecond
	lastWriting = 2100 * time.Millisecond
)

// progress is what was noted of a run while it went on, by whoever had just
// finished a part of it: a copy that nothing changes any more.
type progress struct {
	guard   sync.Mutex
	run     result.Result
	items   []noted
	writing int // convergences that are under way
}

// noted is what is known of one collection.
type noted struct {
	collection result.Collection
	importer   *result.Importer
	done       bool // nothing more comes
	writing    bool
}

// noteRun notes everything, between two stages.
func (r *reconciliation) noteRun() {
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	r.progress.run = *r.result
	r.progress.items = slices.Grow(r.progress.items, len(r.items))[:len(r.items)]
	for i, it := range r.items {
		r.progress.items[i].take(it)
	}
}

// noteItem notes one collection, by whoever works on it: it is done, or something is
// being written for it.
func (r *reconciliation) noteItem(it *item, done, writing bool) {
	r.progress.guard.Lock()
	defer r.progress.guard.Unlock()
	n := &r.progress.items[slices.Index(r.items, it)]
	n.take(it)
	if n.writing != writing {
		r.progress.writing += map[bool]int{true: 1, false: -1}[writing]
	}
	n.done, n.writing = done, writing
}

func (n *noted) take(it *item) {
	n.collection = *it.Collection
	if it.Importer != nil {
		importer := *it.Importer
		n.importer = &importer
		n.collection.Importer = n.importer
	}
}

// overdue is closed when a run that was to end has not done so in time.
func (r *reconciliation) overdue(ctx context.Context, ended <-chan struct{}) <-chan struct{} {
	late := make(chan struct{})
	go func() {
		select {
		case <-ended:
			return
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
	}()
	return late
}

// soFar is the result of a run that is left behind.
func (r *reconciliation) soFar(ctx context.Context) *result.Result {
	p := &r.progress
	p.guard.Lock()
	defer p.guard.Unlock()
	told := p.run
	told.Interrupted = interruption(context.Cause(ctx))
	told.Problems = append(slices.Clone(told.Problems), runProblem(ctx, context.Cause(ctx)))
	told.Written = r.changed.Load()
	told.Collections = make([]result.Collection, len(p.items))
	told.Status = result.Failed
	for i := range p.items {
		n := p.items[i]
		it := &item{Collection: &n.collection}
		switch {
		case n.collection.Failed():
		case n.done:
			it.Status = n.status(r.Mode)
		default:
			it.notFinished(context.Cause(ctx))
		}
		if n.writing {
			told.Written = true
			n.importer.Done = append(slices.Clone(n.importer.Done), result.Done{Kind: result.ChangeInDoubt})
		}
		told.Collections[i] = n.collection
		told.Totals.AddFindings(n.collection.Findings)
		told.Totals.Add(n.collection.Problems)
	}
	told.Totals.Add(told.Problems)
	told.Changed = told.Written
	return &told
}

// status of a collection that was done.
func (n *noted) status(mode result.Mode) result.Status {
	switch {
	case mode == result.Check:
		return result.Checked
	case mode == result.Plan:
		return result.Planned
	case n.importer == nil || len(n.importer.Done) == 0:
		return result.Unchanged
	case n.importer.Change == result.Create:
		return result.Created
	case n.importer.Change == result.Delete:
		return result.Removed
	}
	return result.Updated
}
