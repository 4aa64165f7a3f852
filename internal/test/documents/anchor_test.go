package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const troubleshooting = "docs/troubleshooting.md"

// Every problem names its place in the page, and every place on the page is
// that of a problem: an entry nobody can be sent to is out of date.
func TestTroubleshootingHasEveryAnchor(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(anchorsInCode(t, filepath.Join(root, "internal")), headings(t)); diff != "" {
		t.Errorf("anchors in the code (-) and headings of %s (+):\n%s", troubleshooting, diff)
	}
}

// An entry begins with the message itself, so that a search for it finds the
// entry, and goes on to the reason and to what to do.
func TestTroubleshootingEntries(t *testing.T) {
	t.Parallel()
	for _, entry := range strings.Split(page(t), "\n## ")[1:] {
		anchor, text, _ := strings.Cut(entry, "\n")
		if !strings.HasPrefix(strings.TrimSpace(text), "```text\n") {
			t.Errorf("%s does not begin with the message", anchor)
		}
		for _, part := range []string{"\n**Why.** ", "\n**What to do.** "} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no paragraph %q", anchor, strings.TrimSpace(part))
			}
		}
	}
}

// The list at its beginning leads to each entry.
func TestTroubleshootingListsEveryEntry(t *testing.T) {
	t.Parallel()
	list, _, _ := strings.Cut(page(t), "\n## ")
	for _, anchor := range headings(t) {
		if !strings.Contains(list, "["+anchor+"](#"+anchor+")") {
			t.Errorf("the list of %s does not lead to %s", troubleshooting, anchor)
		}
	}
}

// The messages that the entries quote are those of the scenarios, wherever one
// shows that problem: their texts and the page must not drift apart.
func TestTroubleshootingQuotesTheProgram(t *testing.T) {
	t.Parallel()
	quoted := make(map[string]string)
	for _, entry := range strings.Split(page(t), "\n## ")[1:] {
		anchor, text, _ := strings.Cut(entry, "\n")
		_, after, _ := strings.Cut(text, "```text\n")
		quoted[strings.TrimSpace(anchor)], _, _ = strings.Cut(after, "\n```")
	}
	for anchor, messages := range messagesInScenarios(t) {
		if !slices.ContainsFunc(messages, func(message string) bool { return matchesQuote(quoted[anchor], message) }) {
			t.Errorf("no scenario's message for %s is like the one that the page quotes:\n%s\nbut\n%s",
				anchor, quoted[anchor], strings.Join(messages, "\n"))
		}
	}
}

// matchesQuote reports whether a message matches one of the lines of a quote, in
// which … stands for anything.
func matchesQuote(quote, message string) bool {
	for line := range strings.SplitSeq(quote, "\n") {
		var pattern []string
		for piece := range strings.SplitSeq(line, "…") {
			pattern = append(pattern, regexp.QuoteMeta(piece))
		}
		if regexp.MustCompile(`(^|: )` + strings.Join(pattern, ".*") + `$`).MatchString(message) {
			return true
		}
	}
	return false
}

// messagesInScenarios finds, by anchor, what the scenarios show: the line
// "see: …#anchor" follows a hint, which follows the message.
func messagesInScenarios(t *testing.T) map[string][]string {
	t.Helper()
	scenarios, err := filepath.Glob(filepath.Join("..", "scenarios", "testdata", "*.txtar"))
	if err != nil || len(scenarios) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	messages := make(map[string][]string)
	for _, path := range scenarios {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		message := ""
		for line := range strings.SplitSeq(string(text), "\n") {
			if level, text, ok := strings.Cut(line, ": "); ok && slices.Contains([]string{"error", "warning", "note"}, level) {
				message = text
			}
			if anchor, ok := strings.CutPrefix(line, "see: "+troubleshooting+"#"); ok {
				messages[anchor] = append(messages[anchor], message)
			}
		}
	}
	return messages
}

func page(t *testing.T) string {
	t.Helper()
	return readDocument(t, troubleshooting)
}

func headings(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.SplitSeq(page(t), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			all = append(all, heading)
		}
	}
	slices.Sort(all)
	return all
}

// anchorsInCode collects them where they are written: in methods Anchor, in
// fields anchor and Anchor, and in calls of tell.
func anchorsInCode(t *testing.T, dir string) []string {
	t.Helper()
	packages := make(map[string][]*ast.File)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// Findings have a page of their own, stand-ins say nothing to users.
		if entry.IsDir() && slices.Contains([]string{"test", "lint", "testdata"}, entry.Name()) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, files := range packages {
		for _, file := range files {
			all = append(all, anchorsOf(t, file, kinds(files))...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func anchorsOf(t *testing.T, file *ast.File, kinds []string) []string {
	var all []string
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "Anchor" && n.Body != nil {
				all = append(all, returned(t, n.Body, kinds)...)
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "anchor") {
				all = append(all, literal(n.Value)...)
			}
		case *ast.CallExpr:
			if method, ok := n.Fun.(*ast.SelectorExpr); ok && strings.EqualFold(method.Sel.Name, "tell") {
				all = append(all, literal(n.Args[1])...)
			}
		}
		return true
	})
	return all
}

// returned is what a method Anchor can return: literals, a field that was
// counted where it was set, or a prefix with every kind behind it.
func returned(t *testing.T, body *ast.BlockStmt, kinds []string) []string {
	var all []string
	ast.Inspect(body, func(node ast.Node) bool {
		result, ok := node.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		switch value := result.Results[0].(type) {
		case *ast.BasicLit:
			all = append(all, literal(value)...)
		case *ast.BinaryExpr:
			for _, prefix := range literal(value.X) {
				for _, kind := range kinds {
					all = append(all, prefix+kind)
				}
			}
		case *ast.SelectorExpr:
		default:
			t.Errorf("a method Anchor returns what this test does not understand: %T", value)
		}
		return true
	})
	return all
}

// kinds are the values of the constants of type Kind in a package.
func kinds(files []*ast.File) []string {
	var all []string
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok {
				if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
					all = append(all, literal(spec.Values[0])...)
				}
			}
			return true
		})
	}
	return all
}

func literal(e ast.Expr) []string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return nil
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return nil
	}
	return []string{text}
}
