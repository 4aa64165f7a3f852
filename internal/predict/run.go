package predict

import (
	"errors"
	"io"
	"slices"

	"postman-microcks-importer/internal/jackson"
)

// run is one prediction on its way through the stages: read, identity,
// operations, save, examples, findings. What breaks an import decides the
// outcome, but the stages after it are gone through all the same, so that one
// prediction tells everything that is wrong.
type run struct {
	raw       []byte
	target    Target
	behaviour behaviour
	source    string
	detected  detection
	trouble   trouble
	doc       *jackson.Document // nil when raw is no JSON
	coll      collection
	wrapped   bool
	versioned bool // the collection says its version
	existing  *Service
	items     []item
	ops       []operation
	failed    []failure // of operations
	service   *Service  // as saved, or as it would be if nothing broke before
	hits      [][]int   // items by operation of the service
	found     []exampleAt
	each      []exampleAt // found, each response once; see once
	crashes   []failure   // of examples
	offsets   []int       // of the findings in raw, -1 without a place
	p         Prediction
}

// exampleAt is an example of the service, with the place it was read from.
type exampleAt struct {
	op, item, index int
	response        jackson.Value
	example         *Example // set when all of them are read
}

// trouble is why an input does not even reach the reading of a collection.
type trouble struct {
	kind   troubleKind
	syntax *jackson.SyntaxError
}

type troubleKind int

const (
	noTrouble troubleKind = iota
	notUTF8
	notJSON
	notDetected // the server takes it for something else
	tooLong
)

func newRun(raw []byte, t Target) *run {
	return &run{raw: raw, target: t, behaviour: behaviourOf(t.Version), source: artifactName(t.URL)}
}

func (r *run) predict() {
	if r.read() {
		r.collection()
	}
	r.findings()
	if r.doc != nil && r.doc.LoneSurrogates() {
		serve(&r.p)
	}
}

func (r *run) collection() {
	info := r.coll.root.At("info")
	if !info.Exists() {
		r.refuse(notV2)
		return
	}
	name, version, versioned := identity(info, r.behaviour, r.target.Export)
	r.p.Name, r.p.Version, r.versioned = name, version, versioned
	r.items = r.coll.items()
	r.ops, r.failed = r.coll.operations(r.items, r.behaviour)
	if e := r.target.Existing; e != nil && versioned && e.Name == name && e.Version == version {
		r.existing = e
	}
	switch {
	case !versioned:
		r.refuse(noVersion)
	case len(r.failed) > 0:
		r.refuse("Runtime exception for " + name + ": " + r.failed[0].message)
	case !r.target.Main && r.existing == nil:
		r.p.Outcome = Skipped
	case tooLarge(len(r.raw), name, version, r.source, r.behaviour):
		r.crash(tooLargeCause)
	default:
		r.p.Outcome = Imported
	}
	r.save()
}

func (r *run) refuse(importError string) {
	r.p.Outcome, r.p.ImportError = Refused, importError
}

func (r *run) crash(cause string) { r.p.Outcome, r.p.Cause = Crashed, cause }

const tooLargeCause = "the collection is larger than the 16 MB that a document of the database may have"

// read finds the collection in the input, or predicts what comes of it when
// there is none.
func (r *run) read() bool {
	if r.target.Export {
		return r.readExport()
	}
	var err error
	if r.detected, err = detect(r.raw, r.behaviour); err != nil {
		r.refuse(err.Error())
		r.trouble.kind = notUTF8
		return false
	}
	switch r.detected.importer {
	case collectionImporter, wrappedImporter:
	default:
		r.trouble.kind = notDetected
		refuseForeign(r.raw, r.detected, r.behaviour, &r.p)
		return false
	}
	if r.tooLong() {
		return false
	}
	doc, err := jackson.Parse(r.raw, r.behaviour.jackson)
	r.wrapped = r.detected.importer == wrappedImporter
	if bad, ok := errors.AsType[*jackson.SyntaxError](err); ok {
		if r.refuse(notParsed); r.wrapped {
			r.refuse(wrappedNotParsed)
		}
		r.trouble = trouble{notJSON, bad}
		return false
	}
	// The server reads one line more than it needs.
	if _, err := r.detected.lines.Next(); err != nil && !errors.Is(err, io.EOF) {
		r.refuse(err.Error())
		r.trouble.kind = notUTF8
		return false
	}
	r.doc, r.coll.root = doc, doc.Root()
	if r.wrapped {
		r.coll.root = r.coll.root.At("collection")
	}
	return true
}

