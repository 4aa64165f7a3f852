// Package cost has tests alone: how many requests does a run send, and how many
// of them one after the other?
package cost

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// cost is what a run asks of the servers.
type cost struct {
	Run                         string
	Collections                 int
	SignIn                      bool
	Postman, Keycloak, Microcks int // requests
	Writes                      int // those of them to Microcks that are no GET
	Turns                       int // how long the run takes, in requests one after the other
}

// turns are alike within one in 200: where a fleet waits for a minute of Postman's, it is
// the scheduler's choice whose request waits.
var turns = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Turns" },
	cmp.Comparer(func(a, b int) bool { return max(a, b)-min(a, b) <= max(a, b)/200 }))

// The requests of a run are few, and few of them wait for another. Every
// request takes one second of virtual time here, so what a run takes is the
// length of the longest chain of dependent requests: with several collections
// also as far as `parallelism` (8) makes them wait. Fleets, of 50 collections and more,
// ask Postman once more, read the lists before the collections, and wait for the 300
// calls a minute.
func TestRequestsOfARun(t *testing.T) {
	t.Parallel()
	want := []cost{
		{"first", 1, false, 1, 0, 13, 3, 8},
		{"first", 1, true, 1, 1, 14, 3, 9},
		{"unchanged", 1, false, 1, 0, 5, 0, 2},
		{"unchanged", 1, true, 1, 1, 6, 0, 3},
		{"changed", 1, false, 1, 0, 9, 1, 5},
		{"changed", 1, true, 1, 1, 10, 1, 6},
		{"first", 10, false, 10, 0, 67, 21, 13},
		{"first", 10, true, 10, 1, 68, 21, 14},
		{"unchanged", 10, false, 10, 0, 15, 0, 4},
		{"unchanged", 10, true, 10, 1, 16, 0, 5},
		{"changed", 10, false, 10, 0, 55, 10, 10},
		{"changed", 10, true, 10, 1, 56, 10, 11},
		{"first", 100, false, 101, 0, 607, 201, 81},
		{"first", 100, true, 101, 1, 608, 201, 82},
		{"unchanged", 100, false, 101, 0, 105, 0, 28},
		{"unchanged", 100, true, 101, 1, 106, 0, 29},
		{"changed", 100, false, 101, 0, 505, 100, 67},
		{"changed", 100, true, 101, 1, 506, 100, 68},
		{"first", 1000, false, 1001, 0, 6007, 2001, 824},
		{"unchanged", 1000, false, 1001, 0, 1007, 0, 324},
		{"one changed", 1000, false, 1001, 0, 1011, 1, 327},
		{"changed", 1000, false, 1001, 0, 5007, 1000, 699},
	}
	var got []cost
	for _, collections := range []int{1, 10, 100, 1000} {
		for _, signIn := range []bool{false, true} {
			if signIn && collections == 1000 {
				continue
			}
			synctest.Test(t, func(t *testing.T) { got = append(got, costs(t, collections, signIn, "")...) })
		}
	}
	byRun := func(c cost) string { return fmt.Sprintf("%d %s %t", c.Collections, c.Run, c.SignIn) }
	index := map[string]cost{}
	for _, c := range got {
		index[byRun(c)] = c
	}
	sorted := make([]cost, len(want))
	for i, c := range want {
		sorted[i] = index[byRun(c)]
	}
	if d := cmp.Diff(want, sorted, turns); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	for _, c := range sorted {
		if most := mostRequests(c); c.Microcks > most {
			t.Errorf("%s, %d collections: %d requests to Microcks, want at most %d", c.Run, c.Collections, c.Microcks, most)
		}
		run := fmt.Sprintf("%s %t", c.Run, c.SignIn)
		most := map[string]int{"first false": 8, "first true": 9, "unchanged false": 5, "unchanged true": 5}[run]
		if c.Collections == 1 && most > 0 && c.Turns > most {
			t.Errorf("a run (%s, sign-in %t) is %d requests long, want at most %d", c.Run, c.SignIn, c.Turns, most)
		}
	}
	t.Logf("\n%s", table(sorted))
}

// Uploads send no more than importers: for a changed collection five requests at the most,
// its labels apart, and one for an unchanged one.
func TestRequestsOfUploads(t *testing.T) {
	t.Parallel()
	const many = 100
	synctest.Test(t, func(t *testing.T) {
		for _, c := range costs(t, many, false, "upload") {
			labels, server, lists := many, 2, 3
			most := map[string]int{"first": 5*many + labels, "unchanged": many, "changed": 5*many + labels, "one changed": many - 1 + 5 + 1}[c.Run]
			if c.Microcks > server+lists+most {
				t.Errorf("%s: %d requests to Microcks, want at most %d", c.Run, c.Microcks, server+lists+most)
			}
			if writes := map[string]int{"first": 2 * many, "changed": 2 * many, "one changed": 2}[c.Run]; c.Writes != writes {
				t.Errorf("%s: %d requests wrote, want %d", c.Run, c.Writes, writes)
			}
			t.Logf("%s: %d requests to Microcks, %d of them wrote", c.Run, c.Microcks, c.Writes)
		}
	})
}

