// Package foreign tells what a text is that should have been a Postman collection, or
// a server's answer, and is none: a page of a sign-in, an export of another program, a
// file that a checkout left half done. It knows one table, looks at the beginning of a
// text and at the names of its outermost members, and decides nothing but what to call
// it. It is a leaf as package text is.
package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
)

// Kind of a text.
type Kind struct {
	// What the text is: "an OpenAPI description", "JSON with comments (line 3, column 5)".
	What text.Untrusted
	// Line is where it stops being JSON, from 1; 0 where that does not matter.
	Line int
	// Next is what whoever took it for a collection does next.
	Next string
	// Own is set for a text that is what it is meant to be, such as an environment: it
	// may lie beside collections. Anything else may be a collection that was damaged.
	Own bool
}

// Enough is how many bytes of the beginning of a text [Of] has to see, to tell one that
// is of its own kind.
const Enough = mostMembers + 1

// How much is looked at, in bytes.
const (
	mostHead    = 4 << 10
	mostMembers = 256 << 10
	mostShown   = 80 // runes
)

// Of is the kind of a text that should be a collection; false when it has the form of
// one, as an export or as the Postman API answers. Whether all of it is JSON is not
// looked at then: see [Broken].
func Of(raw []byte) (Kind, bool) {
	l := newLook(raw)
	if l.collection() {
		return Kind{}, false
	}
	return l.first(kinds, breaks, rest)
}

// Broken is the kind of a collection that is not JSON to its end: what broke it, and
// where. It is false for JSON.
func Broken(raw []byte) (Kind, bool) { return newLook(raw).first(breaks) }

// Answer is what an answer is that should be other JSON than a collection.
func Answer(raw []byte) text.Untrusted {
	l := newLook(raw)
	if utf8.Valid(raw) && l.broken() == nil && (l.root != '{' || errorSays(l) == "") {
		return text.Untrusted("JSON of another form (" + beginning(l) + ")")
	}
	k, _ := l.first(kinds, breaks, rest)
	return k.What
}

// first is the first of the kinds that fits.
func (l *look) first(of ...[]kind) (Kind, bool) {
	for _, k := range slices.Concat(of...) {
		if !k.is(l) {
			continue
		}
		what := text.Untrusted(k.what)
		if k.detail != nil {
			if detail := k.detail(l); detail != "" {
				what += text.Untrusted(" (" + detail + ")")
			}
		}
		line := 0
		if l.mistake != nil && l.root != 0 {
			line = l.lineOfBreak()
		}
		return Kind{what, line, k.next, slices.Contains(own, k.next)}, true
	}
	return Kind{}, false
}

// look is what of a text is looked at.
type look struct {
	raw, head []byte
	text      []byte // head without a byte order mark and the white space around it
	root      byte   // '{', '[' or '"' of what may be JSON, else 0
	// members are the names of the root object, or of a root list's first element, and
	// behind a dot those of its members; with a text that is the value.
	members map[string]string
	cut     bool // there may be more members
	mistake *mistake
	looked  bool // for the mistake
}

func newLook(raw []byte) *look {
	l := &look{raw: raw, head: raw[:min(len(raw), mostHead)], members: map[string]string{}}
	l.text = bytes.TrimSpace(bytes.TrimPrefix(l.head, byteOrderMark))
	if len(l.text) > 0 && strings.IndexByte(`{["`, l.text[0]) >= 0 {
		l.root = l.text[0]
		l.outline()
	}
	return l
}

var byteOrderMark = []byte("\uFEFF")

// collection reports whether a text has the form of a collection. A report on a run
// holds one, beside what came of it.
func (l *look) collection() bool {
	switch {
	case l.root != '{':
		return false
	case l.has("info", "item"), l.cut:
		return true
	case l.has("openapi"), l.has("swagger"), l.has("asyncapi"), l.has("opencollection"), l.has("run"):
		return false
	}
	return l.has("info") || l.has("item") || l.has("collection.info")
}

