// Package keycloak is a stand-in for Keycloak 26.4 as far as a client with the
// client credentials grant sees it: discovery, keys, and the token endpoint
// with a stored client secret or with the token of another issuer.
package keycloak

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options of a server. The zero value is the realm that Microcks expects with
// one client for each set of roles.
type Options struct {
	// Realm is the realm's name; empty means "microcks".
	Realm string
	// Clients are the clients of the realm; nil means [DefaultClients].
	Clients []Client
	// Providers are the issuers whose tokens may stand for a client secret.
	Providers []Provider
	// TokenLifetime is how long a token lives; 0 means five minutes.
	TokenLifetime time.Duration
	// BaseURL is the address that tokens and documents name; empty means the
	// address by which the request came, as Keycloak does in development mode.
	BaseURL string
	// Key signs the tokens; nil means a key shared by the servers of a process.
	Key *rsa.PrivateKey
}

// Client of the realm with a service account.
type Client struct {
	ID     string
	Secret string   // empty: no login by secret
	Roles  []string // of the client microcks-app, given to the service account
	Public bool     // a client of browsers: has no service account
	// Provider and Subject are set for a client that logs in by another
	// issuer's token: the alias of that issuer, and the token's sub.
	Provider, Subject string
}

// Provider is an issuer whose tokens the realm takes as client assertions.
type Provider struct {
	Alias  string
	Issuer string
	Key    *rsa.PublicKey
}

// DefaultClients are the clients of the realm that tests of Microcks use: the
// secret of each is its name and "-secret".
func DefaultClients() []Client {
	return []Client{
		{ID: "microcks-app", Secret: "microcks-app-secret"},
		{ID: "microcks-app-js", Public: true},
		{ID: "ci-none", Secret: "ci-none-secret"},
		{ID: "ci-user", Secret: "ci-user-secret", Roles: []string{"user"}},
		{ID: "ci-manager", Secret: "ci-manager-secret", Roles: []string{"manager", "user"}},
		{ID: "ci-admin", Secret: "ci-admin-secret", Roles: []string{"manager", "admin", "user"}},
		{ID: "ci-adminonly", Secret: "ci-adminonly-secret", Roles: []string{"admin"}},
	}
}

// Server is the stand-in. Its methods may be called at any time.
type Server struct {
	realm     string
	baseURL   string
	lifetime  time.Duration
	key       *rsa.PrivateKey
	providers []Provider

	mu       sync.Mutex
	clients  []Client
	used     map[string]time.Time // assertions' jti to their end
	failures []failure
	requests []Request
}

// New starts a realm.
func New(o Options) *Server {
	if o.Realm == "" {
		o.Realm = "microcks"
	}
	if o.Clients == nil {
		o.Clients = DefaultClients()
	}
	if o.TokenLifetime == 0 {
		o.TokenLifetime = 5 * time.Minute
	}
	if o.Key == nil {
		o.Key = processKey()
	}
	return &Server{
		realm: o.Realm, baseURL: strings.TrimRight(o.BaseURL, "/"), lifetime: o.TokenLifetime, key: o.Key,
		providers: o.Providers, clients: append([]Client(nil), o.Clients...), used: map[string]time.Time{},
	}
}

// processKey makes one key for all servers that bring none: making a key takes
// longer than most tests, and nothing depends on whose it is.
var processKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the system has no randomness
	}
	return key
})

// PublicKey verifies the realm's tokens.
func (s *Server) PublicKey() *rsa.PublicKey { return &s.key.PublicKey }

// SetClient adds a client, or replaces the one of the same id.
func (s *Server) SetClient(c Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.clients {
		if s.clients[i].ID == c.ID {
			s.clients[i] = c
			return
		}
	}
	s.clients = append(s.clients, c)
}

// issuer is the realm's URL as the caller of this request knows it.
func (s *Server) issuer(r *http.Request) string {
	base := s.baseURL
	if base == "" {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		base = scheme + "://" + r.Host
	}
	return base + "/realms/" + s.realm
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	number := s.begin(r)
	defer func() { s.end(number, rec.status) }()

	h := rec.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	if f := s.takeFailure(r); f != nil {
		f.send(rec, r)
		return
	}
	realm, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/realms/"), "/")
	switch {
	case !strings.HasPrefix(r.URL.Path, "/realms/"):
		sendError(rec, http.StatusNotFound, "Unable to find matching target resource method", "")
	case realm != s.realm:
		sendError(rec, http.StatusNotFound, "Realm does not exist", "")
	case rest == "":
		sendJSON(rec, http.StatusOK, map[string]string{
			"realm": s.realm, "token-service": s.issuer(r) + "/protocol/openid-connect", "account-service": s.issuer(r) + "/account",
		})
	case rest == ".well-known/openid-configuration":
		sendJSON(rec, http.StatusOK, s.discovery(r))
	case rest == "protocol/openid-connect/certs":
		sendJSON(rec, http.StatusOK, s.keys())
	case rest == "protocol/openid-connect/token" && r.Method != http.MethodPost:
		sendError(rec, http.StatusMethodNotAllowed, "HTTP 405 Method Not Allowed", "")
	case rest == "protocol/openid-connect/token":
		s.token(rec, r)
	default:
		sendError(rec, http.StatusNotFound, "HTTP 404 Not Found", "")
	}
}

func (s *Server) discovery(r *http.Request) map[string]any {
	issuer := s.issuer(r)
	return map[string]any{
		"issuer":                                issuer,
		"token_endpoint":                        issuer + "/protocol/openid-connect/token",
		"jwks_uri":                              issuer + "/protocol/openid-connect/certs",
		"grant_types_supported":                 []string{"client_credentials"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt", "client_secret_basic", "client_secret_post"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"none"},
		"subject_types_supported":               []string{"public"},
	}
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may have gone
}

// sendError answers as Keycloak's endpoints do; description may be empty.
func sendError(w http.ResponseWriter, status int, code, description string) {
	body := map[string]string{"error": code}
	if description != "" {
		body["error_description"] = description
	}
	sendJSON(w, status, body)
}
