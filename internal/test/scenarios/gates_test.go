package scenarios

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
	waiting *gate
	arrived chan struct{} // closed when a request is held
	release chan bool     // true: the held request goes on; false: it is lost
}

// gate holds one request, before the server acts on it or after.
type gate struct {
	after        bool
	method, path string // the end of the path
}

// patience is how long a scenario waits for a request that never comes.
const patience = 20 * time.Second

// add holds the next such request; there is one gate at a time.
func (g *gates) add(after bool, method, path string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = &gate{after, method, path}
	g.arrived, g.release = make(chan struct{}), make(chan bool, 1)
}

// take uses a gate up.
func (g *gates) take(r *http.Request) (one gate, arrived chan struct{}, release chan bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting == nil || g.waiting.method != r.Method || !strings.HasSuffix(r.URL.Path, g.waiting.path) {
		return gate{}, nil, nil
	}
	one = *g.waiting
	g.waiting = nil
	return one, g.arrived, g.release
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
		case goOn := <-release:
			if !goOn {
				panic(http.ErrAbortHandler)
			}
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

// open ends the holding: held requests go on, or they are lost on their way.
func (g *gates) open(goOn bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.release != nil {
		g.release <- goOn // buffered: nobody may be waiting any more
	}
	g.waiting, g.arrived, g.release = nil, nil, nil
}
