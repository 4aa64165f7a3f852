package transport

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What a gateway wants goes to its origin, and to no other: not to one that a
// request names, nor to one that the origin redirects to.
func TestGatewayHeadersStayAtTheirOrigin(t *testing.T) {
	t.Parallel()
	var elsewhere string
	echo := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/within":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/away":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		default:
			fmt.Fprint(w, r.Header.Get("CF-Access-Client-Secret"), r.Header["X-Given"])
		}
	}
	own, other := serve(t, echo), serve(t, echo)
	elsewhere = other.URL
	client := clientWith(t, Options{Gateway: &Gateway{
		Origin: own.URL, Headers: http.Header{"Cf-Access-Client-Secret": {"canary"}, "X-Given": {"a", "b"}},
	}})
	for address, want := range map[string]string{
		own.URL: "canary[a b]", own.URL + "/within": "canary[a b]", other.URL: "[]",
	} {
		if _, body, err := send(t, client, "GET", address, ""); body != want || err != nil {
			t.Errorf("%s: %q, want %q: %v", address, body, want, err)
		}
	}
	if _, body, err := send(t, client, "GET", own.URL+"/away", ""); err == nil || strings.Contains(body, "canary") {
		t.Errorf("a redirect to another origin: %q, %v", body, err)
	}
	for _, origin := range []string{"", "127.0.0.1", "ftp://h"} {
		if _, err := NewClient(Options{Gateway: &Gateway{Origin: origin}}); err == nil {
			t.Errorf("origin %q", origin)
		}
	}
}

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{certificate: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a.key = key
	der, err := x509.CreateCertificate(rand.Reader, a.certificate, a.certificate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a.certificate, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) issue(t *testing.T, change func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	wanted := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(wanted)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, wanted, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// asking is a server that asks for certificates and says which it was shown.
func asking(t *testing.T, clients *x509.CertPool, auth tls.ClientAuthType, newest uint16) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range r.TLS.PeerCertificates {
			fmt.Fprint(w, c.Subject.CommonName)
		}
	}))
	s.Config.ErrorLog = nothing()
	s.TLS = &tls.Config{ClientAuth: auth, ClientCAs: clients, MaxVersion: newest}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// The client's certificate is shown to its own origin alone; one that is missing
// or not trusted is told, in the words of either version of TLS.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	trusted, strange := newAuthority(t), newAuthority(t)
	good := trusted.issue(t, func(c *x509.Certificate) { c.Subject.CommonName = "ci" })
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := asking(t, trusted.pool(), tls.RequireAndVerifyClientCert, version)
		for name, tt := range map[string]struct {
			shown *tls.Certificate
			hint  string // empty: it is let in
		}{
			"none":          {nil, "`client-certificate` and `client-key`"},
			"a good one":    {good, ""},
			"not trusted":   {strange.issue(t, nil), "client certificate"},
			"out of date":   {trusted.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), "client certificate"},
			"for a server ": {trusted.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[1:] }), "client certificate"},
		} {
			client := clientWith(t, Options{RootCAs: certificateOf(server), Gateway: &Gateway{Origin: server.URL, Certificate: tt.shown}})
			_, body, err := send(t, client, "GET", server.URL, "")
			if tt.hint == "" {
				if body != "ci" || err != nil {
					t.Errorf("%s: %q, %v", name, body, err)
				}
				continue
			}
			e, _ := errors.AsType[*Error](err)
			if e == nil || e.Kind != KindTLS || !strings.Contains(e.Hint(), tt.hint) {
				t.Errorf("%s, TLS %x: %v", name, version, err)
			}
		}
	}
	other := asking(t, nil, tls.RequestClientCert, tls.VersionTLS13)
	client := clientWith(t, Options{RootCAs: certificateOf(other), Gateway: &Gateway{Origin: "https://127.0.0.1:1", Certificate: good}})
	if _, body, err := send(t, client, "GET", other.URL, ""); body != "" || err != nil {
		t.Errorf("another origin was shown %q: %v", body, err)
	}
}

// A certificate that names its host in the common name alone counts for no host.
func TestCertificateWithoutSAN(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = nothing()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{*a.issue(t, nil)}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	client := clientWith(t, Options{RootCAs: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})})
	_, _, err := send(t, client, "GET", strings.Replace(s.URL, "127.0.0.1", "localhost", 1), "")
	e, _ := errors.AsType[*Error](err)
	if e == nil || !strings.Contains(e.Hint(), "(SAN)") {
		t.Errorf("%v: %v", err, e)
	}
}

// A client certificate is not shown to a proxy.
func TestClientCertificateAndProxy(t *testing.T) {
	t.Parallel()
	base, err := newBase(nil, &tls.Certificate{})
	if err != nil {
		t.Fatal(err)
	}
	if base.Proxy == nil || base.TLSClientConfig.Certificates == nil {
		t.Error("neither a proxy nor a certificate")
	}
	https, _ := url.Parse("https://proxy.example:3128")
	for proxy, want := range map[*url.URL]error{https: errProxyTLS, {Scheme: "http", Host: "proxy"}: nil, nil: nil} {
		if _, err := inClear(proxy, nil); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", proxy, err, want)
		}
	}
}

// What a plain http proxy wants is told as the proxy's.
func TestProxyWantsSignIn(t *testing.T) {
	t.Parallel()
	proxy := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
	base, err := newBase(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := url.Parse(proxy.URL)
	address.User = url.UserPassword("user", "secret")
	base.Proxy = http.ProxyURL(address)
	_, _, err = send(t, clientWith(t, Options{Base: &toProxies{base}}), "GET", "http://server.invalid/", "")
	e, _ := errors.AsType[*Error](err)
	if e == nil || e.Kind != KindProxy || !strings.Contains(e.Error(), "the proxy "+proxy.URL+" refused") ||
		strings.Contains(e.Error(), "secret") || !strings.Contains(e.Hint(), "add server.invalid to NO_PROXY") {
		t.Errorf("%v", err)
	}
}

func TestAnswerer(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"a":1}`: "",
		"<!DOCTYPE html><html><head><TITLE class=x>\n Just a &lt;moment&gt;...\x1b[31m </TITLE>": ` with the page "Just a <moment>...[31m"`,
		"<html>": " with an HTML page",
		"<title>" + strings.Repeat("x", 200) + "</title>": ` with the page "` + strings.Repeat("x", 79) + `…"`,
	} {
		resp := &http.Response{Header: http.Header{}}
		if got := AnswererOf(resp, []byte(body)).String(); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
		resp.Header.Set("Server", "cloudflare")
		if got := AnswererOf(resp, []byte(body)).String(); got != want+` (Server "cloudflare")` {
			t.Errorf("%q: %q", body, got)
		}
	}
	if !IsPage(bytes.TrimSpace([]byte("\ufeff <html>"))) {
		t.Error("no page")
	}
}
