package microcks

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// resourcePath is what follows the service and its version in a path, still
// escaped; a + in it counts as a space. A server looks for the name in its own
// escaping, and for the version as it is, so a version with a sign that has to
// be escaped is never found.
func resourcePath(path, name, version string) (rest string, found bool) {
	rest, found = strings.CutPrefix(path, predict.MockPath(name, "")+version)
	return strings.ReplaceAll(rest, "+", "%20"), found
}

// mock answers a call of a mock; escaped is its whole path.
func (s *Server) mock(w http.ResponseWriter, r *http.Request, name, version, escaped string) {
	one, err := s.named(strings.ReplaceAll(name, "+", " "), version)
	switch {
	case err != nil:
		failed(w, r, http.StatusInternalServerError)
		return
	case one == nil:
		s.plain(w, http.StatusNotFound, fmt.Sprintf("The service %s with version %s does not exist!", name, version))
		return
	}
	path, found := resourcePath(escaped, name, version)
	if !found {
		empty(w, http.StatusNotFound)
		return
	}
	c := s.choose(one, r, path)
	switch c.Kind {
	case mock.Saved, mock.Spoilt:
		asked := strings.ReplaceAll(url.PathEscape(name), "%2B", "+")
		if s.version.locatesByName() {
			asked = url.PathEscape(wordsOrEmpty(one.Name))
		}
		s.answer(w, r, c, "http://"+r.Host+"/rest/"+asked+"/"+version)
	case mock.Unmatched:
		if c.Body.Any {
			empty(w, c.Status)
			return
		}
		s.plain(w, c.Status, c.Body.String())
	case mock.NoOperation, mock.Preflight:
		empty(w, c.Status)
	default:
		failed(w, r, c.Status)
	}
}

// choose one of the answers that are possible, another one after each import. What
// is open here is a crash.
func (s *Server) choose(one *storedService, r *http.Request, path string) mock.Candidate {
	request := mock.Request{Method: r.Method, Path: path, Query: r.URL.RawQuery}
	for name, values := range r.Header {
		request.Headers = append(request.Headers, predict.Header{Name: name, Values: values})
	}
	if r.ContentLength != 0 {
		request.Body = ptr("some")
	}
	answer := mock.Of(s.predicted(one), mock.Options{Version: s.version.String()}).Answer(request)
	all := answer.Candidates
	if len(all) == 0 {
		return mock.Candidate{Kind: mock.Refused, Status: http.StatusInternalServerError}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return all[max(0, s.imported[*one.key()]-1)%len(all)]
}

// answer sends what comes back for an example. Relative Locations start at base.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c mock.Candidate, base string) {
	switch {
	case c.Flaw.Refused():
		failed(w, r, c.Status)
		return
	case c.Flaw == mock.FlawInterim:
		panic(http.ErrAbortHandler) // a client would wait for ever
	}
	res := c.Example.Response
	h := w.Header()
	h.Set("Content-Type", s.untyped())
	if res.MediaType != "" {
		h.Set("Content-Type", res.MediaType+";charset=UTF-8")
	}
	for _, header := range res.Headers {
		switch {
		case strings.EqualFold(header.Name, "Content-Type"):
			h.Set("Content-Type", header.Values[0])
		case c.Flaw == mock.FlawLength && strings.EqualFold(header.Name, "Content-Length"):
			h.Set("Content-Length", header.Values[0])
		}
	}
	for _, header := range c.Headers {
		if len(header.Values) == 0 {
			continue
		}
		value := s.compute(header.Values[0])
		if header.Completed {
			value = base + value
		}
		h[http.CanonicalHeaderKey(header.Name)] = []string{value}
	}
	w.WriteHeader(c.Status)
	if !c.Body.None {
		_, _ = w.Write([]byte(s.compute(c.Body.Text)))
	}
}

// untyped is the media type of an answer that has none of its own.
func (s *Server) untyped() string {
	if s.version.answersBytes() {
		return "application/octet-stream"
	}
	return "text/plain;charset=UTF-8"
}

func (s *Server) plain(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", s.untyped())
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
