package transport

import (
	"fmt"
	"net/http"
)

// maxRedirects is the most redirects that one request follows.
const maxRedirects = 10

// sameOriginOnly is the policy for redirects: within the origin, with the
// method kept. net/http hands custom headers such as X-API-Key on to whatever
// host a redirect names, a 307 hands on a token request's body, and a 301 turns
// a PUT into a GET whose 200 would pass for success. No API spoken here needs
// any of that, so it does not matter whether a credential is set.
func sameOriginOnly(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	var cause error
	switch {
	case originOf(next.URL) != originOf(last.URL):
		cause = fmt.Errorf("the server redirects to another origin, %s", Redact(next.URL.String()))
	case next.URL.User != nil:
		cause = fmt.Errorf("the server redirects to a URL with a user in it, %s", Redact(next.URL.String()))
	case next.Method != last.Method:
		cause = fmt.Errorf("the server redirects a %s to a %s of %s", last.Method, next.Method, Redact(next.URL.String()))
	case len(via) >= maxRedirects:
		cause = fmt.Errorf("the server redirected %d times", len(via))
	default:
		return nil
	}
	return &Error{
		Method: via[0].Method, URL: Redact(via[0].URL.String()), Kind: KindRedirect, Err: cause,
		origin: via[0].URL.Scheme + "://" + via[0].URL.Host,
		target: next.URL.Scheme + "://" + next.URL.Host,
	}
}
