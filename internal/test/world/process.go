package world

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Process is the program at work, with the files that a runner gives a step.
// Its standard output is a file, so that servers can look what the runner has
// read when a request comes in.
type Process struct {
	cmd                              *exec.Cmd
	stdout, stderr, outputs, summary string // paths
	ended                            chan struct{}

	guard           sync.Mutex
	signalled, over time.Time
}

// Start runs a program in a folder. What it prints, and the runner's files on
// GitHub, go to another folder, unless env names other files. env is its whole
// environment.
func Start(program, folder, files string, env map[string]string, args ...string) (*Process, error) {
	return StartTo(nil, program, folder, files, env, args...)
}

// StartTo is Start with a standard output of its own, such as a pipe; nil is a file.
func StartTo(stdout *os.File, program, folder, files string, env map[string]string, args ...string) (*Process, error) {
	p := &Process{
		stdout: filepath.Join(files, "stdout"), stderr: filepath.Join(files, "stderr"),
		outputs: filepath.Join(files, "outputs"), summary: filepath.Join(files, "summary"),
		ended: make(chan struct{}),
	}
	all := make(map[string]string)
	if env["GITHUB_ACTIONS"] == "true" {
		all["GITHUB_OUTPUT"], all["GITHUB_STEP_SUMMARY"] = p.outputs, p.summary
		for _, file := range all {
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				return nil, err
			}
		}
	}
	if RaceDetector {
		all["GORACE"] = "atexit_sleep_ms=0" // in place of a second at the end of each run
	}
	maps.Copy(all, env)
	file, err := os.Create(p.stdout)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if stdout == nil {
		stdout = file
	}
	stderr, err := os.Create(p.stderr)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	// No CommandContext: it would kill where a test wants to see an end.
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = folder, stdout, stderr
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p.cmd.Env = append(p.cmd.Env, name+"="+all[name])
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is read from its state
		p.note(&p.over)
		close(p.ended)
	}()
	return p, nil
}

// ID is the process's number.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Signal sends a signal, as the runner and `docker kill` do.
func (p *Process) Signal(s syscall.Signal) error {
	p.note(&p.signalled)
	return p.cmd.Process.Signal(s)
}

func (p *Process) note(moment *time.Time) {
	p.guard.Lock()
	defer p.guard.Unlock()
	*moment = time.Now()
}

// Kill ends a process that may still run.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait returns the exit code once the process has ended: -1 when a signal ended
// it.
func (p *Process) Wait() int {
	<-p.ended
	return p.cmd.ProcessState.ExitCode()
}

// Memory is what the process had of memory at its highest, in bytes, once it has ended:
// at most, since Linux counts what its parent had when it started it.
func (p *Process) Memory() int64 {
	<-p.ended
	usage, _ := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return usage.Maxrss << 10
}

// EndedAfter is how long after the last signal the process ended.
func (p *Process) EndedAfter() time.Duration {
	p.guard.Lock()
	defer p.guard.Unlock()
	return p.over.Sub(p.signalled)
}

// Log is what the process has printed so far, its standard error last.
func (p *Process) Log() (string, error) {
	out, err := read(p.stdout)
	if err != nil {
		return "", err
	}
	errs, err := read(p.stderr)
	return out + errs, err
}

// Stdout is what of it went to standard output.
func (p *Process) Stdout() (string, error) { return read(p.stdout) }

// Summary is the job summary that the process wrote.
func (p *Process) Summary() (string, error) { return read(p.summary) }

// Outputs are those that the process set.
func (p *Process) Outputs() ([]Output, error) {
	text, err := read(p.outputs)
	if err != nil {
		return nil, err
	}
	return ParseOutputs(text)
}

func read(file string) (string, error) {
	text, err := os.ReadFile(file)
	return string(text), err
}
