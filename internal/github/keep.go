package github

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// OutcomeKind is what became of a comment.
type OutcomeKind string

// Kinds of outcomes.
const (
	Nothing    OutcomeKind = "nothing"    // there is none, and none was to be begun; beside an error: nothing was written
	Created    OutcomeKind = "created"    //
	Updated    OutcomeKind = "updated"    //
	Unchanged  OutcomeKind = "unchanged"  // it said the same already
	Superseded OutcomeKind = "superseded" // it says what a newer run found
	Refused    OutcomeKind = "refused"    // the token may not: see Outcome.Refusal
)

// Outcome of [Client.Keep].
type Outcome struct {
	Kind OutcomeKind
	URL  string // of the comment; "" when there is none, or it is not known
	Cut  bool   // not all parts did fit
	// Written is when this run wrote it last, by GitHub's clock; zero where it did not.
	Written time.Time
	// Deleted are comments of ours that two runs at once had made.
	Deleted int
	// InDoubt: the answer to the last write did not come, and what came of it was not
	// seen.
	InDoubt bool
	// Refusal is why the token may not write, or read, comments.
	Refusal *APIError
}

// ContendedError is a comment that others write again and again.
type ContendedError struct{ Number int }

func (e *ContendedError) Error() string {
	return fmt.Sprintf("keeping the comment on #%d: something else writes it again and again", e.Number)
}

// Hint says what to do next.
func (e *ContendedError) Hint() string {
	return "give each job of a matrix, and each step of a job, a `comment-key` of its own"
}

// Anchor of docs/troubleshooting.md.
func (e *ContendedError) Anchor() string { return "comment-contended" }

// ExitCode is 12.
func (e *ContendedError) ExitCode() int { return 12 }

// settling is how long a run that wrote waits until it looks again. It is longer than
// another run needs from the answer to its look to the end of its write.
const settling = 2 * time.Second

// body is the comment of a goal: its marker, and the text.
func (g *Goal) body() (begin, text string, rows []int, cut bool) {
	begin = marker{place: g.Place.id(), run: g.Run}.String()
	text, rows, cut = render(g.Parts, g.More, BodyLimit-length(begin))
	return begin, text, rows, cut
}

// Shows is how many rows of each part the comment has room for; a part without rows
// is one.
func (g *Goal) Shows() []int {
	_, _, rows, _ := g.body()
	return rows
}

// Keep has a pull request say what the goal says, in one comment that is begun,
// edited, or left as it is where it says the same. The outcome says what was done
// also where an error ended it. What the token may not is no error but [Refused]. A
// comment of a newer run stays ([Superseded]). At most a few comments are written,
// and none of others is touched.
func (c *Client) Keep(ctx context.Context, g Goal) (Outcome, error) {
	if err := g.Run.check(); err != nil {
		return Outcome{Kind: Nothing}, err
	}
	begin, text, _, cut := g.body()
	k := &keeping{
		Client: c, goal: g, body: begin + text, memory: newMemory(), outcome: Outcome{Kind: Nothing, Cut: cut},
		wanted: wanted{create: g.Create, run: g.Run, text: fingerprint(text)},
	}
	err := k.drive(ctx)
	k.outcome.InDoubt = k.doubt != nil
	if refusal, ok := errors.AsType[*APIError](err); ok && refusal.Kind == KindForbidden {
		k.outcome.Kind, k.outcome.Refusal, err = Refused, refusal, nil
	}
	return k.outcome, err
}

// keeping is one goal on its way.
type keeping struct {
	*Client
	goal    Goal
	body    string
	wanted  wanted
	memory  memory
	outcome Outcome
	doubt   *step // whose answer did not come, until the next look
	trouble error // of the last write
	begun   int   // comments that this run made and did not delete again, as far as is known
}

func (k *keeping) drive(ctx context.Context) error {
	for {
		there, err := k.look(ctx)
		if err != nil {
			return err
		}
		k.dispel(there)
		s := next(k.wanted, k.memory.view(there), k.memory)
		if s.kind == stepAsk {
			if err := k.take(ctx, s); err != nil {
				return err
			}
			s = next(k.wanted, k.memory.view(there), k.memory)
		}
		switch s.kind {
		case stepDone:
			k.conclude(s)
			return nil
		case stepGiveUp:
			if k.outcome.URL = s.to.url; k.trouble != nil {
				return k.trouble
			}
			return &ContendedError{Number: k.goal.Number}
		}
		if err := k.take(ctx, s); err != nil {
			return err
		}
	}
}

