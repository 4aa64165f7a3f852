package convergence

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/result"
	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// grace is how long a run may go on after SIGTERM: a runner kills it then.
const grace = 5 * time.Second

// The program is killed at random moments of a run, once by SIGKILL and once by
// SIGTERM. The next run brings about what was wanted. SIGTERM ends in time, and
// what summary and outputs say was done has been done.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	kills := 200
	if testing.Short() {
		kills = 20
	}
	program, err := world.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var guard sync.Mutex
	ends := map[string]int{}
	t.Run("kills", func(t *testing.T) {
		for n := range kills {
			k := randomKill(n)
			t.Run(k.String(), func(t *testing.T) {
				t.Parallel()
				end := k.carryOut(t, program)
				guard.Lock()
				defer guard.Unlock()
				ends[fmt.Sprintf("%s: %s", k.signal, end)]++
			})
		}
	})
	t.Logf("%d kills: %v", kills, ends)
}

// kill is one end by violence.
type kill struct {
	number  int
	signal  syscall.Signal
	changed bool          // a run for a changed collection, else a first one
	request int           // the one at which it comes; 0: at the program's start
	after   time.Duration // since then
}

// randomKill makes up the n-th. A first run sends 17 requests, one for a
// changed collection 14; each takes about 2 ms here.
func randomKill(n int) kill {
	k := kill{number: n, signal: syscall.SIGKILL, changed: n/2%2 == 1, request: rand.IntN(18), after: rand.N(5 * time.Millisecond)}
	if n%2 == 1 {
		k.signal = syscall.SIGTERM
	}
	if k.changed {
		k.request = rand.IntN(15)
	}
	return k
}

func (k kill) String() string {
	run := "first run"
	if k.changed {
		run = "changed collection"
	}
	return fmt.Sprintf("%03d %s, %s at request %d and %s", k.number, run, k.signal, k.request, k.after.Round(10*time.Microsecond))
}

// carryOut runs and kills the program, then runs it again.
func (k kill) carryOut(t *testing.T, program string) (end string) {
	t.Helper()
	trigger := &trigger{at: k.request, reached: make(chan struct{})}
	w := world.New()
	t.Cleanup(w.Close)
	w.Before = func(_ world.Server, next http.Handler) http.Handler { return trigger.before(next) }
	w.StartPostman(postman.Options{})
	w.StartMicrocks(standin.Options{StartDelay: 4 * time.Millisecond})
	operations := 2
	mustServe(t, w, operations)
	if k.changed {
		if code, said := apply(t, w, world.UID(1), nil); code != 0 {
			t.Fatalf("the run before ended with %d:\n%s", code, said)
		}
		operations = 3
		mustServe(t, w, operations)
	}
	w.Forget()
	trigger.arm()

	p := startProgram(t, w, program)
	select {
	case <-trigger.reached:
	case <-p.Ended():
	}
	time.Sleep(k.after)    // the moment itself
	_ = p.Signal(k.signal) // it may have ended by itself
	select {
	case <-p.Ended():
	case <-time.After(2 * grace):
		t.Fatal("it does not end")
	}
	end = "ended by the signal before it did anything about it"
	if exit := p.Wait(); exit >= 0 {
		end = fmt.Sprintf("exit code %d", exit)
		if took := p.EndedAfter(); took > grace {
			t.Errorf("ended %s after the signal", took)
		}
		k.checkSaid(t, w, p)
	}
	code, said := apply(t, w, world.UID(1), nil)
	if code != 0 {
		t.Errorf("the next run ended with %d:\n%s", code, said)
	}
	if problem := promise(t, w, world.UID(1), "Killed API", "Postman API key for harbour/api", operations); problem != "" {
		t.Errorf("after the next run: %s\n%s", problem, said)
	}
	return end
}

func mustServe(t *testing.T, w *world.World, operations int) {
	t.Helper()
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Killed API", "1.0", operations)); err != nil {
		t.Fatal(err)
	}
}

// startProgram runs the program as the runner does.
func startProgram(t *testing.T, w *world.World, program string) *world.Process {
	t.Helper()
	env := w.Environment()
	env["GITHUB_ACTIONS"], env["INPUT_MODE"], env["INPUT_COLLECTIONS"] = "true", "apply", world.UID(1)
	p, err := world.Start(program, t.TempDir(), t.TempDir(), env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// checkSaid compares what a run that could still speak said with what is there.
func (k kill) checkSaid(t *testing.T, w *world.World, p *world.Process) {
	t.Helper()
	outputs, err := p.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	summary, err := p.Summary()
	if err != nil {
		t.Fatal(err)
	}
	raw := world.Value(outputs, "result")
	var told result.Result
	if err := json.Unmarshal([]byte(raw), &told); err != nil {
		t.Fatalf("no result among the outputs (%v): %v", err, outputs)
	}
	code := p.Wait()
	if (code == 0) != (told.Status != result.Failed) || code == 0 && told.Interrupted != nil {
		t.Errorf("exit code %d, status %s, interrupted %+v", code, told.Status, told.Interrupted)
	}
	if code != 0 && (told.Interrupted == nil || !strings.Contains(summary, "Interrupted")) {
		t.Errorf("nothing says that the run was interrupted:\n%s", summary)
	}
	if problem := world.Unexplained(code, told); problem != "" {
		t.Errorf("%s: %+v", problem, append(told.Problems, told.Collections[0].Problems...))
	}
	writes := len(w.Writes())
	// A change whose answer was lost to the signal counts as made.
	if told.Changed && writes == 0 && code == 0 || !told.Changed && writes > 1 {
		t.Errorf("said changed %t, and wrote %d times", told.Changed, writes)
	}
	if len(told.Collections) != 1 {
		t.Fatalf("%d collections in the result", len(told.Collections))
	}
	importer := told.Collections[0].Importer
	if importer == nil {
		return
	}
	for _, done := range importer.Done {
		switch {
		case done.Kind == result.ImporterCreated && len(w.Microcks.Jobs()) == 0:
			t.Errorf("said %v, but there is no importer", done)
		case done.Kind == result.CollectionImported && (len(w.Microcks.Services()) == 0 || w.Microcks.Jobs()[0].LastImportDate == 0):
			t.Errorf("said %v, but nothing was imported", done)
		}
	}
}

// trigger closes reached when a certain request comes to any of the servers.
type trigger struct {
	at      int
	reached chan struct{}

	guard sync.Mutex
	armed bool
	seen  int
}

// arm begins to count; at 0 the moment is now.
func (k *trigger) arm() {
	k.guard.Lock()
	defer k.guard.Unlock()
	k.armed = true
	if k.at == 0 {
		close(k.reached)
	}
}

// before makes every request take 2 ms, so that moments fall into it.
func (k *trigger) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.guard.Lock()
		if k.armed && !strings.HasPrefix(r.UserAgent(), "Java/") {
			if k.seen++; k.seen == k.at {
				close(k.reached)
			}
		}
		k.guard.Unlock()
		time.Sleep(2 * time.Millisecond)
		next.ServeHTTP(w, r)
	})
}
