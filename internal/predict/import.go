package predict

import (
	"context"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// Import is one predicted import: what comes of it, and how. What breaks it
// decides the outcome, but the stages after it are gone through all the same, so
// that one prediction tells everything that is wrong. It is there to be read.
type Import struct {
	Prediction
	Document *Document
	Target   Target
	// Existing is Target.Existing when it is the service that the collection
	// makes, nil otherwise.
	Existing *Service
	// Composed is the service as the import leaves it, or would if nothing broke
	// it before; nil when there is no collection. Its texts are those of the
	// document, lone surrogates included.
	Composed *Service
	// Sources are, for each operation of Composed, the items whose examples it
	// gets: indices, ascending.
	Sources [][]int
	// Examples that are read into Composed, by operation.
	Examples []ExampleAt
	// Crashes are the examples that break the import.
	Crashes []Failure

	// Err is why the outcome is Untold: [budget.ErrSpent], or the cause of a
	// context's end; nil otherwise.
	Err error

	source string // the sourceArtifact
	meter  *budget.Meter
}

// ExampleAt is an example of the composed service, and where it was read.
type ExampleAt struct {
	*Example
	Operation int           // index, in the composed service
	Item      int           // index
	Value     jackson.Value // the saved response
}

// Import predicts one import of the document.
func (d *Document) Import(t Target) *Import {
	return d.ImportWithin(budget.New(context.Background()), t)
}

// ImportWithin is [Document.Import] within what is left of a budget: beyond it the
// outcome is [Untold].
func (d *Document) ImportWithin(m *budget.Meter, t Target) (im *Import) {
	if err := m.Within(func() { im = d.importWithin(m, t) }); err != nil {
		im = &Import{Document: d, Target: t, Err: err, Prediction: Prediction{Outcome: Untold, Name: d.Name, Version: d.Version}}
	}
	return im
}

func (d *Document) importWithin(m *budget.Meter, t Target) *Import {
	im := &Import{Document: d, Target: t, source: ArtifactName(t.URL), meter: m}
	if d.fixed != nil {
		im.Prediction = *d.fixed
		if im.Outcome == Untold {
			im.Err = d.Err
		}
		if im.Service != nil {
			im.Service = clone(im.Service)
		}
		return im
	}
	im.Name, im.Version = d.Name, d.Version
	if e := t.Existing; e != nil && d.Versioned && e.Name == d.Name && e.Version == d.Version {
		im.Existing = e
	}
	switch {
	case !d.Versioned:
		im.Outcome, im.ImportError = Refused, noVersion
	case len(d.Failures) > 0:
		im.Outcome, im.ImportError = Refused, "Runtime exception for "+d.Name+": "+d.Failures[0].Cause.Exception.Error()
	case !t.Main && im.Existing == nil:
		im.Outcome = Skipped
	case unstorable(len(d.Raw), d.Name, d.Version, im.source, d.behaviour):
		im.Outcome, im.Cause = Crashed, &Cause{Kind: TooLarge}
	default:
		im.Outcome = Imported
	}
	im.save()
	if d.json.LoneSurrogates() {
		im.Prediction = served(m, im.Prediction)
	}
	return im
}

// save composes the service and reads the examples into it.
func (im *Import) save() {
	if !im.Target.Main && im.Existing != nil {
		im.Composed = saveSecondary(im.Document.Operations, im.Existing)
	} else {
		im.Composed = saveMain(im.Name, im.Version, im.source, im.Document.Operations, im.Existing)
	}
	if im.Outcome == Crashed { // before an example was touched
		im.Service = im.saved()
	}
	im.readExamples()
	if im.Outcome != Imported {
		return
	}
	im.Service = im.Composed
	if len(im.Crashes) > 0 {
		im.Outcome, im.Cause = Crashed, im.Crashes[0].Cause
		im.Service = im.saved()
		im.unread()
	}
}

// readExamples gives each operation the examples of the items that are
// equivalent to it.
func (im *Import) readExamples() {
	s := im.Composed
	names := make([]string, len(s.Operations))
	for i, op := range s.Operations {
		names[i] = op.Name
	}
	im.meter.Memory(len(names) * itemBytes)
	candidates, items := im.Document.candidates()
	hits, unsure := equivalents(im.meter, names, candidates, im.Document.behaviour)
	reader := newReader(im.Document, im.source, im.meter)
	im.Sources = make([][]int, len(names))
	for i := range s.Operations {
		op := &s.Operations[i]
		op.Unknown = op.Unknown || unsure[i]
		dropExamples(op, im.source)
		for _, h := range hits[i] {
			im.Sources[i] = append(im.Sources[i], items[h]...)
		}
		slices.Sort(im.Sources[i])
		im.meter.Memory(8 * len(im.Sources[i]))
		reader.read(im.Sources[i])
		first := len(im.Examples)
		kept := len(op.Examples)
		for _, h := range im.Sources[i] {
			reader.examplesOf(op, h, func(e Example, at jackson.Value) {
				im.Examples = append(im.Examples, ExampleAt{Operation: i, Item: h, Value: at})
				op.Examples = append(op.Examples, e)
			}, func(at jackson.Value, cause *Cause) {
				im.Crashes = append(im.Crashes, Failure{h, at, cause})
			})
		}
		op.ResourcePaths = sortedSet(op.ResourcePaths)
		for k := range im.Examples[first:] { // which do not move any more
			im.Examples[first+k].Example = &op.Examples[kept+k]
		}
	}
}

// saved is the service as the database has it when an import breaks: a main
// artifact stores its operations first, a secondary one nothing before the end.
func (im *Import) saved() *Service {
	if !im.Target.Main {
		return clone(im.Existing)
	}
	return clone(im.Composed)
}

// candidates are the distinct names of items, with the items that bear each.
func (d *Document) candidates() (names []string, items [][]int) {
	at := make(map[string]int, len(d.Operations))
	names, items = make([]string, 0, len(d.Operations)), make([][]int, 0, len(d.Operations))
	each := make([]int, len(d.Items)) // of which the lists of one, which most are, are parts
	for i, it := range d.Items {
		each[i] = i
		k, seen := at[it.Operation]
		if seen {
			items[k] = append(items[k], i)
			continue
		}
		at[it.Operation] = len(names)
		names, items = append(names, it.Operation), append(items, each[i:i+1:i+1])
	}
	return names, items
}

// unread leaves a service as a crash in the midst of its examples does: which
// of them are there depends on the order in which the server reads them, which
// is not known.
func (im *Import) unread() {
	for i := range im.Service.Operations {
		op := &im.Service.Operations[i]
		op.Unknown = true
		dropExamples(op, im.source)
	}
}
