// Package yamltree reads YAML of strangers within bounds: what the library is not to
// see is found before, and how much it would make is counted before it makes it.
package yamltree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
)

// Kind is what is wrong with a text.
type Kind int

// Kinds of faults.
const (
	NotYAML          Kind = iota // as the library says; the line is the one that it had come to
	NotClosed                    // a quote begins here and does not end
	NotUTF8                      // this byte belongs to no character
	NotCheckedOut                // the pointer of a file in Git LFS
	Conflict                     // an unsolved merge conflict
	SeveralDocuments             // a second document begins
	Directive                    // a line that begins with %
	TooManyValues                // more than the reader takes
	ReturnAlone                  // a line ends with a carriage return and no line feed
	Kinds                        // how many there are: none of them, and the last
)

// CheckOut is what to do about [NotCheckedOut].
const CheckOut = "check out with `lfs: true` (actions/checkout), or run `git lfs pull` before this step"

// Fault is why a text cannot be read.
type Fault struct {
	Kind Kind
	Mark
	// Said are the library's own words, of [NotYAML].
	Said text.Untrusted
}

// Mark is a place in a text, from 1; Column counts characters. 0 is unknown.
type Mark struct{ Line, Column int }

// Start is where every text begins.
var Start = Mark{1, 1}

// After is the place behind a text that begins at m. A byte order mark is no character
// of its line.
func (m Mark) After(s []byte) Mark {
	if m == Start {
		s = bytes.TrimPrefix(s, ByteOrderMark[:min(len(s), len(ByteOrderMark))])
	}
	if i := bytes.LastIndexByte(s, '\n'); i >= 0 {
		m.Line += bytes.Count(s, []byte("\n"))
		m.Column = 1
		s = s[i+1:]
	}
	for _, c := range s {
		if utf8.RuneStart(c) {
			m.Column++
		}
	}
	return m
}

// What reading costs.
const (
	workOfByte   = 2
	bytesInWork  = 8 // that are searched in a unit of work
	workOfValue  = 120
	bytesOfValue = 540 // while a text is read
)

// Reader reads texts, one after the other.
type Reader struct {
	Meter *budget.Meter
	// Most values of one text are read: values, members and comments, about.
	Most int

	held int // values of one text so far: what one took, the next takes again
}

// Document is a text that was read.
type Document struct {
	// Root is nil where there is no value. Its lines are counted by the library, its
	// columns in characters; both from 1.
	Root    *yaml.Node
	restore *strings.Replacer
}

// Text is that of a scalar of the document, as it was written.
func (d *Document) Text(n *yaml.Node) string { return d.restore.Replace(n.Value) }

// Read reads one document. Aliases, tags and keys that are there twice are not looked
// at. The reader's meter may end it.
func (r *Reader) Read(raw []byte) (*Document, *Fault) {
	r.Meter.Work(workOfByte * len(raw))
	if fault := look(raw); fault != nil {
		return nil, fault
	}
	d := &Document{}
	raw, d.restore = hideBreaks(r.Meter, raw)
	n, open := count(raw)
	if n > r.Most {
		return nil, &Fault{Kind: TooManyValues}
	}
	r.Meter.Work(workOfValue * n)
	if n > r.held {
		r.Meter.Memory(bytesOfValue * (n - r.held))
		r.held = n
	}
	lines := &lineByLine{rest: raw}
	decoder := yaml.NewDecoder(lines)
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil && open >= 0:
		return nil, faultAt(NotClosed, raw, open)
	case err != nil:
		return nil, &Fault{Kind: NotYAML, Mark: Mark{Line: lines.read}, Said: said(err)}
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, &Fault{Kind: SeveralDocuments, Mark: Mark{Line: lines.read}}
	case !errors.Is(err, io.EOF):
		return nil, &Fault{Kind: NotYAML, Mark: Mark{Line: lines.read}, Said: said(err)}
	}
	d.Root = document.Content[0]
	return d, nil
}

