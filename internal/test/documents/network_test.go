package documents

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/postman"
)

// The guide names every host that a step speaks to, for those who let out only
// what is on a list; the README, what polling costs of the quota.
func TestNetworkIsNamed(t *testing.T) {
	t.Parallel()
	_, network, found := strings.Cut(readDocument(t, "docs/guides/networks.md"), "## What the step connects to\n")
	if !found {
		t.Fatal("the guide does not say what a step connects to")
	}
	network, _, _ = strings.Cut(network, "\n## ")
	for _, host := range []string{
		postman.DefaultHost + ":443", postman.EUHost + ":443", "your Microcks", "your Keycloak", "*.actions.githubusercontent.com:443",
	} {
		if !strings.Contains(network, host) {
			t.Errorf("the guide does not name %s", host)
		}
	}
	if !strings.Contains(readDocument(t, "README.md"), "12 to 24 calls a day for each importer") {
		t.Error("the README does not say what polling costs")
	}
}
