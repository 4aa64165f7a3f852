package github_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
)

// A workflow's token opens the realm: once, and for its own subject only.
func TestTokenOpensTheRealm(t *testing.T) {
	t.Parallel()
	issuer := github.NewIssuer("octo/pets", nil)
	gh := httptest.NewServer(issuer)
	t.Cleanup(gh.Close)
	realm := keycloak.New(keycloak.Options{Providers: []keycloak.Provider{{Alias: "github", Issuer: gh.URL, Key: issuer.PublicKey()}}})
	realm.SetClient(keycloak.Client{ID: "pets", Provider: "github", Subject: "repo:octo/pets:ref:refs/heads/main", Roles: []string{"manager"}})
	kc := httptest.NewServer(realm)
	t.Cleanup(kc.Close)

	ask := func(assertion string) int {
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_assertion": {assertion},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}
		res, err := kc.Client().PostForm(kc.URL+"/realms/microcks/protocol/openid-connect/token", form)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	audience := kc.URL + "/realms/microcks"
	token := get(t, gh, audience, github.RequestToken)
	if first, second := ask(token), ask(token); first != 200 || second != 400 {
		t.Errorf("once %d, twice %d", first, second)
	}
	if got := ask(get(t, gh, "https://elsewhere.test", github.RequestToken)); got != 400 {
		t.Errorf("another audience: %d", got)
	}
	issuer.Set("sub", "repo:octo/pets:pull_request")
	if got := ask(get(t, gh, audience, github.RequestToken)); got != 401 {
		t.Errorf("another subject: %d", got)
	}
	issuer.Set("sub", "repo:octo/pets:ref:refs/heads/main")
	issuer.Fail(http.StatusInternalServerError)
	if got := get(t, gh, audience, github.RequestToken); got != "" {
		t.Errorf("failing: %s", got)
	}
	if got := get(t, gh, audience, "wrong"); got != "" {
		t.Errorf("wrong request token: %s", got)
	}
	if got := strings.Join(issuer.Audiences(), " "); !strings.HasPrefix(got, audience+" https://elsewhere.test "+audience) {
		t.Errorf("asked for %s", got)
	}
}

// get asks for a token as a job does; empty when there is none.
func get(t *testing.T, gh *httptest.Server, audience, requestToken string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, github.RequestURL(gh.URL)+"&audience="+url.QueryEscape(audience), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+requestToken)
	res, err := gh.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Value string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Value
}
