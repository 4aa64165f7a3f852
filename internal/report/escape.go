package report

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Markdown is trusted Markdown of one line: constants of this package and what
// the functions of this file make of untrusted strings, one function for each place
// where such a string may stand. It fits paragraphs, list items, headings and,
// by [document.table], table cells.
type Markdown string

// The most characters of one untrusted string that is shown, by place.
const (
	maxText    = 600
	maxCode    = 300
	maxSummary = 200
)

// apart is a zero-width space. Between two characters it keeps GitHub from
// making a mention, a reference or a link of them, without changing the look. It
// comes along when the text is copied, so what people copy stands in code.
const apart = "\u200b"

// inline escapes a string for running text.
func inline[S ~string](s S) Markdown { return Markdown(escapeText(text.Cut(oneLine(s), maxText))) }

// short is inline of at most n characters.
func short[S ~string](s S, n int) Markdown { return inline(text.Cut(text.Line(s), n)) }

// oneLine is a line with single spaces.
func oneLine[S ~string](s S) string { return strings.Join(strings.Fields(string(text.Line(s))), " ") }

// prose escapes a message for running text, and shows as code what stands
// between backticks in it and what is an address, so that it can be copied. Its
// lines stay lines, the first ten of them.
func prose[S ~string](s S) Markdown {
	const most = 10
	var lines []Markdown
	for line := range strings.SplitSeq(string(s), "\n") {
		if len(lines) == most {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, proseLine(line))
	}
	return join("<br>", lines...)
}

func proseLine(s string) Markdown {
	s = text.Cut(oneLine(s), maxText)
	var b strings.Builder
	for s != "" {
		at := codePart.FindStringSubmatchIndex(s)
		if at == nil {
			beside(&b, escapeText(s))
			break
		}
		beside(&b, escapeText(s[:at[0]]))
		inner := s[at[0]:at[1]]
		if at[2] >= 0 {
			inner = s[at[2]:at[3]]
		}
		beside(&b, string(code(inner)))
		s = s[at[1]:]
	}
	return Markdown(b.String())
}

// beside appends s: two code spans that touch would be read as one.
func beside(b *strings.Builder, s string) {
	if strings.HasSuffix(b.String(), "`") && strings.HasPrefix(s, "`") {
		b.WriteString(apart)
	}
	b.WriteString(s)
}

// codePart finds what prose shows as code: `…` or an address.
var codePart = regexp.MustCompile("`([^`]*[^` ][^`]*)`|(?i:https?)://[^\\s\"'`<>]*[^\\s\"'`<>.,;:!?)]")

// mostTicks is the most backticks that stay together in code: GitHub's renderer
// knows no code span that begins with more than 80 (MAXBACKTICKS in cmark-gfm),
// and what stands in one that is none would be live Markdown.
const mostTicks = 20

var tooManyTicks = regexp.MustCompile("`{" + strconv.Itoa(mostTicks) + "}")

// code escapes a string for a code span, which ends only with as many backticks
// as it began with.
func code[S ~string](untrusted S) Markdown {
	s := string(text.Cut(text.Line(untrusted), maxCode))
	if strings.TrimSpace(s) == "" {
		return ""
	}
	// A table takes "\|" for a pipe and "\\|" for one too, but not everywhere.
	s = strings.ReplaceAll(s, `\|`, `\`+apart+`|`)
	s = strings.ReplaceAll(s, "@", "@"+apart)
	s = tooManyTicks.ReplaceAllString(s, "$0"+apart)
	ticks := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.Trim(s[:1]+s[len(s)-1:], "` ") != s[:1]+s[len(s)-1:] {
		s = " " + s + " "
	}
	return Markdown(ticks + s + ticks)
}

// shortCode is code of at most n characters.
func shortCode[S ~string](s S, n int) Markdown { return code(text.Cut(text.Line(s), n)) }

// summaryText escapes a string for the inside of an HTML element that stands on
// one line, where Markdown does not count.
func summaryText(s string) string {
	return aroundHexWords(text.Cut(oneLine(s), maxSummary),
		func(s string) string { return html.EscapeString(keepApart(s)) },
		func(word string) string { return "<code>" + word + "</code>" })
}

