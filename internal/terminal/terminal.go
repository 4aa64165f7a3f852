// Package terminal speaks to a person at a terminal, or to whatever standard output
// and standard error lead to instead of one.
package terminal

import (
	"cmp"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/term"

	"postman-microcks-importer/internal/text"
)

// leastWidth is what a terminal is taken to have of columns at least.
const leastWidth = 40

// Stream is standard output or standard error. It may be used by several goroutines
// at once. A stream that somebody closed, such as a pipe to head, drops what is
// written and ends nothing.
type Stream struct {
	Width  int  // columns of a terminal; 0 for what is none
	Colour bool // emphasis is understood
	// Live: what was written last can be written over.
	Live bool

	guard    sync.Mutex
	w        io.Writer
	progress bool // the last line is one of progress
	err      error
}

// Open makes a Stream. Colours are for terminals, unless TERM or CLICOLOR=0 says that
// it has none; elsewhere FORCE_COLOR or CLICOLOR_FORCE asks for them, as for the log of
// a CI that shows them. NO_COLOR wins (https://no-color.org, https://bixense.com/clicolors).
func Open(w io.Writer, getenv func(string) string) *Stream {
	is := func(name string) bool { v := getenv(name); return v != "" && v != "0" }
	none, forced := getenv("NO_COLOR") != "", is("FORCE_COLOR") || is("CLICOLOR_FORCE")
	s := &Stream{w: w, Colour: forced && !none}
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		s.Width = max(width, leastWidth)
	}
	s.Live = getenv("TERM") != "dumb"
	s.Colour = !none && (forced || s.Live && getenv("CLICOLOR") != "0")
	return s
}

// Print writes text, which ends with a line break, in place of a line of progress.
func (s *Stream) Print(lines string) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.erase()
	s.write(lines)
}

// Progress shows what is under way, in one line that the next one takes the place of;
// nothing where that cannot be.
func (s *Stream) Progress(line string) {
	if !s.Live {
		return
	}
	s.guard.Lock()
	defer s.guard.Unlock()
	s.erase()
	const usual = 80 // where the terminal does not say
	s.write(text.Fit(text.Line(line), cmp.Or(s.Width, usual)-1))
	s.progress = true
}

// Done takes away what Progress shows.
func (s *Stream) Done() {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.erase()
}

func (s *Stream) erase() {
	if s.progress {
		s.write("\r\x1b[K")
		s.progress = false
	}
}

func (s *Stream) write(lines string) {
	if s.err != nil {
		return
	}
	_, s.err = io.WriteString(s.w, lines)
}

// Err is the first error of writing; nil where somebody closed the stream, who wants
// no more of it.
func (s *Stream) Err() error {
	s.guard.Lock()
	defer s.guard.Unlock()
	if errors.Is(s.err, syscall.EPIPE) {
		return nil
	}
	return s.err
}
