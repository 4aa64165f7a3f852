package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing wrong with the inputs. Its texts are safe to show: no
// credential is in them, what was given is cut and free of control characters.
type Problem struct {
	Input string // the input's name, or the flag as it was written
	Got   string // what was given, quoted; "" when nothing was
	Takes string // what the input takes
	Hint  string // one sentence, the next step, with an example
}

// String is the two lines that a person sees.
func (p Problem) String() string {
	return "error: " + p.Text() + "\nhint: " + p.Hint
}

// Text is the problem without its hint, on one line.
func (p Problem) Text() string {
	got := p.Got
	if got == "" {
		got = "nothing"
	}
	return p.Input + ": got " + got + "; takes " + p.Takes
}

// InputError is every problem of a run's inputs as one error.
type InputError struct {
	Problems []Problem
}

// Error lists the problems, one a line.
func (e *InputError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Text()
	}
	return strings.Join(lines, "\n")
}

// Hint is the next step for the first problem.
func (e *InputError) Hint() string {
	if len(e.Problems) == 0 {
		return ""
	}
	return e.Problems[0].Hint
}

// Anchor is the place in docs/troubleshooting.md.
func (e *InputError) Anchor() string { return "wrong-inputs" }

// ExitCode is 2: wrong inputs.
func (e *InputError) ExitCode() int { return 2 }

// clause is another package's reason, "it is …", as what goes on after "which".
func clause(reason string) string { return strings.TrimPrefix(reason, "it ") }

// sentence is another package's hint, which begins in lower case and lacks its
// full stop.
func sentence(hint string) string {
	first, size := utf8.DecodeRuneInString(hint)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(hint[size:], ".") + "."
}
