package reconcile

import (
	"bytes"
	"cmp"
	"strings"

	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// exampleOf is what an example of a service is known by, before and after an import of
// another artifact.
type exampleOf struct{ operation, artifact, name string }

// saved are the examples that files have. One whose name another of its operation has is
// nil: which one is meant is not known.
type saved map[exampleOf]*savedExample

type savedExample struct {
	predict.ExampleAt
	in   *delivery.Document
	file text.Untrusted
}

// add notes where the examples of an import were read.
func (s saved) add(a *plan.Artifact, from *delivery.Document, im *predict.Import) {
	for _, e := range im.Examples {
		key := exampleOf{im.Composed.Operations[e.Operation].Name, e.SourceArtifact, e.Name}
		if _, again := s[key]; again {
			s[key] = nil
			continue
		}
		s[key] = &savedExample{e, from, text.Untrusted(a.File)}
	}
}

// savedAt is a place of the repository; the zero value is none.
type savedAt struct {
	gitformat.Position
	of    *savedExample
	below int // so many lines: YAML has those of a text below where it begins
}

// position is the place with its file.
func (p *savedAt) position() gitformat.Position {
	if p.of == nil {
		return p.Position
	}
	at := p.of.in.Within(p.Position)
	at.File = cmp.Or(at.File, p.of.file)
	if p.below > 0 {
		at.Line, at.Column = at.Line+p.below, 0
	}
	return at
}

// places are where the examples that answer then stand, each at the index of its change:
// the parts of them in which the answers differ first.
func (s saved) places(changes []consumer.Change, then *predict.Service) []savedAt {
	all := make([]savedAt, len(changes))
	if len(s) == 0 || len(changes) == 0 || then == nil {
		return all
	}
	known := map[*predict.Example]*savedExample{}
	for i := range then.Operations {
		op := &then.Operations[i]
		for k := range op.Examples {
			e := &op.Examples[k]
			known[e] = s[exampleOf{op.Name, e.SourceArtifact, e.Name}]
		}
	}
	type some struct{ indices, offsets []int }
	in := map[*delivery.Document]some{}
	for i := range changes {
		c := &changes[i]
		e := known[c.Then]
		if e == nil {
			continue
		}
		part, isBody := e.differs(c)
		at := e.in.Place(part)
		if isBody && e.in.Folder() && bytes.HasPrefix(e.in.Source()[at:], []byte("|")) {
			all[i].below = lineOf(c)
		}
		all[i].of = e
		in[e.in] = some{append(in[e.in].indices, i), append(in[e.in].offsets, at)}
	}
	for from, of := range in {
		for k, p := range from.Positions(of.offsets) {
			all[of.indices[k]].Position = p
		}
	}
	return all
}

// differs is where the part of an example begins in which the answers differ first, and
// whether that is its body; where no part has the difference, it is all of the example.
func (e *savedExample) differs(c *consumer.Change) (offset int, isBody bool) {
	first := consumer.Difference{Aspect: consumer.InFlaw} // of whatever part
	if len(c.Differences) > 0 {
		first = c.Differences[0]
	}
	part := e.Value
	switch {
	case c.Kind == consumer.Renamed:
		part = part.At("name")
	case first.Aspect == consumer.InFlaw:
	case first.Aspect == consumer.InStatus:
		part = part.At("code")
	case first.Aspect == consumer.InMediaType || first.Aspect == consumer.InHeader:
		name := cmp.Or(string(first.At), "Content-Type")
		if first.At == "" {
			part = part.At("_postman_previewlanguage")
		}
		for h := range e.Value.At("header").Elements() {
			if strings.EqualFold(h.At("key").AsText(), name) {
				part = h
			}
		}
	default:
		part, isBody = part.At("body"), true
	}
	if !part.Exists() {
		return e.Value.Offset(), false
	}
	return part.Offset(), isBody
}

// lineOf is the first line, from 1, in which the body of an answer differs; the last one
// where the text just ends, and 0 where it has none, or is not known.
func lineOf(c *consumer.Change) int {
	if c.Now == nil || c.Now.Digested || c.Now.Response.Content == nil || c.Then.Response.Content == nil {
		return 0
	}
	was, is := *c.Now.Response.Content, *c.Then.Response.Content
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		same++
	}
	last := strings.TrimRight(is, "\n")
	if last == "" {
		return 0
	}
	return 1 + strings.Count(last[:min(same, len(last))], "\n")
}
