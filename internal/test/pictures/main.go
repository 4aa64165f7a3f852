// Command pictures takes the pictures of job summaries that the documents show:
// the golden summaries of the report, as GitHub would lay them out.
//
//	go run ./internal/test/pictures
//
// It needs Chromium (Debian: chromium, fonts-liberation, fonts-noto-color-emoji)
// and writes docs/images. A test finds, without a browser, golden summaries
// that have changed since their picture was taken.
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

// shot is one golden summary that gets a picture in each theme.
type shot struct {
	golden string // name in the report's testdata, without .md
	open   bool   // show what is behind a click
}

// shots lists every picture that the documents show.
func shots() []shot {
	return []shot{
		{golden: "created"},
		{golden: "plan-update"},
		{golden: "failed-mixed"},
	}
}

// themes are GitHub's two.
func themes() []string { return []string{"light", "dark"} }

// file is the name of a picture.
func (s shot) file(theme string) string { return "summary-" + s.golden + "-" + theme + ".png" }

// page reads the golden summary and lays it out.
func (s shot) page(goldens, theme string) ([]byte, error) {
	markdown, err := os.ReadFile(filepath.Join(goldens, s.golden+".md"))
	if err != nil {
		return nil, err
	}
	return page(markdown, theme, s.open)
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
			picture, err := take(ctx, browser, html)
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
