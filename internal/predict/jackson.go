package predict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/java"
)

// This file reads JSON as the server's parser (Jackson) does: text after the
// first value is ignored, of two members of one name the last value counts at
// the place of the first, numbers keep their kind, and strings may hold
// surrogates that have no partner.

// Limits of the server's parser.
const (
	maxDepth     = 1000   // nested arrays and objects
	maxNumberLen = 1000   // digits of one number
	maxNameLen   = 50_000 // characters of one member's name; servers from 1.11.0
)

type kind uint8

const (
	missing kind = iota
	nullKind
	boolKind
	intKind
	floatKind
	textKind
	arrayKind
	objectKind
)

// node is one value of a document. Text stays undecoded in the input until it
// is asked for.
type node struct {
	parent, first, next *node
	start, end          uint32 // span of the value, quotes and brackets included
	name, nameEnd       uint32 // span of a member's name without quotes; name is an element's index
	size                uint32 // members or elements
	kind                kind
	escaped             bool // the text holds a backslash
	nameEscaped         bool
}

// document is a parsed input.
type document struct {
	raw  []byte
	root *node
	lax  bool // not all of raw is valid UTF-8
	lone bool // a text that was asked for holds a surrogate without a partner
}

// value is a node that may be absent: a nil node answers as Jackson's missing
// node does.
type value struct {
	doc *document
	n   *node
}

func (d *document) value() value { return value{d, d.root} }

func (v value) kind() kind {
	if v.n == nil {
		return missing
	}
	return v.n.kind
}

func (v value) exists() bool { return v.n != nil }

// at is the member of that name; missing when there is none or v is no object.
func (v value) at(name string) value {
	if v.n == nil || v.n.kind != objectKind {
		return value{v.doc, nil}
	}
	for m := v.n.first; m != nil; m = m.next {
		if v.doc.named(m, name) {
			return value{v.doc, m}
		}
	}
	return value{v.doc, nil}
}

// has says whether v is an object with that member, null included.
func (v value) has(name string) bool { return v.at(name).n != nil }

// elements are the values of an array or of an object's members, in order.
func (v value) elements(yield func(int, value) bool) {
	if v.n == nil {
		return
	}
	i := 0
	for m := v.n.first; m != nil; m = m.next {
		if !yield(i, value{v.doc, m}) {
			return
		}
		i++
	}
}

func (v value) size() int {
	if v.n == nil {
		return 0
	}
	return int(v.n.size)
}

// asText is the value as text: "null" for null, "" for what is absent, an
// array or an object; numbers and booleans as Java prints them.
func (v value) asText() string {
	switch v.kind() {
	case textKind:
		return v.doc.text(v.n.start+1, v.n.end-1, v.n.escaped)
	case nullKind:
		return "null"
	case boolKind:
		return string(v.doc.raw[v.n.start:v.n.end])
	case intKind:
		return java.FormatInteger(string(v.doc.raw[v.n.start:v.n.end]))
	case floatKind:
		return java.FormatDouble(string(v.doc.raw[v.n.start:v.n.end]))
	}
	return ""
}

// asTextOr is asText with another answer for null and absent values.
func (v value) asTextOr(absent string) string {
	switch v.kind() {
	case nullKind, missing:
		return absent
	}
	return v.asText()
}

// isText says whether v is a JSON string.
func (v value) isText() bool { return v.kind() == textKind }

func (d *document) named(m *node, name string) bool {
	if !m.nameEscaped {
		return string(d.raw[m.name:m.nameEnd]) == name
	}
	return d.text(m.name, m.nameEnd, true) == name
}

func (d *document) memberName(m *node) string {
	return d.text(m.name, m.nameEnd, m.nameEscaped)
}

