package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"syscall"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/world"
)

// binary is the path of the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "e2e")
	if err == nil {
		binary, err = world.Build(context.Background(), dir)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is the program at work as a step of a job.
type process struct {
	*world.Process
	folder string // its working directory
	files  string // the folder of what it printed and of the runner's files
}

// start runs the program as a step with these inputs and variables.
func start(t testing.TB, env map[string]string) *process {
	t.Helper()
	p := &process{folder: t.TempDir(), files: t.TempDir()}
	all := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": world.DefaultRepository, "GITHUB_WORKSPACE": p.folder}
	maps.Copy(all, env)
	var err error
	if p.Process, err = world.Start(binary, p.folder, p.files, all); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// signal sends one signal.
func (p *process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.Signal(s); err != nil {
		t.Fatalf("sending %s: %v", s, err)
	}
}

// wait returns the exit code, once the process has ended.
func (p *process) wait(t testing.TB, atMost time.Duration) int {
	t.Helper()
	select {
	case <-p.Ended():
		return p.Wait()
	case <-time.After(atMost):
		t.Fatalf("the program still runs after %s; it said:\n%s", atMost, p.log(t))
		return -1
	}
}

func (p *process) log(t testing.TB) string {
	t.Helper()
	log, err := p.Log()
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func (p *process) summary(t testing.TB) string {
	t.Helper()
	summary, err := p.Summary()
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func (p *process) output(t testing.TB, name string) string {
	t.Helper()
	outputs, err := p.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	return world.Value(outputs, name)
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
