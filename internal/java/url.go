package java

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EscapeError is the IllegalArgumentException of URLDecoder.
type EscapeError struct {
	// Reason as Java words it: "Incomplete trailing escape (%) pattern".
	Reason string
}

// Error is the exception's message.
func (e *EscapeError) Error() string { return "URLDecoder: " + e.Reason }

// DecodeURL is URLDecoder.decode with UTF-8: "+" is a space, and bytes that are
// not UTF-8 become U+FFFD. The error is an [*EscapeError].
func DecodeURL(s string, o Options) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	points := CodePoints(s)
	hexPair := parseHexPair
	if o.StrictHex {
		hexPair = strictHexPair
	}
	var out strings.Builder
	for i := 0; i < len(points); {
		switch c := points[i]; c {
		case '+':
			out.WriteByte(' ')
			i++
		case '%':
			var decoded []byte
			for i < len(points) && points[i] == '%' {
				after := units(points[i+1 : min(i+3, len(points))])
				if len(after) < 2 {
					return "", &EscapeError{"Incomplete trailing escape (%) pattern"}
				}
				v, bad := hexPair([2]rune(after[:2]))
				if bad != "" {
					return "", &EscapeError{"Illegal hex characters in escape (%) pattern - " + bad}
				}
				decoded = append(decoded, v)
				i += 3 // what is outside the BMP is no digit
			}
			writeUTF8(&out, decoded)
		default:
			WriteCodePoint(&out, c)
			i++
		}
	}
	return out.String(), nil
}

// parseHexPair is Integer.parseInt of two UTF-16 units with radix 16: signs are
// accepted, and so are the digits of other scripts. bad is what its exception
// says.
func parseHexPair(pair [2]rune) (v byte, bad string) {
	quoted := func(at int) string {
		points := pair[:]
		if IsHighSurrogate(pair[0]) && IsLowSurrogate(pair[1]) {
			points = []rune{utf16.DecodeRune(pair[0], pair[1])}
		}
		return "Error at index " + strconv.Itoa(at) + " in: \"" + text(points) + "\""
	}
	if pair[0] == '-' || pair[0] == '+' {
		d := anyHexDigit(pair[1])
		if d < 0 {
			return 0, quoted(1)
		}
		if pair[0] == '-' && d > 0 {
			return 0, "negative value"
		}
		return byte(d), ""
	}
	hi, lo := anyHexDigit(pair[0]), anyHexDigit(pair[1])
	switch {
	case hi < 0:
		return 0, quoted(0)
	case lo < 0:
		return 0, quoted(1)
	}
	return byte(hi<<4 | lo), ""
}

// strictHexPair is HexFormat.fromHexDigits.
func strictHexPair(pair [2]rune) (v byte, bad string) {
	for _, r := range pair {
		d := -1
		if r < 0x80 {
			d = HexDigit(byte(r))
		}
		if d < 0 {
			return 0, "not a hexadecimal digit: \"" + WellFormed(text([]rune{r})) + "\" = " + strconv.Itoa(int(r))
		}
		v = v<<4 | byte(d)
	}
	return v, ""
}

// HexDigit is the value of an ASCII hexadecimal digit, -1 when c is not one.
func HexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// anyHexDigit is Character.digit with radix 16.
func anyHexDigit(r rune) int {
	switch {
	case r < 0x80:
		return HexDigit(byte(r))
	case 0xFF21 <= r && r <= 0xFF26: // full-width letters
		return int(r-0xFF21) + 10
	case 0xFF41 <= r && r <= 0xFF46:
		return int(r-0xFF41) + 10
	}
	return decimalDigit(r)
}

// decimalDigit is the value of a digit in any script, -1 when r is not one.
// The digits of a script stand together, ten in a row.
func decimalDigit(r rune) int {
	for _, zero := range []rune{
		0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10,
	} {
		if zero <= r && r < zero+10 {
			return int(r - zero)
		}
	}
	return -1
}

// writeUTF8 decodes bytes as new String(bytes, UTF_8) does: what is broken
// becomes U+FFFD.
func writeUTF8(b *strings.Builder, in []byte) {
	for len(in) > 0 {
		r, n := utf8.DecodeRune(in)
		if r == utf8.RuneError && n <= 1 {
			b.WriteRune(utf8.RuneError)
			in = in[min(malformedLength(in), len(in)):]
			continue
		}
		b.WriteRune(r)
		in = in[n:]
	}
}

// EncodePath is UriUtils.encodePath of Spring, which Microcks uses: what a path
// may hold stays, the other bytes of its UTF-8 become percent escapes.
func EncodePath(s string) string {
	return percentEncode(s, func(c byte) bool {
		return alphaNumeric(c) || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0
	})
}

// EncodeForm is URLEncoder.encode with UTF-8: form encoding, a space is "+".
func EncodeForm(s string) string {
	return strings.ReplaceAll(percentEncode(s, func(c byte) bool {
		return alphaNumeric(c) || strings.IndexByte("-._* ", c) >= 0
	}), " ", "+")
}

func alphaNumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func percentEncode(s string, keep func(byte) bool) string {
	if !utf8.ValidString(s) {
		s = encodable(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if c := s[i]; keep(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

// encodable has a "?" for each surrogate without a partner, as Java's encoder.
func encodable(s string) string {
	var b strings.Builder
	for _, r := range CodePoints(s) {
		if isSurrogate(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}