// text decodes what stands between two quotes. Surrogates without a partner
// are kept as three bytes, as UTF-8 would have them if it could.
func (d *document) text(start, end uint32, escaped bool) string {
	in := d.raw[start:end]
	if !escaped && !d.lax {
		return string(in)
	}
	var b strings.Builder
	b.Grow(len(in))
	for i := 0; i < len(in); {
		c := in[i]
		if d.lax && c >= 0x80 {
			i += d.writeLax(&b, in[i:])
			continue
		}
		if c != '\\' {
			j := i + 1
			for j < len(in) && in[j] != '\\' && (!d.lax || in[j] < 0x80) {
				j++
			}
			b.Write(in[i:j])
			i = j
			continue
		}
		i++
		switch c = in[i]; c {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			u := hex4(in[i+1:])
			i += 4
			if java.IsHighSurrogate(u) && i+6 < len(in) && in[i+1] == '\\' && in[i+2] == 'u' {
				if low := hex4(in[i+3:]); java.IsLowSurrogate(low) {
					u = 0x10000 + (u-0xD800)<<10 + (low - 0xDC00)
					i += 6
				}
			}
			d.lone = d.lone || java.IsHighSurrogate(u) || java.IsLowSurrogate(u)
			java.WriteCodePoint(&b, u)
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String()
}

func hex4(in []byte) rune {
	var u rune
	for _, c := range in[:4] {
		u = u<<4 | rune(java.HexDigit(c))
	}
	return u
}

// syntaxError is where and why the server's parser gives up.
type syntaxError struct {
	offset int
	reason string // as Jackson words it, without the place
}

func (e *syntaxError) Error() string {
	return "reading JSON at byte " + strconv.Itoa(e.offset) + ": " + e.reason
}

// parser builds a document. Nodes come from chunks, so that a large input
// costs few allocations.
type parser struct {
	raw       []byte
	pos       int
	depth     int
	lax       bool // the input is not valid UTF-8: look at every sequence
	behaviour behaviour
	chunk     []node
	err       *syntaxError
	token     string           // the last one before a number, as Jackson names it
	repeats   map[string]*node // names of one large object, reused
}

// parse reads the first JSON value of raw; what follows is ignored. An input
// of white space alone has no root.
func parse(raw []byte, b behaviour) (*document, *syntaxError) {
	p := &parser{raw: raw, lax: !utf8.Valid(raw), behaviour: b, token: "null"}
	if len(raw) >= 4 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF {
		p.pos = 3
	}
	d := &document{raw: raw, lax: p.lax}
	p.space()
	if p.pos >= len(raw) {
		return d, nil
	}
	d.root = p.value(nil)
	if p.err != nil {
		return nil, p.err
	}
	return d, nil
}

func (p *parser) node() *node {
	if len(p.chunk) == 0 {
		p.chunk = make([]node, min(max(64, (len(p.raw)-p.pos)/48), 4096))
	}
	n := &p.chunk[0]
	p.chunk = p.chunk[1:]
	return n
}

func (p *parser) fail(offset int, reason string) *node {
	if p.err == nil {
		p.err = &syntaxError{offset, reason}
	}
	return nil
}

func (p *parser) space() {
	for p.pos < len(p.raw) && jsonSpace(p.raw[p.pos]) {
		p.pos++
	}
}

func jsonSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) value(parent *node) *node {
	if p.pos >= len(p.raw) {
		return p.fail(p.pos, p.endBetween(parent))
	}
	n := p.node()
	n.parent, n.start = parent, uint32(p.pos)
	switch c := p.raw[p.pos]; {
	case c == '"':
		n.kind = textKind
		n.escaped = p.str(maxInt)
	case c == '{':
		p.object(n)
	case c == '[':
		p.array(n)
	case c == '-' || '0' <= c && c <= '9':
		p.number(n)
	case c == 't':
		p.literal(n, "true", boolKind)
	case c == 'f':
		p.literal(n, "false", boolKind)
	case c == 'n':
		p.literal(n, "null", nullKind)
	default:
		p.noValue(parent)
	}
	n.end = uint32(p.pos)
	if p.err != nil {
		return nil
	}
	p.token = tokenNames[n.kind]
	if n.kind == boolKind && p.raw[n.start] == 'f' {
		p.token = "VALUE_FALSE"
	}
	return n
}

// tokenNames are Jackson's names of a value's last token.
var tokenNames = [...]string{
	nullKind: "VALUE_NULL", boolKind: "VALUE_TRUE", intKind: "VALUE_NUMBER_INT", floatKind: "VALUE_NUMBER_FLOAT",
	textKind: "VALUE_STRING", arrayKind: "END_ARRAY", objectKind: "END_OBJECT",
}

const maxInt = int(^uint(0) >> 1)

func (p *parser) object(n *node) {
	n.kind = objectKind
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, tooDeep)
		return
	}
	p.pos++
	var last *node
	for p.space(); ; p.space() {
		if p.pos >= len(p.raw) {
			p.fail(p.pos, p.endOfInput(n))
			return
		}
		c := p.raw[p.pos]
		if c == '}' && last == nil {
			break
		}
		if last != nil {
			if c == '}' {
				break
			}
			if c != ',' {
				p.noComma(n)
				return
			}
			p.pos++
			p.space()
			if p.pos >= len(p.raw) {
				p.fail(p.pos, p.endBetween(n))
				return
			}
			c = p.raw[p.pos]
		} else if c == ']' {
			p.noComma(n)
			return
		}
		if c != '"' {
			p.noName()
			return
		}
		nameStart := p.pos + 1
		nameEscaped := p.str(maxNameLen)
		if p.err != nil {
			return
		}
		nameEnd := p.pos - 1
		p.space()
		if p.pos >= len(p.raw) {
			p.fail(p.pos, p.endBetween(n))
			return
		}
		if p.raw[p.pos] != ':' {
			p.noColon()
			return
		}
		p.pos++
		p.space()
		p.token = "FIELD_NAME"
		m := p.value(n)
		if m == nil {
			return
		}
		m.name, m.nameEnd, m.nameEscaped = uint32(nameStart), uint32(nameEnd), nameEscaped
		switch {
		case last == nil:
			n.first, n.size = m, 1
			last = m
		default:
			if old := p.earlier(n, m); old != nil {
				takeOver(old, m)
				continue
			}
			last.next = m
			last = m
			n.size++
		}
	}
	p.pos++
	p.depth--
}

