package actions

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
)

// Output is a value that later steps can read. The name is ours, as action.yml
// has it; the value may be untrusted.
type Output struct{ Name, Value string }

var outputName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_-]*$`)

// SetOutputs sets outputs of the step; on an error some of them may be set.
func (r *Runner) SetOutputs(outputs []Output) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var text strings.Builder
	for _, o := range outputs {
		if err := formatOutput(&text, o, rand.Text); err != nil {
			return err
		}
	}
	f, err := r.file("GITHUB_OUTPUT", &r.outputs)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text.String()); err != nil {
		return &FileError{Variable: "GITHUB_OUTPUT", Err: err}
	}
	return nil
}

// formatOutput writes one output in the runner's heredoc form,
//
//	name<<delimiter
//	value
//	delimiter
//
// where the delimiter is unknown to whoever chose the value. It fails on a name
// that could begin another form, and on a value that holds the delimiter.
func formatOutput(b *strings.Builder, o Output, random func() string) error {
	if !outputName.MatchString(o.Name) {
		return fmt.Errorf("setting the output %q: the name may have letters, digits, _ and - only", o.Name)
	}
	delimiter := "end_" + random()
	value := strings.ToValidUTF8(o.Value, "\uFFFD")
	if strings.Contains(value, delimiter) {
		return fmt.Errorf("setting the output %s: its value holds the delimiter", o.Name)
	}
	b.WriteString(o.Name + "<<" + delimiter + "\n" + value + "\n" + delimiter + "\n")
	return nil
}
