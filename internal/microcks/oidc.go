package microcks

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// WorkflowIdentity is where a GitHub workflow gets a token that proves which
// workflow it is. Both are set by the runner for a job with the permission
// id-token: write.
type WorkflowIdentity struct {
	RequestURL   string // ACTIONS_ID_TOKEN_REQUEST_URL
	RequestToken string // ACTIONS_ID_TOKEN_REQUEST_TOKEN
}

// Assertion is what a token of GitHub's says about the workflow.
type Assertion struct {
	Issuer, Subject, Audience string
}

// NoWorkflowIdentityError means that the runner offers no token.
type NoWorkflowIdentityError struct{ Fork bool }

func (e *NoWorkflowIdentityError) Error() string {
	return "signing in by keycloak-auth: github-oidc: this job has no access to a token of GitHub"
}

// Hint says what to do next.
func (e *NoWorkflowIdentityError) Hint() string {
	if e.Fork {
		return "pull requests from forks get no token: run `plan` or `apply` on events of the repository itself, and `check` on forks"
	}
	return "add `permissions: id-token: write` to the job"
}

// Anchor of docs/troubleshooting.md.
func (e *NoWorkflowIdentityError) Anchor() string { return "keycloak-oidc-permission" }

// ExitCode is 14.
func (e *NoWorkflowIdentityError) ExitCode() int { return 14 }

// WorkflowTokenError is a refusal of GitHub's to give this job a token.
type WorkflowTokenError struct{ Status int }

func (e *WorkflowTokenError) Error() string {
	if e.Status == http.StatusOK {
		return "asking GitHub for a token of this workflow: GitHub answered 200 without a token that can be read"
	}
	return fmt.Sprintf("asking GitHub for a token of this workflow: GitHub answered %d", e.Status)
}

// Hint says what to do next.
func (e *WorkflowTokenError) Hint() string {
	return "check that the job has `permissions: id-token: write`; a 5xx passes: run again"
}

// Anchor of docs/troubleshooting.md.
func (e *WorkflowTokenError) Anchor() string { return "keycloak-oidc-permission" }

// ExitCode is 14.
func (e *WorkflowTokenError) ExitCode() int { return 14 }

// GitHubOIDCSource signs in with a token of GitHub's in place of a stored
// secret. Keycloak takes the realm's issuer as the only audience, takes every
// assertion once, and wants no client id beside it. github carries the
// credential for RequestURL's origin; keycloak must not repeat requests. learned
// is called with every credential before its first use.
func GitHubOIDCSource(
	ctx context.Context, github, keycloak *http.Client, identity WorkflowIdentity, realm Realm, learned func(token string),
) oauth2.TokenSource {
	s := workflowSignIn{github: github, keycloak: keycloak, identity: identity, realm: realm, learned: learned}
	return newSource(realm, "", func() (*oauth2.Token, error) { return s.token(ctx) }, learned)
}

// workflowSignIn trades tokens of GitHub's for access tokens.
type workflowSignIn struct {
	github, keycloak *http.Client
	identity         WorkflowIdentity
	realm            Realm
	learned          func(token string)
}

// token fetches an access token. A fresh assertion gets a few tries.
func (s workflowSignIn) token(ctx context.Context) (*oauth2.Token, error) {
	issuer, err := s.issuer(ctx)
	if err != nil {
		return nil, err
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		token, again, err := s.exchange(ctx, issuer)
		if err == nil || !again || attempt == attempts || ctx.Err() != nil {
			return token, err
		}
	}
}

// exchange fetches a fresh assertion and trades it for an access token. It
// reports whether another try may go better.
func (s workflowSignIn) exchange(ctx context.Context, issuer string) (token *oauth2.Token, again bool, err error) {
	raw, err := s.workflowToken(ctx, issuer)
	if err != nil {
		return nil, false, err
	}
	assertion, err := readAssertion(raw)
	if err != nil {
		return nil, false, err
	}
	s.learned(raw)
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {raw},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.realm.tokenURL(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, false, fmt.Errorf("signing in to Keycloak: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, status, err := getJSON[struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
		Error       string `json:"error"`
		Detail      string `json:"error_description"`
	}](s.keycloak, req)
	switch {
	case err != nil:
		return nil, true, fmt.Errorf("signing in to Keycloak at %s: %w", s.realm.Issuer(), s.realm.unreached(err))
	case status != http.StatusOK:
		refused := &SignInError{Realm: s.realm, Status: status, Code: answer.Error, Detail: answer.Detail, Assertion: assertion}
		return nil, status >= 500, refused
	case answer.AccessToken == "":
		return nil, true, &SignInError{Realm: s.realm, Status: status, Detail: noToken, Assertion: assertion}
	}
	token = &oauth2.Token{AccessToken: answer.AccessToken, TokenType: answer.TokenType}
	if answer.ExpiresIn > 0 {
		token.Expiry = time.Now().Add(time.Duration(answer.ExpiresIn) * time.Second)
	}
	return token, false, nil
}

