package actions

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// step is a Runner and all that comes out of it.
type step struct {
	*Runner
	t        *testing.T
	log      bytes.Buffer
	output   string // path
	summary  string // path
	settings map[string]string
}

// newStep makes a step on GitHub, with settings as name and value in turn.
func newStep(t *testing.T, settings ...string) *step {
	t.Helper()
	dir := t.TempDir()
	s := &step{t: t, output: filepath.Join(dir, "output"), summary: filepath.Join(dir, "summary")}
	s.settings = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": s.output, "GITHUB_STEP_SUMMARY": s.summary}
	for i := 0; i < len(settings); i += 2 {
		s.settings[settings[i]] = settings[i+1]
	}
	s.Runner = New(func(name string) string { return s.settings[name] }, &s.log)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newLocal makes a step off GitHub.
func newLocal(t *testing.T, settings ...string) *step {
	t.Helper()
	return newStep(t, append([]string{"GITHUB_ACTIONS", "", "GITHUB_OUTPUT", "", "GITHUB_STEP_SUMMARY", ""}, settings...)...)
}

func (s *step) read(path string) string {
	s.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func TestMask(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"PMAK-1%":              "::add-mask::PMAK-1%25\n",
		"":                     "",
		" \n\t ":               "",
		"\t ":                  "",
		"abc":                  "::add-mask::abc\n",
		"abcd":                 "::add-mask::abcd\n",
		"{\n  \"a\": 1\n}\n":   "::add-mask::\"a\": 1\n",
		"first\rsecond\r\nx\n": "::add-mask::first\n::add-mask::second\n",
		"abcd\nabc\n":          "::add-mask::abcd\n",
	} {
		s := newStep(t)
		s.Mask(secret)
		if got := s.log.String(); got != want {
			t.Errorf("%q: %q, want %q", secret, got, want)
		}
		if got := s.Unhidden(); strings.TrimSpace(secret) == "" && got != 0 {
			t.Errorf("%q counts as a credential", secret)
		}
		local := newLocal(t)
		local.Mask(secret)
		if got := local.log.String(); got != "" {
			t.Errorf("off GitHub the secret is printed: %q", got)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	first := s.Group("first\n::error::x ##[add-mask]e")
	s.Printf("in it")
	second := s.Group("second")
	first() // ended by the second already
	s.Printf("in the second")
	second()
	second()
	s.Group("left open")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := "::group::first ::error::x ##\\[add-mask]e\nin it\n::endgroup::\n" +
		"::group::second\nin the second\n::endgroup::\n" +
		"::group::left open\n::endgroup::\n"
	if diff := cmp.Diff(want, s.log.String()); diff != "" {
		t.Error(diff)
	}
}

type named struct{ Name string }

func (n named) String() string { return n.Name }

func TestPrintf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		args   []any
		want   string
	}{
		{"plain", nil, "plain\n"},
		{"one line\n", nil, "one line\n"},
		{"two\nlines", nil, "two\nlines\n"},
		{"%s has %d operations, %.1f %%, %t", []any{"Pet Store", 12, 99.5, true}, "Pet Store has 12 operations, 99.5 %, true\n"},
		{"%-10s|%5d|%q|%v", []any{"a", 7, "b", nil}, "a         |    7|\"b\"|<nil>\n"},
		{"name: %s", []any{"x\n::error::y"}, "name: x ::error::y\n"},
		{"name: %s", []any{"x\r::error::y"}, "name: x ::error::y\n"},
		{"name: %s", []any{"x ##[add-mask]e"}, "name: x ##\\[add-mask]e\n"},
		{"%s", []any{"::stop-commands::t"}, "\\::stop-commands::t\n"},
		{"  %s", []any{"\u00a0::stop-commands::t"}, "   \\::stop-commands::t\n"},
		{"%s%s", []any{":", ":error::y"}, "\\::error::y\n"},
		{"%s%s", []any{"##", "[error]y"}, "##\\[error]y\n"},
		{"%v", []any{errors.New("a\nb")}, "a b\n"},
		{"%v", []any{named{"a\x1b[31mb"}}, "a[31mb\n"},
		{"%s", []any{[]byte("a\u202eb")}, "ab\n"},
		{"%v", []any{[]string{"a\nb", "c"}}, "[a b c]\n"},
		{"%x", []any{"hi"}, "6869\n"},
		{"::error::%s", []any{"x"}, "\\::error::x\n"}, // the format cannot either
		{"%s", []any{strings.Repeat("ä", 2000)}, strings.Repeat("ä", 999) + "…\n"},
	} {
		s := newStep(t)
		s.Printf(c.format, c.args...)
		if diff := cmp.Diff(c.want, s.log.String()); diff != "" {
			t.Errorf("%q %q: %s", c.format, c.args, diff)
		}
	}
}

func TestDebugf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step *step
		want string
	}{
		{newStep(t), ""},
		{newStep(t, "RUNNER_DEBUG", "1"), "::debug::GET x ::error::%0Asecond\n"},
	} {
		c.step.Debugf("GET %s\nsecond", "x\n::error::")
		if diff := cmp.Diff(c.want, c.step.log.String()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnnotate(t *testing.T) {
	t.Parallel()
	all := Annotation{Title: "a,b:c\n%", File: "x/é,y.json", Line: 3, Col: 4, Message: "first\nsecond ::error::\r\x1b%"}
	s := newStep(t)
	s.Annotate(Error, all)
	s.Annotate(Warning, Annotation{Message: "m", Line: 3})
	s.Annotate(Notice, Annotation{Message: "m", File: "f", Col: 4})
	if _, bare, _ := strings.Cut(s.log.String(), "\n"); !strings.HasPrefix(bare, "::warning::m\n") {
		t.Errorf("a message alone is %q", bare)
	}
	want := []command{
		{"error", map[string]string{"title": "a,b:c %", "file": "x/é,y.json", "line": "3", "col": "4"}, "first\nsecond ::error:: %"},
		{"warning", map[string]string{}, "m"},
		{"notice", map[string]string{"file": "f"}, "m"},
	}
	if diff := cmp.Diff(want, commandsIn(s.log.String())); diff != "" {
		t.Error(diff, s.log.String())
	}
}

func TestManyAnnotations(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	for i := range 500 {
		s.Annotate(Error, Annotation{Message: fmt.Sprint("error ", i)})
	}
	for i := range 9 {
		s.Annotate(Warning, Annotation{Message: fmt.Sprint("w", i)})
	}
	for range 10 {
		s.Annotate(Notice, Annotation{Message: "n"})
	}
	if strings.Contains(s.log.String(), "more") {
		t.Error("it says how many more there are before it can know")
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	count := map[string]int{}
	var last = map[string]string{}
	for _, c := range commandsIn(s.log.String()) {
		count[c.Name]++
		last[c.Name] = c.Data
	}
	if diff := cmp.Diff(map[string]int{"error": 9, "warning": 9, "notice": 9}, count); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"error": "… and 492 more: see the summary.", "warning": "w8", "notice": "… and 2 more: see the summary.",
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
}

func TestLongAnnotation(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("a", 5000), strings.Repeat("ä", 5000), strings.Repeat("𝔸", 5000), strings.Repeat("a𝔸", 2500),
	} {
		s := newStep(t)
		s.Annotate(Error, Annotation{Title: text, Message: text})
		c := commandsIn(s.log.String())[0]
		units := len(utf16.Encode([]rune(c.Data)))
		if units > 4096 || units < 4095 || !strings.HasSuffix(c.Data, "…") || !utf8.ValidString(c.Data) {
			t.Errorf("%d UTF-16 code units of %.4q", units, text)
		}
		if n := utf8.RuneCountInString(c.Properties["title"]); n != 255 {
			t.Errorf("title of %d runes", n)
		}
	}
	exact := strings.Repeat("a", maxMessage)
	if cutMessage(exact) != exact || cutMessage(strings.Repeat("ä", maxMessage)) != strings.Repeat("ä", maxMessage) {
		t.Error("what fits is cut")
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	if err := os.WriteFile(s.output, []byte("earlier=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	outputs := []Output{
		{"status", "created"},
		{"service-name", "Pet Store\n_GitHubActionsFileCommandDelimeter_\nstatus=unchanged\nx<<y"},
		{"empty", ""},
		{"lines", "a\n\nb\n"},
		{"carriage", "a\r\nb\rc"},
	}
	for _, half := range [][]Output{outputs[:2], outputs[2:]} {
		if err := s.SetOutputs(half); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readOutputs(s.read(s.output))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append([]Output{{"earlier", "1"}}, outputs...), got); diff != "" {
		t.Error(diff)
	}
	if s.log.Len() != 0 {
		t.Errorf("printed: %s", s.log.String())
	}
	for _, name := range []string{"", "a=b", "a\nb", "a<<b", "1", "a b"} {
		if err := s.SetOutputs([]Output{{name, "x"}}); err == nil {
			t.Errorf("%q is taken as a name", name)
		}
	}
	if err := formatOutput(new(strings.Builder), Output{"a", "x end_known y"}, func() string { return "known" }); err == nil {
		t.Error("a value with the delimiter is taken")
	}
}

// A delimiter that could be guessed would let a value define outputs.
func TestDelimitersCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	seen := map[string]bool{}
	for range 20 {
		if err := s.SetOutputs([]Output{{"a", "1"}}); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.SplitSeq(s.read(s.output), "\n") {
		if delimiter, ok := strings.CutPrefix(line, "a<<"); ok {
			if seen[delimiter] || len(delimiter) < 26 {
				t.Errorf("delimiter %q", delimiter)
			}
			seen[delimiter] = true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d delimiters", len(seen))
	}
}

// A path that cannot be opened, and the right to open one given up in between.
func TestFiles(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	s.settings["GITHUB_OUTPUT"], s.settings["GITHUB_STEP_SUMMARY"] = "/nowhere/x", "/nowhere/y"
	if err := errors.Join(s.SetOutputs([]Output{{"a", "1"}}), s.WriteSummary("text")); err != nil {
		t.Fatal(err)
	}
	if out, sum := s.read(s.output), s.read(s.summary); !strings.HasPrefix(out, "a<<") || sum != "text\n" {
		t.Errorf("%q, %q", out, sum)
	}

	for _, c := range []struct{ path, hint string }{{"", "update the runner"}, {"/nowhere/x", "folder"}} {
		s := newStep(t, "GITHUB_OUTPUT", c.path, "GITHUB_STEP_SUMMARY", c.path)
		for _, err := range []error{s.Open(), s.SetOutputs([]Output{{"a", "1"}}), s.WriteSummary("x")} {
			e, ok := errors.AsType[*FileError](err)
			if !ok || !strings.Contains(e.Error(), "GITHUB_") || e.Unwrap() == nil || !strings.Contains(e.Hint(), c.hint) ||
				e.Anchor() == "" || e.ExitCode() != 14 {
				t.Errorf("%q: %v", c.path, err)
			}
		}
	}
	outputs := s.outputs
	for range 2 { // to close again is no error
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := outputs.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file of outputs was left open: %v", err)
	}
	if err := newLocal(t).Open(); err != nil {
		t.Error(err)
	}
}

// A pipe, whether anybody reads it or not, is no file of the runner's, and holds up
// nothing.
func TestPipes(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]bool{"read": true, "not read": false} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if read {
			reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = reader.Close() }()
		}
		s := newStep(t, "GITHUB_OUTPUT", path, "GITHUB_STEP_SUMMARY", path)
		for _, err := range []error{s.Open(), s.SetOutputs([]Output{{"a", "1"}}), s.WriteSummary("x")} {
			e, ok := errors.AsType[*FileError](err)
			if !ok || !errors.Is(e, errPipe) || !strings.Contains(e.Hint(), "name a file") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := OpenFile(path, os.O_RDONLY); !errors.Is(err, errPipe) {
			t.Errorf("%s, for reading: %v", name, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("needs /dev/full, which Linux has: run it there")
	}
	s := newStep(t, "GITHUB_OUTPUT", "/dev/full", "GITHUB_STEP_SUMMARY", "/dev/full")
	for _, err := range []error{s.SetOutputs([]Output{{"a", "1"}}), s.WriteSummary("x")} {
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Errorf("%v", err)
		}
	}
}

// brokenPipe fails as it says, first and after that.
type brokenPipe struct{ first, then error }

func (p *brokenPipe) Write([]byte) (int, error) {
	err := p.first
	p.first = p.then
	return 0, err
}

func TestBrokenStandardOutput(t *testing.T) {
	t.Parallel()
	for _, github := range []string{"true", ""} {
		r := New(func(name string) string {
			if name == "GITHUB_ACTIONS" {
				return github
			}
			return ""
		}, &brokenPipe{os.ErrClosed, os.ErrDeadlineExceeded})
		r.Mask("secret")
		r.Group("g")()
		r.Printf("x")
		r.Annotate(Error, Annotation{Message: "m"})
		if err := r.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v", err)
		}
	}
}

func TestSummaryIsLines(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	if err := errors.Join(s.WriteSummary("bad \xff\n"), s.WriteSummary("end")); err != nil {
		t.Fatal(err)
	}
	if got := s.read(s.summary); got != "bad \uFFFD\nend\n" {
		t.Errorf("got %q", got)
	}
}

func TestSummaryBudget(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	line := strings.Repeat("ä", 50) + "\n"
	for range 12 {
		if err := s.WriteSummary(strings.Repeat(line, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	got := s.read(s.summary)
	body, ok := strings.CutSuffix(got, cutNotice)
	if len(got) > 900<<10 || len(got) < 900<<10-len(line) || !ok || strings.Trim(strings.ReplaceAll(body, line, ""), "\n") != "" {
		t.Errorf("%d bytes, ending %q", len(got), got[max(0, len(got)-200):])
	}
}

func TestCutSummary(t *testing.T) {
	t.Parallel()
	room := func(n int) int { return n + len(cutNotice) }
	for _, c := range []struct {
		name, text string
		budget     int
		want       string
	}{
		{"fits", "a\nb\n", 4, "a\nb\n"},
		{"at a line's end", "first\nsecond\n" + strings.Repeat("x", 500), room(12), "first\n" + cutNotice},
		{"one long line", strings.Repeat("ä", 500), room(5), "ää" + cutNotice},
		{"an empty line and a long one", "\n" + strings.Repeat("x", 500), room(5), "\n" + cutNotice},
		{"no room for the notice", strings.Repeat("x\n", 500), 20, ""},
		{"open fence", "```json\n{\n" + strings.Repeat("x\n", 500), room(20), "```json\n{\nx\nx\n\n```\n" + cutNotice},
		{
			"open details", "<details><summary>s</summary>\n" + strings.Repeat("x\n", 500), room(48),
			"<details><summary>s</summary>\nx\nx\nx\n\n</details>\n" + cutNotice,
		},
	} {
		got := cutSummary(c.text, c.budget)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestClosing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "",
		"```\na\n```\n":                      "",
		"```\na\n":                           "\n```\n",
		"````\n```\n":                        "\n````\n",
		"~~~\n```\n":                         "\n~~~\n",
		"```\n``` no end\n":                  "\n```\n",
		"```\n<details>\n```\n":              "",
		"<details>\n<details>\n</details>\n": "\n</details>\n",
		"<details open>\n```\n":              "\n```\n\n</details>\n",
		"`<x>` ``\n":                         "",
	} {
		if got := closing(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Lines of several goroutines do not mix.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := newStep(t, "RUNNER_DEBUG", "1")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			defer s.Group("g")()
			s.Printf("%s", strings.Repeat(fmt.Sprint(i), 100))
			s.Debugf("d")
			s.Annotate(Warning, Annotation{Message: "m"})
			s.Mask("secret")
			if err := errors.Join(s.SetOutputs([]Output{{"a", "1"}}), s.WriteSummary("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	groups := 0
	for _, c := range commandsIn(s.log.String()) {
		switch c.Name {
		case "group":
			groups++
		case "endgroup":
			groups--
		}
		if groups < 0 || groups > 1 {
			t.Fatalf("%d groups open in:\n%s", groups, s.log.String())
		}
	}
	if got, err := readOutputs(s.read(s.output)); len(got) != 8 || err != nil {
		t.Errorf("%d outputs, %v", len(got), err)
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                          "",
		"Pet Store API":             "Pet Store API",
		"a\tb\nc\r\nd\u2028e\u0085": "a b c  d e ",
		"a\x00b\x7fc\u009bd":        "abcd",
		"a\u202eb\u2066c\u200bd":    "abcd",
		"\xff":                      "\uFFFD",
		"a::b":                      "a::b",
		"::a":                       "\\::a",
		" \u00a0::a":                "  \\::a",
		"\u00ad::a":                 "\\::a",
		"é::a":                      "é\\::a",
		":é:a":                      "\\:é:a",
		":":                         ":",
		":é":                        ":é",
		"##[a]":                     "##\\[a]",
		"###[a]":                    "###\\[a]",
		"#\x00#[a]":                 "##\\[a]",
		"#é#é[a]":                   "#é#é\\[a]",
		"# #[a]":                    "# #[a]",
		"#[a]":                      "#[a]",
		"##a[":                      "##a[",
		"::##[a]":                   "\\::##\\[a]",
	} {
		if got := Safe(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// What a server holds as a credential cannot blank out a job.
func TestServersCannotPoisonMasks(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	for _, plain := range []string{
		"", "true", "created", "unchanged", "collection", "Pet Store 1.0.0", "1234567", "a\nb\nlong line",
		strings.Repeat("x", mostFoundBytes+1),
	} {
		s.MaskFound(plain)
	}
	if got := s.log.String(); got != "" {
		t.Errorf("masked: %q", got)
	}
	for i := range 1000 {
		s.MaskFound(fmt.Sprintf("s3cret-of-somebody-%d", i))
	}
	if got := strings.Count(s.log.String(), "::add-mask::"); got != 100 {
		t.Errorf("%d masks, want 100", got)
	}
	if s.Unhidden() != 0 {
		t.Errorf("%d credentials of others are said to be the run's", s.Unhidden())
	}
}

// Whatever an untrusted text has, its beginning alone is looked at: searching one of
// many megabytes for credentials takes seconds.
func TestLongTextsAreCutBeforeTheyAreSearched(t *testing.T) {
	t.Parallel()
	searched := 0
	hide := func(s string) string { searched = len(s); return s }
	shown := fmt.Sprintf("%s", untrusted{strings.Repeat("%", 1<<20), hide})
	if searched > 4*maxSafe+len("…") || shown != strings.Repeat("%", maxSafe-1)+"…" {
		t.Errorf("%d bytes were searched for %d shown", searched, len(shown))
	}
	s := newStep(t)
	s.Mask("s3cret/of+mine")
	before := s.log.Len()
	s.Printf("%s", strings.Repeat("\u200b", 4*maxSafe-10)+"s3cret/of+mine")
	if got := s.log.String()[before:]; got != "……\n" {
		t.Errorf("where a text was cut is left: %q", got)
	}
}

// An input's credential is always masked, and hidden where that leaves a report.
func TestMaskedIsHidden(t *testing.T) {
	t.Parallel()
	s := newStep(t)
	s.Mask("s3cret/of+mine")
	s.Mask("short")
	s.Mask("unchanged")
	before := s.log.Len()
	s.Printf("%s and %s, %s", "xs3cret/of+minex", "s3cret%2Fof%2Bmine", errors.New("unchanged s3cret\u200b/of+mine"))
	s.Group("s3cret/of+mine")()
	s.Annotate(Error, Annotation{Title: "s3cret/of+mine", Message: `"s3cret\/of+mine"`, File: "s3cret/of+mine"})
	if got := s.log.String()[before:]; strings.Contains(got, "s3cret") || !strings.HasPrefix(got, "x…x and …, unchanged …\n") {
		t.Errorf("got %q", got)
	}
	if s.Unhidden() != 2 {
		t.Errorf("%d credentials cannot be hidden, want 2", s.Unhidden())
	}
}
