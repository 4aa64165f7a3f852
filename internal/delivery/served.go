package delivery

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// ServedByPostman is an exported collection as the Postman API would serve it, once
// it is in Postman: on one line inside {"collection":…}; without info.version; with a
// description that is an object as the text in it; with every address as an object
// that has a raw form. The error is why a source is not one value of JSON, or why the
// budget ended.
//
// Sources: the API's description and saved answers, and for addresses the public
// postman-collection library, by which Postman reads what it stores.
func ServedByPostman(m *budget.Meter, source []byte) (d *Document, err error) {
	if spent := m.Within(func() { d, err = served(m, source) }); spent != nil {
		return nil, spent
	}
	return d, err
}

func served(m *budget.Meter, source []byte) (*Document, error) {
	json, err := jackson.ParseWithin(m, source, jackson.Options{})
	if err != nil {
		return nil, err
	}
	collection := json.Root()
	if end := collection.Offset() + len(collection.JSON()); !collection.Exists() || len(bytes.TrimSpace(source[end:])) > 0 {
		return nil, errNotOne
	}
	d := &Document{source: source, wrapped: true}
	if inner := collection.At(envelope); inner.Kind() == jackson.Object && !collection.Has("info") {
		collection, d.wrapped = inner, false
	}
	w := &writer{meter: m}
	w.made(collection.Offset(), `{"`+envelope+`":`)
	w.collection(collection)
	w.made(len(source), "}")
	d.InfoVersion = collection.At("info").Has("version")
	d.Raw, d.places = w.out.Bytes(), w.places
	return d, nil
}

// errNotOne is why JSON is not served: Jackson stops behind the first value, Postman
// does not.
var errNotOne = errors.New("this is not one value of JSON")

// writer writes a document and notes where each part comes from.
type writer struct {
	meter  *budget.Meter
	out    bytes.Buffer
	places []place
}

// What a part costs.
const (
	workOfPart  = 4
	bytesOfPart = 24
)

// from notes where what is written next comes from, unless that goes on from what
// was written last.
func (w *writer) from(p place) {
	w.meter.Work(workOfPart)
	if n := len(w.places); n > 0 {
		last := w.places[n-1]
		if last.made == p.made && (p.made && last.source == p.source || !p.made && last.source-last.at == p.source-p.at) {
			return
		}
	}
	w.meter.Memory(bytesOfPart)
	w.places = append(w.places, p)
}

func (w *writer) text(s string) {
	w.meter.Memory(len(s))
	w.out.WriteString(s)
}

// made writes what the source does not have, because of what stands at a byte of it.
func (w *writer) made(because int, s string) {
	w.from(place{w.out.Len(), max(because, 0), true})
	w.text(s)
}

// part writes a piece of the source that begins at v.
func (w *writer) part(v jackson.Value, piece []byte) {
	w.from(place{w.out.Len(), v.Offset(), false})
	w.meter.Memory(len(piece))
	w.out.Write(piece)
}

// member is how a member of an object is written; nil leaves it out.
type member func(jackson.Value)

// value writes a value without the white space in it.
func (w *writer) value(v jackson.Value) {
	switch v.Kind() {
	case jackson.Object:
		w.object(v, nil, nil)
	case jackson.Array:
		w.array(v, w.value)
	default:
		w.part(v, v.JSON())
	}
}

// object writes an object. Members of these names are written by their own
// functions, all others as they are; more writes members that the object lacks.
func (w *writer) object(v jackson.Value, special map[string]member, more func(comma string)) {
	if v.Kind() != jackson.Object {
		w.value(v)
		return
	}
	w.part(v, []byte("{"))
	comma := ""
	for m := range v.Elements() {
		write := w.value
		if special != nil {
			if own, is := special[m.Name()]; is {
				write = own
			}
		}
		if write == nil {
			continue
		}
		w.made(m.Offset(), comma)
		w.text(string(m.NameJSON()) + ":")
		write(m)
		comma = ","
	}
	if more != nil {
		w.made(v.Offset(), "")
		more(comma)
	}
	w.made(v.Offset(), "}")
}

// array writes a list, each element by its function.
func (w *writer) array(v jackson.Value, element member) {
	if v.Kind() != jackson.Array {
		w.value(v)
		return
	}
	w.part(v, []byte("["))
	first := true
	for e := range v.Elements() {
		if !first {
			w.made(e.Offset(), ",")
		}
		element(e)
		first = false
	}
	w.made(v.Offset(), "]")
}

func (w *writer) collection(v jackson.Value) {
	w.object(v, map[string]member{"info": w.info, "item": w.items}, nil)
}

// info has no version in Postman.
func (w *writer) info(v jackson.Value) {
	w.object(v, map[string]member{"description": w.description, "version": nil}, nil)
}