// issuer asks the realm for its own name: behind a proxy it differs from the
// address that we use.
func (s workflowSignIn) issuer(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.realm.Issuer()+"/.well-known/openid-configuration", nil)
	if err != nil {
		return "", fmt.Errorf("reading the realm's description: %w", err)
	}
	discovery, status, err := getJSON[struct {
		Issuer string `json:"issuer"`
		Error  string `json:"error"`
		Detail string `json:"error_description"`
	}](s.keycloak, req)
	if err != nil {
		return "", fmt.Errorf("reading the description of the realm %s: %w", s.realm.Issuer(), s.realm.unreached(err))
	}
	if status != http.StatusOK || discovery.Issuer == "" {
		return "", &SignInError{
			Realm: s.realm, Status: status, Code: discovery.Error, Detail: cmp.Or(discovery.Detail, "the realm does not describe itself"),
		}
	}
	if !s.realm.mayBeCalled(discovery.Issuer) {
		return "", &IssuerError{Realm: s.realm, Issuer: discovery.Issuer}
	}
	return discovery.Issuer, nil
}

// mayBeCalled reports whether a token of GitHub's may be asked for with an issuer
// as its audience: one of the realm's own origin and name, or the one that an
// input names. A token for any other audience would be a credential for somebody
// else, in the hands of whoever answers here.
func (r Realm) mayBeCalled(issuer string) bool {
	if r.Audience != "" && issuer == r.Audience {
		return true
	}
	own, err := url.Parse(r.URL)
	if err != nil {
		return false
	}
	u, err := url.Parse(issuer)
	if err != nil || u.User != nil || u.Opaque != "" || strings.ContainsAny(issuer, "?#") {
		return false
	}
	return transport.SameOrigin(own, u) && strings.HasSuffix(u.EscapedPath(), "/realms/"+url.PathEscape(r.Name)) &&
		!text.HasDotSegment(u.EscapedPath())
}

// IssuerError is a realm that calls itself by the name of another, for which no
// token is asked.
type IssuerError struct {
	Realm  Realm
	Issuer string // as the realm's description says
}

func (e *IssuerError) Error() string {
	return fmt.Sprintf("signing in to Keycloak with a token of GitHub at %s: it calls itself %q, and no token is asked for with that audience",
		e.Realm.Issuer(), text.Excerpt(e.Issuer, 200))
}

// Hint says what to do next.
func (e *IssuerError) Hint() string {
	if strings.HasSuffix(e.Issuer, "/realms/"+url.PathEscape(e.Realm.Name)) {
		return "if this is the public name of your own Keycloak (its KC_HOSTNAME), set `keycloak-audience` to it;" +
			" if not, `keycloak-url` is not the address of your Keycloak"
	}
	return "no realm of Keycloak has such a name: set `keycloak-url` to the root of your own Keycloak, and ask who answers at the one given"
}

// Anchor of docs/troubleshooting.md.
func (e *IssuerError) Anchor() string { return "keycloak-issuer" }

// ExitCode is 12.
func (e *IssuerError) ExitCode() int { return 12 }

// workflowToken asks GitHub for an assertion.
func (s workflowSignIn) workflowToken(ctx context.Context, audience string) (string, error) {
	const doing = "asking GitHub for a token of this workflow"
	address, err := url.Parse(s.identity.RequestURL)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	query := address.Query()
	query.Set("audience", audience)
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	answer, status, err := getJSON[struct {
		Value string `json:"value"`
	}](s.github, req)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	if status != http.StatusOK || answer.Value == "" {
		return "", &WorkflowTokenError{Status: status}
	}
	return answer.Value, nil
}

func readAssertion(raw string) (*Assertion, error) {
	var claims jwt.RegisteredClaims
	if err := readToken(raw, &claims); err != nil {
		return nil, &WorkflowTokenError{Status: http.StatusOK}
	}
	return &Assertion{Issuer: claims.Issuer, Subject: claims.Subject, Audience: strings.Join(claims.Audience, " ")}, nil
}

// getJSON sends req and decodes the answer, whatever its status. One that is not
// JSON gives the zero value.
func getJSON[T any](client *http.Client, req *http.Request) (answer T, status int, err error) {
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return answer, 0, transport.Explain(err)
	}
	defer res.Body.Close()
	data, err := transport.Body(res)
	if err != nil {
		return answer, res.StatusCode, err
	}
	if decode(data, &answer) != nil {
		var nothing T
		return nothing, res.StatusCode, nil
	}
	return answer, res.StatusCode, nil
}