// dispel looks what became of a write whose answer did not come.
func (k *keeping) dispel(there []found) {
	if k.doubt == nil {
		return
	}
	at := slices.IndexFunc(there, func(f found) bool { return f.run == k.wanted.run && f.text == k.wanted.text })
	arrived := at >= 0
	if arrived {
		k.outcome.Written = there[at].updated
	}
	if k.doubt.kind == stepDelete {
		arrived = !slices.ContainsFunc(there, func(f found) bool { return f.id == k.doubt.to.id })
	}
	if arrived {
		k.did(*k.doubt)
	}
	k.doubt = nil
}

// conclude says what stays.
func (k *keeping) conclude(s step) {
	k.outcome.URL = s.to.url
	switch {
	case s.to.id == 0:
		k.outcome.Kind = Nothing
	case s.over:
		k.outcome.Kind = Superseded
	case k.outcome.Kind == Nothing:
		k.outcome.Kind = Unchanged
	}
}

// look lists the comments with the marker of the goal's place.
func (k *keeping) look(ctx context.Context) ([]found, error) {
	var there []found
	for comment, err := range k.Comments(ctx, k.goal.Number) {
		if err != nil {
			return nil, err
		}
		if f, ok := k.read(comment); ok {
			there = append(there, f)
		}
	}
	return there, nil
}

// read reads a comment as one of the goal's place.
func (k *keeping) read(c Comment) (found, bool) {
	m, text, ok := parseMarker(c.Body)
	if !ok || m.place != k.goal.Place.id() {
		return found{}, false
	}
	return found{id: c.ID, author: c.Author, run: m.run, text: fingerprint(text), url: c.URL, updated: c.Updated}, true
}

// take takes one step and learns from it. Only what a look cannot mend is an error.
func (k *keeping) take(ctx context.Context, s step) error {
	k.memory = k.memory.took(s)
	answer, err := k.act(ctx, s)
	gone := isGone(err) && s.kind != stepCreate
	if s.kind == stepAsk {
		return ended(ctx, err) // not to be told is no failure: a comment of ours tells, too
	}
	if k.trouble = err; err != nil && !gone {
		if InDoubt(err) {
			k.doubt = &s
		}
		if k.doubt == nil || ctx.Err() != nil {
			return err
		}
		return k.settle(ctx)
	}
	k.memory = k.memory.learnt(s, answer, gone || s.kind == stepDelete)
	if gone {
		return nil
	}
	if k.did(s); s.kind == stepDelete {
		return nil
	}
	k.outcome.URL = answer.url
	if s.kind != stepCarry {
		k.outcome.Written = answer.updated
	}
	return k.settle(ctx)
}

// did says what a step has done. A comment that this run made and deleted again was
// none.
func (k *keeping) did(s step) {
	switch {
	case s.kind == stepCreate:
		k.outcome.Kind = Created
		k.begun++
	case s.kind == stepEdit:
		k.outcome.Kind = Updated
	case s.kind != stepDelete:
	case !k.memory.made[s.to.id]:
		k.outcome.Deleted++
	default:
		if k.begun--; k.begun == 0 && k.outcome.Kind == Created {
			k.outcome.Kind = Nothing
		}
	}
}

// act touches GitHub.
func (k *keeping) act(ctx context.Context, s step) (found, error) {
	var comment Comment
	var err error
	switch s.kind {
	case stepAsk:
		k.memory.author, err = k.Viewer(ctx)
		return found{}, err
	case stepDelete:
		return found{}, k.DeleteComment(ctx, s.to.id)
	case stepCreate:
		comment, err = k.CreateComment(ctx, k.goal.Number, k.body)
	case stepEdit:
		comment, err = k.EditComment(ctx, s.to.id, k.body)
	case stepCarry:
		from, err := k.GetComment(ctx, s.from.id)
		if _, still := k.read(from); isGone(err) || err == nil && !still {
			return found{}, nil // another look tells what is there now
		}
		if err != nil {
			return found{}, err
		}
		if comment, err = k.EditComment(ctx, s.to.id, from.Body); err != nil {
			return found{}, err
		}
	}
	if err != nil {
		return found{}, err
	}
	answer, _ := k.read(comment)
	answer.id, answer.author, answer.url, answer.updated = comment.ID, comment.Author, comment.URL, comment.Updated
	return answer, nil
}

// isGone reports whether a comment is there no more.
func isGone(err error) bool {
	api, ok := errors.AsType[*APIError](err)
	return ok && api.Kind == KindNotFound
}

// ended is the error of a context that has ended.
func ended(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return nil
	}
	return err
}

// settle waits, so that a run which looked before this one wrote has written, too.
func (k *keeping) settle(ctx context.Context) error {
	timer := time.NewTimer(settling + rand.N(settling/4))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("keeping the comment on #%d: %w", k.goal.Number, context.Cause(ctx))
	case <-timer.C:
		return nil
	}
}
