package reconcile

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
)

// someCalls are so many of the month.
type someCalls struct{ left int64 }

func (*someCalls) Take(context.Context) (func(bool), error) { return func(bool) {}, nil }
func (*someCalls) Made() int                                { return 0 }
func (c *someCalls) Month() postman.Quota {
	return postman.Quota{MonthRemaining: c.left, Known: true}
}

// withCalls is a run of two collections that the server lacks.
func withCalls(t *testing.T, left int64) (*reconciliation, *someCalls) {
	t.Helper()
	calls := &someCalls{left}
	r := &reconciliation{Settings: Settings{Mode: result.Apply}, Deps: Deps{Calls: calls}}
	for _, uid := range []string{"1-a", "1-b"} {
		r.items = append(r.items, &item{Wanted: &plan.Wanted{UID: uid}, Collection: &result.Collection{}})
	}
	if _, err := r.prepareCalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.calls.lacking = map[*item]bool{r.items[0]: true, r.items[1]: true}
	return r, calls
}

// A collection is read only where its import has a call, too; what is not imported after
// all gives that to another.
func TestReadingKeepsCallsForImports(t *testing.T) {
	t.Parallel()
	for judged, second := range map[bool]bool{true: false, false: true} {
		r, calls := withCalls(t, 3)
		_, read, err := r.reserve(t.Context(), r.items[0])
		if err != nil {
			t.Fatal(err)
		}
		calls.left--
		if judged {
			r.items[0].judged = &plan.Judged{}
		}
		read()
		_, _, err = r.reserve(t.Context(), r.items[1])
		if (err == nil) != second || err != nil && !errors.Is(err, postman.ErrNoCalls) {
			t.Errorf("judged %t: then %v", judged, err)
		}
	}
}

// What is under way counts as if Postman had not counted it yet, so whether a call is left
// is known when it is there.
func TestLastCallIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, calls := withCalls(t, 4)
		_, read, err := r.reserve(t.Context(), r.items[0])
		if err != nil {
			t.Fatal(err)
		}
		calls.left = 2 // of three: the one under way may be among them, or not
		then := make(chan error, 1)
		go func() {
			_, _, err := r.reserve(t.Context(), r.items[1])
			then <- err
		}()
		synctest.Wait()
		select {
		case err := <-then:
			t.Fatalf("decided before: %v", err)
		default:
		}
		r.items[0].judged = &plan.Judged{}
		calls.left = 3
		read()
		if err := <-then; err != nil {
			t.Error(err)
		}
	})
}
