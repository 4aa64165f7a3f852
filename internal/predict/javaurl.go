package predict

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// urlDecode is URLDecoder.decode with UTF-8: "+" is a space, and a bad "%" is
// an error that reads as Java's exception.
func (b behaviour) urlDecode(s string) (decoded, failure string) {
	if !strings.ContainsAny(s, "%+") {
		return s, ""
	}
	units := codePoints(s) // escapes are ASCII, so code points count as units do
	hexPair := parseHexPair
	if b.strictHex {
		hexPair = strictHexPair
	}
	var out strings.Builder
	for i := 0; i < len(units); {
		switch c := units[i]; c {
		case '+':
			out.WriteByte(' ')
			i++
		case '%':
			var decoded []byte
			for i < len(units) && units[i] == '%' {
				if utf16Len(units[i:min(i+3, len(units))]) < 3 {
					return "", "URLDecoder: Incomplete trailing escape (%) pattern"
				}
				v, bad := hexPair(twoUnits(units[i+1:]))
				if bad != "" {
					return "", "URLDecoder: Illegal hex characters in escape (%) pattern - " + bad
				}
				decoded = append(decoded, v)
				i += 3
			}
			writeJavaUTF8(&out, decoded)
		default:
			writeCodePoint(&out, c)
			i++
		}
	}
	return out.String(), ""
}

func utf16Len(units []rune) int {
	n := 0
	for _, u := range units {
		n++
		if u >= 0x10000 {
			n++
		}
	}
	return n
}

// twoUnits are the two UTF-16 units after a "%".
func twoUnits(units []rune) [2]rune {
	var out [2]rune
	k := 0
	for _, u := range units {
		if k == 2 {
			break
		}
		if u >= 0x10000 {
			out[k] = 0xD800 + (u-0x10000)>>10
			if k++; k < 2 {
				out[k] = 0xDC00 + (u-0x10000)&0x3FF
				k++
			}
			continue
		}
		out[k] = u
		k++
	}
	return out
}

// parseHexPair is Integer.parseInt of two characters with radix 16: signs are
// accepted, and so are the digits of other scripts.
func parseHexPair(pair [2]rune) (byte, string) {
	quoted := func(at int) string {
		var b strings.Builder
		for _, r := range joinSurrogates(pair[:]) {
			writeCodePoint(&b, r)
		}
		return "Error at index " + strconv.Itoa(at) + " in: \"" + b.String() + "\""
	}
	if pair[0] == '-' || pair[0] == '+' {
		d := javaHexDigit(pair[1])
		if d < 0 {
			return 0, quoted(1)
		}
		if pair[0] == '-' && d > 0 {
			return 0, "negative value"
		}
		return byte(d), ""
	}
	hi, lo := javaHexDigit(pair[0]), javaHexDigit(pair[1])
	switch {
	case hi < 0:
		return 0, quoted(0)
	case lo < 0:
		return 0, quoted(1)
	}
	return byte(hi<<4 | lo), ""
}

// strictHexPair is HexFormat.fromHexDigits, which newer Java uses instead.
func strictHexPair(pair [2]rune) (byte, string) {
	var v byte
	for _, r := range pair {
		d := -1
		if r < 0x80 {
			d = hexDigit(byte(r))
		}
		if d < 0 {
			return 0, "not a hexadecimal digit: \"" + asServed(unit(r)) + "\" = " + strconv.Itoa(int(r))
		}
		v = v<<4 | byte(d)
	}
	return v, ""
}

// unit is one UTF-16 unit as text.
func unit(r rune) string {
	var b strings.Builder
	writeCodePoint(&b, r)
	return b.String()
}

func joinSurrogates(units []rune) []rune {
	var out []rune
	for i := 0; i < len(units); i++ {
		if isHigh(units[i]) && i+1 < len(units) && isLow(units[i+1]) {
			out = append(out, 0x10000+(units[i]-0xD800)<<10+(units[i+1]-0xDC00))
			i++
			continue
		}
		out = append(out, units[i])
	}
	return out
}

func javaHexDigit(r rune) int {
	switch {
	case r < 0x80:
		return hexDigit(byte(r))
	case 0xFF21 <= r && r <= 0xFF26: // full-width letters
		return int(r-0xFF21) + 10
	case 0xFF41 <= r && r <= 0xFF46:
		return int(r-0xFF41) + 10
	}
	return decimalDigit(r)
}

// decimalDigit is the value of a digit in any script, -1 when r is none. The
// digits of a script stand together, ten in a row.
func decimalDigit(r rune) int {
	for _, zero := range []rune{0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10} {
		if zero <= r && r < zero+10 {
			return int(r - zero)
		}
	}
	return -1
}

// writeJavaUTF8 decodes bytes as new String(bytes, UTF_8) does: what is broken
// becomes U+FFFD.
func writeJavaUTF8(b *strings.Builder, in []byte) {
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

// encodePath is Spring's UriUtils.encodePath: what a path may hold stays.
func encodePath(s string) string {
	return percentEncode(s, func(c byte) bool {
		return alphaNumeric(c) || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0
	})
}

// encodeQueryValue is URLEncoder.encode: form encoding, a space is "+".
func encodeQueryValue(s string) string {
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
	for _, r := range codePoints(s) {
		if isHigh(r) || isLow(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hashOrder sorts keys, given in the order of insertion, as a Java HashMap
// returns them: by bucket, then by insertion.
func hashOrder(keys []string) []string {
	capacity := 16
	for len(keys)*4 > capacity*3 {
		capacity *= 2
	}
	out := slices.Clone(keys)
	slices.SortStableFunc(out, func(a, b string) int {
		return int(spread(a)&uint32(capacity-1)) - int(spread(b)&uint32(capacity-1))
	})
	return out
}

// spread is the hash of a string as HashMap uses it.
func spread(s string) uint32 {
	var h uint32
	for _, u := range utf16Units(s) {
		h = h*31 + uint32(u)
	}
	return h ^ h>>16
}
