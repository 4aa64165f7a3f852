package transport

import (
	"bytes"
	"fmt"
	"net/http"

	"postman-microcks-importer/internal/text"
)

// Answerer is what an answer tells of who gave it in a server's place. Its texts
// are untrusted: cut, and on one line.
type Answerer struct {
	Page   bool   // the answer is an HTML page
	Title  string // of the page; "" without one
	Server string // the header Server; "" without one
	// Proxy is the proxy on the way of a request in plain http, without
	// credentials: the answer may be its own. "" for none, and for https, where
	// what a proxy says is no answer.
	Proxy string
}

// AnswererOf looks at an answer and its body.
func AnswererOf(resp *http.Response, body []byte) Answerer {
	a := Answerer{Page: IsPage(body), Server: text.Excerpt(resp.Header.Get("Server"), 60)}
	if a.Page {
		a.Title = text.PageTitle(body)
	}
	if resp.Request != nil && resp.Request.URL != nil {
		a.Proxy = plainProxy(resp.Request)
	}
	return a
}

// IsPage reports whether a body begins as a page does and JSON does not.
func IsPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// String is what stands behind "answered 403": ` with the page "Just a moment..."
// (Server "cloudflare")`; "" when nothing is known.
func (a Answerer) String() string {
	said := ""
	switch {
	case a.Title != "":
		said = fmt.Sprintf(" with the page %q", a.Title)
	case a.Page:
		said = " with an HTML page"
	}
	if a.Server != "" {
		said += fmt.Sprintf(" (Server %q)", a.Server)
	}
	if a.Proxy != "" {
		said += fmt.Sprintf(", by way of the proxy %s", a.Proxy)
	}
	return said
}

// plainProxy is the proxy by way of which a request in plain http goes.
func plainProxy(req *http.Request) string {
	if req.URL.Scheme != "http" {
		return ""
	}
	proxy, err := proxyFromEnvironment(req)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Scheme + "://" + proxy.Host
}
