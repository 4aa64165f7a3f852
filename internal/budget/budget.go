// Package budget bounds what judging one collection may cost. Collections come
// from strangers, and some are made to take hours or all memory: what is beyond
// the budget is given up, and nothing is claimed about it.
package budget

import (
	"cmp"
	"context"
	"errors"
)

// Bounds of one meter. A collection of 16 MB that nobody made for that purpose
// takes less than half of either.
const (
	// MostWork is in units of about ten nanoseconds.
	MostWork = 150_000_000
	// MostMemory is in bytes of what is kept, about.
	MostMemory = 224 << 20
)

// ErrSpent is the error of what was given up because the budget was spent.
var ErrSpent = errors.New("judging the collection takes more work or memory than one may take")

// Meter counts the work and the memory that one judgement takes. It belongs to one
// goroutine. A nil Meter counts nothing and never ends.
type Meter struct {
	ctx          context.Context // a meter lives as long as the one call that it counts
	work, memory int
	looked       int // work at which the context was looked at last
	// What may be counted; 0 is MostWork and MostMemory.
	mostWork, mostMemory int
}

// New is a meter with the whole budget, which also ends with the context.
func New(ctx context.Context) *Meter { return &Meter{ctx: ctx} }

// Beside is a meter of its own, which ends with the same context, for what may be left
// out: beyond its bounds nothing else ends.
func (m *Meter) Beside(work, memory int) *Meter {
	if m == nil {
		return nil
	}
	return &Meter{ctx: m.ctx, mostWork: work, mostMemory: memory}
}

// lookEvery is how much work passes between two looks at the context: about ten
// milliseconds.
const lookEvery = 1_000_000

// end is what a meter panics with, for [Meter.Within].
type end struct {
	meter *Meter
	err   error
}

// Work counts work. It does not return when the budget is spent: what [Meter.Within]
// runs ends there.
func (m *Meter) Work(units int) {
	if m == nil {
		return
	}
	m.work += units
	if m.work > cmp.Or(m.mostWork, MostWork) {
		panic(end{m, ErrSpent})
	}
	if m.work-m.looked >= lookEvery {
		m.looked = m.work
		if err := context.Cause(m.ctx); err != nil {
			panic(end{m, err})
		}
	}
}

// Memory counts memory that is kept. As [Meter.Work] it does not return when the
// budget is spent.
func (m *Meter) Memory(bytes int) {
	if m == nil {
		return
	}
	m.memory += bytes
	if m.memory > cmp.Or(m.mostMemory, MostMemory) {
		panic(end{m, ErrSpent})
	}
	m.Work(bytes / 256)
}

// Within runs do. The error is [ErrSpent] or the cause of the context's end when
// do was given up.
func (m *Meter) Within(do func()) (err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case end:
			if x.meter != m {
				panic(x)
			}
			err = x.err
		default:
			panic(x)
		}
	}()
	do()
	return nil
}

// Used is what was counted: work in units, memory in bytes.
func (m *Meter) Used() (work, memory int) {
	if m == nil {
		return 0, 0
	}
	return m.work, m.memory
}
