package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/repository"
)

// A run that cannot write what it did does what it is for all the same (here it
// tells what is wrong with the inputs), and says at its end, in the two places that
// are left, what could not be written.
func TestFilesOfTheRunner(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone", "file")
	for name, tt := range map[string]struct{ outputs, summary, want string }{
		"not named": {"", "", "the runner did not name the file%0AHint: update the runner: "},
		"not to open": {
			gone, filepath.Join(t.TempDir(), "summary"),
			"open " + gone + ": no such file or directory%0AHint: the folder of that file is not there: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": tt.outputs, "GITHUB_STEP_SUMMARY": tt.summary}
			var log strings.Builder
			command := Command{Getenv: func(name string) string { return env[name] }, Stdout: &log}
			if code := command.Main(t.Context(), nil); code != 2 {
				t.Errorf("exit code %d, want that of the run, 2", code)
			}
			if !strings.Contains(log.String(), "failed: 3 problems with the inputs") {
				t.Error("the run did not go on")
			}
			want := "::error title=Microcks import::writing the file of GITHUB_OUTPUT: " + tt.want
			if !strings.Contains(log.String(), "see: docs/troubleshooting.md#runner-files\n"+want) {
				t.Errorf("got\n%swant\n%s", log.String(), want)
			}
		})
	}
}

// What cannot be written adds nothing to the code of a run that was ended.
func TestFilesOfAnEndedRun(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"GITHUB_ACTIONS": "true", "INPUT_MODE": "check", "INPUT_POSTMAN-API-KEY": "PMAK-0",
		"INPUT_COLLECTIONS": "12345678-6d4ab4a4-7d66-4d35-b8ac-000000000000", "INPUT_POSTMAN-API-URL": "http://127.0.0.1:1",
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("got a signal"))
	var log strings.Builder
	command := Command{Getenv: func(name string) string { return env[name] }, Stdout: &log}
	code := command.Main(ctx, nil)
	if code != 1 || !strings.Contains(log.String(), "writing the file of GITHUB_OUTPUT") {
		t.Errorf("exit code %d, want 1 for what was ended:\n%s", code, log.String())
	}
}

// A file that is there and cannot be read needs other advice than one that is not.
func TestHintOfFile(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]string{fs.ErrPermission: "chmod a+r", fs.ErrNotExist: "check out the repository before this step"} {
		err := &fileError{"pets.json", "/github/workspace", &fs.PathError{Op: "openat", Path: "pets.json", Err: cause}}
		if !strings.Contains(err.Hint(), want) {
			t.Errorf("%v: hint %q, want %q in it", err, err.Hint(), want)
		}
	}
}

// Root is given up when the files that the run writes are open, and before anything
// is read that others wrote: inputs, the event, the workspace. What is open can be
// written and read after that.
func TestGiveUpRoot(t *testing.T) {
	t.Parallel()
	before, after := t.TempDir(), filepath.Join(t.TempDir(), "after")
	if err := os.WriteFile(filepath.Join(before, "event"), []byte(`{"repository":{"default_branch":"main"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main",
		"GITHUB_OUTPUT": filepath.Join(before, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(before, "summary"),
		"GITHUB_EVENT_PATH": filepath.Join(before, "event"), "GITHUB_WORKSPACE": t.TempDir(),
	}
	var asked []string
	var log strings.Builder
	calls := 0
	command := Command{
		Getenv: func(name string) string { asked = append(asked, name); return env[name] }, Stdout: &log,
		GiveUpRoot: func() {
			calls++
			for _, name := range asked {
				if strings.HasPrefix(name, "INPUT_") || name == "GITHUB_WORKSPACE" {
					t.Errorf("%s was read before", name)
				}
			}
			if log.Len() > 0 {
				t.Errorf("said before: %s", log.String())
			}
			if err := os.Rename(before, after); err != nil { // nothing can be opened by its path any more
				t.Error(err)
			}
		},
	}
	if code := command.Main(t.Context(), nil); code != 2 || calls != 1 {
		t.Errorf("exit code %d, want 2 for missing inputs; root given up %d times", code, calls)
	}
	for _, name := range []string{"outputs", "summary"} {
		if text, err := os.ReadFile(filepath.Join(after, name)); err != nil || len(text) == 0 {
			t.Errorf("%s has %d bytes: %v", name, len(text), err)
		}
	}
	if !strings.Contains(log.String(), "mode apply needs it") { // as the event says
		t.Errorf("the event was not read:\n%s", log.String())
	}
}

// A large file waits for the memory that it takes.
func TestLargeFileWaitsForMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, size := range map[string]int{"small": 10 << 10, "large": repository.MostBytes, "larger": repository.MostBytes + 1} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	room, over := budget.NewRoom(), errors.New("over")
	for range 2 { // of what is shared, and of the place for one alone
		ctx, leave := room.Enter(t.Context())
		defer leave()
		if err := budget.Take(ctx, 96<<20); err != nil {
			t.Fatal(err)
		}
	}
	ended, end := context.WithCancelCause(t.Context())
	end(over)
	ctx, leave := budget.NewRoom().Enter(t.Context())
	defer leave()
	p := &program{Run: &config.Run{Workspace: dir}}
	if _, err := p.read(ctx, "larger"); !errors.Is(err, repository.ErrTooLarge) || !strings.Contains(err.Error(), "more than 16 MB") {
		t.Errorf("%v", err)
	}
	for name, want := range map[string]error{"large": over, "small": nil} {
		ctx, leave := room.Enter(ended)
		defer leave()
		if _, err := p.read(ctx, name); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An event that is a pipe holds up nothing.
func TestEventThatIsAPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	e := openEvent(func(string) string { return path })
	defer e.close()
	if _, err := e.read(path); err == nil {
		t.Error("it is read")
	}
}
