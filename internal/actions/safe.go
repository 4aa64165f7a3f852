package actions

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
)

// maxSafe is the most runes that Safe leaves of a text.
const maxSafe = 1000

// Safe makes untrusted text fit for a log line: one line as [text.Line] makes
// it, of at most 1000 runes, without a command to the runner.
func Safe(s string) string {
	return breakCommands(text.Cut(text.Line(s), maxSafe))
}

// beginning is what is looked at of an untrusted text of which at most n runes are
// shown: what is hidden or taken out can be longer than what stays.
func beginning(s string, n int) string { return text.Cut(s, 4*n) }

// Unheard takes from lines what a runner would take for commands. It reads what a
// container prints that a step runs without telling it of GitHub, such as by
// `docker run`.
func Unheard(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString(breakCommands(line))
	}
	return b.String()
}

// breakCommands puts a backslash into what the runner would take for a command
// in a line: "##[" anywhere, "::" at the start. The runner searches with a
// comparison in which characters without weight do not count, so all that is
// not ASCII counts as absent here. The line has no control characters.
func breakCommands(line string) string {
	var b strings.Builder
	start, hashes := true, 0
	for i, c := range line {
		if c >= utf8.RuneSelf {
			b.WriteRune(c)
			continue
		}
		if start && c == ':' && secondColon(line[i+1:]) || hashes >= 2 && c == '[' {
			b.WriteByte('\\')
		}
		if c != ' ' {
			start = false
		}
		if c == '#' {
			hashes++
		} else {
			hashes = 0
		}
		b.WriteRune(c)
	}
	return b.String()
}

// secondColon reports whether the first ASCII character is a colon.
func secondColon(s string) bool {
	for _, c := range s {
		if c < utf8.RuneSelf {
			return c == ':'
		}
	}
	return false
}

// sprintf is fmt.Sprintf with every argument freed of credentials and made safe first, numbers and
// booleans apart. It replaces the arguments in place and hands on the very slice,
// so that go vet takes it, and with it Printf and Debugf, for printf functions and
// checks the formats of their callers.
func (r *Runner) sprintf(format string, args ...any) string {
	for i, arg := range args {
		switch arg.(type) {
		case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64:
		default:
			args[i] = untrusted{arg, r.Hide}
		}
	}
	return fmt.Sprintf(format, args...)
}

// untrusted formats as its value does, made safe. A value that panics in its own
// method is shown as fmt shows it.
type untrusted struct {
	value any
	hide  func(string) string
}

func (u untrusted) Format(f fmt.State, verb rune) {
	fmt.Fprint(f, Safe(u.hide(beginning(fmt.Sprintf(fmt.FormatString(f, verb), u.value), maxSafe))))
}
