// Package fault stands in front of stand-in servers and spoils one chosen
// answer, as networks, gateways and crashing servers do.
package fault

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Proxy passes requests on to a server and spoils the answer to one of them. It
// is an [http.Handler] for a real listener or for a [Network]. Its methods may
// be called at any time.
type Proxy struct {
	next http.Handler

	mu       sync.Mutex
	seen     map[string]int
	requests []string
	spoiled  string // the request to spoil, as Requests lists it
	fault    Fault
	struck   bool
}

// NewProxy stands in front of a server.
func NewProxy(next http.Handler) *Proxy { return &Proxy{next: next, seen: map[string]int{}} }

// Requests lists what came in since the last [Proxy.Forget], in order of
// arrival: "GET /api/jobs/{id} #2" is the second of its method and path, where
// ids do not count, since a server hands them out in the order of requests.
func (p *Proxy) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Forget makes a new list, and takes the fault away.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen, p.requests, p.spoiled, p.struck = map[string]int{}, nil, "", false
}

// Spoil chooses a request, as [Proxy.Requests] lists it.
func (p *Proxy) Spoil(request string, f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spoiled, p.fault, p.struck = request, f, false
}

// Struck reports whether the chosen request came.
func (p *Proxy) Struck() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.struck
}

// ServeHTTP answers one request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f, chosen := p.arrived(r); chosen {
		f.answer(w, r, p.next)
		return
	}
	p.next.ServeHTTP(w, r)
}

func (p *Proxy) arrived(r *http.Request) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what := r.Method + " " + ids.ReplaceAllString(r.URL.EscapedPath(), "{id}")
	p.seen[what]++
	name := fmt.Sprintf("%s #%d", what, p.seen[what])
	p.requests = append(p.requests, name)
	if name != p.spoiled {
		return Fault{}, false
	}
	p.struck = true
	return p.fault, true
}

// ids of documents, and the uids of collections.
var ids = regexp.MustCompile(`[0-9a-f]{24}|[0-9]+-[0-9a-f-]{36}`)

// breakOff ends the connection so that the other side sees a reset.
func breakOff(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, isTCP := conn.(*net.TCPConn); isTCP {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // a network without sockets knows what to do
}

// wait returns when the time is over or the caller has gone.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
