package gitformat

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
)

// value is what stands in a file.
type value struct {
	kind     kind
	at       int    // offset in the source
	text     string // of all but lists and maps, as written but for quotes
	members  []member
	elements []*value
}

type member struct {
	key   string
	at    int
	value *value
}

type kind int

const (
	isText kind = iota
	isNull
	isNumber
	isBool
	isList
	isMap
)

// get is the member of a map, nil where there is none.
func (v *value) get(key string) *value {
	if v == nil {
		return nil
	}
	for _, m := range v.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// What reading costs.
const (
	workOfByte   = 2
	bytesInWork  = 8 // that are searched in a unit of work
	workOfValue  = 120
	bytesOfValue = 540 // while a file is read
	bytesOfFile  = 600
)

// reader reads the files of a folder, one after the other.
type reader struct {
	meter *budget.Meter
	most  int // values of one file so far: what one took, the next takes again
	text  int // bytes of all files so far, with what aliases stand for
}

// read reads a file that starts at an offset of the source. A file without any value
// is an empty map.
func (r *reader) read(name string, raw []byte, start int) (*value, *Fault) {
	f := &reading{reader: r, name: name, raw: raw, start: start, lines: counter{raw: raw}, line: 1, column: 1}
	if bytes.HasPrefix(raw, byteOrderMark) {
		f.at = len(byteOrderMark)
	}
	r.meter.Work(workOfByte * len(raw))
	if fault := f.look(); fault != nil {
		return nil, fault
	}
	raw, f.restore = hideBreaks(r.meter, raw)
	n, open := count(raw)
	if n > MostValues {
		return nil, f.fault(TooManyValues, mark{}, "")
	}
	r.meter.Work(workOfValue * n)
	if n > r.most {
		r.meter.Memory(bytesOfValue * (n - r.most))
		r.most = n
	}
	lines := &lineByLine{rest: raw}
	decoder := yaml.NewDecoder(lines)
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return &value{kind: isMap, at: start}, nil
	case err != nil && open >= 0:
		return nil, f.fault(NotClosed, mark{1, 1}.after(raw[:open]), "")
	case err != nil:
		return nil, f.fault(NotYAML, mark{line: lines.read}, err.Error())
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, f.fault(SeveralDocuments, mark{line: lines.read}, "")
	case !errors.Is(err, io.EOF):
		return nil, f.fault(NotYAML, mark{line: lines.read}, err.Error())
	}
	v := f.value(document.Content[0], 0)
	switch {
	case f.failed != nil:
		return nil, f.failed
	case v.kind == isNull:
		return &value{kind: isMap, at: start}, nil
	case v.kind != isMap:
		return nil, f.faultAt(NotMap, v.at, "")
	}
	return v, nil
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

// reading is one file that is read.
type reading struct {
	*reader
	name  string
	raw   []byte
	start int // in the source
	// restore brings back what was hidden from the library.
	restore *strings.Replacer
	values  int
	failed  *Fault // the first one

	lines        counter // for the ends of lines
	at           int     // what was found last in the text
	line, column int     // of it, as the library counts them
}

func (f *reading) fault(k FaultKind, m mark, about string) *Fault {
	return &Fault{k, Position{text.Untrusted(f.name), m.line, m.column}, text.Cut(text.Untrusted(about), mostShown)}
}

func (f *reading) faultAt(k FaultKind, at int, about string) *Fault {
	return f.fault(k, mark{1, 1}.after(f.raw[:at-f.start]), about)
}

func (f *reading) fail(k FaultKind, at int, about string) {
	if f.failed == nil {
		f.failed = f.faultAt(k, at, about)
	}
}

// look finds what the library is not to see.
func (f *reading) look() *Fault {
	if !utf8.Valid(f.raw) {
		at := 0
		for {
			r, size := utf8.DecodeRune(f.raw[at:])
			if r == utf8.RuneError && size < 2 {
				return f.faultAt(NotUTF8, f.start+at, "")
			}
			at += size
		}
	}
	if bytes.HasPrefix(f.raw, []byte("version https://git-lfs.github.com/")) {
		return f.fault(NotCheckedOut, mark{1, 1}, "")
	}
	if at := returnAlone(f.raw); at >= 0 {
		return f.faultAt(ReturnAlone, f.start+at, "")
	}
	began, ended := false, false // a document
	for at, next := 0, 0; at < len(f.raw); at = next {
		next = len(f.raw)
		if i := bytes.IndexByte(f.raw[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := f.raw[at:next]
		words := bytes.TrimSpace(line)
		begins := bytes.HasPrefix(line, []byte("--- ")) || line[0] == '-' && string(words) == "---"
		switch {
		case began && begins, ended && len(words) > 0 && words[0] != '#' && line[0] != '%':
			return f.faultAt(SeveralDocuments, f.start+at, "")
		case line[0] == '%':
			return f.faultAt(Directive, f.start+at, "")
		case bytes.HasPrefix(line, []byte("<<<<<<< ")), bytes.HasPrefix(line, []byte(">>>>>>> ")):
			return f.faultAt(Conflict, f.start+at, "")
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

// value is a node with all that aliases stand for in it.
func (f *reading) value(n *yaml.Node, depth int) *value {
	v := &value{at: f.offset(n)}
	if f.values++; f.values > 2*MostValues {
		f.fail(TooManyValues, v.at, "")
	}
	if depth > MostDepth {
		f.fail(TooDeep, v.at, "")
	}
	if f.failed != nil {
		return v
	}
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		f.fail(Tagged, v.at, n.Tag)
		return v
	}
	switch n.Kind {
	case yaml.AliasNode:
		at := v.at
		if v = f.value(n.Alias, depth+1); f.failed != nil {
			f.failed = f.faultAt(f.failed.Kind, at, string(f.failed.Value))
		}
	case yaml.SequenceNode:
		v.kind = isList
		v.elements = make([]*value, len(n.Content))
		for i, e := range n.Content {
			v.elements[i] = f.value(e, depth+1)
		}
	case yaml.MappingNode:
		f.members(v, n, depth)
	default:
		if f.text += len(n.Value); f.text > MostText {
			f.fail(TooMuchText, v.at, "")
			return v
		}
		v.kind, v.text = kindOf(n), f.restore.Replace(n.Value)
	}
	return v
}

func (f *reading) members(v *value, n *yaml.Node, depth int) {
	v.kind = isMap
	v.members = make([]member, 0, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content) && f.failed == nil; i += 2 {
		key := f.value(n.Content[i], depth+1)
		switch {
		case f.failed != nil:
		case key.kind == isList || key.kind == isMap:
			f.fail(KeyNotText, key.at, "")
		case key.text == "<<" && n.Content[i].Style == 0:
			f.fail(MergeKey, key.at, "")
		case seen[key.text]:
			f.fail(KeyTwice, key.at, key.text)
		}
		seen[key.text] = true
		v.members = append(v.members, member{key.text, key.at, f.value(n.Content[i+1], depth+1)})
	}
}

// kindOf is the kind of a scalar by the core schema of YAML 1.2, as Postman reads it.
func kindOf(n *yaml.Node) kind {
	switch n.Tag {
	case "!!null":
		return isNull
	case "!!bool":
		return isBool
	case "!!int", "!!float":
		if strings.Contains(n.Value, "_") {
			return isText
		}
		return isNumber
	}
	return isText
}

// number is a number in decimal digits, false where v is none.
func (v *value) number() (float64, bool) {
	f, err := strconv.ParseFloat(v.text, 64)
	return f, err == nil && v.kind != isList && v.kind != isMap
}

// offset is where a node stands in the source. The library counts lines, and
// characters in them. Nodes are asked for in the order of the text, but for
// those that an alias stands for, which were asked for before: what was found stays in
// the node.
func (f *reading) offset(n *yaml.Node) int {
	if n.Line == found {
		return n.Column
	}
	for f.line < n.Line {
		_, next := f.lines.ends(f.at)
		if next == f.at {
			break
		}
		f.at, f.line, f.column = next, f.line+1, 1
	}
	for ; f.line == n.Line && f.column < n.Column && f.at < len(f.lines.raw); f.column++ {
		_, size := utf8.DecodeRune(f.lines.raw[f.at:])
		f.at += size
	}
	n.Line, n.Column = found, f.start+f.at
	return n.Column
}

// found is the line of a node whose column is its offset in the source.
const found = -1
