package convergence

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/world"
)

// Each set of roles that an account can have comes to the right success, or to
// the right refusal before any write.
func TestRolesDecideBeforeAnyWrite(t *testing.T) {
	w, keycloakURL := withSignIn(t)
	n := rand.IntN(1_000_000_000)
	name := fmt.Sprintf("Roles API %d", n)
	if err := w.Postman.AddCollection(world.UID(n), world.Collection(name, "1.0", 2)); err != nil {
		t.Fatal(err)
	}
	admin := signedIn(t, keycloakURL)
	as := func(client string) map[string]string {
		return map[string]string{
			"INPUT_SECRET-NAME":      "secret of " + name,
			"INPUT_KEYCLOAK-URL":     keycloakURL,
			"KEYCLOAK_CLIENT_ID":     client,
			"KEYCLOAK_CLIENT_SECRET": client + "-secret",
		}
	}
	for _, step := range []struct {
		client, says string
		code         int
		importers    int // afterwards
	}{
		{"ci-none", "needs the role `user`", 12, 0},
		{"ci-user", "needs the role `manager` or `admin`", 12, 0},
		{"ci-adminonly", "needs the role `user`", 12, 0},
		{"ci-manager", "needs the role `admin` of microcks-app to create the secret", 12, 0},
		{"ci-admin", "importer created", 0, 1},
		{"ci-manager", "unchanged", 0, 1},
		{"ci-user", "unchanged", 0, 1},
	} {
		code, said := apply(t, w, world.UID(n), as(step.client))
		if code != step.code || !strings.Contains(said, step.says) {
			t.Errorf("as %s: exit code %d, want %d and %q in:\n%s", step.client, code, step.code, step.says, said)
		}
		if got := importersOf(t, w, admin, world.UID(n)); len(got) != step.importers {
			t.Errorf("as %s: %d importers afterwards, want %d", step.client, len(got), step.importers)
		}
	}
	// A manager changes and imports what an administrator's secret serves.
	if err := w.Postman.AddCollection(world.UID(n), world.Collection(name, "1.0", 3)); err != nil {
		t.Fatal(err)
	}
	code, said := apply(t, w, world.UID(n), as("ci-manager"))
	if code != 0 || !strings.Contains(said, "imported") {
		t.Errorf("as ci-manager, with a changed collection: exit code %d:\n%s", code, said)
	}
}

// signedIn is a client with an administrator's account.
func signedIn(t *testing.T, keycloakURL string) *http.Client {
	t.Helper()
	tokens := microcks.ClientSecretSource(t.Context(), http.DefaultClient, microcks.Realm{URL: keycloakURL, Name: "microcks"},
		"ci-admin", "ci-admin-secret", func(string) {})
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		token, err := tokens.Token()
		if err != nil {
			return nil, err
		}
		token.SetAuthHeader(r)
		return http.DefaultTransport.RoundTrip(r)
	})}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
