package scenarios

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	client "postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// uids are the collections of the scenarios, by the names that they have there.
var uids = map[string]string{
	"PETS":  postman.DefaultUserID + "-11111111-1111-4111-8111-111111111111",
	"BEERS": postman.DefaultUserID + "-22222222-2222-4222-8222-222222222222",
	"MORE":  postman.DefaultUserID + "-33333333-3333-4333-8333-333333333333",
}

// repository is the one whose workflow the scenarios are.
const repository = "acme/pets"

// defaultSecret is the name that a secret gets when no input says another.
const defaultSecret = "Postman API key for " + repository

type (
	worldKey   struct{}
	programKey struct{} // the path of the program
)

// world is what one scenario plays in.
type world struct {
	dir string

	postmanAPI  *postman.Server
	postmanURL  string
	microcks    *microcks.Server
	microcksURL string
	keycloak    *keycloak.Server
	keycloakURL string
	githubURL   string
	servers     []*httptest.Server
	gates       gates // of Microcks

	mu         sync.Mutex
	canaries   []canary
	running    map[string]*run
	names      map[string]string // of ids that the scenario has named
	violations []string          // of what every scenario must keep, seen by the servers
	seen       int               // requests to Microcks before the latest run
	polled     int               // requests to Postman before it
}

func newWorld(dir string) *world {
	return &world{dir: dir, running: map[string]*run{}, names: map[string]string{}, canaries: standingCanaries()}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// end stops what is left of a scenario.
func (w *world) end() {
	w.gates.open(false)
	w.mu.Lock()
	left := w.running
	w.running = map[string]*run{}
	w.mu.Unlock()
	for _, r := range left {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	}
	for _, s := range w.servers {
		s.CloseClientConnections()
		s.Close()
	}
}

// serve starts a server that is watched. header is the one that its credential
// comes in.
func (w *world) serve(name, header string, handler http.Handler) (url string) {
	server := httptest.NewServer(w.watch(name, header, handler))
	w.servers = append(w.servers, server)
	return server.URL
}

// violated notes what a server has seen and must not have.
func (w *world) violated(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations = append(w.violations, fmt.Sprintf(format, args...))
}

// plain makes a text of the program the same in every run: addresses, ids and
// uids become the names that scenarios know them by, durations go.
func (w *world) plain(text string) string {
	var pairs []string
	add := func(from, to string) {
		if from != "" {
			pairs = append(pairs, from, to)
		}
	}
	for _, server := range []struct{ url, name string }{
		{w.postmanURL, "POSTMAN"}, {w.microcksURL, "MICROCKS"}, {w.keycloakURL, "KEYCLOAK"}, {w.githubURL, "GITHUB"},
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
	return durations.ReplaceAllString(countedIDs.ReplaceAllString(strings.NewReplacer(pairs...).Replace(text), "<$1>"), "")
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
func (w *world) write(ts *testscript.TestScript, name, text string) {
	ts.Check(os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644))
}
