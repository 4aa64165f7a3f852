// Package gitformat makes a collection of a folder of YAML files, the form in which
// Postman keeps collections in a git repository since 2026 ("format 3"). It opens
// nothing: the files come from its caller.
//
//	document, err := gitformat.Read(meter, "Shop", func(yield func(string, []byte) bool) {
//		// every file below the folder for which Belongs says so, in any order
//	})
//
// What comes out is a v2.1 collection as the Postman API would serve it, on one line
// inside {"collection":…}, with the way back from every byte of it to file, line and
// column. A [Document] has the methods of delivery.Document: Source is the files one
// behind another, and Place, Made and Pointer lead into it. [Document.Position] turns
// an offset in it into a file's line, which one source among many files needs besides.
// So whoever judges a collection by what it needs of a document, which are these
// methods, judges a folder alike.
//
// Sources of the rules are the format's documentation, and what Postman's own program
// (1.62.0) writes when it migrates a collection, sends when it runs a folder, and
// refuses when it looks one through. Where they do not agree, running counts:
//
//   - items without order come before those with one; among equals the name decides,
//     by code points, and folders and requests stand in one order;
//   - parameters of queryParams take the place of those in the address;
//   - a file whose name ends otherwise, and a request below .resources, is not read;
//   - a folder needs no definition;
//   - a folder whose name begins with a dot is one like any other, but for .resources.
//
// What the format has and a v2.1 collection has not is lost: further ways to sign in
// than the first, requests of protocols other than HTTP (a finding), and settings that
// v2.1 does not know. Version, and what Postman leaves out when it writes a folder, is
// not there to be read.
package gitformat

import (
	"cmp"
	"io/fs"
	"iter"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
)

// Bounds of one folder.
const (
	MostBytes  = 16 << 20 // of all its files
	MostFiles  = 20_000
	MostValues = 200_000 // of one file: values, members and comments, about
	MostDepth  = 100     // of values in a file, and of folders
	// MostText is how many bytes of text all files may have, once each alias stands for
	// what it means. Without aliases none has half as much again as MostBytes.
	MostText = 32 << 20
	// MostFindings: what is found beyond is not kept.
	MostFindings = 1000
)

// Document is the collection that a folder makes. It is there to be read.
type Document struct {
	// Raw is the collection as the Postman API would serve it.
	Raw []byte
	// Findings are what a person should know of the folder itself, by file and place.
	// What there is to know of the collection, others find in Raw.
	Findings []Finding

	source source
	places []place // by at, ascending
}

// Read makes a document of the files of a folder, which come with their paths relative
// to it, separated by slashes, and may come in any order. Those that do not belong to
// the format are passed over. A collection without a name of its own has that of the
// folder; "." is none.
//
// The error is a [*BrokenError] that names the files which are broken, the same of one
// that is beyond the bounds, or what ended the meter.
func Read(m *budget.Meter, folder string, files iter.Seq2[string, []byte]) (d *Document, err error) {
	if spent := m.Within(func() { d, err = read(m, folder, files) }); spent != nil {
		return nil, spent
	}
	return d, err
}

func read(m *budget.Meter, folder string, files iter.Seq2[string, []byte]) (*Document, error) {
	t := newTree(m, folder)
	for name, raw := range files {
		if !Belongs(name) {
			continue
		}
		if !t.add(name, raw) {
			break
		}
	}
	if t.broken.Count == 0 && folder == here && t.root.name == here {
		at := Position{File: Definition}
		if t.root.defined {
			at = t.source.position(t.root.at)
		}
		t.broken.add(Fault{Kind: Nameless, Position: at})
	}
	if t.broken.Count > 0 {
		return nil, &t.broken
	}
	t.assemble()
	slices.SortStableFunc(t.findings, func(a, b Finding) int { return a.Position.compare(b.Position) })
	return &Document{Raw: t.out.json, Findings: t.findings, source: t.source, places: t.out.places}, nil
}

// here is the folder that somebody stands in, whatever it is called.
const here = "."

// Source is what the document was made of: the files one behind another. Which file a
// byte of it is in, says [Document.Position].
func (d *Document) Source() []byte { return d.source.raw }

// Place is where a byte of the document comes from: the offset in the source of the
// value that it is part of.
func (d *Document) Place(offset int) int { return int(d.placeOf(offset).source) }

// Made reports whether the source does not have what stands at a byte of the
// document.
func (d *Document) Made(offset int) bool { return d.placeOf(offset).made }

func (d *Document) placeOf(offset int) place {
	i := sort.Search(len(d.places), func(i int) bool { return int(d.places[i].at) > offset })
	if i == 0 {
		return place{}
	}
	return d.places[i-1]
}

// Pointer is an RFC 6901 pointer into the document as one into the collection, which
// no file has as a whole.
func (d *Document) Pointer(pointer string) string { return strings.TrimPrefix(pointer, "/"+envelope) }

// Position is where an offset of the source is found.
func (d *Document) Position(offset int) Position { return d.source.position(offset) }

// Position is a place in a file of the folder.
type Position struct {
	File text.Untrusted // its path in the folder; "" for the folder as a whole
	// Line and Column, from 1; Column counts characters. 0 when unknown.
	Line, Column int
}

func (p Position) compare(o Position) int {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Column, o.Column))
}

// source is the files one behind another.
type source struct {
	raw   []byte
	files []file          // by start, ascending
	marks []yamltree.Mark // one for each stride of raw
}

type file struct {
	path  string
	start int // of its bytes in the source
}

// stride is how far apart marks are: so many bytes are looked through for a position,
// however long file and line are.
const stride = 4 << 10

// add appends a file and returns where it starts.
func (s *source) add(name string, raw []byte) (start int) {
	start = len(s.raw)
	s.files = append(s.files, file{name, start})
	s.raw = append(s.raw, raw...)
	for at := len(s.marks) * stride; at < len(s.raw); at += stride {
		from, p := start, yamltree.Start
		if n := len(s.marks); n > 0 && (n-1)*stride >= start {
			from, p = (n-1)*stride, s.marks[n-1]
		}
		s.marks = append(s.marks, p.After(s.raw[from:at]))
	}
	return start
}

func (s *source) position(offset int) Position {
	offset = max(0, min(offset, len(s.raw)))
	i := sort.Search(len(s.files), func(i int) bool { return s.files[i].start > offset }) - 1
	if i < 0 {
		return Position{}
	}
	from, p := s.files[i].start, yamltree.Start
	if n := min(offset/stride, len(s.marks)-1); n >= 0 && n*stride > from {
		from, p = n*stride, s.marks[n]
	}
	p = p.After(s.raw[from:offset])
	return Position{File: text.Untrusted(s.files[i].path), Line: p.Line, Column: p.Column}
}

// clean reports whether a path is one below the folder.
func clean(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.ContainsAny(name, "\\\x00")
}
