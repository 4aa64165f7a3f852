package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestStatusesThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	tried := func(code int) int {
		switch code {
		case 408, 425, 429, 500, 502, 503, 504:
			return DefaultAttempts
		}
		return 1
	}
	for code := 200; code < 600; code++ {
		if code/100 == 3 {
			continue
		}
		for _, c := range []struct {
			method string
			o      Options
			want   int
		}{
			{"GET", Options{}, tried(code)},
			{"HEAD", Options{}, tried(code)},
			{"POST", Options{RetryPOST: true}, tried(code)},
			{"POST", Options{}, 1},
			{"PUT", Options{RetryPOST: true}, 1},
			{"DELETE", Options{RetryPOST: true}, 1},
		} {
			synctest.Test(t, func(t *testing.T) {
				s, resp, err := do(t, t.Context(), c.o, c.method, status(code, ""))
				if err != nil {
					t.Fatalf("%s %d: %v", c.method, code, err)
				}
				if resp.StatusCode != code || s.calls() != c.want {
					t.Errorf("%s %d: status %d after %d attempts, want %d attempts", c.method, code, resp.StatusCode, s.calls(), c.want)
				}
			})
		}
	}
}

func TestErrorsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	op := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	for _, c := range []struct {
		name     string
		err      error
		kind     Kind
		attempts int
	}{
		{"refused", op("dial", syscall.ECONNREFUSED), KindRefused, 4},
		{"no route", op("dial", syscall.EHOSTUNREACH), KindRefused, 4},
		{"reset", op("read", syscall.ECONNRESET), KindReset, 4},
		{"broken pipe", op("write", syscall.EPIPE), KindReset, 4},
		{"ended before the answer", io.EOF, KindReset, 4},
		{"ended in the answer", io.ErrUnexpectedEOF, KindReset, 4},
		{"stream of HTTP/2", errors.New("stream error: stream ID 1; INTERNAL_ERROR"), KindReset, 4},
		{"no such host", op("dial", &net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}), KindDNS, 4},
		{"slow DNS", op("dial", &net.DNSError{Err: "i/o timeout", IsTimeout: true}), KindDNS, 4},
		{"slow", op("read", timeoutError{}), KindTimeout, 4},
		{"proxy down", op("proxyconnect", syscall.ECONNREFUSED), KindProxy, 4},
		{"proxy refuses", &proxyRefusal{"http://proxy:3128", 407}, KindProxy, 1},
		{"proxy is overloaded", &proxyRefusal{"http://proxy:3128", 503}, KindProxy, 4},
		{"proxy address", errProxyAddress, KindProxy, 1},
		{"unknown authority", x509.UnknownAuthorityError{}, KindTLS, 1},
		{"wrong host", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, KindTLS, 1},
		{"not yet valid", x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, KindTLS, 1},
		{"expired", x509.CertificateInvalidError{Reason: x509.Expired}, KindTLS, 1},
		{"alert", op("remote error", errors.New("tls: handshake failure")), KindTLS, 1},
		{"alert of our own", op("local error", errors.New("tls: bad certificate")), KindTLS, 1},
		{"certificate of another kind", op("read", &tls.CertificateVerificationError{Err: errors.New("odd")}), KindTLS, 1},
		{"no TLS", op("read", tls.RecordHeaderError{Msg: "odd"}), KindTLS, 1},
		{"no such TLS", errors.New("tls: odd"), KindTLS, 1},
		{"http on a https port", http.ErrSchemeMismatch, KindTLS, 1},
		{"no HTTP", errors.New("malformed HTTP response"), KindOther, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, err := do(t, t.Context(), Options{}, "GET", fails(c.err))
				if s.calls() != c.attempts {
					t.Errorf("sent %d times, want %d", s.calls(), c.attempts)
				}
				if !errors.Is(err, c.err) && c.kind != KindTLS {
					t.Errorf("the cause is lost: %v", err)
				}
				checkExplained(t, err, c.kind, c.attempts)
				if e, _ := errors.AsType[*Error](err); e != nil && strings.Contains(e.Hint(), "raise the input") {
					t.Errorf("nothing was wrong with the deadline: %s", e.Hint())
				}
			})
			synctest.Test(t, func(t *testing.T) {
				if s, _, _ := do(t, t.Context(), Options{}, "POST", fails(c.err)); s.calls() != 1 {
					t.Errorf("a POST was sent %d times", s.calls())
				}
			})
		})
	}
}