// outline reads the names of the outermost members, as far as a text is JSON.
func (l *look) outline() {
	in := io.LimitReader(bytes.NewReader(bytes.TrimPrefix(l.raw, byteOrderMark)), mostMembers)
	decoder := json.NewDecoder(in)
	root, err := decoder.Token()
	if root == json.Delim('[') {
		root, err = decoder.Token()
	}
	if err == nil && root == json.Delim('{') {
		err = l.object(decoder, "")
	}
	l.cut = err != nil && len(l.raw) > mostMembers && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
}

// object reads the names of an object, and of those in it.
func (l *look) object(decoder *json.Decoder, prefix string) error {
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		path := prefix + fmt.Sprint(name)
		l.members[path] = ""
		if prefix == "" && l.has("info", "item") {
			return nil // it is a collection
		}
		value, err := decoder.Token()
		switch v := value.(type) {
		case string:
			l.members[path] = v
		case json.Delim:
			if v == '{' && prefix == "" {
				err = l.object(decoder, path+".")
			} else {
				err = skip(decoder)
			}
		}
		if err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

// skip reads to the end of the object or list that has begun.
func skip(decoder *json.Decoder) error {
	for depth := 1; depth > 0; {
		token, err := decoder.Token()
		switch {
		case err != nil:
			return err
		case token == json.Delim('{'), token == json.Delim('['):
			depth++
		case token == json.Delim('}'), token == json.Delim(']'):
			depth--
		}
	}
	return nil
}

// has reports whether all members of these names are there.
func (l *look) has(names ...string) bool {
	for _, name := range names {
		if _, there := l.members[name]; !there {
			return false
		}
	}
	return true
}

// mistake is where a text stops being one value of JSON.
type mistake struct {
	offset     int
	at, before byte // the byte there, and the last one before it that is no white space
	early      bool // the text ends there
	behind     bool // the value ended before
}

// broken is where the text stops being one value of JSON; nil when it does not.
func (l *look) broken() *mistake {
	if l.looked {
		return l.mistake
	}
	l.looked = true
	raw := bytes.TrimPrefix(l.raw, byteOrderMark)
	start := len(l.raw) - len(raw)
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var value json.RawMessage
	err := decoder.Decode(&value)
	switch syntax, bad := errors.AsType[*json.SyntaxError](err); {
	case bad:
		l.mistake = &mistake{offset: start + int(max(syntax.Offset, 1)-1)}
	case err != nil:
		l.mistake = &mistake{offset: len(l.raw), early: true}
	default:
		rest := raw[decoder.InputOffset():]
		if trimmed := bytes.TrimLeft(rest, " \t\r\n"); len(trimmed) > 0 {
			l.mistake = &mistake{offset: len(l.raw) - len(trimmed), behind: true}
		}
	}
	if m := l.mistake; m != nil {
		if m.offset < len(l.raw) {
			m.at = l.raw[m.offset]
		}
		if trimmed := bytes.TrimRight(l.raw[:m.offset], " \t\r\n"); len(trimmed) > 0 {
			m.before = trimmed[len(trimmed)-1]
		}
	}
	return l.mistake
}

// lineOfBreak is the line where a text stops being JSON, from 1.
func (l *look) lineOfBreak() int { return bytes.Count(l.raw[:l.broken().offset], []byte("\n")) + 1 }

// placeOfBreak is the line and column where a text stops being JSON, from 1.
func placeOfBreak(l *look) string {
	before := l.raw[:l.broken().offset]
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d", l.lineOfBreak(), column)
}

// beginning quotes how a text begins.
func beginning(l *look) string { return "it begins `" + excerpt(l.text) + "`" }

func excerpt(b []byte) string {
	return strings.Join(strings.Fields(text.Excerpt(string(b), mostShown)), " ")
}

// title is a page's.
func title(l *look) string {
	if said := text.PageTitle(l.head); said != "" {
		return `title "` + said + `"`
	}
	return ""
}

// errorSays is the message of an error answer.
func errorSays(l *look) string {
	for _, name := range []string{"error.message", "message", "detail", "error", "title", "error.name"} {
		if says := l.members[name]; says != "" {
			return `"` + excerpt([]byte(says)) + `"`
		}
	}
	return ""
}
