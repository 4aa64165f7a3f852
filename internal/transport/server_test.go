package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// serve starts a server that is gone when the test ends.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// clientWith makes a client whose connections are gone when the test ends.
func clientWith(t *testing.T, o Options) *http.Client {
	t.Helper()
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func keyFor(origin string) *Credential {
	return &Credential{Origin: origin, Header: "X-API-Key", Value: func(context.Context) (string, error) { return "PMAK-canary", nil }}
}

// send sends a request whose answer is of interest as a whole.
func send(t *testing.T, c *http.Client, method, address, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

func TestRedirectsAcrossOriginsAreRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			for _, credential := range []bool{true, false} {
				t.Run(fmt.Sprintf("%d %s credential=%t", code, method, credential), func(t *testing.T) {
					t.Parallel()
					evil := serve(t, func(w http.ResponseWriter, r *http.Request) {
						body, _ := io.ReadAll(r.Body)
						t.Errorf("the other host was asked: %s %v %q", r.Method, r.Header, body)
					})
					good := serve(t, func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Location", evil.URL+"/login?token=secret")
						w.WriteHeader(code)
					})
					o := Options{}
					if credential {
						o.Credential = keyFor(good.URL)
					}
					_, _, err := send(t, clientWith(t, o), method, good.URL+"/a?access_key=PMAT-secret", "client_secret=secret")
					e, ok := errors.AsType[*Error](err)
					if !ok || e.Kind != KindRedirect || e.Method != method {
						t.Fatalf("%v", err)
					}
					if !strings.Contains(e.Hint(), evil.URL) || strings.Contains(e.Error()+e.Hint(), "secret") {
						t.Errorf("%s; hint: %s", e, e.Hint())
					}
				})
			}
		}
	}
}

func TestDowngradeIsRefused(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the http server was asked") })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-API-Key") != "PMAK-canary" {
			t.Error("no key at its own origin")
		}
		http.Redirect(w, r, plain.URL, http.StatusFound)
	}))
	t.Cleanup(secure.Close)
	o := Options{Credential: keyFor(secure.URL), RootCAs: certificateOf(secure)}
	_, _, err := send(t, clientWith(t, o), "GET", secure.URL, "")
	if e, _ := errors.AsType[*Error](err); e == nil || e.Kind != KindRedirect {
		t.Errorf("%v", err)
	}
}

// No server is needed to try what else a redirect may do: same host, other
// scheme or port, a user in the URL, another method, no end.
func TestSameOriginOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		method   string
		next     string
		refusal  string
	}{
		{"https://h/a", "https://h/b", "GET", "GET", ""},
		{"https://h/a", "https://H:443/b", "GET", "GET", ""},
		{"http://h:80/a", "http://h/b", "HEAD", "HEAD", ""},
		{"https://h/a", "https://h/b", "PUT", "PUT", ""},
		{"https://h/a", "https://h/b", "PUT", "GET", "redirects a PUT to a GET of https://h/b"},
		{"https://h/a", "https://h/b", "POST", "GET", "redirects a POST to a GET"},
		{"https://h/a", "http://h/a", "GET", "GET", "to another origin, http"},
		{"http://h/a", "https://h/a", "GET", "GET", "to another origin, http"},
		{"https://h/a", "https://h:8443/a", "GET", "GET", "to another origin, http"},
		{"https://h/a", "https://h.evil/a", "GET", "GET", "to another origin, http"},
		{"https://h/a", "https://user:pw@h/a", "GET", "GET", "with a user in it, https://h/a"},
		{"https://h:443/a", "http://h:443/a", "GET", "GET", "to another origin, http"},
	} {
		from := httptest.NewRequest(c.method, c.from, nil)
		to := httptest.NewRequest(c.next, "/", nil)
		to.URL, _ = url.Parse(c.to)
		err := sameOriginOnly(to, []*http.Request{from})
		if (err == nil) != (c.refusal == "") || err != nil && !strings.Contains(err.Error(), c.refusal) {
			t.Errorf("%s %s to %s %s: %v", c.method, c.from, c.next, c.to, err)
		}
		if same := !strings.Contains(c.refusal, "another origin"); SameOrigin(from.URL, to.URL) != same {
			t.Errorf("%s and %s have one origin: %t", c.from, c.to, !same)
		}
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("a password is shown: %v", err)
		}
	}
	loop := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	_, _, err := send(t, clientWith(t, Options{}), "GET", loop.URL, "")
	if e, _ := errors.AsType[*Error](err); e == nil || e.Kind != KindRedirect || !strings.Contains(e.Error(), "redirected 10 times") {
		t.Errorf("a loop of redirects: %v", err)
	}
}

