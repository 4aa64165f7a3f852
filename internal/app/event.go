package app

import (
	"io"
	"os"
)

// event is the file with the payload of the event. It is opened with the rights
// that the process begins with: a runner may let nobody else read it.
type event struct {
	file *os.File
	err  error
}

func openEvent(getenv func(string) string) event {
	path := getenv("GITHUB_EVENT_PATH")
	if path == "" {
		return event{err: os.ErrNotExist}
	}
	file, err := os.Open(path)
	return event{file, err}
}

// read reads the payload, whose path it knows.
func (e event) read(string) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return io.ReadAll(e.file)
}

func (e event) close() {
	if e.file != nil {
		_ = e.file.Close()
	}
}
