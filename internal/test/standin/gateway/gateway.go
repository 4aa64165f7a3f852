// Package gateway stands before a server, or between it and a client, as the
// gateways, firewalls and proxies of companies do: each is one way in which
// something else answers in the server's place.
package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// Kind is what stands before a server.
type Kind string

// Kinds.
const (
	SignInElsewhere Kind = "sso-other"      // sends everybody to a sign-in page of another host
	SignInPage      Kind = "sso-same"       // sends everybody to a sign-in page of its own
	SignInRefusal   Kind = "sso-403"        // refuses with a page, as oauth2-proxy does
	Challenge       Kind = "cf"             // refuses with a page that tries the browser, as Cloudflare does
	Basic           Kind = "basic"          // wants a name and password
	ToHTTPS         Kind = "https-redirect" // sends everybody to https
	Prefix          Kind = "prefix"         // serves below /microcks alone
	Firewall        Kind = "waf"            // lets GET and POST through
	Size            Kind = "size"           // lets bodies of up to 200 bytes through
	Token           Kind = "token"          // lets through who has a service token, as Cloudflare Access does
	Empty           Kind = "empty-403"      // refuses without a word
	Hostile         Kind = "hostile"        // refuses with a page that means harm
)

// Headers of the service token that [Token] wants.
const (
	TokenID     = "Cf-Access-Client-Id"
	TokenSecret = "Cf-Access-Client-Secret"
	ID          = "0c1de5.access"
	Secret      = "gw/5ecret+of<the>gateway&1="
)

// Password is what [Basic] wants, with the name ci.
const Password = "pw-of-the-gateway"

const page = "<!DOCTYPE html><html><head><title>%s</title></head><body>%s</body></html>"

// New stands before a server.
func New(kind Kind, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := func(status int, title string) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			fmt.Fprintf(w, page, title, "")
		}
		switch kind {
		case SignInElsewhere:
			http.Redirect(w, r, "http://login.example.invalid/oauth2/start?rd=%2F", http.StatusFound)
		case SignInPage:
			if strings.HasPrefix(r.URL.Path, "/oauth2") {
				answer(http.StatusOK, "Sign In")
				return
			}
			http.Redirect(w, r, "/oauth2/sign_in?rd=%2Fapi", http.StatusFound)
		case SignInRefusal:
			answer(http.StatusForbidden, "403 Forbidden")
		case Challenge:
			w.Header().Set("Server", "cloudflare")
			answer(http.StatusForbidden, "Just a moment...")
		case Basic:
			if name, password, given := r.BasicAuth(); !given || name != "ci" || password != Password {
				w.Header().Set("WWW-Authenticate", `Basic realm="mocks"`)
				answer(http.StatusUnauthorized, "401 Authorization Required")
				return
			}
			next.ServeHTTP(w, r)
		case ToHTTPS:
			http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusMovedPermanently)
		case Prefix:
			if !strings.HasPrefix(r.URL.Path, "/microcks/") {
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, "default backend - 404")
				return
			}
			http.StripPrefix("/microcks", next).ServeHTTP(w, r)
		case Firewall:
			if r.Method != http.MethodGet && r.Method != http.MethodPost {
				answer(http.StatusMethodNotAllowed, "405 Not Allowed")
				return
			}
			next.ServeHTTP(w, r)
		case Size:
			if r.ContentLength > 200 {
				answer(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large")
				return
			}
			next.ServeHTTP(w, r)
		case Token:
			if r.Header.Get(TokenID) != ID || r.Header.Get(TokenSecret) != Secret {
				w.Header().Set("Server", "cloudflare")
				answer(http.StatusForbidden, "Forbidden ・ Cloudflare Access")
				return
			}
			next.ServeHTTP(w, r)
		case Empty:
			w.WriteHeader(http.StatusForbidden)
		case Hostile:
			w.Header().Set("Server", "x##[error]y|`@team`")
			answer(http.StatusForbidden, "\n::set-output name=a::b\x1b[31m <img src=x> `@team` ##[add-mask]a"+strings.Repeat("A", 5000))
		default:
			panic("no gateway " + string(kind))
		}
	})
}

// Proxy is a proxy for plain http, which passes requests on to one server
// whatever their address says.
type Proxy struct {
	Status int    // answered in the server's place; 0 passes on
	Server string // of its own answers
	target *httputil.ReverseProxy
}

// NewProxy passes on to a server, or answers with a status.
func NewProxy(target string, status int) (*Proxy, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	return &Proxy{Status: status, Server: "squid/6.9", target: httputil.NewSingleHostReverseProxy(u)}, nil
}

// ServeHTTP answers one request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.Status == 0 && r.Method != http.MethodConnect {
		p.target.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Server", p.Server)
	if p.Status == http.StatusProxyAuthRequired {
		w.Header().Set("Proxy-Authenticate", `Basic realm="squid"`)
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(max(p.Status, http.StatusForbidden))
	fmt.Fprintf(w, page, "ERROR: The requested URL could not be retrieved", "")
}
