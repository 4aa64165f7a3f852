package jackson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// SyntaxError is where and why the parser gives up.
type SyntaxError struct {
	// Offset in bytes of where the parser stands then; it may be behind what is
	// wrong, also behind the end of the input.
	Offset int

	raw    []byte
	words  string
	opened *opening // what the words end with, if they do
	limit  bool     // a limit of the parser was met; it tells no place then
}

// opening is the place where an array or object begins that is still open.
type opening struct {
	words  string
	offset int
}

// Error is the reason and where it was found.
func (e *SyntaxError) Error() string {
	return "reading JSON at byte " + strconv.Itoa(e.Offset) + ": " + e.Reason()
}

// Reason is what Jackson says, with places as a person would say them.
func (e *SyntaxError) Reason() string {
	return e.says("line %d, column %d")
}

// Message is that of the exception, as the Jackson of Microcks 1.11.0 and later
// words it: the reason, and on a second line the place. It reaches a user where
// Microcks reads an input that nothing detects as an HTTP archive.
func (e *SyntaxError) Message() string {
	const source = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: %d, column: %d]"
	if e.limit {
		return e.says(source)
	}
	return e.says(source) + "\n at " + e.place(source, e.Offset)
}

func (e *SyntaxError) says(place string) string {
	if e.opened == nil {
		return e.words
	}
	return e.words + " (" + e.opened.words + " " + e.place(place, e.opened.offset) + ")"
}

// place words the line and column, from 1, of an offset, as the parser counts:
// in bytes, and a carriage return alone ends a line too.
func (e *SyntaxError) place(format string, offset int) string {
	line, start := 1, 0
	for i, c := range e.raw[:min(offset, len(e.raw))] {
		if c == '\n' || c == '\r' && (i+1 == len(e.raw) || e.raw[i+1] != '\n') {
			line, start = line+1, i+1
		}
	}
	return fmt.Sprintf(format, line, offset-start+1)
}

// exceeds fails on a limit of the parser.
func (p *parser) exceeds(offset int, words string) {
	p.end(SyntaxError{Offset: offset, words: words, limit: true})
}

const tooDeep = "Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)"

// lengthExceeded words a length beyond a limit.
func lengthExceeded(what, getter string, length, limit int) string {
	const words = "%s length (%d) exceeds the maximum allowed (%d, from `StreamReadConstraints.getMax%sLength()`)"
	return fmt.Sprintf(words, what, length, limit, getter)
}

const tokens = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

// unexpected fails on the byte at i, which the parser takes for a character.
func (p *parser) unexpected(i int, expectation string) {
	p.fail(i, "Unexpected character ("+describe(rune(p.raw[i]))+"): "+expectation)
}

// noValue fails where a value should begin.
func (p *parser) noValue(parent *node) {
	c := p.raw[p.pos]
	root, array := parent == nil, parent != nil && parent.kind == Array
	switch {
	case c == '/' || c < ' ':
		p.between()
	case root && (c == ']' || c == '}'):
		p.noComma(nil)
	case c == ']' && array, c == ',', c == '}':
		p.unexpected(p.pos, "expected a value")
	case c == '+' && p.pos+1 < len(p.raw) && '0' <= p.raw[p.pos+1] && p.raw[p.pos+1] <= '9':
		p.fail(p.pos+1, "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs: "+
			"enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow")
	case identifierStart(rune(c)):
		p.unknownToken()
	default:
		p.unexpected(p.pos, "expected a valid value "+tokens)
	}
}

// noName fails where a member's name should begin.
func (p *parser) noName() {
	if c := p.raw[p.pos]; c == '/' || c < ' ' {
		p.between()
		return
	}
	r, size := utf8.DecodeRune(p.raw[p.pos:])
	p.fail(p.pos+size-1, "Unexpected character ("+describe(r&0xFFFF)+"): was expecting double-quote to start field name")
}

// noColon fails on what follows a member's name.
func (p *parser) noColon() {
	if c := p.raw[p.pos]; c == '/' || c < ' ' {
		p.between()
		return
	}
	p.unexpected(p.pos, "was expecting a colon to separate field name and value")
}

// noComma fails on what follows a value, or on a close marker of another kind.
func (p *parser) noComma(n *node) {
	c := p.raw[p.pos]
	if c == '/' || c < ' ' {
		p.between()
		return
	}
	if c == ']' || c == '}' {
		what, other := "Array", "}"
		if c == '}' {
			what, other = "Object", "]"
		}
		if n == nil {
			p.fail(p.pos, fmt.Sprintf("Unexpected close marker '%c': no open %s to close", c, what))
			return
		}
		p.failIn(n, fmt.Sprintf("Unexpected close marker '%c': expected '%s'", c, other), "for "+containerName(n)+" starting at")
		return
	}
	p.unexpected(p.pos, "was expecting comma to separate "+containerName(n)+" entries")
}

