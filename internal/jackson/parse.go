package jackson

import (
	"strconv"
	"unicode/utf8"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
)

// Limits of the parser (StreamReadConstraints).
const (
	maxDepth     = 1000   // nested arrays and objects
	maxNumberLen = 1000   // digits of one number
	maxNameLen   = 50_000 // characters of one member's name, see [Options]
)

// Options are the ways in which the releases of Jackson that Microcks brings
// differ. The zero value is the oldest.
type Options struct {
	// LimitsNames: a member's name may have 50,000 characters at most (Microcks
	// 1.11.0 and later).
	LimitsNames bool
	// RefusesSurrogates: surrogates that are encoded one by one are refused, and
	// unknown words are placed at their start (Microcks 1.15.0).
	RefusesSurrogates bool
}

// Parse reads the first JSON value of raw, which must not change any more; what
// follows is ignored. An input of white space alone has no value: the root is
// missing. The error is a [*SyntaxError].
func Parse(raw []byte, o Options) (*Document, error) { return ParseWithin(nil, raw, o) }

// ParseWithin is [Parse] with its work and memory charged to a meter, which can
// end it.
func ParseWithin(m *budget.Meter, raw []byte, o Options) (*Document, error) {
	m.Work(len(raw) / bytesInWork)
	p := &parser{meter: m, raw: raw, lax: !utf8.Valid(raw), options: o, token: "null"}
	if len(raw) >= 4 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF {
		p.pos = 3
	}
	p.space()
	var root *node
	if p.pos < len(p.raw) {
		root = p.value(nil)
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Document{raw: raw, root: root, lax: p.lax, lone: p.lax || p.lone, wide: p.wide}, nil
}

// What reading costs.
const (
	bytesInWork = 8  // bytes that are read in a unit of work
	nodeBytes   = 72 // of memory that a value takes
	memberBytes = 96 // of memory that a name takes, in an object of many members
	chunkNodes  = 4096
)

// parser builds a document. Nodes come from chunks, so that a large input
// costs few allocations.
type parser struct {
	meter   *budget.Meter
	raw     []byte
	pos     int
	depth   int
	lax     bool // the input is not valid UTF-8: look at every sequence
	lone    bool // an escaped surrogate has no partner
	options Options
	chunk   []node
	err     *SyntaxError
	token   string // the last one before a number, as Jackson names it
	wide    map[*node]map[string]*node
}

func (p *parser) node() *node {
	if len(p.chunk) == 0 {
		p.chunk = make([]node, min(max(64, (len(p.raw)-p.pos)/48), chunkNodes))
		p.meter.Memory(len(p.chunk) * nodeBytes)
		p.meter.Work(2 * len(p.chunk))
	}
	n := &p.chunk[0]
	p.chunk = p.chunk[1:]
	return n
}

// end ends the reading; the first reason for it counts.
func (p *parser) end(because SyntaxError) {
	if p.err == nil {
		because.raw = p.raw
		p.err = &because
	}
}

func (p *parser) fail(offset int, words string) { p.end(SyntaxError{Offset: offset, words: words}) }

func (p *parser) space() {
	for p.pos < len(p.raw) && jsonSpace(p.raw[p.pos]) {
		p.pos++
	}
}

func jsonSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) value(parent *node) *node {
	if p.pos >= len(p.raw) {
		p.endBetween(parent)
		return nil
	}
	n := p.node()
	n.parent, n.start = parent, uint32(p.pos)
	switch c := p.raw[p.pos]; {
	case c == '"':
		n.kind = Text
		n.escaped = p.str(false)
	case c == '{':
		p.object(n)
	case c == '[':
		p.array(n)
	case c == '-' || '0' <= c && c <= '9':
		p.number(n)
	case c == 't':
		p.literal(n, "true", Bool)
	case c == 'f':
		p.literal(n, "false", Bool)
	case c == 'n':
		p.literal(n, "null", Null)
	default:
		p.noValue(parent)
	}
	n.end = uint32(p.pos)
	if p.err != nil {
		return nil
	}
	p.token = tokenNames[n.kind]
	if n.kind == Bool && p.raw[n.start] == 'f' {
		p.token = "VALUE_FALSE"
	}
	return n
}

