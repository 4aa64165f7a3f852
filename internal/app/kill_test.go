package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/reconcile"
	fake "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
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
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", program, "postman-microcks-importer").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
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
	w := &world{postman: postman.New(postman.Options{}), standIn: fake.New(fake.Options{StartDelay: 4 * time.Millisecond})}
	w.postmanURL = serve(t, trigger.before(w.postman))
	w.server = serve(t, trigger.before(w.standIn))
	operations := 2
	w.mustServe(t, operations)
	if k.changed {
		if code, said := w.apply(t, uid(1), nil); code != 0 {
			t.Fatalf("the run before ended with %d:\n%s", code, said)
		}
		operations = 3
		w.mustServe(t, operations)
	}
	before := w.standIn.Writes()
	trigger.arm()

	p := w.startProgram(t, program)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = p.Wait() // how it ended is read from its state
	}()
	select {
	case <-trigger.reached:
	case <-ended:
	}
	time.Sleep(k.after) // the moment itself
	signalled := time.Now()
	_ = p.Process.Signal(k.signal) // it may have ended by itself
	select {
	case <-ended:
	case <-time.After(2 * grace):
		t.Fatal("it does not end")
	}
	took := time.Since(signalled)
	end = "ended by the signal before it did anything about it"
	if p.ProcessState.Exited() {
		end = fmt.Sprintf("exit code %d", p.ProcessState.ExitCode())
		if took > grace {
			t.Errorf("ended %s after the signal", took)
		}
		k.checkSaid(t, w, p, before)
	}
	code, said := w.apply(t, uid(1), nil)
	if code != 0 {
		t.Errorf("the next run ended with %d:\n%s", code, said)
	}
	if problem := w.promise(t, uid(1), "Killed API", "Postman API key for harbour/api", operations); problem != "" {
		t.Errorf("after the next run: %s\n%s", problem, said)
	}
	return end
}

func (w *world) mustServe(t *testing.T, operations int) {
	t.Helper()
	if err := w.postman.AddCollection(uid(1), collection("Killed API", "1.0", operations)); err != nil {
		t.Fatal(err)
	}
}

// startProgram runs the program as the runner does.
func (w *world) startProgram(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	p := exec.Command(program)
	p.Dir = dir
	p.Env = []string{
		"GITHUB_ACTIONS=true",
		"GITHUB_REPOSITORY=harbour/api",
		"GITHUB_OUTPUT=" + filepath.Join(dir, "outputs"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary.md"),
		"INPUT_MODE=apply",
		"INPUT_COLLECTION=" + uid(1),
		"INPUT_POSTMAN-API-KEY=" + postman.DefaultAPIKey,
		"INPUT_POSTMAN-API-URL=" + w.postmanURL,
		"INPUT_MICROCKS-URL=" + w.server,
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// checkSaid compares what a run that could still speak said with what is there.
func (k kill) checkSaid(t *testing.T, w *world, p *exec.Cmd, before int) {
	t.Helper()
	outputs, summary := readOrEmpty(p.Dir, "outputs"), readOrEmpty(p.Dir, "summary.md")
	raw := ""
	if _, rest, found := strings.Cut(outputs, "\nresult<<"); found {
		raw = strings.SplitN(rest, "\n", 3)[1]
	}
	var result reconcile.Result
	if err := json.Unmarshal([]byte(raw), &result); err != nil {
		t.Fatalf("no result among the outputs (%v):\n%s", err, outputs)
	}
	code := p.ProcessState.ExitCode()
	if (code == 0) != (result.Status != reconcile.Failed) || code == 0 && result.Interrupted != "" {
		t.Errorf("exit code %d, status %s, interrupted %q", code, result.Status, result.Interrupted)
	}
	if code != 0 && (result.Interrupted == "" || !strings.Contains(summary, "Interrupted")) {
		t.Errorf("nothing says that the run was interrupted:\n%s", summary)
	}
	e := ended{code: code, result: result}
	if problem := e.explained(); problem != "" {
		t.Errorf("%s: %+v", problem, append(result.Problems, result.Collections[0].Problems...))
	}
	writes := w.standIn.Writes() - before
	// A change whose answer was lost to the signal counts as made.
	if result.Changed && writes == 0 && code == 0 || !result.Changed && writes > 1 {
		t.Errorf("said changed %t, and wrote %d times", result.Changed, writes)
	}
	if len(result.Collections) != 1 {
		t.Fatalf("%d collections in the result", len(result.Collections))
	}
	importer := result.Collections[0].Importer
	if importer == nil {
		return
	}
	for _, done := range importer.Done {
		switch {
		case done == "importer created" && len(w.standIn.Jobs()) == 0:
			t.Errorf("said %q, but there is no importer", done)
		case done == "imported" && (len(w.standIn.Services()) == 0 || w.standIn.Jobs()[0].LastImportDate == 0):
			t.Errorf("said %q, but nothing was imported", done)
		}
	}
}

func readOrEmpty(dir, name string) string {
	text, _ := os.ReadFile(filepath.Join(dir, name)) // what is not there says nothing
	return string(text)
}

// trigger tells when a certain request comes to any of the servers.
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
