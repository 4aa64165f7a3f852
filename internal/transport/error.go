package transport

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/text"
)

// Kind is why a request got no usable answer.
type Kind string

// Kinds.
const (
	KindDNS      Kind = "dns"      // the host's name has no address
	KindRefused  Kind = "refused"  // nothing listens there, or no way leads there
	KindTLS      Kind = "tls"      // no trusted encrypted connection
	KindTimeout  Kind = "timeout"  // too slow, or no time left to wait for another try
	KindReset    Kind = "reset"    // the connection broke off
	KindRedirect Kind = "redirect" // a redirect that is not followed
	KindProxy    Kind = "proxy"    // the proxy on the way
	KindLimit    Kind = "limit"    // an answer bigger than is read
	KindCanceled Kind = "canceled" // the run was ended from outside
	KindOther    Kind = "other"
)

// Error is a request without a usable answer.
type Error struct {
	Method string
	URL    string // redacted
	Kind   Kind
	Err    error // the cause

	Attempts int // how often it was tried; 0 when not known

	host   string // that could not be reached
	origin string // of a redirect: scheme://host that it came from
	target string // and that it leads to
	input  string // to be raised, when time was what lacked
}

func (e *Error) Error() string {
	if e.Attempts > 1 {
		return fmt.Sprintf("%s %s: %v (after %d attempts)", e.Method, e.URL, e.Err, e.Attempts)
	}
	return fmt.Sprintf("%s %s: %v", e.Method, e.URL, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Hint is the next step for whoever runs this.
func (e *Error) Hint() string {
	switch e.Kind {
	case KindDNS:
		return fmt.Sprintf("check the host name %q in the URL, and that this runner's network can resolve it", e.host)
	case KindRefused:
		if text.IsLoopback(e.host) {
			return "nothing listens at that port: check it, and that the server runs; in a container, as this action is on GitHub," +
				" localhost is the container itself: reach a server under services: by its name (http://microcks:8080)," +
				" one on the runner by http://172.17.0.1:PORT"
		}
		return "check host and port in the URL, that the server runs, and that a firewall lets this runner through"
	case KindTLS:
		return e.tlsHint()
	case KindTimeout:
		if e.input != "" {
			return fmt.Sprintf("raise the input `%s`, or run again when the server is less busy", e.input)
		}
		return "check that the server is up and not overloaded, then run again"
	case KindReset:
		return "run again; if it stays so, look for a proxy, load balancer or crash between this runner and the server"
	case KindRedirect:
		if e.target == "https://"+strings.TrimPrefix(e.origin, "http://") {
			return fmt.Sprintf("the server wants https: write the address as %s", e.target)
		}
		return fmt.Sprintf("if %s is the server you mean, give that address as the URL; if it is a sign-in page, have the gateway"+
			" that sends there let this runner through (for Microcks: by what `microcks-headers` gives it)", e.target)
	case KindProxy:
		return e.proxyHint()
	case KindLimit:
		return "make the answer smaller: split the collection, or drop large examples"
	case KindCanceled:
		return "run again; what was done until then is in the summary"
	}
	if errors.Is(e.Err, errSwitching) {
		return "something other than the server you mean answers at that address: check host and port in the URL, and proxies on the way"
	}
	if is[*unsendable](e.Err) {
		return "save the key or token again as a secret, on one line and without anything around it"
	}
	return "check the URL, then run again"
}

func (e *Error) proxyHint() string {
	refusal, _ := errors.AsType[*proxyRefusal](e.Err)
	switch {
	case errors.Is(e.Err, errProxyTLS):
		return fmt.Sprintf("add %s to the runner's NO_PROXY, or give a proxy that begins with http://", e.host)
	case refusal != nil && refusal.status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("the proxy wants a sign-in: put it into the address in the runner's HTTPS_PROXY and HTTP_PROXY"+
			" (http://USER:PASSWORD@HOST:PORT), or add %s to NO_PROXY", e.host)
	}
	return fmt.Sprintf("check the proxy in the runner's HTTPS_PROXY and HTTP_PROXY, or add %s to NO_PROXY", e.host)
}

// Alerts by which a server refuses the client's certificate, or the lack of one,
// in the words of crypto/tls, which gives them no types.
const (
	alertWanted    = "tls: certificate required"
	alertHandshake = "tls: handshake failure" // also TLS 1.2's word for it
)

var alertsRefused = []string{
	"tls: bad certificate", "tls: unsupported certificate", "tls: revoked certificate", "tls: expired certificate",
	"tls: unknown certificate", "tls: unknown certificate authority", "tls: access denied",
}

// remoteAlert is what the server said when it ended the handshake; "" when it was
// not the server that ended it.
func remoteAlert(err error) string {
	for op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil; op, ok = errors.AsType[*net.OpError](op.Err) {
		if op.Op == "remote error" {
			return op.Err.Error()
		}
	}
	return ""
}

func (e *Error) tlsHint() string {
	const howToShow = "give it as PEM in `client-certificate` and `client-key`, which count for the origin of `microcks-url` alone"
	alert := remoteAlert(e.Err)
	switch {
	case errors.Is(e.Err, http.ErrSchemeMismatch):
		return "the server speaks plain http at that port: check scheme and port in the URL"
	case alert == alertWanted:
		return "the server wants a client certificate: " + howToShow
	case alert == alertHandshake:
		return "the server may want a client certificate: " + howToShow + "; or it supports nothing newer than TLS 1.1"
	case slices.Contains(alertsRefused, alert):
		return "the server does not accept the client certificate, or wants one:" +
			" see that it is valid, and issued by an authority that the server trusts; " + howToShow
	}
	if wrong, ok := errors.AsType[x509.HostnameError](e.Err); ok {
		return hostHint(wrong)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](e.Err); ok && invalid.Reason == x509.Expired {
		return "renew the server's certificate, or set the clock of this runner"
	}
	if is[x509.UnknownAuthorityError](e.Err) {
		return "when a private authority issued the server's certificate, give the authority's certificate in the input `ca-certificate`"
	}
	return "the server and this program agree on no encrypted connection: it needs TLS 1.2 or newer and a valid certificate"
}

// hostHint tells a certificate for other hosts from one that names its host in a
// place that does not count any more.
func hostHint(wrong x509.HostnameError) string {
	c := wrong.Certificate
	if c == nil {
		return "use the host name that the server's certificate was issued for"
	}
	if len(c.DNSNames)+len(c.IPAddresses)+len(c.URIs)+len(c.EmailAddresses) == 0 {
		return "have the server's certificate issued again with the host as a subject alternative name (SAN):" +
			" its common name (CN) does not count (RFC 9525), whichever authority issued it"
	}
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	const most = 5
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return "use the host name that the server's certificate was issued for: " + text.Excerpt(strings.Join(names, ", "), 200)
}

// Anchor is the place in docs/troubleshooting.md.
func (e *Error) Anchor() string { return "connect-" + string(e.Kind) }

// ExitCode is 11: cannot connect.
func (e *Error) ExitCode() int { return 11 }

// Unreached reports whether no connection came about, whatever was asked for.
func (e *Error) Unreached() bool {
	return slices.Contains([]Kind{KindDNS, KindRefused, KindTLS, KindProxy}, e.Kind)
}

// Timeout reports whether time was what lacked.
func (e *Error) Timeout() bool { return e.Kind == KindTimeout }

// shortOfTime is an attempt that failed when the next one would begin after the
// deadline.
type shortOfTime struct {
	cause error         // why another attempt is needed
	wait  time.Duration // until that attempt
	left  time.Duration // until the deadline
	input string
}

func (e *shortOfTime) Error() string {
	return fmt.Sprintf("%v; the next try could be in %s, and `%s` leaves %s", e.cause,
		round(e.wait), e.input, round(e.left))
}

func (e *shortOfTime) Unwrap() error { return e.cause }

// statusError is an answer that would be worth another attempt.
type statusError struct{ status int }

func (e *statusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", e.status, http.StatusText(e.status))
}

// round makes a duration readable: whole seconds, below one milliseconds.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}

// interrupted is an attempt ended by its context. Both what the context says
// (cancelled or past its deadline) and its cause can be asked for.
type interrupted struct{ cause, err error }

func (e *interrupted) Error() string   { return e.cause.Error() }
func (e *interrupted) Unwrap() []error { return []error{e.cause, e.err} }

// Explain turns an error of http.Client.Do into the one to show: the [*Error]
// inside, or the credential's own. net/http wraps both in a *url.Error whose
// text quotes the whole URL, its query included. An error of a client that is
// not from [NewClient] is classified. Nil stays nil.
func Explain(err error) error {
	outer, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	if c, ok := errors.AsType[*credentialError](outer.Err); ok {
		return c.err
	}
	if _, ok := errors.AsType[explained](outer.Err); ok {
		return outer.Err
	}
	return newError(strings.ToUpper(outer.Op), outer.URL, outer.Err) // Op is "Get" for GET
}
