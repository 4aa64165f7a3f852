package world

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Request is one that came to a server.
type Request struct {
	Server Server
	Method string
	Path   string // still escaped, without the query
}

// String is "METHOD PATH".
func (r Request) String() string { return r.Method + " " + r.Path }

// Writes reports whether the request can change something in Microcks.
func (r Request) Writes() bool {
	return r.Server == Microcks && r.Method != http.MethodGet && r.Method != http.MethodHead && strings.HasPrefix(r.Path, "/api/")
}

// FromMicrocks reports whether Microcks made the request.
func FromMicrocks(r *http.Request) bool { return strings.HasPrefix(r.UserAgent(), "Java/") }

// record notes every request to a server.
func (w *World) record(name Server, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked := name
		if name == Postman && FromMicrocks(r) {
			asked = Download
		}
		w.guard.Lock()
		w.requests = append(w.requests, Request{asked, r.Method, r.URL.EscapedPath()})
		w.guard.Unlock()
		next.ServeHTTP(rw, r)
	})
}

// Requests are those to all servers since the world began or [World.Forget] was
// called, in order of arrival. These are the world's own: what a proxy in the
// way of Microcks answered is among them.
func (w *World) Requests() []Request {
	w.guard.Lock()
	defer w.guard.Unlock()
	return append([]Request(nil), w.requests...)
}

// Writes are those of the requests that can change something in Microcks.
func (w *World) Writes() []Request {
	var writes []Request
	for _, r := range w.Requests() {
		if r.Writes() {
			writes = append(writes, r)
		}
	}
	return writes
}

// To counts the requests to a server.
func (w *World) To(name Server) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Server == name {
			n++
		}
	}
	return n
}

// Forget forgets the requests so far.
func (w *World) Forget() {
	w.guard.Lock()
	defer w.guard.Unlock()
	w.requests = nil
}

// Tokens are those that Keycloak and GitHub have given.
func (w *World) Tokens() []string {
	w.guard.Lock()
	defer w.guard.Unlock()
	return append([]string(nil), w.tokens...)
}

// learnTokens keeps every token that is given.
func (w *World) learnTokens(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			next.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		var body struct {
			Access   string `json:"access_token"`
			Identity string `json:"value"`
		}
		_ = json.Unmarshal(answer.Body.Bytes(), &body) // an error page has no token
		w.guard.Lock()
		for _, token := range []string{body.Access, body.Identity} {
			if token != "" {
				w.tokens = append(w.tokens, token)
			}
		}
		w.guard.Unlock()
		for name, values := range answer.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes()) // the caller may have gone
	})
}
