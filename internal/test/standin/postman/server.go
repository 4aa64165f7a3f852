// Package postman is a stand-in for the Postman API: the part of it that
// serves collections, with its envelope, errors, limits and oddities. It is an
// [http.Handler] for tests and for the demo, and keeps everything in memory.
package postman

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// DefaultAPIKey is the key of the account that every server starts with. It
// has the shape of a real key and opens nothing anywhere.
const DefaultAPIKey = "PMAK-000000000000000000000000-0000000000000000000000000000000000"

// DefaultUserID is the id of that account, and so the owner part of the uids
// for which it may also use the bare id.
const DefaultUserID = "12345678"

// Options of a server. The zero value is a server with one account, a large
// quota, and no enforced rate.
type Options struct {
	// APIKey of the first account; empty means [DefaultAPIKey].
	APIKey string
	// UserID of the first account; empty means [DefaultUserID].
	UserID string
	// MonthLimit is how many calls an account may make in a month; 0 means
	// 1 000 000. Calls past it get the 429 of a used up quota.
	MonthLimit int64
	// MonthUsed is how many of them are gone already.
	MonthUsed int64
	// PerMinute is how many calls an account may make in a minute, 300 at
	// Postman. 0 means that the rate is told in headers but not enforced.
	PerMinute int
	// PerTenSeconds is the same for the listings, 10 calls at Postman.
	PerTenSeconds int
	// RateHeaders says which of the two sets of rate headers is sent.
	RateHeaders RateHeaders
	// Guest is whether the first account's /me says nothing of its calls.
	Guest bool
	// Latency is waited before every answer.
	Latency time.Duration
}

// RateHeaders names the sets of rate headers that Postman's documents describe.
type RateHeaders int

// Sets of rate headers.
const (
	BothRateHeaders  RateHeaders = iota // RateLimit-* and X-RateLimit-*
	DraftRateHeaders                    // RateLimit-*, reset as seconds from now
	XRateHeaders                        // X-RateLimit-*, reset as epoch seconds
	NoRateHeaders
)

// Server is the stand-in. Its methods may be called at any time, also while
// requests are served.
type Server struct {
	options Options

	mu          sync.Mutex
	keys        map[string]string // API key to user id
	collections map[string]*collection
	order       []string // uids as added
	accessKeys  map[string]string
	hidden      map[string]bool // uids that listings lack
	workspaces  []Workspace
	faults      []*Fault
	requests    []Request
	rates       map[string]*window
	monthUsed   int64
	served      int64 // numbers the traces
}

// New starts with one account and no collection.
func New(o Options) *Server {
	if o.APIKey == "" {
		o.APIKey = DefaultAPIKey
	}
	if o.UserID == "" {
		o.UserID = DefaultUserID
	}
	if o.MonthLimit == 0 {
		o.MonthLimit = 1_000_000
	}
	return &Server{
		options:     o,
		keys:        map[string]string{o.APIKey: o.UserID},
		collections: map[string]*collection{},
		accessKeys:  map[string]string{},
		hidden:      map[string]bool{},
		rates:       map[string]*window{},
		monthUsed:   o.MonthUsed,
	}
}

// AddAccount makes another API key valid.
func (s *Server) AddAccount(apiKey, userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[apiKey] = userID
}

// RevokeKey makes an API key invalid from the next request on.
func (s *Server) RevokeKey(apiKey string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, apiKey)
}

// ServeHTTP answers one request: a fault that waits for it first, then the
// account, the limits, and the route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &statusRecorder{ResponseWriter: w}
	number := s.begin(r)
	defer func() { s.end(number, rec.status) }()

	if !wait(r, s.options.Latency, nil) {
		return
	}
	fault := s.takeFault(r)
	if fault != nil && !wait(r, fault.Delay, fault.Hold) {
		return
	}
	a := s.answer(r, fault)
	if fault != nil {
		fault.spoil(r, &a)
	}
	s.dress(rec.Header(), number)
	a.send(rec, r, fault)
}

// answer is what an undisturbed Postman says, or the whole answer of a fault.
func (s *Server) answer(r *http.Request, fault *Fault) answer {
	if fault != nil && fault.Answer != nil {
		return *fault.Answer
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return rowAnswer("route-not-found")
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) == 2 && parts[0] == "collections" && s.opens(r.URL.Query().Get("access_key"), parts[1]) {
		return s.getCollection(r, parts[1], "")
	}
	key := r.Header.Get("X-API-Key")
	if key == "" {
		key = r.URL.Query().Get("apikey")
	}
	user, ok := s.user(key)
	if !ok {
		return rowAnswer("unauthorized")
	}
	listing := len(parts) == 1 && parts[0] == "collections" || parts[0] == "workspaces"
	headers, refused := s.count(user, listing)
	if refused != nil {
		refused.header = headers
		return *refused
	}
	a := rowAnswer("route-not-found")
	switch {
	case len(parts) == 2 && parts[0] == "collections":
		a = s.getCollection(r, parts[1], user)
	case len(parts) == 1 && parts[0] == "collections":
		a = s.listCollections(r)
	case len(parts) == 1 && parts[0] == "workspaces":
		a = s.listWorkspaces(r)
	case len(parts) == 2 && parts[0] == "workspaces":
		a = s.getWorkspace(parts[1])
	case len(parts) == 1 && parts[0] == "me":
		a = s.me(user)
	}
	a.header = headers
	return a
}

func (s *Server) user(key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.keys[key]
	return id, ok
}

// dress sets the headers that every answer of Postman's front end carries.
func (s *Server) dress(h http.Header, number int) {
	h.Set("Server", "nginx")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Srv-Trace", fmt.Sprintf("v=1;t=%016x", number+1))
	h.Set("X-Srv-Span", fmt.Sprintf("v=1;s=%016x", number+1))
	h.Set("Vary", "Accept-Encoding")
}

// wait passes when the time is over and the channel is closed; it fails when
// the caller has gone away.
func wait(r *http.Request, d time.Duration, hold <-chan struct{}) bool {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return false
		}
	}
	return true
}
