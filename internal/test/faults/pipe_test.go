package faults_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// Whoever closes the output, as head does when it has its lines, ends no run: here in
// the middle of an import, when something has been said and most has not.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	program, err := world.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, more := range map[string]string{"at a terminal": "RUNNER_DEBUG=1", "on GitHub": "GITHUB_ACTIONS=true"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := t.TempDir()
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			said := make(chan int, 1) // so many bytes
			w := world.New()
			t.Cleanup(w.Close)
			whenImporting := sync.OnceFunc(func() {
				n, _ := io.ReadAtLeast(read, make([]byte, 100), 1)
				said <- n
				_ = read.Close()
			})
			w.Before = func(server world.Server, next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if server == world.Microcks && strings.HasSuffix(r.URL.Path, "/start") {
						whenImporting()
					}
					next.ServeHTTP(rw, r)
				})
			}
			w.StartPostman(postman.Options{})
			w.StartMicrocks(microcks.Options{})
			if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 2)); err != nil {
				t.Fatal(err)
			}
			env := w.Environment()
			env["INPUT_MODE"], env["INPUT_COLLECTIONS"], env["INPUT_ACTIVE"] = "apply", world.UID(1), "false"
			cmd := exec.Command(program)
			cmd.Stdout, cmd.Stderr = write, write
			cmd.Env = []string{more, "GITHUB_OUTPUT=" + files + "/outputs", "GITHUB_STEP_SUMMARY=" + files + "/summary"}
			for name, value := range env {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			err = cmd.Start()
			_ = write.Close()
			if err == nil {
				err = cmd.Wait()
			}
			if err != nil {
				t.Errorf("ended with %v, want the exit code of the run, 0", err)
			}
			select {
			case n := <-said:
				if n == 0 {
					t.Error("nothing was said before the pipe was closed")
				}
			default:
				t.Error("nothing was imported")
			}
			jobs := w.Microcks.Jobs()
			if len(jobs) != 1 || jobs[0].Active || len(jobs[0].ServiceRefs) != 1 {
				t.Errorf("left half-way: %+v", jobs)
			}
		})
	}
}
