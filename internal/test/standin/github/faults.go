package github

import (
	"net/http"
	"strconv"
	"strings"
)

// Fault spoils answers. Faults wait in the order in which they were added; a request
// meets the first that matches it, and at most one.
type Fault struct {
	// On is what method and path must hold, such as "POST /repos/"; empty is every
	// request.
	On string
	// Skip is how many matching requests pass unharmed before, Times how many it
	// spoils; 0 means one, negative all.
	Skip, Times int

	// Status answers in GitHub's place, before anything is done, with Body and Header.
	Status int
	Body   string
	Header http.Header
	// Lose ends the connection after all was done.
	Lose bool
	// Empty answers without a body after all was done.
	Empty bool

	met int
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults and limits away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.limit = nil, nil
}

// SlowDown is a secondary limit, whose end is told or not (0 seconds).
func SlowDown(status, seconds int) Fault {
	f := Fault{
		Times: -1, Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: `{"message":"You have exceeded a secondary rate limit.",` +
			`"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`,
	}
	if seconds > 0 {
		f.Header.Set("Retry-After", strconv.Itoa(seconds))
	}
	return f
}

// Redirect sends the caller elsewhere.
func Redirect(status int, to string) Fault {
	return Fault{Times: -1, Status: status, Header: http.Header{"Location": {to}}}
}

// Page answers with a page of HTML.
func Page(status int, title string) Fault {
	return Fault{
		Times: -1, Status: status, Body: "<!DOCTYPE html><html><head><title>" + title + "</title></head></html>",
		Header: http.Header{"Content-Type": {"text/html"}},
	}
}

// takeFault finds the fault for a request and uses it up. The lock is held.
func (s *Server) takeFault(r *http.Request) *Fault {
	for _, f := range s.faults {
		if !strings.HasPrefix(r.Method+" "+r.URL.Path, f.On) {
			continue
		}
		if f.Times >= 0 && f.met >= f.Skip+max(f.Times, 1) {
			continue
		}
		if f.met++; f.met <= f.Skip {
			continue
		}
		taken := *f
		return &taken
	}
	return nil
}

// before reports whether the fault answers in place of GitHub.
func (f *Fault) before() bool { return f.Status != 0 }

func (f *Fault) answer() answer {
	a := answer{status: f.Status, header: f.Header}
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	return a
}
