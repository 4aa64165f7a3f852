package predict

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/text"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write generated files and golden files anew")

func findingIDs(p Prediction) []string {
	var ids []string
	for _, f := range p.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// Each rule's bad sample has its finding, and the good one has it not.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			bad, target := rule.Bad.input()
			if p := Collection(bad, target); rule.ID != importBroken.ID {
				i := slices.IndexFunc(p.Findings, func(f Finding) bool { return f.ID == rule.ID })
				if i < 0 {
					t.Fatalf("the bad sample has only %v (%s %q %q)", findingIDs(p), p.Outcome, p.ImportError, p.Cause)
				}
				want := Finding{ID: rule.ID, Name: rule.Name, Level: rule.Level, Hint: rule.Hint}
				got := p.Findings[i]
				got.Message, got.Pointer, got.Path, got.Line, got.Column = "", "", nil, 0, 0
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			good, target := rule.Good.input()
			if p := Collection(good, target); slices.Contains(findingIDs(p), rule.ID) {
				t.Errorf("the good sample has %v", p.Findings)
			}
		})
	}
}

// The collection that the good samples are made of has no findings at all.
func TestNothingToFind(t *testing.T) {
	t.Parallel()
	raw, target := Sample{}.input()
	p := Collection(raw, target)
	if p.Outcome != Imported || len(p.Findings) > 0 {
		t.Errorf("%s %v", p.Outcome, p.Findings)
	}
}

func TestRulesAreInOrder(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for i, rule := range Rules() {
		if want := fmt.Sprintf("PMI%03d", i+1); rule.ID != want {
			t.Errorf("%s stands where %s belongs", rule.ID, want)
		}
		if !form.MatchString(rule.Name) {
			t.Errorf("%s: name %q", rule.ID, rule.Name)
		}
		if strings.Contains(rule.Hint, "\n") || !strings.HasSuffix(rule.Hint, ".") || rule.Text == "" {
			t.Errorf("%s: a hint is one sentence, and every rule has a text", rule.ID)
		}
	}
}

// docs/findings.md is made from the rules: go generate ./internal/predict
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
		t.Errorf("docs/findings.md is not what the rules say (go generate ./internal/predict):\n%s", diff)
	}
}

func findingsDoc() string {
	var b strings.Builder
	b.WriteString("# Findings\n\n<!-- made by go generate ./internal/predict: edit the rules there -->\n\n" +
		"What a check of a collection can tell, with an example of each. An `error` means that Microcks will refuse the import, break, or add nothing; " +
		"a `warning` that it imports something else than the author expects; a `note` is worth knowing.\n\n| id | name | level |\n| --- | --- | --- |\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.Anchor(), r.Name, r.Level)
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n<a id=\"%s\"></a>\n## %s %s\n\n%s. %s\n\n%s\n", r.Anchor(), r.ID, r.Name, capital(string(r.Level)), r.Text, r.Hint)
		if r.ID == importBroken.ID {
			continue
		}
		b.WriteString("\nWith this finding:\n\n" + shown(r.Bad) + "\nWithout:\n\n" + shown(r.Good))
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

// A finding leads to its place: the pointer, what a person sees, the line.
func TestFindingPlace(t *testing.T) {
	t.Parallel()
	raw := `{
  "info": {"name": "Pets", "description": "version=1.0 - the pets"},
  "item": [
    {"name": "Cats é", "item": [{"name": "all", "request": {"method": "GET", "url": {"raw": "{{u}}/cats"}}, "response": [
      {"name": "a", "originalRequest": {"url": {"raw": "{{u}}/cats"}}},
      {"name": "b", "originalRequest": {"url": {"raw": "{{u}}/cats"}}, "body": []}
    ]}]}
  ]
}`
	p := Collection([]byte(raw), Target{Main: true, Export: true})
	i := slices.IndexFunc(p.Findings, func(f Finding) bool { return f.Name == "body-lost" })
	if i < 0 {
		t.Fatal(p.Findings)
	}
	f := p.Findings[i]
	want := Finding{
		Pointer: "/item/0/item/0/response/1/body", Path: []text.Untrusted{"Cats é", "all", "b"}, Line: 6, Column: 80,
	}
	got := Finding{Pointer: f.Pointer, Path: f.Path, Line: f.Line, Column: f.Column}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if line := strings.Split(raw, "\n")[f.Line-1]; !strings.HasPrefix(string([]rune(line)[f.Column-1:]), "[]}") {
		t.Errorf("line %d column %d is %q", f.Line, f.Column, line)
	}
}
