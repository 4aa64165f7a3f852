package predict

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// This file words syntax errors as the server's parser does. They reach a user
// only where a server reads unknown content as an HTTP archive.

const tooDeep = "Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)"

// odd fails on the character at the parser's place.
func (p *parser) odd(expectation string) {
	if p.pos >= len(p.raw) {
		p.fail(p.pos, "Unexpected end-of-input")
		return
	}
	c := p.raw[p.pos]
	if expectation == wantValue && (c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80) {
		if p.unknownToken() {
			return
		}
	}
	p.fail(p.pos, "Unexpected character ("+charDesc(p.raw[p.pos:])+"): "+expectation)
}

// unknownToken fails on a bare word, quoting it.
func (p *parser) unknownToken() bool {
	r, _ := utf8.DecodeRune(p.raw[p.pos:])
	if !unicode.IsLetter(r) && r != '_' && r != '$' {
		return false
	}
	end := p.pos
	for n := 0; end < len(p.raw) && n < 256 && javaIdentifierPart(p.raw[end:]); n++ {
		_, size := utf8.DecodeRune(p.raw[end:])
		end += size
	}
	p.fail(end, "Unrecognized token '"+string(p.raw[p.pos:end])+"': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
	return true
}

func (p *parser) endOfInput(in *node) string {
	if in == nil {
		return "No content to map due to end-of-input"
	}
	what := "Array"
	if in.kind == objectKind {
		what = "Object"
	}
	line, column := p.place(int(in.start))
	return fmt.Sprintf("Unexpected end-of-input: expected close marker for %s (start marker at [Source: %%s; line: %d, column: %d])", what, line, column)
}

// place is the line and column, from 1, of an offset, as Jackson counts: bytes.
func (p *parser) place(offset int) (line, column int) {
	before := p.raw[:min(offset, len(p.raw))]
	return 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')
}

// charDesc names the first character of b as Jackson does.
func charDesc(b []byte) string {
	r, _ := utf8.DecodeRune(b)
	if r < ' ' || 0x7F <= r && r < 0xA0 {
		return "(CTRL-CHAR, code " + strconv.Itoa(int(r)) + ")"
	}
	if r > 255 {
		return fmt.Sprintf("'%c' (code %d / 0x%x)", r, r, r)
	}
	return fmt.Sprintf("'%c' (code %d)", r, r)
}

// laxSequence is the length of the multi-byte sequence at the start of b, by
// the parser's own decoder, which accepts overlong forms and surrogates; bad
// says what it refuses.
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
			return 0, fmt.Sprintf("Invalid UTF-8 middle byte 0x%x", b[i])
		}
	}
	return n, ""
}

// harSyntaxError is the message of a syntax error as the HTTP archive reader
// lets it through; unknown when this reader cannot word it.
func harSyntaxError(raw []byte, err *syntaxError) (message string, unknown bool) {
	return err.reason, true
}
