package app

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/transport"
)

// timeoutError is the cause of a run that took too long.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("the time limit of %s is over", e.limit) }

// Timeout is true: the run ended because its time was over.
func (e *timeoutError) Timeout() bool { return true }

// Hint says what to do next.
func (e *timeoutError) Hint() string { return "raise the input `timeout`" }

// Anchor of docs/troubleshooting.md.
func (e *timeoutError) Anchor() string { return "timeout" }

// ExitCode is 1.
func (e *timeoutError) ExitCode() int { return 1 }

// unhealthyError is a Microcks that did not come up in the time given for it.
type unhealthyError struct {
	waited time.Duration
	last   error // of the last look
}

func (e *unhealthyError) Error() string {
	return fmt.Sprintf("waiting for Microcks: not healthy after %s: %v", e.waited, e.last)
}

func (e *unhealthyError) Unwrap() error { return e.last }

// Hint says what to do next.
func (e *unhealthyError) Hint() string {
	hint := "when the server needs longer to start, wait for it in a step before this one"
	if last, ok := errors.AsType[result.Explained](e.last); ok && !timedOut(last) {
		hint = last.Hint() + "; or " + hint
	}
	return hint
}

// timedOut reports whether a look ended because the time was over.
func timedOut(err error) bool {
	own, ok := errors.AsType[*transport.Error](err)
	return ok && own.Timeout()
}

// Anchor of docs/troubleshooting.md: that of the last look.
func (e *unhealthyError) Anchor() string { return result.ProblemOf(e.last).Anchor }

// ExitCode is that of the last look.
func (e *unhealthyError) ExitCode() int { return result.ProblemOf(e.last).ExitCode }

// unconnected is a Microcks that a run cannot work with, with what that is called.
type unconnected struct {
	headline string
	err      error
}

func (e *unconnected) Error() string { return e.err.Error() }

func (e *unconnected) Unwrap() error { return e.err }

// Headline is what the run says first.
func (e *unconnected) Headline() string { return e.headline }

// microcksHeadline is what it is called that Microcks did not answer as it should.
func microcksHeadline(err error) string {
	if unhealthy, ok := errors.AsType[*unhealthyError](err); ok {
		err = unhealthy.last
	}
	if own, ok := errors.AsType[*transport.Error](err); ok {
		if own.Kind == transport.KindRedirect {
			return "something in front of Microcks sends this run elsewhere"
		}
		return "Microcks cannot be reached"
	}
	if api, ok := errors.AsType[*microcks.APIError](err); ok && api.Refused() {
		return "something in front of Microcks refuses this run"
	}
	return "Microcks does not answer as it should"
}

// fileError is a local file that cannot be read.
type fileError struct {
	name      string
	workspace string // that it is in; "" is any folder
	err       error
}

func (e *fileError) Error() string {
	switch {
	case errors.Is(e.err, fs.ErrNotExist) && e.workspace != "":
		return fmt.Sprintf("reading the file %q: it is not in the workspace", e.name)
	case errors.Is(e.err, fs.ErrNotExist):
		return fmt.Sprintf("reading the file %q: it does not exist", e.name)
	}
	return fmt.Sprintf("reading the file %q: %v", e.name, e.err)
}

func (e *fileError) Unwrap() error { return e.err }

// Hint says what to do next.
func (e *fileError) Hint() string {
	if errors.Is(e.err, fs.ErrPermission) {
		return "let the step that wrote it make it readable for all (chmod a+r, and a+x for its folders): it is read without" +
			" root's rights"
	}
	if errors.Is(e.err, repository.ErrTooLarge) {
		return "split the collection, or check that the file is one: a server could not store half of it"
	}
	if errors.Is(e.err, repository.ErrNoFolder) {
		return "name the files in it, such as FOLDER/*.json; a collection in Postman's git format has .resources/definition.yaml with" +
			" `$kind: collection`, or lies in postman/collections"
	}
	if errors.Is(e.err, repository.ErrLink) {
		return "put the file itself there: what a workflow checks out may be anybody's, so no link leads out of it"
	}
	if e.workspace == "" {
		return "give the file's path from the current folder, or its whole path"
	}
	return "give the file's path from the workspace's root, and check out the repository before this step"
}

// Anchor of docs/troubleshooting.md.
func (e *fileError) Anchor() string { return "file-unreadable" }

// ExitCode is 13 for a file that is not there, else 14.
func (e *fileError) ExitCode() int {
	if errors.Is(e.err, fs.ErrNotExist) {
		return 13
	}
	return 14
}
