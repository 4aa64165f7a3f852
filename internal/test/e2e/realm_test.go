package e2e

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/test/standin/keycloak"
)

// TestRealmIsThatOfTheStandIn: a real Keycloak with testdata/realm.json and
// the stand-in have the same clients, so that one contract suite fits both.
func TestRealmIsThatOfTheStandIn(t *testing.T) {
	t.Parallel()
	var realm struct {
		Clients []struct {
			ID                     string `json:"clientId"`
			Secret                 string
			PublicClient           bool
			ServiceAccountsEnabled bool
		}
		Users []struct {
			Client string              `json:"serviceAccountClientId"`
			Roles  map[string][]string `json:"clientRoles"`
		}
	}
	if err := json.Unmarshal(readFile(t, "testdata/realm.json"), &realm); err != nil {
		t.Fatal(err)
	}
	roles := map[string][]string{}
	for _, user := range realm.Users {
		roles[user.Client] = user.Roles["microcks-app"]
	}
	var got []keycloak.Client
	for _, c := range realm.Clients {
		got = append(got, keycloak.Client{ID: c.ID, Secret: c.Secret, Public: c.PublicClient, Roles: roles[c.ID]})
		if _, account := roles[c.ID]; account != c.ServiceAccountsEnabled {
			t.Errorf("%s: a service account is enabled: %v, and there: %v", c.ID, c.ServiceAccountsEnabled, account)
		}
	}
	want := keycloak.DefaultClients()
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("clients of the stand-in (-) and of testdata/realm.json (+):\n%s", diff)
	}
}

func byID(a, b keycloak.Client) int {
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}