func TestRedirectWithinTheOriginKeepsTheCredential(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, r.Header.Get("X-API-Key"))
	})
	code, body, err := send(t, clientWith(t, Options{Credential: keyFor(s.URL)}), "GET", s.URL+"/old", "")
	if code != 200 || body != "PMAK-canary" || err != nil {
		t.Errorf("%d %q %v", code, body, err)
	}
}

func TestCredentialStaysAtItsOrigin(t *testing.T) {
	t.Parallel()
	other := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("X-API-Key")) })
	_, port, _ := net.SplitHostPort(other.Listener.Addr().String())
	for _, origin := range []string{"https://127.0.0.1:" + port, "http://127.0.0.1", "http://127.0.0.2:" + port, "http://localhost:" + port} {
		if _, body, err := send(t, clientWith(t, Options{Credential: keyFor(origin)}), "GET", other.URL, ""); body != "" || err != nil {
			t.Errorf("bound to %s, sent to %s: %q, %v", origin, other.URL, body, err)
		}
	}
	own := clientWith(t, Options{Credential: keyFor("HTTP://127.0.0.1:" + port + "/path")})
	if _, body, _ := send(t, own, "GET", other.URL, ""); body != "PMAK-canary" {
		t.Error("not sent to its own origin")
	}
	for _, origin := range []string{"", "127.0.0.1", "ftp://h", "https://", "://", "https://user:secret@"} {
		if _, err := NewClient(Options{Credential: keyFor(origin)}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
}

// The requests that callers make are theirs: nothing is added to them.
func TestRequestIsNotChanged(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.UserAgent()) })
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
	resp, err := clientWith(t, Options{UserAgent: "postman-microcks-importer/1.2.3", Credential: keyFor(s.URL)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "postman-microcks-importer/1.2.3" || len(req.Header) != 0 {
		t.Errorf("user agent %q, headers of the caller's request %v", body, req.Header)
	}
	if _, body, err := send(t, clientWith(t, Options{}), "GET", s.URL, ""); !strings.HasPrefix(body, "Go-http-client/") {
		t.Errorf("without a name the user agent is %q, %v", body, err)
	}
}

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	zeros := make([]byte, 64<<10)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var out io.Writer = w
		if strings.HasPrefix(r.URL.Path, "/gzip") {
			if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				t.Error("compression is not asked for")
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			out = z
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/exact"):
			_, _ = out.Write(zeros)
		case strings.HasSuffix(r.URL.Path, "/over"):
			_, _ = out.Write(zeros)
			_, _ = out.Write([]byte("x"))
		case strings.HasSuffix(r.URL.Path, "/error"):
			w.WriteHeader(http.StatusBadRequest)
			for range 20 {
				_, _ = out.Write(zeros)
			}
		case strings.HasSuffix(r.URL.Path, "/bomb"): // 8 KiB that become 8 MiB
			for range 128 {
				_, _ = out.Write(zeros)
			}
		}
	})
	const errors20 = 20 * 64 << 10
	if code, body, err := send(t, clientWith(t, Options{BodyLimit: errors20, ErrorsWhole: true}), "GET", s.URL+"/error", ""); code != 400 ||
		len(body) != errors20 {
		t.Errorf("an error as a whole: status %d, %d bytes, %v", code, len(body), err)
	}
	client := clientWith(t, Options{BodyLimit: limit})
	for _, c := range []struct {
		path   string
		status int // 0: refused
		length int
	}{
		{"/exact", 200, limit}, {"/gzip/exact", 200, limit},
		{"/over", 0, 0}, {"/gzip/over", 0, 0},
		{"/bomb", 0, 0}, {"/gzip/bomb", 0, 0},
		{"/error", 400, ErrorBodyLimit}, {"/gzip/error", 400, ErrorBodyLimit},
	} {
		code, body, err := send(t, client, "GET", s.URL+c.path, "")
		if code != c.status || len(body) != c.length {
			t.Errorf("%s: status %d, %d bytes, %v", c.path, code, len(body), err)
		}
		if c.status != 0 {
			continue
		}
		e, _ := errors.AsType[*Error](err)
		over, ok := errors.AsType[*LimitError](err)
		if e == nil || e.Kind != KindLimit || e.Attempts != 1 || !ok || over.Limit != limit || !strings.Contains(e.Error(), "more than 64 KiB") {
			t.Errorf("%s: %v", c.path, err)
		}
	}
}

// Headers have a limit of their own, 256 KiB.
func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range len(r.URL.Path) - 1 {
			w.Header().Add("X-Long", strings.Repeat("x", 10<<10))
		}
	})
	client := clientWith(t, Options{})
	for tens, want := range map[int]bool{25: true, 26: false, 50: false} {
		if _, _, err := send(t, client, "PUT", s.URL+"/"+strings.Repeat("n", tens), ""); (err == nil) != want {
			t.Errorf("%d KiB: %v", tens*10, err)
		}
	}
}

