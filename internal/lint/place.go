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

// locateInFolder turns offsets into files, lines and columns.
func (s *subject) locateInFolder() {
	for i, offset := range s.offsets {
		if offset < 0 {
			continue
		}
		p := s.from.Position(offset)
		f := &s.findings[i]
		f.File, f.Line, f.Column = p.File, p.Line, p.Column
	}
}

// locate turns offsets into lines and columns, in one pass. Columns count
// characters.
func (s *subject) locate() {
	if s.from.Folder() {
		s.locateInFolder()
		return
	}
	order := make([]int, 0, len(s.findings))
	for i, offset := range s.offsets {
		if offset >= 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return s.offsets[a] - s.offsets[b] })
	raw := s.from.Source()
	at, line, column := 0, 1, 1
	for _, i := range order {
		for end := min(s.offsets[i], len(raw)); at < end; {
			c := raw[at]
			if c < utf8.RuneSelf {
				at++
				column++
				if c == '\n' {
					line, column = line+1, 1
				}
				continue
			}
			_, n := utf8.DecodeRune(raw[at:])
			at += n
			column++
		}
		s.findings[i].Line, s.findings[i].Column = line, column
	}
}
