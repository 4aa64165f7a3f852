package predict

import (
	"crypto/sha256"
	"slices"
)

// Digest is a copy of the service in which digests stand for what requests and
// responses contain, so that many services can be kept and compared. It has the
// same operations, examples and criteria, and differs from the digest of another
// service in whatever the two differ in. An example that has been digested stays
// as it is.
func (s *Service) Digest() *Service {
	if s == nil {
		return nil
	}
	d := *s
	d.Operations = slices.Clone(s.Operations)
	for i := range d.Operations {
		op := &d.Operations[i]
		op.Examples = slices.Clone(op.Examples)
		for k := range op.Examples {
			op.Examples[k].digest()
		}
	}
	return &d
}

func (e *Example) digest() {
	if e.Digested {
		return
	}
	e.Digested = true
	e.Request.Content = digestOf(e.Request.Content)
	e.Response.Content = digestOf(e.Response.Content)
}

func digestOf(content *string) *string {
	if content == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(*content))
	digest := string(sum[:])
	return &digest
}

// OnlyDispatching reports whether the change is one in how an example is chosen,
// not in what is answered.
func (c Change) OnlyDispatching() bool {
	return c.Kind == Changed && !slices.ContainsFunc(c.Fields, func(p Part) bool {
		return p != PartDispatcher && p != PartRules && p != PartCriteria
	})
}
