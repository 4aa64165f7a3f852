package actions

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Why outputs or summary have no place to go.
var (
	errNoFile = errors.New("the runner did not name the file")
	errPipe   = errors.New("it is a pipe or a socket")
)

// FileError is a file of the runner that cannot be opened or written.
type FileError struct {
	Variable string // "GITHUB_OUTPUT" or "GITHUB_STEP_SUMMARY"
	Err      error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("writing the file of %s: %v", e.Variable, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// Hint is the next step for whoever runs this.
func (e *FileError) Hint() string {
	switch {
	case errors.Is(e.Err, errNoFile):
		return "update the runner: one that sets GITHUB_ACTIONS has to set " + e.Variable + " too"
	case errors.Is(e.Err, errPipe):
		return "let " + e.Variable + " name a file, as the runner does"
	}
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return "the folder of that file is not there: let the runner set " + e.Variable + " and mount its folder," +
			" or name a file in a folder that is there"
	case errors.Is(e.Err, fs.ErrPermission):
		return "let the action run as root, as its image does: the runner owns that file"
	}
	return "see that the disk of the runner has room, and that the file can be written"
}

// Anchor is the place in docs/troubleshooting.md.
func (e *FileError) Anchor() string { return "runner-files" }

// ExitCode is 14: environment.
func (e *FileError) ExitCode() int { return 14 }

// Open opens the files of outputs and summary, so that they can be written after
// the right to open them was given up. Without it they are opened at the first
// use. Off GitHub there are none.
func (r *Runner) Open() error {
	if !r.OnGitHub() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, outputs := r.file("GITHUB_OUTPUT", &r.outputs)
	_, summary := r.file("GITHUB_STEP_SUMMARY", &r.summary)
	return errors.Join(outputs, summary)
}

// file returns the open file that a variable names, and keeps it open. Other
// steps may have written to it before. The caller holds the lock.
func (r *Runner) file(variable string, open **os.File) (*os.File, error) {
	if *open != nil {
		return *open, nil
	}
	path := r.getenv(variable)
	if path == "" {
		return nil, &FileError{Variable: variable, Err: errNoFile}
	}
	f, err := OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY)
	if err != nil {
		return nil, &FileError{Variable: variable, Err: err}
	}
	*open = f
	return f, nil
}

// OpenFile opens a file that the runner names, as [os.OpenFile] does. A pipe is refused,
// and a socket: whether anybody reads or writes its other end, no time limit could tell.
func OpenFile(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, 0o644)
	if errors.Is(err, syscall.ENXIO) { // a pipe that nobody reads, or a socket
		return nil, errPipe
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 {
		err = errPipe
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
