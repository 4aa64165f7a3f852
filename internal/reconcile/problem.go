package reconcile

import (
	"context"
	"errors"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// runProblem is what ended a run. Where its time was over, that is the cause,
// whatever request met it first.
func runProblem(ctx context.Context, err error) result.Problem {
	if ctx.Err() == nil {
		return result.ProblemOf(err)
	}
	cause := context.Cause(ctx)
	p := result.Problem{
		Level: result.Error, Anchor: "interrupted", ExitCode: 1,
		Text: text.HideCredentials(text.Untrustedf("the run ended before it was done (%v): %v", cause, err)),
		Hint: "run again: it goes on from what is there",
	}
	var explained result.Explained
	if errors.As(cause, &explained) {
		p.Hint, p.Anchor = text.Untrusted(explained.Hint()), explained.Anchor()
	}
	return p
}

// interruption is what ended a run before it was done. A time limit says that
// it is one.
func interruption(cause error) *result.Interruption {
	kind := result.Signaled
	if limit, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](cause); ok && limit.Timeout() {
		kind = result.TimedOut
	}
	return &result.Interruption{Kind: kind, Cause: text.Untrusted(cause.Error())}
}
