package microcks

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"postman-microcks-importer/internal/test/standin/postman"

	"github.com/google/go-cmp/cmp"
)

// recorder is a server that remembers what it was sent, and answers like the
// source.
type recorder struct {
	mu     sync.Mutex
	seen   []http.Header
	answer http.Handler
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.seen = append(r.seen, req.Header.Clone())
	r.mu.Unlock()
	r.answer.ServeHTTP(w, req)
}

// A server follows redirects and hands the key to whoever it is sent to.
func TestContractDownloadsFollowRedirectsWithTheKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		other := &recorder{answer: c.source}
		srv := httptest.NewServer(other)
		t.Cleanup(srv.Close)
		elsewhere := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
		address := c.serve(t, 1, c.pets("Pets"))
		key := c.key(t)
		tests := []struct {
			fault string
			works bool
		}{
			{"redirect=301,", true}, {"redirect=302,", true}, {"redirect=303,", true}, {"redirect=307,", true},
			{"redirect=308,", false}, // not followed; its body is no collection
		}
		for i, tt := range tests {
			fault, err := postman.Named(tt.fault + elsewhere + "/collections/" + fileName(address))
			if err != nil {
				t.Fatal(err)
			}
			c.source.Heal()
			c.source.Fail(fault)
			other.mu.Lock()
			other.seen = nil
			other.mu.Unlock()
			got := c.start(t, c.importer(t, 10+i, address, map[string]any{"secretRef": key})).object(t)
			if works := got["lastImportError"] == nil; works != tt.works {
				t.Errorf("%s: %v", tt.fault, got)
			}
			other.mu.Lock()
			if tt.works && (len(other.seen) != 1 || other.seen[0].Get("X-API-Key") != postman.DefaultAPIKey) {
				t.Errorf("%s: the other host saw %v", tt.fault, other.seen)
			}
			other.mu.Unlock()
		}
		// To another scheme: not followed either.
		u, _ := url.Parse(address)
		fault, err := postman.Named("redirect=301,https://" + u.Host + u.Path)
		if err != nil {
			t.Fatal(err)
		}
		c.source.Heal()
		c.source.Fail(fault)
		got := c.start(t, c.importer(t, 20, address, map[string]any{"secretRef": key})).object(t)
		if e, _ := got["lastImportError"].(string); e == "" || strings.Contains(e, "cannot be downloaded") {
			t.Errorf("to https: %v", got)
		}
	})
}

func TestContractDownloadsThatFail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		address := c.serve(t, 1, c.pets("Pets"))
		key := c.key(t)
		for i, tt := range []struct{ fault, want string }{
			{"unauthorized", address + " cannot be downloaded"},
			{"forbidden-problem", address + " cannot be downloaded"},
			{"not-found", address + " cannot be downloaded"},
			{"rate-limited", address + " cannot be downloaded"},
			{"quota-exhausted", address + " cannot be downloaded"},
			{"unavailable", address + " cannot be downloaded"},
			{"html-504", address + " cannot be downloaded"},
			{"gzip", "Input length = 1"},
			{"not-utf8", "Input length = 1"},
		} {
			fault, err := postman.Named(tt.fault)
			if err != nil {
				t.Fatal(err)
			}
			c.source.Heal()
			c.source.Fail(fault)
			got := c.start(t, c.importer(t, 10+i, address, map[string]any{"secretRef": key}))
			if got.status != 200 || got.field(t, "lastImportError") != tt.want {
				t.Errorf("%s: got %v, want %q", tt.fault, got, tt.want)
			}
		}
	})
}

func TestContractDownloadCredentials(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		source := &recorder{answer: http.NotFoundHandler()}
		srv := httptest.NewServer(source)
		t.Cleanup(srv.Close)
		for i, tt := range []struct {
			secret map[string]any
			want   map[string]string
		}{
			{map[string]any{"token": "t"}, map[string]string{"Authorization": "Bearer t"}},
			{map[string]any{"token": "t", "tokenHeader": "  "}, map[string]string{"Authorization": "Bearer t"}},
			{map[string]any{"token": "t", "tokenHeader": "x-my-key "}, map[string]string{"X-My-Key": "t"}},
			{map[string]any{"username": "u", "password": "p"}, map[string]string{"Authorization": "Basic dTpw"}},
			{map[string]any{"username": "u", "password": "p", "token": "t", "tokenHeader": "X-My-Key"},
				map[string]string{"Authorization": "Basic dTpw", "X-My-Key": "t"}},
			{map[string]any{"username": "u"}, map[string]string{}},
		} {
			id := c.id(100 + i)
			c.do(t, "POST", "/secrets", withKey(withKey(tt.secret, "id", id), "name", c.name("s")))
			source.mu.Lock()
			source.seen = nil
			source.mu.Unlock()
			c.start(t, c.importer(t, 10+i, srv.URL+"/x", map[string]any{"secretRef": map[string]any{"secretId": id}}))
			source.mu.Lock()
			if len(source.seen) != 1 {
				t.Errorf("%v: %d downloads", tt.secret, len(source.seen))
			} else {
				got := map[string]string{}
				for _, name := range []string{"Authorization", "X-My-Key"} {
					if v := source.seen[0].Get(name); v != "" {
						got[name] = v
					}
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%v (-want +got):\n%s", tt.secret, diff)
				}
			}
			source.mu.Unlock()
		}
	})
}
