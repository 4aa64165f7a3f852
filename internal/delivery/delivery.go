// Package delivery makes the document that Microcks gets of a collection. An
// importer brings the answer of the Postman API, so that an exported file is judged
// as that API would serve it; what reaches Microcks as it is, is judged as it is.
package delivery

import (
	"sort"
	"strings"

	"postman-microcks-importer/internal/gitformat"
)

// Document is a collection as it reaches Microcks, with the way back to where a
// person finds each part of it. It is there to be read.
type Document struct {
	// Raw is what reaches Microcks.
	Raw []byte
	// InfoVersion is set when the source has an info.version, which the document has
	// not.
	InfoVersion bool

	source  []byte
	places  []place // by at, ascending; nil for a document that is its source
	wrapped bool    // Raw is an object around what the source is
	// unwrapped: the source is an object around what Raw is.
	unwrapped bool

	folder *gitformat.Document // that the source was made of; nil for a file
	path   string              // of the folder
}

// place says where what stands at a byte of the document and behind it comes from.
type place struct {
	at, source int
	made       bool // the source has nothing of it: all of it is because of that one byte
}

// AsIs is a document that reaches Microcks as it is: an answer of the Postman API,
// an upload.
func AsIs(raw []byte) *Document { return &Document{Raw: raw, source: raw} }

// Source is what the document was made from; of a folder, its files one behind another.
func (d *Document) Source() []byte {
	if d.folder != nil {
		return d.folder.Source()
	}
	return d.source
}

// Place is where a byte of the document comes from: an offset in the source.
func (d *Document) Place(offset int) int {
	at, _ := d.cameFrom(offset)
	if d.folder != nil {
		return d.folder.Place(at)
	}
	return at
}

// Made reports whether the source does not have what stands at a byte of the
// document.
func (d *Document) Made(offset int) bool {
	at, made := d.cameFrom(offset)
	return made || d.folder != nil && d.folder.Made(at)
}

// cameFrom is the offset in the collection that the document was made of, and whether
// that does not have what stands there.
func (d *Document) cameFrom(offset int) (at int, made bool) {
	p := d.placeOf(offset)
	if p.made {
		return p.source, true
	}
	return p.source + offset - p.at, false
}

func (d *Document) placeOf(offset int) place {
	i := sort.Search(len(d.places), func(i int) bool { return d.places[i].at > offset })
	if i == 0 {
		return place{}
	}
	return d.places[i-1]
}

// Pointer is an RFC 6901 pointer into the document as one into the source.
func (d *Document) Pointer(pointer string) string {
	if d.wrapped {
		pointer = strings.TrimPrefix(pointer, "/"+envelope)
	} else if d.unwrapped {
		pointer = "/" + envelope + pointer
	}
	if d.folder != nil {
		return d.folder.Pointer(pointer)
	}
	return pointer
}

// envelope is the member in which the Postman API serves a collection.
const envelope = "collection"
