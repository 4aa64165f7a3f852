package app

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/terminal"
	"postman-microcks-importer/internal/text"
)

// atTerminal speaks to a person. Standard output has the report alone, so that it can
// be sent on; what goes on meanwhile, and what failed, is told on standard error. A
// step takes the place of the one before it, and is not told at all where that cannot
// be; a deed and what is waited for are.
type atTerminal struct {
	out, err *terminal.Stream
	hide     func(string) string
	verbose  bool
	context  func() report.Context
	output   string

	report, failures string
	// document is what stands on standard output in place of the report; "" is nothing.
	document func() string

	pace  pace
	guard sync.Mutex
	count string // how far a stage is, in words; "" before the first
}

func newTerminal(getenv func(string) string, stdout, stderr io.Writer) *atTerminal {
	return &atTerminal{
		out: terminal.Open(stdout, getenv), err: terminal.Open(stderr, getenv),
		verbose: getenv("RUNNER_DEBUG") == "1", output: config.OutputText,
		document: func() string { return "" },
	}
}

func (v *atTerminal) begin(run *config.Run) {
	v.output = run.Output
	v.debug(began(run))
}

// counted are the stages of which it is told how many are through, as a person calls it.
var counted = map[string]string{
	"fetch": "fetched", "read": "read", "compare": "compared", "apply": "done", "remove": "done",
}

// far tells how far a stage is, on a screen each time.
func (v *atTerminal) far(stage string, done, of int) {
	took, due := v.pace.far(stage, done, of)
	if v.verbose || done == 0 {
		return
	}
	count := fmt.Sprintf("%d of %d", done, of)
	if due && !v.err.Live {
		v.say(timed(stage, count, took))
	}
	count = counted[stage] + " " + count
	v.guard.Lock()
	v.count = count
	v.guard.Unlock()
	v.err.Progress(count)
}

// progress is how far the run is, with what it is doing.
func (v *atTerminal) progress(line string) {
	v.guard.Lock()
	if v.count != "" {
		line = v.count + ", " + line
	}
	v.guard.Unlock()
	v.err.Progress(v.hide(line))
}

// silent are stages whose steps show in how many are through.
var silent = map[string]bool{"fetch": true, "predict": true}

func (v *atTerminal) step(stage, collection, what string, took time.Duration) {
	line := about(collection) + what
	if v.verbose {
		v.say(timed(stage, line, took))
		return
	}
	if collection == "" || !silent[stage] {
		v.progress(line)
	}
	if stage == "import" && took >= longWait && !v.err.Live {
		v.say(timed(stage, line, took))
	}
}

// longWait is how long something lasts before that is told where nothing can be
// written over.
const longWait = 5 * time.Second

func (v *atTerminal) did(stage, collection string, deed result.Done, took time.Duration) {
	line := about(collection) + string(report.Deed(deed))
	if v.verbose || !v.err.Live {
		v.say(timed(stage, line, took))
		return
	}
	v.progress(line)
}

func timed(stage, line string, took time.Duration) string {
	return fmt.Sprintf("%-8s %s (%s)", stage, line, took.Round(time.Millisecond))
}

func (v *atTerminal) end() { v.err.Done() }

func (v *atTerminal) waiting(line string) {
	if v.err.Live && !v.verbose {
		v.err.Progress(v.hide(line))
		return
	}
	v.say(line)
}

func (v *atTerminal) debug(line string) {
	if v.verbose {
		v.say("debug: " + line)
	}
}

func (v *atTerminal) say(line string) { v.err.Print(actions.Unheard(text.Line(v.hide(line)) + "\n")) }

func (v *atTerminal) render(told *result.Result) {
	v.report, v.failures = report.Terminal(told, report.Screen{
		Context: v.context(), Width: v.out.Width, Colour: v.out.Colour, FailuresInColour: v.err.Colour,
	})
	switch v.output {
	case config.OutputJSON:
		v.report = string(report.JSON(told, mostJSON)) + "\n"
	case config.OutputMarkdown:
		v.report = text.Lines(report.Summary(told, v.context())) + "\n"
	}
}

func (v *atTerminal) publish() error {
	if document := v.document(); document != "" {
		v.failures += v.report
		v.report = document
	}
	v.err.Print(actions.Unheard(v.failures))
	v.out.Print(actions.Unheard(strings.TrimLeft(v.report, "\n")))
	if err := v.out.Err(); err != nil {
		return unwritten(err)
	}
	return nil
}

// mostJSON is the most bytes of a result that is written whole.
const mostJSON = 64 << 20

func (v *atTerminal) complain(problem result.Problem) {
	v.say("error: " + string(problem.Text))
	v.say("hint: " + string(problem.Hint))
	v.say("see: " + report.Troubleshooting(v.context().DocsURL, problem.Anchor))
}

// unwritten is the error of standard output.
func unwritten(err error) error {
	return &outputError{
		doing: "writing to standard output", err: err,
		hint: "see where standard output leads, and whether there is room; --result-file writes the result to a file",
	}
}

// outputError is a part of the report that cannot be written.
type outputError struct {
	doing, hint string
	err         error
}

func (e *outputError) Error() string { return e.doing + ": " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

// Hint is the next step.
func (e *outputError) Hint() string { return e.hint }

// Anchor is the place in docs/troubleshooting.md.
func (e *outputError) Anchor() string { return "output-files" }

// ExitCode is 14: environment.
func (e *outputError) ExitCode() int { return 14 }
