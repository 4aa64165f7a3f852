// Package jackson is about JSON as Jackson, which Microcks reads it with, takes
// it: text after the first value is ignored, of two members of one name the last
// value counts at the place of the first, numbers keep their kind, and texts may
// hold surrogates without a partner (see package java). It is faithful to the
// wording of syntax errors as well. The rules were found on servers (the vectors
// of internal/test/conformance), whose Jackson is 2.15.3 (Microcks 1.9.0) to 2.21.1
// (Microcks 1.15.0).
package jackson

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"postman-microcks-importer/internal/java"
)

// Kind of a value.
type Kind uint8

// Kinds. Missing is that of a value that is not there.
const (
	Missing Kind = iota
	Null
	Bool
	Int
	Float
	Text
	Array
	Object
)

// node is one value of a document. Text stays undecoded in the input until it
// is asked for.
type node struct {
	parent, first, next *node
	start, end          uint32 // span of the value, quotes and brackets included
	name, nameEnd       uint32 // span of a member's name without quotes; name is an element's index
	size                uint32 // members or elements
	kind                Kind
	escaped             bool // the text holds a backslash
	nameEscaped         bool
}

// Document is a parsed input. It may be read by several goroutines.
type Document struct {
	raw  []byte
	root *node
	lax  bool // not all of raw is valid UTF-8
	lone bool
	wide map[*node]map[string]*node // the members of objects that have many
}

// Root is the document's value; missing when it has none.
func (d *Document) Root() Value { return Value{d, d.root} }

// LoneSurrogates reports whether a text or name of the document may hold a
// surrogate without a partner.
func (d *Document) LoneSurrogates() bool { return d.lone }

// Value is a value of a document, or none: the zero Value and what is not there
// answer as Jackson's MissingNode does. Two Values are equal (==) when they are
// the same place.
type Value struct {
	doc *Document
	n   *node
}

// Kind of the value.
func (v Value) Kind() Kind {
	if v.n == nil {
		return Missing
	}
	return v.n.kind
}

// Exists reports whether there is a value; null is one.
func (v Value) Exists() bool { return v.n != nil }

// IsText reports whether v is a JSON string.
func (v Value) IsText() bool { return v.Kind() == Text }

// At is the member of that name; missing when there is none or v is no object.
func (v Value) At(name string) Value {
	if v.n == nil || v.n.kind != Object {
		return Value{}
	}
	if v.n.size > many {
		if m := v.doc.wide[v.n][name]; m != nil {
			return Value{v.doc, m}
		}
		return Value{}
	}
	for m := v.n.first; m != nil; m = m.next {
		if v.doc.named(m, name) {
			return Value{v.doc, m}
		}
	}
	return Value{}
}

// TextStart is the start of AsText where that is long: at least n bytes of it, or
// all.
func (v Value) TextStart(n int) string {
	if v.Kind() != Text || v.n.end-v.n.start < uint32(16*n) {
		return v.AsText()
	}
	start, end := v.n.start+1, v.n.start+1
	for in := v.doc.raw; end-start < uint32(12*n); { // the longest escape is twelve bytes for four
		switch {
		case in[end] == '\\' && in[end+1] == 'u':
			end += 6
		case in[end] == '\\':
			end += 2
		default:
			end++
		}
	}
	return v.doc.text(start, end, v.n.escaped)
}

// LongerThan reports whether v is a text that surely has more than n bytes. It does
// not decode the text.
func (v Value) LongerThan(n int) bool {
	const longestEscape = 6 // of one byte
	return v.Kind() == Text && int(v.n.end-v.n.start-2)/longestEscape > n
}

// Has reports whether v is an object with that member, null included.
func (v Value) Has(name string) bool { return v.At(name).n != nil }

// Elements are the values of an array or of an object's members, in order.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.n == nil {
			return
		}
		for m := v.n.first; m != nil; m = m.next {
			if !yield(Value{v.doc, m}) {
				return
			}
		}
	}
}

// Below are v itself and all values below it, however deep, in order.
func (v Value) Below() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for n := v.n; n != nil; {
			if !yield(Value{v.doc, n}) {
				return
			}
			if n.first != nil {
				n = n.first
				continue
			}
			for n != v.n && n.next == nil {
				n = n.parent
			}
			if n == v.n {
				return
			}
			n = n.next
		}
	}
}

// Size is the number of elements or members; 0 for other kinds.
func (v Value) Size() int {
	if v.n == nil {
		return 0
	}
	return int(v.n.size)
}

// AsText is the value as asText of Jackson gives it: "null" for null, "" for
// what is missing, an array or an object; numbers and booleans as Java prints
// them.
func (v Value) AsText() string {
	switch v.Kind() {
	case Text:
		return v.doc.text(v.n.start+1, v.n.end-1, v.n.escaped)
	case Null:
		return "null"
	case Bool:
		return string(v.doc.raw[v.n.start:v.n.end])
	case Int:
		return java.FormatInteger(string(v.doc.raw[v.n.start:v.n.end]))
	case Float:
		return java.FormatDouble(string(v.doc.raw[v.n.start:v.n.end]))
	}
	return ""
}

