package keycloak

import (
	"net/http"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// byAssertion finds the client by the token of another issuer. The client is
// the one whose provider issued the token and whose subject it names; each
// token counts once.
func (s *Server) byAssertion(r *http.Request) (*Client, *refusal) {
	invalid := &refusal{http.StatusUnauthorized, "invalid_client", badCredentials}
	form := r.PostForm
	if form.Get("client_assertion_type") != assertionType {
		return nil, invalid
	}
	raw := form.Get("client_assertion")
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(raw, &claims); err != nil {
		return nil, invalid
	}
	if id := form.Get("client_id"); id != "" && id != claims.Subject {
		return nil, &refusal{http.StatusBadRequest, "invalid_client", "client_id parameter does not match sub claim"}
	}
	i := slices.IndexFunc(s.providers, func(p Provider) bool { return p.Issuer == claims.Issuer })
	if i < 0 {
		return nil, invalid
	}
	provider := s.providers[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	c := slices.IndexFunc(s.clients, func(c Client) bool {
		return c.Provider == provider.Alias && c.Subject != "" && c.Subject == claims.Subject
	})
	if c < 0 {
		return nil, &refusal{http.StatusBadRequest, "unauthorized_client", "Client not found"}
	}
	client := s.clients[c]
	if why := s.judge(raw, provider, s.issuer(r)); why != "" {
		return nil, &refusal{http.StatusBadRequest, "invalid_client", why}
	}
	return &client, nil
}

// judge says what is wrong with an assertion of a known client, "" for
// nothing. It books the assertion's id: the same one is refused from then on.
func (s *Server) judge(raw string, provider Provider, realm string) string {
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(raw, &claims, func(*jwt.Token) (any, error) { return provider.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	now := time.Now()
	switch {
	case err != nil:
		return "Invalid signature"
	case !slices.Contains(claims.Audience, realm):
		return "Invalid token audience"
	case claims.ID == "":
		return "Missing jti claim"
	case claims.ExpiresAt == nil:
		return "Token exp claim is required"
	case now.After(claims.ExpiresAt.Time):
		return "Token is not active"
	}
	if end, seen := s.used[claims.ID]; seen && now.Before(end) {
		return "Token reuse detected"
	}
	s.used[claims.ID] = claims.ExpiresAt.Time
	return ""
}
