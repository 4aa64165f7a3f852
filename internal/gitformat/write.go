package gitformat

import (
	"strconv"

	"postman-microcks-importer/internal/budget"
)

// place says where what stands at a byte of the document and behind it comes from.
type place struct {
	at, source uint32
	made       bool // the source has nothing of it, which is there because of that byte
}

// What a part costs.
const (
	workOfPart  = 4
	bytesOfPart = 12
)

// writer writes JSON and notes where each part comes from.
type writer struct {
	meter  *budget.Meter
	json   []byte
	places []place
}

// from notes where what is written next comes from.
func (w *writer) from(source int, made bool) {
	w.meter.Work(workOfPart)
	p := place{uint32(len(w.json)), uint32(source), made}
	if n := len(w.places); n > 0 {
		switch last := &w.places[n-1]; {
		case last.source == p.source && last.made == p.made:
			return
		case last.at == p.at:
			*last = p
			return
		}
	}
	w.meter.Memory(bytesOfPart)
	w.places = append(w.places, p)
}

func (w *writer) add(s string) {
	w.meter.Memory(len(s))
	w.json = append(w.json, s...)
}

// made writes what the source does not have, because of what stands at a byte of it.
func (w *writer) made(because int, s string) {
	w.from(because, true)
	w.add(s)
}

// part writes what a byte of the source stands for.
func (w *writer) part(at int, s string) {
	w.from(at, false)
	w.add(s)
}

// text writes the text that stands at a byte of the source.
func (w *writer) text(at int, s string) {
	w.from(at, false)
	w.quoted(s)
}

func (w *writer) quoted(s string) {
	const hex = "0123456789abcdef"
	b := append(w.json, '"')
	for from, i := 0, 0; ; i++ {
		if i == len(s) {
			b = append(b, s[from:]...)
			break
		}
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	b = append(b, '"')
	w.meter.Memory(len(b) - len(w.json))
	w.json = b
}

// value writes any value of a file as the JSON that it means.
func (w *writer) value(v *value) {
	switch v.kind {
	case isText:
		w.text(v.at, v.text)
	case isNull:
		w.part(v.at, "null")
	case isBool:
		w.part(v.at, boolOf(v))
	case isNumber:
		w.number(v)
	case isList:
		w.part(v.at, "[")
		for i, e := range v.elements {
			if i > 0 {
				w.made(e.at, ",")
			}
			w.value(e)
		}
		w.made(v.at, "]")
	case isMap:
		o := w.object(v.at)
		for _, m := range v.members {
			o.name(m.at, m.key)
			w.value(m.value)
		}
		o.close()
	}
}

func boolOf(v *value) string {
	if v.text[0] == 't' || v.text[0] == 'T' {
		return "true"
	}
	return "false"
}

// number writes a number that JSON has as it is, and any other as the text that it is.
func (w *writer) number(v *value) {
	if n, err := strconv.ParseInt(v.text, 10, 64); err == nil && strconv.FormatInt(n, 10) == v.text {
		w.part(v.at, v.text)
		return
	}
	f, is := v.number()
	if s := strconv.FormatFloat(f, 'f', -1, 64); is && s == v.text {
		w.part(v.at, s)
		return
	}
	w.text(v.at, v.text)
}

// object is one that is being written.
type object struct {
	w     *writer
	at    int
	comma string
}

// object begins one that stands at a byte of the source.
func (w *writer) object(at int) *object {
	w.part(at, "{")
	return &object{w: w, at: at}
}

// madeObject begins one that the source does not have.
func (w *writer) madeObject(because int) *object {
	w.made(because, "{")
	return &object{w: w, at: because}
}

// name writes the name of the next member, which is there because of what stands at a
// byte of the source.
func (o *object) name(because int, name string) {
	o.w.made(because, o.comma)
	o.w.quoted(name)
	o.w.add(":")
	o.comma = ","
}

// made writes a member that the source does not have.
func (o *object) made(because int, name, json string) {
	o.name(because, name)
	o.w.made(because, json)
}

func (o *object) close() { o.w.made(o.at, "}") }

// fragment is a piece of a document, with places that count from its own start.
type fragment struct {
	json   []byte
	places []place
}

func (w *writer) fragment() fragment { return fragment{w.json, w.places} }

// append writes a fragment.
func (w *writer) append(f fragment) {
	w.meter.Memory(len(f.json) + bytesOfPart*len(f.places))
	w.meter.Work(len(f.places))
	for _, p := range f.places {
		p.at += uint32(len(w.json))
		w.places = append(w.places, p)
	}
	w.json = append(w.json, f.json...)
}
