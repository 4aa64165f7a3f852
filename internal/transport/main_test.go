package transport

import (
	"context"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is a network that gives its answers one after the other, and the last
// one again and again.
type script struct {
	mu       sync.Mutex
	answers  []func(*http.Request) (*http.Response, error)
	requests []*http.Request
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.answers[min(len(s.requests), len(s.answers)-1)]
	s.requests = append(s.requests, req)
	return answer(req)
}

func (s *script) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

type answer = func(*http.Request) (*http.Response, error)

// status answers with a status, a body and headers as "Name: value".
func status(code int, body string, headers ...string) answer {
	return func(req *http.Request) (*http.Response, error) {
		resp := &http.Response{
			StatusCode: code, Header: make(http.Header), Request: req,
			Body: io.NopCloser(strings.NewReader(body)),
		}
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			resp.Header.Set(name, value)
		}
		return resp, nil
	}
}

// fails answers with an error.
func fails(err error) answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs says nothing until the request is given up.
func hangs(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// do sends a request through a client over the scripted answers.
func do(t *testing.T, ctx context.Context, o Options, method string, answers ...answer) (*script, *http.Response, error) {
	t.Helper()
	s := &script{answers: answers}
	o.Base = s
	client, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	var body io.Reader
	if method == http.MethodPost || method == http.MethodPut {
		body = strings.NewReader("payload")
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://api.example.com/things?key=secret", body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return s, resp, err
}

// nothing is a server's log that is of no interest.
func nothing() *log.Logger { return log.New(io.Discard, "", 0) }