// said is what the library says of a text that is no YAML, without the line: it names that
// in which the broken part began.
func said(err error) text.Untrusted {
	words := strings.TrimPrefix(err.Error(), "yaml: ")
	if line, rest, ok := strings.Cut(words, ": "); ok && strings.HasPrefix(line, "line ") {
		words = rest
	}
	return text.Untrusted(words)
}

// breaks end lines in YAML 1.1, which the library reads, and are characters as others
// in YAML 1.2, which Postman writes; each beside the first character of as many bytes
// that may take its place.
var breaks = []struct{ mark, from rune }{{'\u0085', '\u07C0'}, {'\u2028', '\uE000'}, {'\u2029', '\uE400'}}

// hideBreaks puts characters that a text does not have in the place of breaks.
func hideBreaks(m *budget.Meter, raw []byte) ([]byte, *strings.Replacer) {
	var back []string
	for _, b := range breaks {
		if !bytes.ContainsRune(raw, b.mark) {
			continue
		}
		r := b.from
		for bytes.ContainsRune(raw, r) && r < b.from+mostTried {
			m.Work(len(raw) / bytesInWork)
			r++
		}
		raw = bytes.ReplaceAll(raw, []byte(string(b.mark)), []byte(string(r)))
		back = append(back, string(r), string(b.mark))
	}
	return raw, strings.NewReplacer(back...)
}

// mostTried is how many characters a text may have to itself before breaks are no
// longer told from the last of them.
const mostTried = 0x3F

// lineByLine gives one line at a time, so that it tells how far the library has read
// when it finds a fault: its errors have a line in their words only.
type lineByLine struct {
	rest []byte
	read int // lines
}

func (l *lineByLine) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	line := l.rest
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	n := copy(p, line)
	if l.rest = l.rest[n:]; n == len(line) {
		l.read++
	}
	return n, nil
}

// faultAt is a fault at an offset.
func faultAt(k Kind, raw []byte, at int) *Fault { return &Fault{Kind: k, Mark: Start.After(raw[:at])} }

// look finds what the library is not to see.
func look(raw []byte) *Fault {
	if !utf8.Valid(raw) {
		at := 0
		for {
			r, size := utf8.DecodeRune(raw[at:])
			if r == utf8.RuneError && size < 2 {
				return faultAt(NotUTF8, raw, at)
			}
			at += size
		}
	}
	if bytes.HasPrefix(raw, []byte("version https://git-lfs.github.com/")) {
		return &Fault{Kind: NotCheckedOut, Mark: Start}
	}
	if at := returnAlone(raw); at >= 0 {
		return faultAt(ReturnAlone, raw, at)
	}
	began, ended := false, false // a document
	for at, next := 0, 0; at < len(raw); at = next {
		next = len(raw)
		if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := raw[at:next]
		words := bytes.TrimSpace(line)
		begins := bytes.HasPrefix(line, []byte("--- ")) || line[0] == '-' && string(words) == "---"
		switch {
		case began && begins, ended && len(words) > 0 && words[0] != '#' && line[0] != '%':
			return faultAt(SeveralDocuments, raw, at)
		case line[0] == '%':
			return faultAt(Directive, raw, at)
		case bytes.HasPrefix(line, []byte("<<<<<<< ")), bytes.HasPrefix(line, []byte(">>>>>>> ")):
			return faultAt(Conflict, raw, at)
		}
		began = began || begins || len(words) > 0 && words[0] != '#'
		ended = ended || line[0] == '.' && string(words) == "..."
	}
	return nil
}

// returnAlone is where a carriage return is that no line feed follows, -1 for none.
func returnAlone(raw []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(raw[at:], '\r')
		if i < 0 {
			return -1
		}
		if at += i; at+1 == len(raw) || raw[at+1] != '\n' {
			return at
		}
	}
}

// Scalar is what a scalar is by the core schema of YAML 1.2, as Postman reads it.
type Scalar int

// Scalars.
const (
	Text Scalar = iota
	Null
	Number
	Bool
)

// ScalarOf is the kind of a scalar.
func ScalarOf(n *yaml.Node) Scalar {
	switch n.Tag {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		if strings.Contains(n.Value, "_") {
			return Text
		}
		return Number
	}
	return Text
}
