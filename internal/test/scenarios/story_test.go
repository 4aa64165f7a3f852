package scenarios

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	client "postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/canary"
	"postman-microcks-importer/internal/test/standin/gateway"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// uids are the collections of the scenarios, by the names that they have there.
var uids = map[string]string{
	"PETS":  postman.DefaultUserID + "-11111111-1111-4111-8111-111111111111",
	"BEERS": postman.DefaultUserID + "-22222222-2222-4222-8222-222222222222",
	"MORE":  postman.DefaultUserID + "-33333333-3333-4333-8333-333333333333",
}

// space is the id of a workspace.
const space = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"

// repository is the one whose workflow the scenarios are.
const repository = "acme/pets"

// defaultSecret is the name that a secret gets when no input says another.
const defaultSecret = "Postman API key for " + repository

type (
	storyKey   struct{}
	programKey struct{} // the path of the program
)

// Credentials of the scenarios. They hold characters that encodings change, so
// that a search for the raw text alone would miss them.
const (
	apiKey       = "PMAK-5ca1ab1e0ddba11c0ffee123-0123456789abcdeffedcba98765432100f"
	accessKey    = "PMAT-01J0CANARYCANARYCANARY00XY"
	clientSecret = `kc/5ecret+of<the>client&"1"=`
)

// story is what one scenario plays in: a world, and what is known of the runs
// in it.
type story struct {
	*world.World
	dir   string
	gates gates // of Microcks

	mu         sync.Mutex
	running    map[string]*run
	names      map[string]string // of ids that the scenario has named
	gateway    gateway.Kind      // before Microcks
	violations []string          // of what every scenario must keep, seen by the servers
	seen       int               // requests to Microcks before the latest run
	polled     int               // requests to Postman before it

	// Of the pull request: see the word github.
	event     event
	base      map[string]any // the files of the base branch, by path
	changes   []github.File  // nil: what differs from the base
	committed map[string]any // the pull request; nil: the workspace
	head      string         // where the default branch is; "" is at the commit of the run
	planted   map[int64]string
	attempts  int // runs so far
	places    int // of comments, named so far
	written   int // requests to GitHub's API before the latest run
}

func newStory(dir string) *story {
	w := &story{World: world.New(), dir: dir, running: map[string]*run{}, names: map[string]string{}, event: push("main")}
	w.Repository = repository
	w.Before = func(name world.Server, next http.Handler) http.Handler {
		if name == world.Microcks {
			next = w.gates.before(next)
		}
		return w.watch(name, w.gated(name, next))
	}
	return w
}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

// gatewayCanaries are what a gateway in front of Microcks wants.
var gatewayCanaries = []canary.Canary{
	{Name: "the gateway's secret", Value: gateway.Secret}, {Name: "the gateway's password", Value: gateway.Password},
}

// canaries are all credentials that must not come out.
func (w *story) canaries() []canary.Canary {
	all := []canary.Canary{
		{Name: "the API key", Value: apiKey}, {Name: "the access key", Value: accessKey}, {Name: "the client secret", Value: clientSecret},
		{Name: "the request token", Value: github.RequestToken},
		{Name: "the proxy's password", Value: "proxy-password"},
	}
	all = append(append(all, gatewayCanaries...), githubCanaries...)
	for _, token := range w.Tokens() {
		all = append(all, canary.Token("an access token or one of GitHub's", token))
	}
	return all
}

// end stops what is left of a scenario.
func (w *story) end() {
	w.gates.open(false)
	w.mu.Lock()
	left := w.running
	w.running = map[string]*run{}
	w.mu.Unlock()
	for _, r := range left {
		r.Kill()
	}
	w.Close()
}

// violated notes what a server has seen and must not have.
func (w *story) violated(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations = append(w.violations, fmt.Sprintf(format, args...))
}

// plain makes a text of the program the same in every run: addresses, ids and
// uids become the names that scenarios know them by, durations go.
func (w *story) plain(text string) string {
	var pairs []string
	add := func(from, to string) {
		if from != "" {
			pairs = append(pairs, from, to)
		}
	}
	for _, server := range []struct{ url, name string }{
		{w.PostmanURL, "POSTMAN"}, {w.MicrocksURL, "MICROCKS"}, {w.KeycloakURL, "KEYCLOAK"}, {w.GitHubURL, "GITHUB"},
		{w.GitHubAPIURL, "GITHUB_API"},
	} {
		add(server.url, "$"+server.name+"_URL")
		_, host, _ := strings.Cut(server.url, "://")
		add(host, "$"+server.name+"_HOST")
	}
	add(w.dir, "$WORK")
	for name, uid := range uids {
		add(client.DerivedID(client.ImporterKind, uid), "<"+name+">")
		add(uid, "$"+name)
	}
	add(client.DerivedID(client.SecretKind, defaultSecret), "<secret>")
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, name := range w.names {
		add(id, name)
	}
	text = commentIDs.ReplaceAllString(countedIDs.ReplaceAllString(strings.NewReplacer(pairs...).Replace(text), "<$1>"), "<comment$1>")
	return durations.ReplaceAllString(text, "")
}

// expand puts the addresses and uids into a file of the scenario.
func expand(ts *testscript.TestScript, text string) string {
	return os.Expand(text, func(name string) string {
		if name == "$" {
			return "$"
		}
		return ts.Getenv(name)
	})
}

// write puts a file where the scenario can compare it.
func (w *story) write(ts *testscript.TestScript, name, text string) {
	ts.Check(os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644))
}
