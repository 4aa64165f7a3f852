package predict

import (
	"slices"
	"strings"
	"testing"
)

// Names are compared up to a bound; what was not compared by then is not known.
func TestComparisonsOfNamesAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		op, name   string
		ops, names int
		unsure     bool
	}{
		"few equal names":  {"GET /a", "GET /a", 1000, 1500, false}, // each is added as equal and as a match
		"many equal names": {"GET /a", "GET /a", 1000, 1501, true},
		"few dots":         {"a.", "bc", 1000, 3000, false},
		"many dots":        {"a.", "bc", 1000, 3001, true},
	} {
		_, unsure := equivalents(nil, slices.Repeat([]string{c.op}, c.ops), slices.Repeat([]string{c.name}, c.names), behaviour{})
		if slices.Contains(unsure, true) != c.unsure {
			t.Errorf("%s: unsure is %t", name, !c.unsure)
		}
	}
}

// Long names and steps of matches count for several comparisons.
func TestLongComparisonsOfNamesAreBounded(t *testing.T) {
	t.Parallel()
	long, slowly := strings.Repeat("c", 6400), strings.Repeat("a", 60)
	for name, c := range map[string]struct {
		op, name      string
		names, budget int
		unsure        bool
	}{
		"long names":            {long, long, 10, 1010, false}, // each is added
		"too long names":        {long, long, 10, 1000, true},
		"long dots":             {long + ".", long, 10, 8000, false},
		"too long dots":         {long + ".", long, 10, 7999, true},
		"matches":               {"a*b", "c", 100, 1000, false},
		"too many matches":      {"a*b", "c", 100, 100, true},
		"long matches":          {"a*b", long, 10, 3000, false},
		"too long matches":      {"a*b", long, 10, 2500, true},
		"a match":               {slow, slowly + "b", 1, 1000, false},
		"a slow match":          {slow, slowly, 1, 1000, true},
		"a match, nothing left": {slow, slowly + "b", 1, 0, true},
	} {
		e := &equivalence{
			ops: []string{c.op}, names: slices.Repeat([]string{c.name}, c.names), budget: c.budget,
			hits: make([][]int, 1), unsure: make([]bool, 1),
		}
		s := signsIn(e.ops)
		e.compareTails(s)
		e.matchPatterns(s.patterns)
		if got := e.unsure[0] || e.tailsLeft; got != c.unsure {
			t.Errorf("%s: unsure is %t, %d left", name, got, e.budget)
		}
	}
}
