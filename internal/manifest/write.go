package manifest

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
)

// Aside is an entry that is written as a comment, below what is said about it.
type Aside struct {
	About string
	Entry Entry
}

// Write writes a manifest in the order of the table of keys: first the lines of about as
// comments, then the manifest, then what stands aside. [Parse] reads the same back, where
// texts are of one line and characters that show something.
func (m *Manifest) Write(about []string, aside []Aside) []byte {
	w := &writer{}
	for _, line := range about {
		w.comment("", line)
	}
	if m.Key != nil {
		w.line("key: " + scalar(m.Key.Value))
	}
	if fields := w.fields(&m.Defaults); len(fields) > 0 {
		w.line("defaults:")
		for _, field := range fields {
			w.line("  " + field)
		}
	}
	if len(m.Entries) == 0 {
		w.line("collections: []")
	} else {
		w.line("collections:")
	}
	for i := range m.Entries {
		for _, line := range w.entry(&m.Entries[i]) {
			w.line(indent + line)
		}
	}
	for i := range aside {
		w.comment(indent, aside[i].About)
		for _, line := range w.entry(&aside[i].Entry) {
			w.line(indent + "# " + line)
		}
	}
	return []byte(w.b.String())
}

const indent = "  "

type writer struct{ b strings.Builder }

func (w *writer) line(s string) { w.b.WriteString(s + "\n") }

// comment writes a line of comment, whatever is in it.
func (w *writer) comment(indent, s string) {
	w.line(strings.TrimRight(indent+"# "+text.Line(s), " "))
}

// entry are the lines of one.
func (w *writer) entry(e *Entry) []string {
	fields := w.fields(e)
	if e.Collection != nil && len(fields) == 1 {
		return []string{"- " + scalar(e.Collection.Value)}
	}
	for i := range fields {
		mark := "  "
		if i == 0 {
			mark = "- "
		}
		fields[i] = mark + fields[i]
	}
	return fields
}

// fields are the lines of what an entry says.
func (w *writer) fields(e *Entry) (lines []string) {
	for i := range keys {
		k := &keys[i]
		if k.field == nil {
			continue
		}
		switch field := k.field(e).(type) {
		case **Said[string]:
			if *field != nil {
				lines = append(lines, k.name+": "+scalar((*field).Value))
			}
		case **Said[bool]:
			if *field != nil {
				lines = append(lines, k.name+": "+strconv.FormatBool((*field).Value))
			}
		case *[]Said[string]:
			if len(*field) > 0 {
				lines = append(lines, k.name+":")
			}
			for _, e := range *field {
				lines = append(lines, "  - "+scalar(e.Value))
			}
		case *[]Label:
			if len(*field) > 0 {
				lines = append(lines, k.name+":")
			}
			for _, l := range *field {
				lines = append(lines, "  "+scalar(l.Key.Value)+": "+scalar(l.Value.Value))
			}
		}
	}
	return lines
}

// simple are texts that need no quotes, unless they are something else by themselves.
var simple = regexp.MustCompile(`^[A-Za-z0-9/](?:[A-Za-z0-9 ._/~()+-]*[A-Za-z0-9._/~()+-])?$`)

// otherWords are true, false and nothing to readers of older YAML.
var otherWords = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null)$`)

// scalar is a text as it is written: within quotes where it could be read as something
// else.
func scalar(s string) string {
	if simple.MatchString(s) && !otherWords.MatchString(s) {
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(s), &document); err == nil && len(document.Content) == 1 {
			if n := document.Content[0]; n.Tag == "!!str" && n.Value == s && yamltree.ScalarOf(n) == yamltree.Text {
				return s
			}
		}
	}
	return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) // whose escapes are among those of YAML
}
