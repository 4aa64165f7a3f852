package gitformat

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
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
	isText   = kind(yamltree.Text)
	isNull   = kind(yamltree.Null)
	isNumber = kind(yamltree.Number)
	isBool   = kind(yamltree.Bool)
	isList   = isBool + 1
	isMap    = isBool + 2
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

const bytesOfFile = 600 // that reading a file costs, at least

// reader reads the files of a folder, one after the other.
type reader struct {
	yaml yamltree.Reader
	text int // bytes of all files so far, with what aliases stand for
}

func newReader(m *budget.Meter) *reader {
	return &reader{yaml: yamltree.Reader{Meter: m, Most: MostValues}}
}

// read reads a file that starts at an offset of the source. A file without any value
// is an empty map.
func (r *reader) read(name string, raw []byte, start int) (*value, *Fault) {
	f := &reading{reader: r, name: name, raw: raw, start: start, line: 1, column: 1}
	if bytes.HasPrefix(raw, yamltree.ByteOrderMark) {
		f.at = len(yamltree.ByteOrderMark)
	}
	document, fault := r.yaml.Read(raw)
	switch {
	case fault != nil:
		return nil, f.fault(FaultKind(fault.Kind), fault.Mark, string(fault.Said))
	case document.Root == nil:
		return &value{kind: isMap, at: start}, nil
	}
	f.document = document
	v := f.value(document.Root, 0)
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

// reading is one file that is read.
type reading struct {
	*reader
	name     string
	raw      []byte
	start    int // in the source
	document *yamltree.Document
	values   int
	failed   *Fault // the first one

	at           int // what was found last in the text
	line, column int // of it, as the library counts them
}

func (f *reading) fault(k FaultKind, m yamltree.Mark, about string) *Fault {
	return &Fault{k, Position{text.Untrusted(f.name), m.Line, m.Column}, text.Cut(text.Untrusted(about), mostShown)}
}

func (f *reading) faultAt(k FaultKind, at int, about string) *Fault {
	return f.fault(k, yamltree.Start.After(f.raw[:at-f.start]), about)
}

func (f *reading) fail(k FaultKind, at int, about string) {
	if f.failed == nil {
		f.failed = f.faultAt(k, at, about)
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
		v.kind, v.text = kind(yamltree.ScalarOf(n)), f.document.Text(n)
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
		next := bytes.IndexByte(f.raw[f.at:], '\n')
		if next < 0 {
			break
		}
		f.at, f.line, f.column = f.at+next+1, f.line+1, 1
	}
	for ; f.line == n.Line && f.column < n.Column && f.at < len(f.raw); f.column++ {
		_, size := utf8.DecodeRune(f.raw[f.at:])
		f.at += size
	}
	n.Line, n.Column = found, f.start+f.at
	return n.Column
}

// found is the line of a node whose column is its offset in the source.
const found = -1
