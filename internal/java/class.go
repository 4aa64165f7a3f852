package java

type charSet func(rune) bool

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

func isSpace(c rune) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isVerticalSpace(c rune) bool {
	return '\n' <= c && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029
}

func isHorizontalSpace(c rune) bool {
	return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || c == 0x180E ||
		0x2000 <= c && c <= 0x200A || c == 0x202F || c == 0x205F || c == 0x3000
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
	if r.depth++; r.depth > maxNesting {
		panic(unsupported{})
	}
	defer func() { r.depth-- }()
	negated := false
	if r.next() == '^' && r.pos > 0 && r.atOffset(r.pos-1) == '[' {
		r.next()
		negated = true
	}
	var all charSet
	for {
		if r.sets++; r.sets > maxSets {
			panic(unsupported{})
		}
		switch c := r.peek(); {
		case c == '[':
			all = union(all, r.class(true))
		case c == '&' && r.atOffset(r.pos+1) == '&':
			all = r.intersection(all)
		case c == 0 && r.pos >= len(r.text):
			panic(r.fail("Unclosed character class"))
		case c == ']' && all != nil: // as the first one it is a character
			if consume {
				r.next()
			}
			if negated {
				return func(c rune) bool { return !all(c) }
			}
			return all
		default:
			all = union(all, r.classRange())
		}
	}
}

// intersection reads from "&&" on and keeps what is in left as well, if there
// is a left.
func (r *regexReader) intersection(left charSet) charSet {
	r.pos++
	var right charSet
	for c := r.next(); c != ']' && c != '&'; c = r.peek() {
		if r.sets++; r.sets > maxSets {
			panic(unsupported{})
		}
		if c != '[' {
			r.pos--
		}
		right = union(right, r.class(c == '['))
	}
	switch {
	case right == nil && left == nil:
		panic(r.fail("Bad class syntax"))
	case right == nil:
		panic(unsupported{}) // what Java makes of "&&]" and "&&&"
	case left == nil:
		return right
	}
	return func(c rune) bool { return left(c) && right(c) }
}

// classRange reads one character or range of a bracket expression.
func (r *regexReader) classRange() charSet {
	c := r.peek()
	if c == '\\' {
		if r.propertyNext() {
			return r.property()
		}
		e, _, set := r.escape(true, r.atOffset(r.pos+2) == '-')
		if set != nil {
			return set
		}
		c = e
	} else {
		r.next()
	}
	if end := r.atOffset(r.pos + 1); r.peek() != '-' || end == '[' || end == ']' {
		return func(x rune) bool { return x == c }
	}
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
	return func(x rune) bool { return c <= x && x <= to }
}
