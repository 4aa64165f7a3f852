package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// patience ends an attempt whose server has said nothing for a while, before
// the headers or in the middle of the body.
type patience struct {
	next       http.RoundTripper
	limit      time.Duration
	repeatable func(*http.Request) bool
}

func (l *patience) RoundTrip(req *http.Request) (*http.Response, error) {
	if !l.repeatable(req) {
		return l.next.RoundTrip(req)
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := time.AfterFunc(l.limit, func() { cancel(&silence{l.limit}) })
	resp, err := l.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		timer.Stop()
		err = heard(ctx, err)
		cancel(nil)
		return nil, err
	}
	timer.Stop()
	resp.Body = &heardBody{body: resp.Body, ctx: ctx, cancel: cancel, timer: timer, limit: l.limit}
	return resp, nil
}

// heardBody starts the timer anew at every piece of the body. While nobody reads, as
// long as there is no memory for more, the silence is not the server's.
type heardBody struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

func (b *heardBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.limit)
	n, err := b.body.Read(p)
	b.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = heard(b.ctx, err)
	}
	return n, err
}

func (b *heardBody) Close() error {
	b.timer.Stop()
	err := b.body.Close()
	b.cancel(nil)
	return err
}

// heard returns the silence in place of an error that it caused: the layers below
// know of a cancelled context only.
func heard(ctx context.Context, err error) error {
	if s, ok := errors.AsType[*silence](context.Cause(ctx)); ok {
		return s
	}
	return err
}

// silence is a server that said nothing for too long.
type silence struct{ limit time.Duration }

func (e *silence) Error() string { return fmt.Sprintf("the server said nothing for %s", e.limit) }

// Timeout is true, as for a net.Error that ran out of time.
func (e *silence) Timeout() bool { return true }
