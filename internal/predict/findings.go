package predict

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
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
type report func(at value, message string)

// maxFindings bounds the findings of one rule.
const maxFindings = 5000

// findings applies every rule. What breaks an import has at least one error.
func (r *run) findings() {
	if r.broken() {
		defer r.explained()
	}
	for _, rule := range Rules() {
		n := 0
		rule.check(r, func(at value, message string) {
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

func (r *run) add(rule Rule, level Level, at value, message string) {
	r.p.Findings = append(r.p.Findings, Finding{
		ID: rule.ID, Name: rule.Name, Level: level, Message: text.Untrusted(message), Hint: rule.Hint,
		Pointer: text.Untrusted(pointer(at)), Path: r.path(at),
	})
	r.offsets = append(r.offsets, offset(at))
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
	r.add(importBroken, Error, value{r.doc, nil}, message)
	r.locate()
}

// pointer is the RFC 6901 pointer to a value.
func pointer(v value) string {
	var parts []string
	for n := v.n; n != nil && n.parent != nil; n = n.parent {
		token := ""
		if n.parent.kind == objectKind {
			token = strings.NewReplacer("~", "~0", "/", "~1").Replace(asServed(v.doc.memberName(n)))
		} else {
			token = strconv.FormatUint(uint64(n.name), 10)
		}
		parts = append(parts, token)
	}
	var b strings.Builder
	for _, p := range slices.Backward(parts) {
		b.WriteString("/" + p)
	}
	return b.String()
}

// path is what a person sees in Postman on the way to a value: folders,
// request, example.
func (r *run) path(v value) []text.Untrusted {
	var names []text.Untrusted
	for n := v.n; n != nil && n.parent != nil && n != r.coll.root.n; n = n.parent {
		list := n.parent
		if n.kind != objectKind || list.parent == nil || list.parent.kind != objectKind {
			continue
		}
		if member := v.doc.memberName(list); member == "item" || member == "response" {
			names = append(names, text.Untrusted(asServed(value{v.doc, n}.at("name").asText())))
		}
	}
	slices.Reverse(names)
	return names
}

func offset(v value) int {
	if v.n == nil {
		return -1
	}
	return int(v.n.start)
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
	seen := make(map[*node]bool, len(r.found))
	for _, e := range r.found {
		if !seen[e.response.n] {
			seen[e.response.n] = true
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
	cut := asServed(s)
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
