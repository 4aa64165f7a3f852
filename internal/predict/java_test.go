package predict

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Java 17 and Java 25 were seen to do with these expressions.
func TestJavaRegex(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join("testdata", "java-regex.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	told := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c struct {
			Java                 int
			Pattern, Text, Error string
			Groups               *[]string
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		p, bad, known := compilePattern(c.Pattern, regexFeatures{unicodeBoundary: c.Java < 19})
		if !known {
			continue
		}
		told++
		var message string
		if bad != nil {
			message = bad.Error()
		}
		if diff := cmp.Diff(c.Error, message); diff != "" {
			t.Errorf("Java %d %q: %s", c.Java, c.Pattern, diff)
		}
		if bad != nil || c.Error != "" {
			continue
		}
		result, groups := p.match(c.Text)
		want := noMatch
		if c.Groups != nil {
			want = matches
		}
		if result != want || want == matches && !slices.Equal(*c.Groups, groups) {
			t.Errorf("Java %d %q on %q: %v %q", c.Java, c.Pattern, c.Text, result, groups)
		}
	}
	if told < 300 {
		t.Errorf("only %d cases could be told", told)
	}
}

func TestRegexBoundary(t *testing.T) {
	t.Parallel()
	for _, unicodeBoundary := range []bool{true, false} {
		p, _, _ := compilePattern(`.*\b\Wé\b.*`, regexFeatures{unicodeBoundary: unicodeBoundary})
		result, _ := p.match("a-é ")
		if (result == matches) != unicodeBoundary {
			t.Errorf("unicode boundary %v: %v", unicodeBoundary, result)
		}
	}
}

// No expression takes long: beyond a bound the answer is that it is not known.
func TestRegexIsBounded(t *testing.T) {
	t.Parallel()
	p, _, _ := compilePattern(`(a+)+b`, regexFeatures{})
	if result, _ := p.match(strings.Repeat("a", 60)); result != unsure {
		t.Errorf("got %v", result)
	}
	if _, _, known := compilePattern(strings.Repeat("(.+)", 10_000), regexFeatures{}); known {
		t.Error("an endless expression is known")
	}
}

// Double.toString of Java 25; Java 17 prints some extremes with other digits.
func TestJavaDouble(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ literal, want string }{
		{"1.0", "1.0"},
		{"1.10", "1.1"},
		{"100.0", "100.0"},
		{"0.1", "0.1"},
		{"0.001", "0.001"},
		{"0.0009", "9.0E-4"},
		{"1e7", "1.0E7"},
		{"9999999.5", "9999999.5"},
		{"12345678.9", "1.23456789E7"},
		{"1e21", "1.0E21"},
		{"1e22", "1.0E22"},
		{"4.9e-324", "4.9E-324"},
		{"1e-323", "9.9E-324"},
		{"1.7976931348623157e308", "1.7976931348623157E308"},
		{"123e-2", "1.23"},
		{"1e400", "Infinity"},
		{"-1e400", "-Infinity"},
		{"-0.0", "-0.0"},
		{"0.30000000000000004", "0.30000000000000004"},
		{"3.4e38", "3.4E38"},
		{"2e-3", "0.002"},
	} {
		if got := javaDouble(c.literal); got != c.want {
			t.Errorf("%s: got %s, want %s", c.literal, got, c.want)
		}
	}
}

