package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/world"
)

// runnerAccount is the one that a runner's files belong to.
const runnerAccount = 1001

// nobody is the account that a process becomes where the workspace names none.
const nobody = 65532

// TestGivesUpRoot starts the program as root, as the image does, and looks at the
// process while a server holds a request.
func TestGivesUpRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give up root: run this test as root")
	}
	program := withoutCgo(t)
	image := map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "1"}
	for name, tt := range map[string]struct {
		owner, uid int
		env        map[string]string
	}{
		"the runner's workspace": {runnerAccount, runnerAccount, image},
		"root's workspace":       {0, nobody, image},
		"not the image":          {runnerAccount, 0, nil},
		"not so said":            {runnerAccount, 0, map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "true"}},
		"off GitHub":             {runnerAccount, 0, map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "1", "GITHUB_ACTIONS": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached, until := make(chan struct{}, 10), make(chan struct{})
			w := withStandIn(t, microcks.Options{Hooks: microcks.Hooks{BeforeImport: func(string) {
				reached <- struct{}{}
				<-until
			}}})
			workspace, files := t.TempDir(), t.TempDir()
			if err := os.Chown(workspace, tt.owner, tt.owner); err != nil {
				t.Fatal(err)
			}
			// What a runner may let nobody but root read.
			event := filepath.Join(files, "event.json")
			if err := os.WriteFile(event, []byte(`{"repository":{"default_branch":"main"}}`), 0o600); err != nil {
				t.Fatal(err)
			}
			env := w.inputs(harbourUID)
			for variable, value := range map[string]string{
				"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": world.DefaultRepository, "GITHUB_WORKSPACE": workspace,
				"GITHUB_EVENT_PATH": event, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main", "INPUT_MODE": "auto",
			} {
				env[variable] = value
			}
			for variable, value := range tt.env {
				env[variable] = value
			}
			if env["GITHUB_ACTIONS"] == "" {
				env["INPUT_MODE"] = "apply"
			}
			started, err := world.Start(program, workspace, files, env)
			if err != nil {
				t.Fatal(err)
			}
			p := &process{Process: started, folder: workspace, files: files}
			t.Cleanup(p.Kill)
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Fatalf("no import was asked for; the program said:\n%s", p.log(t))
			}
			if tt.uid == 0 {
				if got := statusLine(t, p.ID(), "Uid"); got != "0 0 0 0" {
					t.Errorf("the process runs as %s, want root", got)
				}
			} else {
				checkRights(t, p.ID(), tt.uid)
			}
			close(until)
			if code := p.wait(t, time.Minute); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.log(t))
			}
			if tt.uid != 0 && (p.output(t, "status") != "created" || p.summary(t) == "") {
				t.Errorf("outputs or summary are not what the run came to: status %q", p.output(t, "status"))
			}
		})
	}
}

// withoutCgo builds the program as the image has it.
func withoutCgo(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "postman-microcks-importer")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, ".")
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, said)
	}
	return out
}

// checkRights holds that no thread of a process has anything left of root.
func checkRights(t testing.TB, pid, uid int) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("no threads of process %d: %v", pid, err)
	}
	for _, thread := range threads {
		status := string(readFile(t, thread))
		for field, want := range map[string]string{
			"Uid":        fmt.Sprintf("%d %[1]d %[1]d %[1]d", uid),
			"Gid":        fmt.Sprintf("%d %[1]d %[1]d %[1]d", nobody),
			"Groups":     "",
			"NoNewPrivs": "1",
			"CapPrm":     "0000000000000000",
			"CapEff":     "0000000000000000",
			"CapAmb":     "0000000000000000",
		} {
			if got := fieldOf(t, status, field); got != want {
				t.Errorf("%s: %s is %q, want %q", thread, field, got, want)
			}
		}
	}
}

// statusLine is a field of what /proc says of a process.
func statusLine(t testing.TB, pid int, field string) string {
	t.Helper()
	return fieldOf(t, string(readFile(t, fmt.Sprintf("/proc/%d/status", pid))), field)
}

func fieldOf(t testing.TB, status, field string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + field + `:(.*)$`).FindStringSubmatch(status)
	if found == nil {
		t.Fatalf("no %s in\n%s", field, status)
	}
	return strings.Join(strings.Fields(found[1]), " ")
}
