package predict

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file holds what Java does with text differently from Go. A Java string
// is a sequence of UTF-16 units; here it is a Go string in UTF-8 in which a
// surrogate without a partner stands as its three bytes.

func isHigh(r rune) bool { return 0xD800 <= r && r < 0xDC00 }
func isLow(r rune) bool  { return 0xDC00 <= r && r < 0xE000 }

func writeCodePoint(b *strings.Builder, r rune) {
	if 0xD800 <= r && r < 0xE000 {
		b.WriteByte(byte(0xE0 | r>>12))
		b.WriteByte(byte(0x80 | r>>6&0x3F))
		b.WriteByte(byte(0x80 | r&0x3F))
		return
	}
	b.WriteRune(r)
}

// nextCodePoint decodes the first code point of s, a surrogate included.
func nextCodePoint(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 {
		return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, max(n, 1)
}

// codePoints of a Java string.
func codePoints(s string) []rune {
	out := make([]rune, 0, len(s))
	for len(s) > 0 {
		r, n := nextCodePoint(s)
		out = append(out, r)
		s = s[n:]
	}
	return out
}

// asServed is a Java string as it comes back from the server in JSON: a
// surrogate without a partner is lost on the way to the database.
func asServed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := nextCodePoint(s)
		if 0xD800 <= r && r < 0xE000 {
			b.WriteString(lostSurrogate)
		} else {
			b.WriteRune(r)
		}
		s = s[n:]
	}
	return b.String()
}

// lostSurrogate is what a server returns in place of a lone surrogate.
const lostSurrogate = "\uFFFD"

// javaSplit is String.split with a one-character separator: empty strings at
// the end are dropped, but "" splits to itself.
func javaSplit(s, sep string) []string {
	parts := strings.Split(s, sep)
	if len(parts) == 1 {
		return parts
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// javaTrim is String.trim: everything up to U+0020 goes.
func javaTrim[T ~string | ~[]byte](s T) T {
	i, j := 0, len(s)
	for i < j && s[i] <= ' ' {
		i++
	}
	for i < j && s[j-1] <= ' ' {
		j--
	}
	return s[i:j]
}

// foldKey is equal for two strings exactly when equalsIgnoreCase says so:
// characters are compared one by one, upper then lower case.
func foldKey(s string) string {
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
		r, n := nextCodePoint(s)
		writeCodePoint(&b, unicode.ToLower(unicode.ToUpper(r)))
		s = s[n:]
	}
	return b.String()
}

// compareJava orders strings by UTF-16 units, as String.compareTo does.
func compareJava(a, b string) int {
	for len(a) > 0 && len(b) > 0 {
		ra, na := nextCodePoint(a)
		rb, nb := nextCodePoint(b)
		if ra != rb {
			return int(firstUnit(ra, rb)) - int(firstUnit(rb, ra))
		}
		a, b = a[na:], b[nb:]
	}
	return len(a) - len(b)
}

// firstUnit is the UTF-16 unit of r that decides against another code point.
func firstUnit(r, other rune) rune {
	if r < 0x10000 {
		return r
	}
	high := 0xD800 + (r-0x10000)>>10
	if other >= 0x10000 && 0xD800+(other-0x10000)>>10 == high {
		return 0xDC00 + (r-0x10000)&0x3FF
	}
	return high
}

// javaInteger is an integer as Java prints it after reading: "-0" is zero.
func javaInteger(literal string) string {
	if literal == "-0" {
		return "0"
	}
	return literal
}

// javaDouble is a decimal number as Double.toString prints it.
func javaDouble(literal string) string {
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil && f > 0 {
		return "Infinity"
	}
	if err != nil && f < 0 {
		return "-Infinity"
	}
	if f == 0 {
		if strings.HasPrefix(literal, "-") {
			return "-0.0"
		}
		return "0.0"
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	if !strings.Contains(s, ".") {
		s = strconv.FormatFloat(f, 'e', 1, 64) // Java wants two digits, and the nearest such number
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	mantissa, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	digits := strings.TrimSuffix(strings.Replace(mantissa, ".", "", 1), "0")
	switch {
	case e >= 7 || e < -3: // d.dddE±n
		fraction := digits[1:]
		if fraction == "" {
			fraction = "0"
		}
		return sign + digits[:1] + "." + fraction + "E" + strconv.Itoa(e)
	case e < 0:
		return sign + "0." + strings.Repeat("0", -e-1) + digits
	case len(digits) <= e+1:
		return sign + digits + strings.Repeat("0", e+1-len(digits)) + ".0"
	}
	return sign + digits[:e+1] + "." + digits[e+1:]
}
