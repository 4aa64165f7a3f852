package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	goldens = "../../report/testdata"
	images  = "../../../docs/images"
)

// TestPicturesAreUpToDate holds every picture together with the golden text
// that it shows. It needs no browser.
func TestPicturesAreUpToDate(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(images, sumsFile))
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var now []record
	for _, s := range shots() {
		for _, theme := range themes() {
			html, err := s.page(goldens, theme)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := os.ReadFile(filepath.Join(images, s.file(theme)))
			if err != nil {
				t.Fatal(err)
			}
			now = append(now, record{file: s.file(theme), page: sum(html), picture: sum(picture)})
		}
	}
	if diff := cmp.Diff(recorded, now, cmp.AllowUnexported(record{})); diff != "" {
		t.Errorf("pictures of docs/images are out of step with the golden files, take them anew with: go run ./internal/test/pictures\n"+
			"(-recorded +now):\n%s", diff)
	}
	there, err := filepath.Glob(filepath.Join(images, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	if len(there) != len(now) {
		t.Errorf("%d pictures in docs/images, %d are taken", len(there), len(now))
	}
}

// TestPage proves that a page shows what GitHub would: tables, hidden details,
// links.
func TestPage(t *testing.T) {
	t.Parallel()
	const summary = "### ✅ Done\n\n| A | B |\n| --- | ---: |\n| one<br>two | `x \\| y` |\n\n" +
		"<details><summary>More</summary>\n\n- [a](https://example.com)\n\n</details>\n"
	for _, tt := range []struct {
		open bool
		want []string
	}{
		{false, []string{`class="dark"`, "<h3", "<table>", "one<br>two", "<code>x | y</code>", "<details><summary>More</summary>",
			`<a href="https://example.com">a</a>`}},
		{true, []string{"<details open><summary>More</summary>"}},
	} {
		html, err := page([]byte(summary), "mocks summary", "dark", tt.open)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(html), want) {
				t.Errorf("open %v: no %q in\n%s", tt.open, want, html)
			}
		}
	}
}

func TestSumsRoundTrip(t *testing.T) {
	t.Parallel()
	want := []record{{"a.png", sum([]byte("page")), sum([]byte("picture"))}, {"b.png", "1", "2"}}
	got, err := parse(string(format(want)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" {
		t.Error(diff)
	}
	if _, err := parse("only two\n"); err == nil {
		t.Error("a line with two fields was taken")
	}
}
