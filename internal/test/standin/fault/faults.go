package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one way to spoil an answer. The zero value spoils nothing.
type Fault struct {
	Name string
	// Acted: the server acts, and only its answer suffers. Otherwise
	// the server never hears of the request.
	Acted bool
	// Shows: the reply is made of the server's answer.
	Shows bool
	// Late is how long after the answer the server acts: a gateway has given up
	// on it, not the other way round. Not with Acted.
	Late time.Duration
	// Delay is waited before anything else; with Acted after the server acted.
	Delay time.Duration
	// Meanwhile is what happens elsewhere before the answer; with Acted after
	// the server acted.
	Meanwhile func()
	// Reply replaces the answer; nil leaves the server's.
	Reply Reply
}

// Reply says something in the server's place. good is the server's own answer,
// nil when it was not asked.
type Reply func(w http.ResponseWriter, r *http.Request, good *httptest.ResponseRecorder)

// answer carries the fault out.
func (f Fault) answer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	var good *httptest.ResponseRecorder
	if f.Acted {
		good = httptest.NewRecorder()
		next.ServeHTTP(good, r)
	}
	if f.Late > 0 {
		behind := r.Clone(context.WithoutCancel(r.Context()))
		time.AfterFunc(f.Late, func() { next.ServeHTTP(httptest.NewRecorder(), behind) })
	}
	if f.Delay > 0 {
		wait(r, f.Delay)
	}
	if f.Meanwhile != nil {
		f.Meanwhile()
	}
	switch {
	case f.Reply != nil:
		f.Reply(w, r, good)
	case good != nil:
		send(w, good, good.Body.Bytes())
	default:
		next.ServeHTTP(w, r)
	}
}

// For are the faults that a request with this method can meet. With GET the
// caller cannot know whether the server was asked and then spoiled, unless it
// sees some of the answer, so that is one case.
func For(method string) []Fault {
	all := All()
	if method != http.MethodGet {
		return all
	}
	return slices.DeleteFunc(all, func(f Fault) bool { return f.Acted && !f.Shows || f.Late > 0 })
}

// All are the faults, of every kind one.
func All() []Fault {
	faults := []Fault{
		{Name: "answers 20 s late", Delay: 20 * time.Second},
		{Name: "is silent for 90 s", Delay: 90 * time.Second},
		{Name: "acts, is silent for 90 s", Acted: true, Delay: 90 * time.Second},
		{Name: "breaks the connection", Reply: Drop},
		{Name: "acts, breaks the connection", Acted: true, Reply: Drop},
		{Name: "acts, breaks off in the body", Acted: true, Shows: true, Reply: Half},
		{Name: "HTML with 200", Reply: Text(http.StatusOK, "text/html", page)},
		{Name: "acts, HTML with 200", Acted: true, Reply: Text(http.StatusOK, "text/html", page)},
		{Name: "redirects to a sign-in page", Reply: Redirect("https://sign-in.example.com/?next=/")},
		{Name: "acts, truncated JSON", Acted: true, Shows: true, Reply: Truncated},
		{Name: "acts, endless JSON", Acted: true, Shows: true, Reply: Endless},
		{Name: "acts, JSON of another type", Acted: true, Shows: true, Reply: Otherwise},
		{Name: "500 that repeats the request", Reply: Echo(http.StatusInternalServerError)},
		{Name: "400 that repeats the request", Reply: Echo(http.StatusBadRequest)},
		{Name: "429, again in 20 s", Reply: Later(20)},
		{Name: "504, acts 30 s later", Late: 30 * time.Second, Reply: Status(http.StatusGatewayTimeout)},
	}
	for _, status := range []int{400, 401, 403, 404, 429, 500, 502, 503, 504} {
		faults = append(faults,
			Fault{Name: strconv.Itoa(status), Reply: Status(status)},
			Fault{Name: fmt.Sprintf("acts, %d", status), Acted: true, Reply: Status(status)})
	}
	return faults
}

const page = "<!doctype html>\n<html><head><title>Welcome</title></head><body>Please sign in.</body></html>"

// Status answers with a status and the body that it usually has: a gateway's
// page, a framework's JSON, or nothing.
func Status(status int) Reply {
	switch {
	case status == http.StatusInternalServerError:
		return Text(status, "application/json", `{"timestamp":1700000000000,"status":500,"error":"Internal Server Error","path":"/api"}`)
	case status > http.StatusInternalServerError:
		return Text(status, "text/html", "<html><head><title>"+strconv.Itoa(status)+"</title></head><body>gateway</body></html>")
	}
	return Text(status, "", "")
}

// Text answers with a status and a body.
func Text(status int, contentType, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the caller may have gone
	}
}

// Drop breaks the connection before a byte of the answer.
func Drop(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) { breakOff(w) }

// Half breaks the connection in the middle of the answer, at the latest after
// its headers.
func Half(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
	copyHeader(w, good)
	w.Header().Set("Content-Length", strconv.Itoa(good.Body.Len()+1))
	w.WriteHeader(good.Code)
	_, _ = w.Write(good.Body.Bytes()[:good.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	breakOff(w)
}

// Truncated ends the answer in the middle as if it were whole.
func Truncated(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
	body := good.Body.Bytes()
	if len(body) < 2 {
		body = []byte("{}")
	}
	send(w, good, body[:len(body)/2])
}

// Endless answers with JSON that has no end.
func Endless(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
	copyHeader(w, good)
	w.WriteHeader(good.Code)
	_, err := io.WriteString(w, "[")
	for piece := bytes.Repeat([]byte("0,"), 1<<16); err == nil; {
		_, err = w.Write(piece)
	}
}

// Otherwise answers with JSON of another type than the good answer has.
func Otherwise(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
	other := `["surprise"]`
	if strings.HasPrefix(strings.TrimSpace(good.Body.String()), "[") {
		other = `{"surprise":true}`
	}
	send(w, good, []byte(other))
}

// Redirect sends the caller elsewhere.
func Redirect(to string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// Echo answers as a debugging gateway does: its message repeats what was sent,
// the end of the body first, credentials included.
func Echo(status int) Reply {
	return func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
		body, _ := io.ReadAll(r.Body) // what did not come cannot be repeated
		end := body[max(0, len(body)-150):]
		message, _ := json.Marshal(map[string]any{"message": fmt.Sprint(string(end), r.Header), "error": r.Header})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(message)
	}
}

// Later answers 429 and asks to come back in a number of seconds.
func Later(seconds int) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func send(w http.ResponseWriter, good *httptest.ResponseRecorder, body []byte) {
	copyHeader(w, good)
	w.WriteHeader(good.Code)
	_, _ = w.Write(body)
}

func copyHeader(w http.ResponseWriter, good *httptest.ResponseRecorder) {
	for name, values := range good.Header() {
		if name != "Content-Length" && name != "Content-Encoding" {
			w.Header()[name] = values
		}
	}
}
