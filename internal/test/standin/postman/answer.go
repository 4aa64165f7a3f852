package postman

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// answer is a response before it is sent.
type answer struct {
	status      int
	contentType string
	header      http.Header
	body        []byte
	etag        string // empty: derived from the body
	noETag      bool
	location    string
	forceGzip   bool
}

// ok is a good answer with v as minified JSON, & < > as they are.
func ok(v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // only values of this package's own types come here
	}
	return answer{status: http.StatusOK, contentType: jsonType, body: bytes.TrimRight(b.Bytes(), "\n")}
}

// ETag is the weak tag that Postman's servers give a body: its length in hex
// and the first 27 characters of the base64 of its SHA-1.
func ETag(body []byte) string {
	sum := sha1.Sum(body)
	return fmt.Sprintf(`W/"%x-%s"`, len(body), base64.StdEncoding.EncodeToString(sum[:])[:27])
}

// send writes the answer, broken off where the fault says so.
func (a answer) send(w http.ResponseWriter, r *http.Request, fault *Fault) {
	h := w.Header()
	for k, v := range a.header {
		h[k] = v
	}
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	if a.location != "" {
		h.Set("Location", a.location)
	}
	tag := a.etag
	if tag == "" {
		tag = ETag(a.body)
	}
	if !a.noETag {
		h.Set("ETag", tag)
	}
	body := a.body
	if fault != nil && fault.NotModified && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if a.forceGzip || strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(body) > 1024 {
		h.Set("Content-Encoding", "gzip")
		body = gzipped(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		body = nil
	}
	w.WriteHeader(a.status)
	if fault != nil && fault.Truncate && len(body) > 1 {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // the connection ends in the middle of the body
	}
	_, _ = w.Write(body)
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}
