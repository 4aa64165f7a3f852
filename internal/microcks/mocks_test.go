package microcks_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
)

// listener notes what arrives.
type listener struct {
	*httptest.Server
	guard    sync.Mutex
	requests []*http.Request
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		l.guard.Lock()
		defer l.guard.Unlock()
		l.requests = append(l.requests, r)
	}))
	t.Cleanup(l.Close)
	return l
}

// A collection's author chooses paths: none leads out of the service's mocks,
// however it is decoded.
func TestMockCallsStayBelowTheirService(t *testing.T) {
	t.Parallel()
	const below = "/rest/Pet%20Store/1.0"
	for path, sent := range map[string]bool{
		below: true, below + "/pets": true, below + "/pets/1..2?x=..": true, below + "/a%20b": true,
		below + "/..": false, below + "/../../../api/jobs": false, below + "/%2e%2e/x": false, below + "/%252e%252E/x": false,
		below + "/..;a/x": false, below + "/a%2f..%2f..": false, below + "/a%5c..%5cb": false, below + "/.": false,
		below + "0/pets": false, "/rest/Pet%20Store/2.0/pets": false, "/api/jobs": false, "/": false, "": false,
		"@evil.example.com" + below: false, ".evil.example.com" + below: false, "0" + below: false,
	} {
		for _, root := range []string{"", "/gateway"} {
			l := listen(t)
			_, err := microcks.NewMocks(l.Client(), l.URL+root).Call(t.Context(), http.MethodGet, below, path, nil, nil)
			if got := len(l.requests) == 1; got != sent || (err == nil) != sent {
				t.Errorf("%q: sent %t, %v", path, got, err)
			}
		}
	}
	l := listen(t)
	if _, err := microcks.NewMocks(l.Client(), l.URL).Call(t.Context(), http.MethodGet, "", "/api/jobs", nil, nil); err == nil {
		t.Error("a call below nothing was sent")
	}
}

// What a collection says of credentials is not said to a server or to a gateway
// before it: a call that would have to is not sent.
func TestMockCallsCarryNoCredential(t *testing.T) {
	t.Parallel()
	call := func(l *listener, headers http.Header) error {
		_, err := microcks.NewMocks(l.Client(), l.URL).Call(t.Context(), http.MethodPost, "/rest/a/1", "/rest/a/1/b", headers, nil)
		return err
	}
	l := listen(t)
	headers := http.Header{
		"Accept": {"application/json"}, "Content-Type": {"text/plain"}, "Accept-Encoding": {"identity"}, "Connection": {"close"},
	}
	if err := call(l, headers); err != nil {
		t.Fatal(err)
	}
	for name, want := range headers {
		if diff := cmp.Diff(want, l.requests[0].Header[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{
		"Authorization", "authorization", "X-Authorization", "Cookie", "Cookie2", "X-API-Key", "x_api_key", "Api-Key", "ApiKey",
		"Ocp-Apim-Subscription-Key", "X-Auth-Token", "X-Access-Token", "X-Vault-Token", "PRIVATE-TOKEN", "X-Amz-Security-Token",
		"X-Client-Secret", "X-Password", "X-Session", "X-Csrf-Token", "Proxy-Authorization", "Proxy-Connection", "X-Forwarded-For",
		"X-Forwarded-Prefix", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Real-IP", "X-Remote-User",
		"X-Goog-Iap-Jwt-Assertion", "X-Ms-Client-Principal", "Cf-Access-Jwt-Assertion", "Host", "Connection", "Upgrade",
		"X-Request-Id", "X-Pat", "X-Otp", "X-Ssl-Cert", "X-Email", "X-Remote-Addr", "Destination", "Transfer_Encoding", "Content_Length",
		"Accept-Language",
	} {
		if err := call(l, http.Header{name: {"x"}}); !errors.Is(err, microcks.ErrWithheld) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, value := range []string{"PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01", "a\nb"} {
		if err := call(l, http.Header{"Accept": {"*/*", value}}); !errors.Is(err, microcks.ErrWithheld) {
			t.Errorf("%q: %v", value, err)
		}
	}
	if len(l.requests) != 1 {
		t.Errorf("%d requests were sent", len(l.requests))
	}
}

// A name or an id moves no request of the API to another path.
func TestRequestsHaveNoDotSegments(t *testing.T) {
	t.Parallel()
	l := listen(t)
	c := microcks.New(l.Client(), l.URL)
	for _, id := range []string{"..", ".", "x/../../y", "%2e%2e", "a%2f..", `a\..`, "..;x"} {
		_, err := c.Job(t.Context(), id)
		if err == nil || !strings.Contains(err.Error(), "leads elsewhere") {
			t.Errorf("%q: %v", id, err)
		}
		if err := c.DeleteService(t.Context(), id); err == nil || microcks.MayBeDone(err) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if len(l.requests) > 0 {
		t.Errorf("%s was sent", l.requests[0].URL)
	}
}
