//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/world"
)

// TestActionContainerEndsBySignal stops the container as a runner does when a
// job is cancelled. The container has what a runner gives it and no more: the
// runner's files, which belong to another account, and no other place to write.
func TestActionContainerEndsBySignal(t *testing.T) {
	buildImage(t)
	for _, signal := range []string{"SIGINT", "SIGTERM"} {
		t.Run(signal, func(t *testing.T) {
			reached, until := make(chan struct{}, 10), make(chan struct{})
			w := withStandIn(t, microcks.Options{Hooks: microcks.Hooks{BeforeImport: func(string) {
				reached <- struct{}{}
				<-until
			}}})
			t.Cleanup(func() { close(until) })
			c := startContainer(t, w, nil)
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Fatalf("no import was asked for; the container said:\n%s", docker(t, "logs", c.name))
			}
			told := time.Now()
			docker(t, "kill", "--signal", signal, c.name)
			code := c.wait(t)
			took := time.Since(told)
			if took > grace || code == 0 {
				t.Errorf("ended with %d after %s; want above 0, and within %s", code, took, grace)
			}
			summary := string(readFile(t, c.summary))
			for _, want := range []string{"Interrupted", "E2E Harbour API", "created"} {
				if !strings.Contains(summary, want) {
					t.Errorf("the summary lacks %q:\n%s", want, summary)
				}
			}
			if status := c.output(t, "status"); status != "failed" {
				t.Errorf("output status is %q, want %q", status, "failed")
			}
			checkImporter(t, w, "inactive")
			checkLeaks(t, w, map[string]string{"log": docker(t, "logs", c.name), "summary": summary, "outputs": string(readFile(t, c.outputs))})
			t.Logf("%s: ended with %d after %d ms, summary of %d bytes", signal, code, took.Milliseconds(), len(summary))
		})
	}
}

// TestActionContainerWritesRunnerFilesOnly runs to the end in a container whose
// every other path cannot be written.
func TestActionContainerWritesRunnerFilesOnly(t *testing.T) {
	buildImage(t)
	w := withStandIn(t, microcks.Options{})
	c := startContainer(t, w, []string{"--env", "INPUT_VERIFY=mocks"})
	if code := c.wait(t); code != 0 {
		t.Fatalf("ended with %d:\n%s", code, docker(t, "logs", c.name))
	}
	for _, file := range []string{c.outputs, c.summary} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != runnerAccount || info.Size() == 0 {
			t.Errorf("%s belongs to %d and has %d bytes; want %d and some", filepath.Base(file), owner, info.Size(), runnerAccount)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(c.outputs))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("files among those of the runner: %v", entries)
	}
}

// TestActionContainerGivesUpRoot looks at the process in the container while a
// server holds a request: root is gone, for the account of the workspace, or for
// nobody where there is none, and what the workspace has was read.
func TestActionContainerGivesUpRoot(t *testing.T) {
	buildImage(t)
	workspace := func(owner int, umask os.FileMode) []string {
		return []string{
			"--volume", ownWorkspace(t, owner, umask) + ":/github/workspace", "--env", "GITHUB_WORKSPACE=/github/workspace",
			"--env", "INPUT_CA-CERTIFICATE=ca.pem",
		}
	}
	// A file serves as Docker's socket: it is looked at and not used.
	socket := filepath.Join(t.TempDir(), "docker.sock")
	if err := errors.Join(os.WriteFile(socket, nil, 0o660), os.Chown(socket, 0, runnerAccount)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		want rights
		more []string
	}{
		"a workspace":            {rights{runnerAccount, runnerAccount}, workspace(runnerAccount, 0o022)},
		"a workspace, umask 077": {rights{runnerAccount, runnerAccount}, workspace(runnerAccount, 0o077)},
		"a workspace of the group that may use Docker": {
			rights{runnerAccount, nobody}, append(workspace(runnerAccount, 0o027), "--volume", socket+":/var/run/docker.sock"),
		},
		"root's, umask 022": {rights{nobody, 0}, workspace(0, 0o022)},
		"root's, umask 027": {rights{nobody, 0}, workspace(0, 0o027)},
		"root's, umask 077": {rights{0, 0}, workspace(0, 0o077)},
		"none":              {rights{nobody, nobody}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			reached, until := make(chan struct{}, 10), make(chan struct{})
			w := withStandIn(t, microcks.Options{Hooks: microcks.Hooks{BeforeImport: func(string) {
				reached <- struct{}{}
				<-until
			}}})
			c := startContainer(t, w, append(tt.more, "--group-add", strconv.Itoa(runnerAccount)))
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Fatalf("no import was asked for; the container said:\n%s", docker(t, "logs", c.name))
			}
			pid, err := strconv.Atoi(strings.TrimSpace(docker(t, "inspect", "--format", "{{.State.Pid}}", c.name)))
			if err != nil {
				t.Fatal(err)
			}
			checkRights(t, pid, tt.want)
			close(until)
			if code := c.wait(t); code != 0 || c.output(t, "status") != "created" {
				t.Errorf("ended with %d, status %q:\n%s", code, c.output(t, "status"), docker(t, "logs", c.name))
			}
		})
	}
}

// container is the action as `docker run` starts it, with a runner's files.
type container struct {
	name             string
	outputs, summary string // paths on this side
}

func startContainer(t *testing.T, w *surroundings, more []string) *container {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o755)
	}
	c := &container{
		name:    "e2e-" + strconv.FormatInt(time.Now().UnixNano(), 36),
		outputs: filepath.Join(dir, "set_output"),
		summary: filepath.Join(dir, "step_summary"),
	}
	for _, file := range []string{c.outputs, c.summary} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(file, runnerAccount, runnerAccount); err != nil {
			t.Fatal(err)
		}
	}
	env := filepath.Join(t.TempDir(), "env")
	var lines strings.Builder
	for name, value := range w.inputs(harbourUID) {
		lines.WriteString(name + "=" + value + "\n")
	}
	lines.WriteString("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=" + world.DefaultRepository + "\n")
	lines.WriteString("GITHUB_OUTPUT=/github/file_commands/set_output\nGITHUB_STEP_SUMMARY=/github/file_commands/step_summary\n")
	if err := os.WriteFile(env, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "--detach", "--name", c.name, "--network", "host", "--read-only",
		"--volume", dir + ":/github/file_commands", "--env-file", env}
	docker(t, append(append(args, more...), actionImage)...)
	t.Cleanup(func() { docker(t, "rm", "--force", c.name) })
	return c
}

// output is one of those that the container set.
func (c *container) output(t *testing.T, name string) string {
	t.Helper()
	outputs, err := world.ParseOutputs(string(readFile(t, c.outputs)))
	if err != nil {
		t.Fatal(err)
	}
	return world.Value(outputs, name)
}

// wait returns the exit code once the container has ended.
func (c *container) wait(t *testing.T) int {
	t.Helper()
	code, err := strconv.Atoi(strings.TrimSpace(docker(t, "wait", c.name)))
	if err != nil {
		t.Fatal(err)
	}
	return code
}
