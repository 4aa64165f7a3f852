package documents

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// A document is a Markdown file of this repository, as far as links go.
type linkedDocument struct {
	links   []string
	anchors map[string]bool
}

// TestLinks follows every link of every document to the file and the heading
// that it names. Links to other sites are looked at, not followed.
func TestLinks(t *testing.T) {
	t.Parallel()
	documents := linkedDocuments(t)
	for name, document := range documents {
		for _, link := range document.links {
			if err := checkLink(documents, name, link); err != nil {
				t.Errorf("%s: %s: %v", name, link, err)
			}
		}
	}
}

// TestDocumentsAreFound starts at the README, as a reader does, and expects to
// come by every page of docs.
func TestDocumentsAreFound(t *testing.T) {
	t.Parallel()
	documents := linkedDocuments(t)
	seen, next := map[string]bool{}, []string{"README.md"}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, link := range documents[name].links {
			if to, _, ok := linkTarget(name, link); ok && strings.HasSuffix(to, ".md") {
				next = append(next, to)
			}
		}
	}
	for name := range documents {
		if strings.HasPrefix(name, "docs/") && !seen[name] {
			t.Errorf("no link leads from README.md to %s", name)
		}
	}
}

// TestLinkCheckFinds plants links that lead nowhere.
func TestLinkCheckFinds(t *testing.T) {
	t.Parallel()
	documents := map[string]linkedDocument{
		"README.md":    {anchors: map[string]bool{"quick-start": true}},
		"docs/page.md": {anchors: map[string]bool{"first": true}},
	}
	for link, good := range map[string]bool{
		"README.md":                     true,
		"#quick-start":                  true,
		"docs/page.md#first":            true,
		"https://microcks.io/":          true,
		"LICENSE":                       true,
		"#quick":                        false,
		"docs/page.md#second":           false,
		"docs/nowhere.md":               false,
		"docs/page#first":               false,
		"/README.md":                    false,
		"../README.md":                  false,
		"http://microcks.io/":           false,
		"https://":                      false,
		"javascript:alert(1)":           false,
		"https://github.com/[owner]/%z": false,
	} {
		if err := checkLink(documents, "README.md", link); (err == nil) != good {
			t.Errorf("%s: %v, want it to be good: %v", link, err, good)
		}
	}
	if err := checkLink(documents, "docs/page.md", "../README.md#quick-start"); err != nil {
		t.Error(err)
	}
}

func TestAnchorsAreGitHubs(t *testing.T) {
	t.Parallel()
	source := "# Quick start\n## What Microcks & Postman need\n## `mode: check`\n## Quick start\n" +
		"## What's *new*, [here](x)?\n## snake_case – ok\n"
	want := []string{"mode-check", "quick-start", "quick-start-1", "snake_case--ok", "what-microcks--postman-need", "whats-new-here"}
	var got []string
	for anchor := range readLinks([]byte(source)).anchors {
		got = append(got, anchor)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func linkedDocuments(t *testing.T) map[string]linkedDocument {
	t.Helper()
	documents := map[string]linkedDocument{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "testdata" || entry.Name() == "vendor"):
			return filepath.SkipDir // testdata holds no documents but what tests read
		case filepath.Ext(path) == ".md":
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			documents[filepath.ToSlash(name)] = readLinks(source)
		}
		return nil
	})
	if err != nil || len(documents) == 0 {
		t.Fatalf("reading the documents: %v", err)
	}
	return documents
}

// checkLink returns why a link of a document leads nowhere.
func checkLink(documents map[string]linkedDocument, from, link string) error {
	to, fragment, inside := linkTarget(from, link)
	if !inside {
		address, err := url.Parse(link)
		switch {
		case err != nil:
			return err
		case address.Scheme == "https" && address.Host != "", address.Scheme == "mailto":
			return nil
		}
		return fmt.Errorf("want a relative path or an https address")
	}
	if !filepath.IsLocal(filepath.FromSlash(to)) {
		return fmt.Errorf("it leads out of the repository")
	}
	if document, ok := documents[to]; ok {
		if fragment != "" && !document.anchors[fragment] {
			return fmt.Errorf("%s has no heading with the anchor %q", to, fragment)
		}
		return nil
	}
	if fragment != "" {
		return fmt.Errorf("%s is no document with headings", to)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to))); err != nil {
		return err
	}
	return nil
}

// linkTarget takes a link to a place in this repository apart.
func linkTarget(from, link string) (to, fragment string, inside bool) {
	address, err := url.Parse(link)
	if err != nil || address.Scheme != "" || address.Host != "" || strings.HasPrefix(link, "/") {
		return "", "", false
	}
	if address.Path == "" {
		return from, address.Fragment, true
	}
	return path.Join(path.Dir(from), address.Path), address.Fragment, true
}

var (
	linkAttribute = regexp.MustCompile(`(?i)\b(?:href|src|srcset)\s*=\s*"([^"]*)"`)
	idAttribute   = regexp.MustCompile(`(?i)<a\s[^>]*\b(?:id|name)\s*=\s*"([^"]*)"`)
)

// readLinks finds links, images, and what they can lead to.
func readLinks(source []byte) linkedDocument {
	document := linkedDocument{anchors: map[string]bool{}}
	raw := func(html string) {
		for _, found := range linkAttribute.FindAllStringSubmatch(html, -1) {
			document.links = append(document.links, found[1])
		}
		for _, found := range idAttribute.FindAllStringSubmatch(html, -1) {
			document.anchors[found[1]] = true
		}
	}
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(tree, func(node ast.Node, entering bool) (ast.WalkStatus, error) { // the visitor returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Link:
			document.links = append(document.links, string(n.Destination))
		case *ast.Image:
			document.links = append(document.links, string(n.Destination))
		case *ast.RawHTML:
			raw(string(n.Segments.Value(source)))
		case *ast.HTMLBlock:
			raw(string(n.Lines().Value(source)))
		case *ast.Heading:
			document.addAnchor(anchorOf(plainText(n, source)))
		}
		return ast.WalkContinue, nil
	})
	return document
}

// addAnchor numbers the headings of the same text from the second on.
func (d linkedDocument) addAnchor(anchor string) {
	unique := anchor
	for n := 1; d.anchors[unique]; n++ {
		unique = fmt.Sprintf("%s-%d", anchor, n)
	}
	d.anchors[unique] = true
}

// anchorOf makes of a heading's text what GitHub makes of it: lower case,
// hyphens for spaces, and nothing of other punctuation.
func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

func plainText(node ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(node, func(child ast.Node, entering bool) (ast.WalkStatus, error) { // the visitor returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := child.(type) {
		case *ast.Text:
			out.Write(n.Segment.Value(source))
		case *ast.String:
			out.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}
