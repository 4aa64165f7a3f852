package lint

import (
	"bytes"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

var envelopeMissing = Rule{
	ID: "PMI006", Name: "envelope-missing", Level: result.Error,
	Text: "Microcks looks at the first lines of what it downloads to find out what it is. An answer of Postman's API is recognised " +
		"because it starts with `{\"collection\":`, with nothing before and no space inside. Exports, other orders and byte order " +
		"marks are taken for something else.",
	Hint: "let the importer read https://api.getpostman.com/collections/UID; a file elsewhere has to start with {\"collection\": " +
		"on its first line",
	Bad:  Sample{Raw: `{ "collection": {"info": {"name": "Pets", "description": "version=1.0 - the pets"}, "item": []}}`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"Pets","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(s *subject, r *reporter) {
		if f := s.Document.Format; f != predict.HTTPArchive && f != predict.SoapUI {
			return
		}
		raw := bytes.TrimPrefix(s.Document.Raw, byteOrderMark)
		doc, err := s.Document.Parse(raw)
		switch root := rootOf(doc); {
		case err != nil:
			r.whole("this is %s", brokenJSON(s.Document.Raw))
		case len(raw) < len(s.Document.Raw):
			r.whole("a byte order mark stands before the JSON")
		case root.Has("info") && root.Has("item"):
			r.whole("this is a collection as Postman exports it, not as its API serves it")
		case root.Has("collection"):
			r.whole("the collection is not the first member of its first line, or a space stands before it")
		default:
			r.whole("there is no collection in it")
		}
	},
}

// brokenJSON is what a text is that the server's parser refuses, in a person's words.
func brokenJSON(raw []byte) text.Untrusted {
	if kind, broken := foreign.Broken(raw); broken {
		return kind.What
	}
	return foreign.Beyond
}

var byteOrderMark = []byte("\uFEFF")

// rootOf is the root of a document, missing when there is none.
func rootOf(d *jackson.Document) jackson.Value {
	if d == nil {
		return jackson.Value{}
	}
	return d.Root()
}