// checkExplained holds that err is an *Error with all that a person is told.
func checkExplained(t *testing.T, err error, kind Kind, attempts int) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("not an *Error: %v", err)
	}
	if e.Kind != kind || e.Attempts != attempts {
		t.Errorf("kind %s after %d attempts, want %s after %d", e.Kind, e.Attempts, kind, attempts)
	}
	if many := fmt.Sprintf(" (after %d attempts)", attempts); strings.HasSuffix(e.Error(), many) != (attempts > 1) {
		t.Errorf("after %d attempts it says %v", attempts, e)
	}
	if e.Timeout() != (kind == KindTimeout) {
		t.Errorf("%s is a time-out: %t", kind, e.Timeout())
	}
	if e.Hint() == "" || e.Anchor() != "connect-"+string(kind) || e.ExitCode() != 11 {
		t.Errorf("hint %q, anchor %q, exit code %d", e.Hint(), e.Anchor(), e.ExitCode())
	}
	if text := Explain(err).Error(); strings.Contains(text, "secret") || !strings.Contains(text, "key=***") {
		t.Errorf("not redacted: %s", text)
	}
}

type timeoutError struct{}

func (timeoutError) Error() string { return "i/o timeout" }
func (timeoutError) Timeout() bool { return true }

func TestTraceOfTheLastAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var last Exchange
		o := Options{Trace: func(x Exchange) { last = x }}
		if _, _, err := do(t, t.Context(), o, "GET", status(503, "")); err != nil {
			t.Fatal(err)
		}
		want := Exchange{Method: "GET", URL: "https://api.example.com/things?key=***", Status: 503, Attempt: 4, Attempts: 4}
		if diff := cmp.Diff(want, last); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []Exchange
		o := Options{Trace: func(x Exchange) { seen = append(seen, x) }}
		start := time.Now()
		_, resp, err := do(t, t.Context(), o, "GET",
			status(503, "", "Retry-After: 7"), fails(io.EOF), status(200, "ok"))
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		var waited time.Duration
		for i := range seen {
			waited += seen[i].Wait
		}
		if total := time.Since(start); total != waited || total < 7*time.Second || total > 8500*time.Millisecond {
			t.Errorf("took %s, waits of %s", total, waited)
		}
		for i := range seen {
			seen[i].Wait = 0
		}
		want := []Exchange{
			{Method: "GET", URL: "https://api.example.com/things?key=***", Status: 503, Attempt: 1, Attempts: 4},
			{Method: "GET", URL: "https://api.example.com/things?key=***", Attempt: 2, Attempts: 4, Err: io.EOF},
			{Method: "GET", URL: "https://api.example.com/things?key=***", Status: 200, Attempt: 3, Attempts: 4},
		}
		sameError := cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) || errors.Is(b, a) })
		if diff := cmp.Diff(want, seen, sameError); diff != "" {
			t.Error(diff)
		}
	})
}

// A body that breaks off is an attempt that failed, not an answer.
func TestBodyThatBreaksOffIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := func(req *http.Request) (*http.Response, error) {
			resp, _ := status(200, "")(req)
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("hal"), failingReader{}))
			return resp, nil
		}
		s := &script{answers: []answer{broken, status(200, "whole")}}
		client, _ := NewClient(Options{Base: s})
		resp, err := client.Get("https://api.example.com/")
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != "whole" || err != nil {
			t.Errorf("%q, %v", body, err)
		}
	})
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodyIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		take := func(code int) answer {
			return func(req *http.Request) (*http.Response, error) {
				body, _ := io.ReadAll(req.Body)
				bodies = append(bodies, string(body))
				return status(code, "")(req)
			}
		}
		_, _, err := do(t, t.Context(), Options{RetryPOST: true}, "POST", take(503), take(200))
		if diff := cmp.Diff([]string{"payload", "payload"}, bodies); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// noted is a body that knows whether it was closed.