// tokenNames are Jackson's names of a value's last token.
var tokenNames = [...]string{
	Null: "VALUE_NULL", Bool: "VALUE_TRUE", Int: "VALUE_NUMBER_INT", Float: "VALUE_NUMBER_FLOAT",
	Text: "VALUE_STRING", Array: "END_ARRAY", Object: "END_OBJECT",
}

func (p *parser) object(n *node) {
	n.kind = Object
	if p.depth++; p.depth > maxDepth {
		p.exceeds(p.pos, tooDeep)
		return
	}
	p.pos++
	var last *node
	var names map[string]*node // of an object with many members
	for p.toMember(n, last == nil) {
		m := p.member(n)
		if m == nil {
			return
		}
		if last == nil {
			n.first, n.size = m, 1
			last = m
			continue
		}
		if n.size == many && names == nil {
			names = p.widen(n)
		}
		if old := p.earlier(n, m, names); old != nil {
			p.takeOver(old, m)
			continue
		}
		last.next = m
		last = m
		n.size++
	}
	if p.err != nil {
		return
	}
	p.pos++
	p.depth--
}

// toMember moves on to the quote at which the next member of n begins. It
// reports false at the end of the object and when something else is there,
// which is an error.
func (p *parser) toMember(n *node, first bool) bool {
	p.space()
	if p.pos >= len(p.raw) {
		p.unclosed(n)
		return false
	}
	switch c := p.raw[p.pos]; {
	case c == '}':
		return false
	case first && c == ']', !first && c != ',':
		p.noComma(n)
		return false
	}
	if !first {
		p.pos++
		p.space()
		if p.pos >= len(p.raw) {
			p.endBetween(n)
			return false
		}
	}
	if p.raw[p.pos] != '"' {
		p.noName()
		return false
	}
	return true
}

// member reads a member of n from its opening quote on: name, colon and value.
// It is nil when one of them is wrong.
func (p *parser) member(n *node) *node {
	nameStart := p.pos + 1
	nameEscaped := p.str(true)
	if p.err != nil {
		return nil
	}
	nameEnd := p.pos - 1
	p.space()
	if p.pos >= len(p.raw) {
		p.endBetween(n)
		return nil
	}
	if p.raw[p.pos] != ':' {
		p.noColon()
		return nil
	}
	p.pos++
	p.space()
	p.token = "FIELD_NAME"
	m := p.value(n)
	if m != nil {
		m.name, m.nameEnd, m.nameEscaped = uint32(nameStart), uint32(nameEnd), nameEscaped
	}
	return m
}

// many is how many members are searched one by one. An object with more has a map
// of them.
const many = 32

// widen gives an object the map of its members.
func (p *parser) widen(n *node) map[string]*node {
	if p.wide == nil {
		p.wide = map[*node]map[string]*node{}
	}
	names := make(map[string]*node, 2*many)
	for m := n.first; m != nil; m = m.next {
		names[p.decoded(m)] = m
	}
	p.wide[n] = names
	p.meter.Memory(many * memberBytes)
	return names
}

