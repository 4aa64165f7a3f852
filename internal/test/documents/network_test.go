package documents

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/postman"
)

// The README names every host that a step speaks to, for those who let out only
// what is on a list, and what polling costs of the quota.
func TestReadmeNamesTheNetwork(t *testing.T) {
	t.Parallel()
	readme := readDocument(t, "README.md")
	_, network, found := strings.Cut(readme, "**Network.** The step needs:")
	if !found {
		t.Fatal("the README does not say which network a step needs")
	}
	network, _, _ = strings.Cut(network, "**Pinning.**")
	for _, host := range []string{
		postman.DefaultHost + ":443", postman.EUHost + ":443", "your Microcks", "your Keycloak", "*.actions.githubusercontent.com:443",
	} {
		if !strings.Contains(network, host) {
			t.Errorf("the README does not name %s", host)
		}
	}
	if !strings.Contains(readme, "12 to 24 calls a day for each importer") {
		t.Error("the README does not say what polling costs")
	}
}
