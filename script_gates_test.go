package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// gates hold requests to a server, so that a scenario can do something at that
// very moment.
type gates struct {
	mu      sync.Mutex
	waiting []gate
	arrived chan struct{} // closed when a request is held
	release chan struct{} // closed when all may go on
}

// gate holds one request, before the server acts on it or after.
type gate struct {
	after        bool
	method, path string // the end of the path
}

// patience is how long a scenario waits for a request that never comes.
const patience = 20 * time.Second

func (g *gates) add(after bool, method, path string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, gate{after, method, path})
	if g.arrived == nil {
		g.arrived, g.release = make(chan struct{}), make(chan struct{})
	}
}

// take uses a gate up.
func (g *gates) take(r *http.Request) (one gate, arrived, release chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, one := range g.waiting {
		if one.method == r.Method && strings.HasSuffix(r.URL.Path, one.path) {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			return one, g.arrived, g.release
		}
	}
	return gate{}, nil, nil
}

func (g *gates) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		one, arrived, release := g.take(r)
		if arrived == nil {
			next.ServeHTTP(rw, r)
			return
		}
		if one.after {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		close(arrived)
		select {
		case <-release:
		case <-r.Context().Done(): // the caller has gone: nothing happens any more
			return
		}
		if one.after {
			panic(http.ErrAbortHandler) // its answer is lost
		}
		next.ServeHTTP(rw, r)
	})
}

// await returns when a request is held.
func (g *gates) await(ts *testscript.TestScript) {
	g.mu.Lock()
	arrived := g.arrived
	g.mu.Unlock()
	need(ts, arrived != nil, "microcks hold first")
	select {
	case <-arrived:
	case <-time.After(patience):
		ts.Fatalf("no such request came in %s", patience)
	}
}

// open lets held requests go on, and holds no more.
func (g *gates) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.release != nil {
		close(g.release)
	}
	g.waiting, g.arrived, g.release = nil, nil, nil
}
