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

	guard sync.Mutex
	of    int            // collections
	at    map[string]int // by stage: how many
}

func newTerminal(getenv func(string) string, stdout, stderr io.Writer) *atTerminal {
	return &atTerminal{
		out: terminal.Open(stdout, getenv), err: terminal.Open(stderr, getenv),
		verbose: getenv("RUNNER_DEBUG") == "1", at: map[string]int{}, output: config.OutputText,
	}
}

func (v *atTerminal) begin(run *config.Run) {
	v.output, v.of = run.Output, len(run.Importers)
	v.debug(began(run))
}

// counted are the stages that every collection goes through once, as a person calls
// them.
var counted = map[string]string{"fetch": "fetched", "predict": "judged", "read": "read", "verify": "verified"}

func (v *atTerminal) step(stage, line string, took time.Duration) {
	if v.verbose {
		v.say(timed(stage, line, took))
		return
	}
	if done, counts := counted[stage]; counts {
		v.guard.Lock()
		v.at[stage]++
		line = fmt.Sprintf("%s %d of %d: %s", done, min(v.at[stage], v.of), v.of, line)
		v.guard.Unlock()
	}
	v.err.Progress(v.hide(line))
	if stage == "import" && took >= longWait && !v.err.Live {
		v.say(timed(stage, line, took))
	}
}

// longWait is how long something lasts before that is told where nothing can be
// written over.
const longWait = 5 * time.Second

func (v *atTerminal) did(stage, line string, took time.Duration) {
	if v.verbose || !v.err.Live {
		v.say(timed(stage, line, took))
		return
	}
	v.err.Progress(v.hide(line))
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