// earlier is the member of n that bears the name of m already, if any.
func (p *parser) earlier(n, m *node) *node {
	if !m.nameEscaped && n.size < 32 {
		length := m.nameEnd - m.name
		c := byte(0)
		if length > 0 {
			c = p.raw[m.name]
		}
		for o := n.first; o != nil; o = o.next {
			if o.nameEscaped {
				if p.decoded(o) == p.decoded(m) {
					return o
				}
				continue
			}
			if o.nameEnd-o.name == length && (length == 0 || p.raw[o.name] == c) &&
				string(p.raw[o.name:o.nameEnd]) == string(p.raw[m.name:m.nameEnd]) {
				return o
			}
		}
		return nil
	}
	return p.earlierOfMany(n, m)
}

// earlierOfMany is earlier for objects of many members: names are looked up in
// a map that belongs to the object read last.
func (p *parser) earlierOfMany(n, m *node) *node {
	if n.size < 32 {
		want := p.decoded(m)
		for o := n.first; o != nil; o = o.next {
			if p.decoded(o) == want {
				return o
			}
		}
		return nil
	}
	if p.repeats == nil || p.repeats[largeOwner] != n || len(p.repeats) != int(n.size)+1 {
		p.repeats = make(map[string]*node, 2*n.size)
		p.repeats[largeOwner] = n
		for o := n.first; o != nil; o = o.next {
			p.repeats[p.decoded(o)] = o
		}
	}
	key := p.decoded(m)
	if old, ok := p.repeats[key]; ok && key != largeOwner {
		return old
	}
	p.repeats[key] = m
	return nil
}

