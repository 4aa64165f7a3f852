package app

import (
	"io"
	"os"

	"postman-microcks-importer/internal/actions"
)

// event is the file with the payload of the event. It is opened with the rights
// that the process begins with: a runner may let nobody else read it.
type event struct {
	file *os.File
	err  error
}

// mostEvent is how many bytes are read of an event, whose payload GitHub ends at 25 MB.
const mostEvent = 32 << 20

func openEvent(getenv func(string) string) event {
	path := getenv("GITHUB_EVENT_PATH")
	if path == "" {
		return event{err: os.ErrNotExist}
	}
	file, err := actions.OpenFile(path, os.O_RDONLY)
	return event{file, err}
}

// read reads the payload, whose path it knows.
func (e event) read(string) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return io.ReadAll(io.LimitReader(e.file, mostEvent))
}

func (e event) close() {
	if e.file != nil {
		_ = e.file.Close()
	}
}
