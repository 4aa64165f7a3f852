package world

import (
	"errors"
	"fmt"
	"strings"
)

// Output of a step.
type Output struct{ Name, Value string }

// ParseOutputs reads the file of GITHUB_OUTPUT as the runner does.
func ParseOutputs(text string) ([]Output, error) {
	var all []Output
	rest := text
	for rest != "" {
		first, after, _ := strings.Cut(rest, "\n")
		rest = after
		name, delimiter, heredoc := strings.Cut(first, "<<")
		if equals := strings.Index(first, "="); equals >= 0 && (!heredoc || equals < len(name)) {
			all = append(all, Output{first[:equals], first[equals+1:]})
			continue
		}
		if !heredoc || name == "" || delimiter == "" {
			return nil, fmt.Errorf("a line of the outputs is neither name=value nor name<<delimiter: %q", first)
		}
		var value []string
		for {
			if rest == "" {
				return nil, errors.New("an output does not end: " + name)
			}
			line, after, _ := strings.Cut(rest, "\n")
			rest = after
			if line == delimiter {
				break
			}
			value = append(value, line)
		}
		all = append(all, Output{name, strings.Join(value, "\n")})
	}
	return all, nil
}

// Value is that of the first output of a name; "" where there is none.
func Value(outputs []Output, name string) string {
	for _, o := range outputs {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}