type noted struct {
	io.Reader
	closed bool
}

func (b *noted) Close() error {
	b.closed = true
	return nil
}

func TestBodyIsClosed(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]*noted{
		"": {Reader: strings.NewReader("payload")}, "reading the request's body": {Reader: failingReader{}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://api.example.com/", body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := clientWith(t, Options{Base: &script{answers: []answer{status(200, "")}}}).Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if !body.closed || req.Body != body || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("closed: %t, %v, want %q", body.closed, err, want)
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url  string
		err  error
		want string
	}{
		{"https://nowhere.invalid/a", &net.DNSError{}, `"nowhere.invalid"`},
		{"http://localhost:8080/", syscall.ECONNREFUSED, "http://172.17.0.1:PORT"},
		{"http://127.0.0.1:8080/", syscall.ECONNREFUSED, "http://microcks:8080"},
		{"http://[::1]:8080/", syscall.ECONNREFUSED, "http://microcks:8080"},
		{"http://microcks:8080/", syscall.ECONNREFUSED, "check host and port"},
		{"https://h/", x509.UnknownAuthorityError{}, "`ca-certificate`"},
		{"https://h/", x509.CertificateInvalidError{Reason: x509.Expired}, "renew"},
		{"https://h/", x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, "TLS 1.2"},
		{"https://h/", x509.HostnameError{Certificate: &x509.Certificate{}}, "(SAN)"},
		{"https://h/", x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"a.example", "b"}}}, "for: a.example, b"},
		{"https://h/", &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}, "wants a client certificate"},
		{"https://h/", &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}, "does not accept the client certificate"},
		{"https://h/", &net.OpError{Op: "local error", Err: errors.New("tls: bad certificate")}, "TLS 1.2"},
		{"https://h/", &proxyRefusal{"http://proxy:3128", 407}, "http://USER:PASSWORD@HOST:PORT), or add h to NO_PROXY"},
		{"https://h/", &proxyRefusal{"http://proxy:3128", 503}, "or add h to NO_PROXY"},
		{"https://h/", errProxyTLS, "NO_PROXY"},
		{"https://h/", http.ErrSchemeMismatch, "plain http"},
		{"https://h/", timeoutError{}, "check that the server is up"},
		{"https://h/", io.EOF, "load balancer"},
		{"https://h/", errProxyAddress, "HTTPS_PROXY"},
		{"https://h/", &LimitError{}, "split"},
		{"https://h/", errors.New("odd"), "check the URL"},
		{"http://[no-url", errors.New("odd"), "check the URL"},
	} {
		if got := newError("GET", c.url, c.err).Hint(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %v: %q has no %q", c.url, c.err, got, c.want)
		}
	}
}

func TestRoundedDurations(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		1499 * time.Microsecond: "1ms", 999 * time.Millisecond: "999ms", 1499 * time.Millisecond: "1s",
	} {
		if got := round(d).String(); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}

// Whoever asks for fewer attempts gets them.
func TestAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if s, _, _ := do(t, t.Context(), Options{Attempts: 2}, "GET", status(503, "")); s.calls() != 2 {
			t.Errorf("%d attempts, want 2", s.calls())
		}
	})
}

func TestPermanent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := Options{Permanent: func(r *http.Response) bool { return r.StatusCode == 429 }}
		if s, resp, _ := do(t, t.Context(), o, "GET", status(429, "")); s.calls() != 1 || resp.StatusCode != 429 {
			t.Errorf("%d attempts at what is permanent", s.calls())
		}
		if s, _, _ := do(t, t.Context(), o, "GET", status(503, "")); s.calls() != DefaultAttempts {
			t.Errorf("%d attempts at what is not", s.calls())
		}
	})
}

