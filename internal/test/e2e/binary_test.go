package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the path of the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "postman-microcks-importer")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "postman-microcks-importer")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("building the program: %v\n%s", err, out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is the program at work, with the files that a runner gives it.
type process struct {
	cmd             *exec.Cmd
	out             bytes.Buffer
	outputs         string        // path of GITHUB_OUTPUT
	summary         string        // path of GITHUB_STEP_SUMMARY
	ended           chan struct{} // closed then
	signalled, over time.Time
}

// start runs the program as a step with these inputs and variables.
func start(t testing.TB, env map[string]string) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{
		outputs: filepath.Join(dir, "outputs"),
		summary: filepath.Join(dir, "summary.md"),
		ended:   make(chan struct{}),
	}
	for _, file := range []string{p.outputs, p.summary} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := map[string]string{
		"GITHUB_ACTIONS":      "true",
		"GITHUB_OUTPUT":       p.outputs,
		"GITHUB_STEP_SUMMARY": p.summary,
		"GITHUB_REPOSITORY":   repository,
		"GITHUB_WORKSPACE":    dir,
	}
	maps.Copy(all, env)
	// No CommandContext: it would kill where the test wants to see an end.
	p.cmd = exec.Command(binary)
	p.cmd.Dir = dir
	for name, value := range all {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the exit code is read from its state
		p.over = time.Now()
		close(p.ended)
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// signal sends one signal, as `docker kill` and the runner do.
func (p *process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	p.signalled = time.Now()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("sending %s: %v", s, err)
	}
}

// wait returns the exit code, once the process has ended.
func (p *process) wait(t testing.TB, atMost time.Duration) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(atMost):
		t.Fatalf("the program still runs after %s; it said:\n%s", atMost, p.out.String())
		return -1
	}
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// output finds one output in the text of GITHUB_OUTPUT.
func output(text, name string) string {
	lines := strings.Split(text, "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, name+"<<") })
	if i >= 0 && i+1 < len(lines) {
		return lines[i+1]
	}
	for _, line := range lines {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return "no such output"
}
