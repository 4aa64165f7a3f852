package fault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// Network reaches handlers without sockets, so that a client and its servers
// can live in the virtual time of testing/synctest. It behaves as net/http's
// transport and server do between two machines: an answer comes when its
// handler flushes or writes it, a caller who gives up is noticed, and a handler
// that panics with [http.ErrAbortHandler] breaks the connection.
type Network struct {
	// Hosts are the servers by the host of their URL, such as "microcks".
	Hosts map[string]http.Handler
	// Latency is how long every request travels, and Jitter what is added to it
	// at random at most.
	Latency, Jitter time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (n *Network) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	asked, err := arriving(req)
	if err != nil {
		return nil, err
	}
	host := n.Hosts[req.URL.Host]
	if host == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: req.URL.Hostname(), IsNotFound: true}}
	}
	travels := n.Latency
	if n.Jitter > 0 {
		travels += rand.N(n.Jitter)
	}
	if travels > 0 {
		timer := time.NewTimer(travels)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	reader, writer := io.Pipe()
	a := &answer{header: http.Header{}, began: make(chan *http.Response, 1), body: writer}
	a.response = http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req, ContentLength: -1}
	serving, hangUp := context.WithCancel(context.Background())
	givenUp := context.AfterFunc(ctx, func() {
		hangUp()
		_ = reader.CloseWithError(ctx.Err())
	})
	a.response.Body = &received{reader, givenUp, hangUp}
	go func() {
		defer hangUp()
		a.serve(host, asked.WithContext(serving))
	}()
	select {
	case response := <-a.began:
		if response == nil {
			givenUp()
			return nil, reset("read")
		}
		return response, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// arriving is a request as the server sees it.
func arriving(req *http.Request) (*http.Request, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
	}
	asked := req.Clone(context.Background())
	asked.Body = io.NopCloser(bytes.NewReader(body))
	asked.ContentLength = int64(len(body))
	asked.RequestURI = req.URL.RequestURI()
	asked.RemoteAddr = "192.0.2.1:1234"
	if asked.Host == "" {
		asked.Host = req.URL.Host
	}
	target, err := url.ParseRequestURI(asked.RequestURI)
	asked.URL = target
	return asked, err
}

func reset(op string) error { return &net.OpError{Op: op, Net: "tcp", Err: syscall.ECONNRESET} }

// answer is an [http.ResponseWriter] whose body the caller reads as it is
// written.
type answer struct {
	header   http.Header
	response http.Response
	began    chan *http.Response // nil: the connection broke before
	once     sync.Once
	body     *io.PipeWriter
}

// serve runs a handler and ends the answer as it ends.
func (a *answer) serve(host http.Handler, asked *http.Request) {
	defer func() {
		broken := recover()
		if broken != nil && broken != http.ErrAbortHandler { //nolint:errorlint // a panic's value, compared as net/http does
			panic(broken)
		}
		if broken == nil {
			a.WriteHeader(http.StatusOK)
			_ = a.body.Close()
			return
		}
		a.once.Do(func() { a.began <- nil })
		_ = a.body.CloseWithError(reset("read"))
	}()
	host.ServeHTTP(a, asked)
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.response.StatusCode = status
		a.response.Status = http.StatusText(status)
		a.response.Header = a.header.Clone()
		a.began <- &a.response
	})
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// Flush implements [http.Flusher].
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

// received is the body at the caller's side.
type received struct {
	*io.PipeReader
	givenUp func() bool
	hangUp  context.CancelFunc
}

// Close tells the server that nobody listens any more.
func (r *received) Close() error {
	r.givenUp()
	r.hangUp()
	return r.PipeReader.Close()
}
