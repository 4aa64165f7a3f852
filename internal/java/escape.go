package java

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// A backslash begins characters, sets of them, boundaries, references and
// quotations.

// escape reads an escape: a character, or a step of its own, which may be one
// character of a set. In a range, \v is the vertical tab alone.
func (r *regexReader) escape(inClass, inRange bool) (rune, step, charSet) {
	class := func(set charSet) (rune, step, charSet) { return -1, one(set), set }
	not := func(set charSet) (rune, step, charSet) { return class(func(c rune) bool { return !set(c) }) }
	switch c := r.skip(); c {
	case 'd':
		return class(isDigit)
	case 'D':
		return not(isDigit)
	case 'w':
		return class(isWord)
	case 'W':
		return not(isWord)
	case 's':
		return class(isSpace)
	case 'S':
		return not(isSpace)
	case 'h':
		return class(isHorizontalSpace)
	case 'H':
		return not(isHorizontalSpace)
	case 'v':
		if inRange {
			return '\v', nil, nil
		}
		return class(isVerticalSpace)
	case 'V':
		return not(isVerticalSpace)
	case 'a':
		return 7, nil, nil
	case 'e':
		return 0x1B, nil, nil
	case 'f':
		return '\f', nil, nil
	case 'n':
		return '\n', nil, nil
	case 'r':
		return '\r', nil, nil
	case 't':
		return '\t', nil, nil
	case '0':
		return r.octal(), nil, nil
	case 'c':
		if r.pos >= len(r.text) {
			panic(r.fail("Illegal control escape sequence"))
		}
		return r.read() ^ 64, nil, nil
	case 'x':
		return r.hexadecimal(), nil, nil
	case 'u':
		return r.utf16(), nil, nil
	case 'N':
		r.characterName()
		return 0, nil, nil
	case 'b', 'B', 'A', 'G', 'z', 'Z', 'R', 'X', 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if !inClass {
			return -1, r.position(c), nil
		}
	case 'C', 'E', 'F', 'I', 'J', 'K', 'L', 'M', 'O', 'P', 'Q', 'T', 'U', 'Y', 'g', 'i', 'j', 'l', 'm', 'o', 'p', 'q', 'y':
	default:
		return c, nil, nil
	}
	panic(r.fail("Illegal/unsupported escape sequence"))
}

// position is an escape that matches a place, a reference or more than one
// character.
func (r *regexReader) position(c rune) step {
	switch c {
	case 'A', 'G': // the one match begins at the start
		return func(_ *matcher, i int, rest func(int) bool) bool { return i == 0 && rest(i) }
	case 'z':
		return func(m *matcher, i int, rest func(int) bool) bool { return i == len(m.text) && rest(i) }
	case 'Z':
		return dollar
	case 'R':
		return lineBreak
	case 'X':
		r.beyond = true
		return concat(nil)
	case 'k':
		if r.read() != '<' {
			panic(r.fail(`\k is not followed by '<' for named capturing group`))
		}
		name := r.groupName(r.read())
		group, known := r.names[name]
		if !known {
			panic(r.fail("named capturing group <" + name + "> does not exist"))
		}
		return r.reference(group)
	case 'b', 'B':
		if c == 'b' && r.peek() == '{' && r.atOffset(r.pos+1) == 'g' {
			r.pos += 2
			if r.read() != '}' {
				panic(r.fail("Illegal/unsupported escape sequence"))
			}
			r.beyond = true
			return concat(nil)
		}
		return r.boundary(c == 'b')
	}
	group := int(c - '0')
	for isDigit(r.peek()) && group*10+int(r.peek()-'0') <= r.groups {
		group = group*10 + int(r.read()-'0')
	}
	return r.reference(group)
}

// boundary is \b, or \B where want is false. A mark without a width of its own
// belongs to the letter before it.
func (r *regexReader) boundary(want bool) step {
	plain := isWord
	if !r.options.ASCIIBoundary {
		plain = func(c rune) bool { return c == '_' || letterOrDigit(c) }
	}
	word := func(m *matcher, i int, atStart bool) bool {
		return plain(m.text[i]) || unicode.Is(unicode.Mn, m.text[i]) && m.hasBase(i, atStart)
	}
	return func(m *matcher, i int, rest func(int) bool) bool {
		left := i > 0 && word(m, i-1, false)
		right := i < len(m.text) && word(m, i, true)
		return (left != right) == want && rest(i)
	}
}

