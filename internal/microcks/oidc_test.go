package microcks_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"postman-microcks-importer/internal/fake/keycloak"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/transport"
)

const (
	onMain     = "repo:octo/pets:ref:refs/heads/main"
	onFeature  = "repo:octo/pets:ref:refs/heads/feature"
	jobsBearer = "the-job-s-own-bearer"
)

// github stands for the two addresses of GitHub's that matter here: the one
// where a job asks for its token, and the one with the keys that verify it.
type github struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu        sync.Mutex
	subject   string   // of the workflow that asks
	refuse    int      // status to answer with; 0 to sign
	audiences []string // asked for, in order
	ids       []string // jti of the tokens, in order
}

func newGitHub(t *testing.T, subject string) *github {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	g := &github{key: key, subject: subject}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{keycloak.JWK(&key.PublicKey)}})
	})
	mux.HandleFunc("GET /token", g.token)
	g.Server = httptest.NewServer(mux)
	t.Cleanup(g.Close)
	return g
}

// token answers as a runner's token service does: the address has a query
// already, and the bearer is the job's.
func (g *github) token(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+jobsBearer || r.URL.Query().Get("api-version") != "2.0" {
		http.Error(w, "", http.StatusUnauthorized)
		return
	}
	if g.refuse != 0 {
		http.Error(w, "{}", g.refuse)
		return
	}
	audience := r.URL.Query().Get("audience")
	id := rand.Text()
	g.audiences, g.ids = append(g.audiences, audience), append(g.ids, id)
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": g.URL, "sub": g.subject, "aud": audience, "jti": id,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	})
	token.Header["kid"] = keycloak.KeyID(&g.key.PublicKey)
	signed, err := token.SignedString(g.key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, map[string]any{"count": len(signed), "value": signed})
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the caller may have gone
}

// workflow says which subject asks from now on.
func (g *github) workflow(subject string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.subject = subject
}

// asked lists the audiences and ids of the tokens that GitHub gave out.
func (g *github) asked() (audiences, ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.audiences), slices.Clone(g.ids)
}

// learned collects what a run would mask.
type learned struct {
	mu     sync.Mutex
	tokens []string
}

func (l *learned) add(token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tokens = append(l.tokens, token)
}