// bold emphasises.
func bold(t Markdown) Markdown {
	if t == "" {
		return ""
	}
	return "**" + t + "**"
}

// link makes a link, or leaves the label alone when the address is not one of a
// web page.
func link(label Markdown, address string) Markdown {
	u, err := url.Parse(text.Line(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !plainHost.MatchString(u.Host) || label == "" {
		return label
	}
	origin := u.Scheme + "://" + u.Host
	u.Scheme, u.Host = "", ""
	return "[" + label + "](" + Markdown(origin+escapeAddress(u.String())) + ")"
}

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$|^\[[0-9a-fA-F:]+\](:[0-9]+)?$`)

// escapeAddress percent-encodes in what follows the host whatever means
// something to Markdown.
func escapeAddress(s string) string {
	const kept = "-._/:?#=%,;+!"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(kept, c) >= 0:
			b.WriteByte(c)
		case c == '&':
			b.WriteString("&amp;")
		default:
			b.WriteString("%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
		}
	}
	return b.String()
}

// escapeText takes from clean text of one line every meaning that it has in
// GitHub's Markdown. Words that GitHub could link as commits become code.
func escapeText(s string) string {
	start := true // of the text, so maybe of a line
	return aroundHexWords(s, func(s string) string {
		escaped := escapePart(keepApart(s), start)
		start = false // a word comes next
		return escaped
	}, func(word string) string { return "`" + word + "`" })
}

// aroundHexWords joins what hex makes of the words of clean text that have seven
// hexadecimal digits in a row, which can name a commit, and what other makes of the
// rest. Such a word is made of letters, digits, hyphens, dots and underscores.
func aroundHexWords(s string, other, hex func(string) string) string {
	var b strings.Builder
	at := 0
	for _, word := range word.FindAllStringIndex(s, -1) {
		if w := s[word[0]:word[1]]; commit.MatchString(w) {
			b.WriteString(other(s[at:word[0]]) + hex(w))
			at = word[1]
		}
	}
	b.WriteString(other(s[at:]))
	return b.String()
}

var (
	word   = regexp.MustCompile(`\w+(?:[.-]+\w+)*`)
	commit = regexp.MustCompile(`[0-9a-fA-F]{7}`)
)

// escapePart escapes a part of a text, at whose start it may stand.
func escapePart(s string, start bool) string {
	var b strings.Builder
	for i, c := range s {
		switch c {
		case '\\', '*', '_', '[', ']', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '`':
			b.WriteString("&#96;") // a backslash would not keep it from joining a code span that follows
		case '|':
			b.WriteString("&#124;") // so that the only bare pipes are in code
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '#', '-', '+', '=':
			if start {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		case '.', ')':
			if i > 0 && strings.Trim(s[:i], "0123456789") == "" && (i+1 == len(s) || s[i+1] == ' ') { // "1. " begins a list
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		default:
			b.WriteRune(c)
		}
		start = false
	}
	return b.String()
}

// keepApart puts a zero-width space into what GitHub would make a mention, a
// link, a reference to an issue or a picture of.
func keepApart(s string) string {
	for emoji.MatchString(s) { // a second time where the end of one begins another
		s = emoji.ReplaceAllString(s, ":"+apart+"$1:")
	}
	return reference.ReplaceAllStringFunc(s, func(m string) string {
		switch {
		case m == "@", m == "#":
			return m + apart
		case m == "://":
			return ":" + apart + "//"
		}
		return m[:len(m)-1] + apart + m[len(m)-1:] // GH-, www.
	})
}

// emoji finds what can become a picture, such as :octocat:. A number between colons,
// which is a port more often, can become a character at most.
var emoji = regexp.MustCompile(`:([\w+-]*[a-zA-Z_+-][\w+-]*):`)

// reference finds the start of what becomes a link by itself.
var reference = regexp.MustCompile(`@|#|://|(?i:\bgh-|www\.)`)

// longestRun is the length of the longest run of c in s.
func longestRun(s string, c rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
