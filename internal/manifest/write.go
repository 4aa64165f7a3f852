package manifest

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/text"
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
	w := begin(about)
	if m.Key != nil {
		w.line("key: ", scalar(m.Key.Value))
	}
	if fields := fields(&m.Defaults, inManifest); len(fields) > 0 {
		w.line("", "defaults:")
		w.lines("  ", fields)
	}
	if len(m.Entries) == 0 {
		w.line("", "collections: []")
	} else {
		w.line("", "collections:")
	}
	for i := range m.Entries {
		w.lines(indent, entry(&m.Entries[i]))
	}
	w.aside(indent, aside, entry)
	return []byte(w.b.String())
}

const indent = "  "

type writer struct{ b strings.Builder }

// begin is a file that begins with comments.
func begin(about []string) *writer {
	w := &writer{}
	for _, line := range about {
		w.comment("", line)
	}
	return w
}

func (w *writer) line(before, s string) {
	w.b.WriteString(before)
	w.b.WriteString(s)
	w.b.WriteByte('\n')
}

// comment writes a line of comment, whatever is in it.
func (w *writer) comment(indent, s string) {
	w.line(indent, strings.TrimRight("# "+text.Line(s), " "))
}

func (w *writer) lines(before string, lines []string) {
	for _, line := range lines {
		w.line(before, line)
	}
}

// aside writes entries as comments.
func (w *writer) aside(indent string, aside []Aside, entry func(*Entry) []string) {
	for i := range aside {
		w.comment(indent, aside[i].About)
		w.lines(indent+"# ", entry(&aside[i].Entry))
	}
}

// entry are the lines of one.
func entry(e *Entry) []string {
	fields := fields(e, inManifest)
	if e.Collection != nil && len(fields) == 1 {
		return []string{"- " + scalar(e.Collection.Value)}
	}
	return listed(fields)
}

// listed are lines as one of a list, in place.
func listed(lines []string) []string {
	for i := range lines {
		mark := "  "
		if i == 0 {
			mark = "- "
		}
		lines[i] = mark + lines[i]
	}
	return lines
}

// inManifest is how a manifest names a key.
func inManifest(k *key) string { return k.name }

// fields are the lines of what an entry says, by the names that keys have there; "" leaves
// one out.
func fields(e *Entry, named func(*key) string) (lines []string) {
	for i := range keys {
		k := &keys[i]
		name := named(k)
		if k.field == nil || name == "" {
			continue
		}
		switch field := k.field(e).(type) {
		case **Said[string]:
			if *field != nil {
				lines = append(lines, name+": "+scalar((*field).Value))
			}
		case **Said[bool]:
			if *field != nil {
				lines = append(lines, name+": "+strconv.FormatBool((*field).Value))
			}
		case *[]Said[string]:
			if len(*field) > 0 {
				lines = append(lines, name+":")
			}
			for _, e := range *field {
				lines = append(lines, "  - "+scalar(e.Value))
			}
		case *[]Label:
			if len(*field) > 0 {
				lines = append(lines, name+":")
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
			if n := document.Content[0]; n.Tag == "!!str" && n.Value == s {
				return s
			}
		}
	}
	return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) // whose escapes are among those of YAML
}
