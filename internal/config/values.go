package config

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// longestDuration is the longest that a job of a GitHub-hosted runner may take.
const longestDuration = 6 * time.Hour

// longestName is the length in runes of the longest name that is accepted for
// something in Microcks.
const longestName = 256

var (
	wholeNumber = regexp.MustCompile(`^[0-9]{1,9}$`)
	bareNumber  = regexp.MustCompile(`^[0-9]+$`)
	// Three numbers, and what development builds add.
	serverVersion = regexp.MustCompile(`^([0-9]{1,4})\.([0-9]{1,4})\.[0-9]{1,4}(-[0-9A-Za-z.-]{1,32})?$`)
)

var (
	errNotAccepted = errors.New("not an accepted value")
	errNoUnit      = errors.New("a duration without a unit")
	errTooOld      = errors.New("a version that cannot read what the Postman API answers")
)

// parseBool accepts the words of YAML 1.2's core schema and no others, as the
// runner's own toolkit does.
func parseBool(s string) (bool, error) {
	switch s {
	case "true", "True", "TRUE":
		return true, nil
	case "false", "False", "FALSE":
		return false, nil
	}
	return false, errNotAccepted
}

// parseDuration accepts Go's syntax, above 0 and up to six hours.
func parseDuration(s string) (time.Duration, error) {
	if bareNumber.MatchString(s) {
		return 0, errNoUnit
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > longestDuration {
		return 0, errNotAccepted
	}
	return d, nil
}

// parseInt accepts decimal digits within the range of the input.
func parseInt(s string, lowest, highest int) (int, error) {
	if !wholeNumber.MatchString(s) {
		return 0, errNotAccepted
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < lowest || n > highest {
		return 0, errNotAccepted
	}
	return n, nil
}

// parseList splits lines, trims them and drops empty ones.
func parseList(s string) []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// parseServerVersion accepts a version of Microcks that can be judged: 1.7.0,
// the first to read what the Postman API answers, or newer.
func parseServerVersion(s string) error {
	m := serverVersion.FindStringSubmatch(s)
	if m == nil {
		return errNotAccepted
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < 1 || major == 1 && minor < 7 {
		return errTooOld
	}
	return nil
}

// takes says in words what an input accepts.
func (in Input) takes() string {
	switch in.Kind {
	case KindBool:
		return "true or false"
	case KindDuration:
		return "a duration with its unit, above 0 and up to 6h"
	case KindInt:
		return "a whole number from " + strconv.Itoa(in.Min) + " to " + strconv.Itoa(in.Max)
	case KindEnum:
		last := len(in.Allowed) - 1
		return strings.Join(in.Allowed[:last], ", ") + " or " + in.Allowed[last]
	case KindURL:
		return "an address that begins with https:// or http://, without user name, password or query"
	case KindPEM:
		return "one or more certificates as PEM text, or the path of such a file in the workspace"
	case KindSecret:
		return "the credential itself, on one line and without white space"
	}
	switch in.Name {
	case "collection":
		return "a link of Share > Via API, a Postman API URL, a uid or a web link that holds a uid; with mode check also a file"
	case "labels", "service-labels":
		return "key=value lines, without a dot in the key"
	case "microcks-version":
		return "three numbers, 1.7.0 or newer"
	}
	return "one line of at most " + strconv.Itoa(longestName) + " visible characters"
}

// asFlag is the input's example as it is written on a command line.
func (in Input) asFlag() string {
	if in.FromEnvironmentOnly() {
		return in.Env + "=… in the environment"
	}
	value, _, _ := strings.Cut(in.Example, "\n")
	if strings.ContainsAny(value, " ()*&|;<>$`\"\\") {
		value = "'" + value + "'"
	}
	return "--" + in.Name + "=" + value
}

// asYAML is the input's example as it is written in a workflow.
func (in Input) asYAML() string {
	value, _, _ := strings.Cut(in.Example, "\n")
	if in.Kind == KindString && strings.ContainsAny(value, "0123456789") && !strings.Contains(value, "{{") {
		value = `"` + value + `"` // or YAML reads 1.10 as the number 1.1
	}
	return in.Name + ": " + value
}
