package microcks_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
)

// The same sign-in on a real Keycloak of 26.4 or newer that was started with
// --features=client-auth-federated. The test makes a realm of its own and
// deletes it afterwards, so it needs an administrator of the realm master:
//
//	KEYCLOAK_URL=http://127.0.0.1:8180 KEYCLOAK_ADMIN=admin:admin go test -count=1 -run GitHubOIDCReal ./internal/microcks
func TestGitHubOIDCReal(t *testing.T) {
	t.Parallel()
	base, admin := strings.TrimRight(os.Getenv("KEYCLOAK_URL"), "/"), os.Getenv("KEYCLOAK_ADMIN")
	if base == "" || admin == "" {
		t.Skip("set KEYCLOAK_URL and KEYCLOAK_ADMIN=NAME:PASSWORD to sign in to a real Keycloak; the comment on this test says how")
	}
	w := newWorkflow(t)
	realm := federate(t, newAdministrator(t, base, admin), w.url)

	t.Run("the subject that the client expects", func(t *testing.T) {
		proveSignedIn(t, w.signIn(t, realm), microcks.Manager)
		if len(w.masked) != 2 {
			t.Errorf("masked: %d tokens, want the assertion and the access token", len(w.masked))
		}
	})
	t.Run("another subject", func(t *testing.T) {
		w.Set("sub", onFeature)
		proveRefused(t, w.signIn(t, realm), onFeature, realm.Issuer(), w.url)
	})
}

// administrator calls the admin API of a real Keycloak.
type administrator struct {
	t     *testing.T
	base  string
	token string
}

func newAdministrator(t *testing.T, base, account string) *administrator {
	t.Helper()
	name, password, _ := strings.Cut(account, ":")
	res, err := http.PostForm(base+"/realms/master/protocol/openid-connect/token", url.Values{
		"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {name}, "password": {password},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatalf("signing in as administrator: status %d, %v", res.StatusCode, err)
	}
	return &administrator{t, base, answer.AccessToken}
}

// call sends body as JSON and decodes the answer into out; both may be nil.
func (a *administrator) call(method, path string, body, out any) {
	a.t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			a.t.Fatal(err)
		}
	}
	// Not the test's context: the clean-up calls, too.
	req, err := http.NewRequest(method, a.base+"/admin/realms"+path, &sent)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if res.StatusCode >= 300 {
		a.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(raw, out); err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// federate makes a realm as docs/keycloak.md describes it: the client
// microcks-app with its roles, an identity provider for the issuer, and a client that
// onMain may speak for.
func federate(t *testing.T, admin *administrator, issuer string) microcks.Realm {
	t.Helper()
	var mark [4]byte
	_, _ = rand.Read(mark[:])
	name := "oidc-test-" + hex.EncodeToString(mark[:])
	admin.call("POST", "", map[string]any{"realm": name, "enabled": true, "sslRequired": "external"}, nil)
	t.Cleanup(func() { admin.call("DELETE", "/"+name, nil, nil) })

	app := admin.client(name, map[string]any{"clientId": "microcks-app", "bearerOnly": true})
	admin.call("POST", "/"+name+"/clients/"+app+"/roles", map[string]any{"name": "manager"}, nil)
	admin.call("POST", "/"+name+"/identity-provider/instances", map[string]any{
		"alias": "github-actions", "providerId": "oidc", "enabled": true, "hideOnLogin": true,
		"config": map[string]string{
			"issuer": issuer, "useJwksUrl": "true", "jwksUrl": issuer + "/.well-known/jwks", "validateSignature": "true",
			"supportsClientAssertions": "true", "clientId": "unused", "clientSecret": "unused",
			"authorizationUrl": issuer + "/unused", "tokenUrl": issuer + "/unused",
		},
	}, nil)
	importer := admin.client(name, map[string]any{
		"clientId": "postman-importer", "serviceAccountsEnabled": true, "standardFlowEnabled": false,
		"clientAuthenticatorType": "federated-jwt",
		"attributes":              map[string]string{"jwt.credential.issuer": "github-actions", "jwt.credential.sub": onMain},
	})
	var account, role map[string]any
	admin.call("GET", "/"+name+"/clients/"+importer+"/service-account-user", nil, &account)
	admin.call("GET", "/"+name+"/clients/"+app+"/roles/manager", nil, &role)
	admin.call("POST", "/"+name+"/users/"+account["id"].(string)+"/role-mappings/clients/"+app, []any{role}, nil)
	return microcks.Realm{URL: admin.base, Name: name}
}

// client makes a client of the realm and returns its internal id.
func (a *administrator) client(realm string, settings map[string]any) string {
	a.t.Helper()
	a.call("POST", "/"+realm+"/clients", settings, nil)
	var found []struct{ ID string }
	a.call("GET", "/"+realm+"/clients?clientId="+url.QueryEscape(settings["clientId"].(string)), nil, &found)
	if len(found) != 1 {
		a.t.Fatalf("%d clients %v", len(found), settings["clientId"])
	}
	return found[0].ID
}
