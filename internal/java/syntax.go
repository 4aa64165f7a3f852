package java

import "strings"

// regexReader walks over an expression as Java's parser does; the places in its
// errors depend on where exactly that parser stands. It panics with a
// [*PatternError], or with unsupported.
type regexReader struct {
	text    []rune
	source  string
	pos     int
	groups  int
	depth   int
	steps   int
	sets    int // of characters, in bracket expressions
	names   map[string]int
	options Options
	spans   []*span
	refers  bool // a reference looks at what a group took
	beyond  bool // Java accepts something whose meaning is not known here
}

// unsupported is the panic value for what cannot be read on from.
type unsupported struct{}

func (r *regexReader) fail(desc string) *PatternError {
	return &PatternError{desc, r.source, r.pos - 1}
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

func (r *regexReader) expression() step {
	if r.depth++; r.depth > maxNesting {
		panic(unsupported{})
	}
	defer func() { r.depth-- }()
	branches := []step{r.sequence()}
	for r.peek() == '|' && r.pos < len(r.text) {
		r.next()
		r.part()
		branches = append(branches, r.sequence())
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return func(m *matcher, i int, rest func(int) bool) bool {
		for _, b := range branches {
			if m.budget--; m.budget <= 0 {
				return false
			}
			if b(m, i, rest) {
				return true
			}
		}
		return false
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
			r.part()
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
			set = func(c rune) bool { return !IsLineTerminator(c) }
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
		r.part()
	}
}

// part counts what an expression consists of: one that has too much of it could be
// matched, but not within a bound.
func (r *regexReader) part() {
	if r.steps++; r.steps > maxParts {
		panic(unsupported{})
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

// group reads from an opening parenthesis on; ok is false for what adds
// nothing to match.
func (r *regexReader) group() (s step, ok bool) {
	asGroup, ok := r.groupStart()
	if !ok {
		return nil, false
	}
	inside := len(r.spans)
	body := r.expression()
	if r.read() != ')' {
		panic(r.fail("Unclosed group"))
	}
	end := r.pos
	s = r.closure(asGroup(body), nil)
	for _, span := range r.spans[inside:] {
		span.again = span.again || r.pos > end
	}
	return s, true
}

// groupStart reads from an opening parenthesis to where the group's expression
// begins. What it returns makes the group of the expression; ok is false when
// there is no expression.
func (r *regexReader) groupStart() (asGroup func(step) step, ok bool) {
	if r.next() != '?' {
		return r.capturing(), true
	}
	asItIs := func(s step) step { return s }
	switch c := r.skip(); c {
	case ':':
		return asItIs, true
	case '=', '!':
		return lookahead(c == '='), true
	case '>':
		return atomic, true
	case '$', '@':
		panic(r.fail("Unknown group type"))
	case '<':
		c = r.read()
		if c == '=' || c == '!' {
			panic(unsupported{})
		}
		name := r.groupName(c)
		if _, taken := r.names[name]; taken {
			panic(r.fail("Named capturing group <" + name + "> is already defined"))
		}
		r.names[name] = r.groups + 1
		return r.capturing(), true
	}
	r.pos--
	return asItIs, r.flags()
}

// lookahead wants an expression to match from a place on, or not to, and takes
// nothing.
func lookahead(want bool) func(step) step {
	return func(s step) step {
		return func(m *matcher, i int, rest func(int) bool) bool {
			return s(m, i, func(int) bool { return true }) == want && rest(i)
		}
	}
}

// capturing is the next group that keeps what it took.
func (r *regexReader) capturing() func(step) step {
	r.groups++
	index := r.groups
	return func(inner step) step {
		return func(m *matcher, i int, rest func(int) bool) bool {
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
}

// groupName reads a name that begins with c, up to its ">".
func (r *regexReader) groupName(c rune) string {
	letter := func(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
	if !letter(c) {
		panic(r.fail("capturing group name does not start with a Latin letter"))
	}
	start := r.pos - 1
	for letter(c) || isDigit(c) {
		c = r.read()
	}
	if c != '>' {
		panic(r.fail("named capturing group is missing trailing '>'"))
	}
	return text(r.text[start : r.pos-1])
}

// flags reads an inline modifier from its first letter on, and reports whether
// it is for a group of its own. What flags change is not known here; "x" even
// changes how the rest is read.
func (r *regexReader) flags() (group bool) {
	letters := func() (comments bool) {
		for r.pos < len(r.text) && strings.ContainsRune("imsducxU", r.peek()) {
			comments = comments || r.peek() == 'x'
			r.next()
		}
		return comments
	}
	if letters() {
		panic(unsupported{})
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
