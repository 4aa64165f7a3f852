// Command pictures takes the pictures of job summaries and comments that the documents
// show: the golden ones of the report, as GitHub would lay them out.
//
//	go run ./internal/test/pictures
//
// It needs Chromium (Debian: chromium, fonts-liberation, fonts-noto-color-emoji)
// and writes docs/images. A test finds, without a browser, golden summaries
// and comments that have changed since their picture was taken.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	browser := flag.String("browser", "chromium", "the `program` that takes the pictures")
	flag.Parse()
	if err := takeAll(context.Background(), *browser, "internal/report/testdata", "docs/images"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// shot is one golden text that gets a picture in each theme.
type shot struct {
	in     box
	golden string // name in the report's testdata, without .md
	open   bool   // show what is behind a click
}

// box is what GitHub shows a text in.
type box struct {
	prefix string // of the picture's name
	title  string
	width  int // of the window, in pixels of CSS
}

// Boxes of GitHub: below a run, and on a pull request.
var (
	ofSummary = box{prefix: "summary-", title: "mocks summary", width: 1080}
	ofComment = box{title: "github-actions (bot) commented", width: 900}
)

// shots lists every picture that the documents show.
func shots() []shot {
	return []shot{
		{in: ofSummary, golden: "created"},
		{in: ofSummary, golden: "plan-update"},
		{in: ofSummary, golden: "failed-mixed"},
		{in: ofComment, golden: "comment-breaking"},
	}
}

// themes are GitHub's two.
func themes() []string { return []string{"light", "dark"} }

// file is the name of a picture.
func (s shot) file(theme string) string { return s.in.prefix + s.golden + "-" + theme + ".png" }

// page reads the golden text and lays it out.
func (s shot) page(goldens, theme string) ([]byte, error) {
	markdown, err := os.ReadFile(filepath.Join(goldens, s.golden+".md"))
	if err != nil {
		return nil, err
	}
	return page(markdown, s.in.title, theme, s.open)
}

// takeAll takes every picture and records what each shows.
func takeAll(ctx context.Context, browser, goldens, images string) error {
	var records []record
	for _, s := range shots() {
		for _, theme := range themes() {
			html, err := s.page(goldens, theme)
			if err != nil {
				return err
			}
			picture, err := take(ctx, browser, s.in.width, html)
			if err != nil {
				return fmt.Errorf("taking the picture of %s, %s: %w", s.golden, theme, err)
			}
			if err := os.WriteFile(filepath.Join(images, s.file(theme)), picture, 0o644); err != nil {
				return err
			}
			fmt.Printf("%s (%d kB)\n", s.file(theme), len(picture)/1000)
			records = append(records, record{file: s.file(theme), page: sum(html), picture: sum(picture)})
		}
	}
	return os.WriteFile(filepath.Join(images, sumsFile), format(records), 0o644)
}
