package report

import (
	"fmt"
	"regexp"
	"slices"
	"sort"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// anchor is what a place in a page of docs/ may be called.
var anchor = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// told is a problem and the collections that it is about: none for one of the
// whole run.
type told struct {
	result.Problem
	collections []*result.Collection
}

// problems are those of the run and of its collections, errors first, the same
// one of several collections told once.
func problems(r *result.Result) []told {
	var all []told
	for _, p := range r.Problems {
		all = append(all, told{Problem: p})
	}
	places := map[result.Problem]int{} // of those of collections
	for i := range r.Collections {
		c := &r.Collections[i]
		for _, p := range c.Problems {
			place, known := places[p]
			if !known {
				place = len(all)
				places[p] = place
				all = append(all, told{Problem: p})
			}
			all[place].collections = append(all[place].collections, c)
		}
	}
	sort.SliceStable(all, func(i, k int) bool { return rank(all[i].Level) < rank(all[k].Level) })
	return all
}

// what a problem says, and how many more of its kind there are.
func what(p result.Problem) text.Untrusted {
	if p.More == 0 {
		return p.Text
	}
	return p.Text + text.Untrustedf(" (and %d more of this kind)", p.More)
}

// rank orders levels, the worst first.
func rank(l result.Level) int {
	return slices.Index([]result.Level{result.Error, result.Warning, result.Note}, l)
}

// about is "Pet Store 1.0.0: ", or "" for the whole run.
func (t told) about() string {
	names := t.names()
	if names == "" {
		return ""
	}
	return text.Line(names) + ": "
}

// names of the collections, at most three of them.
func (t told) names() string {
	const most = 3
	names := ""
	for i, c := range t.collections {
		switch {
		case i == most:
			return names + fmt.Sprintf(" and %d more", len(t.collections)-most)
		case i > 0:
			names += ", "
		}
		names += title(c)
	}
	return names
}