// between fails on what may not stand between two tokens.
func (p *parser) between() {
	if p.raw[p.pos] == '/' {
		p.unexpected(p.pos, "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)")
		return
	}
	p.fail(p.pos+1, "Illegal character ("+describe(rune(p.raw[p.pos]))+"): only regular white space (\\r, \\n, \\t) is allowed between tokens")
}

// maxToken is how much of an unknown word the parser quotes.
const maxToken = 256

// unknownToken fails on a bare word. The parser takes its first byte for a
// character, and decodes the others.
func (p *parser) unknownToken() {
	rest := p.raw[p.pos:]
	for _, special := range []string{"NaN", "Infinity", "-Infinity", "-INF"} {
		if bytes.HasPrefix(rest, []byte(special)) && !p.runsOn(len(special)) {
			p.fail(p.pos+len(special), "Non-standard token '"+special+"': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow")
			return
		}
	}
	token := []rune{rune(rest[0])}
	i := 1
	for i < len(rest) && len(token) <= maxToken {
		if rest[i] >= 0x80 {
			if _, bad := laxSequence(rest[i:]); bad != "" {
				p.fail(p.pos+i+1, bad)
				return
			}
		}
		r, size := utf8.DecodeRune(rest[i:])
		if !identifierPart(r & 0xFFFF) {
			break
		}
		token = append(token, r&0xFFFF)
		i += size
	}
	word := string(token)
	if len(token) > maxToken {
		word = string(token[:maxToken]) + "..."
	}
	switch { // where the parser stands then
	case p.options.RefusesSurrogates:
		i = 0
	case len(token) > maxToken:
		i--
	case i < len(rest):
		i++
	}
	p.fail(p.pos+i, "Unrecognized token '"+word+"': was expecting "+tokens)
}

// identifierStart reports whether a Java identifier may begin with r.
func identifierStart(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Nl, unicode.Sc, unicode.Pc)
}

// identifierPart reports whether a Java identifier may hold r; ignorable control
// characters count.
func identifierPart(r rune) bool {
	return identifierStart(r) || unicode.In(r, unicode.Nd, unicode.Mc, unicode.Mn, unicode.Cf) ||
		0 <= r && r <= 8 || 0x0E <= r && r <= 0x1B || 0x7F <= r && r <= 0x9F
}

func containerName(n *node) string {
	if n.kind == Object {
		return "Object"
	}
	return "Array"
}

// failIn fails on what is still open.
func (p *parser) failIn(n *node, words, opened string) {
	p.end(SyntaxError{Offset: p.pos, words: words, opened: &opening{opened, int(n.start)}})
}

// unclosed fails on an input that ends where a container could have gone on.
func (p *parser) unclosed(n *node) {
	p.failIn(n, "Unexpected end-of-input: expected close marker for "+containerName(n), "start marker at")
}

// endBetween fails on an input that ends where something had to follow.
func (p *parser) endBetween(in *node) {
	if in == nil {
		p.fail(p.pos, "No content to map due to end-of-input")
		return
	}
	p.fail(p.pos, "Unexpected end-of-input within/between "+containerName(in)+" entries")
}

// describe names a character as the parser does.
func describe(r rune) string {
	switch {
	case r < ' ' || 0x7F <= r && r < 0xA0:
		return "(CTRL-CHAR, code " + strconv.Itoa(int(r)) + ")"
	case r > 255:
		return fmt.Sprintf("'%c' (code %d / 0x%x)", r, r, r)
	}
	return fmt.Sprintf("'%c' (code %d)", r, r)
}

// laxSequence is the length of the multi-byte sequence at the start of b, by
// the parser's own decoder, which accepts overlong forms; bad says what it
// refuses.
func laxSequence(b []byte) (n int, bad string) {
	switch c := b[0]; {
	case c&0xE0 == 0xC0:
		n = 2
	case c&0xF0 == 0xE0:
		n = 3
	case c&0xF8 == 0xF0:
		n = 4
	default:
		return 0, fmt.Sprintf("Invalid UTF-8 start byte 0x%x", c)
	}
	for i := 1; i < n; i++ {
		if i >= len(b) {
			return 0, "Unexpected end-of-input in VALUE_STRING"
		}
		if b[i]&0xC0 != 0x80 {
			return 0, badMiddleByte(b[i])
		}
	}
	return n, ""
}

func badMiddleByte(b byte) string { return fmt.Sprintf("Invalid UTF-8 middle byte 0x%x", b) }

// sequence is laxSequence, with surrogates refused by newer parsers.
func (p *parser) sequence(b []byte) (n int, bad string) {
	n, bad = laxSequence(b)
	if n == 3 && b[0] == 0xED && b[1] >= 0xA0 && p.options.RefusesSurrogates {
		return 0, "Invalid UTF-8: surrogate"
	}
	return n, bad
}
