// Package github is a stand-in for two parts of GitHub. An [Issuer] gives a workflow a
// token which says what workflow it is: programs ask for it at the address and with
// the token that the runner hands them. A [Server] is the API of one repository, as
// far as a pull request needs it: comments, labels, changed files, and git's objects.
package github

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// RequestToken is what a request for a token must carry, as the runner's
// ACTIONS_ID_TOKEN_REQUEST_TOKEN.
const RequestToken = "request-token-of-the-job"

// Issuer is the stand-in. Its issuer is the address by which it is called.
type Issuer struct {
	key *rsa.PrivateKey

	mu       sync.Mutex
	claims   jwt.MapClaims
	asked    []string
	failures []int
}

// NewIssuer gives tokens for pushes to the branch main of a repository
// OWNER/NAME. Key signs them; nil makes a new one.
func NewIssuer(repository string, key *rsa.PrivateKey) *Issuer {
	if key == nil {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err) // the system has no randomness
		}
	}
	return &Issuer{key: key, claims: jwt.MapClaims{
		"sub": "repo:" + repository + ":ref:refs/heads/main", "repository": repository, "ref": "refs/heads/main", "ref_type": "branch",
		"event_name": "push", "workflow": "ci", "job_workflow_ref": repository + "/.github/workflows/ci.yml@refs/heads/main",
		"runner_environment": "github-hosted",
	}}
}

// Set changes a claim of the tokens to come, such as "sub"; nil removes it.
func (i *Issuer) Set(claim string, value any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.claims[claim] = value
	if value == nil {
		delete(i.claims, claim)
	}
}

// Fail answers the next requests for a token with these statuses.
func (i *Issuer) Fail(statuses ...int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.failures = append(i.failures, statuses...)
}

// Audiences lists the audiences for which tokens were asked.
func (i *Issuer) Audiences() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.asked)
}

// PublicKey verifies the tokens.
func (i *Issuer) PublicKey() *rsa.PublicKey { return &i.key.PublicKey }

// RequestURL is the runner's ACTIONS_ID_TOKEN_REQUEST_URL for a stand-in that
// is served at base.
func RequestURL(base string) string { return base + "/token?api-version=2.0" }

// ServeHTTP answers GET /token, the discovery document and the key set.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	issuer := "http://" + r.Host
	switch r.URL.Path {
	case "/token":
		i.token(w, r, issuer)
	case "/.well-known/openid-configuration":
		send(w, http.StatusOK, map[string]any{"issuer": issuer, "jwks_uri": issuer + "/.well-known/jwks"})
	case "/.well-known/jwks":
		b64 := base64.RawURLEncoding.EncodeToString
		send(w, http.StatusOK, map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
			"n": b64(i.key.N.Bytes()), "e": b64(big.NewInt(int64(i.key.E)).Bytes()),
		}}})
	default:
		http.NotFound(w, r)
	}
}

// token signs the claims for the audience that was asked for. A job without
// the permission has no request token, and is refused.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request, issuer string) {
	if r.Header.Get("Authorization") != "Bearer "+RequestToken {
		send(w, http.StatusUnauthorized, map[string]string{"message": "unauthorized"})
		return
	}
	audience := r.URL.Query().Get("audience")
	i.mu.Lock()
	i.asked = append(i.asked, audience)
	status := 0
	if len(i.failures) > 0 {
		status, i.failures = i.failures[0], i.failures[1:]
	}
	claims := maps.Clone(i.claims)
	i.mu.Unlock()
	if status != 0 {
		send(w, status, map[string]string{"message": http.StatusText(status)})
		return
	}
	now := time.Now()
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	for claim, value := range (jwt.MapClaims{
		"iss": issuer, "aud": audience, "jti": hex.EncodeToString(id[:]),
		"iat": now.Unix(), "nbf": now.Add(-5 * time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}) {
		if _, set := claims[claim]; !set {
			claims[claim] = value
		}
	}
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	t.Header["kid"] = "1"
	signed, err := t.SignedString(i.key)
	if err != nil {
		send(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	send(w, http.StatusOK, map[string]any{"count": len(signed), "value": signed})
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may have gone
}
