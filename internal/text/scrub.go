package text

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Scrubber hides credentials by their value, in the forms in which a server
// repeats them: as they are, in a URL, in JSON, in HTML, in hexadecimal digits, in
// base64 (so also in a Basic header, which holds a name and the credential), and
// with invisible characters in between. A credential whose end was cut off is
// hidden too. It may be used by several goroutines at once; the zero value hides
// nothing.
type Scrubber struct {
	mu      sync.RWMutex
	known   []string // values as given
	byFirst [256][]form
	pairs   [256]byteSet // with which two bytes a form can begin, so that few places are looked at
}

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) set(c byte)      { s[c/64] |= 1 << (c % 64) }
func (s *byteSet) has(c byte) bool { return s[c/64]&(1<<(c%64)) != 0 }

// form is a row of bytes that stands for a credential.
type form struct {
	bytes string
	fold  bool // letters of either case count
}

// shortest is the least number of bytes that is hidden by value: shorter texts
// stand in others by chance.
const shortest = 8

// Hideable reports whether a credential of this value can be hidden in texts:
// it has at least 8 bytes and is no word that every report has.
func Hideable(credential string) bool {
	return len(credential) >= shortest && !isOwnWord(credential)
}

// Add has a credential hidden from here on. It does nothing for one that is not
// [Hideable].
func (s *Scrubber) Add(credential string) {
	if !Hideable(credential) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.known, credential) {
		return
	}
	s.known = append(s.known, credential)
	for _, f := range formsOf(credential) {
		if !slices.Contains(s.byFirst[f.bytes[0]], f) {
			s.addBegin(f)
		}
	}
}

// formsOf are the rows of bytes that stand for a credential. What URLs, JSON and
// HTML make of their characters is read while searching.
func formsOf(credential string) []form {
	forms := []form{{credential, false}, {hex.EncodeToString([]byte(credential)), true}}
	for _, value := range []string{credential, url.QueryEscape(credential)} { // OAuth has both in Basic headers
		for shift := range 3 {
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				encoded := encoding.EncodeToString(append(make([]byte, shift), value...))
				// The characters at both ends hold bits of the neighbours, too.
				forms = append(forms, form{encoded[(shift*8+5)/6 : (shift+len(value))*8/6], false})
			}
		}
	}
	return forms
}

// addBegin notes with what a form can begin in a text.
func (s *Scrubber) addBegin(f form) {
	first, second := spelled(f.bytes[0], f.fold), spelled(f.bytes[1], f.fold)
	for _, a := range first {
		s.byFirst[a] = append(s.byFirst[a], f)
		for _, b := range second {
			s.pairs[a].set(b)
		}
		for b := range 256 {
			if c := byte(b); c < ' ' || c >= 0x7f || isEscape(c) { // invisible, the end, or an escape
				s.pairs[a].set(c)
			}
		}
	}
}

// spelled is a byte of a form in each case that counts.
func spelled(c byte, fold bool) []byte {
	if upper := c &^ 0x20; fold && 'A' <= upper && upper <= 'F' {
		return []byte{c, upper}
	}
	return []byte{c}
}

// Hide takes the known credentials out of a text.
func (s *Scrubber) Hide(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.known) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		end := s.at(text, i)
		if end <= i {
			i++
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(Hidden)
		i, done = end, end
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// at is the end of the longest credential that begins at a place of the text; 0
// when none does.
func (s *Scrubber) at(text string, i int) int {
	longest := 0
	if isEscape(text[i]) {
		for _, r := range readings(text[i:]) {
			for _, f := range s.byFirst[r.text[0]] {
				longest = max(longest, f.match(text, i))
			}
		}
	}
	var next byte // none is 0, which is invisible
	if i+1 < len(text) {
		next = text[i+1]
	}
	if s.pairs[text[i]].has(next) {
		for _, f := range s.byFirst[text[i]] {
			longest = max(longest, f.match(text, i))
		}
	}
	return longest
}

// match returns where the form ends that begins at i; 0 when there is none.
func (f form) match(text string, i int) int {
	if strings.HasPrefix(text[i:], f.bytes) {
		return i + len(f.bytes) // whatever else it could be read as
	}
	matched := 0
	for matched < len(f.bytes) {
		if matched > 0 {
			i += invisible(text[i:])
		}
		rest := text[i:]
		// A quarter of a long credential is not taken for a word that it begins
		// with.
		if n := cutOff(rest); n >= 0 && matched >= max(shortest, len(f.bytes)/4) {
			return i + n
		} else if rest == "" {
			return 0
		}
		m, n := f.next(matched, rest)
		if n == 0 {
			return 0
		}
		matched, i = matched+m, i+n
	}
	return i
}

// next reads on in a form of which some bytes are matched, and returns how many
// more are, in how many bytes of the text; 0 when the text goes on otherwise.
func (f form) next(matched int, rest string) (more, n int) {
	if isEscape(rest[0]) {
		for _, r := range slices.Backward(readings(rest)) { // "&amp;" is no "&" with "amp;" after it
			switch {
			case strings.HasPrefix(f.bytes[matched:], r.text):
				return len(r.text), r.n
			case r.text == "+" && f.bytes[matched] == ' ': // in a query that was escaped twice
				return 1, r.n
			}
		}
	}
	if c := rest[0]; c == f.bytes[matched] || f.fold && c|0x20 == f.bytes[matched] {
		return 1, 1
	}
	return 0, 0
}

// cutOff is the length of what stands before the place where a text was cut,
// when that is nothing or a piece of an escape; -1 when it is more.
func cutOff(s string) int {
	if s == "" || strings.HasPrefix(s, "…") {
		return 0
	}
	if !isEscape(s[0]) {
		return -1
	}
	for i := 1; i < min(len(s), 2*mostEscaped); i++ {
		switch c := s[i]; {
		case strings.HasPrefix(s[i:], "…"):
			return i
		case c != '\\' && c != '#' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z'):
			return -1
		}
	}
	if len(s) <= 2*mostEscaped {
		return len(s)
	}
	return -1
}

// invisible is the length of the characters at the beginning of a text that
// [Line] takes out or nobody sees, and of line breaks, which base64 may have.
func invisible(s string) int {
	for i, c := range s {
		switch {
		case c == '\n', c == '\r':
		case unicode.IsSpace(c), !unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Noncharacter_Code_Point):
			return i
		}
	}
	return len(s)
}

