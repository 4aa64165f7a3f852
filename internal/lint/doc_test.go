package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
		"What this action can find in a collection, each with an example that has it. An `error` means that Microcks refuses the" +
		" import, breaks on it, or adds nothing; a `warning`, that it imports something other than the author expects; a `note` is" +
		" worth knowing.\n\n" +
		"| id | level | name | what to do |\n| --- | --- | --- | --- |\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, r.Anchor(), r.Level, r.Name, capital(r.Hint))
	}
	for _, r := range Rules() {
		fmt.Fprintf(&b, "\n## <a id=\"%s\"></a>%s %s\n%s. %s\n", r.Anchor(), r.ID, r.Name, capital(string(r.Level)), r.Text)
		if r.ID == importBroken.ID {
			continue
		}
		b.WriteString(shown(r.Bad))
	}
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// shown is the part of a sample that matters, as a block of code.
func shown(s Sample) string {
	var b strings.Builder
	if s.Note != "" {
		b.WriteString(s.Note + "\n")
	}
	for _, f := range s.Folder {
		b.WriteString("`" + f.Name + "`\n```yaml\n" + f.Text + "```\n")
	}
	if s.Folder != nil {
		return b.String()
	}
	var parts []string
	if s.Info != "" {
		parts = append(parts, `"info": `+s.Info)
	}
	if s.Items != "" {
		parts = append(parts, `"item": `+s.Items)
	}
	switch {
	case s.Make != nil, len(parts) == 0 && s.Raw == "" && s.Note != "":
		return b.String()
	case s.Note != "":
		b.WriteString("\n")
	}
	switch {
	case s.Raw != "":
		return b.String() + "```\n" + s.Raw + "\n```\n"
	case len(parts) == 0:
		parts = append(parts, `"item": `+petItems)
	}
	pretty, err := within(width, "", []byte("{"+strings.Join(parts, ",")+"}"))
	if err != nil {
		return err.Error()
	}
	b.WriteString("```json\n" + pretty + "\n```\n")
	return b.String()
}

// width of the lines of an example, where they can be broken.
const width = 120

// within is JSON in as few lines as fit: a value is broken into its members only where
// it does not fit behind its indentation, a list of one not at all.
func within(width int, indent string, raw []byte) (string, error) {
	var flat bytes.Buffer
	if err := json.Indent(&flat, raw, "", " "); err != nil {
		return "", err
	}
	// Strings of JSON hold no line breaks.
	line := strings.NewReplacer("{\n", "{", "[\n", "[").Replace(lineBreak.ReplaceAllString(flat.String(), "\n"))
	line = strings.NewReplacer("\n}", "}", "\n]", "]", "\n", " ").Replace(line)
	if len(indent)+len(line) <= width || !strings.ContainsAny(line[:1], "{[") {
		return line, nil
	}
	parts, err := members(raw)
	if len(parts) == 1 && line[0] == '[' {
		inner, err := within(width, indent, parts[0].value)
		return "[" + inner + "]", err
	}
	for i := range parts {
		inner, wrong := within(width, indent+"  ", parts[i].value)
		err = errors.Join(err, wrong)
		parts[i].key += inner
	}
	var lines []string
	for _, part := range parts {
		lines = append(lines, indent+"  "+part.key)
	}
	return line[:1] + "\n" + strings.Join(lines, ",\n") + "\n" + indent + line[len(line)-1:], err
}

var lineBreak = regexp.MustCompile(`\n *`)

// member of an object or, without a key, of a list.
type member struct {
	key   string
	value json.RawMessage
}

func members(raw []byte) (all []member, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	open, err := d.Token()
	for err == nil && d.More() {
		var m member
		if open == json.Delim('{') {
			name, _ := d.Token()
			quoted, _ := json.Marshal(name)
			m.key = string(quoted) + ": "
		}
		err = d.Decode(&m.value)
		all = append(all, m)
	}
	return all, err
}
