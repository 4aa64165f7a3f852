package java

// matcher is one attempt at a text.
type matcher struct {
	text   []rune
	groups [][2]int // start, end; -1 when a group took no part
	budget int
	failed [][]bool // by span and end: what follows does not match from there
}

// taken are the texts of the groups, from the first on.
func (m *matcher) taken() []string {
	groups := make([]string, len(m.groups)-1)
	for g, span := range m.groups[1:] {
		groups[g] = "null"
		if span[0] >= 0 {
			groups[g] = text(m.text[span[0]:span[1]])
		}
	}
	return groups
}

// step matches from i on and hands over to the rest.
type step func(m *matcher, i int, rest func(int) bool) bool

// span is a greedy repetition of one character of a set. What follows it matches
// from a place or does not, whatever was before, so no place is tried twice,
// unless the span itself is repeated or a reference looks at what a group took.
type span struct {
	id    int
	again bool
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
		m.budget--
		return m.budget > 0 && head(m, i, func(j int) bool { return tail(m, j, rest) })
	}
}

// IsLineTerminator reports whether r ends a line for the "." and "$" of a regular
// expression.
func IsLineTerminator(c rune) bool {
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029
}

// dollar is the end of the text, or before a line terminator that ends it.
func dollar(m *matcher, i int, rest func(int) bool) bool {
	n := len(m.text)
	switch {
	case i == n:
	case i == n-1 && IsLineTerminator(m.text[i]) && !(m.text[i] == '\n' && i > 0 && m.text[i-1] == '\r'):
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
		m.budget -= 1 + len(text)/64
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

func atomic(s step) step {
	return func(m *matcher, i int, rest func(int) bool) bool {
		end := -1
		if !s(m, i, func(j int) bool { end = j; return true }) {
			return false
		}
		return rest(end)
	}
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
		return m.giveBack(own, i+lo, end, rest)
	}
}

// giveBack tries what follows a span from its end on, and from one character less,
// down to where it has as many as it needs.
func (m *matcher) giveBack(own *span, least, end int, rest func(int) bool) bool {
	if m.failed[own.id] == nil && !own.again {
		if m.budget -= len(m.text) / 16; m.budget <= 0 {
			return false
		}
		m.failed[own.id] = make([]bool, len(m.text)+1)
	}
	for ; end >= least; end-- {
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
