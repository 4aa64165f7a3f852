package transport

import "net/http"

// userAgent sets the header User-Agent. As the outermost layer it also answers
// for the connections of the innermost one.
type userAgent struct {
	next http.RoundTripper
	name string
	base http.RoundTripper
}

func (l *userAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	if l.name == "" {
		return l.next.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", l.name)
	return l.next.RoundTrip(req)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the
// connections, which it finds by this method alone.
func (l *userAgent) CloseIdleConnections() {
	if c, ok := l.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
