package predict

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
)

// An item's examples go to every operation whose name is equivalent to the
// item's: equal but for case; equal when the operation's {parts} are read as
// :parts; or the item's name matches the operation's, taken for a regular
// expression, after an optional verb, spaces and a slash.

// workBudget bounds the comparisons of one import: a collection made to be slow
// gets an unsure answer instead of an endless one.
const workBudget = 3_000_000

// stepsInWork is how many steps of a regular expression take as long as one
// comparison.
const stepsInWork = 6

// charactersInWork is how many characters are compared in the time of one comparison
// of texts.
const charactersInWork = 8

// verbs that the server lets stand before an operation's name.
func (b behaviour) verbs() []string {
	if b.patchVerb {
		return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"}
	}
	return []string{"GET", "POST", "PUT", "PATH", "DELETE", "OPTION"}
}

// equivalents are, for each operation, the indices of the item names that are
// equivalent, ascending. unsure marks the operations for which that is not known.
func equivalents(m *budget.Meter, ops []string, names []string, b behaviour) (hits [][]int, unsure []bool) {
	e := &equivalence{
		ops: ops, names: names, behaviour: b, budget: workBudget, patience: patience{meter: m},
		hits: make([][]int, len(ops)), unsure: make([]bool, len(ops)),
	}
	e.compareNames()
	signs := signsIn(ops)
	e.compareTails(signs)
	e.matchPatterns(signs.patterns)
	for i, op := range ops {
		m.Work(len(op) / 8)
		if e.tailsLeft || e.budget < 0 && strings.Contains(op, ".") {
			e.unsure[i] = true
		}
		slices.Sort(e.hits[i])
		e.hits[i] = slices.Compact(e.hits[i])
	}
	return e.hits, e.unsure
}

// equivalence is a search for equivalent names under way.
type equivalence struct {
	ops, names []string
	behaviour  behaviour
	patience
	budget    int     // of comparisons that are left
	tailsLeft bool    // not all names were compared
	hits      [][]int // of each operation: indices of names
	unsure    []bool  // of each operation
}

func (e *equivalence) add(op int, names ...int) {
	if e.budget -= len(names); e.budget < 0 {
		e.unsure[op] = true
		return
	}
	for _, name := range names {
		if hits := e.hits[op]; len(hits) == 0 || hits[len(hits)-1] != name { // most names are found twice
			e.hits[op] = append(hits, name)
		}
	}
}

// compareNames adds the names that are equal to an operation's but for case, as
// it is or with its {parts} read as :parts.
func (e *equivalence) compareNames() {
	byFold := newPlaces(len(e.names))
	for i, n := range e.names {
		e.meter.Work(4 + len(n)/2)
		byFold.add(java.FoldKey(n), i)
	}
	for i, op := range e.ops {
		e.meter.Work(4 + len(op))
		e.add(i, byFold.of[java.FoldKey(op)]...)
		if strings.Contains(op, "/{") {
			e.add(i, byFold.of[java.FoldKey(strings.ReplaceAll(strings.ReplaceAll(op, "/{", "/:"), "}", ""))]...)
		}
	}
}

// places are ascending indices below a number, by text.
type places struct {
	of   map[string][]int
	each []int // of which the lists of one, which most are, are parts
}

func newPlaces(n int) places { return places{make(map[string][]int, n), make([]int, n)} }

func (p places) add(text string, i int) {
	if list := p.of[text]; list != nil {
		p.of[text] = append(list, i)
		return
	}
	p.each[i] = i
	p.of[text] = p.each[i : i+1 : i+1]
}

// signs are the operations by what their names mean as regular expressions.
type signs struct {
	literal  places        // those that mean themselves, by name
	lengths  map[int]bool  // of the literal names, in bytes
	dotted   map[int][]int // those with "." and no other sign, by length in characters
	patterns []int         // the others
}