// A body that never ends is left at the limit.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	endless := func(code int) answer {
		return func(req *http.Request) (*http.Response, error) {
			resp, _ := status(code, "")(req)
			resp.Body = io.NopCloser(zeros{})
			return resp, nil
		}
	}
	_, _, err := do(t, t.Context(), Options{BodyLimit: 1 << 20}, "GET", endless(200))
	if !strings.Contains(fmt.Sprint(err), "more than 1 MiB") {
		t.Errorf("%v", err)
	}
	if _, resp, err := do(t, t.Context(), Options{}, "GET", endless(404)); err != nil || resp.ContentLength != ErrorBodyLimit {
		t.Errorf("%v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestSize(t *testing.T) {
	t.Parallel()
	got := []string{size(32 << 20), size(64 << 10), size(1025 << 10), size(1 << 10), size(1500), size(0)}
	if diff := cmp.Diff([]string{"32 MiB", "64 KiB", "1025 KiB", "1 KiB", "1500 bytes", "0 bytes"}, got); diff != "" {
		t.Error(diff)
	}
}

func certificateOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func TestTLS(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	secure.Config.ErrorLog = nothing()
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	old := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.Config.ErrorLog = nothing()
	old.StartTLS()
	t.Cleanup(old.Close)

	for _, c := range []struct {
		name, url string
		roots     []byte
		hint      string // empty: no error
	}{
		{"given authority", secure.URL, certificateOf(secure), ""},
		{"unknown authority", secure.URL, nil, "`ca-certificate`"},
		// The test certificate is for 127.0.0.1 and example.com.
		{"other host", strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), certificateOf(secure), "issued for"},
		{"http on a https URL", strings.Replace(plain.URL, "http:", "https:", 1), nil, "plain http"},
		{"TLS 1.1", old.URL, certificateOf(old), "TLS 1.2"},
	} {
		client := clientWith(t, Options{RootCAs: c.roots})
		_, _, err := send(t, client, "GET", c.url, "")
		if c.hint == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Kind != KindTLS || e.Attempts != 1 || !strings.Contains(e.Hint(), c.hint) {
			t.Errorf("%s: %v; hint: %v", c.name, err, e)
		}
	}
	for _, pem := range []string{"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if _, err := NewClient(Options{RootCAs: []byte(pem)}); !errors.Is(err, errNoCertificate) {
			t.Errorf("%q: %v", pem, err)
		}
	}
}

// The roots of the system stay trusted beside the given ones.
func TestRootsAreAdded(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	pool, err := roots(certificateOf(s))
	if err != nil {
		t.Fatal(err)
	}
	system, err := roots(nil)
	if system != nil || err != nil {
		t.Errorf("without given ones: %v, %v, want the system's own", system, err)
	}
	want, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	want.AppendCertsFromPEM(certificateOf(s))
	if !pool.Equal(want) {
		t.Error("not the system's roots and the given one")
	}
}

// unanswered is an address that refuses connections: its port is bound, so that
// no other test gets it, and nothing listens.
func unanswered(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
}

func TestNetworkFailures(t *testing.T) {
	t.Parallel()
	hijack := func(write string, reset bool) string {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, write)
			if reset {
				_ = conn.(*net.TCPConn).SetLinger(0)
			}
			conn.Close()
		})
		return s.URL
	}
	for _, c := range []struct {
		name, url string
		kind      Kind
		hint      string
	}{
		{"nothing listens", "http://" + unanswered(t), KindRefused, "172.17.0.1"},
		{"reset before the answer", hijack("", true), KindReset, ""},
		{"closed before the answer", hijack("", false), KindReset, ""},
		{"closed in a header", hijack("HTTP/1.1 200 OK\r\nContent-Le", false), KindReset, ""},
		{"closed between headers", hijack("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", false), KindReset, ""},
		{"closed in the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false), KindReset, ""},
		{"reset in the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true), KindReset, ""},
		{"closed in a chunk", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", false), KindReset, ""},
		{"no HTTP", hijack("SSH-2.0-OpenSSH\r\n", false), KindOther, "check the URL"},
		{"unknown scheme", "gopher://127.0.0.1/", KindOther, "check the URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// A PUT is sent once, so that no time is spent on attempts.
			client := clientWith(t, Options{})
			_, _, err := send(t, client, "PUT", c.url, "body")
			e, _ := errors.AsType[*Error](err)
			if e == nil || e.Kind != c.kind || !strings.Contains(e.Hint(), c.hint) {
				t.Errorf("%v: %#v", err, e)
			}
		})
	}
}

// tunnel answers CONNECT and joins both connections until one of them ends.
func tunnel(t *testing.T, w http.ResponseWriter, to net.Addr) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	server, err := net.Dial(to.Network(), to.String())
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, conn)
		_ = server.Close()
	}()
	_, _ = io.Copy(conn, server)
}