func TestWaitBeyondTheDeadlineFailsAtOnce(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]answer{
		"seconds": status(429, "", "Retry-After: 90"),
		"date":    status(503, "", "Retry-After: Sat, 01 Jan 2000 00:01:30 GMT"), // the bubble's clock starts at midnight
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				start := time.Now()
				var waits time.Duration
				s, _, err := do(t, ctx, Options{Trace: func(x Exchange) { waits += x.Wait }}, "GET", first)
				e, ok := errors.AsType[*Error](err)
				if !ok || e.Kind != KindTimeout || waits != 0 || s.calls() != 1 || time.Since(start) != 0 {
					t.Fatalf("%v after %d attempts and %s", err, s.calls(), time.Since(start))
				}
				if !strings.Contains(e.Hint(), "raise the input `timeout`") {
					t.Errorf("hint: %s", e.Hint())
				}
				for _, part := range []string{"the server answered", "could be in 1m3", "leaves 20s"} {
					if !strings.Contains(e.Error(), part) {
						t.Errorf("%q is not in: %s", part, e)
					}
				}
			})
		})
	}
}

// When the connection is what fails, the deadline does not hide that.
func TestDeadlineDoesNotHideTheCause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		_, _, err := do(t, ctx, Options{DeadlineInput: "patience"}, "GET", fails(syscall.ECONNREFUSED))
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Kind != KindRefused || !strings.Contains(e.Error(), "`patience`") {
			t.Errorf("%v", err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	reason := errors.New("the run was stopped by SIGTERM")
	for _, c := range []struct {
		name string
		with func(context.Context) (context.Context, context.CancelFunc)
		kind Kind
		is   error
		hint string
	}{
		{"cancelled", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Second, func() { cancel(reason) })
			return ctx, func() { cancel(nil) }
		}, KindCanceled, context.Canceled, "run again"},
		{"past its deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(ctx, time.Second, reason)
		}, KindTimeout, context.DeadlineExceeded, "raise the input `timeout`"},
	} {
		phases := map[string]answer{"in an attempt": hangs}
		if c.kind == KindCanceled { // no wait goes past a deadline
			phases["between two"] = status(503, "", "Retry-After: 60")
		}
		for phase, answer := range phases {
			t.Run(c.name+" "+phase, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := c.with(t.Context())
					defer cancel()
					_, _, err := do(t, ctx, Options{}, "GET", answer)
					e, ok := errors.AsType[*Error](err)
					if !ok || e.Kind != c.kind || !errors.Is(err, reason) || !errors.Is(err, c.is) {
						t.Fatalf("%#v", err)
					}
					if !strings.Contains(e.Hint(), c.hint) || !strings.Contains(e.Error(), reason.Error()) || strings.Contains(e.Error(), "next try") {
						t.Errorf("%s; hint: %s", e, e.Hint())
					}
				})
			})
		}
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		method string
		o      Options
		calls  int
		took   time.Duration // without the back-off, at least
	}{
		{"a GET is given up and tried again", "GET", Options{}, 4, 4 * time.Minute},
		{"its length is an option", "GET", Options{Patience: time.Second}, 4, 4 * time.Second},
		{"it can be without end", "GET", Options{Patience: -1}, 1, time.Hour},
		{"a PUT is waited for", "PUT", Options{}, 1, time.Hour},
		{"a POST is waited for", "POST", Options{}, 1, time.Hour},
		{"a POST that can be repeated is given up", "POST", Options{RetryPOST: true}, 4, 4 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				start := time.Now()
				s, _, err := do(t, ctx, c.o, c.method, hangs)
				e, _ := errors.AsType[*Error](err)
				if e == nil || e.Kind != KindTimeout || s.calls() != c.calls {
					t.Fatalf("%v after %d attempts", err, s.calls())
				}
				if took := time.Since(start); took < c.took || took > c.took+4*time.Second {
					t.Errorf("took %s, want %s and the back-off", took, c.took)
				}
			})
		})
	}
}

