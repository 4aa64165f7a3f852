package keycloak

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

// The contract tests run against the stand-in or, when KEYCLOAK_URL is set,
// against that server, whose realm "microcks" must have the clients of
// [DefaultClients]:
//
//	KEYCLOAK_URL=http://127.0.0.1:8180 go test -count=1 -run Contract ./internal/test/standin/keycloak
//
// Those about tokens of another issuer set the realm up themselves and need an
// administrator of the realm master for that: KEYCLOAK_ADMIN=NAME:PASSWORD.

// contract is one server under test.
type contract struct {
	base string
	fake *Server // nil for a real server
}

func (c *contract) realm() string { return c.base + "/realms/microcks" }

func newContract(t *testing.T) *contract {
	t.Helper()
	if real := os.Getenv("KEYCLOAK_URL"); real != "" {
		return &contract{base: strings.TrimRight(real, "/")}
	}
	fake := New(Options{})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	return &contract{srv.URL, fake}
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(r.body), &o); err != nil {
		t.Fatalf("not a JSON object: %v", r)
	}
	return o
}

func send(t *testing.T, method, address, contentType, body string, header http.Header) reply {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body)) // not the test's context: the clean-up needs it too
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(raw)}
}

const formType = "application/x-www-form-urlencoded"

func (c *contract) token(t *testing.T, form string, header http.Header) reply {
	t.Helper()
	return send(t, "POST", c.realm()+"/protocol/openid-connect/token", formType, form, header)
}

func basic(user, password string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}}
}

