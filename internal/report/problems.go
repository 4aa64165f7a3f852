package report

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// alike: of the others it says the same, with their own names and sizes.
	alike bool
}

// problems are those of the run and of its collections, errors first, the same
// one of several collections told once; of a level those of the run first, then what
// most collections have.
func problems(r *result.Result) []told {
	var all []told
	for _, p := range r.Problems {
		all = append(all, told{Problem: p})
	}
	places := map[result.Problem]int{} // of those of collections, by what they say and by cause
	for i := range r.Collections {
		c := &r.Collections[i]
		if len(c.Problems) == 0 {
			continue
		}
		own := ownWords(c)
		for _, p := range c.Problems {
			said, cause := causeOf(p, nil), causeOf(p, own)
			place, known := places[said]
			if !known {
				place, known = places[cause]
			}
			if known && all[place].last() == c && all[place].Text != p.Text { // two of one collection are not one
				known = false
			}
			if !known {
				place = len(all)
				places[cause] = place
				all = append(all, told{Problem: p})
			}
			places[said] = place
			all[place].add(p, c)
		}
	}
	sort.SliceStable(all, func(i, k int) bool {
		a, b := &all[i], &all[k]
		return cmp.Or(rank(a.Level)-rank(b.Level), cmp.Compare(b.weight(), a.weight())) < 0
	})
	return all
}

// pointers are the collections of a run, in its order.
func pointers(r *result.Result) []*result.Collection {
	all := make([]*result.Collection, len(r.Collections))
	for i := range r.Collections {
		all[i] = &r.Collections[i]
	}
	return all
}

// byUrgency are the collections, those first that need somebody.
func byUrgency(r *result.Result) []*result.Collection {
	all := pointers(r)
	slices.SortStableFunc(all, func(a, b *result.Collection) int { return urgency(a) - urgency(b) })
	return all
}

// grouped are collections of which the same is said, in the order of the first of them;
// none of which nothing is said.
func grouped(collections []*result.Collection, say func(*result.Collection) string) []*told {
	var all []*told
	of := map[string]*told{}
	for _, c := range collections {
		said := say(c)
		if said == "" {
			continue
		}
		if of[said] == nil {
			of[said] = &told{Problem: result.Problem{Text: text.Untrusted(said)}}
			all = append(all, of[said])
		}
		of[said].collections = append(of[said].collections, c)
	}
	return all
}

// add tells a problem of one more collection.
func (t *told) add(p result.Problem, c *result.Collection) {
	t.alike = t.alike || t.Text != p.Text || t.Hint != p.Hint
	if len(t.collections) > 0 {
		t.More += p.More
	}
	if t.last() != c {
		t.collections = append(t.collections, c)
	}
}

func (t *told) last() *result.Collection {
	if len(t.collections) == 0 {
		return nil
	}
	return t.collections[len(t.collections)-1]
}

// weight orders problems of a level.
func (t *told) weight() int {
	if len(t.collections) == 0 {
		return math.MaxInt
	}
	return len(t.collections)
}

// causeOf is a problem without what tells it from that of another collection by the
// same cause: where it is, and the words that are the collection's own.
func causeOf(p result.Problem, own []string) result.Problem {
	p.Text, p.Hint = withoutWords(p.Text, own), withoutWords(p.Hint, own)
	p.File, p.Line, p.More = "", 0, 0
	return p
}

// ownWords are what problems call a collection by, the longest first.
func ownWords(c *result.Collection) []string {
	_, uuid, _ := strings.Cut(c.UID, "-") // behind the user's id
	own := []string{string(c.Source), string(c.File), string(c.Name), c.UID, uuid}
	if c.Bytes > 0 {
		own = append(own, text.Size(c.Bytes))
	}
	if i := c.Importer; i != nil {
		own = append(own, i.ID, string(i.Name), string(i.Repository))
	}
	if s := c.Service; s != nil {
		own = append(own, s.ID, string(s.Name), string(s.Version))
	}
	for i, word := range own {
		own[i] = text.Line(word)
	}
	slices.SortFunc(own, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.DeleteFunc(slices.Compact(own), func(s string) bool { return s == "" })
}

// withoutWords is a text, in one line, with an ellipsis in place of each of the words
// that stands there by itself.
func withoutWords(t text.Untrusted, words []string) text.Untrusted {
	s := text.Line(string(t))
	for _, word := range words {
		var b strings.Builder
		rest := s
		for {
			at := strings.Index(rest, word)
			if at < 0 {
				break
			}
			end := at + len(word)
			before, _ := utf8.DecodeLastRuneInString(rest[:at])
			after, _ := utf8.DecodeRuneInString(rest[end:])
			if letter(before) || letter(after) {
				b.WriteString(rest[:end])
			} else {
				b.WriteString(rest[:at] + "…")
			}
			rest = rest[end:]
		}
		if b.Len() > 0 {
			s = b.String() + rest
		}
	}
	return text.Untrusted(s)
}

func letter(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// what a problem says, and how many more of its kind there are.
func what(p result.Problem) text.Untrusted {
	if p.More == 0 {
		return p.Text
	}
	return p.Text + text.Untrustedf(" (and %d more of this kind)", p.More)
}

// ofTheFirst is behind what is said of several collections in the words of one.
const ofTheFirst = " (of the first; of the others alike)"

// what is said of all its collections, in the words of the first.
func (t told) what() text.Untrusted {
	if !t.alike {
		return what(t.Problem)
	}
	return what(t.Problem) + ofTheFirst
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

// mostNamed are as many collections as stand in front of what is said of them.
const mostNamed = 3

// names of the collections, at most three of them.
func (t told) names() string {
	names := ""
	for i, c := range t.collections {
		switch {
		case i == mostNamed:
			return names + fmt.Sprintf(" and %d more", len(t.collections)-mostNamed)
		case i > 0:
			names += ", "
		}
		names += title(c)
	}
	return names
}
