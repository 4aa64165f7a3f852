package github_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postman-microcks-importer/internal/github"
	standin "postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const repository = "octo/pets"

// dial makes a client of a handler that listens on loopback.
func dial(t *testing.T, h http.Handler, change ...func(*github.Options)) *github.Client {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = nothing()
	srv.Start()
	t.Cleanup(srv.Close)
	o := github.Options{API: srv.URL, Repository: repository, Token: standin.Token, Transport: transport.Options{Attempts: 1}}
	for _, c := range change {
		c(&o)
	}
	client, err := github.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// wire carries requests to a handler without a network, in virtual time.
type wire struct {
	to http.Handler
	// before is how long a request is on its way, after how long its answer; nil is no
	// time.
	before, after func() time.Duration
}

var errCut = errors.New("the connection was cut")

func (w wire) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if err := travel(req.Context(), w.before); err != nil {
		return nil, err
	}
	received := req.Clone(req.Context())
	if received.Body == nil {
		received.Body = http.NoBody
	}
	received.Host = req.URL.Host
	defer func() {
		if recover() != nil {
			resp, err = nil, errCut
		}
	}()
	rec := httptest.NewRecorder()
	w.to.ServeHTTP(rec, received)
	if err := travel(req.Context(), w.after); err != nil {
		return nil, err
	}
	resp = rec.Result()
	resp.Request = req
	return resp, nil
}

func travel(ctx context.Context, took func() time.Duration) error {
	if took == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(took()):
		return nil
	}
}

// through makes a client over a wire.
func through(t *testing.T, w http.RoundTripper, token string) *github.Client {
	t.Helper()
	client, err := github.New(github.Options{
		API: "https://api.github.com", Repository: repository, Token: token, Transport: transport.Options{Base: w, UserAgent: "importer/1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// always answers everything alike.
type always struct {
	status int
	body   string
	header http.Header
}

func (a always) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

var errOver = errors.New("the run was told to end")

// contextFor ends after a time, with errOver.
func contextFor(t *testing.T, after time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	timer := time.AfterFunc(after, func() { cancel(errOver) })
	return ctx, func() { timer.Stop(); cancel(nil) }
}