// signIn is the source of a workflow of g in a realm, as the program makes it.
func signIn(t *testing.T, g *github, realm microcks.Realm, masks *learned) oauth2.TokenSource {
	t.Helper()
	bearing, err := transport.NewClient(transport.Options{Credential: &transport.Credential{
		Origin: g.URL, Header: "Authorization",
		Value: func(context.Context) (string, error) { return "Bearer " + jobsBearer, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := transport.NewClient(transport.Options{})
	if err != nil {
		t.Fatal(err)
	}
	identity := microcks.WorkflowIdentity{RequestURL: g.URL + "/token?api-version=2.0", RequestToken: jobsBearer}
	return microcks.GitHubOIDCSource(t.Context(), bearing, plain, identity, realm, masks.add)
}

// federated is a stand-in realm in which onMain may speak for one client.
func federated(t *testing.T, g *github, change func(*keycloak.Options)) (*keycloak.Server, microcks.Realm) {
	t.Helper()
	options := keycloak.Options{
		Realm:     "microcks",
		Clients:   []keycloak.Client{{ID: "postman-importer", Provider: "github", Subject: onMain, Roles: []string{"manager"}}},
		Providers: []keycloak.Provider{{Alias: "github", Issuer: g.URL, Key: &g.key.PublicKey}},
	}
	if change != nil {
		change(&options)
	}
	fake := keycloak.New(options)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return fake, microcks.Realm{URL: server.URL, Name: "microcks"}
}

func TestGitHubOIDC(t *testing.T) {
	t.Parallel()
	g := newGitHub(t, onMain)
	fake, realm := federated(t, g, nil)
	masks := &learned{}
	source := signIn(t, g, realm, masks)
	proveSignedIn(t, source, microcks.Manager)

	audiences, ids := g.asked()
	if diff := cmp.Diff([]string{realm.Issuer()}, audiences); diff != "" {
		t.Errorf("audiences asked for (-want +got):\n%s", diff)
	}
	again, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	if _, now := g.asked(); len(now) != len(ids) {
		t.Error("a token that is still good was fetched again")
	}
	// The assertion is a credential, too: both are masked, the assertion first.
	if len(masks.tokens) != 2 || masks.tokens[1] != again.AccessToken || strings.Count(masks.tokens[0], ".") != 2 {
		t.Errorf("masked: %d tokens", len(masks.tokens))
	}
	for _, r := range fake.Requests() {
		if r.Status >= 400 {
			t.Errorf("%s %s was answered %d", r.Method, r.Path, r.Status)
		}
	}
}

// proveSignedIn fails unless a token comes that has the role.
func proveSignedIn(t *testing.T, source oauth2.TokenSource, role microcks.Role) {
	t.Helper()
	token, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	account, err := microcks.ReadAccount(token.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if !account.Has(role) {
		t.Errorf("the account %q has roles %v, not %s", account.Name, account.Roles, role)
	}
	if left := time.Until(token.Expiry); left < time.Minute {
		t.Errorf("the token lives %s", left)
	}
}

func TestGitHubOIDCOtherSubject(t *testing.T) {
	t.Parallel()
	g := newGitHub(t, onFeature)
	_, realm := federated(t, g, nil)
	proveRefused(t, signIn(t, g, realm, &learned{}), onFeature, realm.Issuer(), g.URL)
	if _, ids := g.asked(); len(ids) != 1 {
		t.Errorf("a refusal was tried %d times", len(ids))
	}
}

// proveRefused fails unless the refusal tells everything that has to be set
// right in Keycloak: the sub and aud that were sent, and their issuer.
func proveRefused(t *testing.T, source oauth2.TokenSource, subject, audience, issuer string) {
	t.Helper()
	_, err := source.Token()
	var refused *microcks.SignInError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if diff := cmp.Diff(&microcks.Assertion{Issuer: issuer, Subject: subject, Audience: audience}, refused.Assertion); diff != "" {
		t.Errorf("what was sent (-want +got):\n%s", diff)
	}
	for _, part := range []string{`sub "` + subject + `"`, `aud "` + audience + `"`, "identity provider for " + issuer, "jwt.credential.sub", "jwt.credential.issuer", "client-auth-federated"} {
		if !strings.Contains(refused.Hint(), part) {
			t.Errorf("the hint lacks %q: %s", part, refused.Hint())
		}
	}
	if refused.Anchor() != "keycloak-oidc-refused" || refused.ExitCode() != 12 {
		t.Errorf("anchor %q, exit code %d", refused.Anchor(), refused.ExitCode())
	}
}

// Behind a proxy the realm calls itself by another address than the one in use:
// its own one has to be the audience.
func TestGitHubOIDCAudienceIsTheRealmsOwnName(t *testing.T) {
	t.Parallel()
	g := newGitHub(t, onMain)
	_, realm := federated(t, g, func(o *keycloak.Options) { o.BaseURL = "https://sso.example.com" })
	proveSignedIn(t, signIn(t, g, realm, &learned{}), microcks.Manager)
	audiences, _ := g.asked()
	if diff := cmp.Diff([]string{"https://sso.example.com/realms/microcks"}, audiences); diff != "" {
		t.Errorf("audiences asked for (-want +got):\n%s", diff)
	}
}

// Keycloak takes every assertion once, so another try needs a fresh one.
func TestGitHubOIDCTriesAgainWithAFreshAssertion(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, http.StatusServiceUnavailable} {
		g := newGitHub(t, onMain)
		fake, realm := federated(t, g, nil)
		fake.Fail("/token", 2, status, "<html>busy</html>")
		proveSignedIn(t, signIn(t, g, realm, &learned{}), microcks.Manager)
		_, ids := g.asked()
		if slices.Sort(ids); len(slices.Compact(ids)) != 3 {
			t.Errorf("after status %d: %d different assertions, want 3", status, len(slices.Compact(ids)))
		}
	}
}

func TestGitHubOIDCGivesUp(t *testing.T) {
	t.Parallel()
	g := newGitHub(t, onMain)
	fake, realm := federated(t, g, nil)
	fake.Fail("/token", 9, http.StatusServiceUnavailable, "<html>busy</html>")
	_, err := signIn(t, g, realm, &learned{}).Token()
	var refused *microcks.SignInError
	if !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable {
		t.Fatalf("got %v", err)
	}
	if _, ids := g.asked(); len(ids) != 3 {
		t.Errorf("%d assertions, want 3", len(ids))
	}
}

func TestGitHubOIDCFailures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   func(*github, *microcks.Realm)
		want string
	}{
		{"no such realm", func(_ *github, r *microcks.Realm) { r.Name = "nope" }, "the realm does not describe itself"},
		{"GitHub refuses", func(g *github, _ *microcks.Realm) { g.refuse = http.StatusForbidden }, "GitHub answered 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newGitHub(t, onMain)
			_, realm := federated(t, g, nil)
			tt.in(g, &realm)
			_, err := signIn(t, g, realm, &learned{}).Token()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}