// description is a text in Postman; an object has it as its content.
func (w *writer) description(v jackson.Value) {
	content := v.At("content")
	switch {
	case v.Kind() != jackson.Object:
		w.value(v)
	case content.IsText():
		w.value(content)
	default:
		w.made(v.Offset(), `""`)
	}
}

func (w *writer) items(v jackson.Value) { w.array(v, w.item) }

func (w *writer) item(v jackson.Value) {
	w.object(v, map[string]member{
		"description": w.description, "item": w.items, "request": w.request,
		"response": func(v jackson.Value) { w.array(v, w.example) },
	}, nil)
}

func (w *writer) example(v jackson.Value) {
	w.object(v, map[string]member{"originalRequest": w.request}, nil)
}

// request that is a text is the address of a GET.
func (w *writer) request(v jackson.Value) {
	if !v.IsText() {
		w.object(v, map[string]member{"description": w.description, "url": w.url}, nil)
		return
	}
	w.made(v.Offset(), `{"method":"GET","header":[],"url":`)
	w.url(v)
	w.made(v.Offset(), "}")
}

// url is an object with its raw form in Postman.
func (w *writer) url(v jackson.Value) {
	switch {
	case v.IsText():
		w.made(v.Offset(), `{"raw":`)
		w.text(string(v.JSON()))
		w.query(v.AsText())
		w.text("}")
	case v.At("raw").AsTextOr("") != "":
		w.value(v)
	default:
		w.withRaw(v, rawOf(v))
	}
}

// withRaw writes an address with the raw form that its parts make, if they make one.
func (w *writer) withRaw(v jackson.Value, raw string) {
	if raw == "" {
		w.value(v)
		return
	}
	w.object(v, map[string]member{"raw": nil}, func(comma string) {
		w.text(comma + `"raw":`)
		w.quoted(raw)
	})
}

// query are the parameters of an address that is a text. What has no value has null.
func (w *writer) query(url string) {
	url, _, _ = strings.Cut(url, "#")
	_, query, any := strings.Cut(url, "?")
	if !any {
		return
	}
	w.text(`,"query":[`)
	for i, param := range strings.Split(query, "&") {
		w.meter.Work(workOfPart)
		if i > 0 {
			w.text(",")
		}
		name, value, valued := strings.Cut(param, "=")
		w.text(`{"key":`)
		w.quotedOr(name, param != "")
		w.text(`,"value":`)
		w.quotedOr(value, valued)
		w.text("}")
	}
	w.text("]")
}

// quotedOr is a text, or null when there is none.
func (w *writer) quotedOr(s string, any bool) {
	if any {
		w.quoted(s)
	} else {
		w.text("null")
	}
}

// quoted writes a text. A surrogate without a partner, which package jackson keeps
// as three bytes, is written as it was read.
func (w *writer) quoted(s string) {
	const hex = "0123456789abcdef"
	b := []byte{'"'}
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == utf8.RuneError && size == 1 && s[0] == 0xED && len(s) >= 3:
			size = 3
			u := 0xD000 | uint(s[1]&0x3F)<<6 | uint(s[2]&0x3F)
			b = append(b, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15])
		default:
			b = append(b, s[:size]...)
		}
		s = s[size:]
	}
	w.text(string(append(b, '"')))
}

// rawOf is the address that its parts make; "" when there are none.
func rawOf(url jackson.Value) string {
	var b strings.Builder
	if protocol := url.At("protocol").AsTextOr(""); protocol != "" {
		b.WriteString(strings.TrimSuffix(protocol, "://") + "://")
	}
	b.WriteString(joined(url.At("host"), "."))
	if port := url.At("port").AsTextOr(""); port != "" {
		b.WriteString(":" + port)
	}
	switch path := url.At("path"); {
	case path.Size() > 0:
		b.WriteString("/" + joined(path, "/"))
	case path.AsTextOr("") != "":
		b.WriteString("/" + strings.TrimPrefix(path.AsText(), "/"))
	}
	var query []string
	for p := range url.At("query").Elements() {
		if p.At("disabled").AsText() == "true" {
			continue
		}
		param := p.At("key").AsTextOr("")
		if value := p.At("value"); value.Exists() && value.Kind() != jackson.Null {
			param += "=" + value.AsText()
		}
		query = append(query, param)
	}
	if len(query) > 0 {
		b.WriteString("?" + strings.Join(query, "&"))
	}
	if hash := url.At("hash"); hash.IsText() {
		b.WriteString("#" + hash.AsText())
	}
	return b.String()
}

// joined is a text, or a list of texts or of objects that have one as their value.
func joined(v jackson.Value, separator string) string {
	if v.Kind() != jackson.Array {
		return v.AsTextOr("")
	}
	parts := slices.Collect(v.Elements())
	texts := make([]string, len(parts))
	for i, part := range parts {
		if texts[i] = part.AsTextOr(""); part.Kind() == jackson.Object {
			texts[i] = part.At("value").AsTextOr("")
		}
	}
	return strings.Join(texts, separator)
}
