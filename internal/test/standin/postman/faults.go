package postman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault spoils answers. Faults wait in the order in which they were added; a
// request meets the first that matches it, and at most one.
type Fault struct {
	// On says which requests it is for; nil means every GET of one collection.
	On func(*http.Request) bool
	// Skip is how many matching requests pass unharmed before.
	Skip int
	// Times is how many requests it spoils; 0 means one, negative all.
	Times int

	// Delay and Hold come before anything else: a time to wait, and a channel
	// whose closing is waited for.
	Delay time.Duration
	Hold  <-chan struct{}

	// Answer replaces the whole answer, see [Named] and [Respond].
	Answer *answer
	// Change makes another body of a good one.
	Change func(body []byte) []byte
	// Redirect sends the caller there with Status (301 when 0).
	Redirect string
	Status   int
	// Gzip compresses although nobody asked.
	Gzip bool
	// NoETag leaves the tag out; ChangingETag gives another for each request.
	NoETag, ChangingETag bool
	// NotModified answers 304 to a matching If-None-Match, as Postman does not.
	NotModified bool
	// Truncate ends the connection in the middle of the body.
	Truncate bool

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

// Respond is a fault that answers with a status and body of the test's choice.
func Respond(status int, contentType, body string) Fault {
	return Fault{Answer: &answer{status: status, contentType: contentType, body: []byte(body)}}
}

// Named is the fault of a name: that of an error row such as "unauthorized",
// "quota-exhausted" or "html-504", or one of "slow" (answers when the caller
// gives up), "truncated", "gzip", "bom", "pretty", "space", "schema-host",
// "no-etag", "changing-etag", "not-modified", "not-utf8", or
// "redirect=STATUS,URL".
func Named(name string) (Fault, error) {
	if to, isRedirect := strings.CutPrefix(name, "redirect="); isRedirect {
		status, url, _ := strings.Cut(to, ",")
		n, err := strconv.Atoi(status)
		if err != nil || url == "" {
			return Fault{}, fmt.Errorf("fault %q: want redirect=STATUS,URL", name)
		}
		return Fault{Redirect: url, Status: n}, nil
	}
	for _, r := range rows() {
		if r.name == name {
			a := rowAnswer(name)
			return Fault{Answer: &a}, nil
		}
	}
	switch name {
	case "slow":
		return Fault{Hold: make(chan struct{})}, nil
	case "truncated":
		return Fault{Truncate: true}, nil
	case "gzip":
		return Fault{Gzip: true}, nil
	case "bom":
		return Fault{Change: func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }}, nil
	case "pretty":
		return Fault{Change: func(b []byte) []byte {
			var out bytes.Buffer
			if json.Indent(&out, b, "", "  ") != nil {
				return b
			}
			return out.Bytes()
		}}, nil
	case "space":
		return Fault{Change: func(b []byte) []byte {
			return bytes.Replace(b, []byte(`{"collection":`), []byte(`{ "collection":`), 1)
		}}, nil
	case "schema-host":
		return Fault{Change: func(b []byte) []byte {
			return bytes.Replace(b, []byte("https://schema.getpostman.com/"), []byte("https://schema.postman.com/"), 1)
		}}, nil
	case "not-utf8":
		return Fault{Change: func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"name":"`), []byte("\"name\":\"\xff"), 1)
		}}, nil
	case "no-etag":
		return Fault{NoETag: true}, nil
	case "changing-etag":
		return Fault{ChangingETag: true}, nil
	case "not-modified":
		return Fault{NotModified: true}, nil
	}
	return Fault{}, fmt.Errorf("fault %q: no such name", name)
}

// takeFault finds the fault for a request and uses it up.
func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.On != nil && !f.On(r) || f.On == nil && !isCollection(r) {
			continue
		}
		times := max(f.Times, 1)
		if f.Times >= 0 && f.met >= f.Skip+times {
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

func isCollection(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/collections/")
}

// spoil changes an answer that the server was about to give.
func (f *Fault) spoil(r *http.Request, a *answer) {
	if f.Redirect != "" {
		*a = answer{status: max(f.Status, http.StatusMovedPermanently), location: f.Redirect, contentType: "text/html",
			body: []byte("<html>\r\n<head><title>Moved</title></head>\r\n<body>\r\n<center><h1>Moved</h1></center>\r\n" +
				"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"), noETag: true}
		return
	}
	if f.Change != nil {
		a.body = f.Change(bytes.Clone(a.body))
	}
	a.noETag = a.noETag || f.NoETag
	a.forceGzip = f.Gzip
	if f.ChangingETag {
		a.etag = fmt.Sprintf(`W/"%x-%027d"`, len(a.body), f.met)
	}
}
