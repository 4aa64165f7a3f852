package predict

import (
	"strconv"
	"strings"
)

// This file reads and matches regular expressions as java.util.regex does, as
// far as collections can make a server use them: the server takes operation
// names, addresses and variable names for patterns. What is refused is refused
// with Java's words, because they reach the user; what is not known here is
// said to be unknown.

// patternError is Java's PatternSyntaxException.
type patternError struct {
	desc    string
	pattern string
	index   int // in code points
}

// Error is the exception's message.
func (e *patternError) Error() string {
	var b strings.Builder
	b.WriteString(e.desc)
	if e.index >= 0 {
		b.WriteString(" near index " + strconv.Itoa(e.index))
	}
	b.WriteString("\n" + e.pattern)
	units := utf16Units(e.pattern)
	if e.index >= 0 && e.index < len(units) {
		b.WriteByte('\n')
		for _, u := range units[:e.index] {
			if u == '\t' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('^')
	}
	return b.String()
}

func utf16Units(s string) []rune {
	var out []rune
	for _, r := range codePoints(s) {
		if r >= 0x10000 {
			out = append(out, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
			continue
		}
		out = append(out, r)
	}
	return out
}

// pattern is a compiled expression.
type pattern struct {
	root   step
	groups int
	spans  int
	spent  int // steps of the last match
}

// matcher is one attempt at a text.
type matcher struct {
	text   []rune
	groups [][2]int // start, end; -1 when a group took no part
	budget int
	failed [][]bool // by span and end: what follows does not match from there
}

// span is a greedy repetition of one character of a set. What follows it matches
// from a place or does not, whatever was before, so no place is tried twice,
// unless the span itself is repeated or a reference looks at what a group took.
type span struct {
	id    int
	again bool
}

// step matches from i on and hands over to the rest.
type step func(m *matcher, i int, rest func(int) bool) bool

type charSet func(rune) bool

// regexFeatures are the ways in which Java versions differ.
type regexFeatures struct {
	unicodeBoundary bool // \b knows letters beyond ASCII (before Java 19)
}

// errUnsupported is the panic value for what this reader cannot read on from.
type errUnsupported struct{}

// matchBudget bounds the steps of one match; Java has no bound.
const matchBudget = 500_000

// maxSteps bounds the parts of one expression.
const maxSteps = 5000

type verdict int

const (
	noMatch verdict = iota
	matches
	unsure
)

// match tries the whole text, as String.matches does.
func (p *pattern) match(text string) (verdict, []string) {
	m := &matcher{text: codePoints(text), budget: matchBudget}
	m.groups, m.failed = make([][2]int, p.groups+1), make([][]bool, p.spans)
	for i := range m.groups {
		m.groups[i] = [2]int{-1, -1}
	}
	ok := p.root(m, 0, func(i int) bool { return i == len(m.text) })
	p.spent = matchBudget - max(0, m.budget)
	if m.budget <= 0 {
		return unsure, nil
	}
	if !ok {
		return noMatch, nil
	}
	groups := make([]string, p.groups)
	for g := 1; g <= p.groups; g++ {
		span := m.groups[g]
		if span[0] < 0 {
			groups[g-1] = "null"
			continue
		}
		var b strings.Builder
		for _, r := range m.text[span[0]:span[1]] {
			writeCodePoint(&b, r)
		}
		groups[g-1] = b.String()
	}
	return matches, groups
}

// compilePattern reads an expression. known is false when Java may accept it
// but its meaning is not known here.
func compilePattern(text string, features regexFeatures) (p *pattern, err *patternError, known bool) {
	r := &regexReader{text: unquoted(codePoints(text)), source: text, features: features, names: map[string]int{}}
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *patternError:
			p, err, known = nil, x, true
		case errUnsupported:
			p, err, known = nil, nil, false
		default:
			panic(x)
		}
	}()
	root := r.expr()
	if r.pos != len(r.text) {
		if r.peek() == ')' {
			panic(r.fail("Unmatched closing ')'"))
		}
		if !features.unicodeBoundary && r.pos == len(r.text)+1 && strings.HasSuffix(text, `\`) {
			panic(r.fail("Unescaped trailing backslash"))
		}
		panic(r.fail("Unexpected internal error"))
	}
	if r.beyond {
		return nil, nil, false
	}
	for _, s := range r.spans {
		s.again = s.again || r.refers
	}
	return &pattern{root: root, groups: r.groups, spans: len(r.spans)}, nil, true
}

// regexReader walks over the expression as Java's parser does; the places in
// its errors depend on where exactly that parser stands.
type regexReader struct {
	text     []rune
	source   string
	pos      int
	groups   int
	depth    int
	steps    int
	names    map[string]int
	features regexFeatures
	spans    []*span
	refers   bool // a reference looks at what a group took
	beyond   bool // Java accepts something whose meaning is not known here
}

func (r *regexReader) fail(desc string) *patternError {
	return &patternError{desc, r.source, r.pos - 1}
}

func (r *regexReader) atOffset(i int) rune {
	if i < len(r.text) {
		return r.text[i]
	}
	return 0
}

func (r *regexReader) peek() rune { return r.atOffset(r.pos) }
func (r *regexReader) next() rune { r.pos++; return r.atOffset(r.pos) }
func (r *regexReader) read() rune { c := r.atOffset(r.pos); r.pos++; return c }
func (r *regexReader) skip() rune { c := r.atOffset(r.pos + 1); r.pos += 2; return c }

func (r *regexReader) expr() step {
	if r.depth++; r.depth > 400 {
		panic(errUnsupported{})
	}
	defer func() { r.depth-- }()
	branches := []step{r.sequence()}
	for r.peek() == '|' && r.pos < len(r.text) {
		r.next()
		branches = append(branches, r.sequence())
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return func(m *matcher, i int, rest func(int) bool) bool {
		for _, b := range branches {
			if b(m, i, rest) {
				return true
			}
		}
		return false
	}
}

func concat(steps []step) step {
	switch len(steps) {
	case 0:
		return func(_ *matcher, i int, rest func(int) bool) bool { return rest(i) }
	case 1:
		return steps[0]
	}
	head, tail := steps[0], concat(steps[1:])
	return func(m *matcher, i int, rest func(int) bool) bool {
		return head(m, i, func(j int) bool { return tail(m, j, rest) })
	}
}

func (r *regexReader) sequence() step {
	var steps []step
	for {
		var s step
		var set charSet // of a step that takes exactly one character
		switch c := r.peek(); c {
		case '(':
			g, ok := r.group()
			if !ok {
				continue
			}
			steps = append(steps, g)
			continue
		case '[':
			set = r.class(true)
			s = one(set)
		case '\\':
			if r.propertyNext() {
				set = r.property()
				s = one(set)
			} else {
				s, set = r.atom()
			}
		case '^':
			r.next()
			s = func(m *matcher, i int, rest func(int) bool) bool { return i == 0 && rest(i) }
		case '$':
			r.next()
			s = dollar
		case '.':
			r.next()
			set = func(c rune) bool { return !lineTerminator(c) }
			s = one(set)
		case '|', ')':
			return concat(steps)
		case ']', '}':
			s, set = r.atom()
		case '?', '*', '+':
			r.next()
			panic(r.fail("Dangling meta character '" + string(c) + "'"))
		case 0:
			if r.pos >= len(r.text) {
				return concat(steps)
			}
			s, set = r.atom()
		default:
			s, set = r.atom()
		}
		steps = append(steps, r.closure(s, set))
		if r.steps++; r.steps > maxSteps {
			panic(errUnsupported{}) // it could be matched, but not within a bound
		}
	}
}

func lineTerminator(c rune) bool {
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029
}

// dollar is the end of the text, or before a line terminator that ends it.
func dollar(m *matcher, i int, rest func(int) bool) bool {
	n := len(m.text)
	switch {
	case i == n:
	case i == n-1 && lineTerminator(m.text[i]) && !(m.text[i] == '\n' && i > 0 && m.text[i-1] == '\r'):
	case i == n-2 && m.text[i] == '\r' && m.text[i+1] == '\n':
	default:
		return false
	}
	return rest(i)
}

func one(set charSet) step {
	return func(m *matcher, i int, rest func(int) bool) bool {
		m.budget--
		return m.budget > 0 && i < len(m.text) && set(m.text[i]) && rest(i+1)
	}
}

func literal(text []rune) step {
	return func(m *matcher, i int, rest func(int) bool) bool {
		m.budget--
		if m.budget <= 0 || len(m.text)-i < len(text) {
			return false
		}
		for k, c := range text {
			if m.text[i+k] != c {
				return false
			}
		}
		return rest(i + len(text))
	}
}

// atom reads literal characters as far as no quantifier claims the last one.
func (r *regexReader) atom() (step, charSet) {
	var text []rune
	prev := -1
	c := r.peek()
loop:
	for {
		switch c {
		case '*', '+', '?', '{':
			if len(text) > 1 {
				r.pos = prev
				text = text[:len(text)-1]
			}
			break loop
		case '$', '.', '^', '(', '[', '|', ')':
			break loop
		case '\\':
			if r.propertyNext() {
				break loop // never the first: the caller has looked
			}
			prev = r.pos
			e, s, set := r.escape(false, false)
			if s == nil {
				text = append(text, e)
				c = r.peek()
				continue
			}
			if len(text) == 0 {
				return s, set
			}
			r.pos = prev
			break loop
		case 0:
			if r.pos >= len(r.text) {
				break loop
			}
			fallthrough
		default:
			prev = r.pos
			text = append(text, c)
			c = r.next()
			continue
		}
	}
	if len(text) == 1 {
		c := text[0]
		return literal(text), func(x rune) bool { return x == c }
	}
	return literal(text), nil
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }
func isSpace(c rune) bool { return c == ' ' || '\t' <= c && c <= '\r' }
func isVerticalSpace(c rune) bool {
	return '\n' <= c && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029
}
func isHorizontalSpace(c rune) bool {
	return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || c == 0x180E || 0x2000 <= c && c <= 0x200A || c == 0x202F || c == 0x205F || c == 0x3000
}
func isWord(c rune) bool {
	return c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// union of two sets, of which the first may be none.
func union(a, b charSet) charSet {
	if a == nil {
		return b
	}
	return func(c rune) bool { return a(c) || b(c) }
}

// class reads a bracket expression, from its bracket on.
func (r *regexReader) class(consume bool) charSet {
	if r.depth++; r.depth > 400 {
		panic(errUnsupported{})
	}
	defer func() { r.depth-- }()
	var prev, curr charSet
	var bits []charSet
	negated := false
	c := r.next()
	if c == '^' && r.pos > 0 && r.atOffset(r.pos-1) == '[' {
		c = r.next()
		negated = true
	}
	for {
		switch c {
		case '[':
			curr = r.class(true)
			prev = union(prev, curr)
			c = r.peek()
			continue
		case '&':
			if r.atOffset(r.pos+1) == '&' {
				for _, b := range bits {
					prev = union(prev, b)
				}
				bits = nil
				prev = r.intersection(prev)
				c = r.peek()
				continue
			}
		case 0:
			if r.pos >= len(r.text) {
				panic(r.fail("Unclosed character class"))
			}
		case ']':
			if prev != nil || bits != nil {
				if consume {
					r.next()
				}
				for _, b := range bits {
					prev = union(prev, b)
				}
				if negated {
					set := prev
					return func(c rune) bool { return !set(c) }
				}
				return prev
			}
		}
		set, single := r.classRange()
		if single {
			bits = append(bits, set)
		} else {
			prev = union(prev, set)
		}
		c = r.peek()
	}
}

// intersection reads from "&&" on and keeps what is in left as well, if there
// is a left.
func (r *regexReader) intersection(left charSet) charSet {
	r.pos++
	var right charSet
	for c := r.next(); c != ']' && c != '&'; c = r.peek() {
		if c != '[' {
			r.pos--
		}
		right = union(right, r.class(c == '['))
	}
	switch {
	case right == nil && left == nil:
		panic(r.fail("Bad class syntax"))
	case right == nil:
		panic(errUnsupported{}) // what Java makes of "&&]" and "&&&"
	case left == nil:
		return right
	}
	return func(c rune) bool { return left(c) && right(c) }
}

// classRange reads one character or range of a bracket expression.
func (r *regexReader) classRange() (set charSet, single bool) {
	c := r.peek()
	if c == '\\' {
		if r.propertyNext() {
			return r.property(), false
		}
		e, _, set := r.escape(true, r.atOffset(r.pos+2) == '-')
		if set != nil {
			return set, false
		}
		c = e
	} else {
		r.next()
	}
	if r.peek() == '-' {
		end := r.atOffset(r.pos + 1)
		if end == '[' {
			return func(x rune) bool { return x == c }, true
		}
		if end != ']' {
			r.next()
			to := r.peek()
			if to == '\\' {
				to, _, _ = r.escape(true, true)
			} else {
				r.next()
			}
			if to < c {
				panic(r.fail("Illegal character range"))
			}
			return func(x rune) bool { return c <= x && x <= to }, false
		}
	}
	return func(x rune) bool { return x == c }, true
}

// group reads from an opening parenthesis on; ok is false for what adds
// nothing to match.
func (r *regexReader) group() (s step, ok bool) {
	c := r.next()
	index := 0
	var body step
	wrap := func(s step) step { return s }
	if c == '?' {
		switch c = r.skip(); c {
		case ':':
		case '=', '!':
			want := c == '='
			wrap = func(s step) step {
				return func(m *matcher, i int, rest func(int) bool) bool {
					return s(m, i, func(int) bool { return true }) == want && rest(i)
				}
			}
		case '>':
			wrap = atomic
		case '$', '@':
			panic(r.fail("Unknown group type"))
		case '<':
			c = r.read()
			if c == '=' || c == '!' {
				panic(errUnsupported{})
			}
			name := r.groupName(c)
			if _, taken := r.names[name]; taken {
				panic(r.fail("Named capturing group <" + name + "> is already defined"))
			}
			r.groups++
			index = r.groups
			r.names[name] = index
		default:
			r.pos--
			if !r.flags() {
				return nil, false
			}
		}
	} else {
		r.groups++
		index = r.groups
	}
	inside := len(r.spans)
	body = r.expr()
	if r.read() != ')' {
		panic(r.fail("Unclosed group"))
	}
	body = wrap(body)
	if index > 0 {
		inner := body
		body = func(m *matcher, i int, rest func(int) bool) bool {
			old := m.groups[index]
			if inner(m, i, func(j int) bool {
				before := m.groups[index]
				m.groups[index] = [2]int{i, j}
				if rest(j) {
					return true
				}
				m.groups[index] = before
				return false
			}) {
				return true
			}
			m.groups[index] = old
			return false
		}
	}
	end := r.pos
	s = r.closure(body, nil)
	for _, span := range r.spans[inside:] {
		span.again = span.again || r.pos > end
	}
	return s, true
}

// groupName reads a name that begins with c, up to its ">".
func (r *regexReader) groupName(c rune) string {
	letter := func(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
	if !letter(c) {
		panic(r.fail("capturing group name does not start with a Latin letter"))
	}
	name := ""
	for letter(c) || isDigit(c) {
		name += string(c)
		c = r.read()
	}
	if c != '>' {
		panic(r.fail("named capturing group is missing trailing '>'"))
	}
	return name
}

// flags stands at the first letter of an inline modifier and says whether it is
// for a group of its own. What flags change is not known here; "x" even changes
// how the rest is read.
func (r *regexReader) flags() (group bool) {
	letters := func() (comments bool) {
		for r.pos < len(r.text) && strings.ContainsRune("imsducxU", r.peek()) {
			comments = comments || r.peek() == 'x'
			r.next()
		}
		return comments
	}
	if letters() {
		panic(errUnsupported{})
	}
	if r.peek() == '-' {
		r.next()
		letters()
	}
	r.beyond = true
	c := r.read()
	if c != ')' && c != ':' {
		panic(r.fail("Unknown inline modifier"))
	}
	return c == ':'
}

func atomic(s step) step {
	return func(m *matcher, i int, rest func(int) bool) bool {
		end := -1
		if !s(m, i, func(j int) bool { end = j; return true }) {
			return false
		}
		return rest(end)
	}
}

// closure reads the quantifier after an atom, if there is one.
func (r *regexReader) closure(s step, set charSet) step {
	var lo, hi int
	switch r.peek() {
	case '?':
		lo, hi = 0, 1
		r.next()
	case '*':
		lo, hi = 0, -1
		r.next()
	case '+':
		lo, hi = 1, -1
		r.next()
	case '{':
		lo, hi = r.counted()
	default:
		return s
	}
	switch r.peek() {
	case '?':
		r.next()
		return repeat(s, lo, hi, true)
	case '+':
		r.next()
		return atomic(r.greedy(s, set, lo, hi))
	}
	return r.greedy(s, set, lo, hi)
}

// counted reads {n}, {n,} or {n,m}; -1 stands for no upper bound.
func (r *regexReader) counted() (lo, hi int) {
	if !isDigit(r.atOffset(r.pos + 1)) {
		r.skip()
		panic(r.fail("Illegal repetition"))
	}
	number := func(n int, c rune) int {
		if n = n*10 + int(c-'0'); n > 1<<31-1 {
			panic(r.fail("Illegal repetition range"))
		}
		return n
	}
	c := r.skip()
	for isDigit(c) {
		lo = number(lo, c)
		c = r.read()
	}
	hi = lo
	if c == ',' {
		c = r.read()
		hi = -1
		if c != '}' {
			hi = 0
			for isDigit(c) {
				hi = number(hi, c)
				c = r.read()
			}
		}
	}
	if c != '}' {
		panic(r.fail("Unclosed counted closure"))
	}
	if hi >= 0 && hi < lo {
		panic(r.fail("Illegal repetition range"))
	}
	return lo, hi
}

// greedy repeats as often as it can; one character of a set without the cost
// of a call for each.
func (r *regexReader) greedy(s step, set charSet, lo, hi int) step {
	if set == nil {
		return repeat(s, lo, hi, false)
	}
	own := &span{id: len(r.spans)}
	r.spans = append(r.spans, own)
	return func(m *matcher, i int, rest func(int) bool) bool {
		end := i
		for end < len(m.text) && (hi < 0 || end-i < hi) && set(m.text[end]) {
			end++
		}
		m.budget -= (end - i) / 16
		if m.failed[own.id] == nil && !own.again {
			m.failed[own.id] = make([]bool, len(m.text)+1)
		}
		for ; end-i >= lo; end-- {
			if m.budget--; m.budget <= 0 {
				return false
			}
			if !own.again && m.failed[own.id][end] {
				continue
			}
			if rest(end) {
				return true
			}
			if !own.again {
				m.failed[own.id][end] = true
			}
		}
		return false
	}
}

func repeat(s step, lo, hi int, lazy bool) step {
	var run func(m *matcher, i, count int, rest func(int) bool) bool
	run = func(m *matcher, i, count int, rest func(int) bool) bool {
		m.budget--
		if m.budget <= 0 {
			return false
		}
		more := func() bool {
			if hi >= 0 && count >= hi {
				return false
			}
			return s(m, i, func(j int) bool {
				if j == i && count >= lo {
					return false
				}
				return run(m, j, count+1, rest)
			})
		}
		if count < lo {
			return more()
		}
		if lazy {
			return rest(i) || more()
		}
		return more() || rest(i)
	}
	return func(m *matcher, i int, rest func(int) bool) bool { return run(m, i, 0, rest) }
}
