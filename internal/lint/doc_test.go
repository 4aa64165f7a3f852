package lint

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write generated files anew")

// docs/findings.md is made from the rules: go generate ./internal/lint
func TestFindingsDoc(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "docs", "findings.md")
	want := findingsDoc()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/findings.md is not what the rules say (go generate ./internal/lint):\n%s", diff)
	}
}

func findingsDoc() string {
	var b strings.Builder
	b.WriteString("# Findings\n\n<!-- made by go generate ./internal/lint: edit the rules there -->\n\n" +
		"What a check of a collection can tell, with an example of each that has it. An `error` means that Microcks will refuse the import," +
		" break, or " +
		"add nothing; a `warning` that it imports something else than the author expects; a `note` is worth knowing.\n\n" +
		"| id | level | name | what to do |\n| --- | --- | --- | --- |\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.Anchor(), r.Level, r.Name, r.Hint)
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n<a id=\"%s\"></a>\n## %s %s\n\n%s. %s\n\n%s\n", r.Anchor(), r.ID, r.Name, capital(string(r.Level)), r.Text, r.Hint)
		if r.ID == importBroken.ID {
			continue
		}
		b.WriteString("\n" + shown(r.Bad))
	}
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// shown is the part of a sample that matters, as a block of code.
func shown(s Sample) string {
	var b strings.Builder
	if s.Note != "" {
		b.WriteString(s.Note + "\n\n")
	}
	var parts []string
	if s.Info != "" {
		parts = append(parts, `"info": `+s.Info)
	}
	if s.Items != "" {
		parts = append(parts, `"item": `+s.Items)
	}
	switch {
	case s.Make != nil:
		return b.String()
	case s.Raw != "":
		return b.String() + "```\n" + s.Raw + "\n```\n"
	case len(parts) == 0 && s.Note != "":
		return b.String()
	case len(parts) == 0:
		parts = append(parts, `"item": `+petItems)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte("{"+strings.Join(parts, ",")+"}"), "", "  "); err != nil {
		return err.Error()
	}
	b.WriteString("```json\n" + pretty.String() + "\n```\n")
	return b.String()
}
