package predict

import (
	"crypto/sha256"
	"slices"
	"strings"
)

// Digest is a copy of the service in which digests stand for what requests and
// responses contain, so that many services can be kept and compared. It has the
// same operations, examples and criteria, and differs from the digest of another
// service in whatever the two differ in. It shares no memory with the document or
// answer that the service was read from. An example that has been digested stays
// as it is.
func (s *Service) Digest() *Service {
	if s == nil {
		return nil
	}
	d := *s
	for _, text := range []*string{&d.Name, &d.Version, &d.Type, &d.SourceArtifact} {
		*text = strings.Clone(*text)
	}
	d.Operations = slices.Clone(s.Operations)
	g := digester{contents: map[*string]*string{}, headers: map[*Header][]Header{}}
	for i := range d.Operations {
		op := &d.Operations[i]
		op.Name, op.Method, op.Dispatcher = strings.Clone(op.Name), strings.Clone(op.Method), strings.Clone(op.Dispatcher)
		op.DispatcherRules = cloneText(op.DispatcherRules)
		op.ResourcePaths = cloneTexts(op.ResourcePaths)
		op.Examples = slices.Clone(op.Examples)
		for k := range op.Examples {
			g.digest(&op.Examples[k], d.SourceArtifact)
		}
	}
	return &d
}

// digester makes digests of contents and headers that examples share once.
type digester struct {
	contents map[*string]*string
	headers  map[*Header][]Header // by the first
}

// digest makes an example independent of what it was read from. Most are of the
// service's own artifact, whose name they share.
func (g *digester) digest(e *Example, artifact string) {
	if e.Digested {
		return
	}
	e.Digested = true
	e.Name = strings.Clone(e.Name)
	if e.SourceArtifact == artifact {
		e.SourceArtifact = artifact
	} else {
		e.SourceArtifact = strings.Clone(e.SourceArtifact)
	}
	e.DispatchCriteria = cloneText(e.DispatchCriteria)
	e.Request.Content, e.Response.Content = g.content(e.Request.Content), g.content(e.Response.Content)
	e.Request.Headers, e.Response.Headers = g.list(e.Request.Headers), g.list(e.Response.Headers)
	e.Request.Parameters = slices.Clone(e.Request.Parameters)
	for i := range e.Request.Parameters {
		p := &e.Request.Parameters[i]
		p.Name, p.Value = strings.Clone(p.Name), strings.Clone(p.Value)
	}
	e.Response.Status, e.Response.MediaType = strings.Clone(e.Response.Status), strings.Clone(e.Response.MediaType)
	e.Response.MediaTypes = cloneTexts(e.Response.MediaTypes)
}

func (g *digester) content(content *string) *string {
	if content == nil {
		return nil
	}
	digest := g.contents[content]
	if digest == nil {
		sum := sha256.Sum256([]byte(*content))
		digest = new(string(sum[:]))
		g.contents[content] = digest
	}
	return digest
}

func (g *digester) list(headers []Header) []Header {
	if len(headers) == 0 {
		return cloneHeaders(headers)
	}
	list, known := g.headers[&headers[0]]
	if !known || len(list) != len(headers) {
		list = cloneHeaders(headers)
		g.headers[&headers[0]] = list
	}
	return list
}

func cloneText(text *string) *string {
	if text == nil {
		return nil
	}
	return new(strings.Clone(*text))
}

func cloneTexts(texts []string) []string {
	all := slices.Clone(texts)
	for i := range all {
		all[i] = strings.Clone(all[i])
	}
	return all
}

func cloneHeaders(headers []Header) []Header {
	all := slices.Clone(headers)
	for i := range all {
		all[i] = Header{strings.Clone(all[i].Name), cloneTexts(all[i].Values)}
	}
	return all
}

// OnlyDispatching reports whether the change is one in how an example is chosen,
// not in what is answered.
func (c Change) OnlyDispatching() bool {
	return c.Kind == Changed && !slices.ContainsFunc(c.Fields, func(p Part) bool {
		return p != PartDispatcher && p != PartRules && p != PartCriteria
	})
}
