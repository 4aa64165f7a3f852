package predict

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Rule is one thing that a person should know before an import.
type Rule struct {
	ID    string // "PMI001", stable
	Name  string // "version-missing", stable
	Level Level  // of most of its findings; a finding may weigh more or less
	Text  string // what happens and why, Markdown
	Hint  string // what to do about it, one sentence
	Bad   Sample // an input with this finding
	Good  Sample // the same without

	check func(*run, report)
}

// Anchor of the rule in docs/findings.md.
func (r Rule) Anchor() string { return strings.ToLower(r.ID) }

// report adds a finding about a place.
type report func(at place, message string)

// place is where in the input a finding is: a value, or a byte of what is none.
type place interface {
	Offset() int // -1: nowhere in particular
	Pointer() string
}

// byteAt is a place in an input that is no JSON.
type byteAt int

func (b byteAt) Offset() int   { return int(b) }
func (byteAt) Pointer() string { return "" }

// maxFindings bounds the findings of one rule.
const maxFindings = 5000

// findings applies every rule. What breaks an import has at least one error.
func (r *run) findings() {
	if r.broken() {
		defer r.explained()
	}
	for _, rule := range Rules() {
		n := 0
		rule.check(r, func(at place, message string) {
			switch n++; {
			case n < maxFindings:
				r.add(rule, rule.Level, at, message)
			case n == maxFindings:
				r.add(rule, rule.Level, at, message+"; more of this kind are not counted")
			}
		})
	}
	r.locate()
}

func (r *run) broken() bool { return r.p.Outcome == Refused || r.p.Outcome == Crashed }

func (r *run) add(rule Rule, level Level, at place, message string) {
	v, _ := at.(jackson.Value)
	r.p.Findings = append(r.p.Findings, Finding{
		ID: rule.ID, Name: rule.Name, Level: level, Message: message, Hint: rule.Hint,
		Pointer: at.Pointer(), Path: r.path(v),
	})
	r.offsets = append(r.offsets, at.Offset())
}

// explained makes sure that a broken import has an error that tells why.
func (r *run) explained() {
	for _, f := range r.p.Findings {
		if f.Level == Error {
			return
		}
	}
	message := "Microcks will refuse this import: " + quote(r.p.ImportError)
	if r.p.Outcome == Crashed {
		message = "Microcks will answer with an internal error: " + r.p.Cause
	} else if r.p.ImportErrorUnknown {
		message = "Microcks takes this input for something else than a collection and will refuse it"
	}
	r.add(importBroken, Error, jackson.Value{}, message)
	r.locate()
}

// path is what a person sees in Postman on the way to a value: folders,
// request, example.
func (r *run) path(v jackson.Value) []string {
	var names []string
	for ; v.Exists() && v != r.coll.root; v = v.Parent() {
		if list := v.Parent().Name(); v.Kind() == jackson.Object && (list == "item" || list == "response") {
			names = append(names, java.WellFormed(v.At("name").AsText()))
		}
	}
	slices.Reverse(names)
	return names
}

// locate turns offsets into lines and columns, in one pass. Columns count
// characters.
func (r *run) locate() {
	order := make([]int, 0, len(r.p.Findings))
	for i, f := range r.p.Findings {
		if r.offsets[i] >= 0 && f.Line == 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return r.offsets[a] - r.offsets[b] })
	at, line, column := 0, 1, 1
	for _, i := range order {
		for end := min(r.offsets[i], len(r.raw)); at < end; {
			c := r.raw[at]
			if c < utf8.RuneSelf {
				at++
				column++
				if c == '\n' {
					line, column = line+1, 1
				}
				continue
			}
			_, n := utf8.DecodeRune(r.raw[at:])
			at += n
			column++
		}
		r.p.Findings[i].Line, r.p.Findings[i].Column = line, column
	}
}

// once are the examples without repetition: one that goes to several
// operations appears with the first.
func (r *run) once() []exampleAt {
	if r.each != nil {
		return r.each
	}
	times := make([]int, len(r.items))
	again := false
	for _, hits := range r.hits {
		for _, h := range hits {
			times[h]++
			again = again || times[h] > 1
		}
	}
	if !again {
		r.each = r.found
		return r.each
	}
	seen := make(map[jackson.Value]bool, len(r.found))
	for _, e := range r.found {
		if !seen[e.response] {
			seen[e.response] = true
			r.each = append(r.each, e)
		}
	}
	return r.each
}

// quote shows a text of the collection inside a message: on one line and not
// longer than a reader needs. What cannot be seen is written as Go does, \n for
// a line's end; the rest stands as it is.
func quote(s string) string {
	const longest = 80
	cut := java.WellFormed(s)
	if runes := []rune(cut); len(runes) > longest {
		cut = string(runes[:longest]) + "…"
	}
	var b strings.Builder
	for _, c := range cut {
		if strconv.IsPrint(c) {
			b.WriteRune(c)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(c), "'"))
		}
	}
	return `"` + b.String() + `"`
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
