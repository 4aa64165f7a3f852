package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"postman-microcks-importer/internal/budget"
)

// whole reads an answer to its end before it hands it on, so that an answer
// that breaks off in the middle is a failed attempt like any other and can be
// repeated, and so that no answer takes more memory than the limit. That memory is
// taken from the room that the request is made in, see [budget.Room].
type whole struct {
	next  http.RoundTripper
	limit int64 // bytes, after decompression
	cuts  bool  // bodies of errors, at [ErrorBodyLimit]
}

func (l *whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// What follows is no answer but a connection, which net/http hands over and
		// looks after no longer: neither silence nor the end of the context ends it.
		_ = resp.Body.Close()
		return nil, errSwitching
	}
	// Whatever a layer below makes of the end of the context, nothing is read after it.
	sent := resp.Body
	stop := context.AfterFunc(req.Context(), func() { _ = sent.Close() })
	defer stop()
	body, err := l.read(req.Context(), resp)
	if err != nil {
		return nil, err
	}
	resp.Body = &readBody{*bytes.NewReader(body), body}
	if req.Method != http.MethodHead {
		resp.ContentLength = int64(len(body))
	}
	return resp, nil
}

// errSwitching is an answer that nobody asked for.
var errSwitching = errors.New("the server answered 101 Switching Protocols, which it was not asked to")

func (l *whole) read(ctx context.Context, resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	if l.cuts && resp.StatusCode >= 400 {
		return io.ReadAll(io.LimitReader(resp.Body, ErrorBodyLimit))
	}
	// resp.Body is the decompressed stream, so a small gzip bomb ends here too.
	limit := l.limit
	if own, ok := ctx.Value(limitKey{}).(int64); ok {
		limit = min(limit, own)
	}
	body, err := budget.ReadAll(ctx, resp.Body, int(limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, &LimitError{Limit: limit}
	}
	return body, nil
}

type limitKey struct{}

// WithBodyLimit bounds the bodies of requests that ctx goes with, in bytes, where that
// is less than the client's limit.
func WithBodyLimit(ctx context.Context, limit int64) context.Context {
	return context.WithValue(ctx, limitKey{}, limit)
}

// readBody is a body that was read already.
type readBody struct {
	bytes.Reader
	all []byte
}

func (*readBody) Close() error { return nil }

// Body is the whole body of a response, whatever was read of it: without a copy where
// a client of this package got it.
func Body(resp *http.Response) ([]byte, error) {
	if read, ok := resp.Body.(*readBody); ok {
		return read.all, nil
	}
	return io.ReadAll(resp.Body)
}

// LimitError is a body with more bytes than are read.
type LimitError struct {
	Limit int64 // bytes, after decompression
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the answer has more than %s", size(e.Limit))
}

// size writes a number of bytes for a person.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
