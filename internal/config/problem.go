package config

import (
	"fmt"
	"math"
	"strings"
)

// Problem is one thing wrong with the inputs. Its texts are safe to show: no
// credential is in them, what was given is cut and free of control characters.
type Problem struct {
	Input string // the input's name, or the flag as it was written
	// File is the path of the manifest that is wrong, with the Line and the Column there, 0
	// where it is wrong as a whole; "" where an input is.
	File   string
	Column int
	Got    string // what was given, quoted; "" when nothing was
	Line   int    // of a list that holds several, from 1; else 0
	Fault  fault  // what is wrong with what was given; "" when Takes says enough
	Takes  string // what the input takes; "" in a file, when Fault says enough
	// withheld: it is missing because GitHub gives the run no secrets.
	withheld bool
	Hint     string // the next step, as the hints of errors are: without a capital and a full stop
}

// String is the two lines that a person sees.
func (p Problem) String() string {
	return fmt.Sprintf("error: %s\nhint: %s", p.Text(), p.Hint)
}

// Text is the problem without its hint, on one line.
func (p Problem) Text() string {
	if p.File != "" {
		return p.inFile()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: got ", p.Input)
	if p.Got == "" {
		b.WriteString("nothing")
	} else {
		b.WriteString(p.Got)
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, " (line %d)", p.Line)
	}
	if p.Fault != "" {
		fmt.Fprintf(&b, ": %s", p.Fault)
	}
	fmt.Fprintf(&b, "; takes %s", p.Takes)
	return b.String()
}

// inFile is the problem of a manifest.
func (p Problem) inFile() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", p.Input, p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ", line %d", p.Line)
	}
	if p.Column > 0 {
		fmt.Fprintf(&b, ", column %d", p.Column)
	}
	if p.Got != "" {
		fmt.Fprintf(&b, ": got %s", p.Got)
	}
	if p.Fault != "" {
		fmt.Fprintf(&b, ": %s", p.Fault)
	}
	if p.Takes != "" {
		fmt.Fprintf(&b, "; takes %s", p.Takes)
	}
	return b.String()
}

// place orders the problems of a manifest; those of no line come last.
func (p Problem) place() int {
	switch {
	case p.File == "":
		return 0
	case p.Line == 0:
		return math.MaxInt
	}
	return p.Line
}

// fault is what is wrong with a value, a clause about it: "it names no host"; ""
// is nothing. None quotes the value.
type fault string
