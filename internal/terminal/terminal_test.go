package terminal

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// failing fails at every write, and counts them.
type failing struct {
	err    error
	writes int
}

func (f *failing) Write([]byte) (int, error) {
	f.writes++
	return 0, f.err
}

// A stream that somebody closed drops what is written; any other failure is told. No
// stream is tried again.
func TestBrokenStreams(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.EPIPE, syscall.ENOSPC, os.ErrClosed} {
		w := &failing{err: &os.PathError{Op: "write", Path: "/dev/stdout", Err: err}}
		s := Open(w, func(string) string { return "" })
		s.Print("one\n")
		s.Print("two\n")
		if got := s.Err(); (got == nil) != (err == syscall.EPIPE) || w.writes != 1 {
			t.Errorf("%v: %v after %d writes", err, got, w.writes)
		}
	}
}

func TestColourOfNoTerminal(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"": false, "CLICOLOR=1": false, "FORCE_COLOR=1": true, "FORCE_COLOR=0": false, "CLICOLOR_FORCE=1": true,
		"FORCE_COLOR=1 NO_COLOR=1": false, "FORCE_COLOR=3 CLICOLOR=0": true,
	} {
		env := map[string]string{}
		for part := range strings.FieldsSeq(said) {
			name, value, _ := strings.Cut(part, "=")
			env[name] = value
		}
		if got := Open(io.Discard, func(name string) string { return env[name] }).Colour; got != want {
			t.Errorf("%q: %t, want %t", said, got, want)
		}
	}
}
