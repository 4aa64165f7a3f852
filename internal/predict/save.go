package predict

import (
	"slices"
	"strings"
)

// ArtifactName is what the server calls the source of an import, the
// sourceArtifact of everything that comes from it: what follows the last slash
// of the importer's URL, its query included.
func ArtifactName(url string) string {
	return url[strings.LastIndexByte(url, '/')+1:]
}

// SameArtifact reports whether an artifact is the collection uid, whatever query
// the URL had when it was imported, and whether or not the owner stood before the id.
func SameArtifact(artifact, uid string) bool {
	bare, _, _ := strings.Cut(artifact, "?")
	if uid != "" && strings.EqualFold(bare, uid) {
		return true
	}
	_, uuid, _ := strings.Cut(uid, "-")
	return uuid != "" && strings.EqualFold(bare, uuid)
}

// Source is the sourceArtifact of the import. A file's name is kept whole (seen on
// 1.9.0 to 1.15.0).
func (t Target) Source() string {
	if t.File != "" {
		return t.File
	}
	return ArtifactName(t.URL)
}

// clone is a service that shares nothing that an import changes.
func clone(s *Service) *Service {
	out := *s
	out.Operations = slices.Clone(s.Operations)
	for i := range out.Operations {
		op := &out.Operations[i]
		op.ResourcePaths = slices.Clone(op.ResourcePaths)
		slices.Sort(op.ResourcePaths)
		op.Examples = slices.Clone(op.Examples)
	}
	return &out
}

// saveMain is the service as a main artifact leaves it before its examples are
// read: new operations, of which the ones that a person edited keep dispatcher
// and rules. Examples of the existing service stay with operations of the same
// name; those of operations that are gone are no longer visible.
func saveMain(name, version, source string, ops []Definition, existing *Service) *Service {
	s := &Service{Name: name, Version: version, Type: "REST", SourceArtifact: source}
	s.Operations = make([]Operation, len(ops))
	for i, op := range ops {
		s.Operations[i] = op.Operation
		s.Operations[i].ResourcePaths = slices.Clone(op.ResourcePaths) // examples add to them
	}
	if existing == nil {
		return s
	}
	byName := make(map[string]*Operation, len(s.Operations))
	for i := range s.Operations {
		byName[s.Operations[i].Name] = &s.Operations[i]
	}
	for _, old := range existing.Operations {
		op := byName[old.Name]
		if op == nil {
			continue
		}
		op.Examples = slices.Clone(old.Examples)
		if old.Override || edited(old) {
			op.Dispatcher, op.DispatcherRules, op.Override = old.Dispatcher, old.DispatcherRules, true
		}
	}
	return s
}

// edited reports whether an operation shows that a person set its dispatcher: one
// that no collection makes. Servers do not tell it otherwise (the field
// override of an operation is not in their answers), so an edit to a
// dispatcher that a collection could have made goes unnoticed. What only looks
// edited comes from metadata artifacts, and goes with the next import.
func edited(op Operation) bool {
	switch op.Dispatcher {
	case "":
		return false
	case URIParams, URIParts, URIElements:
		return op.DispatcherRules == nil
	}
	return true
}

// saveSecondary is an existing service with the dispatchers and rules that a
// secondary artifact sets on operations of equal name, edited ones included.
func saveSecondary(ops []Definition, existing *Service) *Service {
	s := clone(existing)
	byName := make(map[string]*Operation, len(s.Operations))
	for i := range s.Operations {
		op := &s.Operations[i]
		if byName[op.Name] == nil {
			byName[op.Name] = op
		}
	}
	for _, op := range ops {
		old := byName[op.Name]
		if old == nil || op.Dispatcher == "" {
			continue
		}
		old.Dispatcher, old.DispatcherRules = op.Dispatcher, op.DispatcherRules
		old.Unknown = old.Unknown || op.Unknown
	}
	return s
}

// dropExamples removes what an earlier import of the same source left.
func dropExamples(op *Operation, source string) {
	op.Examples = slices.DeleteFunc(op.Examples, func(e Example) bool { return e.SourceArtifact == source })
}

// Sizes of the document that holds a collection's text, in bytes. The database
// takes documents up to 16 MiB.
const (
	maxDocument = 16 << 20
	// documentFrame is everything in it but texts: field names, ids, lengths.
	documentFrame = 205
)

// unstorable reports whether the server cannot store the text of a collection.
func unstorable(size int, name, version, source string, b behaviour) bool {
	return b.storesResource && size+len(name)+len(version)+len(source)+documentFrame > maxDocument
}
