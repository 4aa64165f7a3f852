package e2e

import (
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/world"
)

// TestSignalAtEveryRequest ends a first run at its first request, at its
// second, and so on to the last. Each time it must end soon and tell the truth,
// and the next run must bring the work to its end.
func TestSignalAtEveryRequest(t *testing.T) {
	t.Parallel()
	const most = 100 // requests that a run with one collection surely stays below
	for n := int64(1); ; n++ {
		if n > most {
			t.Fatalf("a run makes more than %d requests", most)
		}
		w := withStandIn(t, microcks.Options{})
		var seen atomic.Int64
		var writesBefore atomic.Int64
		running := make(chan *process, 1)
		interrupt := func(r world.Request) {
			if seen.Add(1) == n {
				p := <-running
				writes := len(w.Writes())
				if r.Writes() {
					writes-- // itself, which nothing has answered yet
				}
				writesBefore.Store(int64(writes))
				p.signal(t, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[n%2])
			}
		}
		w.onRequest.Store(&interrupt)
		p := start(t, w.inputs(harbourUID))
		running <- p
		code := p.wait(t, time.Minute)
		w.onRequest.Store(nil)
		if seen.Load() < n {
			if code != 0 {
				t.Fatalf("the run that nothing interrupted ended with %d:\n%s", code, p.log(t))
			}
			t.Logf("ended at each of %d requests", n-1)
			return
		}
		t.Run("request "+strconv.FormatInt(n, 10), func(t *testing.T) {
			checkInterrupted(t, w, p, code, writesBefore.Load() > 0)
			checkNextRuns(t, w)
		})
	}
}

// checkInterrupted reads what a run said that was told to end. wrote: it had
// changed something by then.
func checkInterrupted(t *testing.T, w *surroundings, p *process, code int, wrote bool) {
	t.Helper()
	if took := p.EndedAfter(); took > grace {
		t.Errorf("ended %s after the signal, want at most %s", took, grace)
	}
	summary, status, changed := p.summary(t), p.output(t, "status"), p.output(t, "changed")
	// A signal that finds the work done changes nothing.
	if (code == 0) == (status == "failed") {
		t.Errorf("exit code %d and status %q do not go together", code, status)
	}
	if code != 0 && !strings.Contains(summary, "Interrupted") {
		t.Errorf("the summary does not say that the run was interrupted:\n%s", summary)
	}
	if wrote && changed != "true" {
		t.Errorf("output changed is %q although something had been written:\n%s", changed, summary)
	}
	if len(w.Writes()) == 0 && changed != "false" {
		t.Errorf("output changed is %q although nothing has been sent:\n%s", changed, summary)
	}
	checkLeaksOf(t, w, p)
}

// checkNextRuns expects one run to finish the work and one more to find nothing
// to do.
func checkNextRuns(t *testing.T, w *surroundings) {
	t.Helper()
	for _, want := range []string{"the work is finished", "nothing is left to do"} {
		w.Forget()
		p := start(t, w.inputs(harbourUID))
		if code := p.wait(t, time.Minute); code != 0 {
			t.Fatalf("%s: exit code %d:\n%s", want, code, p.log(t))
		}
		if services := w.Microcks.Services(); len(services) != 1 {
			t.Errorf("%s: %d services, want 1", want, len(services))
		}
		checkImporter(t, w, "active")
	}
	if writes := w.Writes(); len(writes) > 0 {
		t.Errorf("the run after that writes: %v", writes)
	}
}