func TestContractTokenRequests(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	const grant = "grant_type=client_credentials"
	tests := []struct {
		name   string
		form   string
		header http.Header
		status int
		code   string
		text   string
	}{
		{"wrong secret", grant, basic("ci-admin", "wrong"), 401, "unauthorized_client", badCredentials},
		{"empty secret", grant, basic("ci-admin", ""), 401, "unauthorized_client", badCredentials},
		{"unknown client", grant, basic("ci-nobody", "x"), 401, "invalid_client", badCredentials},
		{"no client", grant, nil, 401, "invalid_client", badCredentials},
		{"client of browsers", grant + "&client_id=microcks-app-js", nil, 401, "unauthorized_client",
			"Public client not allowed to retrieve service account"},
		{"no grant type", "", basic("ci-admin", "ci-admin-secret"), 400, "invalid_request", "Missing form parameter: grant_type"},
		{"no grant type, no client", "", nil, 400, "invalid_request", "Missing form parameter: grant_type"},
		{"other grant type", "grant_type=nope", nil, 400, "unsupported_grant_type", "Unsupported grant_type"},
		{"twice the same parameter", grant + "&" + grant, basic("ci-admin", "ci-admin-secret"), 400, "invalid_request", "duplicated parameter"},
		{"assertion that is none", grant + "&client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=abc", nil, 401,
			"invalid_client", badCredentials},
		{"unknown scope", grant + "&scope=zzz", basic("ci-admin", "ci-admin-secret"), 400, "invalid_scope", "Invalid scopes: zzz"},
	}
	for _, tt := range tests {
		got := c.token(t, tt.form, tt.header)
		want := map[string]any{"error": tt.code, "error_description": tt.text}
		if got.status != tt.status || cmp.Diff(want, got.object(t)) != "" {
			t.Errorf("%s: got %v, want %d %v", tt.name, got, tt.status, want)
		}
		if got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s", tt.name, got.header.Get("Content-Type"))
		}
	}
	for _, good := range []reply{
		c.token(t, grant, basic("ci-admin", "ci-admin-secret")),
		c.token(t, grant, basic("ci%2Dadmin", "ci%2Dadmin%2Dsecret")),
		c.token(t, grant+"&client_id=ci-admin&client_secret=ci-admin-secret", nil),
		c.token(t, grant+"&scope=profile", basic("ci-admin", "ci-admin-secret")),
	} {
		o := good.object(t)
		if good.status != 200 || o["token_type"] != "Bearer" || o["expires_in"].(float64) < 299 ||
			o["refresh_expires_in"] != float64(0) || o["access_token"] == "" {
			t.Error(good)
		}
		if good.header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers: %v", good.header)
		}
	}
	if got := send(t, "GET", c.realm()+"/protocol/openid-connect/token", "", "", nil); got.status != 405 ||
		got.object(t)["error"] != "HTTP 405 Method Not Allowed" {
		t.Error(got)
	}
	for path, want := range map[string]string{
		"/realms/nope/protocol/openid-connect/token": "Realm does not exist",
		"/realms/nope": "Realm does not exist",
		"/nope":        "Unable to find matching target resource method",
	} {
		if got := send(t, "GET", c.base+path, "", "", nil); got.status != 404 || got.object(t)["error"] != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestContractClaims(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	tests := map[string][]any{
		"ci-none": nil, "ci-user": {"user"}, "ci-manager": {"manager", "user"},
		"ci-admin": {"admin", "manager", "user"}, "ci-adminonly": {"admin"},
	}
	for account, roles := range tests {
		raw := c.token(t, "grant_type=client_credentials", basic(account, account+"-secret")).object(t)["access_token"].(string)
		claims := jwt.MapClaims{}
		token, err := jwt.ParseWithClaims(raw, claims, c.keyOf(t), jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(c.realm()),
			jwt.WithExpirationRequired())
		if err != nil {
			t.Fatalf("%s: %v", account, err)
		}
		if token.Header["typ"] != "JWT" || len(token.Header) != 3 {
			t.Errorf("%s: header %v", account, token.Header)
		}
		want := jwt.MapClaims{"iss": c.realm(), "typ": "Bearer", "azp": account, "acr": "1", "email_verified": false,
			"preferred_username": "service-account-" + account}
		if roles != nil {
			want["aud"] = "microcks-app"
			want["resource_access"] = map[string]any{"microcks-app": map[string]any{"roles": roles}}
		}
		if claims["exp"].(float64)-claims["iat"].(float64) != 300 {
			t.Errorf("%s lives %v to %v", account, claims["iat"], claims["exp"])
		}
		if len(claims["sub"].(string)) != 36 || !strings.HasPrefix(claims["jti"].(string), "trrtcc:") ||
			!strings.Contains(claims["scope"].(string), "profile") {
			t.Errorf("%s: %v", account, claims)
		}
		for _, varying := range []string{"exp", "iat", "jti", "sub", "scope"} {
			delete(claims, varying)
		}
		if diff := cmp.Diff(want, claims, cmp.Transformer("sort", func(in []any) map[any]bool {
			set := map[any]bool{}
			for _, v := range in {
				set[v] = true
			}
			return set
		})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", account, diff)
		}
	}
}

// keyOf finds the key of a token in the realm's key set.
func (c *contract) keyOf(t *testing.T) jwt.Keyfunc {
	t.Helper()
	discovery := send(t, "GET", c.realm()+"/.well-known/openid-configuration", "", "", nil).object(t)
	if discovery["issuer"] != c.realm() || discovery["token_endpoint"] != c.realm()+"/protocol/openid-connect/token" {
		t.Errorf("discovery: %v", discovery)
	}
	keys := send(t, "GET", discovery["jwks_uri"].(string), "", "", nil).object(t)["keys"].([]any)
	return func(token *jwt.Token) (any, error) {
		for _, k := range keys {
			k := k.(map[string]any)
			if k["kid"] == token.Header["kid"] {
				if k["use"] != "sig" || k["kty"] != "RSA" || k["alg"] != "RS256" {
					t.Errorf("key: %v", k)
				}
				return rsaKey(t, k["n"].(string), k["e"].(string)), nil
			}
		}
		return nil, fmt.Errorf("no key %v in the set", token.Header["kid"])
	}
}

func TestContractIssuerIsTheAddressOfTheRequest(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	u, err := url.Parse(c.base)
	if err != nil {
		t.Fatal(err)
	}
	if u.Hostname() != "127.0.0.1" {
		t.Skip("needs a server at 127.0.0.1, which has another name")
	}
	other := "http://localhost:" + u.Port()
	discovery := send(t, "GET", other+"/realms/microcks/.well-known/openid-configuration", "", "", nil)
	if got := discovery.object(t)["issuer"]; got != other+"/realms/microcks" {
		t.Errorf("issuer %v", got)
	}
}

// federation is a realm that takes the tokens of an issuer of the test's own.
type federation struct {
	*contract
	issuer  string
	client  string
	subject string
	key     *rsa.PrivateKey
}

// federate sets the realm up: an identity provider for the issuer, and a
// client that one subject of that issuer may speak for.
func federate(t *testing.T) *federation {
	t.Helper()
	var b [4]byte
	_, _ = rand.Read(b[:])
	name := "ct" + hex.EncodeToString(b[:])
	key := processKey()
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sendJSON(w, http.StatusOK, map[string]any{"keys": []any{JWK(&key.PublicKey)}})
	}))
	t.Cleanup(issuer.Close)
	f := &federation{issuer: issuer.URL, client: name, subject: "repo:octo/" + name + ":ref:refs/heads/main", key: key}

	if os.Getenv("KEYCLOAK_URL") == "" {
		fake := New(Options{Providers: []Provider{{Alias: name, Issuer: issuer.URL, Key: &key.PublicKey}}})
		fake.SetClient(Client{ID: name, Provider: name, Subject: f.subject, Roles: []string{"manager"}})
		srv := httptest.NewServer(fake)
		t.Cleanup(srv.Close)
		f.contract = &contract{srv.URL, fake}
		return f
	}
	f.contract = newContract(t)
	admin := f.contract.administrator(t)
	admin("POST", "/identity-provider/instances", map[string]any{
		"alias": name, "providerId": "oidc", "enabled": true, "hideOnLogin": true,
		"config": map[string]string{
			"issuer": issuer.URL, "useJwksUrl": "true", "jwksUrl": issuer.URL + "/jwks", "validateSignature": "true",
			"supportsClientAssertions": "true", "clientId": "unused", "clientSecret": "unused", "clientAuthMethod": "client_secret_post",
			"authorizationUrl": issuer.URL + "/unused", "tokenUrl": issuer.URL + "/unused",
		},
	})
	t.Cleanup(func() { admin("DELETE", "/identity-provider/instances/"+name, nil) })
	admin("POST", "/clients", map[string]any{
		"clientId": name, "serviceAccountsEnabled": true, "standardFlowEnabled": false, "clientAuthenticatorType": "federated-jwt",
		"attributes": map[string]string{"jwt.credential.issuer": name, "jwt.credential.sub": f.subject},
	})
	var clients []map[string]any
	if err := json.Unmarshal([]byte(admin("GET", "/clients?clientId="+name, nil).body), &clients); err != nil || len(clients) != 1 {
		t.Fatalf("clients: %v %v", clients, err)
	}
	t.Cleanup(func() { admin("DELETE", "/clients/"+clients[0]["id"].(string), nil) })
	return f
}

