package predict

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Level of a finding.
type Level string

// Levels.
const (
	Error   Level = "error"   // Microcks will refuse or break
	Warning Level = "warning" // imported, but not what the author expects
	Note    Level = "note"
)

// Finding is something a person should know, with the place that it is about.
type Finding struct {
	ID      string `json:"id"`   // "PMI001", stable
	Name    string `json:"name"` // "version-missing", stable
	Level   Level  `json:"level"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Pointer is the RFC 6901 pointer to the place in the input.
	Pointer string `json:"pointer"`
	// Path is what a person sees in Postman: folders, request, example.
	Path []string `json:"path,omitempty"`
	// Line and Column, from 1, of the place in the input; 0 when unknown.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Rule is one thing that a person should know before an import.
type Rule struct {
	ID    string // "PMI001", stable
	Name  string // "version-missing", stable
	Level Level  // of most of its findings; a finding may weigh more or less
	Text  string // what happens and why, Markdown
	Hint  string // what to do about it, one sentence
	Bad   Sample // an input with this finding
	Good  Sample // the same without

	check func(*subject, report)
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

// subject is what the rules look at.
type subject struct {
	*Import
	findings []Finding
	offsets  []int       // of the findings in the input, -1 without a place
	each     []ExampleAt // each response once; see once
}

// Check tells what a person should know of an import. What breaks one has at
// least one error.
func Check(im *Import) []Finding {
	s := &subject{Import: im}
	for _, rule := range Rules() {
		n := 0
		rule.check(s, func(at place, message string) {
			switch n++; {
			case n < maxFindings:
				s.add(rule, at, message)
			case n == maxFindings:
				s.add(rule, at, message+"; more of this kind are not counted")
			}
		})
	}
	s.explain()
	s.locate()
	return s.findings
}

func (s *subject) add(rule Rule, at place, message string) {
	v, _ := at.(jackson.Value)
	s.findings = append(s.findings, Finding{
		ID: rule.ID, Name: rule.Name, Level: rule.Level, Message: message, Hint: rule.Hint,
		Pointer: at.Pointer(), Path: s.path(v),
	})
	s.offsets = append(s.offsets, at.Offset())
}

// explain makes sure that a broken import has an error that tells why.
func (s *subject) explain() {
	if s.Outcome != Refused && s.Outcome != Crashed || slices.ContainsFunc(s.findings, func(f Finding) bool { return f.Level == Error }) {
		return
	}
	message := "Microcks will refuse this import: " + quote(s.ImportError)
	if s.Outcome == Crashed {
		message = "Microcks will answer with an internal error: " + CauseText(s.Cause)
	} else if s.ImportErrorUnknown {
		message = "Microcks takes this input for something else than a collection and will refuse it"
	}
	s.add(importBroken, jackson.Value{}, message)
}

// CauseText is why an import breaks, for a person.
func CauseText(c *Cause) string {
	switch c.Kind {
	case TooLarge:
		return "the collection is larger than the 16 MB that a document of the database may have"
	case RulesMissing:
		return "the operation has a dispatcher without rules"
	case GraphQLBody:
		return `Cannot invoke "com.fasterxml.jackson.databind.ObjectMapper.readTree(String)" because "this.mapper" is null`
	}
	return c.Exception.Error()
}

// path is what a person sees in Postman on the way to a value: folders,
// request, example.
func (s *subject) path(v jackson.Value) []string {
	var names []string
	for ; v.Exists() && v != s.Document.Root; v = v.Parent() {
		if list := v.Parent().Name(); v.Kind() == jackson.Object && (list == "item" || list == "response") {
			names = append(names, java.WellFormed(v.At("name").AsText()))
		}
	}
	slices.Reverse(names)
	return names
}

// locate turns offsets into lines and columns, in one pass. Columns count
// characters.
func (s *subject) locate() {
	order := make([]int, 0, len(s.findings))
	for i, offset := range s.offsets {
		if offset >= 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return s.offsets[a] - s.offsets[b] })
	raw := s.Document.Raw
	at, line, column := 0, 1, 1
	for _, i := range order {
		for end := min(s.offsets[i], len(raw)); at < end; {
			c := raw[at]
			if c < utf8.RuneSelf {
				at++
				column++
				if c == '\n' {
					line, column = line+1, 1
				}
				continue
			}
			_, n := utf8.DecodeRune(raw[at:])
			at += n
			column++
		}
		s.findings[i].Line, s.findings[i].Column = line, column
	}
}

// once are the examples without repetition: one that goes to several
// operations appears with the first.
func (s *subject) once() []ExampleAt {
	if s.each != nil {
		return s.each
	}
	times := make([]int, len(s.Document.Items))
	again := false
	for _, items := range s.Sources {
		for _, i := range items {
			times[i]++
			again = again || times[i] > 1
		}
	}
	if !again {
		s.each = s.Examples
		return s.each
	}
	seen := make(map[jackson.Value]bool, len(s.Examples))
	for _, e := range s.Examples {
		if !seen[e.At] {
			seen[e.At] = true
			s.each = append(s.each, e)
		}
	}
	return s.each
}

// crashes are the examples that break the import, each once.
func (s *subject) crashes() []Failure {
	seen := map[jackson.Value]bool{}
	var out []Failure
	for _, f := range s.Crashes {
		if !seen[f.At] {
			seen[f.At] = true
			out = append(out, f)
		}
	}
	return out
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
