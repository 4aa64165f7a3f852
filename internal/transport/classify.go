package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// newError classifies the cause of a failed request. An *Error stays as it is.
func newError(method, rawURL string, err error) *Error {
	// The cause of an interruption may be another request's error, which is
	// neither this one's to return nor to change.
	_, ended := errors.AsType[*interrupted](err)
	if e, ok := errors.AsType[*Error](err); ok && !ended {
		return e
	}
	// The wrapper of the client inside the retry layer quotes the whole URL.
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	e := &Error{Method: method, URL: Redact(rawURL), Kind: kindOf(err), Err: err}
	if u, parseErr := url.Parse(rawURL); parseErr == nil {
		e.host = strings.ToLower(u.Hostname())
	}
	return e
}

// kindOf tells why an attempt failed. The order matters: a failed look-up of
// the proxy's name is the proxy's failure, a time-out of a look-up is DNS's.
func kindOf(err error) Kind {
	if i, ok := errors.AsType[*interrupted](err); ok {
		if errors.Is(i.err, context.DeadlineExceeded) {
			return KindTimeout
		}
		return KindCanceled
	}
	if _, ok := errors.AsType[*statusError](err); ok {
		return KindTimeout // an answer is an error only when no time is left to ask again
	}
	if _, ok := errors.AsType[*proxyRefusal](err); ok || errors.Is(err, errProxyAddress) {
		return KindProxy
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return KindProxy
	}
	if _, ok := errors.AsType[*LimitError](err); ok {
		return KindLimit
	}
	if isTLS(err) {
		return KindTLS
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return KindDNS
	}
	for _, refused := range []error{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if errors.Is(err, refused) {
			return KindRefused
		}
	}
	if t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && t.Timeout() {
		return KindTimeout
	}
	for _, reset := range []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, reset) {
			return KindReset
		}
	}
	// net/http has no types for these.
	for _, reset := range []string{"server closed idle connection", "stream error:", "http2: server sent GOAWAY", "http2: client connection lost", "malformed MIME header"} {
		if strings.Contains(err.Error(), reset) {
			return KindReset
		}
	}
	return KindOther
}

// isTLS tells whether the parties could not agree on a trusted connection,
// which another attempt does not change.
func isTLS(err error) bool {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	// crypto/tls reports the alerts of either side so, with a private type inside.
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return true
	}
	return strings.HasPrefix(err.Error(), "tls: ")
}

// worthRepeating tells whether another attempt may go better.
func worthRepeating(e *Error) bool {
	switch e.Kind {
	case KindDNS, KindRefused, KindTimeout, KindReset:
		return true
	case KindProxy:
		refusal, ok := errors.AsType[*proxyRefusal](e.Err)
		return !ok && !errors.Is(e.Err, errProxyAddress) || ok && retryable(refusal.status)
	}
	return false
}
