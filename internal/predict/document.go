package predict

import (
	"context"
	"errors"
	"io"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// Document is an input as a server of one version reads it, with everything in
// it that does not depend on the import. It is there to be read: it never
// changes, and several goroutines may use it.
type Document struct {
	Raw     []byte
	Options Options

	// Format that the server takes the input for, and the line that made it; no
	// line decides that an input has none.
	Format Format
	Mark   []byte
	// Err is why an input of a collection's format cannot be read: a
	// [*java.MalformedInputError] or a [*jackson.SyntaxError]; why reading it was
	// given up ([budget.ErrSpent], or the cause of a context's end); nil otherwise.
	Err error

	// Root is the object that holds info and item; missing when the input has
	// none. See Parsed.
	Root jackson.Value
	// Name and Version of the service. Versioned is false when the collection
	// says no version.
	Name, Version string
	Versioned     bool
	// Items are the requests, in document order.
	Items []Item
	// Operations that they define, in document order: the first item of a name
	// decides.
	Operations []Definition
	// Failures are the operations whose definition breaks every import.
	Failures []Failure

	behaviour behaviour
	wrapped   bool              // read by the importer for answers of Postman's API
	json      *jackson.Document // nil when no collection was parsed
	fixed     *Prediction       // of every import, when there is no collection to import
}

// Item is one request of a collection.
type Item struct {
	Value     jackson.Value
	Operation string // the name of its operation
}

// Definition is an operation of the collection, and the item that defines it.
type Definition struct {
	Operation
	Item int // index
}

// Failure is what makes the server throw.
type Failure struct {
	Item  int           // index
	Value jackson.Value // the address of a request, or an example
	Cause *Cause
}

// Read reads an input, which must not change any more. It never fails: what
// cannot be read is refused by every import. It reads no further than the size
// that a server can store.
func Read(raw []byte, o Options) *Document {
	return ReadWithin(budget.New(context.Background()), raw, o)
}

// ReadWithin is [Read] within what is left of a budget: beyond it every import of
// the document is [Untold].
func ReadWithin(m *budget.Meter, raw []byte, o Options) *Document {
	d := &Document{Raw: raw, Options: o, behaviour: behaviourOf(o.Version)}
	if err := m.Within(func() {
		if d.find(m) {
			d.interpret(m)
		}
	}); err != nil {
		d.Err, d.Items, d.Operations, d.Failures = err, nil, nil, nil
		d.fixed = &Prediction{Outcome: Untold, Name: d.Name, Version: d.Version}
	}
	return d
}

// Parsed reports whether the input was taken for a collection and is JSON, which
// does not mean that it is a collection.
func (d *Document) Parsed() bool { return d.json != nil }

// UpdatedAt is when the collection last changed, as Postman's API says; zero
// when the input does not say it.
func (d *Document) UpdatedAt() time.Time {
	updated := d.Root.At("info").At("updatedAt")
	if !updated.IsText() {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, updated.AsText())
	if err != nil {
		return time.Time{}
	}
	return at
}

// Parse reads other JSON as this document's server would. The error is a
// [*jackson.SyntaxError].
func (d *Document) Parse(raw []byte) (*jackson.Document, error) {
	return jackson.Parse(raw, d.behaviour.jackson)
}

// refuse makes every import of the document be refused.
func (d *Document) refuse(importError string) {
	d.fixed = &Prediction{Outcome: Refused, ImportError: importError}
}

// find finds the collection in the input and reports whether there is one. If
// not, it predicts what comes of the input.
func (d *Document) find(m *budget.Meter) bool {
	detected, err := detect(d.Raw, d.behaviour)
	if err != nil {
		d.refuseMalformed(err)
		return false
	}
	d.Format, d.Mark = detected.format, detected.mark
	if d.Format != Collection && d.Format != APIAnswer {
		m.Work(len(d.Raw))
		p := refuseForeign(m, d.Raw, d.Format, d.behaviour)
		d.fixed = &p
		return false
	}
	if len(d.Raw) > maxDocument && d.behaviour.storesResource {
		d.fixed = &Prediction{Outcome: Crashed, Cause: &Cause{Kind: TooLarge}}
		return false
	}
	json, err := jackson.ParseWithin(m, d.Raw, d.behaviour.jackson)
	d.wrapped = d.Format == APIAnswer
	if err != nil {
		d.Err = err
		if d.refuse(notParsed); d.wrapped {
			d.refuse(wrappedNotParsed)
		}
		return false
	}
	// The server reads one line more than it needs.
	if _, err := detected.rest.Next(); err != nil && !errors.Is(err, io.EOF) {
		d.refuseMalformed(err)
		return false
	}
	d.json, d.Root = json, json.Root()
	if d.wrapped {
		d.Root = d.Root.At("collection")
	}
	return true
}

func (d *Document) refuseMalformed(err error) {
	d.Err = err
	d.refuse(err.Error())
}

// interpret takes name, version, requests and operations out of the collection.
func (d *Document) interpret(m *budget.Meter) {
	info := d.Root.At("info")
	if !info.Exists() {
		d.refuse(notV2)
		return
	}
	d.Name, d.Version, d.Versioned = identity(info, d.behaviour)
	d.Items = d.findItems(m)
	d.Operations, d.Failures = d.definitions(m)
}
