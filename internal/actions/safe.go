package actions

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSafe is the most runes that Safe leaves of a text.
const maxSafe = 1000

// Safe makes untrusted text fit for a log line: one line, without control and
// format characters (with them goes what turns the direction of writing), at
// most 1000 runes, and no command to the runner wherever the line begins.
func Safe(s string) string {
	return breakCommands(limitRunes(clean(s, false), maxSafe))
}

// clean takes out what can hide or forge text: control characters of both
// ranges and format characters, such as those that turn the direction of
// writing or have no width. White space of any kind becomes a space; line feeds
// stay when they are to be kept. Bytes that are no UTF-8 become U+FFFD.
func clean(s string, keepLines bool) string {
	if keepLines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' && keepLines:
			return c
		case unicode.IsSpace(c):
			return ' '
		case unicode.In(c, unicode.Cc, unicode.Cf, unicode.Noncharacter_Code_Point):
			return -1
		}
		return c
	}, s)
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

// secondColon tells whether the first ASCII character is a colon.
func secondColon(s string) bool {
	for _, c := range s {
		if c < utf8.RuneSelf {
			return c == ':'
		}
	}
	return false
}

// limitRunes cuts a text to at most n runes, the last one an ellipsis when it
// was cut.
func limitRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	last := 0 // where the rune before the limit begins
	for i := range s {
		if count++; count == n {
			last = i
		} else if count > n {
			return s[:last] + "…"
		}
	}
	return s
}

// sprintf formats with every argument made safe before it is put in.
func sprintf(format string, args ...any) string {
	if false {
		_ = fmt.Sprintf(format, args...) // has go vet check the formats of the callers
	}
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg.(type) {
		case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64:
			safe[i] = arg
		default:
			safe[i] = untrusted{arg}
		}
	}
	return fmt.Sprintf(format, safe...)
}

// untrusted formats as its value does, made safe. A value that panics in its own
// method is shown as fmt shows it.
type untrusted struct{ value any }

func (u untrusted) Format(f fmt.State, verb rune) {
	fmt.Fprint(f, Safe(fmt.Sprintf(fmt.FormatString(f, verb), u.value)))
}
