package mock

import (
	"regexp"
	"strings"
)

// TextKind says what a server makes of a saved text.
type TextKind int

// Kinds of texts, from the certain to the uncertain. A text of several expressions
// has the last of their kinds.
const (
	Literal   TextKind = iota // comes back as it is
	Vanishing                 // its expressions are names without value, and vanish
	Computed                  // its expressions are computed anew for each call
	Unknown                   // what becomes of its expressions is not known
)

// Text is a saved text as it comes back: the pieces between what is computed, and the
// expressions that stand between them, one less.
type Text struct {
	Kind        TextKind
	Pieces      []string
	Expressions []string
}

// String is the text; where something is computed, "…" stands for it.
func (t Text) String() string { return strings.Join(t.Pieces, "…") }

// Fits reports whether a text that came back can be this one.
func (t Text) Fits(got string) bool {
	if len(t.Pieces) == 0 {
		return got == ""
	}
	first, last := t.Pieces[0], t.Pieces[len(t.Pieces)-1]
	if len(t.Pieces) == 1 {
		return got == first
	}
	rest, begins := strings.CutPrefix(got, first)
	if !begins || !strings.HasSuffix(rest, last) {
		return false
	}
	rest = rest[:len(rest)-len(last)]
	for _, piece := range t.Pieces[1 : len(t.Pieces)-1] {
		i := strings.Index(rest, piece)
		if i < 0 {
			return false
		}
		rest = rest[i+len(piece):]
	}
	return true
}

func asItIs(s string) Text { return Text{Kind: Literal, Pieces: []string{s}} }

// functions are the names that a server computes (1.9.0 and 1.15.0, of all dynamic
// variables of Postman and those that Microcks documents).
var functions = map[string]bool{
	"guid": true, "uuid": true, "now": true, "timestamp": true, "put": true, "randomBoolean": true, "randomCity": true,
	"randomCountry": true, "randomCountryCode": true, "randomEmail": true, "randomFirstName": true, "randomFullName": true,
	"randomInt": true, "randomLastName": true, "randomLatitude": true, "randomLongitude": true, "randomNamePrefix": true,
	"randomNameSuffix": true, "randomPhoneNumber": true, "randomStreetAddress": true, "randomStreetName": true,
	"randomString": true, "randomUUID": true, "randomValue": true,
}

var (
	// word is what an expression begins with: a name, perhaps with a sign for a
	// dynamic variable.
	word = regexp.MustCompile(`^\$?\w+`)
	// plainExpression has no sign that could mean something: quotes, brackets, pipes.
	plainExpression = regexp.MustCompile(`^[^'"(){}\[\]<>\\]+$`)
)

// kindOf an expression, without its braces.
func kindOf(expression string) TextKind {
	expression = strings.TrimSpace(expression)
	name := word.FindString(expression)
	switch {
	case name == "request", functions[strings.TrimPrefix(name, "$")]:
		return Computed
	case !plainExpression.MatchString(expression):
		return Unknown
	}
	return Vanishing
}

// render is what a server makes of a saved text: it evaluates what stands in double
// braces. One expression that is empty or has no end leaves the text as it is.
func (b behaviour) render(s string) Text {
	if !strings.Contains(s, "{{") {
		return asItIs(s)
	}
	out := Text{Kind: Literal}
	var piece strings.Builder
	for rest := s; ; {
		before, after, more := strings.Cut(rest, "{{")
		piece.WriteString(before)
		if !more {
			break
		}
		expression, behind, ends := strings.Cut(after, "}}")
		if !ends || strings.TrimSpace(expression) == "" {
			return asItIs(s)
		}
		if trimmed := strings.TrimLeft(behind, "}"); b.closesWithAll {
			expression, behind = expression+behind[:len(behind)-len(trimmed)], trimmed
		}
		rest = behind
		kind := kindOf(expression)
		if strings.HasSuffix(expression, "}") && kind == Unknown && kindOf(strings.TrimRight(expression, "}")) < Unknown {
			kind = kindOf(strings.TrimRight(expression, "}"))
			if kind == Computed { // what follows the name is no longer a call
				kind = Unknown
			}
		}
		if out.Kind = max(out.Kind, kind); kind > Vanishing {
			out.Pieces, out.Expressions = append(out.Pieces, piece.String()), append(out.Expressions, expression)
			piece.Reset()
		}
	}
	out.Pieces = append(out.Pieces, piece.String())
	if strings.Contains(s, "put(") { // which gives a name its value
		return anyText(s)
	}
	if out.Kind == Unknown && strings.ContainsAny(s, "()[]'\"") {
		// An error while evaluating leaves the whole text as it is.
		return anyText(s)
	}
	return out
}

// anyText is a text of which nothing is known but what was saved.
func anyText(saved string) Text {
	return Text{Kind: Unknown, Pieces: []string{"", ""}, Expressions: []string{saved}}
}
