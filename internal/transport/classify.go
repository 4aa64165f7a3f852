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
	"slices"
	"strings"
	"syscall"
)

// newError classifies the cause of a failed request. An *Error stays as it is.
func newError(method, rawURL string, err error) *Error {
	// The cause of an interruption may be another request's error, which is
	// neither this one's to return nor to change.
	if e, ok := errors.AsType[*Error](err); ok && !is[*interrupted](err) {
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

// kindOf returns why an attempt failed. The order matters: a failed look-up of
// the proxy's name is the proxy's failure, a time-out of a look-up is DNS's.
func kindOf(err error) Kind {
	if i, ok := errors.AsType[*interrupted](err); ok {
		if errors.Is(i.err, context.DeadlineExceeded) {
			return KindTimeout
		}
		return KindCanceled
	}
	switch {
	case is[*statusError](err):
		return KindTimeout // an answer is an error only when no time is left to ask again
	case isProxy(err):
		return KindProxy
	case is[*LimitError](err):
		return KindLimit
	case isTLS(err):
		return KindTLS
	case is[*net.DNSError](err):
		return KindDNS
	case isAny(err, syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH):
		return KindRefused
	case isTimeout(err):
		return KindTimeout
	case isReset(err):
		return KindReset
	}
	return KindOther
}

// is reports whether an error of type E is in err.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// isAny reports whether one of the targets is in err.
func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// isProxy reports whether the way to the server ended at its proxy.
func isProxy(err error) bool {
	if is[*proxyRefusal](err) || isAny(err, errProxyAddress, errProxyTLS) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}

// isTLS reports whether the parties could not agree on a trusted connection,
// which another attempt does not change.
func isTLS(err error) bool {
	switch {
	case errors.Is(err, http.ErrSchemeMismatch),
		is[*tls.CertificateVerificationError](err),
		is[x509.UnknownAuthorityError](err),
		is[x509.HostnameError](err),
		is[x509.CertificateInvalidError](err),
		is[tls.RecordHeaderError](err):
		return true
	}
	// crypto/tls reports the alerts of either side so, with a private type inside.
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return true
	}
	return strings.HasPrefix(err.Error(), "tls: ") // its other errors have no types
}

// isTimeout reports whether err calls itself a time-out.
func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

// resets are in the texts of those errors of net/http that mean a broken
// connection and have no types.
var resets = []string{
	"server closed idle connection",
	"stream error:",
	"http2: server sent GOAWAY",
	"http2: client connection lost",
	"malformed MIME header",
}

// isReset reports whether the connection broke off.
func isReset(err error) bool {
	if isAny(err, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed) {
		return true
	}
	return slices.ContainsFunc(resets, func(reset string) bool { return strings.Contains(err.Error(), reset) })
}

// worthRepeating reports whether another attempt may go better.
func worthRepeating(e *Error) bool {
	switch e.Kind {
	case KindDNS, KindRefused, KindTimeout, KindReset:
		return true
	case KindProxy:
		refusal, ok := errors.AsType[*proxyRefusal](e.Err)
		return !ok && !isAny(e.Err, errProxyAddress, errProxyTLS) || ok && retryable(refusal.status)
	}
	return false
}
