package microcks

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// send answers with v as JSON.
func send(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // only documents that were read from JSON come here
	}
	body := bytes.TrimRight(b.Bytes(), "\n")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// empty answers with a status and no body.
func empty(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}

// text answers with plain text.
func text(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// failed answers with the error document that says nothing of the reason.
func failed(w http.ResponseWriter, r *http.Request, status int) {
	send(w, status, struct {
		Timestamp int64  `json:"timestamp"`
		Status    int    `json:"status"`
		Error     string `json:"error"`
		Path      string `json:"path"`
	}{time.Now().UnixMilli(), status, http.StatusText(status), r.URL.EscapedPath()})
}
