package microcks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Realm is where accounts of a Microcks sign in.
type Realm struct {
	URL  string // of Keycloak, such as "https://keycloak.example.com"
	Name string // "microcks" unless the server says otherwise
	// Audience is the issuer that the realm may name besides one at URL's own
	// origin; "" is none.
	Audience string
	// Named: Microcks names URL, and no input does. It is meant for browsers, and
	// need not lead there from here.
	Named bool
}

// Issuer is the realm's address, as its tokens name it.
func (r Realm) Issuer() string {
	return strings.TrimRight(r.URL, "/") + "/realms/" + url.PathEscape(r.Name)
}

func (r Realm) tokenURL() string { return r.Issuer() + "/protocol/openid-connect/token" }

// ClientSecretSource signs in with a client's id and secret. It renews the
// token before it expires; learned is called with every new token before its
// first use. A text that is no JWT is no token: it would be masked, and so could
// blank out a job's log.
func ClientSecretSource(
	ctx context.Context, httpClient *http.Client, realm Realm, clientID, clientSecret string, learned func(token string),
) oauth2.TokenSource {
	config := clientcredentials.Config{
		ClientID:     clientID,
		ClientSecret: clientSecret,
		TokenURL:     realm.tokenURL(),
		AuthStyle:    oauth2.AuthStyleInHeader,
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, httpClient)
	return newSource(realm, clientID, func() (*oauth2.Token, error) {
		token, err := config.Token(ctx)
		if err != nil {
			return nil, newSignInError(realm, clientID, err)
		}
		return token, nil
	}, learned)
}

// newSource reuses what fetch gets until it expires.
func newSource(realm Realm, clientID string, fetch func() (*oauth2.Token, error), learned func(token string)) oauth2.TokenSource {
	return oauth2.ReuseTokenSource(nil, tokenFunc(func() (*oauth2.Token, error) {
		token, err := fetch()
		if err != nil {
			return nil, err
		}
		if _, err := ReadAccount(token.AccessToken); err != nil {
			return nil, &SignInError{
				Realm: realm, ClientID: clientID, Status: http.StatusOK,
				Detail: "its access token is not a JWT, from which roles could be read",
			}
		}
		learned(token.AccessToken)
		return token, nil
	}))
}

type tokenFunc func() (*oauth2.Token, error)

func (f tokenFunc) Token() (*oauth2.Token, error) { return f() }

// noToken is the detail of an answer 200 that is hardly Keycloak's.
const noToken = "the answer holds no token"

// httpsRequired is how Keycloak refuses plain http from an address that it takes
// for external (the realm's Require SSL).
const httpsRequired = "HTTPS required"

// noServiceAccount is how Keycloak describes a client that may not sign in by
// itself. Its error code is that of a wrong secret, so that nothing but the
// description tells the two apart (26.4).
var noServiceAccount = []string{
	"Client not enabled to retrieve service account",
	"Public client not allowed to retrieve service account",
}

// SignInError is a refusal by Keycloak.
type SignInError struct {
	Realm    Realm
	ClientID string // "" for a sign-in without a stored secret
	Status   int
	Code     string // OAuth's, such as "invalid_client"
	Detail   string
	// Answerer is who answered, where it was hardly Keycloak.
	Answerer transport.Answerer
	// Assertion is what a token of GitHub's said, nil for a client secret.
	Assertion *Assertion
}

func (e *SignInError) Error() string {
	var b strings.Builder
	if e.ClientID == "" {
		b.WriteString("signing in to Keycloak with a token of GitHub")
	} else {
		fmt.Fprintf(&b, "signing in to Keycloak as client %q", text.Excerpt(e.ClientID, 80))
	}
	who := "Keycloak"
	if e.foreign() {
		who = "something else"
	}
	fmt.Fprintf(&b, " at %s: %s answered %d%s", e.Realm.Issuer(), who, e.Status, e.Answerer)
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", text.Excerpt(e.Code, 60))
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", text.Excerpt(e.Detail, 200))
	}
	return b.String()
}

