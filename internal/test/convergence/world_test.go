// Package convergence has tests alone. Do runs at once, runs that were killed,
// and what people made by hand come to one importer, one secret and one service?
// Most of them run on the stand-in and, with MICROCKS_URL, on a real server.
package convergence

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/keycloak"
	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// standIns is a world with stand-ins alone, and no sign-in.
func standIns(t testing.TB) *world.World {
	t.Helper()
	w := world.New()
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{})
	w.StartMicrocks(standin.Options{})
	return w
}

// realServer has a world, whose Postman may be slow, use the Microcks at
// MICROCKS_URL.
func realServer(t testing.TB, w *world.World, p postman.Options) {
	t.Helper()
	address := os.Getenv("MICROCKS_URL")
	if address == "" {
		t.Skip("needs a running Microcks: set MICROCKS_URL to its address, such as http://127.0.0.1:8080")
	}
	t.Cleanup(w.Close)
	w.StartPostman(p)
	if err := w.UseMicrocks(address); err != nil {
		t.Fatal(err)
	}
}

// eachServer is the stand-in, and the real server when there is one without
// sign-in.
func eachServer(t *testing.T) map[string]*world.World {
	t.Helper()
	all := map[string]*world.World{"stand-in": standIns(t)}
	if os.Getenv("MICROCKS_URL") != "" && os.Getenv("KEYCLOAK_URL") == "" {
		all["real server"] = world.New()
		realServer(t, all["real server"], postman.Options{})
	}
	return all
}

// withSignIn is a world whose Microcks wants a sign-in: a real one when both
// MICROCKS_URL and KEYCLOAK_URL are set.
func withSignIn(t *testing.T) (w *world.World, keycloakURL string) {
	t.Helper()
	w = world.New()
	if address := os.Getenv("KEYCLOAK_URL"); address != "" {
		realServer(t, w, postman.Options{})
		return w, address
	}
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{})
	w.StartKeycloak(keycloak.Options{})
	w.StartMicrocks(standin.Options{})
	return w, w.KeycloakURL
}

// apply runs the program in mode apply. What it says ends with the result as JSON.
func apply(t testing.TB, w *world.World, uid string, more map[string]string) (code int, said string) {
	t.Helper()
	env := w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"] = "apply", uid
	maps.Copy(env, more)
	var out bytes.Buffer
	code = w.Run(t.Context(), &out, env, "--output=json")
	return code, out.String()
}

// importersOf are the importers of a collection.
func importersOf(t *testing.T, w *world.World, as *http.Client, uid string) []microcks.ImportJob {
	t.Helper()
	jobs, err := microcks.New(as, w.MicrocksURL).Jobs(context.Background()) // also when the test's own has ended
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(jobs, func(job microcks.ImportJob) bool { return !strings.HasSuffix(job.RepositoryURL, uid) })
}
