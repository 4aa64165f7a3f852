// Package microcks is a stand-in for a Microcks server: the part of its API
// that deals with importers, secrets and services, and the mocks themselves,
// with the oddities that real servers show. It is an [http.Handler] for tests
// and for the demo and keeps everything in memory.
//
// The same contract tests run against it and against real servers, see
// contract_test.go.
package microcks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options of a server. The zero value is the newest version without sign-in.
type Options struct {
	// Version of the server; empty means "1.15.0".
	Version string
	// Source downloads collections; nil means a plain transport.
	Source http.RoundTripper
	// Keycloak turns sign-in on.
	Keycloak *Keycloak
	// Tenancy is what /features/config says of repository tenancy.
	Tenancy bool
	// StartDelay is waited in every import, after the job is loaded.
	StartDelay time.Duration
	// MaxUpload is how many bytes an uploaded file may have; 0 is [DefaultUpload].
	MaxUpload int
	// Hooks let a test stop an import at a chosen point.
	Hooks Hooks
}

// Hooks are called in the goroutine of the import, and hold it until they
// return. Each gets the job's id; all may be nil.
type Hooks struct {
	// BeforeImport: the job document is loaded, nothing is downloaded.
	BeforeImport func(jobID string)
	// AfterDownload: the collection is there and the service is looked up;
	// nothing of it is saved.
	AfterDownload func(jobID string)
	// BeforeMessages: the service is saved and the messages that an earlier
	// import of the same artifact left are deleted; the new ones are not saved.
	BeforeMessages func(jobID string)
	// BeforeSave: the import is done, the job document is not saved.
	BeforeSave func(jobID string)
}

// pause calls one of the hooks.
func (s *Server) pause(which func(Hooks) func(string), jobID string) {
	s.mu.Lock()
	hook := which(s.hooks)
	s.mu.Unlock()
	if hook != nil {
		hook(jobID)
	}
}

// Server is the stand-in. Its methods may be called at any time, also while
// requests are served.
type Server struct {
	options  Options
	version  version
	source   http.RoundTripper
	detached sync.WaitGroup

	// mu guards single reads and writes of a table, never more: between two of
	// them anything can happen, as on a real server.
	mu        sync.Mutex
	jobs      table
	secrets   table
	services  table
	messages  []message
	resources []resource
	files     map[string][]byte // of uploads that are being read
	imported  map[string]int    // how often, by the service's id
	lastID    int
	hooks     Hooks
	faults    []*Fault
	requests  []Request
	unhealthy int
}

// New starts an empty server.
func New(o Options) *Server {
	if o.Version == "" {
		o.Version = "1.15.0"
	}
	s := &Server{options: o, version: parseVersion(o.Version), source: o.Source, hooks: o.Hooks, imported: map[string]int{}}
	if s.source == nil {
		s.source = &http.Transport{Proxy: nil, DisableCompression: true, DisableKeepAlives: true}
	}
	return s
}

// Wait returns when imports whose caller was sent away have ended.
func (s *Server) Wait() { s.detached.Wait() }

// Unhealthy makes the next n health checks fail, and all other requests until then,
// as a gateway does while a server starts.
func (s *Server) Unhealthy(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unhealthy = n
}

// ServeHTTP answers one request, unless a fault is in the way.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &statusRecorder{ResponseWriter: w}
	number := s.begin(r)
	defer func() { s.end(number, rec.status) }()
	h := rec.Header()
	h.Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	h.Set("X-Content-Type-Options", "nosniff")
	if fault := s.takeFault(r); fault != nil {
		s.spoil(rec, r, fault)
		return
	}
	if s.starting() && r.URL.Path != "/api/health" {
		rec.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	s.route(rec, r)
}

func (s *Server) starting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unhealthy > 0
}

// route finds the endpoint. The servlet container refuses some characters in
// any path, escaped or not, before anything else looks at it.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if refusedPath(path) {
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("<!doctype html><html lang=\"en\"><head><title>HTTP Status 400 – Bad Request</title></head>" +
			"<body><h1>HTTP Status 400 – Bad Request</h1></body></html>"))
		return
	}
	segments, ok := split(path)
	if !ok {
		failed(w, r, http.StatusBadRequest)
		return
	}
	switch {
	case len(segments) >= 3 && segments[0] == "rest":
		s.mock(w, r, segments[1], segments[2], path)
	case len(segments) == 3 && segments[0] == "graphql" && r.Method == http.MethodPost:
		s.graphQL(w, r, segments[1], segments[2])
	case len(segments) >= 2 && segments[0] == "api":
		s.api(w, r, segments[1:])
	case len(segments) == 0:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		_, _ = w.Write([]byte("<!doctype html><html><head><title>Microcks</title></head><body></body></html>"))
	default:
		failed(w, r, http.StatusNotFound)
	}
}

// refusedPath reports whether a path never reaches Microcks: for an escaped slash
// or backslash, a percent sign, a semicolon, or an empty segment.
func refusedPath(path string) bool {
	lower := strings.ToLower(path)
	return slices.ContainsFunc([]string{"%2f", "%5c", "%25", "%3b", ";", "\\", "//"},
		func(bad string) bool { return strings.Contains(lower, bad) })
}

func split(path string) ([]string, bool) {
	var segments []string
	for _, raw := range strings.Split(strings.Trim(path, "/"), "/") {
		plain, err := url.PathUnescape(raw)
		if err != nil {
			return nil, false
		}
		if plain != "" {
			segments = append(segments, plain)
		}
	}
	return segments, true
}

// api answers what lies under /api.
func (s *Server) api(w http.ResponseWriter, r *http.Request, segments []string) {
	who, ok := s.admit(w, r, segments)
	if !ok {
		return
	}
	handlers := s.endpoint(segments)
	if handlers == nil {
		failed(w, r, http.StatusNotFound)
		return
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	handle := handlers[method]
	if handle == nil {
		failed(w, r, http.StatusMethodNotAllowed)
		return
	}
	id := ""
	if len(segments) > 1 {
		id = segments[1]
	}
	handle(w, r, who, id)
}

// handler answers one endpoint; id is the path segment behind the collection.
type handler func(w http.ResponseWriter, r *http.Request, who caller, id string)

// endpoint is the handlers of a path by method, nil for an unknown path.
func (s *Server) endpoint(segments []string) map[string]handler {
	if len(segments) > 3 {
		return nil
	}
	second, third := "", ""
	if len(segments) > 1 {
		second = segments[1]
	}
	if len(segments) > 2 {
		third = segments[2]
	}
	switch segments[0] {
	case "health":
		return map[string]handler{"GET": s.health}
	case "version", "keycloak", "features":
		return s.configuration(segments[0] + "/" + second)
	case "jobs":
		return s.jobEndpoint(len(segments), second, third)
	case "secrets":
		return s.secretEndpoint(len(segments), second)
	case "services":
		return s.serviceEndpoint(len(segments), second, third)
	case "resources":
		if second == "service" && third != "" {
			return map[string]handler{"GET": func(w http.ResponseWriter, _ *http.Request, _ caller, _ string) { s.resourcesOf(w, third) }}
		}
	case "artifact":
		if second == "upload" && third == "" {
			return map[string]handler{"POST": s.upload}
		}
	}
	return nil
}