// administrator calls the admin API of the real server's realm.
func (c *contract) administrator(t *testing.T) func(method, path string, body any) reply {
	t.Helper()
	name, password, found := strings.Cut(os.Getenv("KEYCLOAK_ADMIN"), ":")
	if !found {
		t.Skip("set KEYCLOAK_ADMIN=NAME:PASSWORD to set the realm up for the tokens of another issuer")
	}
	form := url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {name}, "password": {password}}
	got := send(t, "POST", c.base+"/realms/master/protocol/openid-connect/token", formType, form.Encode(), nil)
	token, _ := got.object(t)["access_token"].(string)
	return func(method, path string, body any) reply {
		t.Helper()
		var raw bytes.Buffer
		if body != nil {
			_ = json.NewEncoder(&raw).Encode(body)
		}
		got := send(t, method, c.base+"/admin/realms/microcks"+path, "application/json", raw.String(),
			http.Header{"Authorization": {"Bearer " + token}})
		if got.status >= 300 {
			t.Errorf("%s %s: %v", method, path, got)
		}
		return got
	}
}

// assertion is a token of the issuer with claims changed; nil takes one away.
func (f *federation) assertion(t *testing.T, change jwt.MapClaims) string {
	t.Helper()
	now := time.Now()
	claims := jwt.MapClaims{
		"iss": f.issuer, "sub": f.subject, "aud": f.realm(), "jti": randomUUID(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"repository": "octo/pets", "ref": "refs/heads/main",
	}
	for k, v := range change {
		claims[k] = v
		if v == nil {
			delete(claims, k)
		}
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = KeyID(&f.key.PublicKey)
	key := f.key
	if claims["other key"] == true {
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		key = other
	}
	raw, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (f *federation) ask(t *testing.T, assertion, more string) reply {
	t.Helper()
	form := "grant_type=client_credentials&client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=" + assertion + more
	return f.token(t, form, nil)
}

func TestContractTokenOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	f := federate(t)
	first := f.assertion(t, nil)
	got := f.ask(t, first, "")
	if got.status != 200 || got.object(t)["token_type"] != "Bearer" {
		t.Fatal(got)
	}
	tests := []struct {
		name      string
		assertion string
		more      string
		status    int
		code      string
		text      string
	}{
		{"the same once more", first, "", 400, "invalid_client", "Token reuse detected"},
		{"with a client id", f.assertion(t, nil), "&client_id=ci-admin", 401, "unauthorized_client", badCredentials},
		{"with its own client id", f.assertion(t, nil), "&client_id=" + f.client, 400, "invalid_client",
			"client_id parameter does not match sub claim"},
		{"with an unknown client id", f.assertion(t, nil), "&client_id=ci-nobody", 401, "invalid_client", badCredentials},
		{"with the subject as client id", f.assertion(t, nil), "&client_id=" + url.QueryEscape(f.subject), 200, "", ""},
		{"with its own client id and another subject", f.assertion(t, jwt.MapClaims{"sub": "repo:octo/other"}), "&client_id=" + f.client,
			400, "unauthorized_client", "Unexpected error when authenticating client"},
		{"another key", f.assertion(t, jwt.MapClaims{"other key": true}), "", 401, "invalid_client", badCredentials},
		{"another subject", f.assertion(t, jwt.MapClaims{"sub": "repo:octo/other:ref:refs/heads/main"}), "", 401, "invalid_client",
			badCredentials},
		{"another audience", f.assertion(t, jwt.MapClaims{"aud": "https://github.com/octo"}), "", 400, "invalid_client",
			"Invalid token audience"},
		{"audiences", f.assertion(t, jwt.MapClaims{"aud": []string{"https://github.com/octo", f.realm()}}), "", 400, "invalid_client",
			"Multiple audiences not allowed"},
		{"no jti", f.assertion(t, jwt.MapClaims{"jti": nil}), "", 400, "invalid_client", "Token jti claim is required"},
		{"no exp", f.assertion(t, jwt.MapClaims{"exp": nil}), "", 400, "invalid_client", "Token exp claim is required"},
		{"expired", f.assertion(t, jwt.MapClaims{
			"exp": time.Now().Add(-time.Hour).Unix(), "iat": time.Now().Add(-2 * time.Hour).Unix(), "nbf": nil,
		}), "", 400, "invalid_client", "Token is not active"},
		{"another issuer", f.assertion(t, jwt.MapClaims{"iss": "https://elsewhere.test"}), "", 401, "invalid_client", badCredentials},
		{"no issuer", f.assertion(t, jwt.MapClaims{"iss": nil}), "", 401, "invalid_client", badCredentials},
		{"no subject", f.assertion(t, jwt.MapClaims{"sub": nil}), "", 401, "invalid_client", badCredentials},
		{"signature", f.assertion(t, nil) + "x", "", 401, "invalid_client", badCredentials},
		{"long-lived", f.assertion(t, jwt.MapClaims{"exp": time.Now().Add(24 * time.Hour).Unix()}), "", 200, "", ""},
		{"not yet", f.assertion(t, jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}), "", 400, "invalid_client", "Token is not active"},
	}
	for _, tt := range tests {
		got := f.ask(t, tt.assertion, tt.more)
		o := got.object(t)
		if tt.status == 200 {
			o = map[string]any{"error": "", "error_description": ""} // the token is not of interest
		}
		want := map[string]any{"error": tt.code, "error_description": tt.text}
		if got.status != tt.status || cmp.Diff(want, o) != "" {
			t.Errorf("%s: got %v, want %d %v", tt.name, got, tt.status, want)
		}
	}
	// Whatever failed, a fresh one works.
	if got := f.ask(t, f.assertion(t, nil), ""); got.status != 200 {
		t.Error(got)
	}
}

func rsaKey(t *testing.T, n, e string) *rsa.PublicKey {
	t.Helper()
	modulus, err1 := base64.RawURLEncoding.DecodeString(n)
	exponent, err2 := base64.RawURLEncoding.DecodeString(e)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return PublicKeyOf(modulus, exponent)
}
