package keycloak

import (
	"net/http"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// byAssertion finds the client by the token of another issuer: the one whose
// provider issued the token and whose subject it names. A client_id is only
// good when it is that very subject. Each token counts once.
func (s *Server) byAssertion(r *http.Request) (*Client, *refusal) {
	invalid := &refusal{http.StatusUnauthorized, "invalid_client", badCredentials}
	form := r.PostForm
	raw := form.Get("client_assertion")
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(raw, &claims); err != nil || form.Get("client_assertion_type") != assertionType {
		return nil, invalid
	}
	if id := form.Get("client_id"); id != "" && id != claims.Subject {
		return nil, s.wrongClientID(id, claims.Subject)
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
		return nil, invalid
	}
	client := s.clients[c]
	_, err := jwt.ParseWithClaims(raw, &claims, func(*jwt.Token) (any, error) { return provider.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	if err != nil {
		return nil, invalid
	}
	if why := s.judge(claims, s.issuer(r)); why != "" {
		return nil, &refusal{http.StatusBadRequest, "invalid_client", why}
	}
	return &client, nil
}

// wrongClientID is the answer to a client_id that is not the token's subject.
func (s *Server) wrongClientID(id, subject string) *refusal {
	client := s.client(id)
	switch {
	case client == nil:
		return &refusal{http.StatusUnauthorized, "invalid_client", badCredentials}
	case client.Provider == "":
		return &refusal{http.StatusUnauthorized, "unauthorized_client", badCredentials}
	case client.Subject != subject:
		return &refusal{http.StatusBadRequest, "unauthorized_client", "Unexpected error when authenticating client"}
	}
	return &refusal{http.StatusBadRequest, "invalid_client", "client_id parameter does not match sub claim"}
}

// judge says what is wrong with the claims of a known client's assertion, ""
// for nothing. It books the assertion's id: the same one is refused from then
// on. The lock is held.
func (s *Server) judge(claims jwt.RegisteredClaims, realm string) string {
	now := time.Now()
	switch {
	case len(claims.Audience) > 1:
		return "Multiple audiences not allowed"
	case !slices.Contains(claims.Audience, realm):
		return "Invalid token audience"
	case claims.ID == "":
		return "Token jti claim is required"
	case claims.ExpiresAt == nil:
		return "Token exp claim is required"
	case now.After(claims.ExpiresAt.Time), claims.NotBefore != nil && now.Before(claims.NotBefore.Time.Add(-clockSkew)):
		return "Token is not active"
	}
	if end, seen := s.used[claims.ID]; seen && now.Before(end) {
		return "Token reuse detected"
	}
	s.used[claims.ID] = claims.ExpiresAt.Time
	return ""
}

// clockSkew is granted to the clocks of other issuers.
const clockSkew = 15 * time.Second
