package result

import (
	"errors"

	"postman-microcks-importer/internal/text"
)

// Problem is something a person should know or act on. One that ends something
// is an error.
type Problem struct {
	Level    Level          `json:"level"`
	Text     text.Untrusted `json:"text"`
	Hint     text.Untrusted `json:"hint,omitempty"`
	Anchor   string         `json:"anchor,omitempty"` // in docs/troubleshooting.md
	ExitCode int            `json:"exitCode,omitempty"`
	// File and Line, from 1, that the problem is about; empty when it is about
	// no file of the repository.
	File text.Untrusted `json:"file,omitempty"`
	Line int            `json:"line,omitempty"`
	// Headline is what it means for a run that it ends, in few words and without
	// a full stop; empty for most.
	Headline text.Untrusted `json:"headline,omitempty"`
	// OfFindings: it sums up findings of level error, which are counted
	// themselves.
	OfFindings bool `json:"ofFindings,omitempty"`
	// More is how many more there are of this anchor and level, which are not told.
	More int `json:"more,omitempty"`
}

// Error is the problem without its hint.
func (p *Problem) Error() string { return string(p.Text) }

// mostAlike is how many problems of one anchor and level a list has. What a server
// holds, and there is a problem with each of, can be a hundred thousand.
const mostAlike = 5

// With is the list with one more problem, which is counted only by the last of its kind
// where there are many.
func With(list []Problem, p Problem) []Problem {
	alike, last := 0, 0
	for i := range list {
		if list[i].Level == p.Level && list[i].Anchor == p.Anchor {
			alike, last = alike+1, i
		}
	}
	if alike >= mostAlike {
		list[last].More++
		return list
	}
	p.Text = text.HideCredentials(p.Text)
	return append(list, p)
}

// Explained is an error that knows its next step.
type Explained interface {
	error
	Hint() string
	Anchor() string
	ExitCode() int
}

// Ending is an error that ends a run, or many collections of it, and knows what
// that is called.
type Ending interface {
	error
	Headline() string
}

// NotFinished is the problem of a collection whose run ended before it was done. How
// far it came stands in what was done.
func NotFinished(cause error) Problem {
	return Problem{
		Level: Error, ExitCode: 1, Anchor: "interrupted",
		Text: text.Untrustedf("the run ended before this collection was done (%v)", cause),
		Hint: "run again: it goes on from what is there; for a time-out raise `timeout`",
	}
}

// ProblemOf turns an error into what a person is told.
func ProblemOf(err error) Problem {
	if own, ok := errors.AsType[*Problem](err); ok {
		p := *own
		p.Text = text.HideCredentials(p.Text)
		return p
	}
	p := Problem{Level: Error, Text: text.HideCredentials(text.Untrusted(err.Error())), Anchor: "unexplained", ExitCode: 20}
	if explained, ok := errors.AsType[Explained](err); ok {
		p.Hint, p.Anchor, p.ExitCode = text.Untrusted(explained.Hint()), explained.Anchor(), explained.ExitCode()
	}
	if ending, ok := errors.AsType[Ending](err); ok {
		p.Headline = text.Untrusted(ending.Headline())
	}
	return p
}
