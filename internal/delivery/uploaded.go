package delivery

import (
	"bytes"
	"encoding/json"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// NoID is the _postman_id of an upload whose source has none: without one a server does
// not recognise a collection.
const NoID = "00000000-0000-4000-8000-000000000000"

// Uploaded is an exported collection as an upload sends it: as [ServedByPostman] makes
// it, but bare, and with its info.version, else the given one ("" is none). info stands
// first, and before its _postman_id is the only line break: by that every version of the
// server (1.9.0 to 1.15.0) takes the document for a collection, whatever its texts hold;
// a document on one line is taken for a HAR or SoapUI file. The error is why a source is
// not one value of JSON, or why the budget ended.
func Uploaded(m *budget.Meter, source []byte, version string) (d *Document, err error) {
	if spent := m.Within(func() { d, err = uploaded(m, source, version) }); spent != nil {
		return nil, spent
	}
	return d, err
}

func uploaded(m *budget.Meter, source []byte, version string) (*Document, error) {
	parsed, err := jackson.ParseWithin(m, source, jackson.Options{})
	if err != nil {
		return nil, err
	}
	collection := parsed.Root()
	if end := collection.Offset() + len(collection.JSON()); !collection.Exists() || len(bytes.TrimSpace(source[end:])) > 0 {
		return nil, errNotOne
	}
	d := &Document{source: source}
	if inner := collection.At(envelope); inner.Kind() == jackson.Object && !collection.Has("info") {
		collection, d.unwrapped = inner, true
	}
	w := &writer{meter: m}
	if collection.Kind() != jackson.Object {
		w.value(collection)
	} else {
		w.upload(collection, version)
	}
	d.Raw, d.places = w.out.Bytes(), w.places
	return d, nil
}

// Emptied is a collection without items, laid out as an upload is. As a secondary artifact
// it takes back the examples that an upload of the same file's name added to a service,
// and leaves everything else as it is (seen on 1.9.0 to 1.15.0).
func Emptied(name, version string) []byte {
	return []byte("{\"info\":{\n" + `"_postman_id":` + quotedJSON(NoID) + `,"name":` + quotedJSON(name) +
		`,"version":` + quotedJSON(version) + `,"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[]}`)
}

// upload writes a bare collection, info first.
func (w *writer) upload(v jackson.Value, version string) {
	w.part(v, []byte("{"))
	comma := ""
	if info := v.At("info"); info.Exists() {
		w.made(info.Offset(), `"info":`)
		w.infoOfUpload(info, version)
		comma = ","
	}
	for m := range v.Elements() {
		if m.Name() == "info" {
			continue
		}
		w.made(m.Offset(), comma)
		w.text(string(m.NameJSON()) + ":")
		if m.Name() == "item" {
			w.items(m)
		} else {
			w.value(m)
		}
		comma = ","
	}
	w.made(v.Offset(), "}")
}

// infoOfUpload keeps its version, and has one line break, before its _postman_id.
func (w *writer) infoOfUpload(v jackson.Value, version string) {
	if v.Kind() != jackson.Object {
		w.value(v)
		return
	}
	w.part(v, []byte("{\n"))
	if id := v.At("_postman_id"); id.Exists() {
		w.made(id.Offset(), `"_postman_id":`)
		w.value(id)
	} else {
		w.made(v.Offset(), `"_postman_id":`+quotedJSON(NoID))
	}
	for m := range v.Elements() {
		if m.Name() == "_postman_id" {
			continue
		}
		w.made(m.Offset(), ","+string(m.NameJSON())+":")
		if m.Name() == "description" {
			w.description(m)
		} else {
			w.value(m)
		}
	}
	if !v.Has("version") && version != "" {
		w.made(v.Offset(), `,"version":`+quotedJSON(version))
	}
	w.made(v.Offset(), "}")
}

func quotedJSON(s string) string {
	quoted, _ := json.Marshal(s) // a text has one
	return string(quoted)
}