func signsIn(ops []string) signs {
	s := signs{literal: newPlaces(len(ops)), lengths: map[int]bool{}, dotted: map[int][]int{}}
	for i, op := range ops {
		switch {
		case strings.ContainsAny(op, `\^$?*+[(|){`):
			s.patterns = append(s.patterns, i)
		case strings.Contains(op, "."):
			n := len(java.CodePoints(op))
			s.dotted[n] = append(s.dotted[n], i)
		default:
			s.literal.add(op, i)
			s.lengths[len(op)] = true
		}
	}
	return s
}

// compareTails adds the names that match an operation's which needs no regular
// expression: what follows their prefix is compared.
func (e *equivalence) compareTails(s signs) {
	for i, name := range e.names {
		e.meter.Work(4 + len(name)/8)
		var points []rune // of the name
		if len(s.dotted) > 0 {
			e.meter.Work(len(name))
			points = java.CodePoints(name)
		}
		for tail := range prefixTails(name, e.behaviour) {
			e.meter.Work(3)
			if s.lengths[len(tail)] {
				if e.budget -= len(tail) / 64; e.budget < 0 {
					e.tailsLeft = true
					return
				}
				for _, op := range s.literal.of[tail] {
					e.add(op, i)
				}
			}
			if len(s.dotted) == 0 {
				continue
			}
			// What stands before a tail is ASCII.
			if e.compareDotted(s.dotted, i, points[len(name)-len(tail):]); e.tailsLeft {
				return
			}
		}
	}
}

// compareDotted adds one name to the operations whose dots leave room for its
// tail.
func (e *equivalence) compareDotted(byLength map[int][]int, name int, tail []rune) {
	for _, op := range byLength[len(tail)] {
		alike, compared := dotsMatch(e.ops[op], tail)
		e.meter.Work(4 + compared)
		if e.budget -= 1 + compared/charactersInWork; e.budget < 0 {
			e.tailsLeft = true
			return
		}
		if alike {
			e.add(op, name)
		}
	}
}

// matchPatterns adds the names that match the names of these operations.
func (e *equivalence) matchPatterns(ops []int) {
	prefix := "(" + strings.Join(e.behaviour.verbs(), "|") + ")?( *)(/)?"
	for _, op := range ops {
		p, err := e.compile(prefix+e.ops[op], e.behaviour)
		switch {
		case err == nil:
			e.matchPattern(op, p)
		case errors.Is(err, java.ErrUnsupported):
			e.unsure[op] = true // any other error is no match to the server
		}
	}
}

func (e *equivalence) matchPattern(op int, p *java.Pattern) {
	for i, name := range e.names {
		if e.budget -= 1 + len(name)/64; e.budget < 0 {
			e.unsure[op] = true
			return
		}
		match := p.MatchWithin(name, max(1, e.budget)*stepsInWork)
		e.budget -= match.Steps / stepsInWork
		e.meter.Work(workOfStep * (1 + match.Steps))
		if match.Verdict == java.Matches {
			e.add(op, i)
		}
		if match.Verdict == java.Undecided {
			e.unsure[op] = true
		}
		if e.unsure[op] {
			return // one name that is not known is enough
		}
	}
}

// prefixTails are what may remain of a name after an optional verb, any number
// of spaces and an optional slash.
func prefixTails(name string, b behaviour) iter.Seq[string] {
	return func(yield func(string) bool) {
		afterVerb := func(s string) bool {
			for {
				if !yield(s) || strings.HasPrefix(s, "/") && !yield(s[1:]) {
					return false
				}
				if !strings.HasPrefix(s, " ") {
					return true
				}
				s = s[1:]
			}
		}
		if !afterVerb(name) {
			return
		}
		for _, verb := range b.verbs() {
			if strings.HasPrefix(name, verb) && !afterVerb(name[len(verb):]) {
				return
			}
		}
	}
}

// dotsMatch reports whether a text of as many characters as the pattern matches it,
// and how many of them were compared.
func dotsMatch(pattern string, text []rune) (ok bool, compared int) {
	i := 0
	for ; len(pattern) > 0; i++ {
		c, n := java.DecodeCodePoint(pattern)
		pattern = pattern[n:]
		if c == '.' && !java.IsLineTerminator(text[i]) || c == text[i] {
			continue
		}
		return false, i
	}
	return true, i
}