// A manifest costs no more requests than the same list in the workflow, also where it is
// to be pruned and nothing is left over.
func TestRequestsOfAManifest(t *testing.T) {
	t.Parallel()
	const many = 50
	file := filepath.Join(t.TempDir(), "manifest.yaml")
	listed := func(env map[string]string, uids []string) { env["INPUT_COLLECTIONS"] = strings.Join(uids, "\n") }
	manifest := func(env map[string]string, uids []string) {
		if err := os.WriteFile(file, []byte("collections:\n- "+strings.Join(uids, "\n- ")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env["INPUT_MANIFEST"], env["INPUT_PRUNE"] = file, "true"
	}
	var of [2][]cost
	for i, name := range []func(map[string]string, []string){listed, manifest} {
		synctest.Test(t, func(t *testing.T) { of[i] = costsOf(t, many, false, name) })
	}
	if d := cmp.Diff(of[0], of[1], turns); d != "" {
		t.Errorf("requests of a list (-) and of a manifest (+):\n%s", d)
	}
}

// mostRequests to Microcks are what the documents promise: for the lists, for
// the server and the secret, and for each collection.
func mostRequests(c cost) int {
	const server, secret = 2, 3 // version and sign-in; search, look-up, write
	lists := 3 + 2*c.Collections/1000
	each := map[string]int{"first": 6, "unchanged": 1, "changed": 6, "one changed": 1}[c.Run] * c.Collections
	if c.Run == "one changed" {
		each += 5
	}
	return server + secret + lists + each
}

// costs of a first run, an unchanged one and one where every collection has
// changed.
func costs(t *testing.T, collections int, signIn bool, delivery string) []cost {
	t.Helper()
	return costsOf(t, collections, signIn, func(env map[string]string, uids []string) {
		env["INPUT_COLLECTIONS"], env["INPUT_DELIVERY"] = strings.Join(uids, "\n"), delivery
	})
}

// costsOf are the costs of collections that a run names in some way.
func costsOf(t *testing.T, collections int, signIn bool, name func(env map[string]string, uids []string)) []cost {
	t.Helper()
	w := world.InMemory(time.Second, 0)
	w.StartPostman(postman.Options{})
	if signIn {
		w.StartKeycloak(keycloak.Options{})
	}
	w.StartMicrocks(microcks.Options{})
	var uids []string
	for n := range collections {
		uids = append(uids, world.UID(n))
	}
	env := w.Environment()
	maps.Copy(env, map[string]string{"INPUT_MODE": "apply", "INPUT_TIMEOUT": "1h"})
	name(env, uids)
	if signIn {
		maps.Copy(env, map[string]string{"INPUT_KEYCLOAK-CLIENT-ID": "ci-admin", "INPUT_KEYCLOAK-CLIENT-SECRET": "ci-admin-secret"})
	}
	serveAll(t, w, uids, 2)
	first := costOf(t, w, "first", env)
	unchanged := costOf(t, w, "unchanged", env)
	serveAll(t, w, uids[:1], 4)
	one := costOf(t, w, "one changed", env)
	serveAll(t, w, uids, 3)
	all := []cost{first, unchanged, one, costOf(t, w, "changed", env)}
	for i := range all {
		all[i].Collections, all[i].SignIn = collections, signIn
	}
	return all
}

// serveAll puts the collections into Postman.
func serveAll(t *testing.T, w *world.World, uids []string, operations int) {
	t.Helper()
	for i, uid := range uids {
		if err := w.Postman.AddCollection(uid, world.Collection(fmt.Sprintf("API %03d", i), "1.0", operations)); err != nil {
			t.Fatal(err)
		}
	}
}

// costOf is the cost of one run.
func costOf(t *testing.T, w *world.World, name string, env map[string]string) cost {
	t.Helper()
	w.Forget()
	var said bytes.Buffer
	began := time.Now()
	code := w.Run(t.Context(), &said, env)
	took := time.Since(began)
	if code != 0 {
		t.Fatalf("%s: exit code %d\n%.2000s", name, code, said.String())
	}
	if took%time.Second != 0 {
		t.Errorf("%s: took %s: the run waited for something other than a request", name, took)
	}
	return cost{
		Run: name, Postman: w.To(world.Postman), Keycloak: w.To(world.Keycloak), Microcks: w.To(world.Microcks),
		Writes: len(w.Writes()), Turns: int(took / time.Second),
	}
}

// table is Markdown for the documents.
func table(costs []cost) string {
	var b strings.Builder
	b.WriteString("| run | collections | sign-in | to Postman | to Keycloak | to Microcks | of these writes | one after the other |\n")
	b.WriteString("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range costs {
		signIn := map[bool]string{true: "Keycloak", false: "none"}[c.SignIn]
		fmt.Fprintf(&b, "| %s | %d | %s | %d | %d | %d | %d | %d |\n",
			c.Run, c.Collections, signIn, c.Postman, c.Keycloak, c.Microcks, c.Writes, c.Turns)
	}
	return b.String()
}
