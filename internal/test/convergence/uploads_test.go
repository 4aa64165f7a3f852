package convergence

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// uploaded are the inputs of a run that uploads.
func uploaded(more map[string]string) map[string]string {
	inputs := map[string]string{"INPUT_DELIVERY": "upload"}
	maps.Copy(inputs, more)
	return inputs
}

// eachVirtual plays rounds on stand-ins in virtual time, of servers that mix up uploads of
// one moment and of those that do not. As in [firstRuns], some runs go in step and others
// drift apart.
func eachVirtual(t *testing.T, rounds int, play func(t *testing.T, w *world.World, round int)) {
	t.Helper()
	t.Run("stand-in", func(t *testing.T) {
		for round := range rounds {
			t.Run(fmt.Sprint(round), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					drift := []time.Duration{0, 2 * time.Millisecond, 20 * time.Millisecond, 200 * time.Millisecond}[round%4]
					w := world.InMemory(2*time.Millisecond, drift)
					w.StartPostman(postman.Options{})
					hooks := standin.Hooks{AfterDownload: func(string) { time.Sleep(rand.N(10*drift + 30*time.Millisecond)) }}
					w.StartMicrocks(standin.Options{Hooks: hooks, Version: []string{"1.15.0", "1.10.0"}[round/4%2]})
					play(t, w, round)
				})
			})
		}
	})
}

// eachReal plays rounds on a real server.
func eachReal(t *testing.T, rounds int, play func(t *testing.T, w *world.World, round int)) {
	t.Helper()
	t.Run("real server", func(t *testing.T) {
		w := world.New()
		realServer(t, w, postman.Options{Latency: 50 * time.Millisecond})
		for round := range rounds {
			play(t, w, round)
		}
	})
}

// atOnce are runs that start at the same moment; it returns the codes and what they said.
func atOnce(t *testing.T, w *world.World, uid string, runs []map[string]string) (codes []int, said []string) {
	t.Helper()
	codes, said = make([]int, len(runs)), make([]string, len(runs))
	var all sync.WaitGroup
	for i, inputs := range runs {
		all.Go(func() { codes[i], said[i] = apply(t, w, uid, inputs) })
	}
	all.Wait()
	return codes, said
}

// newCollection is one of a name of its own.
func newCollection(t *testing.T, w *world.World, operations int) (uid, name string) {
	t.Helper()
	n := rand.IntN(1_000_000_000)
	uid, name = world.UID(n), fmt.Sprintf("Sent API %d", n)
	if err := w.Postman.AddCollection(uid, world.Collection(name, "1.0", operations)); err != nil {
		t.Fatal(err)
	}
	return uid, name
}

