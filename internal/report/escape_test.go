package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	t.Parallel()
	const z = apart
	for _, tt := range []struct{ in, text, prose, code, summary string }{
		{"Pet Store 1.0.0", "Pet Store 1.0.0", "Pet Store 1.0.0", "`Pet Store 1.0.0`", "Pet Store 1.0.0"},
		{"", "", "", "", ""},
		{" \t\n ", "", "", "", ""},
		{"a\nb", "a b", "a<br>b", "`a b`", "a b"},
		{"a\u2028b\u0085c\x00d\x1be\u202ef\ufeffg", "a b cdefg", "a b cdefg", "`a b cdefg`", "a b cdefg"},
		{"می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم", "`می\u200cخواهم`", "می\u200cخواهم"},
		{"a\xffb", "a\uFFFDb", "a\uFFFDb", "`a\uFFFDb`", "a\uFFFDb"},
		{"a|b", "a&#124;b", "a&#124;b", "`a|b`", "a|b"},
		{"<b>&amp;", "&lt;b&gt;&amp;amp;", "&lt;b&gt;&amp;amp;", "`<b>&amp;`", "&lt;b&gt;&amp;amp;"},
		{`*_~[]\$`, `\*\_\~\[\]\\\$`, `\*\_\~\[\]\\\$`, "`*_~[]\\$`", `*_~[]\$`},
		{"set `a` now", "set &#96;a&#96; now", "set `a` now", "``set `a` now``", "set `a` now"},
		{"`a`", "&#96;a&#96;", "`a`", "`` `a` ``", "`a`"},
		{"`a``b`", "&#96;a&#96;&#96;b&#96;", "`a`" + z + "`b`", "``` `a``b` ```", "`a``b`"},
		{" a ", "a", "a", "`  a  `", "a"},
		{`\|`, `\\&#124;`, `\\&#124;`, "`\\" + z + "|`", `\|`},
		{"@octocat", "@" + z + "octocat", "@" + z + "octocat", "`@" + z + "octocat`", "@" + z + "octocat"},
		{
			"see https://x.example/a.", "see https:" + z + "//x.example/a.", "see `https://x.example/a`.",
			"`see https://x.example/a.`", "see https:" + z + "//x.example/a.",
		},
		{"www.x.example", "www" + z + ".x.example", "www" + z + ".x.example", "`www.x.example`", "www" + z + ".x.example"},
		{"a#12 GH-3", `a#` + z + `12 GH` + z + `-3`, `a#` + z + `12 GH` + z + `-3`, "`a#12 GH-3`", `a#` + z + `12 GH` + z + `-3`},
		{"deadbeef99", "`deadbeef99`", "`deadbeef99`", "`deadbeef99`", "<code>deadbeef99</code>"},
		{
			"see 12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2.", "see `12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2`.",
			"see `12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2`.", "`see 12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2.`",
			"see <code>12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2</code>.",
		},
		{
			"`a`20260401`b`", "&#96;a&#96;`20260401`&#96;b&#96;", "`a`" + z + "`20260401`" + z + "`b`",
			"`` `a`20260401`b` ``", "`a`<code>20260401</code>`b`",
		},
		{"a_20260401", "`a_20260401`", "`a_20260401`", "`a_20260401`", "<code>a_20260401</code>"},
		{
			"@20260401#1", "@" + z + "`20260401`#" + z + "1", "@" + z + "`20260401`#" + z + "1",
			"`@" + z + "20260401#1`", "@" + z + "<code>20260401</code>#" + z + "1",
		},
		{":octocat:", ":" + z + "octocat:", ":" + z + "octocat:", "`:octocat:`", ":" + z + "octocat:"},
		{"x:443: y", "x:443: y", "x:443: y", "`x:443: y`", "x:443: y"},
		{":a:b:", ":" + z + "a:" + z + "b:", ":" + z + "a:" + z + "b:", "`:a:b:`", ":" + z + "a:" + z + "b:"},
		{"1. x", `1\. x`, `1\. x`, "`1. x`", "1. x"},
		{"1.", `1\.`, `1\.`, "`1.`", "1."},
		{"- x", `\- x`, `\- x`, "`- x`", "- x"},
		{"# x", `\#` + z + ` x`, `\#` + z + ` x`, "`# x`", "#" + z + " x"},
	} {
		got := []string{string(inline(tt.in)), string(prose(tt.in)), string(code(tt.in)), summaryText(tt.in)}
		want := []string{tt.text, tt.prose, tt.code, tt.summary}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q as text, prose, code and summary (-want +got):\n%s", tt.in, d)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 5000)
	for name, got := range map[string]struct {
		shown string
		most  int
	}{
		"text":    {string(inline(long)), maxText},
		"prose":   {string(prose(long)), maxText},
		"code":    {strings.Trim(string(code(long)), "`"), maxCode},
		"summary": {summaryText(long), maxSummary},
		"short":   {string(short(long, 7)), 7},
	} {
		if runes := []rune(got.shown); len(runes) != got.most || runes[got.most-1] != '…' {
			t.Errorf("%s shows %d characters, want %d with an ellipsis: %q", name, len(runes), got.most, got.shown)
		}
	}
	if got := string(prose(strings.Repeat("line\n", 50))); strings.Count(got, "<br>") != 10 || !strings.HasSuffix(got, "…") {
		t.Errorf("prose shows all lines: %q", got)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ address, want string }{
		{"https://m.example/#/services/1", "[x](https://m.example/#/services/1)"},
		{"http://127.0.0.1:8080/a", "[x](http://127.0.0.1:8080/a)"},
		{"http://[::1]:8080/a", "[x](http://[::1]:8080/a)"},
		{"https://m.example/a b)(<>\"|`@*\\", "[x](https://m.example/a%20b%29%28%3C%3E%22%7C%60%40%2A%5C)"},
		{"https://m.example/?a=1&b=2", "[x](https://m.example/?a=1&amp;b=2)"},
		{"https://m.example/\n\x00[y](z)", "[x](https://m.example/%20%5By%5D%28z%29)"},
		{"javascript:alert(1)", "x"},
		{"https://user:secret@m.example/", "x"},
		{"https://m.ex(ample/", "x"},
		{"//m.example/", "x"},
		{"%zz", "x"},
		{"", "x"},
	} {
		if got := string(link("x", tt.address)); got != tt.want {
			t.Errorf("link to %q is %q, want %q", tt.address, got, tt.want)
		}
	}
}

