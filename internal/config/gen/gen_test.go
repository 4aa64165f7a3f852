package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/config"
)

// repository is the repository's root, seen from this folder.
const repository = "../../.."

// TestUpToDate holds action.yml and docs/reference.md equal to the tables.
func TestUpToDate(t *testing.T) {
	t.Parallel()
	action := read(t, filepath.Join(repository, "action.yml"))
	if diff := cmp.Diff(action, actionYAML(config.Inputs(), config.Outputs())); diff != "" {
		t.Errorf("action.yml is out of date; run go generate ./internal/config (-file +tables):\n%s", diff)
	}
	page := read(t, filepath.Join(repository, "docs", "reference.md"))
	filled, err := fillReference(page, config.Inputs(), config.Outputs())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, filled); diff != "" {
		t.Errorf("docs/reference.md is out of date; run go generate ./internal/config (-file +tables):\n%s", diff)
	}
}

// TestWrite holds that writing touches what is generated and nothing else.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(dir); err == nil {
		t.Error("without a reference there is no error")
	}
	const (
		before  = "# Title\n\nProse.\n\n<!-- inputs:begin note -->\n"
		between = "<!-- inputs:end -->\nmore\n<!-- outputs:begin note -->\n"
		after   = "<!-- outputs:end -->\nend\n"
		prose   = before + "stale table\n" + between + after
	)
	path := filepath.Join(dir, "docs", "reference.md")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(prose), 0o600); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for range 2 {
		if err := write(dir); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, read(t, path))
	}
	if texts[0] != texts[1] {
		t.Error("writing twice changes the text")
	}
	for _, part := range []string{before, between, after} {
		if !strings.Contains(texts[0], part) {
			t.Errorf("%q is gone from:\n%s", part, texts[0])
		}
	}
	if strings.Contains(texts[0], "stale table") {
		t.Error("what stood between the markers is still there")
	}
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "<!-- x:begin -->", "<!-- x:begin -->\n", "<!-- x:begin note\n<!-- x:end -->", "<!-- x:end -->\n<!-- x:begin -->\n",
	} {
		if got, err := fill(text, "x", "content"); err == nil {
			t.Errorf("fill(%q) = %q without an error", text, got)
		}
	}
}

// TestTables holds that every row of a table has the cells of its head.
func TestTables(t *testing.T) {
	t.Parallel()
	rows, want := 0, 0
	for line := range strings.Lines(inputsTable(config.Inputs()) + outputsTable(config.Outputs())) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		rows++
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if strings.HasPrefix(line, "| input |") || strings.HasPrefix(line, "| output |") {
			want = n
		}
		if n != want {
			t.Errorf("%d bars and not %d in %s", n, want, line)
		}
	}
	if all := len(config.Inputs()) + len(config.Outputs()); rows < all {
		t.Errorf("%d rows for %d inputs and outputs", rows, all)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
