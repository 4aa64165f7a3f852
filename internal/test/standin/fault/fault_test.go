package fault_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/test/standin/fault"
)

// counter is a server that counts what it is asked to do.
type counter struct{ acted atomic.Int64 }

func (c *counter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.acted.Add(1)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"name":"a good answer"}`)
}

// seen is an answer as a client sees it.
type seen struct {
	Status int
	Body   string // its beginning
	Reset  bool   // the connection broke
	Acted  int
}

// Every fault looks alike through sockets and through the network in memory,
// the waiting apart.
func TestFaultsLookAlikeOnBothNetworks(t *testing.T) {
	t.Parallel()
	want := map[string]seen{
		"breaks the connection":        {Reset: true},
		"acts, breaks the connection":  {Reset: true, Acted: 1},
		"acts, breaks off in the body": {Status: 200, Body: `{"name":"a g`, Reset: true, Acted: 1},
		"HTML with 200":                {Status: 200, Body: "<!doctype html>\n<html>"},
		"acts, HTML with 200":          {Status: 200, Body: "<!doctype html>\n<html>", Acted: 1},
		"acts, truncated JSON":         {Status: 200, Body: `{"name":"a g`, Acted: 1},
		"acts, endless JSON":           {Status: 200, Body: "[0,0,0,0,0,0,0,0,0,0,0", Acted: 1},
		"acts, JSON of another type":   {Status: 200, Body: `["surprise"]`, Acted: 1},
		"redirects to a sign-in page":  {Status: 302},
		"429, again in 20 s":           {Status: 429},
		"503":                          {Status: 503, Body: "<html><head><title>503"},
		"acts, 503":                    {Status: 503, Body: "<html><head><title>503", Acted: 1},
		"404":                          {Status: 404},
		"500":                          {Status: 500, Body: `{"timestamp":170000000`},
	}
	for _, f := range fault.All() {
		expected, known := want[f.Name]
		if !known {
			continue
		}
		delete(want, f.Name)
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			server := &counter{}
			proxy := fault.NewProxy(server)
			listener := httptest.NewServer(proxy)
			defer listener.Close()
			proxy.Spoil("POST /things #1", f)
			got := ask(t, &http.Transport{DisableKeepAlives: true}, listener.URL)
			got.Acted = int(server.acted.Load())
			if d := cmp.Diff(expected, got); d != "" {
				t.Errorf("through sockets (-want +got):\n%s", d)
			}
			synctest.Test(t, func(t *testing.T) {
				server := &counter{}
				proxy := fault.NewProxy(server)
				proxy.Spoil("POST /things #1", f)
				got := ask(t, &fault.Network{Hosts: map[string]http.Handler{"server": proxy}}, "http://server")
				got.Acted = int(server.acted.Load())
				if d := cmp.Diff(expected, got); d != "" {
					t.Errorf("in memory (-want +got):\n%s", d)
				}
			})
		})
	}
	if len(want) > 0 {
		t.Errorf("no such faults: %v", want)
	}
}

func ask(t *testing.T, network http.RoundTripper, address string) seen {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/things", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := network.RoundTrip(req)
	if err != nil {
		return seen{Reset: broken(err)}
	}
	defer res.Body.Close()
	beginning := make([]byte, 22)
	n, err := io.ReadFull(res.Body, beginning)
	return seen{Status: res.StatusCode, Body: string(beginning[:n]), Reset: broken(err)}
}

// broken reports whether the other side reset the connection.
func broken(err error) bool {
	return errors.Is(err, syscall.ECONNRESET)
}

func TestOnlyTheChosenRequestIsSpoiled(t *testing.T) {
	t.Parallel()
	proxy := fault.NewProxy(&counter{})
	network := &fault.Network{Hosts: map[string]http.Handler{"server": proxy}}
	proxy.Spoil("GET /jobs/{id} #2", fault.Fault{Reply: fault.Status(http.StatusServiceUnavailable)})
	var statuses []int
	for _, path := range []string{
		"/jobs/0123456789abcdef01234567", "/jobs", "/jobs/76543210fedcba9876543210", "/jobs/0123456789abcdef01234567",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://server"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := network.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		statuses = append(statuses, res.StatusCode)
	}
	if d := cmp.Diff([]int{200, 200, 503, 200}, statuses); d != "" || !proxy.Struck() {
		t.Errorf("struck %t, statuses (-want +got):\n%s", proxy.Struck(), d)
	}
	if d := cmp.Diff([]string{"GET /jobs/{id} #1", "GET /jobs #1", "GET /jobs/{id} #2", "GET /jobs/{id} #3"}, proxy.Requests()); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

func TestACallerWhoGivesUpIsNoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		noticed := make(chan struct{})
		network := &fault.Network{Latency: time.Second, Hosts: map[string]http.Handler{
			"server": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				close(noticed)
			}),
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://server/", nil)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		res, err := network.RoundTrip(req)
		if err == nil {
			_ = res.Body.Close()
		}
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != 3*time.Second {
			t.Errorf("after %s: %v", took, err)
		}
		<-noticed
	})
}