// earlier is the member of n that bears the name of m already, if any.
func (p *parser) earlier(n, m *node, names map[string]*node) *node {
	if names != nil {
		name := p.decoded(m)
		if old := names[name]; old != nil {
			return old
		}
		names[name] = m
		p.meter.Memory(memberBytes + len(name))
		return nil
	}
	if m.nameEscaped {
		want := p.decoded(m)
		for o := n.first; o != nil; o = o.next {
			if p.decoded(o) == want {
				return o
			}
		}
		return nil
	}
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

func (p *parser) decoded(m *node) string {
	d := Document{raw: p.raw}
	return d.text(m.name, m.nameEnd, m.nameEscaped)
}

// takeOver puts the value of a repeated member in the place of the first one.
func (p *parser) takeOver(old, m *node) {
	if names := p.wide[m]; names != nil {
		p.wide[old] = names
		delete(p.wide, m)
	}
	old.first, old.size, old.kind, old.escaped = m.first, m.size, m.kind, m.escaped
	old.start, old.end = m.start, m.end
	old.name, old.nameEnd, old.nameEscaped = m.name, m.nameEnd, m.nameEscaped
	for c := old.first; c != nil; c = c.next {
		c.parent = old
	}
}

func (p *parser) array(n *node) {
	n.kind = Array
	if p.depth++; p.depth > maxDepth {
		p.exceeds(p.pos, tooDeep)
		return
	}
	p.pos++
	p.token = "START_ARRAY"
	var last *node
	for p.space(); ; p.space() {
		if p.pos >= len(p.raw) {
			p.unclosed(n)
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

// plain marks the bytes that a string may hold as they are; plainASCII those
// among them that need no look at what follows.
var plain, plainASCII = plainBytes(0x100), plainBytes(0x80)

func plainBytes(below int) (t [256]bool) {
	for i := 0x20; i < below; i++ {
		t[i] = i != '"' && i != '\\'
	}
	return t
}

// str reads a string, which may be a member's name, from its opening quote on,
// and reports whether it holds a backslash.
func (p *parser) str(name bool) (escaped bool) {
	raw, start, asIs := p.raw, p.pos, &plain
	if p.lax {
		asIs = &plainASCII
	}
	i := start + 1
	for p.err == nil {
		for i < len(raw) && asIs[raw[i]] {
			i++
		}
		if i >= len(raw) {
			p.endInString(name, i == start+1)
			break
		}
		switch c := raw[i]; {
		case c == '"':
			p.pos = i + 1
			if name {
				p.refuseName(start, i, escaped)
			}
			return escaped
		case c == '\\':
			escaped = true
			i += p.escape(i)
		case c >= 0x80:
			n, bad := p.sequence(raw[i:])
			if bad != "" {
				p.fail(i, bad)
			}
			i += n
		default:
			in := "string value"
			if name {
				in = "name"
			}
			p.fail(i, "Illegal unquoted character ("+describe(rune(c))+"): has to be escaped using backslash to be included in "+in)
		}
	}
	return escaped
}

// endInString fails on an input that ends inside a string.
func (p *parser) endInString(name, empty bool) {
	switch {
	case !name:
		p.fail(len(p.raw), "Unexpected end-of-input in VALUE_STRING")
	case empty:
		p.fail(len(p.raw), "Unexpected end-of-input: was expecting closing '\"' for name")
	default:
		p.fail(len(p.raw), "Unexpected end-of-input in field name")
	}
}

// escape reads what a backslash at i begins, a pair of surrogates as a whole, and
// returns its length.
func (p *parser) escape(i int) int {
	if i+1 >= len(p.raw) {
		p.endInEscape()
		return 0
	}
	switch p.raw[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
	default:
		r, size := utf8.DecodeRune(p.raw[i+1:])
		p.fail(i+size, "Unrecognized character escape "+describe(r&0xFFFF))
		return 0
	}
	for j := i + 2; j < i+6; j++ {
		if j >= len(p.raw) {
			p.endInEscape()
			return 0
		}
		if java.HexDigit(p.raw[j]) < 0 {
			p.unexpected(j, "expected a hex-digit for character escape sequence")
			return 0
		}
	}
	switch u := hex4(p.raw[i+2:]); {
	case java.IsHighSurrogate(u) && p.lowNext(i+6):
		return 12
	case java.IsHighSurrogate(u) || java.IsLowSurrogate(u):
		p.lone = true
	}
	return 6
}

func (p *parser) endInEscape() {
	p.fail(len(p.raw), "Unexpected end-of-input in character escape sequence")
}

// lowNext reports whether an escape of a low surrogate stands at i.
func (p *parser) lowNext(i int) bool {
	return i+6 <= len(p.raw) && p.raw[i] == '\\' && p.raw[i+1] == 'u' && java.IsLowSurrogate(hex4(p.raw[i+2:]))
}

// refuseName fails on a member's name that stands between two quotes and that
// the parser does not take. Newer ones refuse every escaped surrogate there,
// the two of a pair as well.
func (p *parser) refuseName(start, end int, escaped bool) {
	if p.options.LimitsNames && end-start-1 > maxNameLen {
		p.exceeds(start, lengthExceeded("Name", "Name", end-start-1, maxNameLen))
		return
	}
	if !escaped || !p.options.RefusesSurrogates {
		return
	}
	for i := start + 1; i < end; i++ {
		if p.raw[i] != '\\' {
			continue
		}
		if i++; p.raw[i] == 'u' {
			if u := hex4(p.raw[i+1:]); java.IsHighSurrogate(u) || java.IsLowSurrogate(u) {
				p.fail(end+1, "Invalid UTF-8: Illegal surrogate character 0x"+strconv.FormatInt(int64(u), 16))
				return
			}
		}
	}
}

func (p *parser) number(n *node) {
	n.kind = Int
	start := p.afterMinus()
	if p.err != nil {
		return
	}
	i := p.afterDigits(start)
	switch {
	case i == start:
		p.inNumber(i, "expected digit (0-9) to follow minus sign, for valid numeric value")
		return
	case p.raw[start] == '0' && i-start > 1:
		p.fail(start+1, "Invalid numeric value: Leading zeroes not allowed")
		return
	}
	digits := i - start
	i, ofFraction := p.fraction(i)
	i, ofExponent := p.exponent(i)
	if p.err != nil {
		return
	}
	if ofFraction+ofExponent > 0 {
		n.kind = Float
		digits += ofFraction + ofExponent
	}
	if p.depth == 0 && i < len(p.raw) && !jsonSpace(p.raw[i]) {
		p.unexpected(i, "Expected space separating root-level values")
		return
	}
	if digits > maxNumberLen {
		p.exceeds(p.pos, lengthExceeded("Number value", "Number", digits, maxNumberLen))
		return
	}
	p.pos = i
}

// afterMinus is where the digits of the number begin. It fails on what the parser
// tells apart from other characters after a minus sign: a point, and the "-INF"
// or "-Infinity" that other settings allow.
func (p *parser) afterMinus() int {
	i := p.pos
	if p.raw[i] != '-' {
		return i
	}
	i++
	switch {
	case i < len(p.raw) && p.raw[i] == '.':
		p.unexpected(i, "expected a valid value "+tokens)
	case i+1 < len(p.raw) && p.raw[i] == 'I' && (p.raw[i+1] == 'n' || p.raw[i+1] == 'N'):
		p.unknownToken()
	}
	return i
}

func (p *parser) afterDigits(i int) int {
	for i < len(p.raw) && '0' <= p.raw[i] && p.raw[i] <= '9' {
		i++
	}
	return i
}

// fraction reads the decimal point at i and what belongs to it, if there is one.
func (p *parser) fraction(i int) (end, digits int) {
	if i >= len(p.raw) || p.raw[i] != '.' {
		return i, 0
	}
	i++
	end = p.afterDigits(i)
	if end == i {
		p.inNumber(min(i, len(p.raw)-1), "Decimal point not followed by a digit")
	}
	return end, end - i
}

// exponent reads the "e" at i and what belongs to it, if there is one.
func (p *parser) exponent(i int) (end, digits int) {
	if i >= len(p.raw) || p.raw[i] != 'e' && p.raw[i] != 'E' {
		return i, 0
	}
	i++
	if i < len(p.raw) && (p.raw[i] == '+' || p.raw[i] == '-') {
		i++
	}
	end = p.afterDigits(i)
	if end == i {
		p.inNumber(i, "Exponent indicator not followed by a digit")
	}
	return end, end - i
}

// inNumber fails on the character at i, or on the end of the input.
func (p *parser) inNumber(i int, expectation string) {
	if i >= len(p.raw) {
		p.fail(i, "Unexpected end-of-input in "+p.token)
		return
	}
	p.fail(i, "Unexpected character ("+describe(rune(p.raw[i]))+") in numeric value: "+expectation)
}

func (p *parser) literal(n *node, word string, k Kind) {
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

// runsOn reports whether the word of that length goes on. The parser looks at what
// follows it only from "0" on, and reads what is not ASCII from the wrong place.
func (p *parser) runsOn(length int) bool {
	after := p.raw[p.pos+length:]
	if len(after) > 0 && after[0] >= 0x80 {
		p.fail(p.pos+length+1, badMiddleByte(after[0]))
		return false
	}
	return len(after) > 0 && after[0] >= '0' && identifierPart(rune(after[0]))
}
