package predict

import (
	"errors"
	"slices"
	"strings"

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

// verbs that the server lets stand before an operation's name.
func (b behaviour) verbs() []string {
	if b.patchVerb {
		return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"}
	}
	return []string{"GET", "POST", "PUT", "PATH", "DELETE", "OPTION"}
}

// equivalents are, for each operation, the indices of the item names that are
// equivalent, ascending. unsure tells operations for which it cannot be said.
func equivalents(ops []string, names []string, b behaviour) (hits [][]int, unsure []bool) {
	hits, unsure = make([][]int, len(ops)), make([]bool, len(ops))
	byFold := make(map[string][]int, len(names))
	for i, n := range names {
		k := java.FoldKey(n)
		byFold[k] = append(byFold[k], i)
	}
	budget := workBudget
	add := func(op int, found []int) {
		if budget -= len(found); budget < 0 {
			unsure[op] = true
			return
		}
		hits[op] = append(hits[op], found...)
	}
	literal := map[string][]int{} // operations whose name means itself
	lengths := map[int]bool{}     // of their names, in bytes
	dotted := map[int][]int{}     // operations whose name has "." and no other mark, by length
	var others []int
	for i, op := range ops {
		add(i, byFold[java.FoldKey(op)])
		if strings.Contains(op, "/{") {
			add(i, byFold[java.FoldKey(strings.ReplaceAll(strings.ReplaceAll(op, "/{", "/:"), "}", ""))])
		}
		switch {
		case strings.ContainsAny(op, `\^$?*+[(|){`):
			others = append(others, i)
		case strings.Contains(op, "."):
			n := len(java.CodePoints(op))
			dotted[n] = append(dotted[n], i)
		default:
			literal[op] = append(literal[op], i)
			lengths[len(op)] = true
		}
	}
	for i, name := range names {
		for _, tail := range prefixTails(name, b) {
			if lengths[len(tail)] {
				for _, op := range literal[tail] {
					add(op, []int{i})
				}
			}
			if len(dotted) == 0 {
				continue
			}
			if budget -= len(tail) / 64; budget < 0 {
				break
			}
			text := java.CodePoints(tail)
			for _, op := range dotted[len(text)] {
				if budget -= 1; dotsMatch(ops[op], text) {
					add(op, []int{i})
				}
			}
		}
	}
	prefix := "(" + strings.Join(b.verbs(), "|") + ")?( *)(/)?"
	for _, op := range others {
		p, err := java.Compile(prefix+ops[op], b.java)
		if err != nil {
			unsure[op] = unsure[op] || errors.Is(err, java.ErrUnsupported) // else the server takes it for no match
			continue
		}
		for i, name := range names {
			if budget -= 1 + len(name)/64; budget < 0 {
				unsure[op] = true
				break
			}
			match := p.Match(name)
			budget -= match.Steps / stepsInWork
			if match.Verdict == java.Matches {
				add(op, []int{i})
			}
			if unsure[op] = unsure[op] || match.Verdict == java.Undecided; unsure[op] {
				break // one name that cannot be told is enough
			}
		}
	}
	for i, op := range ops {
		if budget < 0 && strings.Contains(op, ".") {
			unsure[i] = true
		}
		slices.Sort(hits[i])
		hits[i] = slices.Compact(hits[i])
	}
	return hits, unsure
}

// prefixTails are what may remain of a name after an optional verb, any number
// of spaces and an optional slash.
func prefixTails(name string, b behaviour) []string {
	tails := make([]string, 0, 6)
	afterVerb := func(s string) {
		for {
			tails = append(tails, s)
			if strings.HasPrefix(s, "/") {
				tails = append(tails, s[1:])
			}
			if !strings.HasPrefix(s, " ") {
				return
			}
			s = s[1:]
		}
	}
	afterVerb(name)
	for _, verb := range b.verbs() {
		if strings.HasPrefix(name, verb) {
			afterVerb(name[len(verb):])
		}
	}
	return tails
}

func dotsMatch(pattern string, text []rune) bool {
	for i := 0; len(pattern) > 0; i++ {
		c, n := java.DecodeCodePoint(pattern)
		pattern = pattern[n:]
		if c == '.' && !java.IsLineTerminator(text[i]) || c == text[i] {
			continue
		}
		return false
	}
	return true
}
