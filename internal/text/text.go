// Package text is about text from outside: how it is shown and cut, and how
// credentials are hidden in it. It imports no other room.
package text

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
)

// Untrusted is what a collection, a server, a file or a person's input says. It
// is a type of its own until it is escaped for the place where it is shown.
type Untrusted string

// Untrustedf formats as fmt.Sprintf does: whatever is put in, the whole is
// untrusted.
func Untrustedf(format string, args ...any) Untrusted { return Untrusted(fmt.Sprintf(format, args...)) }

// Cut returns s with at most n runes, the last an ellipsis when it was longer.
func Cut[S ~string](s S, n int) S {
	if len(s) <= n { // a rune has at least one byte
		return s
	}
	count, last := 0, 0
	for i := range s {
		if count++; count == n {
			last = i
		} else if count > n {
			return s[:last] + "…"
		}
	}
	return s
}

// Line makes s one line of valid UTF-8: white space of any kind becomes a space,
// and what is invisible or turns the direction of writing goes. The joiners that
// some scripts and emoji need stay.
func Line[S ~string](s S) S {
	return S(strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c), c == '\u2028', c == '\u2029':
			return ' '
		case c == '\u200c', c == '\u200d':
			return c
		case unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Noncharacter_Code_Point):
			return -1
		}
		return c
	}, strings.ToValidUTF8(string(s), "\uFFFD")))
}

// Lines is [Line] for text whose line breaks are to stay: each line is made
// safe by itself. A carriage return before a line feed goes.
func Lines[S ~string](s S) S {
	lines := strings.Split(strings.ReplaceAll(string(s), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Line(line)
	}
	return S(strings.Join(lines, "\n"))
}

// Excerpt is s as an error quotes it: one line without credentials, of at most
// n runes. What is hidden goes before the cut, which so leaves no half of it. Of a
// long text no more than its first runes are looked at: 4 for each that is quoted,
// and 1000.
func Excerpt[S ~string](s S, n int) S {
	const margin = 1000
	return Cut(S(strings.TrimSpace(string(HideCredentials(Line(Cut(s, 4*n+margin)))))), n)
}

// pageTitle finds the title of an HTML page.
var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// PageTitle is the title of an HTML page as an error quotes it, of at most 80 runes
// and with single spaces; "" when it has none.
func PageTitle(page []byte) string {
	found := pageTitle.FindSubmatch(page)
	if found == nil {
		return ""
	}
	return Excerpt(strings.Join(strings.Fields(html.UnescapeString(string(found[1]))), " "), 80)
}

// Few joins the first of many texts and counts the rest: "a, b, and 3 more" with ", "
// between them.
func Few(list []string, separator string, most int) string {
	few := strings.Join(list[:min(most, len(list))], separator)
	if more := len(list) - most; more > 0 {
		few += fmt.Sprintf("%sand %d more", separator, more)
	}
	return few
}

// Plural is a count with its noun: "1 thing", "2 things".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Size is a number of bytes for people: "812 bytes", "1.5 kB", "2.0 MB".
func Size(bytes int) string {
	switch {
	case bytes < 1000:
		return Plural(bytes, "byte")
	case bytes < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
