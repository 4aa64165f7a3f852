package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// grace is how long a step may go on after it was told to end. A runner waits
// 7.5 s after SIGINT and 2.5 s after SIGTERM, then kills.
const grace = 5 * time.Second

// TestSignalEndsRun stops the program at two points where it waits for a
// server, and expects it to end in time and to say what it did until then.
func TestSignalEndsRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		signal syscall.Signal
		hang   func(w *surroundings, reached chan<- struct{}, until <-chan struct{})
		want   []string // in the summary
		active string   // the importer afterwards; "" when there is none
	}{
		{"SIGTERM while Microcks imports", syscall.SIGTERM, importHangs, []string{"Interrupted", "E2E Harbour API", "created"}, "inactive"},
		{"SIGINT while Microcks imports", syscall.SIGINT, importHangs, []string{"Interrupted", "E2E Harbour API", "created"}, "inactive"},
		{"SIGTERM while Postman is silent", syscall.SIGTERM, postmanHangs, []string{"Interrupted", "nothing was written"}, ""},
		{"SIGINT while Postman is silent", syscall.SIGINT, postmanHangs, []string{"Interrupted", "nothing was written"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			reached, until := make(chan struct{}, 10), make(chan struct{})
			hooks := microcks.Hooks{BeforeImport: func(string) {
				reached <- struct{}{}
				<-until
			}}
			w := withStandIn(t, microcks.Options{Hooks: hooks})
			t.Cleanup(func() { close(until) })
			test.hang(w, reached, until)
			p := start(t, w.inputs(harbourUID))
			select {
			case <-reached:
			case <-p.Ended():
				t.Fatalf("the program ended before it was told to, with %d:\n%s", p.Wait(), p.log(t))
			}
			p.signal(t, test.signal)
			code := p.wait(t, grace)
			if code <= 0 {
				t.Errorf("exit code %d, want one above 0", code)
			}
			if took := p.EndedAfter(); took > grace {
				t.Errorf("ended %s after the signal, want at most %s", took, grace)
			}
			summary := p.summary(t)
			for _, want := range test.want {
				if !strings.Contains(summary, want) {
					t.Errorf("the summary lacks %q:\n%s", want, summary)
				}
			}
			if status := p.output(t, "status"); status != "failed" {
				t.Errorf("output status is %q, want %q", status, "failed")
			}
			checkImporter(t, w, test.active)
			checkLeaksOf(t, w, p)
		})
	}
}

func importHangs(*surroundings, chan<- struct{}, <-chan struct{}) {}

func postmanHangs(w *surroundings, reached chan<- struct{}, until <-chan struct{}) {
	w.Postman.Fail(postman.Fault{On: arrival(reached), Hold: until, Times: -1})
}

// checkImporter expects no importer, or one that does or does not run in the
// server's scan.
func checkImporter(t *testing.T, w *surroundings, want string) {
	t.Helper()
	var got []string
	for _, job := range w.Microcks.Jobs() {
		state := "inactive"
		if job.Active {
			state = "active"
		}
		got = append(got, state)
	}
	if strings.Join(got, " ") != want {
		t.Errorf("importers afterwards: %q, want %q", got, want)
	}
}

// TestRunnerFilesThatCannotBeWritten: a file that the runner owns and this
// process may not write fails the step with a reason, not with a panic.
func TestRunnerFilesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := withStandIn(t, microcks.Options{})
	for _, variable := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			env := w.inputs(harbourUID)
			env["INPUT_MODE"] = "plan"
			env[variable] = filepath.Join(t.TempDir(), "no", "such", "folder")
			p := start(t, env)
			if code := p.wait(t, time.Minute); code != 14 {
				t.Errorf("exit code %d, want 14", code)
			}
			if log := p.log(t); !strings.Contains(log, variable) || strings.Contains(log, "goroutine") {
				t.Errorf("the log does not explain it:\n%s", log)
			}
		})
	}
}

// TestNothingIsLeftBehind: the program writes the runner's files and no other,
// not in its working directory and not in its home.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	w := withStandIn(t, microcks.Options{})
	home := t.TempDir()
	env := w.inputs(harbourUID)
	env["HOME"], env["TMPDIR"] = home, home
	p := start(t, env)
	if code := p.wait(t, time.Minute); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, p.log(t))
	}
	for _, dir := range []string{home, p.folder} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			t.Errorf("left behind: %s", filepath.Join(dir, entry.Name()))
		}
	}
}

// arrival reports a request for a collection and lets it meet the fault.
func arrival(reached chan<- struct{}) func(*http.Request) bool {
	return func(r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/collections/") {
			return false
		}
		reached <- struct{}{}
		return true
	}
}
