// Package actions speaks the protocol of the GitHub Actions runner: masks, groups,
// log lines, annotations, outputs and the job summary.
//
// The runner takes commands from the log itself, from two grammars, on every
// line of it. So nothing leaves this package unescaped, whatever it is given:
//
//	a log line        Printf, Safe           safe.go
//	an annotation     Annotate               annotate.go
//	an output         SetOutputs             outputs.go
//	the job summary   WriteSummary           summary.go
//
// All goes to standard output: the runner reads standard error as another
// stream, where a mask may come too late.
package actions

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unicode"

	"github.com/sethvargo/go-githubactions"

	"postman-microcks-importer/internal/text"
)

// minLine is the least number of bytes of a line that is masked where a
// credential has several: with a brace masked, the log is full of asterisks and
// the runner drops job outputs that merely contain it.
const minLine = 4

// What is masked of others: the most credentials, and bytes of them all, which take
// some 150 times as much memory.
const (
	mostFound      = 100
	mostFoundBytes = 64 << 10
)

// Runner is one step as the runner sees it. It may be used by several
// goroutines at once.
type Runner struct {
	getenv   func(string) string
	commands *githubactions.Action

	hidden text.Scrubber // what was masked

	mu         sync.Mutex
	found      int // credentials of others that were masked
	foundBytes int // and their bytes
	plain      int // masked, and not to be hidden by this program itself
	out        *sink
	current    *group               // nil when none is open
	asked      map[Level]int        // annotations asked for, those left out included
	last       map[Level]Annotation // the ninth of each level
	outputs    *os.File             // of GITHUB_OUTPUT, once open
	summary    *os.File             // of GITHUB_STEP_SUMMARY, once open
	left       int                  // bytes that the summary may still take
}

// New makes a Runner from the environment and standard output.
func New(getenv func(string) string, stdout io.Writer) *Runner {
	out := &sink{w: stdout}
	return &Runner{
		getenv:   getenv,
		commands: githubactions.New(githubactions.WithWriter(out), githubactions.WithGetenv(getenv)),
		out:      out,
		asked:    make(map[Level]int),
		last:     make(map[Level]Annotation),
		left:     summaryBudget,
	}
}

// OnGitHub reports whether a GitHub Actions runner, or what passes for one, runs
// this.
func (r *Runner) OnGitHub() bool { return r.getenv("GITHUB_ACTIONS") == "true" }

// Debugging reports whether the run was asked to log more ("Enable debug
// logging", RUNNER_DEBUG=1).
func (r *Runner) Debugging() bool { return r.getenv("RUNNER_DEBUG") == "1" }

// Mask has the runner show asterisks instead of a credential from here on, in
// whatever encoding, and this program hide it in all that it says. Each line of
// the credential is masked by itself; where there are several, those of less than
// 4 bytes are not. Off GitHub there is no mask: there the command would print the
// credential.
func (r *Runner) Mask(secret string) {
	lines := slices.DeleteFunc(strings.FieldsFunc(secret, func(c rune) bool { return c == '\n' || c == '\r' }),
		func(line string) bool { return strings.TrimSpace(line) == "" })
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(lines) > 1 {
		lines = slices.DeleteFunc(lines, func(line string) bool { return len(strings.TrimSpace(line)) < minLine })
	} else if len(lines) == 1 && !text.Hideable(strings.TrimSpace(lines[0])) {
		r.plain++
	}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		r.hidden.Add(line)
		if r.OnGitHub() {
			r.commands.AddMask(line)
		}
	}
}

// MaskFound is Mask for what a server holds as somebody's credential. Who
// chooses that text could blank out the logs and outputs of a whole job, so what
// cannot be hidden by value is not masked, nor what has a space, nor more than 100
// of them or 64 KiB together.
func (r *Runner) MaskFound(credential string) {
	if !text.Hideable(credential) || strings.ContainsFunc(credential, unicode.IsSpace) {
		return
	}
	r.mu.Lock()
	full := r.found == mostFound || r.foundBytes+len(credential) > mostFoundBytes
	if !full {
		r.found++
		r.foundBytes += len(credential)
	}
	r.mu.Unlock()
	if !full {
		r.Mask(credential)
	}
}

// Hide takes what was masked out of a text, see [text.Scrubber].
func (r *Runner) Hide(s string) string { return r.hidden.Hide(s) }

// Unhidden is how many credentials were masked that Hide leaves, since they are
// too short or a word of this program.
func (r *Runner) Unhidden() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plain
}

// group is a part of the log that can be folded. It has a field since pointers
// to different variables of size zero may be equal.
type group struct{ title string }

// Group starts a part of the log that the runner shows folded, under an
// untrusted title. The function that it returns ends it and may be called more
// than once. The runner knows no group in a group: a second one ends the first.
func (r *Runner) Group(title string) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endGroup(r.current)
	g := &group{title: Safe(r.Hide(beginning(title, maxSafe)))}
	r.current = g
	r.commands.Group(g.title)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.endGroup(g)
	}
}

// endGroup ends g unless another has ended it. The caller holds the lock.
func (r *Runner) endGroup(g *group) {
	if g == nil || r.current != g {
		return
	}
	r.current = nil
	r.commands.EndGroup()
}

// Printf writes log lines. The format is trusted: its line breaks are kept. The
// arguments are not: each becomes one line without control characters (see
// [Safe]) and without what was masked, numbers and booleans apart. Whatever comes of both, no line of it is
// a command to the runner.
func (r *Runner) Printf(format string, args ...any) {
	lines := strings.TrimSuffix(r.sprintf(format, args...), "\n")
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range strings.SplitSeq(lines, "\n") {
		r.writeLine(line)
	}
}

// Debugf is Printf for when [Runner.Debugging]; otherwise it does nothing.
func (r *Runner) Debugf(format string, args ...any) {
	if !r.Debugging() {
		return
	}
	message := r.sprintf(format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commands.Debugf("%s", text.Lines(message))
}

// writeLine writes one line that can be no command. The caller holds the lock.
func (r *Runner) writeLine(line string) {
	fmt.Fprintln(r.out, breakCommands(text.Line(line)))
}

// Close shows the last annotations, or says how many were left out, ends an open group and closes
// the files of outputs and summary. It returns the first error of writing to
// standard output, or of closing.
func (r *Runner) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endGroup(r.current)
	r.showLast()
	errs := []error{r.out.err}
	for _, f := range []*os.File{r.outputs, r.summary} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	r.outputs, r.summary = nil, nil
	return errors.Join(errs...)
}

// sink is standard output to a library that panics when a write fails. The
// first error is kept for Close, unless somebody closed the output, who wants no more
// of it.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.err == nil {
		if _, err := s.w.Write(p); err != nil && !errors.Is(err, syscall.EPIPE) {
			s.err = fmt.Errorf("writing to standard output: %w", err)
		}
	}
	return len(p), nil
}
