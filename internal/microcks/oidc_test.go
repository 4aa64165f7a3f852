package microcks_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/transport"
)

const (
	onMain    = "repo:octo/pets:ref:refs/heads/main"
	onFeature = "repo:octo/pets:ref:refs/heads/feature"
)

// workflow is a job of octo/pets on the branch main, which may ask GitHub for
// tokens.
type workflow struct {
	*github.Issuer
	url string

	mu     sync.Mutex
	masked []string // what the run would mask
}

func newWorkflow(t *testing.T) *workflow {
	t.Helper()
	w := &workflow{Issuer: github.NewIssuer("octo/pets", nil)}
	server := httptest.NewServer(w.Issuer)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *workflow) learn(token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.masked = append(w.masked, token)
}

// signIn is where the workflow's access tokens come from, wired as the program
// does it.
func (w *workflow) signIn(t *testing.T, realm microcks.Realm) oauth2.TokenSource {
	t.Helper()
	bearing, err := transport.NewClient(transport.Options{Credential: &transport.Credential{
		Origin: w.url, Header: "Authorization",
		Value: func(context.Context) (string, error) { return "Bearer " + github.RequestToken, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := transport.NewClient(transport.Options{})
	if err != nil {
		t.Fatal(err)
	}
	identity := microcks.WorkflowIdentity{RequestURL: github.RequestURL(w.url), RequestToken: github.RequestToken}
	return microcks.GitHubOIDCSource(t.Context(), bearing, plain, identity, realm, w.learn)
}

// federated is a stand-in realm in which pushes to main may speak for one
// client.
func federated(t *testing.T, w *workflow, baseURL string) (*keycloak.Server, microcks.Realm) {
	t.Helper()
	fake := keycloak.New(keycloak.Options{
		BaseURL:   baseURL,
		Clients:   []keycloak.Client{{ID: "postman-importer", Provider: "github", Subject: onMain, Roles: []string{"manager"}}},
		Providers: []keycloak.Provider{{Alias: "github", Issuer: w.url, Key: w.PublicKey()}},
	})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return fake, microcks.Realm{URL: server.URL, Name: "microcks"}
}

func TestGitHubOIDC(t *testing.T) {
	t.Parallel()
	w := newWorkflow(t)
	fake, realm := federated(t, w, "")
	source := w.signIn(t, realm)
	proveSignedIn(t, source, microcks.Manager)
	again, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{realm.Issuer()}, w.Audiences()); diff != "" {
		t.Errorf("audiences asked for (-want +got), one token for two uses:\n%s", diff)
	}
	// The assertion is a credential, too: both are masked, the assertion first.
	if len(w.masked) != 2 || w.masked[1] != again.AccessToken || strings.Count(w.masked[0], ".") != 2 {
		t.Errorf("masked: %d tokens", len(w.masked))
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
	if left := time.Until(token.Expiry); left < 30*time.Second {
		t.Errorf("the token lives %s", left)
	}
}

func TestGitHubOIDCOtherSubject(t *testing.T) {
	t.Parallel()
	w := newWorkflow(t)
	_, realm := federated(t, w, "")
	w.Set("sub", onFeature)
	proveRefused(t, w.signIn(t, realm), onFeature, realm.Issuer(), w.url)
	if n := len(w.Audiences()); n != 1 {
		t.Errorf("a refusal was tried %d times", n)
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
	for _, part := range []string{
		`sub "` + subject + `"`, `aud "` + audience + `"`, "identity provider for " + issuer,
		"jwt.credential.sub", "jwt.credential.issuer", "client-auth-federated",
	} {
		if !strings.Contains(refused.Hint(), part) {
			t.Errorf("the hint lacks %q: %s", part, refused.Hint())
		}
	}
	if refused.Anchor() != "keycloak-oidc-refused" || refused.ExitCode() != 12 {
		t.Errorf("anchor %q, exit code %d", refused.Anchor(), refused.ExitCode())
	}
}

// Behind a proxy the realm calls itself by another address than the one in use:
// its own one has to be the audience, and an input has to name it.
func TestGitHubOIDCAudienceIsTheRealmsOwnName(t *testing.T) {
	t.Parallel()
	w := newWorkflow(t)
	_, realm := federated(t, w, "https://sso.example.com")
	realm.Audience = "https://sso.example.com/realms/microcks"
	proveSignedIn(t, w.signIn(t, realm), microcks.Manager)
	if diff := cmp.Diff([]string{"https://sso.example.com/realms/microcks"}, w.Audiences()); diff != "" {
		t.Errorf("audiences asked for (-want +got):\n%s", diff)
	}
}

// Whoever answers as Keycloak does not choose for whom GitHub signs a token.
func TestGitHubOIDCForeignAudience(t *testing.T) {
	t.Parallel()
	for name, issuer := range map[string]string{
		"a cloud":                       "sts.amazonaws.com",
		"a cloud by an address":         "https://sts.amazonaws.com",
		"a registry":                    "pypi",
		"another Keycloak":              "https://sso.example.com/realms/microcks",
		"another realm":                 "HOST/realms/master",
		"no realm":                      "HOST",
		"another port":                  "http://127.0.0.1:1/realms/microcks",
		"another scheme":                "https://ADDRESS/realms/microcks",
		"a user that looks like a host": "http://ADDRESS@sts.amazonaws.com/realms/microcks",
		"userinfo":                      "http://sts.amazonaws.com@ADDRESS/realms/microcks",
		"a query":                       "HOST/?/realms/microcks",
		"a fragment":                    "HOST/#/realms/microcks",
		"dot segments":                  "HOST/x/%2e%2e/realms/microcks",
		"more behind it":                "HOST/realms/microcks/",
		"a list":                        "HOST/realms/microcks sts.amazonaws.com",
	} {
		for _, audience := range []string{"", "https://public.example.com/realms/microcks"} {
			t.Run(name+" beside "+audience, func(t *testing.T) {
				t.Parallel()
				w := newWorkflow(t)
				server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet {
						t.Errorf("%s %s was sent", r.Method, r.URL)
					}
					said := strings.NewReplacer("HOST", "http://"+r.Host, "ADDRESS", r.Host).Replace(issuer)
					_ = json.NewEncoder(rw).Encode(map[string]string{"issuer": said})
				}))
				t.Cleanup(server.Close)
				_, err := w.signIn(t, microcks.Realm{URL: server.URL, Name: "microcks", Audience: audience}).Token()
				refused, ok := errors.AsType[*microcks.IssuerError](err)
				if !ok || refused.Anchor() != "keycloak-issuer" || refused.ExitCode() != 12 {
					t.Fatalf("got %v", err)
				}
				if asked := w.Audiences(); len(asked) > 0 {
					t.Errorf("GitHub was asked for tokens for %q", asked)
				}
				if name == "a cloud" && strings.Contains(refused.Hint(), "keycloak-audience") {
					t.Errorf("the hint leads into the trap: %s", refused.Hint())
				}
			})
		}
	}
}

// Keycloak takes every assertion once, so another try needs a fresh one.
func TestGitHubOIDCTriesAgainWithAFreshAssertion(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"broken connection": 0, "busy": http.StatusServiceUnavailable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkflow(t)
			fake, realm := federated(t, w, "")
			fake.Fail("/token", 2, status, "<html>busy</html>")
			proveSignedIn(t, w.signIn(t, realm), microcks.Manager)
			tokens := slices.Clone(w.masked)
			slices.Sort(tokens)
			if different := len(slices.Compact(tokens)); different != 4 {
				t.Errorf("%d different tokens, want three assertions and what the last was traded for", different)
			}
		})
	}
}

func TestGitHubOIDCGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorkflow(t)
	fake, realm := federated(t, w, "")
	fake.Fail("/token", 9, http.StatusServiceUnavailable, "<html>busy</html>")
	_, err := w.signIn(t, realm).Token()
	var refused *microcks.SignInError
	if !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable {
		t.Fatalf("got %v", err)
	}
	if n := len(w.Audiences()); n != 3 {
		t.Errorf("%d assertions, want 3", n)
	}
}

func TestGitHubOIDCFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   func(*workflow, *microcks.Realm)
		want string
	}{
		"no such realm":  {func(_ *workflow, r *microcks.Realm) { r.Name = "nope" }, "the realm does not describe itself"},
		"GitHub refuses": {func(w *workflow, _ *microcks.Realm) { w.Fail(http.StatusForbidden) }, "GitHub answered 403"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkflow(t)
			_, realm := federated(t, w, "")
			tt.in(w, &realm)
			_, err := w.signIn(t, realm).Token()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// GitHub's token is read before it is sent: what is not one is not sent.
func TestWorkflowTokenThatIsNone(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/realms/microcks/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"issuer":"http://` + r.Host + `/realms/microcks"}`))
	})
	mux.HandleFunc("/github", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"value":"opaque"}`)) })
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked for %s", r.URL) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	identity := microcks.WorkflowIdentity{RequestURL: server.URL + "/github?x=1"}
	realm := microcks.Realm{URL: server.URL, Name: "microcks"}
	_, err := microcks.GitHubOIDCSource(t.Context(), http.DefaultClient, http.DefaultClient, identity, realm,
		func(token string) { t.Errorf("learned %q", token) }).Token()
	refused, ok := errors.AsType[*microcks.WorkflowTokenError](err)
	if !ok || refused.ExitCode() != 14 || !strings.Contains(err.Error(), "without a token that can be read") {
		t.Errorf("got %v", err)
	}
}

// What is no token is masked nowhere: who answers could blank out the log of a job
// with it.
func TestTextsThatAreNoTokensAreNotLearned(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJub25lIn0.e30." // {"alg":"none"}, {}
	for answered, learned := range map[string]bool{
		token: true, token + "c2lnbmVk": true, "e": false, "::": false, "error": false, " ": false,
		"a\nbcde\nthe run\n": false, token + "\nerror\n": false, "eyJhbGciOiJub25lIn0\r.e30.": false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": answered, "token_type": "bearer", "expires_in": 300})
		}))
		t.Cleanup(server.Close)
		got := ""
		realm := microcks.Realm{URL: server.URL, Name: "microcks"}
		_, err := microcks.ClientSecretSource(t.Context(), http.DefaultClient, realm, "ci", "s3cret", func(s string) { got = s }).Token()
		if learned && (err != nil || got != answered) {
			t.Errorf("%q: learned %q, %v", answered, got, err)
		}
		if refused, ok := errors.AsType[*microcks.SignInError](err); !learned && (got != "" || !ok || refused.ExitCode() != 12) {
			t.Errorf("%q: learned %q, %v", answered, got, err)
		}
	}
}
