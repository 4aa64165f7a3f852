package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/test/standin/microcks"
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

// The requests of a run are few, and few of them wait for another. Every
// request takes one second of virtual time here, so what a run takes is the
// length of the longest chain of dependent requests: with several collections
// also as far as `parallelism` (8) makes them wait.
func TestRequestsOfARun(t *testing.T) {
	t.Parallel()
	want := []cost{
		{"first", 1, false, 1, 0, 16, 3, 7},
		{"first", 1, true, 1, 1, 17, 3, 8},
		{"unchanged", 1, false, 1, 0, 7, 0, 3},
		{"unchanged", 1, true, 1, 1, 8, 0, 4},
		{"changed", 1, false, 1, 0, 13, 1, 6},
		{"changed", 1, true, 1, 1, 14, 1, 7},
		{"first", 10, false, 10, 0, 106, 21, 14},
		{"first", 10, true, 10, 1, 107, 21, 14},
		{"unchanged", 10, false, 10, 0, 25, 0, 6},
		{"unchanged", 10, true, 10, 1, 26, 0, 6},
		{"changed", 10, false, 10, 0, 85, 10, 12},
		{"changed", 10, true, 10, 1, 86, 10, 12},
		{"first", 100, false, 100, 0, 1006, 201, 91},
		{"first", 100, true, 100, 1, 1007, 201, 91},
		{"unchanged", 100, false, 100, 0, 205, 0, 39},
		{"unchanged", 100, true, 100, 1, 206, 0, 39},
		{"changed", 100, false, 100, 0, 805, 100, 78},
		{"changed", 100, true, 100, 1, 806, 100, 78},
	}
	var got []cost
	for _, collections := range []int{1, 10, 100} {
		for _, signIn := range []bool{false, true} {
			inBubble(t, func(t *testing.T) { got = append(got, costs(t, collections, signIn)...) })
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
	if d := cmp.Diff(want, sorted); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	for _, c := range sorted {
		most := map[string]int{"first false": 7, "first true": 9, "unchanged false": 5, "unchanged true": 5}[fmt.Sprintf("%s %t", c.Run, c.SignIn)]
		if c.Collections == 1 && most > 0 && c.Turns > most {
			t.Errorf("a run (%s, sign-in %t) is %d requests long, want at most %d", c.Run, c.SignIn, c.Turns, most)
		}
	}
	t.Logf("\n%s", table(sorted))
}

// costs of a first run, an unchanged one and one where every collection has
// changed.
func costs(t *testing.T, collections int, signIn bool) []cost {
	t.Helper()
	by := nobody
	if signIn {
		by = clientWithSecret
	}
	v := newVirtual(by, microcks.Options{}, time.Second)
	v.serveCollections(collections, 2)
	var uids []string
	for n := range collections {
		uids = append(uids, uid(n))
	}
	v.inputs["INPUT_COLLECTION"] = strings.Join(uids, "\n")
	first := v.cost(t, "first")
	unchanged := v.cost(t, "unchanged")
	v.serveCollections(collections, 3)
	all := []cost{first, unchanged, v.cost(t, "changed")}
	for i := range all {
		all[i].Collections, all[i].SignIn = collections, signIn
	}
	return all
}

func (v *virtual) serveCollections(n, operations int) {
	for i := range n {
		v.collection(i, fmt.Sprintf("API %03d", i), "1.0", operations)
	}
}

// cost of one run.
func (v *virtual) cost(t *testing.T, name string) cost {
	t.Helper()
	v.forget()
	e := v.run(context.Background(), nil)
	if e.code != 0 {
		t.Fatalf("%s: exit code %d\n%s", name, e.code, e.said)
	}
	if e.took%time.Second != 0 {
		t.Errorf("%s: took %s: the run waited for something else than a request", name, e.took)
	}
	c := cost{Run: name, Writes: len(e.writes), Turns: int(e.took / time.Second)}
	c.Postman, c.Microcks = len(v.proxies["postman"].Requests()), len(v.proxies["microcks"].Requests())
	if keycloak := v.proxies["keycloak"]; keycloak != nil {
		c.Keycloak = len(keycloak.Requests())
	}
	return c
}

// table is Markdown for the documents.
func table(costs []cost) string {
	var b strings.Builder
	b.WriteString("| run | collections | sign-in | to Postman | to Keycloak | to Microcks | of these writes | one after the other |\n")
	b.WriteString("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range costs {
		signIn := map[bool]string{true: "Keycloak", false: "none"}[c.SignIn]
		fmt.Fprintf(&b, "| %s | %d | %s | %d | %d | %d | %d | %d |\n", c.Run, c.Collections, signIn, c.Postman, c.Keycloak, c.Microcks, c.Writes, c.Turns)
	}
	return b.String()
}
