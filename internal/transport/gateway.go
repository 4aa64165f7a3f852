package transport

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
)

// Gateway is what whoever stands before one origin wants of every request to it.
// It goes to that origin and nowhere else.
type Gateway struct {
	Origin  string      // scheme://host[:port]
	Headers http.Header // set over what a request has
	// Certificate is shown to the origin when it asks for one; nil for none.
	Certificate *tls.Certificate
}

// gated adds the headers of a gateway to the requests for its origin, and sends
// those by the connections that may show its certificate.
type gated struct {
	next, own http.RoundTripper // for others, for the origin
	headers   http.Header
	origin    string
}

// gate puts the layer of a gateway on top of next; own is what speaks to its
// origin. It fails on an origin that is not scheme://host[:port].
func gate(g Gateway, own, next http.RoundTripper) (*gated, error) {
	u, err := url.Parse(g.Origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("binding headers to the origin %q: it must be http(s)://host[:port]", Redact(g.Origin))
	}
	return &gated{next: next, own: own, headers: g.Headers, origin: originOf(u)}, nil
}

func (l *gated) RoundTrip(req *http.Request) (*http.Response, error) {
	if originOf(req.URL) != l.origin {
		return l.next.RoundTrip(req)
	}
	if len(l.headers) > 0 {
		req = req.Clone(req.Context())
		for name, values := range l.headers {
			req.Header[name] = append([]string(nil), values...)
		}
	}
	return l.own.RoundTrip(req)
}

// CloseIdleConnections closes those of both.
func (l *gated) CloseIdleConnections() {
	for _, t := range []http.RoundTripper{l.next, l.own} {
		if c, ok := t.(interface{ CloseIdleConnections() }); ok {
			c.CloseIdleConnections()
		}
	}
}
