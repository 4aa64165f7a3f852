package app

import (
	"fmt"
	"time"
)

// timeoutError is the cause of a run that took too long.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("the time limit of %s is over", e.limit) }

// Hint says what to do next.
func (e *timeoutError) Hint() string { return "raise the input `timeout`" }

// Anchor of docs/troubleshooting.md.
func (e *timeoutError) Anchor() string { return "timeout" }

// ExitCode is 1.
func (e *timeoutError) ExitCode() int { return 1 }

// fileError is a local file that cannot be read.
type fileError struct {
	name string
	err  error
}

func (e *fileError) Error() string { return fmt.Sprintf("reading the file %q: %v", e.name, e.err) }

func (e *fileError) Unwrap() error { return e.err }

// Hint says what to do next.
func (e *fileError) Hint() string {
	return "the path is relative to the workspace and cannot leave it; in a workflow, check the repository out first"
}

// Anchor of docs/troubleshooting.md.
func (e *fileError) Anchor() string { return "file-unreadable" }

// ExitCode is 2.
func (e *fileError) ExitCode() int { return 2 }
