package text

import (
	"bytes"
	"html"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// view is what can be read from a text.
type view struct {
	bytes  []byte
	places []place // of each byte in the text; none in the text itself, of which they are the bytes
	length int     // of the text
}

// place is a part of a text, in bytes.
type place struct{ from, to int32 }

// place is where in the text the bytes of the view from one to before another stand.
func (v *view) place(from, to int) place {
	if len(v.places) == 0 {
		return place{int32(from), int32(to)}
	}
	return place{v.places[from].from, v.places[to-1].to}
}

// reading is one way to read a text: where it has one of some bytes, decode adds to
// a row of bytes what they and those after them stand for, and returns how many
// these are; 0 when the byte stands for itself. Nothing is added for what is passed
// over.
type reading struct {
	special [256]bool
	decode  func(to, rest []byte) (read []byte, n int)
}

// at has a reading decode where one of these bytes stands.
func at(special string, decode func(to, rest []byte) ([]byte, int)) *reading {
	r := &reading{decode: decode}
	for _, c := range []byte(special) {
		r.special[c] = true
	}
	return r
}

// read makes v a view of what is read from another view, and reports whether that
// is anything else.
func (v *view) read(of *view, how *reading) (changed bool) {
	v.bytes, v.places, v.length = slices.Grow(v.bytes[:0], len(of.bytes)), slices.Grow(v.places[:0], len(of.bytes)), of.length
	for i := 0; i < len(of.bytes); {
		plain := i
		for plain < len(of.bytes) && !how.special[of.bytes[plain]] {
			plain++
		}
		v.keep(of, i, plain)
		if i = plain; i == len(of.bytes) {
			break
		}
		before := len(v.bytes)
		read, n := how.decode(v.bytes, of.bytes[i:])
		if n == 0 {
			v.keep(of, i, i+1)
			i++
			continue
		}
		v.bytes = read
		changed = changed || !bytes.Equal(v.bytes[before:], of.bytes[i:i+n])
		for range len(v.bytes) - before {
			v.places = append(v.places, of.place(i, i+n))
		}
		i += n
	}
	return changed
}

// keep adds bytes of another view as they are.
func (v *view) keep(of *view, from, to int) {
	v.bytes = append(v.bytes, of.bytes[from:to]...)
	if len(of.places) > 0 {
		v.places = append(v.places, of.places[from:to]...)
		return
	}
	for i := from; i < to; i++ {
		v.places = append(v.places, place{int32(i), int32(i + 1)})
	}
}

const (
	figures = "0123456789"
	space   = " \t\r\n\v\f"
)

// layer takes one layer of escapes off, those of URLs, JSON, programs and HTML, and
// passes over what lines are broken by, what nobody sees, and the signs that stand
// for a space or an end.
var layer = func() *reading {
	special := []byte{'%', '\\', '&', 0x7f}
	for c := range 256 {
		if c < ' ' || c >= utf8.RuneSelf || passedOver(rune(c)) {
			special = append(special, byte(c))
		}
	}
	return at(string(special), func(to, rest []byte) ([]byte, int) {
		before := len(to)
		read, n := unescape(to, rest)
		if n == 0 {
			_, n = utf8.DecodeRune(rest)
			read = append(to, rest[:n]...)
		}
		if c, size := utf8.DecodeRune(read[before:]); size == len(read)-before && passedOver(c) {
			return read[:before], n
		}
		return read, n
	})
}()

// quotedPrintable reads what mail is written in. Its soft line breaks, a layer
// passes over.
var quotedPrintable = at("=", func(to, rest []byte) ([]byte, int) {
	if c := number(rest[1:], 16, 2); c >= 0 {
		return append(to, byte(c)), 3
	}
	return to, 0
})

// digits joins hexadecimal digits: "5A:71", "5a-71", "0x5a,0x71".
var digits = at("ABCDEF:-,;0", func(to, rest []byte) ([]byte, int) {
	switch c := rest[0]; {
	case 'A' <= c && c <= 'F':
		return append(to, c|0x20), 1
	case c != '0':
		return to, 1
	case len(rest) > 1 && rest[1]|0x20 == 'x':
		return to, 2
	}
	return to, 0
})

// numbers reads the bytes that a list of numbers stands for: "[90, 113]", "[90 113]".
var numbers = at(figures+space+",;[]", func(to, rest []byte) ([]byte, int) {
	if !isFigure(rest[0]) {
		return to, 1
	}
	n := 1
	for n < len(rest) && isFigure(rest[n]) {
		n++
	}
	if c := number(rest, 10, n); c >= 0 && c < 256 {
		return append(to, byte(c)), n
	}
	return append(to, rest[:n]...), n
})

func isFigure(c byte) bool { return '0' <= c && c <= '9' }

// passedOver reports whether a character can stand in the middle of a credential
// that was written out: white space, what [Line] takes out, what has no width, and
// the signs that query and mail have for a space and a line break. Base64 ends in
// one of them.
func passedOver(c rune) bool {
	if c < utf8.RuneSelf {
		return c <= ' ' || c == '+' || c == '=' || c == 0x7f
	}
	return unicode.IsSpace(c) || unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co,
		unicode.Noncharacter_Code_Point, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// unescape adds to a row of bytes the one character that an escape at the
// beginning of a text stands for, also when it was escaped several times in one
// way, and returns the length of the escape; 0 when there is none.
func unescape(to, s []byte) (read []byte, n int) {
	switch s[0] {
	case '%': // %2F, %252F
		for n = 1; bytes.HasPrefix(s[n:], []byte("25")) && number(s[n+2:], 16, 2) >= 0; {
			n += 2
		}
		if c := number(s[n:], 16, 2); c >= 0 {
			return append(to, byte(c)), n + 2
		}
	case '\\':
		return unescapeBackslash(to, s)
	case '&':
		return unescapeEntity(to, s)
	}
	return to, 0
}

// unescapeBackslash reads "\/", "\u002f", "\\u002f", "\u{2f}", "\x2f", "\057", "\n".
func unescapeBackslash(to, s []byte) (read []byte, n int) {
	for n < len(s) && s[n] == '\\' {
		n++
	}
	rest := s[n:]
	if len(rest) == 0 {
		return append(to, '\\'), n
	}
	switch c := rest[0]; {
	case bytes.HasPrefix(rest, []byte("u{")):
		if end := bytes.IndexByte(rest[:min(len(rest), len("u{10ffff}"))], '}'); end > 2 {
			if c := number(rest[2:], 16, end-2); c >= 0 {
				return utf8.AppendRune(to, rune(c)), n + end + 1
			}
		}
		return append(to, '\\'), n
	case c == 'u':
		high := number(rest[1:], 16, 4)
		if high < 0 {
			return append(to, '\\'), n // the piece of one, or a name
		}
		if low := rest[5:]; bytes.HasPrefix(low, []byte(`\u`)) {
			if pair := utf16.DecodeRune(rune(high), rune(number(low[2:], 16, 4))); pair != utf8.RuneError {
				return utf8.AppendRune(to, pair), n + 11
			}
		}
		return utf8.AppendRune(to, rune(high)), n + 5
	case c == 'x':
		if c := number(rest[1:], 16, 2); c >= 0 {
			return append(to, byte(c)), n + 3
		}
		return append(to, '\\'), n
	case '0' <= c && c <= '3' && number(rest, 8, 3) >= 0:
		return append(to, byte(number(rest, 8, 3))), n + 3
	case bytes.IndexByte([]byte("abfnrtv"), c) >= 0:
		return append(to, ' '), n + 1
	}
	return to, n
}

// legacy are the entities that HTML reads without a semicolon, too.
var legacy = []struct{ name, value string }{
	{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", `"`}, {"AMP", "&"}, {"LT", "<"}, {"GT", ">"}, {"QUOT", `"`},
}

// unescapeEntity reads "&lt;", "&amp;lt;", "&#60;", "&#60", "&#x0003c;".
func unescapeEntity(to, s []byte) (read []byte, n int) {
	const again, longestName = "amp;", 32
	for n = 1; bytes.HasPrefix(s[n:], []byte(again)); {
		n += len(again)
	}
	rest := s[n:]
	if len(rest) > 1 && rest[0] == '#' {
		begin, base := 1, 10
		if rest[1]|0x20 == 'x' {
			begin, base = 2, 16
		}
		end := begin
		for end < len(rest) && figure(rest[end]) < base {
			end++
		}
		if c := number(rest[begin:], base, end-begin); c >= 0 {
			if end < len(rest) && rest[end] == ';' {
				end++
			}
			return utf8.AppendRune(to, rune(c)), n + end
		}
	}
	name := rest[:min(len(rest), longestName)]
	if end := slices.IndexFunc(name, func(c byte) bool { return !isAlphanumeric(c) }); end > 0 && rest[end] == ';' {
		entity := "&" + string(rest[:end+1])
		if c := html.UnescapeString(entity); c != entity {
			return append(to, c...), n + end + 1
		}
	}
	for _, l := range legacy {
		if bytes.HasPrefix(rest, []byte(l.name)) {
			return append(to, l.value...), n + len(l.name)
		}
	}
	if n > 1 {
		return append(to, '&'), n
	}
	return to, 0
}

func isAlphanumeric(c byte) bool { return isFigure(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// figure is the value of a figure of a base up to 16; 16 for what is none.
func figure(c byte) int {
	switch {
	case isFigure(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 16
}

// number is the number in the first n figures of a base, leading zeros as many as
// there are; -1 when they are none, fewer, or more than a character can be.
func number(s []byte, base, n int) int {
	if len(s) < n || n == 0 {
		return -1
	}
	v := 0
	for _, c := range s[:n] {
		d := figure(c)
		if d >= base || v > unicode.MaxRune {
			return -1
		}
		v = v*base + d
	}
	if v > unicode.MaxRune {
		return -1
	}
	return v
}