// readExport takes a file as Postman's API would serve it.
func (r *run) readExport() bool {
	if r.tooLong() {
		return false
	}
	doc, err := jackson.Parse(r.raw, r.behaviour.jackson)
	r.wrapped = true
	if bad, ok := errors.AsType[*jackson.SyntaxError](err); ok {
		r.refuse(wrappedNotParsed)
		r.trouble = trouble{notJSON, bad}
		return false
	}
	r.doc, r.coll = doc, collection{root: doc.Root(), export: true}
	if inner := r.coll.root.At("collection"); inner.Kind() == jackson.Object && !r.coll.root.Has("info") {
		r.coll.root = inner
	}
	return true
}

// tooLong ends the reading of an input that no server can store.
func (r *run) tooLong() bool {
	if len(r.raw) <= maxDocument || !r.behaviour.storesResource {
		return false
	}
	r.trouble.kind = tooLong
	r.crash(tooLargeCause)
	return true
}

// save composes the service and reads the examples into it.
func (r *run) save() {
	if !r.target.Main && r.existing != nil {
		r.service = saveSecondary(r.ops, r.existing)
	} else {
		r.service = saveMain(r.p.Name, r.p.Version, r.source, r.ops, r.existing)
	}
	if r.p.Outcome == Crashed { // before an example was touched
		r.p.Service = r.saved()
	}
	s := r.service
	names := make([]string, len(s.Operations))
	for i, op := range s.Operations {
		names[i] = op.Name
	}
	candidates, index := r.candidates()
	hits, unsure := equivalents(names, candidates, r.behaviour)
	reader := &reader{collection: r.coll, behaviour: r.behaviour, wrapped: r.wrapped, source: r.source}
	r.hits = make([][]int, len(names))
	for i := range s.Operations {
		op := &s.Operations[i]
		op.Unknown = op.Unknown || unsure[i]
		dropExamples(op, r.source)
		for _, h := range hits[i] {
			r.hits[i] = append(r.hits[i], index[h]...)
		}
		slices.Sort(r.hits[i])
		for _, h := range r.hits[i] {
			reader.examplesOf(op, r.items[h], func(e Example, at jackson.Value) {
				r.found = append(r.found, exampleAt{op: i, item: h, index: len(op.Examples), response: at})
				op.Examples = append(op.Examples, e)
			}, func(at jackson.Value, message string) {
				r.crashes = append(r.crashes, failure{h, at, message})
			})
		}
	}
	for i := range r.found {
		e := &r.found[i]
		e.example = &s.Operations[e.op].Examples[e.index]
	}
	if r.p.Outcome != Imported {
		return
	}
	r.p.Service = s
	if len(r.crashes) > 0 {
		r.crash(r.crashes[0].message)
		r.p.Service = r.saved()
		r.unread()
	}
}

// saved is the service as the database has it when an import breaks: a main
// artifact stores its operations first, a secondary one nothing before the end.
func (r *run) saved() *Service {
	if !r.target.Main {
		return clone(r.existing)
	}
	return clone(r.service)
}

// candidates are the distinct names of items, with the items that bear each.
func (r *run) candidates() (names []string, items [][]int) {
	at := make(map[string]int, len(r.items))
	for i, it := range r.items {
		k, seen := at[it.name]
		if !seen {
			k = len(names)
			at[it.name] = k
			names, items = append(names, it.name), append(items, nil)
		}
		items[k] = append(items[k], i)
	}
	return names, items
}

// unread leaves a service as a crash in the midst of its examples does: which
// of them are there depends on an order that nobody can tell.
func (r *run) unread() {
	for i := range r.p.Service.Operations {
		op := &r.p.Service.Operations[i]
		op.Unknown = true
		dropExamples(op, r.source)
	}
}
