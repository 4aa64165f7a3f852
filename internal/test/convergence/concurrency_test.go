package convergence

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/microcks"
	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// Two imports at once of a service that does not exist yet can make it twice,
// and then every import and mock call of it fails. However many runs start at
// the same moment: when the last has ended, or after one later run, there is
// one importer, one secret and one service, with the right examples.

func TestConcurrentFirstRunsConvergeOnTheStandIn(t *testing.T) {
	t.Parallel()
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	seen := &sightings{}
	t.Run("rounds", func(t *testing.T) {
		for round := range rounds {
			t.Run(fmt.Sprint(round), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { firstRuns(t, round, seen) })
			})
		}
	})
	t.Logf("%d rounds of 8 runs; %s", rounds, seen)
	if seen.healed < rounds/20 {
		t.Errorf("the race was met %d times in %d rounds: this test proves little", seen.healed, rounds)
	}
}

// firstRuns is one round, in virtual time. In every fourth the runs go in step,
// so that all their requests of a kind are there at the same moment; in the
// others they drift apart, in some by more than an import takes. In every second
// the import takes a while, in which others can begin.
func firstRuns(t *testing.T, round int, seen *sightings) {
	t.Helper()
	drift := []time.Duration{0, 2 * time.Millisecond, 20 * time.Millisecond, 200 * time.Millisecond}[round%4]
	w := world.InMemory(2*time.Millisecond, drift)
	w.StartPostman(postman.Options{})
	hooks := standin.Hooks{}
	if round/4%2 == 1 {
		hooks.AfterDownload = func(string) { time.Sleep(rand.N(10*drift + 30*time.Millisecond)) }
	}
	w.StartMicrocks(standin.Options{Hooks: hooks})
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Crowded API", "1.0", 3)); err != nil {
		t.Fatal(err)
	}
	crowd(t, w, 8, world.UID(1), "Crowded API", 3, round, seen)
}

// sightings counts what was seen in the logs of runs at once, so that a test
// shows that they did meet.
type sightings struct {
	guard                           sync.Mutex
	imports, skipped, healed, later int
}

func (s *sightings) look(log string) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.imports += strings.Count(log, ": imported (")
	s.skipped += strings.Count(log, "another run has just imported the same")
	s.healed += strings.Count(log, "duplicate service")
}

func (s *sightings) String() string {
	s.guard.Lock()
	defer s.guard.Unlock()
	return fmt.Sprintf("%d imports, %d skipped since another run had just done the same, %d doubled services healed; "+
		"a later run was needed %d times",
		s.imports, s.skipped, s.healed, s.later)
}

func TestConcurrentFirstRunsConvergeOnARealServer(t *testing.T) {
	w := world.New()
	realServer(t, w, postman.Options{Latency: 100 * time.Millisecond})
	seen := &sightings{}
	const rounds = 10
	for round := range rounds {
		n := rand.IntN(1_000_000_000)
		name := fmt.Sprintf("Crowded API %d", n)
		if err := w.Postman.AddCollection(world.UID(n), world.Collection(name, "1.0", 3)); err != nil {
			t.Fatal(err)
		}
		crowd(t, w, 50, world.UID(n), name, 3, round, seen)
	}
	t.Logf("%d rounds of 50 runs; %s", rounds, seen)
}

// crowd starts runs at once and asserts the promise.
func crowd(t *testing.T, w *world.World, runs int, uid, name string, operations, round int, seen *sightings) {
	t.Helper()
	secret := fmt.Sprintf("crowd %s", name)
	inputs := map[string]string{"INPUT_SECRET-NAME": secret}
	var all sync.WaitGroup
	codes := make([]int, runs)
	logs := make([]string, runs)
	for i := range runs {
		all.Go(func() { codes[i], logs[i] = apply(t, w, uid, inputs) })
	}
	all.Wait()
	failed := 0
	for i, code := range codes {
		seen.look(logs[i])
		if code != 0 {
			failed++
			t.Logf("round %d: run %d ended with %d:\n%s", round, i, code, firstError(logs[i]))
		}
	}
	if problem := promise(t, w, uid, name, secret, operations); problem != "" {
		seen.guard.Lock()
		seen.later++
		seen.guard.Unlock()
		t.Logf("round %d: needs a later run: %s", round, problem)
		if code, log := apply(t, w, uid, inputs); code != 0 {
			t.Fatalf("round %d: the later run failed with %d:\n%s", round, code, log)
		}
		if problem := promise(t, w, uid, name, secret, operations); problem != "" {
			t.Fatalf("round %d: after a later run: %s", round, problem)
		}
	}
	if failed > 0 {
		t.Errorf("round %d: %d of %d runs failed", round, failed, runs)
	}
}

func firstError(log string) string {
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "error:") {
			return line
		}
	}
	return log
}

// promise says what is wrong with the end state; "" when nothing is.
func promise(t *testing.T, w *world.World, uid, name, secret string, operations int) string {
	t.Helper()
	ctx := context.Background()
	c := microcks.New(w.Client(), w.MicrocksURL)
	mine := importersOf(t, w, w.Client(), uid)
	secrets, err := c.SecretsNamed(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	services, err := c.ServicesNamed(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(mine) != 1:
		return fmt.Sprintf("%d importers", len(mine))
	case len(secrets) != 1:
		return fmt.Sprintf("%d secrets", len(secrets))
	case len(services) != 1:
		return fmt.Sprintf("%d services", len(services))
	case mine[0].Failed() != "":
		return "the last import failed: " + mine[0].Failed()
	case !mine[0].Active:
		return "the importer is inactive"
	case len(mine[0].ServiceRefs) != 1 || mine[0].ServiceRefs[0].ServiceID != services[0].ID:
		return fmt.Sprintf("the importer refers to %v, the service is %s", mine[0].ServiceRefs, services[0].ID)
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

// A service that imports at the same time made twice answers 500 to every
// import and mock call, until a run heals it.
func TestAServiceFoundTwiceIsHealedOnARealServer(t *testing.T) {
	w := world.New()
	realServer(t, w, postman.Options{Latency: 100 * time.Millisecond})
	n := rand.IntN(1_000_000_000)
	name := fmt.Sprintf("Doubled API %d", n)
	if err := w.Postman.AddCollection(world.UID(n), world.Collection(name, "1.0", 3)); err != nil {
		t.Fatal(err)
	}
	secret := "secret of " + name
	inputs := map[string]string{"INPUT_SECRET-NAME": secret}
	if code, said := apply(t, w, world.UID(n), inputs); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	tries := double(t, w, name, microcks.DerivedID(microcks.ImporterKind, world.UID(n)))
	t.Logf("two starts at once made the service twice at try %d", tries)
	code, said := apply(t, w, world.UID(n), inputs)
	if code != 0 || !strings.Contains(said, "duplicate service") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	if problem := promise(t, w, world.UID(n), name, secret, 3); problem != "" {
		t.Error(problem)
	}
}

// double starts two imports of a missing service at once until both make it.
func double(t *testing.T, w *world.World, name, importer string) (tries int) {
	t.Helper()
	c := microcks.New(w.Client(), w.MicrocksURL)
	for tries = 1; tries <= 100; tries++ {
		services, err := c.ServicesNamed(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(services) > 1 {
			return tries
		}
		for _, s := range services {
			if err := c.DeleteService(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { _, _ = c.StartJob(t.Context(), importer) }) // either may answer 500
		}
		both.Wait()
	}
	t.Fatal("100 pairs of starts never made the service twice")
	return 0
}
