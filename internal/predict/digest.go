package predict

import (
	"crypto/sha256"
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
)

// Digest is a copy of the service in which digests stand for what requests and
// responses contain, so that many services can be kept and compared. It has the
// same operations, examples and criteria, and differs from the digest of another
// service in whatever the two differ in. It shares no memory with the document or
// answer that the service was read from. An example that has been digested stays
// as it is. The error says why it was given up: [budget.ErrSpent], or the cause of a
// context's end.
func (s *Service) Digest(m *budget.Meter) (d *Service, err error) {
	if s == nil {
		return nil, nil
	}
	if err := m.Within(func() { d = s.digest(m) }); err != nil {
		return nil, err
	}
	return d, nil
}

func (s *Service) digest(m *budget.Meter) *Service {
	d := *s
	g := digester{meter: m, contents: map[*string]*string{}, headers: map[*Header][]Header{}}
	for _, text := range []*string{&d.Name, &d.Version, &d.Type, &d.SourceArtifact} {
		*text = g.text(*text)
	}
	m.Memory(len(s.Operations) * itemBytes)
	d.Operations = slices.Clone(s.Operations)
	for i := range d.Operations {
		op := &d.Operations[i]
		op.Name, op.Method, op.Dispatcher = g.text(op.Name), g.text(op.Method), g.text(op.Dispatcher)
		op.DispatcherRules = g.pointed(op.DispatcherRules)
		op.ResourcePaths = g.texts(op.ResourcePaths)
		m.Memory(len(op.Examples) * exampleBytes)
		op.Examples = slices.Clone(op.Examples)
		for k := range op.Examples {
			g.digest(&op.Examples[k], d.SourceArtifact)
		}
		g.charge()
	}
	return &d
}

// digester makes digests of contents and headers that examples share once.
type digester struct {
	meter    *budget.Meter
	bytes    int // that were copied and not charged
	contents map[*string]*string
	headers  map[*Header][]Header // by the first
}

// What digesting costs.
const (
	textBytes      = 16 // of memory that a text takes beside its own
	bytesInCopying = 8  // that are copied in a unit of work
)

func (g *digester) charge() {
	g.meter.Work(g.bytes / bytesInCopying)
	g.meter.Memory(g.bytes)
	g.bytes = 0
}

// digest makes an example independent of what it was read from. Most are of the
// service's own artifact, whose name they share.
func (g *digester) digest(e *Example, artifact string) {
	g.meter.Work(workOfExample)
	if e.Digested {
		return
	}
	e.Digested = true
	e.Name = g.text(e.Name)
	if e.SourceArtifact == artifact {
		e.SourceArtifact = artifact
	} else {
		e.SourceArtifact = g.text(e.SourceArtifact)
	}
	e.DispatchCriteria = g.pointed(e.DispatchCriteria)
	e.Request.Content, e.Response.Content = g.content(e.Request.Content), g.content(e.Response.Content)
	e.Request.Headers, e.Response.Headers = g.list(e.Request.Headers), g.list(e.Response.Headers)
	e.Request.Parameters = slices.Clone(e.Request.Parameters)
	for i := range e.Request.Parameters {
		p := &e.Request.Parameters[i]
		p.Name, p.Value = g.text(p.Name), g.text(p.Value)
	}
	e.Response.Status, e.Response.MediaType = g.text(e.Response.Status), g.text(e.Response.MediaType)
	e.Response.MediaTypes = g.texts(e.Response.MediaTypes)
	g.charge()
}

func (g *digester) content(content *string) *string {
	if content == nil {
		return nil
	}
	digest := g.contents[content]
	if digest == nil {
		g.meter.Work(len(*content) / bytesDigested)
		sum := sha256.Sum256([]byte(*content))
		digest = new(string(sum[:]))
		g.contents[content] = digest
	}
	return digest
}

func (g *digester) list(headers []Header) []Header {
	if len(headers) == 0 {
		return slices.Clone(headers)
	}
	list, known := g.headers[&headers[0]]
	if !known || len(list) != len(headers) {
		list = slices.Clone(headers)
		for i := range list {
			list[i] = Header{g.text(list[i].Name), g.texts(list[i].Values)}
		}
		g.headers[&headers[0]] = list
	}
	return list
}

func (g *digester) text(s string) string {
	g.bytes += textBytes + len(s)
	return strings.Clone(s)
}

func (g *digester) texts(list []string) []string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = g.text(list[i])
	}
	return list
}

func (g *digester) pointed(s *string) *string {
	if s == nil {
		return nil
	}
	return new(g.text(*s))
}

// OnlyDispatching reports whether the change is one in how an example is chosen,
// not in what is answered.
func (c Change) OnlyDispatching() bool {
	return c.Kind == Changed && !slices.ContainsFunc(c.Fields, func(p Part) bool {
		return p != PartDispatcher && p != PartRules && p != PartCriteria
	})
}