// A body that keeps coming, however slowly, is read to its end; one that stops
// is not waited for.
func TestPatienceInTheBody(t *testing.T) {
	t.Parallel()
	trickle := func(pieces int) answer {
		return func(req *http.Request) (*http.Response, error) {
			time.Sleep(50 * time.Second)
			r, w := io.Pipe()
			ctx := req.Context()
			context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
			go func() {
				for range pieces {
					time.Sleep(50 * time.Second)
					_, _ = w.Write([]byte("x"))
				}
				if pieces == 10 {
					w.Close()
				}
			}()
			resp, _ := status(200, "")(req)
			resp.Body = r
			return resp, nil
		}
	}
	synctest.Test(t, func(t *testing.T) {
		if s, resp, err := do(t, t.Context(), Options{}, "GET", trickle(10)); err != nil || resp.ContentLength != 10 || s.calls() != 1 {
			t.Errorf("%v after %d attempts", err, s.calls())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s, _, err := do(t, t.Context(), Options{}, "GET", trickle(2))
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Kind != KindTimeout || s.calls() != DefaultAttempts || !strings.Contains(e.Error(), "said nothing for 1m0s") {
			t.Errorf("%v after %d attempts", err, s.calls())
		}
	})
}

func TestAskedWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	in := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for _, c := range []struct {
		status int
		header string
		want   time.Duration
	}{
		{429, "", 0},
		{429, "Retry-After: 12", 12 * time.Second},
		{503, "Retry-After: 12", 12 * time.Second},
		{503, "Retry-After: Sun, 01 Mar 2026 12:00:05 GMT", 5 * time.Second},
		{503, "Retry-After: Sunday, 01-Mar-26 12:00:05 GMT", 5 * time.Second},
		{503, "Retry-After: Sun, 01 Mar 2026 11:00:00 GMT", 0},
		{503, "Retry-After: -3", 0},
		{503, "Retry-After: soon", 0},
		{503, "Retry-After: 99999999999999999999", 0},
		{503, "Retry-After: 999999999999999", longestWait},
		{503, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", longestWait},
		{429, "X-RateLimit-RetryAfter: 3", 3 * time.Second},
		{429, "RetryAfter: 4", 4 * time.Second},
		{503, "RetryAfter: 4", 0},
		{429, "RateLimit-Reset: 30", 30 * time.Second},
		{429, "X-RateLimit-Reset: 30", 30 * time.Second},
		{500, "X-RateLimit-Reset: 30", 0},
		{429, fmt.Sprintf("X-RateLimit-Reset: %d", in(30*time.Second)), 30 * time.Second},
		{429, fmt.Sprintf("X-RateLimit-Reset: %d", in(30*time.Second)*1000), 30 * time.Second},
		{429, fmt.Sprintf("X-RateLimit-Reset: %d", in(-time.Hour)), 0},
		{429, "RateLimit: limit=300, remaining=0, reset=12", 12 * time.Second},
		{429, "RateLimit: limit=300, reset=never", 0},
		{429, "Retry-After: 1\nX-RateLimit-Reset: 30", time.Second},
		{429, "Retry-After: 0\nX-RateLimit-Reset: 30", 0},
		{429, "Retry-After: soon\nX-RateLimit-Reset: 30", 30 * time.Second},
		{429, "RateLimit-Reset: 0\nX-RateLimit-Reset: 30", 0},
		{429, "RateLimit-Reset: -5\nX-RateLimit-Reset: 30", 30 * time.Second},
	} {
		resp := &http.Response{StatusCode: c.status, Header: make(http.Header)}
		for line := range strings.SplitSeq(c.header, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				resp.Header.Set(name, value)
			}
		}
		if got := AskedWait(resp, now); got != c.want {
			t.Errorf("%d with %q: %s, want %s", c.status, c.header, got, c.want)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for before, most := range []time.Duration{
		500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, waitCap, waitCap,
	} {
		var lowest, highest time.Duration = waitCap, 0
		for range 2000 {
			wait := backoff(before)
			lowest, highest = min(lowest, wait), max(highest, wait)
		}
		if lowest < 0 || highest > most || lowest > most/10 || highest < most*9/10 {
			t.Errorf("after %d attempts: waits from %s to %s, want 0 to %s", before+1, lowest, highest, most)
		}
	}
	for _, many := range []int{35, 64, 1 << 40} {
		if wait := backoff(many); wait < 0 || wait > waitCap {
			t.Errorf("overflow: %s", wait)
		}
	}
}

// Whatever servers answer: a request is sent at most four times, a write once,
// and nothing ends after the deadline.
func TestRetryProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		method := rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "DELETE"}).Draw(rt, "method")
		retryPOST := rapid.Bool().Draw(rt, "retryPOST")
		limit := time.Duration(rapid.IntRange(1, 120_000).Draw(rt, "ms")) * time.Millisecond
		answers := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) answer {
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				return fails(rapid.SampledFrom([]error{io.EOF, syscall.ECONNREFUSED, x509.UnknownAuthorityError{}, errors.New("odd")}).Draw(rt, "err"))
			case 1:
				return hangs
			}
			code := rapid.SampledFrom([]int{200, 401, 404, 408, 429, 500, 503}).Draw(rt, "code")
			return status(code, "", fmt.Sprintf("Retry-After: %d", rapid.IntRange(0, 60).Draw(rt, "after")))
		}), 1, 5).Draw(rt, "answers")
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			start := time.Now()
			s, resp, err := do(t, ctx, Options{RetryPOST: retryPOST, Patience: 10 * time.Second}, method, answers...)
			most := 1
			if method == "GET" || method == "HEAD" || method == "POST" && retryPOST {
				most = DefaultAttempts
			}
			if n := s.calls(); n < 1 || n > most {
				rt.Fatalf("%s sent %d times", method, n)
			}
			if took := time.Since(start); took > limit {
				rt.Fatalf("took %s of %s", took, limit)
			}
			if (resp == nil) == (err == nil) {
				rt.Fatalf("response %v, error %v", resp, err)
			}
			if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.Kind == KindCanceled) {
				rt.Fatalf("%v", err)
			}
		})
	})
}

func TestCredentialErrorPassesAsItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refusal := fmt.Errorf("sign-in refused: %w", io.EOF) // which it was repeated for where it arose
		var asked atomic.Int32
		o := Options{Credential: &Credential{
			Origin: "https://api.example.com", Header: "Authorization",
			Value: func(context.Context) (string, error) {
				asked.Add(1)
				return "", refusal
			},
		}}
		s, _, err := do(t, t.Context(), o, "GET", status(200, ""))
		if !errors.Is(err, refusal) || !strings.Contains(err.Error(), "refused") {
			t.Errorf("the refusal is not in %v", err)
		}
		if Explain(err) != refusal || s.calls() != 0 || asked.Load() != 1 {
			t.Errorf("%v after %d requests, asked %d times", Explain(err), s.calls(), asked.Load())
		}
	})
}

func TestCredentialThatNoHeaderCanCarry(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"canary\r\nX-Other: 1", "canary\x00", "canary\x7f", "can\tary"} {
		o := Options{Credential: &Credential{
			Origin: "https://api.example.com", Header: "X-API-Key",
			Value: func(context.Context) (string, error) { return value, nil },
		}}
		s, _, err := do(t, t.Context(), o, "GET", status(200, ""))
		e, _ := errors.AsType[*Error](err)
		if e == nil || s.calls() != 0 || !strings.Contains(e.Error(), "X-API-Key") || strings.Contains(err.Error(), "ary") {
			t.Fatalf("%q: %v after %d requests", value, err, s.calls())
		}
		if !strings.Contains(e.Hint(), "on one line") {
			t.Errorf("%q: hint %q", value, e.Hint())
		}
	}
}

// A renewed token is used by the next attempt.
func TestCredentialIsAskedAtEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		o := Options{Credential: &Credential{
			Origin: "https://API.example.com:443", Header: "Authorization",
			Value: func(context.Context) (string, error) {
				n++
				return fmt.Sprint("Bearer ", n), nil
			},
		}}
		s, _, err := do(t, t.Context(), o, "GET", status(503, ""), status(200, ""))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range s.requests {
			got = append(got, r.Header.Get("Authorization"))
		}
		if diff := cmp.Diff([]string{"Bearer 1", "Bearer 2"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