// URLDecoder.decode of Java 25 and Java 17.
func TestURLDecode(t *testing.T) {
	t.Parallel()
	for version, cases := range map[string][]struct{ in, want string }{
		"1.15.0": {
			{`a b`, `ok a b`},
			{`a+b`, `ok a b`},
			{`%41`, `ok A`},
			{`%zz`, `error URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "z" = 122`},
			{`%`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%4`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%4g`, `error URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "g" = 103`},
			{`%+1`, `error URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "+" = 43`},
			{`%-1`, `error URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "-" = 45`},
			{`%C3%A9`, `ok é`},
			{`%FF`, `ok �`},
			{`%C3`, `ok �`},
			{`%E6%97%A5x`, `ok 日x`},
			{`é%`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%é1`, `error URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "é" = 233`},
			{`a%20b%2B`, `ok a b+`},
			{`%F0%9F%98%80`, `ok 😀`},
			{`%ED%A0%80`, `ok �`},
		},
		"1.10.0": {
			{`a b`, `ok a b`},
			{`a+b`, `ok a b`},
			{`%41`, `ok A`},
			{`%zz`, `error URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: "zz"`},
			{`%`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%4`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%4g`, `error URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 1 in: "4g"`},
			{`%-1`, `error URLDecoder: Illegal hex characters in escape (%) pattern - negative value`},
			{`%C3%A9`, `ok é`},
			{`%FF`, `ok �`},
			{`%C3`, `ok �`},
			{`%E6%97%A5x`, `ok 日x`},
			{`é%`, `error URLDecoder: Incomplete trailing escape (%) pattern`},
			{`%é1`, `error URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: "é1"`},
			{`a%20b%2B`, `ok a b+`},
			{`%F0%9F%98%80`, `ok 😀`},
			{`%ED%A0%80`, `ok �`},
		},
	} {
		for _, c := range cases {
			decoded, failure := behaviourOf(version).urlDecode(c.in)
			got := "ok " + decoded
			if failure != "" {
				got = "error " + failure
			}
			if got != c.want {
				t.Errorf("%s %q: got %q, want %q", version, c.in, got, c.want)
			}
		}
	}
}

func TestJavaText(t *testing.T) {
	t.Parallel()
	if got := javaSplit("a&&b&&", "&"); !slices.Equal(got, []string{"a", "", "b"}) {
		t.Errorf("split: %q", got)
	}
	if got := javaSplit("", "&"); !slices.Equal(got, []string{""}) {
		t.Errorf("split of nothing: %q", got)
	}
	if got := javaSplit("==", "="); len(got) != 0 {
		t.Errorf("split of separators: %q", got)
	}
	if got := javaTrim("\x00 \t a \u00a0\n"); got != "a \u00a0" {
		t.Errorf("trim: %q", got)
	}
	if foldKey("GET /Straße") == foldKey("GET /STRASSE") {
		t.Error("characters fold one by one")
	}
	if foldKey("\u0130") != foldKey("i") || foldKey("\u212A") != foldKey("k") {
		t.Error("upper case first, then lower")
	}
	if compareJava("\uFFFD", "\U0001F600") < 0 {
		t.Error("strings are ordered by UTF-16 units")
	}
	if got := encodePath("a b/é:+?"); got != "a%20b/%C3%A9:+%3F" {
		t.Errorf("path: %s", got)
	}
	if got := encodeQueryValue("a b/é~*"); got != "a+b%2F%C3%A9%7E*" {
		t.Errorf("query: %s", got)
	}
	if got := hashOrder([]string{"other", "id", "q", "b"}); !slices.Equal(got, []string{"q", "other", "b", "id"}) {
		t.Errorf("hash order: %q", got)
	}
}

// Lines are decoded in blocks: what is broken in a later one goes unnoticed.
func TestLines(t *testing.T) {
	t.Parallel()
	broken := func(raw string, lines int) int {
		l := newLines([]byte(raw))
		for range lines {
			if _, _, broken := l.next(); broken > 0 {
				return broken
			}
		}
		return 0
	}
	for _, c := range []struct {
		name, raw string
		want      int
	}{
		{"in the block", "a\n\xff", 1},
		{"in the next block", "a\n" + strings.Repeat("b", 8190) + "\xff", 0},
		{"at the end of the block", "a\n" + strings.Repeat("b", 8189) + "\xff", 1},
		{"two bytes of three", "\xe2\x82(", 2},
		{"a surrogate", "\xed\xa0\x80", 3},
	} {
		if got := broken(c.raw, 1); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	l := newLines([]byte("a\r\nb\rc\n\nd"))
	var got []string
	for line, ok, _ := l.next(); ok; line, ok, _ = l.next() {
		got = append(got, string(line))
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "", "d"}, got); diff != "" {
		t.Error(diff)
	}
}

// What follows a span is not tried twice from one place: many parts of an
// address cost little, and a reference still sees every way to match.
func TestRegexSpans(t *testing.T) {
	t.Parallel()
	url := strings.Repeat("/:part", 40)
	p, _, _ := compilePattern(strings.Repeat("/:(.+)", 40), regexFeatures{})
	if result, groups := p.match(url); result != matches || len(groups) != 40 || groups[39] != "part" {
		t.Errorf("got %v %q", result, groups)
	}
	for _, c := range []struct{ pattern, text string }{
		{`(.*)-.*\1`, "ab-b-ab"},
		{`(?:(a+)b*)+c`, "aabac"},
		{`(a*)(a*)(?:\1\2c)`, "aac"},
	} {
		p, _, _ := compilePattern(c.pattern, regexFeatures{})
		if result, _ := p.match(c.text); result != matches {
			t.Errorf("%s on %s: %v", c.pattern, c.text, result)
		}
	}
}

// A long row of marks without a letter is no reason to go through it again for
// each of them.
func TestRegexMarksAreBounded(t *testing.T) {
	t.Parallel()
	p, _, _ := compilePattern(`.*\b`, regexFeatures{})
	if result, _ := p.match(strings.Repeat("\u0301", 100_000)); result != unsure {
		t.Errorf("got %v", result)
	}
}
