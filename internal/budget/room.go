package budget

import (
	"context"
	"io"
	"slices"
	"sync"
)

// Room is the memory that a run works in: what it reads from outside, and what it
// makes of that until it keeps a part of it. Whoever needs little shares what is
// shared; whoever finds no more of that is alone in a place of its own, whatever it
// needs there. So small things go side by side, large ones one after the other, and
// one that grows while it is read waits for nobody who waits for it.
//
// It may be used by several goroutines at once. A nil Room counts nothing.
type Room struct {
	guard   sync.Mutex
	left    int // bytes of what is shared
	alone   *claim
	waiting []*wait // the longest first
}

// Of the memory of a room. What one alone takes is bounded by what bounds the answer
// or the collection: 32 MiB and [MostMemory].
const (
	mostShared = 96 << 20
	// notCounted bytes are taken by whoever takes anything.
	notCounted = 64 << 10
)

// NewRoom is a room that is empty.
func NewRoom() *Room { return &Room{left: mostShared} }

// claim is what one piece of work holds of a room.
type claim struct {
	room   *Room
	shared int
	free   int // not counted yet, see notCounted
	left   bool
}

// wait is one that waits for memory.
type wait struct {
	claim *claim
	bytes int
	given chan struct{}
}

type claimKey struct{}

// Enter begins a piece of work, for which [Take] and [ReadAll] take memory. leave gives
// all of it back. Whoever is in a room waits for nobody else in it before it has left.
func (r *Room) Enter(ctx context.Context) (inside context.Context, leave func()) {
	if r == nil {
		return ctx, func() {}
	}
	c := &claim{room: r, free: notCounted}
	return context.WithValue(ctx, claimKey{}, c), c.leave
}

// Take takes memory for the work that ctx is of, and waits for it where there is none.
// Outside of a room nothing is counted. The error is the cause of the context's end.
func Take(ctx context.Context, bytes int) error {
	c, _ := ctx.Value(claimKey{}).(*claim)
	if c == nil {
		return nil
	}
	w := c.ask(bytes)
	if w == nil {
		return nil
	}
	select {
	case <-w.given:
		return nil
	case <-ctx.Done():
		c.room.forget(w)
		return context.Cause(ctx)
	}
}

// ask takes memory at once, or returns what waits for it.
func (c *claim) ask(bytes int) *wait {
	r := c.room
	r.guard.Lock()
	defer r.guard.Unlock()
	uncounted := min(c.free, bytes)
	c.free -= uncounted
	bytes -= uncounted
	if c.left || r.give(c, bytes) {
		return nil
	}
	w := &wait{claim: c, bytes: bytes, given: make(chan struct{})}
	r.waiting = append(r.waiting, w)
	return w
}

// give reports whether there is memory for a claim, which has it then. The caller
// holds the lock.
func (r *Room) give(c *claim, bytes int) bool {
	switch {
	case r.alone == c:
	case bytes <= r.left:
		r.left -= bytes
		c.shared += bytes
	case r.alone == nil:
		r.alone = c
	default:
		return false
	}
	return true
}

func (r *Room) forget(w *wait) {
	r.guard.Lock()
	defer r.guard.Unlock()
	r.waiting = slices.DeleteFunc(r.waiting, func(one *wait) bool { return one == w })
}

func (c *claim) leave() {
	r := c.room
	r.guard.Lock()
	defer r.guard.Unlock()
	c.left = true
	r.left += c.shared
	c.shared = 0
	if r.alone == c {
		r.alone = nil
	}
	r.waiting = slices.DeleteFunc(r.waiting, func(w *wait) bool {
		given := r.give(w.claim, w.bytes)
		if given {
			close(w.given)
		}
		return given
	})
}

// ReadAll reads to the end, most bytes at the most, into memory that it takes for the
// work that ctx is of. The error is that of reading, or the cause of the context's end.
func ReadAll(ctx context.Context, from io.Reader, most int) ([]byte, error) {
	const first = 4 << 10
	from = io.LimitReader(from, int64(most))
	read := make([]byte, 0, first)
	for {
		n, err := from.Read(read[len(read):cap(read)])
		read = read[:len(read)+n]
		switch {
		case err == io.EOF:
			return read, nil
		case err != nil:
			return nil, err
		case len(read) < cap(read):
			continue
		}
		size := min(2*cap(read), most+1) // one more, to see the end
		if err := Take(ctx, size); err != nil {
			return nil, err
		}
		read = append(make([]byte, 0, size), read...)
	}
}
