package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// bound attaches a credential to the requests for its origin.
type bound struct {
	next       http.RoundTripper
	credential Credential
	origin     string
}

// bind puts a layer with the credential on top of next. It fails on an origin
// that is not scheme://host[:port].
func bind(c Credential, next http.RoundTripper) (*bound, error) {
	u, err := url.Parse(c.Origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("binding the header %s to the origin %q: it must be http(s)://host[:port]", c.Header, Redact(c.Origin))
	}
	return &bound{next: next, credential: c, origin: originOf(u)}, nil
}

func (l *bound) RoundTrip(req *http.Request) (*http.Response, error) {
	if originOf(req.URL) != l.origin {
		return l.next.RoundTrip(req)
	}
	value, err := l.credential.Value(req.Context())
	if err != nil {
		return nil, &credentialError{err}
	}
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return nil, &unsendable{l.credential.Header} // net/http's error would not say whose value it is
	}
	req = req.Clone(req.Context())
	req.Header.Set(l.credential.Header, value)
	return l.next.RoundTrip(req)
}

// credentialError marks an error of Credential.Value on its way up the stack:
// it was retried where it arose, and its own words are the best there are.
type credentialError struct{ err error }

func (e *credentialError) Error() string { return e.err.Error() }
func (e *credentialError) Unwrap() error { return e.err }

// unsendable is a credential that no HTTP header can carry.
type unsendable struct{ header string }

func (e *unsendable) Error() string {
	return fmt.Sprintf("the value for the header %s has a line break or another control character in it", e.header)
}

// SameOrigin reports whether two addresses have one scheme, host and port, which
// may be left out where it is the scheme's default.
func SameOrigin(a, b *url.URL) bool { return originOf(a) == originOf(b) }

// originOf returns scheme://host:port in the one form that can be compared:
// lower case, with the port also where it is the scheme's default.
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		switch scheme {
		case "http":
			port = "80"
		case "https":
			port = "443"
		}
	}
	return scheme + "://" + strings.ToLower(u.Hostname()) + "|" + port
}
