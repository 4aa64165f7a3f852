package config

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the inputs. Its texts are safe to show: no
// credential is in them, what was given is cut and free of control characters.
type Problem struct {
	Input string // the input's name, or the flag as it was written
	Got   string // what was given, quoted; "" when nothing was
	Line  int    // of a list that holds several, from 1; else 0
	Fault fault  // what is wrong with what was given; "" when Takes says enough
	Takes string // what the input takes
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

// fault is what is wrong with a value, a clause about it: "it names no host"; ""
// is nothing. None quotes the value.
type fault string
