package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"postman-microcks-importer/internal/microcks"
	fake "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// Two imports at once of a service that does not exist yet can make it twice,
// and then every import and mock call of it fails. However many runs start at
// the same moment: when the last has ended, or after one later run, there is
// one importer, one secret and one service, with the right examples.

func TestConcurrentFirstRunsConvergeOnTheStandIn(t *testing.T) {
	t.Parallel()
	rounds := 200
	if testing.Short() {
		rounds = 10
	}
	later := 0
	for round := range rounds {
		// A test of its own, so that its servers end with it.
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			w := newWorld(t, postman.Options{}, fake.Options{})
			if err := w.postman.AddCollection(uid(1), collection("Crowded API", "1.0", 3)); err != nil {
				t.Fatal(err)
			}
			later += w.crowd(t, 8, uid(1), "Crowded API", 3, round)
		})
	}
	t.Logf("%d rounds of 8 runs; a later run was needed %d times", rounds, later)
}

func TestConcurrentFirstRunsConvergeOnARealServer(t *testing.T) {
	w := realWorld(t, postman.Options{Latency: 100 * time.Millisecond})
	later := 0
	const rounds = 10
	for round := range rounds {
		n := rand.IntN(1_000_000_000)
		name := fmt.Sprintf("Crowded API %d", n)
		if err := w.postman.AddCollection(uid(n), collection(name, "1.0", 3)); err != nil {
			t.Fatal(err)
		}
		later += w.crowd(t, 50, uid(n), name, 3, round)
	}
	t.Logf("%d rounds of 50 runs; a later run was needed %d times", rounds, later)
}

// crowd starts runs at once and asserts the promise. It returns 1 when a later
// run was needed.
func (w *world) crowd(t *testing.T, runs int, uid, name string, operations, round int) (later int) {
	t.Helper()
	secret := fmt.Sprintf("crowd %s", name)
	inputs := map[string]string{"INPUT_SECRET-NAME": secret}
	var all sync.WaitGroup
	codes := make([]int, runs)
	logs := make([]string, runs)
	for i := range runs {
		all.Go(func() { codes[i], logs[i] = w.apply(t, uid, inputs) })
	}
	all.Wait()
	failed := 0
	for i, code := range codes {
		if code != 0 {
			failed++
			t.Logf("round %d: run %d ended with %d:\n%s", round, i, code, firstError(logs[i]))
		}
	}
	if problem := w.promise(t, uid, name, secret, operations); problem != "" {
		later = 1
		t.Logf("round %d: needs a later run: %s", round, problem)
		if code, log := w.apply(t, uid, inputs); code != 0 {
			t.Fatalf("round %d: the later run failed with %d:\n%s", round, code, log)
		}
		if problem := w.promise(t, uid, name, secret, operations); problem != "" {
			t.Fatalf("round %d: after a later run: %s", round, problem)
		}
	}
	if failed > 0 {
		t.Errorf("round %d: %d of %d runs failed", round, failed, runs)
	}
	return later
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
func (w *world) promise(t *testing.T, uid, name, secret string, operations int) string {
	t.Helper()
	ctx := context.Background()
	c := microcks.New(http.DefaultClient, w.server)
	jobs, err := c.Jobs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var mine []microcks.ImportJob
	for _, job := range jobs {
		if strings.HasSuffix(job.RepositoryURL, uid) {
			mine = append(mine, job)
		}
	}
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
	w := realWorld(t, postman.Options{Latency: 100 * time.Millisecond})
	n := rand.IntN(1_000_000_000)
	name := fmt.Sprintf("Doubled API %d", n)
	if err := w.postman.AddCollection(uid(n), collection(name, "1.0", 3)); err != nil {
		t.Fatal(err)
	}
	secret := "secret of " + name
	inputs := map[string]string{"INPUT_SECRET-NAME": secret}
	if code, said := w.apply(t, uid(n), inputs); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	tries := w.double(t, name, microcks.DerivedID(microcks.ImporterKind, uid(n)))
	t.Logf("two starts at once made the service twice at try %d", tries)
	code, said := w.apply(t, uid(n), inputs)
	if code != 0 || !strings.Contains(said, "doubled service") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	if problem := w.promise(t, uid(n), name, secret, 3); problem != "" {
		t.Error(problem)
	}
}

// double starts two imports of a missing service at once until both make it.
func (w *world) double(t *testing.T, name, importer string) (tries int) {
	t.Helper()
	c := microcks.New(http.DefaultClient, w.server)
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
