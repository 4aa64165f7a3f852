package budget

import (
	"errors"
	"sync"
)

// ErrPot is the error of what is not kept because a pot was empty.
var ErrPot = errors.New("the collections of this run take more memory together than a run may take")

// Pot is memory that many share. Whoever wants no more than an equal part gets it,
// also from an empty pot, so that it gives out twice what it has at the most. It may
// be used by several goroutines at once. A nil Pot gives without end.
type Pot struct {
	guard      sync.Mutex
	left, part int // bytes
}

// NewPot is a pot of that many bytes for that many parts.
func NewPot(bytes, parts int) *Pot { return &Pot{left: bytes, part: bytes / max(1, parts)} }

// Take takes what a meter counted of memory. The error is [ErrPot].
func (p *Pot) Take(m *Meter) error {
	_, bytes := m.Used()
	if p == nil {
		return nil
	}
	p.guard.Lock()
	defer p.guard.Unlock()
	if bytes > p.left && bytes > p.part {
		return ErrPot
	}
	p.left -= bytes
	return nil
}

// Share is what one of many keeps in a pot, one thing at a time. It belongs to one
// goroutine.
type Share struct {
	pot  *Pot
	kept int // bytes
}

// Share is an empty one.
func (p *Pot) Share() *Share { return &Share{pot: p} }

// Keep takes what a meter counted of memory, in place of what was kept before. The
// error is [ErrPot]; nothing is kept then.
func (s *Share) Keep(m *Meter) error {
	s.Empty()
	err := s.pot.Take(m)
	if err == nil {
		_, s.kept = m.Used()
	}
	return err
}

// Empty gives back what is kept.
func (s *Share) Empty() {
	if s.pot == nil {
		return
	}
	s.pot.guard.Lock()
	defer s.pot.guard.Unlock()
	s.pot.left += s.kept
	s.kept = 0
}