// largeOwner cannot be a name: it is not valid in any encoding that decodes.
const largeOwner = "\xff\xfe owner"

func (p *parser) decoded(m *node) string {
	d := document{raw: p.raw}
	return d.text(m.name, m.nameEnd, m.nameEscaped)
}

// takeOver puts the value of a repeated member in the place of the first one.
func takeOver(old, m *node) {
	old.first, old.size, old.kind, old.escaped = m.first, m.size, m.kind, m.escaped
	old.start, old.end = m.start, m.end
	old.name, old.nameEnd, old.nameEscaped = m.name, m.nameEnd, m.nameEscaped
	for c := old.first; c != nil; c = c.next {
		c.parent = old
	}
}

func (p *parser) array(n *node) {
	n.kind = arrayKind
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, tooDeep)
		return
	}
	p.pos++
	p.token = "START_ARRAY"
	var last *node
	for p.space(); ; p.space() {
		if p.pos >= len(p.raw) {
			p.fail(p.pos, p.endOfInput(n))
			return
		}
		c := p.raw[p.pos]
		if c == ']' {
			break
		}
		if last != nil {
			if c != ',' {
				p.noComma(n)
				return
			}
			p.pos++
			p.space()
		} else if c == '}' {
			p.noComma(n)
			return
		}
		m := p.value(n)
		if m == nil {
			return
		}
		if last == nil {
			n.first = m
		} else {
			last.next = m
		}
		last = m
		m.name = n.size
		n.size++
	}
	p.pos++
	p.depth--
}

// plainByte marks the bytes that a string may hold as they are.
var plainByte = func() (t [256]bool) {
	for i := range t {
		t[i] = i >= 0x20 && i != '"' && i != '\\'
	}
	return
}()

// str reads a string from its opening quote on and says whether it holds a
// backslash.
func (p *parser) str(limit int) (escaped bool) {
	start := p.pos
	i := p.pos + 1
	for {
		for i < len(p.raw) && plainByte[p.raw[i]] {
			if p.lax && p.raw[i] >= 0x80 {
				n, bad := p.sequence(p.raw[i:])
				if bad != "" {
					p.fail(i, bad)
					return
				}
				i += n
				continue
			}
			i++
		}
		if i >= len(p.raw) {
			switch {
			case limit != maxNameLen:
				p.fail(len(p.raw), "Unexpected end-of-input in VALUE_STRING")
			case i == start+1:
				p.fail(len(p.raw), "Unexpected end-of-input: was expecting closing '\"' for name")
			default:
				p.fail(len(p.raw), "Unexpected end-of-input in field name")
			}
			return
		}
		switch c := p.raw[i]; c {
		case '"':
			p.pos = i + 1
			if limit == maxNameLen {
				p.refuseName(start, i, escaped)
			}
			return
		case '\\':
			escaped = true
			if i+1 >= len(p.raw) {
				p.fail(len(p.raw), "Unexpected end-of-input in character escape sequence")
				return
			}
			switch e := p.raw[i+1]; e {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			case 'u':
				for j := i + 2; j < i+6; j++ {
					if j >= len(p.raw) {
						p.fail(len(p.raw), "Unexpected end-of-input in character escape sequence")
						return
					}
					if java.HexDigit(p.raw[j]) < 0 {
						p.unexpected(j, "expected a hex-digit for character escape sequence")
						return
					}
				}
				i += 6
			default:
				r, size := utf8.DecodeRune(p.raw[i+1:])
				p.fail(i+size, "Unrecognized character escape "+describe(r&0xFFFF))
				return
			}
		default:
			in := "string value"
			if limit == maxNameLen {
				in = "name"
			}
			p.fail(i, "Illegal unquoted character ((CTRL-CHAR, code "+strconv.Itoa(int(c))+")): has to be escaped using backslash to be included in "+in)
			return
		}
	}
}

