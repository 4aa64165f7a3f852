package lint

import (
	"slices"
	"unicode/utf8"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/text"
)

// path is what a person sees in Postman on the way to a value: folders,
// request, example.
func (s *subject) path(v jackson.Value) []text.Untrusted {
	var names []text.Untrusted
	for ; v.Exists() && v != s.Document.Root; v = v.Parent() {
		if list := v.Parent().Name(); v.Kind() == jackson.Object && (list == "item" || list == "response") {
			names = append(names, s.name(v))
		}
	}
	slices.Reverse(names)
	return names
}

// longestName is how much of a name a finding keeps, in runes: it stands in the
// path of everything below it.
const longestName = 200

// name of a folder, request or example.
func (s *subject) name(v jackson.Value) text.Untrusted {
	name, known := s.names[v]
	if !known {
		start := v.At("name").TextStart(utf8.UTFMax * (longestName + 1))
		name = text.Untrusted(text.Cut(java.WellFormed(start), longestName))
		s.names[v] = name
		s.meter.Memory(len(name) + findingBytes)
	}
	return name
}

// locate turns offsets into files, lines and columns.
func (s *subject) locate() {
	for i, p := range s.from.Positions(s.offsets) {
		if f := &s.findings[i]; s.offsets[i] >= 0 {
			p = s.from.Within(p)
			f.File, f.Line, f.Column = p.File, p.Line, p.Column
		}
	}
}