func letterOrDigit(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// hasBase reports whether only marks stand between text[i] and a letter or digit
// before it. Java goes back by UTF-16 units, so it does not get past what has
// two of them, unless it starts there.
func (m *matcher) hasBase(i int, atStart bool) bool {
	for first := atStart; i >= 0 && m.budget > 0; i, first = i-1, false {
		m.budget--
		switch c := m.text[i]; {
		case c >= 0x10000 && !first:
			return false
		case letterOrDigit(c):
			return true
		case !unicode.Is(unicode.Mn, c):
			return false
		}
	}
	return false
}

// reference matches what a group matched; one that took no part never does.
func (r *regexReader) reference(group int) step {
	r.refers = true
	return func(m *matcher, i int, rest func(int) bool) bool {
		if group >= len(m.groups) || m.groups[group][0] < 0 {
			return false
		}
		span := m.groups[group]
		return literal(m.text[span[0]:span[1]])(m, i, rest)
	}
}

// lineBreak is \R.
func lineBreak(m *matcher, i int, rest func(int) bool) bool {
	m.budget--
	if m.budget <= 0 || i >= len(m.text) || !isVerticalSpace(m.text[i]) {
		return false
	}
	if m.text[i] == '\r' && i+1 < len(m.text) && m.text[i+1] == '\n' && rest(i+2) {
		return true
	}
	return rest(i + 1)
}

// octal reads one to three digits, no more than 377.
func (r *regexReader) octal() rune {
	octal := func(c rune) bool { return '0' <= c && c <= '7' }
	first := r.read()
	if !octal(first) {
		panic(r.fail("Illegal octal escape sequence"))
	}
	v := first - '0'
	for more := 2; more > 0 && octal(r.peek()) && (more == 2 || first <= '3'); more-- {
		v = v*8 + r.read() - '0'
	}
	return v
}

func hexValue(c rune) rune {
	if c >= 0x80 {
		return -1
	}
	return rune(HexDigit(byte(c)))
}

// hexadecimal reads two digits, or any number of them in braces.
func (r *regexReader) hexadecimal() rune {
	n := r.read()
	if d := hexValue(n); d >= 0 {
		if e := hexValue(r.read()); e >= 0 {
			return d<<4 | e
		}
	} else if n == '{' && hexValue(r.peek()) >= 0 {
		var v rune
		for n = r.read(); hexValue(n) >= 0; n = r.read() {
			if v = v<<4 + hexValue(n); v > unicode.MaxRune {
				panic(r.fail("Hexadecimal codepoint is too big"))
			}
		}
		if n != '}' {
			panic(r.fail("Unclosed hexadecimal escape sequence"))
		}
		return v
	}
	panic(r.fail("Illegal hexadecimal escape sequence"))
}

// utf16 reads four digits, and those of a second escape if both make a pair.
func (r *regexReader) utf16() rune {
	unit := func() (v rune) {
		for range 4 {
			d := hexValue(r.read())
			if d < 0 {
				panic(r.fail("Illegal Unicode escape sequence"))
			}
			v = v<<4 | d
		}
		return v
	}
	u := unit()
	if IsHighSurrogate(u) {
		after := r.pos
		if r.read() == '\\' && r.read() == 'u' {
			if low := unit(); IsLowSurrogate(low) {
				return utf16.DecodeRune(u, low)
			}
		}
		r.pos = after
	}
	return u
}

// characterName reads \N{NAME}. Names are not known here.
func (r *regexReader) characterName() {
	if r.read() != '{' {
		panic(r.fail("Illegal character name escape sequence"))
	}
	for r.read() != '}' {
		if r.pos >= len(r.text) {
			panic(r.fail("Unclosed character name escape sequence"))
		}
	}
	panic(unsupported{})
}

// propertyNext reports whether a property of characters, \p or \P, stands here.
func (r *regexReader) propertyNext() bool {
	e := r.atOffset(r.pos + 1)
	return r.peek() == '\\' && (e == 'p' || e == 'P')
}

// property reads \pL, \p{Lu} and the like. General categories are known here.
func (r *regexReader) property() charSet {
	negated := r.atOffset(r.pos+1) == 'P'
	r.pos += 2
	name := ""
	if r.peek() == '{' {
		r.pos++
		start := r.pos
		for r.pos < len(r.text) && r.peek() != '}' {
			r.pos++
		}
		if r.pos++; r.pos > len(r.text) {
			panic(r.fail("Unclosed character family"))
		}
		if r.pos == start+1 {
			panic(r.fail("Empty character family"))
		}
		name = text(r.text[start : r.pos-1])
	} else {
		name = text([]rune{r.read()})
	}
	table, known := unicode.Categories[name]
	switch {
	case known && name[0] != 'C' && name != "LC":
		return func(c rune) bool { return unicode.Is(table, c) != negated }
	case strings.HasPrefix(name, "In"), strings.HasPrefix(name, "Is"), strings.HasPrefix(name, "java"), strings.Contains(name, "="):
		panic(unsupported{})
	case !javaProperty(name):
		panic(r.fail("Unknown character property name {" + name + "}"))
	}
	r.beyond = true
	return func(rune) bool { return negated }
}

// javaProperty reports whether Java has a property of that name besides general
// categories.
func javaProperty(name string) bool {
	switch name {
	case "C", "Cn", "Cc", "Cf", "Co", "Cs", "LC", "LD", "L1", "all", "ASCII", "Alnum", "Alpha", "Blank", "Cntrl",
		"Digit", "Graph", "Lower", "Print", "Punct", "Space", "Upper", "XDigit":
		return true
	}
	return false
}

// unquoted is an expression with what stands between \Q and \E escaped: Java
// writes it so before it reads it, and places in errors count from there.
func unquoted(text []rune) []rune {
	i := 0
	for i+1 < len(text) && !(text[i] == '\\' && text[i+1] == 'Q') {
		if text[i] == '\\' {
			i++
		}
		i++
	}
	if i+1 >= len(text) {
		return text
	}
	out := append([]rune{}, text[:i]...)
	next := func(c rune) bool { return i < len(text) && text[i] == c }
	quoting, first := true, true
	for i += 2; i < len(text); {
		c := text[i]
		i++
		switch {
		case c >= 0x80, 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			out = append(out, c)
		case isDigit(c):
			if first { // an escape before the quotation must not take the digit
				out = append(out, []rune(`\x3`)...)
			}
			out = append(out, c)
		case c != '\\' && quoting:
			out = append(out, '\\', c)
		case c != '\\':
			out = append(out, c)
		case quoting && next('E'):
			i++
			quoting = false
		case quoting:
			out = append(out, '\\', '\\')
		case next('Q'):
			i++
			quoting, first = true, true
			continue
		default:
			out = append(out, c)
			if i < len(text) {
				out = append(out, text[i])
				i++
			}
		}
		first = false
	}
	return out
}