// refuseName fails on a member's name that stands between two quotes and that
// the parser does not take. Newer ones refuse every escaped surrogate there,
// the two of a pair as well.
func (p *parser) refuseName(start, end int, escaped bool) {
	if p.behaviour.limitsNames && end-start-1 > maxNameLen {
		p.fail(start, limitExceeded("Name", end-start-1, maxNameLen))
		return
	}
	if !escaped || !p.behaviour.refusesSurrogates {
		return
	}
	for i := start + 1; i < end; i++ {
		if p.raw[i] != '\\' {
			continue
		}
		if i++; p.raw[i] == 'u' {
			if u := hex4(p.raw[i+1:]); java.IsHighSurrogate(u) || java.IsLowSurrogate(u) {
				p.fail(end+1, fmt.Sprintf("Invalid UTF-8: Illegal surrogate character 0x%x", u))
				return
			}
		}
	}
}

func (p *parser) number(n *node) {
	n.kind = intKind
	i, count := p.pos, 0
	digits := func() bool {
		from := i
		for i < len(p.raw) && '0' <= p.raw[i] && p.raw[i] <= '9' {
			i++
		}
		count += i - from
		return i > from
	}
	if p.raw[i] == '-' {
		if i++; i < len(p.raw) && p.raw[i] == '.' {
			p.unexpected(i, "expected a valid value "+tokens)
			return
		} else if i+1 < len(p.raw) && p.raw[i] == 'I' && (p.raw[i+1] == 'n' || p.raw[i+1] == 'N') {
			p.unknownToken()
			return
		}
	}
	from := i
	if !digits() {
		p.inNumber(i, "expected digit (0-9) to follow minus sign, for valid numeric value")
		return
	}
	if p.raw[from] == '0' && i-from > 1 {
		p.fail(from+1, "Invalid numeric value: Leading zeroes not allowed")
		return
	}
	if i < len(p.raw) && p.raw[i] == '.' {
		n.kind = floatKind
		i++
		if !digits() {
			p.inNumber(min(i, len(p.raw)-1), "Decimal point not followed by a digit")
			return
		}
	}
	if i < len(p.raw) && (p.raw[i] == 'e' || p.raw[i] == 'E') {
		n.kind = floatKind
		i++
		if i < len(p.raw) && (p.raw[i] == '+' || p.raw[i] == '-') {
			i++
		}
		if !digits() {
			p.inNumber(i, "Exponent indicator not followed by a digit")
			return
		}
	}
	if p.depth == 0 && i < len(p.raw) && !jsonSpace(p.raw[i]) {
		p.unexpected(i, "Expected space separating root-level values")
		return
	}
	if count > maxNumberLen {
		p.fail(p.pos, limitExceeded("Number value", count, maxNumberLen))
		return
	}
	p.pos = i
}

// inNumber fails on the character at i, or on the end of the input.
func (p *parser) inNumber(i int, expectation string) {
	if i >= len(p.raw) {
		p.fail(i, "Unexpected end-of-input in "+p.token)
		return
	}
	p.fail(i, "Unexpected character ("+describe(rune(p.raw[i]))+") in numeric value: "+expectation)
}

func (p *parser) literal(n *node, word string, k kind) {
	rest := p.raw[p.pos:]
	if len(rest) < len(word) || string(rest[:len(word)]) != word {
		p.unknownToken()
		return
	}
	if p.runsOn(len(word)) {
		p.unknownToken()
		return
	}
	n.kind = k
	p.pos += len(word)
}

// runsOn says whether the word of that length goes on. The parser looks at what
// follows it only from "0" on, and reads what is not ASCII from the wrong place.
func (p *parser) runsOn(length int) bool {
	after := p.raw[p.pos+length:]
	if len(after) > 0 && after[0] >= 0x80 {
		p.fail(p.pos+length+1, fmt.Sprintf("Invalid UTF-8 middle byte 0x%x", after[0]))
		return false
	}
	return len(after) > 0 && after[0] >= '0' && identifierPart(rune(after[0]))
}
