package reconcile

import (
	"cmp"
	"strings"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// exampleName is what an example is known by: its operation and its name.
type exampleName struct{ operation, example text.Untrusted }

// saved are the examples of a service that files of the repository have. One whose name
// another of its operation has is nil: which one is meant is not known.
type saved map[exampleName]*savedExample

type savedExample struct {
	predict.ExampleAt
	in   *delivery.Document
	file text.Untrusted
}

// add notes where the examples of an import were read.
func (s saved) add(a *plan.Artifact, from *delivery.Document, im *predict.Import) {
	if a.File == "" {
		return
	}
	for _, e := range im.Examples {
		key := exampleName{listed(im.Composed.Operations[e.Operation].Name), text.Untrusted(e.Name)}
		if _, again := s[key]; again {
			s[key] = nil
			continue
		}
		s[key] = &savedExample{e, from, text.Untrusted(a.File)}
	}
}

// partOf is the member of an example in which its answer differs first; "" where all of it
// is meant.
func partOf(n *result.Notice) string {
	if n.Kind == result.NoticeRenamed {
		return "name"
	}
	if len(n.Differences) == 0 {
		return ""
	}
	switch n.Differences[0].Aspect {
	case result.AspectStatus:
		return "code"
	case result.AspectMediaType, result.AspectHeader:
		return "header"
	case result.AspectFlaw:
		return ""
	}
	return "body"
}

// place says of each notice where the example that answers then stands in the repository:
// the part of it in which the answers differ first. The room has bytes for the paths of
// files.
func (s saved) place(notices []result.Notice, now *predict.Service, room int) {
	if len(s) == 0 {
		return
	}
	type placed struct {
		offsets []int
		lines   []int // of a text at the offset that are as they were; -1 where it is no body
		notices []*result.Notice
		file    text.Untrusted
	}
	in, bodies := map[*delivery.Document]*placed{}, bodiesOf(now)
	for i := range notices {
		n := &notices[i]
		e := s[exampleName{n.Operation, cmp.Or(n.Successor, n.Example)}]
		if e == nil {
			continue
		}
		v, part, lines := e.Value, partOf(n), -1
		if inner := v.At(part); inner.Exists() {
			v = inner
		}
		if was := bodies[exampleName{n.Operation, n.Example}]; part == "body" && was != nil && e.Response.Content != nil {
			lines = sameLines(*was, *e.Response.Content)
		}
		if in[e.in] == nil {
			in[e.in] = &placed{file: e.file}
		}
		p := in[e.in]
		p.offsets, p.lines = append(p.offsets, e.in.Place(v.Offset())), append(p.lines, lines)
		p.notices = append(p.notices, n)
	}
	for from, p := range in {
		for i, at := range from.Positions(p.offsets) {
			n := p.notices[i]
			if room -= len(at.File); room < 0 {
				return
			}
			n.File, n.Line, n.Column = cmp.Or(at.File, p.file), at.Line, at.Column
			if source := from.Source(); p.lines[i] >= 0 && from.Folder() && p.offsets[i] < len(source) && source[p.offsets[i]] == '|' {
				n.Line, n.Column = at.Line+1+p.lines[i], 0 // YAML has the lines of such a text below each other
			}
		}
	}
}

// bodiesOf are the answers of a service that its examples have; nil where two of an
// operation have one name.
func bodiesOf(s *predict.Service) map[exampleName]*string {
	bodies := map[exampleName]*string{}
	if s == nil {
		return bodies
	}
	for i := range s.Operations {
		for k := range s.Operations[i].Examples {
			e := &s.Operations[i].Examples[k]
			key := exampleName{listed(s.Operations[i].Name), text.Untrusted(e.Name)}
			if _, again := bodies[key]; again || e.Digested {
				bodies[key] = nil
				continue
			}
			bodies[key] = e.Response.Content
		}
	}
	return bodies
}

// sameLines is how many lines at the beginning of two texts are the same.
func sameLines(was, is string) int {
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		same++
	}
	return strings.Count(is[:same], "\n")
}