// foreign reports whether a page answered in Keycloak's place: a refusal of its own
// is JSON. A page 404 is Keycloak's word for a path that it does not have.
func (e *SignInError) foreign() bool { return e.Answerer.Page && e.Status != http.StatusNotFound }

// Hint says what to do next.
func (e *SignInError) Hint() string {
	switch {
	case e.Detail == httpsRequired:
		return "the realm wants https: set `keycloak-url` to the address of Keycloak that begins with https://," +
			" or, in a network of your own, set Require SSL of the realm to None (Realm settings > General)"
	case e.foreign() && e.Status < 500:
		return "a gateway, proxy or sign-in page answered in place of Keycloak: let this runner through to it," +
			" set `keycloak-url` to the root of Keycloak as this runner reaches it, or add its host to NO_PROXY"
	case e.Status == http.StatusOK:
		return "something other than Keycloak answers at that address, such as a proxy or a sign-in page:" +
			" set `keycloak-url` to the root of Keycloak as this runner reaches it"
	case e.Status == http.StatusNotFound:
		return "there is no such realm at that address: set `keycloak-url` to the root of Keycloak (older ones end in /auth)"
	case e.Assertion != nil:
		return fmt.Sprintf("the token that was sent says sub %q and aud %q: in Keycloak the client's attribute jwt.credential.sub"+
			" must equal that sub, jwt.credential.issuer must be the alias of an identity provider for %s,"+
			" and Keycloak must run with the feature client-auth-federated",
			text.Excerpt(e.Assertion.Subject, 200), text.Excerpt(e.Assertion.Audience, 200), text.Excerpt(e.Assertion.Issuer, 200))
	case e.Code == "unauthorized_client" && slices.Contains(noServiceAccount, e.Detail):
		return "switch on Client authentication and Service accounts roles for this client in Keycloak"
	case e.Status == http.StatusUnauthorized, e.Code == "invalid_client", e.Code == "unauthorized_client":
		return "check `keycloak-client-id` and `keycloak-client-secret`: in Keycloak the secret stands under Clients > your client > Credentials"
	case e.Status >= 500:
		return "Keycloak is down or overloaded: try again"
	default:
		return "check `keycloak-url`, `keycloak-client-id` and `keycloak-client-secret`"
	}
}

// Anchor of docs/troubleshooting.md.
func (e *SignInError) Anchor() string {
	if e.Assertion != nil {
		return "keycloak-oidc-refused"
	}
	return "keycloak-sign-in"
}

// ExitCode is 13 for a missing realm, else 12.
func (e *SignInError) ExitCode() int {
	if e.Status == http.StatusNotFound {
		return 13
	}
	return 12
}

// newSignInError explains an error of the oauth2 library.
func newSignInError(realm Realm, clientID string, err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil {
		e := &SignInError{
			Realm: realm, ClientID: clientID, Status: refused.Response.StatusCode,
			Code: refused.ErrorCode, Detail: refused.ErrorDescription, Answerer: pageOf(refused.Response, refused.Body),
		}
		if e.Code == "" && len(refused.Body) > 0 { // every refusal of Keycloak has one
			e.Detail = "the answer is " + string(foreign.Answer(refused.Body))
		}
		return e
	}
	if _, ok := errors.AsType[*url.Error](err); ok { // there was no answer
		return fmt.Errorf("signing in to Keycloak at %s: %w", realm.Issuer(), realm.unreached(transport.Explain(err)))
	}
	return &SignInError{Realm: realm, ClientID: clientID, Status: http.StatusOK, Detail: noToken}
}

// pageOf is who answered with a page. JSON is Keycloak's own.
func pageOf(resp *http.Response, body []byte) transport.Answerer {
	if who := transport.AnswererOf(resp, body); who.Page || who.Proxy != "" {
		return who
	}
	return transport.Answerer{}
}

