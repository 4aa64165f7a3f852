package microcks

import (
	"crypto/rsa"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Keycloak is what a server with sign-in knows of its realm.
type Keycloak struct {
	// URL is told to callers as the address to sign in at.
	URL string
	// Realm is the realm's name; empty means "microcks".
	Realm string
	// Key verifies the tokens.
	Key *rsa.PublicKey
	// Issuer is what the tokens' iss must be; empty means any.
	Issuer string
	// Leeway is how long a token is taken after its end; 0 means the 60 seconds
	// of a real server, negative none.
	Leeway time.Duration
}

func (k *Keycloak) realmName() string {
	if k.Realm == "" {
		return "microcks"
	}
	return k.Realm
}

// caller is who sent a request; without sign-in everybody may do everything.
type caller struct {
	signIn bool
	roles  []string
}

func (c caller) has(role string) bool { return !c.signIn || slices.Contains(c.roles, role) }

// manages reports whether a caller may change jobs. Their endpoints check it
// themselves, and refuse without the WWW-Authenticate of [Server.admit].
func (c caller) manages() bool { return c.has("manager") || c.has("admin") }

// admit reads the token and compares its roles with what the path asks for. A
// token that is no good is refused everywhere, also where none is needed.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, segments []string) (caller, bool) {
	k := s.options.Keycloak
	if k == nil {
		return caller{}, true
	}
	who := caller{signIn: true}
	token, given := bearer(r)
	if given {
		roles, err := k.roles(token)
		if err != nil {
			s.refuse(w, r, http.StatusUnauthorized,
				`error="invalid_token", error_description="`+decodingProblem(err)+`", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"`)
			return who, false
		}
		who.roles = roles
	}
	needed := s.needed(r.Method, segments)
	switch {
	case needed == nil || slices.ContainsFunc(needed, who.has):
		return who, true
	case !given:
		s.refuse(w, r, http.StatusUnauthorized, "")
	default:
		s.refuse(w, r, http.StatusForbidden,
			`error="insufficient_scope", error_description="The request requires higher privileges than provided by the access token.", `+
				`error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"`)
	}
	return who, false
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return "", false
	}
	return token, true
}

// refuse answers without a body.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	challenge := []string{}
	if why != "" {
		challenge = append(challenge, why)
	}
	if status == http.StatusUnauthorized && s.version.tellsResourceMetadata() {
		challenge = append(challenge, `resource_metadata="http://`+r.Host+`/.well-known/oauth-protected-resource"`)
	}
	w.Header().Set("WWW-Authenticate", strings.TrimSpace("Bearer "+strings.Join(challenge, ", ")))
	empty(w, status)
}

// needed is the roles of which a caller must have one; nil means none.
func (s *Server) needed(method string, segments []string) []string {
	any3 := []string{"user", "manager", "admin"}
	managing := []string{"manager", "admin"}
	admin := []string{"admin"}
	reading := method == http.MethodGet || method == http.MethodHead && segments[0] != "secrets"
	n := len(segments)
	switch {
	case segments[0] == "services" && n == 2 && s.version.readingServicesNeedsUser():
		if method == http.MethodGet {
			return []string{"user"}
		}
		return managing
	case segments[0] == "services" && n <= 2, segments[0] == "jobs" && n <= 2:
		return any3
	case (segments[0] == "services" || segments[0] == "jobs") && n == 3:
		return managing
	case segments[0] == "artifact" && n == 2 && s.version.uploadNeedsAdmin():
		return admin
	case segments[0] == "artifact" && n == 2:
		return managing
	case segments[0] == "secrets" && n <= 2 && reading:
		return any3
	case segments[0] == "secrets" &&
		(n == 1 && method == http.MethodPost || n == 2 && (method == http.MethodPut || method == http.MethodDelete)):
		return admin
	}
	return nil
}

// roles verifies a token and reads the roles of the client microcks-app.
func (k *Keycloak) roles(token string) ([]string, error) {
	var claims struct {
		jwt.RegisteredClaims
		ResourceAccess map[string]struct{ Roles []string } `json:"resource_access"`
	}
	leeway := k.Leeway
	if leeway == 0 {
		leeway = time.Minute
	}
	options := []jwt.ParserOption{jwt.WithValidMethods([]string{"RS256"}), jwt.WithLeeway(max(leeway, 0)), jwt.WithExpirationRequired()}
	if k.Issuer != "" {
		options = append(options, jwt.WithIssuer(k.Issuer))
	}
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return k.Key, nil }, options...)
	return claims.ResourceAccess["microcks-app"].Roles, err
}

// decodingProblem is how the server words what is wrong with a token.
func decodingProblem(err error) string {
	const start = "An error occurred while attempting to decode the Jwt: "
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return start + "Malformed token"
	case errors.Is(err, jwt.ErrTokenExpired):
		return start + "Jwt expired"
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return start + "The iss claim is not valid"
	}
	return start + "Signed JWT rejected: Invalid signature"
}
