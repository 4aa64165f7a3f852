package keycloak

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// refusal is an error answer of the token endpoint.
type refusal struct {
	status            int
	code, description string
}

const badCredentials = "Invalid client or Invalid client credentials"

// token answers POST …/token. The form is judged before the client.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	client, no := s.grant(r)
	if no == nil {
		no = wrongScope(r.PostForm.Get("scope"))
	}
	if no != nil {
		sendError(w, no.status, no.code, no.description)
		return
	}
	signed, err := s.sign(s.issuer(r), *client)
	if err != nil {
		sendError(w, http.StatusInternalServerError, "unknown_error", err.Error())
		return
	}
	sendJSON(w, http.StatusOK, struct {
		AccessToken      string `json:"access_token"`
		ExpiresIn        int    `json:"expires_in"`
		RefreshExpiresIn int    `json:"refresh_expires_in"`
		TokenType        string `json:"token_type"`
		NotBeforePolicy  int    `json:"not-before-policy"`
		Scope            string `json:"scope"`
	}{signed, int(s.lifetime.Seconds()), 0, "Bearer", 0, "profile email"})
}

// grant finds the client that the request speaks for.
func (s *Server) grant(r *http.Request) (*Client, *refusal) {
	_ = r.ParseForm() // a body that is no form has no parameters
	form := r.PostForm
	for _, values := range form {
		if len(values) > 1 {
			return nil, &refusal{http.StatusBadRequest, "invalid_request", "duplicated parameter"}
		}
	}
	if form.Get("grant_type") == "" {
		return nil, &refusal{http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type"}
	}
	if form.Get("grant_type") != "client_credentials" {
		return nil, &refusal{http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type"}
	}
	if form.Has("client_assertion") || form.Has("client_assertion_type") {
		return s.byAssertion(r)
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, isBasic := r.BasicAuth(); isBasic {
		id, secret = unescape(user), unescape(password)
	}
	client := s.client(id)
	switch {
	case client == nil:
		return nil, &refusal{http.StatusUnauthorized, "invalid_client", badCredentials}
	case client.Public:
		return nil, &refusal{http.StatusUnauthorized, "unauthorized_client", "Public client not allowed to retrieve service account"}
	case client.Secret == "" || client.Secret != secret:
		return nil, &refusal{http.StatusUnauthorized, "unauthorized_client", badCredentials}
	}
	return client, nil
}

// wrongScope refuses scopes that the realm does not have.
func wrongScope(scope string) *refusal {
	known := []string{"", "openid", "profile", "email", "roles", "web-origins", "acr", "basic", "offline_access"}
	for _, one := range strings.Split(scope, " ") {
		if !slices.Contains(known, one) {
			return &refusal{http.StatusBadRequest, "invalid_scope", "Invalid scopes: " + scope}
		}
	}
	return nil
}

// unescape undoes the form encoding that RFC 6749 asks of Basic credentials;
// what is not encoded stays.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func (s *Server) client(id string) *Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.clients {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

// sign makes the access token of a client's service account.
func (s *Server) sign(issuer string, c Client) (string, error) {
	now := time.Now()
	claims := jwt.MapClaims{
		"exp": now.Add(s.lifetime).Unix(), "iat": now.Unix(), "jti": "trrtcc:" + randomUUID(), "iss": issuer,
		"sub": uuidOf(c.ID), "typ": "Bearer", "azp": c.ID, "acr": "1", "scope": "profile email",
		"email_verified": false, "preferred_username": "service-account-" + c.ID,
	}
	if len(c.Roles) > 0 { // without any role the token names no audience either
		claims["aud"] = "microcks-app"
		claims["resource_access"] = map[string]any{"microcks-app": map[string]any{"roles": c.Roles}}
	}
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	t.Header["kid"] = KeyID(s.PublicKey())
	return t.SignedString(s.key)
}

func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return dashed(hex.EncodeToString(b[:]))
}

func uuidOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return dashed(hex.EncodeToString(sum[:16]))
}

func dashed(h string) string {
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
