package predict

import "slices"

// run is one prediction on its way through the stages: detect, identity,
// operations, save, examples.
type run struct {
	raw       []byte
	target    Target
	behaviour behaviour
	source    string
	doc       *document
	coll      collection
	detected  detection
	wrapped   bool
	items     []item
	ops       []operation
	hits      [][]int // items by operation of the service
	found     []exampleAt
	p         Prediction
}

// exampleAt is an example with the place it was read from.
type exampleAt struct {
	op, item int
	response value
	example  Example
}

func newRun(raw []byte, t Target) *run {
	return &run{raw: raw, target: t, behaviour: behaviourOf(t.Version), source: artifactName(t.URL)}
}

func (r *run) predict() {
	if !r.read() {
		return
	}
	info := r.coll.root.at("info")
	if !info.exists() {
		r.refuse(notV2)
		return
	}
	name, version, ok := identity(info, r.behaviour, r.target.Export)
	if !ok {
		r.refuse(noVersion)
		return
	}
	r.p.Name, r.p.Version = name, version
	r.items = r.coll.items()
	ops, failure := r.coll.operations(r.items, r.behaviour)
	if failure != "" {
		r.refuse("Runtime exception for " + name + ": " + failure)
		return
	}
	r.ops = ops
	r.save()
}

func (r *run) refuse(importError string) {
	r.p.Outcome, r.p.ImportError = Refused, importError
}

// read finds the collection in the input, or predicts what comes of it when
// there is none.
func (r *run) read() bool {
	if r.target.Export {
		return r.readExport()
	}
	var broken int
	if r.detected, broken = detect(r.raw, r.behaviour); broken > 0 {
		r.refuse(inputLength(broken))
		return false
	}
	switch r.detected.importer {
	case collectionImporter, wrappedImporter:
	default:
		refuseForeign(r.raw, r.detected, r.behaviour, &r.p)
		return false
	}
	if len(r.raw) > maxDocument && r.behaviour.storesResource {
		r.crash("the collection is larger than a document of the database may be")
		return false
	}
	doc, err := parse(r.raw, r.behaviour)
	r.wrapped = r.detected.importer == wrappedImporter
	if err != nil {
		if r.refuse(notParsed); r.wrapped {
			r.refuse(wrappedNotParsed)
		}
		return false
	}
	// The server reads one line more than it needs.
	if _, _, broken := r.detected.lines.next(); broken > 0 {
		r.refuse(inputLength(broken))
		return false
	}
	r.doc, r.coll.root = doc, doc.value()
	if r.wrapped {
		r.coll.root = r.coll.root.at("collection")
	}
	return true
}

// readExport takes a file as Postman's API would serve it.
func (r *run) readExport() bool {
	doc, err := parse(r.raw, r.behaviour)
	r.wrapped = true
	if err != nil {
		r.refuse(wrappedNotParsed)
		return false
	}
	r.doc, r.coll = doc, collection{root: doc.value(), export: true}
	if inner := r.coll.root.at("collection"); inner.kind() == objectKind && !r.coll.root.has("info") {
		r.coll.root = inner
	}
	return true
}

func (r *run) crash(cause string) { r.p.Outcome, r.p.Cause = Crashed, cause }

// save composes the service and reads the examples into it.
func (r *run) save() {
	existing := r.target.Existing
	if existing != nil && (existing.Name != r.p.Name || existing.Version != r.p.Version) {
		existing = nil
	}
	if r.target.Main {
		r.p.Service = saveMain(r.p.Name, r.p.Version, r.source, r.ops, existing)
	} else if existing == nil {
		r.p.Outcome = Skipped
		return
	} else {
		r.p.Service = saveSecondary(r.ops, existing)
	}
	if tooLarge(len(r.raw), r.p.Name, r.p.Version, r.source, r.behaviour) {
		r.crash("the collection is larger than a document of the database may be")
		return
	}
	r.p.Outcome = Imported
	s := r.p.Service
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
			broken := reader.examplesOf(op, r.items[h], func(e Example, at value) {
				op.Examples = append(op.Examples, e)
				r.found = append(r.found, exampleAt{i, h, at, e})
			})
			if broken != nil {
				r.crash(broken.cause)
				r.unread()
				return
			}
		}
	}
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
