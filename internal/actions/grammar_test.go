package actions

import (
	"errors"
	"strings"
	"unicode"
)

// What the runner makes of a log and of its files, so that tests can ask it.
// Where the runner compares in a way that depends on its culture (characters
// without weight are skipped), these readers skip all that is not ASCII, and so
// see at least the commands that any runner sees.

// command is a workflow command that the runner would carry out.
type command struct {
	Name       string
	Properties map[string]string
	Data       string
}

// commandsIn returns the commands in a log. Any name counts, also one that no
// runner has registered, to be on the safe side.
func commandsIn(log string) []command {
	var found []command
	for _, line := range readLines(log) {
		if c, ok := colonCommand(line); ok {
			found = append(found, c)
			continue // the second grammar is tried when the first gives nothing
		}
		if c, ok := bracketCommand(line); ok {
			found = append(found, c)
			continue
		}
		// Once more, as a comparison that skips what has no weight might see it.
		bare := strings.Map(func(c rune) rune {
			if c >= 0x80 {
				return -1
			}
			return c
		}, line)
		if c, ok := colonCommand(bare); ok {
			found = append(found, c)
		} else if c, ok := bracketCommand(bare); ok {
			found = append(found, c)
		}
	}
	return found
}

// readLines splits like .NET's StreamReader: at \n, \r\n and a lone \r.
func readLines(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(s, "\r", "\n"), "\n")
}

// colonCommand reads "::name key=value,key=value::data", with white space before
// it.
func colonCommand(line string) (command, bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	if !ok {
		return command{}, false
	}
	info, data, ok := strings.Cut(rest, "::")
	if !ok {
		return command{}, false
	}
	return readCommand(info, data, ",",
		strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%"),
		strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%")), true
}

// bracketCommand reads "##[name key=value;key=value]data" anywhere in the line.
func bracketCommand(line string) (command, bool) {
	_, rest, ok := strings.Cut(line, "##[")
	if !ok {
		return command{}, false
	}
	info, data, ok := strings.Cut(rest, "]")
	if !ok {
		return command{}, false
	}
	unescape := strings.NewReplacer("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%25", "%")
	return readCommand(info, data, ";", unescape, unescape), true
}

func readCommand(info, data, separator string, property, text *strings.Replacer) command {
	name, properties, _ := strings.Cut(info, " ")
	c := command{Name: name, Properties: map[string]string{}, Data: text.Replace(data)}
	for pair := range strings.SplitSeq(strings.TrimSpace(properties), separator) {
		if key, value, ok := strings.Cut(pair, "="); ok && key != "" && value != "" {
			c.Properties[key] = property.Replace(value)
		}
	}
	return c
}

var errFormat = errors.New("the runner refuses the file")

// readOutputs reads the file of GITHUB_OUTPUT on Linux, where a line ends with
// \n alone: name=value, or name<<delimiter with the value up to the delimiter.
func readOutputs(file string) ([]Output, error) {
	var outputs []Output
	for file != "" {
		var line string
		line, file, _ = strings.Cut(file, "\n")
		if line == "" {
			continue
		}
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		switch {
		case equals >= 0 && (heredoc < 0 || equals < heredoc):
			outputs = append(outputs, Output{line[:equals], line[equals+1:]})
		case heredoc >= 0:
			name, delimiter := line[:heredoc], line[heredoc+2:]
			if name == "" || delimiter == "" {
				return nil, errFormat
			}
			var value []string
			for {
				if file == "" {
					return nil, errFormat // no line with the delimiter
				}
				line, file, _ = strings.Cut(file, "\n")
				if line == delimiter {
					break
				}
				value = append(value, line)
			}
			outputs = append(outputs, Output{name, strings.Join(value, "\n")})
		default:
			return nil, errFormat
		}
	}
	return outputs, nil
}