// unreached explains an error of a request that got no answer from Keycloak, at an
// address that Microcks names.
func (r Realm) unreached(err error) error {
	own, ok := errors.AsType[*transport.Error](err)
	if !ok || !r.Named || !slices.Contains([]transport.Kind{
		transport.KindDNS, transport.KindRefused, transport.KindTimeout, transport.KindReset,
	}, own.Kind) {
		return err
	}
	return &UnreachedError{own}
}

// UnreachedError is a Keycloak that Microcks names, in an input's place, and that
// this machine cannot reach.
type UnreachedError struct{ Err *transport.Error }

func (e *UnreachedError) Error() string { return e.Err.Error() }

func (e *UnreachedError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *UnreachedError) Hint() string {
	return "Microcks names this address, which may lead to Keycloak from browsers or from its own network only:" +
		" set `keycloak-url` to the address at which this runner reaches Keycloak; if it is the right one, " + e.Err.Hint()
}

// Anchor of docs/troubleshooting.md.
func (e *UnreachedError) Anchor() string { return "keycloak-unreached" }

// ExitCode is 11: cannot connect.
func (e *UnreachedError) ExitCode() int { return 11 }

// NoCredentialsError means that Microcks wants a sign-in and none was given.
type NoCredentialsError struct {
	Realm Realm
	Fork  bool // the run cannot see secrets
}

func (e *NoCredentialsError) Error() string {
	return fmt.Sprintf("signing in to Microcks: it wants an account of Keycloak (%s),"+
		" and `keycloak-client-id` or `keycloak-client-secret` is missing", e.Realm.Issuer())
}

// Hint says what to do next.
func (e *NoCredentialsError) Hint() string {
	if e.Fork {
		return "runs for forks and Dependabot get no secrets: use `mode: check` there"
	}
	return "set both inputs to a client of that realm with Service accounts roles switched on, or set `keycloak-auth: github-oidc`"
}

// Anchor of docs/troubleshooting.md.
func (e *NoCredentialsError) Anchor() string { return "keycloak-credentials" }

// ExitCode is 2.
func (e *NoCredentialsError) ExitCode() int { return 2 }

// Role of Microcks, held in the access token for the client microcks-app.
type Role string

// Roles, as Microcks checks them; none includes another.
const (
	User    Role = "user"    // read services
	Manager Role = "manager" // change, start, stop, delete importers; label services
	Admin   Role = "admin"   // the same on importers, and secrets
)

// Account is who a token speaks for.
type Account struct {
	Client string // the token's authorized party
	Name   string // preferred_username
	Roles  []Role
}

// Has reports whether the account has one of the roles.
func (a Account) Has(oneOf ...Role) bool {
	return slices.ContainsFunc(oneOf, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// ReadAccount reads the roles from an access token. The token is not verified:
// it came from Keycloak just now, and Microcks verifies it itself.
func ReadAccount(accessToken string) (Account, error) {
	var claims struct {
		jwt.RegisteredClaims
		Client   string `json:"azp"`
		Name     string `json:"preferred_username"`
		Resource map[string]struct {
			Roles []Role `json:"roles"`
		} `json:"resource_access"`
	}
	if err := readToken(accessToken, &claims); err != nil {
		return Account{}, fmt.Errorf("reading the roles in the access token: %w", err)
	}
	return Account{Client: claims.Client, Name: claims.Name, Roles: claims.Resource["microcks-app"].Roles}, nil
}

var errBrokenToken = errors.New("a JWT has no line breaks")

// readToken reads the claims of a JWT. The library takes line breaks in one.
func readToken(raw string, claims jwt.Claims) error {
	if strings.ContainsAny(raw, "\r\n") {
		return errBrokenToken
	}
	_, _, err := jwt.NewParser().ParseUnverified(raw, claims)
	return err
}
