// Package java is about Java where Microcks, a Java program, lets its behaviour
// show: texts and their order, regular expressions, the decoding of addresses,
// the reading of lines, the order of hash maps. The rules are what Java 17 and
// 25 were seen to do (testdata/regexp.jsonl, url_test.go, text_test.go, and the
// vectors of internal/test/conformance).
//
// A Java string is a sequence of UTF-16 units. Here it is a Go string in UTF-8
// in which a surrogate without a partner stands as its three bytes.
package java

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// IsHighSurrogate reports whether r is the first half of a pair.
func IsHighSurrogate(r rune) bool { return 0xD800 <= r && r < 0xDC00 }

// IsLowSurrogate reports whether r is the second half of a pair.
func IsLowSurrogate(r rune) bool { return 0xDC00 <= r && r < 0xE000 }

func isSurrogate(r rune) bool { return 0xD800 <= r && r < 0xE000 }

// WriteCodePoint appends r, which may be a surrogate.
func WriteCodePoint(b *strings.Builder, r rune) {
	if isSurrogate(r) {
		b.WriteByte(byte(0xE0 | r>>12))
		b.WriteByte(byte(0x80 | r>>6&0x3F))
		b.WriteByte(byte(0x80 | r&0x3F))
		return
	}
	b.WriteRune(r)
}

// text of code points.
func text(points []rune) string {
	var b strings.Builder
	for _, r := range points {
		WriteCodePoint(&b, r)
	}
	return b.String()
}

// DecodeCodePoint is the first code point of s, which may be a surrogate, and
// its length in bytes: at least 1.
func DecodeCodePoint(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 {
		return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, max(n, 1)
}

// CodePoints of s.
func CodePoints(s string) []rune {
	out := make([]rune, 0, len(s))
	for len(s) > 0 {
		r, n := DecodeCodePoint(s)
		out = append(out, r)
		s = s[n:]
	}
	return out
}

// units are the UTF-16 units of code points.
func units(points []rune) []rune {
	out := make([]rune, 0, len(points))
	for _, r := range points {
		if r < 0x10000 {
			out = append(out, r)
			continue
		}
		high, low := utf16.EncodeRune(r)
		out = append(out, high, low)
	}
	return out
}

// WellFormed is s with U+FFFD for every surrogate without a partner: what
// remains of it when it goes through UTF-8, as it does on the way to the
// database.
func WellFormed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		r, n := DecodeCodePoint(s)
		b.WriteRune(r) // which writes U+FFFD for a surrogate
		s = s[n:]
	}
	return b.String()
}

// Split is String.split with a separator that means itself: empty strings at
// the end are dropped, so that "=" gives none, but "" splits to itself.
func Split(s, sep string) []string {
	parts := strings.Split(s, sep)
	if len(parts) == 1 {
		return parts
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// IndexError is the ArrayIndexOutOfBoundsException of an array of that length.
type IndexError struct{ Index, Length int }

// Error is the exception's message.
func (e *IndexError) Error() string {
	return "Index " + strconv.Itoa(e.Index) + " out of bounds for length " + strconv.Itoa(e.Length)
}

// Trim is String.trim: everything up to U+0020 goes at both ends, and no other
// white space.
func Trim[T ~string | ~[]byte](s T) T {
	i, j := 0, len(s)
	for i < j && s[i] <= ' ' {
		i++
	}
	for i < j && s[j-1] <= ' ' {
		j--
	}
	return s[i:j]
}

// FoldKey is equal for two strings exactly when String.equalsIgnoreCase says
// so: characters are compared one by one, upper then lower case.
func FoldKey(s string) string {
	ascii, lower := true, true
	for i := 0; i < len(s); i++ {
		ascii = ascii && s[i] < 0x80
		lower = lower && (s[i] < 'A' || s[i] > 'Z')
	}
	if ascii {
		if lower {
			return s
		}
		return strings.ToLower(s)
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := DecodeCodePoint(s)
		WriteCodePoint(&b, unicode.ToLower(unicode.ToUpper(r)))
		s = s[n:]
	}
	return b.String()
}

// Compare orders strings by UTF-16 units, as String.compareTo does: below 0,
// 0 or above 0.
func Compare(a, b string) int {
	for len(a) > 0 && len(b) > 0 {
		ra, na := DecodeCodePoint(a)
		rb, nb := DecodeCodePoint(b)
		switch {
		case ra == rb:
			a, b = a[na:], b[nb:]
		case ra < 0x10000 && rb < 0x10000:
			return int(ra) - int(rb)
		default:
			return slices.Compare(units(CodePoints(a)), units(CodePoints(b)))
		}
	}
	return len(a) - len(b)
}
