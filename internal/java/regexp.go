package java

import (
	"errors"
	"strconv"
	"strings"
)

// Regular expressions are read and matched here as java.util.regex does, as far
// as collections can make a server use them: Microcks takes operation names,
// addresses and variable names for expressions. What is refused is refused with
// Java's words, because they reach the user.

// Bounds of this package; Java has none.
const (
	maxMatchSteps = 100_000 // of one match
	maxParts      = 5000    // of one expression
	maxSets       = 1000    // of its bracket expressions, together
	maxNesting    = 400     // of groups and bracket expressions
)

// LongestExpression is the most bytes of an expression that is read.
const LongestExpression = 1 << 20

// ErrUnsupported is the error of an expression that Java may accept, but whose
// meaning is not known here, or that is too large.
var ErrUnsupported = errors.New("the meaning of this regular expression is not known")

// PatternError is a PatternSyntaxException.
type PatternError struct {
	Description string // "Unclosed group"
	Pattern     string // the whole expression
	Index       int    // where Java's reader stood, in code points; below 0: not told
}

// Summary is the first line of the exception's message.
func (e *PatternError) Summary() string {
	if e.Index < 0 {
		return e.Description
	}
	return e.Description + " near index " + strconv.Itoa(e.Index)
}

// Error is the exception's message: what is wrong, the expression, and below it
// a mark at the place.
func (e *PatternError) Error() string {
	var b strings.Builder
	b.WriteString(e.Summary() + "\n" + e.Pattern)
	units := units(CodePoints(e.Pattern))
	if e.Index >= 0 && e.Index < len(units) {
		b.WriteByte('\n')
		for _, u := range units[:e.Index] {
			if u == '\t' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('^')
	}
	return b.String()
}

// Pattern is a compiled expression. It may be used by several goroutines.
type Pattern struct {
	root   step
	groups int
	spans  int
	weight int // of a step: more where a character is looked for in many sets
}

// setsInStep is in how many sets a character is looked for in the time of a step.
const setsInStep = 16

// stepBytes is how much text is read in the time of a step.
const stepBytes = 64

// Compile reads an expression. The error is a [*PatternError], or
// [ErrUnsupported].
func Compile(expression string, o Options) (p *Pattern, err error) {
	if len(expression) > LongestExpression {
		return nil, ErrUnsupported
	}
	r := &regexReader{text: unquoted(CodePoints(expression)), source: expression, options: o, names: map[string]int{}}
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *PatternError:
			p, err = nil, x
		case unsupported:
			p, err = nil, ErrUnsupported
		default:
			panic(x)
		}
	}()
	root := r.expression()
	if r.pos != len(r.text) {
		if r.peek() == ')' {
			panic(r.fail("Unmatched closing ')'"))
		}
		if o.ASCIIBoundary && r.pos == len(r.text)+1 && strings.HasSuffix(expression, `\`) {
			panic(r.fail("Unescaped trailing backslash"))
		}
		panic(r.fail("Unexpected internal error"))
	}
	if r.beyond {
		return nil, ErrUnsupported
	}
	for _, s := range r.spans {
		s.again = s.again || r.refers
	}
	return &Pattern{root: root, groups: r.groups, spans: len(r.spans), weight: 1 + r.sets/setsInStep}, nil
}

// Verdict on a text.
type Verdict int

// Verdicts. A match is undecided when it would take too many steps.
const (
	NoMatch Verdict = iota
	Matches
	Undecided
)

// Match is what came of matching one text.
type Match struct {
	Verdict Verdict
	// Groups are what the capturing groups of a match took, from the first on;
	// "null" for one that took no part, as Java prints it.
	Groups []string
	// Steps are what the match cost, at most 100,000.
	Steps int
}

// Match tries the whole text, as String.matches does.
func (p *Pattern) Match(text string) Match { return p.MatchWithin(text, maxMatchSteps) }

// MatchWithin is [Pattern.Match] with fewer steps.
func (p *Pattern) MatchWithin(text string, steps int) Match {
	steps = min(steps, maxMatchSteps)
	most := steps / p.weight
	m := &matcher{budget: most - len(text)/stepBytes}
	if m.budget <= 0 {
		return Match{Verdict: Undecided, Steps: steps}
	}
	m.text = CodePoints(text)
	m.groups, m.failed = make([][2]int, p.groups+1), make([][]bool, p.spans)
	for i := range m.groups {
		m.groups[i] = [2]int{-1, -1}
	}
	ok := p.root(m, 0, func(i int) bool { return i == len(m.text) })
	steps = (most - max(0, m.budget)) * p.weight
	switch {
	case m.budget <= 0:
		return Match{Verdict: Undecided, Steps: steps}
	case !ok:
		return Match{Verdict: NoMatch, Steps: steps}
	}
	return Match{Verdict: Matches, Steps: steps, Groups: m.taken()}
}
