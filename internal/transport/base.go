package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// errNoCertificate is the reason for refusing Options.RootCAs.
var errNoCertificate = errors.New("no PEM certificate found in it")

// newBase makes the layer that speaks to the network. It shows certificate, if
// any, to every server that asks for one.
func newBase(rootCAs []byte, certificate *tls.Certificate) (*http.Transport, error) {
	pool, err := roots(rootCAs)
	if err != nil {
		return nil, fmt.Errorf("reading the additional CA certificates: %w", err)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	proxy, trust := proxyFromEnvironment, &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	if certificate != nil {
		proxy, trust.Certificates = proxyInClear, []tls.Certificate{*certificate}
	}
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: checkProxyAnswer,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        trust,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true, // off by default once TLSClientConfig is set
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}, nil
}

// roots returns the system's root certificates with those of pem added; nil,
// which stands for the system's own, when pem is nil.
func roots(pem []byte) (*x509.CertPool, error) {
	if pem == nil {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // an image without roots: the given ones are all there are
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errNoCertificate
	}
	return pool, nil
}

// errProxyAddress stands for net/http's own error, which quotes the address
// with the password that may be in it.
var errProxyAddress = errors.New("the proxy address in the environment is not a URL")

func proxyFromEnvironment(req *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(req)
	if err != nil {
		return nil, errProxyAddress
	}
	return proxy, nil
}

// errProxyTLS is why a client certificate is not used: net/http would show it to
// the proxy, too.
var errProxyTLS = errors.New("the proxy in the environment is spoken to by https, which would show it the client certificate")

func proxyInClear(req *http.Request) (*url.URL, error) { return inClear(proxyFromEnvironment(req)) }

func inClear(proxy *url.URL, err error) (*url.URL, error) {
	if err == nil && proxy != nil && proxy.Scheme == "https" {
		return nil, errProxyTLS
	}
	return proxy, err
}

// proxyRefusal is a proxy's answer to CONNECT other than 200, of which net/http
// would report the bare status text, from which nobody guesses a proxy; and its
// answer 407 to a request in plain http, which looks like the server's.
type proxyRefusal struct {
	proxy  string // scheme://host:port
	status int
}

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy %s refused the connection with status %d %s", e.proxy, e.status, http.StatusText(e.status))
}

func checkProxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyRefusal{proxy: proxy.Scheme + "://" + proxy.Host, status: resp.StatusCode}
}

// toProxies turns a proxy's demand for a sign-in into an error.
type toProxies struct{ *http.Transport }

func (l *toProxies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.Transport.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusProxyAuthRequired {
		return resp, err
	}
	proxy, err := l.Proxy(req)
	if err != nil || proxy == nil || req.URL.Scheme != "http" {
		return resp, nil //nolint:nilerr // a request that was sent had no such error
	}
	_ = resp.Body.Close()
	return nil, &proxyRefusal{proxy: proxy.Scheme + "://" + proxy.Host, status: resp.StatusCode}
}