// reading is what an escape at the beginning of a text can mean, and the length
// that it was written in.
type reading struct {
	text string
	n    int
}

// longestEscape is the most bytes that one character is written in.
const longestEscape = 32

// readings are all that an escape at the beginning of a text can mean, those of
// fewer layers first: "%5Cu003c" is a backslash, and "<" where JSON stands in a
// URL.
func readings(s string) []reading {
	const layers = 4
	if s[0] == '%' && (len(s) < 3 || hexDigits(s[1:], 2) < 0) {
		return nil
	}
	s = s[:min(len(s), longestEscape)]
	var place [longestEscape + 1]uint8 // of each byte in the text
	for i := range place {
		place[i] = uint8(i)
	}
	var found []reading
	for range layers {
		if c, n := unescape(s); n > 0 {
			found = append(found, reading{c, int(place[n])})
		} else if s[0] != '&' { // whose end may be an escape
			break
		}
		under, changed := layer(s, &place)
		if !changed || !isEscape(under[0]) {
			break
		}
		s = under
	}
	return found
}

// layer takes one layer of escapes off a text. The places of its bytes go along.
func layer(s string, place *[longestEscape + 1]uint8) (under string, changed bool) {
	var buffer [longestEscape]byte
	b := buffer[:0]
	for i := 0; i < len(s); {
		c, n := s[i:i+1], 1
		if isEscape(s[i]) && s[i] != '+' {
			if decoded, length := unescape(s[i:]); length >= len(decoded) && length > 0 {
				c, n, changed = decoded, length, true
			}
		}
		for k := range len(c) {
			place[len(b)] = place[i]
			b = append(b, c[k])
		}
		i += n
	}
	place[len(b)] = place[len(s)]
	return string(b), changed
}

// isEscape reports whether unescape may read something that begins with c.
func isEscape(c byte) bool { return c == '%' || c == '\\' || c == '&' || c == '+' }

// mostEscaped is how often a character may have been escaped.
const mostEscaped = 8

// unescape reads one character at the beginning of a text as URLs, JSON or HTML
// write it, also when it was escaped several times, and returns the length that
// it was written in; 0 when there is no escape.
func unescape(s string) (decoded string, n int) {
	switch s[0] {
	case '+':
		return " ", 1
	case '%': // %2F, %252F
		n = 1
		for n < 2*mostEscaped && strings.HasPrefix(s[n:], "25") && hexDigits(s[n+2:], 2) >= 0 {
			n += 2
		}
		if c := hexDigits(s[n:], 2); c >= 0 {
			return string([]byte{byte(c)}), n + 2
		}
	case '\\': // \/, \u002f, \\u002f, \x2f
		for n < min(len(s), mostEscaped) && s[n] == '\\' {
			n++
		}
		if n == len(s) || s[n] >= utf8.RuneSelf {
			return "", 0
		}
		for _, kind := range []struct {
			letter byte
			digits int
		}{{'u', 4}, {'x', 2}} {
			if c := hexDigits(s[n+1:], kind.digits); s[n] == kind.letter && c >= 0 {
				return string(rune(c)), n + 1 + kind.digits
			}
		}
		return s[n : n+1], n + 1
	case '&': // &amp; &#47; &#x2f;
		if end := strings.IndexByte(s[:min(len(s), 10)], ';'); end > 0 {
			if c := html.UnescapeString(s[:end+1]); c != s[:end+1] {
				return c, end + 1
			}
		}
	}
	return "", 0
}

// hexDigits is the number in the first n hexadecimal digits; -1 when they are
// none.
func hexDigits(s string, n int) int {
	if len(s) < n {
		return -1
	}
	v := 0
	for i := range n {
		at := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if at < 0 || s[i] < '0' {
			return -1
		}
		v = v<<4 | at
	}
	return v
}
