package e2e

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
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

// runnerAccount is the account, and the group, that a runner's files belong to.
const runnerAccount = 1001

// nobody is the account, and the group, of a process where the workspace gives none.
const nobody = 65532

// ownWorkspace makes a folder of an account and of its group, reached by all, as if
// by a checkout with a umask, with a certificate in it at ca.pem.
func ownWorkspace(t *testing.T, account int, umask os.FileMode) string {
	t.Helper()
	folder := t.TempDir()
	for d := filepath.Dir(folder); d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(folder, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{file: 0o666, folder: 0o777} {
		if err := errors.Join(os.Chmod(path, mode&^umask), os.Chown(path, account, account)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestGivesUpRoot starts the program as root, as the image does, and looks at the
// process while a server holds a request. It has read a file of the workspace then.
func TestGivesUpRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give up root: run this test as root")
	}
	program := withoutCgo(t)
	image := map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "1"}
	for name, tt := range map[string]struct {
		owner int
		umask os.FileMode
		want  *rights // nil: root's
		env   map[string]string
	}{
		"the runner's workspace":            {runnerAccount, 0o022, &rights{runnerAccount, runnerAccount}, image},
		"the runner's workspace, umask 077": {runnerAccount, 0o077, &rights{runnerAccount, runnerAccount}, image},
		"root's workspace":                  {0, 0o022, &rights{nobody, 0}, image},
		"root's workspace, umask 027":       {0, 0o027, &rights{nobody, 0}, image},
		"root's workspace, umask 077":       {0, 0o077, &rights{0, 0}, image},
		"not the image":                     {runnerAccount, 0o022, nil, nil},
		"not so said":                       {runnerAccount, 0o022, nil, map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "true"}},
		"off GitHub": {
			runnerAccount, 0o022, nil,
			map[string]string{"POSTMAN_MICROCKS_IMPORTER_IMAGE": "1", "GITHUB_ACTIONS": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached, until := make(chan struct{}, 10), make(chan struct{})
			w := withStandIn(t, microcks.Options{Hooks: microcks.Hooks{BeforeImport: func(string) {
				reached <- struct{}{}
				<-until
			}}})
			workspace, files := ownWorkspace(t, tt.owner, tt.umask), t.TempDir()
			// What a runner may let nobody but root read.
			event := filepath.Join(files, "event.json")
			if err := os.WriteFile(event, []byte(`{"repository":{"default_branch":"main"}}`), 0o600); err != nil {
				t.Fatal(err)
			}
			env := w.inputs(harbourUID)
			for variable, value := range map[string]string{
				"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": world.DefaultRepository, "GITHUB_WORKSPACE": workspace,
				"GITHUB_EVENT_PATH": event, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main", "INPUT_MODE": "auto",
				"INPUT_CA-CERTIFICATE": "ca.pem",
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
			case <-p.Ended():
				t.Fatalf("no import was asked for; the program said:\n%s", p.log(t))
			}
			if tt.want == nil {
				if got, own := statusLine(t, p.ID(), "CapEff"), statusLine(t, os.Getpid(), "CapEff"); got != own {
					t.Errorf("the process has the capabilities %s, want root's, %s", got, own)
				}
			} else {
				checkRights(t, p.ID(), *tt.want)
			}
			close(until)
			if code := p.wait(t, time.Minute); code != 0 {
				t.Errorf("exit code %d:\n%s", code, p.log(t))
			}
			if tt.want != nil && (p.output(t, "status") != "created" || p.summary(t) == "") {
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

// rights are what a process runs as that gave up the others.
type rights struct{ uid, gid int }

// checkRights holds that no thread of a process has anything left of root but, where
// that is so, its number.
func checkRights(t testing.TB, pid int, want rights) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) < 2 {
		t.Fatalf("process %d has %d threads, want several to tell them apart: %v", pid, len(threads), err)
	}
	const none = "0000000000000000"
	for _, thread := range threads {
		status := string(readFile(t, thread))
		for field, want := range map[string]string{
			"Uid":        fmt.Sprintf("%d %[1]d %[1]d %[1]d", want.uid),
			"Gid":        fmt.Sprintf("%d %[1]d %[1]d %[1]d", want.gid),
			"Groups":     "",
			"NoNewPrivs": "1",
			"CapInh":     none,
			"CapPrm":     none,
			"CapEff":     none,
			"CapBnd":     none,
			"CapAmb":     none,
		} {
			if got := fieldOf(t, status, field); got != want {
				t.Errorf("%s: %s is %q, want %q", thread, field, got, want)
			}
		}
	}
	if !t.Failed() {
		t.Logf("%d threads, all with %+v and no capability", len(threads), want)
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
