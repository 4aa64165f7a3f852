package keycloak

import "net/http"

// failure is an answer that a test puts in the way.
type failure struct {
	path   string
	times  int
	status int
	body   string
}

// Fail answers the next requests for a path that ends in the given text with
// this status and body, HTML when the body starts with <. A status of 0 breaks
// the connection.
func (s *Server) Fail(path string, times, status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, failure{path, times, status, body})
}

func (s *Server) takeFailure(r *http.Request) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.failures {
		f := &s.failures[i]
		if f.times > 0 && len(r.URL.Path) >= len(f.path) && r.URL.Path[len(r.URL.Path)-len(f.path):] == f.path {
			f.times--
			taken := *f
			return &taken
		}
	}
	return nil
}

func (f *failure) send(w http.ResponseWriter, _ *http.Request) {
	if f.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if len(f.body) > 0 && f.body[0] == '<' {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(f.status)
	_, _ = w.Write([]byte(f.body))
}
