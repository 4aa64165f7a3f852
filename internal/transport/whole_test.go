package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// switching answers 101 and then says nothing, or a byte now and then, for ever.
func switching(t *testing.T, every time.Duration) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		for err == nil && t.Context().Err() == nil {
			if every == 0 {
				_, err = conn.Read(make([]byte, 1))
				continue
			}
			time.Sleep(every)
			_, err = conn.Write([]byte("."))
		}
	}
}

// An answer 101 hands the connection over, and neither time nor a signal would
// end what is read from it.
func TestSwitchingProtocols(t *testing.T) {
	t.Parallel()
	for name, every := range map[string]time.Duration{"silent": 0, "dripping": 20 * time.Millisecond} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				s := serve(t, switching(t, every))
				began := time.Now()
				_, _, err := send(t, clientWith(t, Options{}), method, s.URL, "")
				own, ok := errors.AsType[*Error](Explain(err))
				if !ok || !errors.Is(err, errSwitching) || own.Attempts != 1 || !strings.Contains(own.Hint(), "something other") {
					t.Errorf("got %v", err)
				}
				if took := time.Since(began); took > time.Second {
					t.Errorf("it took %s", took)
				}
			})
		}
	}
}

// deaf answers with a body that knows nothing of the request's context.
type deaf struct{ closed chan struct{} }

func (d deaf) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: req, Body: d}, nil
}

func (d deaf) Read([]byte) (int, error) {
	<-d.closed
	return 0, errors.New("closed")
}

func (d deaf) Close() error {
	select {
	case <-d.closed:
	default:
		close(d.closed)
	}
	return nil
}

func TestBodiesAreClosedWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		req, err := http.NewRequestWithContext(ctx, method, "http://server/", nil)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		resp, err := clientWith(t, Options{Base: deaf{make(chan struct{})}}).Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
			t.Errorf("%s: after %s: %v", method, took, err)
		}
		cancel()
	}
}

// Whatever comes of an answer, its body is closed; that of HEAD keeps the length
// which its headers say.
func TestAnswersAreClosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method string
		status int
		length int64 // -1: an error
	}{
		{http.MethodGet, 200, 7}, {http.MethodPut, 500, 7}, {http.MethodHead, 200, 42}, {http.MethodPut, 101, -1},
	} {
		body := &noted{Reader: strings.NewReader("payload")}
		_, resp, err := do(t, t.Context(), Options{}, c.method, func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: c.status, Header: http.Header{}, Request: req, Body: body, ContentLength: 42}, nil
		})
		if !body.closed || (err != nil) != (c.length < 0) || err == nil && resp.ContentLength != c.length {
			t.Errorf("%s %d: closed %t, %v, %v", c.method, c.status, body.closed, resp, err)
		}
	}
}

// idle counts the calls that end idle connections.
type idle struct {
	http.RoundTripper
	calls int
}

func (i *idle) CloseIdleConnections() { i.calls++ }

func TestConnectionsCanBeClosed(t *testing.T) {
	t.Parallel()
	base := &idle{}
	clientWith(t, Options{Base: base}).CloseIdleConnections()
	clientWith(t, Options{Base: &script{}}).CloseIdleConnections() // which has none
	if base.calls != 1 {
		t.Errorf("%d calls", base.calls)
	}
}
