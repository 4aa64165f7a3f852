// Package crash catches what breaks in this program, wherever it runs: what a
// collection or a server made break is told like any other error, and stops what it
// is about, not the whole run. A crash in a goroutine would end the process with
// nothing told, so each goroutine of the program begins in [Caught].
package crash

import (
	"fmt"
	"runtime"
	"strings"
)

// Error is something that broke.
type Error struct {
	What any // that the program panicked with
	// Place is the function that broke and its line: "predict.Read, predict.go:12".
	Place string
}

func (e *Error) Error() string { return fmt.Sprintf("this program broke: %v (%s)", e.What, e.Place) }

// Hint says what to do next.
func (e *Error) Hint() string { return "report it with the collection, if it may be shown" }

// Anchor of docs/troubleshooting.md.
func (e *Error) Anchor() string { return "program-breaks" }

// ExitCode is 20.
func (e *Error) ExitCode() int { return 20 }

// Caught is f, with an [*Error] where it breaks.
func Caught(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if what := recover(); what != nil {
				err = &Error{what, place()}
			}
		}()
		return f()
	}
}

// place is where the panic began that is being recovered from.
func place() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])]) // without Callers, place and the function that recovers
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s, %s:%d", last(frame.Function), last(frame.File), frame.Line)
		}
		if !more {
			return "at an unknown place"
		}
	}
}

// last is what stands after the last slash.
func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