func TestProxy(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "tunnelled") }))
	t.Cleanup(secure.Close)
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "example.com:443" { // for which the test certificate is
			tunnel(t, w, secure.Listener.Addr())
			return
		}
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		fmt.Fprint(w, "proxied ", r.URL)
	})
	base, err := newBase(certificateOf(secure), nil)
	if err != nil {
		t.Fatal(err)
	}
	if base.Proxy == nil {
		t.Error("the proxies of the environment are not used")
	}
	address, _ := url.Parse(proxy.URL)
	address.User = url.UserPassword("user", "secret")
	base.Proxy = http.ProxyURL(address)
	client := clientWith(t, Options{Base: base})

	if _, body, err := send(t, client, "GET", "http://server.invalid/", ""); body != "proxied http://server.invalid/" {
		t.Errorf("%q, %v", body, err)
	}
	if _, body, err := send(t, client, "GET", "https://example.com/", ""); body != "tunnelled" {
		t.Errorf("%q, %v", body, err)
	}
	_, _, err = send(t, client, "GET", "https://server.invalid/", "")
	e, _ := errors.AsType[*Error](err)
	if e == nil || e.Kind != KindProxy || e.Attempts != 1 || !strings.Contains(e.Error(), "status 407") ||
		!strings.Contains(e.Hint(), "NO_PROXY") || strings.Contains(e.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A server that sends nothing does not hold the run up beyond its deadline.
func TestRealDeadline(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("no time left"))
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "PUT", s.URL, http.NoBody)
	_, err := clientWith(t, Options{}).Do(req)
	if e, _ := errors.AsType[*Error](err); e == nil || e.Kind != KindTimeout || !strings.Contains(e.Error(), "no time left") {
		t.Errorf("%v", err)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	if Explain(nil) != nil {
		t.Error("nil is no error")
	}
	plain := errors.New("plain")
	if Explain(plain) != plain {
		t.Error("what is not from http.Client stays")
	}
	// A client that is not ours: its error quotes the URL.
	_, err := (&http.Client{Transport: &script{answers: []answer{fails(io.EOF)}}}).Get("https://h/a?key=secret")
	e, ok := Explain(err).(*Error)
	if !ok || e.Method != "GET" || e.URL != "https://h/a?key=***" || e.Kind != KindReset {
		t.Errorf("%v", Explain(err))
	}
	if _, err := (&http.Client{}).Post("gopher://h/", "", bytes.NewReader(nil)); Explain(err).(*Error).Method != "POST" {
		t.Errorf("%v", Explain(err))
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://h/a":                         "https://h/a",
		"https://h/a?access_key=PMAT-1&x=2&y": "https://h/a?access_key=***&x=***&***",
		"https://h/a?x=1=2":                   "https://h/a?x=***",
		"https://h/a?~x=1":                    "https://h/a?~x=***",
		"https://user:pw@h/a":                 "https://h/a",
		"https://h/a#frag=secret":             "https://h/a",
		"https://h/\x00":                      "(unreadable URL)",
		"https://h/%zz":                       "(unreadable URL)",
		"":                                    "",
		"localhost:8080/x":                    "localhost:***",
		"https://h/a?k\u202ee y=1":            "https://h/a?k_e_y=***",
		"https://h/%0a::error::":              "https://h/%0A::error::",
		"https://h/collections/1?apikey=PMAK-a&b=c": "https://h/collections/1?apikey=***&b=***",
	} {
		if got := Redact(raw); got != want && !(raw == "https://h/%0a::error::" && strings.EqualFold(got, want)) {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		"https://u:canary@h/a?b=canary&canary#canary", "//u:canary@h", "a:canary", "%", "https://h/?=canary", "https://h?;canary",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := Redact(raw)
		if strings.ContainsFunc(got, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			t.Fatalf("control character in %q", got)
		}
		u, err := url.Parse(raw)
		if err != nil {
			return
		}
		if u.User != nil && strings.Contains(got, "@") && !strings.Contains(u.Host+u.Path+u.RawQuery, "@") {
			t.Fatalf("userinfo in %q", got)
		}
		again, err := url.Parse(got)
		if err != nil || u.Opaque != "" {
			return
		}
		for _, values := range again.Query() {
			if slices.ContainsFunc(values, func(v string) bool { return v != masked && v != "" }) {
				t.Fatalf("values %q in %q", values, got)
			}
		}
	})
}
