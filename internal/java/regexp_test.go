package java_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/java"
)

// observation is what one Java release was seen to do with an expression.
type observation struct {
	Java                 int
	Pattern, Text, Error string
	Groups               *[]string // nil when the text does not match
}

func observations(tb testing.TB) []observation {
	file, err := os.Open(filepath.Join("testdata", "regexp.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var all []observation
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var o observation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			tb.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// What Java 17 and Java 25 were seen to do with these expressions.
func TestRegexp(t *testing.T) {
	t.Parallel()
	told := 0
	for _, o := range observations(t) {
		p, err := java.Compile(o.Pattern, java.Options{ASCIIBoundary: o.Java >= 19})
		if errors.Is(err, java.ErrUnsupported) {
			continue
		}
		told++
		var message string
		if err != nil {
			message = err.Error()
		}
		if diff := cmp.Diff(o.Error, message); diff != "" {
			t.Errorf("Java %d %q: %s", o.Java, o.Pattern, diff)
		}
		if err != nil || o.Error != "" {
			continue
		}
		want := java.NoMatch
		if o.Groups != nil {
			want = java.Matches
		}
		if got := p.Match(o.Text); got.Verdict != want || want == java.Matches && !slices.Equal(*o.Groups, got.Groups) {
			t.Errorf("Java %d %q on %q: %+v", o.Java, o.Pattern, o.Text, got)
		}
	}
	if told < 300 {
		t.Errorf("only %d cases could be told", told)
	}
}

func TestPatternError(t *testing.T) {
	t.Parallel()
	_, err := java.Compile("a\t[b", java.Options{})
	bad, ok := errors.AsType[*java.PatternError](err)
	if !ok {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&java.PatternError{Description: "Unclosed character class", Pattern: "a\t[b", Index: 3}, bad); diff != "" {
		t.Error(diff)
	}
	if got, want := bad.Error(), bad.Summary()+"\na\t[b\n \t ^"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&java.PatternError{Description: "d", Index: -1}).Summary(); got != "d" {
		t.Errorf("without a place: %q", got)
	}
}

// mustCompile is for expressions that are known to be known.
func mustCompile(tb testing.TB, expression string, o java.Options) *java.Pattern {
	tb.Helper()
	p, err := java.Compile(expression, o)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestRegexpBoundary(t *testing.T) {
	t.Parallel()
	for _, ascii := range []bool{true, false} {
		p := mustCompile(t, `.*\b\Wé\b.*`, java.Options{ASCIIBoundary: ascii})
		if got := p.Match("a-é "); (got.Verdict == java.Matches) == ascii {
			t.Errorf("ASCII boundary %v: %+v", ascii, got)
		}
	}
}

// No expression takes long: beyond a bound the answer is that it is not known.
func TestRegexpIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ expression, text string }{
		"nested repetitions":        {`(a+)+b`, strings.Repeat("a", 60)},
		"marks that have no letter": {`.*\b`, strings.Repeat("\u0301", 100_000)},
		"a wide class":              {`[` + strings.Repeat(`\d\w`, 400) + `]*[a]*!`, strings.Repeat("\u00e9", 400_000) + "!"},
		"spans that fail":           {strings.Repeat(".*", 4000) + "b", strings.Repeat("a", 400_000)},
		"groups of nothing":         {"(" + strings.Repeat("()", 4000) + "a)*b", strings.Repeat("a", 1000)},
		"a long text":               {".*", strings.Repeat("a", 7_000_000)},
	} {
		if got := mustCompile(t, c.expression, java.Options{}).Match(c.text); got.Verdict != java.Undecided || got.Steps > 100_000 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, expression := range map[string]string{
		"many parts":          strings.Repeat("(.+)", 10_000),
		"deep groups":         strings.Repeat("(", 1000) + strings.Repeat(")", 1000),
		"deep classes":        strings.Repeat("[", 1000),
		"groups of nothing":   strings.Repeat("()", 400_000),
		"branches of nothing": strings.Repeat("|", 1_000_000),
		"one wide class":      "[" + strings.Repeat("ab", 400_000) + "]",
		"classes in a class":  "[" + strings.Repeat("[a]", 300_000) + "]",
		"intersections":       "[a" + strings.Repeat("&&a", 300_000) + "]",
		"a megabyte":          strings.Repeat("()", 3_000_000),
	} {
		if _, err := java.Compile(expression, java.Options{}); !errors.Is(err, java.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What follows a span is not tried twice from one place: many parts of an
// address cost little, and a reference still sees every way to match.
func TestRegexpSpans(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, strings.Repeat("/:(.+)", 40), java.Options{})
	if got := p.Match(strings.Repeat("/:part", 40)); got.Verdict != java.Matches || len(got.Groups) != 40 || got.Groups[39] != "part" {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct{ expression, text string }{
		{`(.*)-.*\1`, "ab-b-ab"},
		{`(?:(a+)b*)+c`, "aabac"},
		{`(a*)(a*)(?:\1\2c)`, "aac"},
	} {
		if got := mustCompile(t, c.expression, java.Options{}).Match(c.text); got.Verdict != java.Matches {
			t.Errorf("%s on %s: %+v", c.expression, c.text, got)
		}
	}
}

// A pattern keeps nothing of a match.
func TestRegexpIsReused(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `(a|b+)?c`, java.Options{})
	first := p.Match("bbc")
	if got := p.Match("c"); got.Verdict != java.Matches || !slices.Equal(got.Groups, []string{"null"}) {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(first, p.Match("bbc")); diff != "" {
		t.Error(diff)
	}
}

// Any expression and text get an answer within the bound.
func FuzzRegexp(f *testing.F) {
	for _, o := range observations(f) {
		f.Add(o.Pattern, o.Text, o.Java >= 19)
	}
	f.Fuzz(func(t *testing.T, expression, text string, ascii bool) {
		p, err := java.Compile(expression, java.Options{ASCIIBoundary: ascii})
		if err != nil {
			bad, ok := errors.AsType[*java.PatternError](err)
			if ok && (bad.Pattern != expression || !strings.HasPrefix(err.Error(), bad.Summary()+"\n")) {
				t.Errorf("%q: %q", expression, err)
			}
			return
		}
		if got := p.Match(text); got.Steps > 100_000 || got.Verdict != java.Matches && got.Groups != nil {
			t.Errorf("%q on %q: %+v", expression, text, got)
		}
	})
}
