package transport

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// Requests sent together share a context that the first failure ends, with
// that failure as the cause. The others have errors of their own: theirs to
// change, and about their own URL.
func TestACauseThatIsAnotherRequestsErrorStaysWhole(t *testing.T) {
	t.Parallel()
	sibling := &Error{
		Method: http.MethodGet, URL: "https://api.example.com/other",
		Kind: KindRedirect, Err: errors.New("the server redirects"), Attempts: 7,
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(sibling)
	_, _, err := do(t, ctx, Options{}, http.MethodGet, hangs)
	own, ok := errors.AsType[*Error](Explain(err))
	if !ok || own == sibling || own.URL == sibling.URL || own.Kind != KindCanceled {
		t.Errorf("got %v of kind %v, want an error of its own of kind %v", own, own.Kind, KindCanceled)
	}
	if same := newError(http.MethodGet, "https://api.example.com", sibling); same != sibling {
		t.Errorf("an error of this layer became %v", same)
	}
	if sibling.Attempts != 7 {
		t.Errorf("the other request's error now says %d attempts", sibling.Attempts)
	}
}
