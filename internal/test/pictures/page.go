package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

//go:embed summary.css
var style string

// page lays a job summary or a comment out as GitHub shows it, below a title. open
// shows what GitHub hides behind a click.
func page(markdown []byte, title, theme string, open bool) ([]byte, error) {
	// The texts hold HTML of the report's own making: details, line breaks.
	github := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	var body bytes.Buffer
	if err := github.Convert(markdown, &body); err != nil {
		return nil, fmt.Errorf("rendering Markdown: %w", err)
	}
	content := body.String()
	if open {
		content = strings.ReplaceAll(content, "<details>", "<details open>")
	}
	return fmt.Appendf(nil, `<!doctype html>
<html lang="en" class="%s">
<meta charset="utf-8">
<title>Job summary</title>
<style>
%s</style>
<main>
<h2>%s</h2>
<article>
%s</article>
</main>
`, theme, style, title, content), nil
}
