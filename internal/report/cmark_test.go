package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// render has cmark-gfm, which GitHub runs, make HTML of each Markdown in a JSON
// list. Raw HTML comes through, so that a test sees what GitHub's sanitiser would
// get to see.
const render = `
import json, sys, cmarkgfm
from cmarkgfm.cmark import Options as o
json.dump([cmarkgfm.markdown_to_html_with_extensions(m, o.CMARK_OPT_UNSAFE | o.CMARK_OPT_FOOTNOTES,
    extensions=["table", "autolink", "strikethrough", "tasklist"]) for m in json.load(sys.stdin)], sys.stdout)
`

// cmark renders as GitHub does, or skips the test.
func cmark(t *testing.T, markdown []string) []string {
	t.Helper()
	python := os.Getenv("CMARKGFM_PYTHON")
	if python == "" {
		t.Skip("CMARKGFM_PYTHON names no Python with the package cmarkgfm: .ci/run test does, or " +
			"python3 -m venv V && V/bin/pip install cmarkgfm, then CMARKGFM_PYTHON=V/bin/python3")
	}
	in, err := json.Marshal(markdown)
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), python, "-c", render)
	command.Stdin, command.Stderr = bytes.NewReader(in), &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var pages []string
	if err := json.Unmarshal(out, &pages); err != nil || len(pages) != len(markdown) {
		t.Fatalf("%d pages of %d: %v", len(pages), len(markdown), err)
	}
	return pages
}

var (
	element = regexp.MustCompile(`<[^>]*>`)
	// ours are the elements that a summary has; cmark-gfm writes every other < as
	// an entity.
	ours = regexp.MustCompile(`^</?(h[3-6]|p|ul|li|strong|code|table|thead|tbody|tr|details|summary)>$|` +
		`^<br( /)?>$|^</?t[hd]( align="right")?>$|^<a href="[^"]*">$|^</a>$`)
	target = regexp.MustCompile(`^<a href="([^"]*)">$`)
)

// strange lists the elements of a rendered summary that are not the program's.
func strange(page string) []string {
	var found []string
	for _, e := range element.FindAllString(page, -1) {
		m := target.FindStringSubmatch(e)
		trustedLink := m == nil || m[1] == server || slices.ContainsFunc(trusted, func(t string) bool { return strings.HasPrefix(m[1], t) })
		if !ours.MatchString(e) || !trustedLink {
			found = append(found, e)
		}
	}
	return found
}

// skeleton is the elements of a page, without those that a text decides: code,
// line breaks, and the links to our own pages.
func skeleton(page string) string {
	var b strings.Builder
	for _, e := range element.FindAllString(page, -1) {
		if !strings.HasPrefix(e, "<br") && !strings.Contains(e, "code>") && e != "</a>" && !target.MatchString(e) {
			b.WriteString(e + "\n")
		}
	}
	return b.String()
}

// hostileNames are n names made of what breaks out of naive Markdown, the same
// ones in every run.
func hostileNames(n int) []string {
	random := rand.New(rand.NewPCG(80, 81))
	pieces := append(slices.Clone(hostile),
		"<img src=//evil.example/x>", "[x](//evil.example)", "![x](//evil.example)", "https://evil.example", "<h1>", "</details>", "\n\n", "\n# ",
		"\\", " ", "x", "|", "\n|", "*", "_", "](", "<!--", "-->", "<pre>", "$$", "@octocat", "\u200b", "\r", "```", "~~~\n", "[^1]", "[^1]: x",
	)
	names := make([]string, n)
	for i := range names {
		var b strings.Builder
		for range 1 + random.IntN(5) {
			piece := pieces[random.IntN(len(pieces))]
			if random.IntN(3) == 0 {
				piece = strings.Repeat("`", cmp.Or(random.IntN(180), 80))
			}
			b.WriteString(piece)
		}
		names[i] = b.String()
	}
	return names
}

// A page is rendered as GitHub does it, for each of 2,000 hostile names in every
// place: no element, link or image comes from a name.
func TestHostileNamesRenderedAsGitHubDoes(t *testing.T) {
	t.Parallel()
	names := hostileNames(2000)
	// Attacks that once succeeded: the code span around it would need 81 backticks.
	for _, ticks := range []int{79, 80, 81, 160} {
		names[ticks] = strings.Repeat("`", ticks) + "<img src=//evil.example/x> [x](//evil.example) <b>"
	}
	kinds := []string{"summary", "comment"}
	var all, harmless []string
	for i, name := range names {
		v := variant(i % variants)
		kind := kinds[i/variants%len(kinds)]
		all = append(all, pages(filled(v, name, name))[kind])
		if i < variants*len(kinds) {
			harmless = append(harmless, pages(filled(v, "x", "x"))[kind])
		}
	}
	t.Run("goldmark", func(t *testing.T) {
		t.Parallel()
		for i := 0; i < len(all); i += 9 {
			checkSafe(t, all[i])
		}
	})
	t.Run("cmark-gfm", func(t *testing.T) {
		t.Parallel()
		want, got := cmark(t, harmless), cmark(t, all)
		for i, page := range got {
			if found := strange(page); len(found) > 0 {
				t.Errorf("%q makes %q", names[i], found)
			}
			if d := gocmp.Diff(skeleton(want[i%len(want)]), skeleton(page)); visible(names[i]) && d != "" {
				t.Errorf("%q changes the elements (-harmless +got):\n%s", names[i], d)
			}
			if t.Failed() {
				return
			}
		}
	})
}

// The test above sees what it is to see.
func TestStrangeElementsAreSeen(t *testing.T) {
	t.Parallel()
	span := func(ticks int) string {
		fence := strings.Repeat("`", ticks)
		return fmt.Sprintf("a %s<img src=x> www.evil.example %s b", fence, fence)
	}
	pages := cmark(t, []string{span(80), span(81), "[x](" + server + "/x) [x](//evil.example)"})
	for i, want := range [][]string{nil, {"<img src=x>", `<a href="http://www.evil.example">`}, {`<a href="//evil.example">`}} {
		if d := gocmp.Diff(want, strange(pages[i])); d != "" {
			t.Errorf("%s (-want +got):\n%s", pages[i], d)
		}
	}
}
