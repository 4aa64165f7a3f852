package predict

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postman-microcks-importer/internal/java"
)

// What is compared without a regular expression is what one would match.
func TestEquivalentsAreThoseOfAPattern(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"GET", "get", "PATCH", "PATH", " ", "/", "a", "b", ".", "\n", "é", "{a}", ":a", "a*", `\`})
	pieces := rapid.Map(rapid.SliceOfN(piece, 0, 4), func(all []string) string { return strings.Join(all, "") })
	rapid.Check(t, func(t *rapid.T) {
		b := behaviour{patchVerb: rapid.Bool().Draw(t, "PATCH is a verb")}
		ops := rapid.SliceOfN(pieces, 1, 3).Draw(t, "operations")
		names := rapid.SliceOfN(pieces, 1, 3).Draw(t, "names")
		for _, op := range ops { // which are met seldom enough
			names = append(names, pieces.Draw(t, "before")+op,
				strings.ReplaceAll(op, ".", "é"), strings.ReplaceAll(op, ".", "\n"), strings.ReplaceAll(op, "/{a}", "/:A"))
		}
		hits, unsure := equivalents(nil, ops, names, b)
		verbs := "GET|POST|PUT|PATH|DELETE|OPTION"
		if b.patchVerb {
			verbs = strings.Replace(verbs, "PATH", "PATCH", 1)
		}
		for i, op := range ops {
			pattern, err := java.Compile("("+verbs+")?( *)(/)?"+op, java.Options{})
			if unsure[i] != errors.Is(err, java.ErrUnsupported) {
				t.Fatalf("%q: unsure is %t, %v", op, unsure[i], err)
			}
			var want []int
			for k, name := range names {
				written := strings.NewReplacer("/{", "/:", "}", "").Replace(op)
				if java.FoldKey(name) == java.FoldKey(op) || strings.Contains(op, "/{") && java.FoldKey(name) == java.FoldKey(written) ||
					err == nil && pattern.Match(name).Verdict == java.Matches {
					want = append(want, k)
				}
			}
			if d := cmp.Diff(want, hits[i]); d != "" && !unsure[i] {
				t.Fatalf("%q among %q (-want +got):\n%s", op, names, d)
			}
		}
	})
}

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
		"long dots":             {long[1:] + ".", long, 10, 8020, false},
		"too long dots":         {long[1:] + ".", long, 10, 8019, true},
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
