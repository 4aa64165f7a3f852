package github

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sort"
	"time"
)

// Goal is what a run has to say on a pull request.
type Goal struct {
	Number int // of the pull request
	Place  Place
	Run    Run
	// Parts in the order of their importance; what does not fit is left out from the
	// end.
	Parts []Part
	// More ends a comment that was cut, and points to the rest.
	More string
	// Create: a comment is begun where there is none. Otherwise one that is there is
	// kept current.
	Create bool
}

// found is a comment with the marker of the goal's place, by anybody.
type found struct {
	id      int64
	author  Account
	run     Run
	text    [sha256.Size]byte // what follows the marker
	url     string
	updated time.Time
}

// wanted is what shall be read on the pull request, as far as this run knows.
type wanted struct {
	create bool
	run    Run
	text   [sha256.Size]byte
}

// Kind of a step.
type stepKind string

// Kinds of steps.
const (
	stepDone   stepKind = "done"
	stepAsk    stepKind = "ask who the token writes as"
	stepCreate stepKind = "create"
	stepEdit   stepKind = "edit"
	stepCarry  stepKind = "carry over" // what a newer run wrote into another comment
	stepDelete stepKind = "delete"
	stepGiveUp stepKind = "give up"
)

// bounds say how often each kind of step is taken at the most. One that is needed
// more often means that somebody works against this run: another job of the same
// place, as those of a matrix are.
var bounds = map[stepKind]int{stepAsk: 1, stepCreate: 3, stepEdit: 5, stepCarry: 5, stepDelete: 30}

// step is what to do next, and to which comments.
type step struct {
	kind stepKind
	to   found // edited, deleted, or what stays when all is done
	from found // carried over
	over bool  // done: what stays is a newer run's
}

// memory is what was learnt so far. It changes by two pure functions: taking a step,
// and what came of it.
type memory struct {
	author Account // that the token writes as; the zero account until it is known
	asked  bool
	// answered are comments as GitHub's answers to writes of this run showed them: a
	// list can be older.
	answered map[int64]found
	made     map[int64]bool // by this run
	gone     map[int64]bool // deleted, or found to be
	// echo is what GitHub made of the text of this run, should that be another one.
	echo   [sha256.Size]byte
	counts map[stepKind]int
}

// view is what is known to be there: what was listed, and what was answered since. The
// oldest comes first.
func (m memory) view(listed []found) []found {
	all := make(map[int64]found)
	for _, f := range listed {
		all[f.id] = f
	}
	for id, f := range m.answered {
		if old, ok := all[id]; !ok || old.updated.Before(f.updated) {
			all[id] = f
		}
	}
	for id := range m.gone {
		delete(all, id)
	}
	sorted := slices.Collect(maps.Values(all))
	sort.Slice(sorted, func(i, k int) bool { return sorted[i].id < sorted[k].id })
	return sorted
}

// next is the next step, given what is there. It is bounded by what was taken already.
func next(w wanted, there []found, m memory) step {
	s := w.next(there, m)
	if most, bounded := bounds[s.kind]; bounded && m.counts[s.kind] >= most {
		return step{kind: stepGiveUp, to: s.to}
	}
	return s
}

func (w wanted) next(there []found, m memory) step {
	switch {
	case !m.author.known() && len(there) == 0 && !w.create:
		return step{kind: stepDone}
	case !m.author.known() && len(there) > 0 && !m.asked:
		return step{kind: stepAsk}
	case !m.author.known():
		// The answer tells whose it is. Where an older one is of the same author, that
		// is continued and the new one deleted.
		return step{kind: stepCreate}
	}
	ours := slices.DeleteFunc(slices.Clone(there), func(f found) bool { return !f.author.Is(m.author) })
	if len(ours) == 0 {
		if w.create {
			return step{kind: stepCreate}
		}
		return step{kind: stepDone}
	}
	if !w.create && !slices.ContainsFunc(ours, func(f found) bool { return !m.made[f.id] }) {
		return step{kind: stepDelete, to: ours[0]} // it has told who the token writes as
	}
	return w.settle(ours, m.echo)
}

// settle makes one comment of ours, with the newest text, of one or more: the oldest
// stays, which all runs choose alike.
func (w wanted) settle(ours []found, echo [sha256.Size]byte) step {
	stays, newest := ours[0], ours[0]
	for _, f := range ours {
		if newest.run.before(f.run) {
			newest = f
		}
	}
	over := w.run.before(newest.run)
	switch {
	case !over && stays.text != w.text && stays.text != echo:
		return step{kind: stepEdit, to: stays}
	case over && stays.run.before(newest.run) && stays.text != newest.text:
		return step{kind: stepCarry, to: stays, from: newest}
	case len(ours) > 1:
		return step{kind: stepDelete, to: ours[len(ours)-1]}
	}
	return step{kind: stepDone, to: stays, over: over && stays.text != w.text}
}

// took is the memory after a step was begun.
func (m memory) took(s step) memory {
	m.counts = maps.Clone(m.counts)
	m.counts[s.kind]++
	m.asked = m.asked || s.kind == stepAsk
	return m
}

// learnt is the memory after the answer to a step: what a write showed, and who wrote
// it; or that what it was for is gone.
func (m memory) learnt(s step, answer found, gone bool) memory {
	if gone {
		m.gone = with(m.gone, s.to.id)
		return m
	}
	switch s.kind {
	case stepCreate:
		m.made = with(m.made, answer.id)
		m.author = answer.author
	case stepEdit, stepCarry:
	default:
		return m
	}
	if answer.id == 0 {
		return m // there was nothing to carry over any more
	}
	if s.kind != stepCarry {
		m.echo = answer.text
	}
	m.answered = maps.Clone(m.answered)
	m.answered[answer.id] = answer
	return m
}

func with(set map[int64]bool, id int64) map[int64]bool {
	set = maps.Clone(set)
	set[id] = true
	return set
}

func newMemory() memory {
	return memory{
		answered: map[int64]found{}, made: map[int64]bool{}, gone: map[int64]bool{}, counts: map[stepKind]int{},
	}
}
