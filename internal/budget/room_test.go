package budget_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"postman-microcks-importer/internal/budget"
)

// Ten that begin at once: small ones go side by side, of large ones one beside what is
// shared, and those that grow in pieces wait for nobody who waits for them.
func TestLargeThingsGoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pieces, piece int // bytes
		want          int // of ten, how many have all of it at once; 0: it depends
	}{
		"small":                   {1, 100 << 10, 10},
		"not counted":             {4, 16 << 10, 10},
		"large":                   {1, 200 << 20, 1},
		"growing":                 {3, 4 << 20, 0},
		"growing beyond the room": {8, 16 << 20, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			room, at, most, done := budget.NewRoom(), atomic.Int32{}, int32(0), atomic.Int32{}
			steps := make(chan struct{})
			for range 10 {
				go func() {
					ctx, leave := room.Enter(t.Context())
					defer leave()
					for range c.pieces {
						if err := budget.Take(ctx, c.piece); err != nil {
							t.Error(err)
						}
					}
					at.Add(1)
					<-steps
					at.Add(-1)
					done.Add(1)
				}()
			}
			for done.Load() < 10 {
				synctest.Wait()
				if most = max(most, at.Load()); at.Load() == 0 {
					t.Errorf("%s: everybody waits after %d", name, done.Load())
					return
				}
				steps <- struct{}{}
				synctest.Wait()
			}
			if c.want != 0 && int(most) != c.want {
				t.Errorf("%s: %d at once, want %d", name, most, c.want)
			}
		})
	}
}

func TestTheContextEndsTheWaiting(t *testing.T) {
	t.Parallel()
	cause := errors.New("over")
	over, end := context.WithCancelCause(t.Context())
	end(cause)
	room := budget.NewRoom()
	first, leave := room.Enter(t.Context())
	second, leaveToo := room.Enter(over)
	if err := budget.Take(first, 1<<30); err != nil {
		t.Error(err)
	}
	if err := budget.Take(second, 1<<30); !errors.Is(err, cause) {
		t.Error(err)
	}
	leave()
	leaveToo()
	third, leave := room.Enter(t.Context())
	defer leave()
	if err := budget.Take(third, 1<<30); err != nil {
		t.Error(err)
	}
}

// Outside of a room, in none, and after it was left nothing is counted.
func TestWhatIsNotCounted(t *testing.T) {
	t.Parallel()
	room := budget.NewRoom()
	left, leave := room.Enter(t.Context())
	leave()
	none, _ := (*budget.Room)(nil).Enter(t.Context())
	for _, ctx := range []context.Context{t.Context(), left, none, left} {
		if err := budget.Take(ctx, 1<<40); err != nil {
			t.Error(err)
		}
	}
}

func TestReadAll(t *testing.T) {
	t.Parallel()
	const most = 300_000
	for _, size := range []int{0, 1, 4095, 4096, 4097, most - 1, most, most + 1} {
		want := strings.Repeat("x", size)
		got, err := budget.ReadAll(t.Context(), iotest.HalfReader(strings.NewReader(want)), most)
		if err != nil || string(got) != want[:min(size, most)] {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
	}
	broken := errors.New("broken")
	if _, err := budget.ReadAll(t.Context(), iotest.ErrReader(broken), most); !errors.Is(err, broken) {
		t.Error(err)
	}
	room := budget.NewRoom()
	first, leave := room.Enter(t.Context())
	defer leave()
	if err := budget.Take(first, 1<<30); err != nil {
		t.Error(err)
	}
	if _, err := budget.ReadAll(first, bytes.NewReader(make([]byte, 64<<20)), 32<<20); err != nil {
		t.Errorf("one alone: %v", err)
	}
}