// sent says in what a service is not one that uploads of the owner made of these many
// operations, with importers or without; "" when it is.
func sent(t *testing.T, w *world.World, uid, name, owner string, operations, importers int) string {
	t.Helper()
	ctx := context.Background()
	c := microcks.New(w.Client(), w.MicrocksURL)
	services, err := c.ServicesNamed(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if len(services) != 1 {
		return fmt.Sprintf("%d services", len(services))
	}
	if uid != "" {
		if mine := importersOf(t, w, w.Client(), uid); len(mine) != importers {
			return fmt.Sprintf("%d importers", len(mine))
		}
	}
	if !(plan.Owner{Repository: owner}).Made(services[0].Metadata) {
		return fmt.Sprintf("its labels are %+v", services[0].Metadata)
	}
	view, err := c.ServiceView(ctx, services[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Service.Operations) != operations {
		return fmt.Sprintf("%d operations", len(view.Service.Operations))
	}
	for _, op := range view.Service.Operations {
		if n := len(view.Messages[op.Name]); n != 1 {
			return fmt.Sprintf("%d examples of %s", n, op.Name)
		}
	}
	return ""
}

// Two uploads at once of a service that does not exist yet make it twice, most of the
// time. However many runs start at the same moment, there is one service in the end.
func TestFirstUploadsAtOnce(t *testing.T) {
	t.Parallel()
	seen := &sightings{}
	round := func(runs int) func(*testing.T, *world.World, int) {
		return func(t *testing.T, w *world.World, round int) {
			t.Helper()
			uid, name := newCollection(t, w, 3)
			same := make([]map[string]string, runs)
			for i := range same {
				same[i] = uploaded(nil)
			}
			codes, said := atOnce(t, w, uid, same)
			for i, code := range codes {
				seen.look(said[i])
				if code != 0 {
					t.Errorf("round %d: run %d ended with %d:\n%s", round, i, code, firstError(said[i]))
				}
			}
			if problem := sent(t, w, uid, name, w.Repository, 3, 0); problem != "" {
				t.Errorf("round %d: %s", round, problem)
			}
			if code, log := apply(t, w, uid, uploaded(nil)); code != 0 || strings.Contains(log, "uploaded (") {
				t.Errorf("round %d: a later run ended with %d:\n%s", round, code, log)
			}
		}
	}
	eachVirtual(t, 40, round(8))
	if seen.healed < 4 {
		t.Errorf("the race was met %d times: this test proves little", seen.healed)
	}
	eachReal(t, 5, round(50))
	t.Log(seen)
}

// Runs that import and runs that upload one collection at the same time: after one later
// run it is as that one wants it.
func TestImportersAndUploadsAgainstEachOther(t *testing.T) {
	t.Parallel()
	round := func(t *testing.T, w *world.World, round int) {
		t.Helper()
		uid, name := newCollection(t, w, 3)
		secret := map[string]string{"INPUT_SECRET-NAME": "against " + name}
		both := []map[string]string{secret, uploaded(secret), secret, uploaded(secret)}
		atOnce(t, w, uid, both) // each of which may find that the other is at work
		last, importers := both[round%2], 1-round%2
		if code, said := apply(t, w, uid, last); code != 0 {
			t.Errorf("round %d: the last run ended with %d:\n%s", round, code, said)
		}
		owner := w.Repository
		if importers == 1 {
			owner = "" // its labels are the importer's, whether an upload made the service or not
		}
		if problem := sent(t, w, uid, name, owner, 3, importers); problem != "" && !strings.HasPrefix(problem, "its labels") {
			t.Errorf("round %d: %s", round, problem)
		}
		if code, said := apply(t, w, uid, last); code != 0 || strings.Contains(said, "uploaded (") || strings.Contains(said, "imported (") {
			t.Errorf("round %d: again, it ended with %d:\n%s", round, code, said)
		}
	}
	eachVirtual(t, 40, round)
	eachReal(t, 20, round)
}

// Two repositories upload different files of one name and version at the same time: one
// gets the service, the other is told whose it is.
func TestTwoRepositoriesUploadOneService(t *testing.T) {
	t.Parallel()
	var told atomic.Int64
	round := func(t *testing.T, w *world.World, round int) {
		t.Helper()
		name := fmt.Sprintf("Contested API %d", rand.IntN(1_000_000_000))
		owners, operations := []string{"harbour/api", "ferry/api"}, []int{2, 3}
		runs := make([]map[string]string, 2)
		for i, owner := range owners {
			folder := t.TempDir()
			export := world.Collection(name, "1.0", operations[i])
			if err := os.WriteFile(filepath.Join(folder, "api.json"), export, 0o600); err != nil {
				t.Fatal(err)
			}
			runs[i] = map[string]string{"GITHUB_REPOSITORY": owner, "GITHUB_WORKSPACE": folder}
		}
		codes, said := atOnce(t, w, "api.json", []map[string]string{runs[0], runs[1]})
		// Where one had ended before the other's upload came in, it was right when it ended.
		owner := slices.IndexFunc(owners, func(owner string) bool {
			problem := sent(t, w, "", name, owner, -1, 0)
			return !strings.HasPrefix(problem, "its labels") && !strings.HasSuffix(problem, " services")
		})
		if owner < 0 { // an upload that was under way saved the service without the labels that came meanwhile
			owner = slices.Index(codes, 0)
		}
		if owner < 0 {
			t.Fatalf("round %d: nobody's, ended with %v:\n%s\n%s", round, codes, said[0], said[1])
		}
		told.Add(int64(codes[0] + codes[1]))
		if code, log := apply(t, w, "api.json", runs[owner]); code != 0 {
			t.Fatalf("round %d: the owner's later run ended with %d:\n%s", round, code, log)
		}
		if problem := sent(t, w, "", name, owners[owner], operations[owner], 0); problem != "" {
			t.Errorf("round %d: %s, after %v:\n%s\n%s", round, problem, codes, said[0], said[1])
		}
		code, log := apply(t, w, "api.json", runs[1-owner])
		if code != 1 || !strings.Contains(log, owners[owner]) {
			t.Errorf("round %d: the other's later run ended with %d:\n%s", round, code, log)
		}
	}
	eachVirtual(t, 40, round)
	if told.Load() < 20 {
		t.Errorf("in %d of 40 rounds one was told that the service is the other's: this test proves little", told.Load())
	}
	eachReal(t, 20, round)
	t.Logf("%d were told that the service is the other's", told.Load())
}