func TestAddressesKeepLettersAndDigits(t *testing.T) {
	t.Parallel()
	if got, want := escapeAddress("/09:@AZ[`az{\x7f\xe9"), "/09:%40AZ%5B%60az%7B%7F%E9"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Nothing to emphasise or to click on leaves no marks.
func TestNothingStaysNothing(t *testing.T) {
	t.Parallel()
	if got := bold("") + link("", "https://m.example/"); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestBackticksAreKeptFromGrowing(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{19: 19, 20: 20, 21: 20, 100: 20} {
		inner := strings.TrimLeft(string(code("x"+strings.Repeat("`", n)+"x")), "`")
		if got := longestRun(strings.TrimRight(inner, "`"), '`'); got != want {
			t.Errorf("%d backticks have %d together, want %d", n, got, want)
		}
	}
}

// FuzzText puts a string into every place where a text can stand.
func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		build := func(s string) string {
			var d document
			for _, cell := range []Markdown{inline(s), prose(s), code(s), bold(inline(s)), link(bold(inline(s)), server+"/"+s)} {
				d.heading(4, cell)
				d.paragraph(cell)
				d.paragraph("a " + cell + " b " + cell + ".")
				d.list([]item{{text: cell, below: []Markdown{cell + ": " + cell}}})
				d.table([]column{{title: "A"}, {title: cell}, {title: "B"}}, [][]Markdown{{cell, cell, ""}, {"", cell + " " + cell, cell}})
			}
			d.details(s, func() { d.paragraph("x") })
			return d.String()
		}
		got := build(s)
		checkSafe(t, got)
		if !visible(s) {
			return
		}
		if d := cmp.Diff(shape(build("x")), shape(got)); d != "" {
			t.Errorf("%q changes the blocks (-harmless +got):\n%s\n%s", s, d, got)
		}
	})
}
