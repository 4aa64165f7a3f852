package microcks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// table keeps documents as JSON in the order of their first saving. What is
// read from it is always a copy.
type table struct{ rows []row }

type row struct {
	id  string
	doc []byte
}

// objectID matches the ids that the database treats as numbers: their case
// does not count and they are shown in lower case.
var objectID = regexp.MustCompile(`^[0-9a-fA-F]{24}$`)

func normalID(id string) string {
	if objectID.MatchString(id) {
		return strings.ToLower(id)
	}
	return id
}

func (t *table) index(id string) int {
	id = normalID(id)
	return slices.IndexFunc(t.rows, func(r row) bool { return r.id == id })
}

// newID is called with the lock held. Ids look like those of the database but
// are counted, so that tests read the same every time.
func (s *Server) newID() string {
	s.lastID++
	return fmt.Sprintf("66c0ffee%016x", s.lastID)
}

// keyed is a document that knows its id.
type keyed interface {
	key() *string
	setKey(id string)
}

// put saves a document under its id, a new one when it has none.
func put[T keyed](s *Server, t *table, doc T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if doc.key() == nil {
		doc.setKey(s.newID())
	}
	shown := *doc.key()
	id := normalID(shown)
	doc.setKey(id)
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // only documents that were read from JSON come here
	}
	if i := t.index(id); i >= 0 {
		t.rows[i].doc = raw
	} else {
		t.rows = append(t.rows, row{id, raw})
	}
	doc.setKey(shown) // the answer to a save shows the id as it was sent
	return doc
}

// get reads a document.
func get[T any](s *Server, t *table, id string) (*T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return nil, false
	}
	return decode[T](t.rows[i].doc), true
}

// all reads every document, in the order of saving.
func all[T any](s *Server, t *table) []*T {
	s.mu.Lock()
	defer s.mu.Unlock()
	docs := make([]*T, len(t.rows))
	for i, r := range t.rows {
		docs[i] = decode[T](r.doc)
	}
	return docs
}

// allWith are the documents in which a text stands somewhere: of many, few are
// worth to be decoded.
func allWith[T any](s *Server, t *table, text string) []*T {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var docs []*T
	for _, r := range t.rows {
		if bytes.Contains(r.doc, quoted) {
			docs = append(docs, decode[T](r.doc))
		}
	}
	return docs
}

func decode[T any](raw []byte) *T {
	doc := new(T)
	if err := json.Unmarshal(raw, doc); err != nil {
		panic(err) // it was written by put
	}
	return doc
}

func remove(s *Server, t *table, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := t.index(id); i >= 0 {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}
