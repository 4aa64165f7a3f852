package reconcile

import (
	"context"
	"errors"
	"fmt"

	"postman-microcks-importer/internal/result"
)

// Explained is an error that knows its next step.
type Explained interface {
	error
	Hint() string
	Anchor() string
	ExitCode() int
}

// ProblemFrom turns an error into what a person is told.
func ProblemFrom(err error) Problem {
	p := Problem{Level: result.Error, Text: hideCredentials(err.Error()), ExitCode: 20}
	var explained Explained
	if errors.As(err, &explained) {
		p.Hint, p.Anchor, p.ExitCode = explained.Hint(), explained.Anchor(), explained.ExitCode()
	}
	if decision, ok := errors.AsType[*refusal](err); ok {
		p.OfFindings = decision.ofFindings
	}
	return p
}

// runProblem is what ended a run. Where its time was over, that is the cause,
// whatever request met it first.
func runProblem(ctx context.Context, err error) Problem {
	if ctx.Err() == nil {
		return ProblemFrom(err)
	}
	cause := context.Cause(ctx)
	p := Problem{
		Level: result.Error, Anchor: "interrupted", ExitCode: 1,
		Text: hideCredentials(fmt.Sprintf("the run ended before it was done (%v): %v", cause, err)),
		Hint: "run again: it goes on from what is there",
	}
	var explained Explained
	if errors.As(cause, &explained) {
		p.Hint, p.Anchor = explained.Hint(), explained.Anchor()
	}
	return p
}

// refusal is a decision of ours, with all that a person is told.
type refusal struct {
	text, hint, anchor string
	code               int
	ofFindings         bool // of level error, which say the same
}

func (r *refusal) Error() string  { return r.text }
func (r *refusal) Hint() string   { return r.hint }
func (r *refusal) Anchor() string { return r.anchor }
func (r *refusal) ExitCode() int  { return r.code }

// fail records an error on the collection.
func (c *CollectionResult) fail(err error) {
	c.Problems = append(c.Problems, ProblemFrom(err))
	c.Status = Failed
}

// tell records something to know that fails nothing.
func (c *CollectionResult) tell(level result.Level, anchor, text, hint string) {
	c.Problems = append(c.Problems, Problem{Level: level, Text: hideCredentials(text), Hint: hint, Anchor: anchor})
}

// failed tells whether the collection must go no further.
func (c *CollectionResult) failed() bool { return c.Status == Failed }
