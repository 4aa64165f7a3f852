package microcks

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Moment says when a fault strikes.
type Moment int

// Moments of a fault.
const (
	Before    Moment = iota // instead of acting
	After                   // the server has acted, its answer is lost
	Meanwhile               // the caller is answered at once, the server acts on
)

// Fault spoils answers, as a gateway in front of the server does. A request
// meets the first fault that matches it, and at most one.
type Fault struct {
	// Method and Path say which requests it is for; an empty method means any,
	// Path is the end of the path, such as "/start".
	Method, Path string
	// Skip is how many matching requests pass unharmed before.
	Skip int
	// Times is how many requests it spoils; 0 means one, negative all.
	Times int
	// When it strikes.
	When Moment
	// Status and Body are answered; a body that starts with < is HTML. Status 0
	// breaks the connection.
	Status int
	Body   string

	met int
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Method != "" && f.Method != r.Method || !strings.HasSuffix(r.URL.Path, f.Path) {
			continue
		}
		if f.Times >= 0 && f.met >= f.Skip+max(f.Times, 1) {
			continue
		}
		f.met++
		if f.met <= f.Skip {
			continue
		}
		taken := *f
		return &taken
	}
	return nil
}

func (s *Server) spoil(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch f.When {
	case After:
		s.route(httptest.NewRecorder(), r)
	case Meanwhile:
		detached := r.Clone(context.WithoutCancel(r.Context()))
		s.detached.Go(func() { s.route(httptest.NewRecorder(), detached) })
	}
	if f.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(f.Body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}