// AsTextOr is AsText with another answer for null and missing values.
func (v Value) AsTextOr(absent string) string {
	switch v.Kind() {
	case Null, Missing:
		return absent
	}
	return v.AsText()
}

// Name of a member; "" when v is not the member of an object.
func (v Value) Name() string {
	if v.n == nil || v.n.parent == nil || v.n.parent.kind != Object {
		return ""
	}
	return v.doc.text(v.n.name, v.n.nameEnd, v.n.nameEscaped)
}

// JSON is the value as the input has it, white space included.
func (v Value) JSON() []byte {
	if v.n == nil {
		return nil
	}
	return v.doc.raw[v.n.start:v.n.end]
}

// NameJSON is the name of a member as the input has it, quotes included; nil when v
// is not the member of an object.
func (v Value) NameJSON() []byte {
	if v.n == nil || v.n.parent == nil || v.n.parent.kind != Object {
		return nil
	}
	return v.doc.raw[v.n.name-1 : v.n.nameEnd+1]
}

// Parent is the array or object that holds v; missing for the root.
func (v Value) Parent() Value {
	if v.n == nil || v.n.parent == nil {
		return Value{}
	}
	return Value{v.doc, v.n.parent}
}

// Offset in bytes of where the value begins in the input; -1 when it is missing.
func (v Value) Offset() int {
	if v.n == nil {
		return -1
	}
	return int(v.n.start)
}

// Pointer is the RFC 6901 pointer to the value, in valid UTF-8; "" for the root
// and for what is missing.
func (v Value) Pointer() string { return v.PointerUpTo(math.MaxInt) }

// PointerUpTo is the pointer; "" when it has more than most bytes.
func (v Value) PointerUpTo(most int) string {
	var tokens []string
	length := 0
	for n := v.n; n != nil && n.parent != nil; n = n.parent {
		token := strconv.FormatUint(uint64(n.name), 10)
		if n.parent.kind == Object {
			if length+int(n.nameEnd-n.name)/6 > most { // no escape of a byte is longer than six
				return ""
			}
			token = escapePointer.Replace(java.WellFormed(Value{v.doc, n}.Name()))
		}
		tokens = append(tokens, token)
		if length += 1 + len(token); length > most {
			return ""
		}
	}
	var b strings.Builder
	for _, token := range slices.Backward(tokens) {
		b.WriteString("/" + token)
	}
	return b.String()
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func (d *Document) named(m *node, name string) bool {
	if !m.nameEscaped {
		return string(d.raw[m.name:m.nameEnd]) == name
	}
	return d.text(m.name, m.nameEnd, true) == name
}

// text decodes what stands between two quotes. Surrogates without a partner
// are kept as three bytes, as UTF-8 would have them if it could.
func (d *Document) text(start, end uint32, escaped bool) string {
	in := d.raw[start:end]
	if !escaped && !d.lax {
		return string(in)
	}
	var b strings.Builder
	b.Grow(len(in))
	written := 0 // of in; what follows stands for itself up to i
	for i := 0; i < len(in); {
		c := in[i]
		if c != '\\' && (c < 0x80 || !d.lax) {
			i++
			continue
		}
		b.Write(in[written:i])
		if c != '\\' {
			i += d.writeLax(&b, in[i:])
			written = i
			continue
		}
		i++
		written = i + 1
		switch in[i] {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			u := hex4(in[i+1:])
			i += 4
			if java.IsHighSurrogate(u) && i+6 < len(in) && in[i+1] == '\\' && in[i+2] == 'u' {
				if low := hex4(in[i+3:]); java.IsLowSurrogate(low) {
					u = utf16.DecodeRune(u, low)
					i += 6
				}
			}
			java.WriteCodePoint(&b, u)
			written = i + 1
		default: // a quote, mostly, which stands for itself without its backslash
			written = i
		}
		i++
	}
	b.Write(in[written:])
	return b.String()
}

// hex4 is the number of four hexadecimal digits; below 0 when one of them is not.
func hex4(in []byte) rune {
	var u rune
	for _, c := range in[:4] {
		u = u<<4 | rune(java.HexDigit(c))
	}
	return u
}

// writeLax decodes the sequence at the start of in as the parser does, without
// checks, and returns its length.
func (d *Document) writeLax(b *strings.Builder, in []byte) int {
	n, bad := laxSequence(in)
	if bad != "" {
		return 1
	}
	r := rune(in[0]) & (0xFF >> (n + 1))
	for _, c := range in[1:n] {
		r = r<<6 | rune(c&0x3F)
	}
	if n < 4 || 0x10000 <= r && r <= 0x10FFFF {
		java.WriteCodePoint(b, r)
		return n
	}
	r -= 0x10000
	java.WriteCodePoint(b, (0xD800|r>>10)&0xFFFF)
	java.WriteCodePoint(b, 0xDC00|r&0x3FF)
	return n
}
