package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// longestDuration is the longest that a job of a GitHub-hosted runner may take.
const longestDuration = 6 * time.Hour

// longestName is the length in runes of the longest name that is accepted for
// something in Microcks.
const longestName = 256

// longestVersion is the length in bytes of the longest version of Microcks that
// is accepted.
const longestVersion = 64

var (
	wholeNumber = regexp.MustCompile(`^[0-9]{1,9}$`)
	bareNumber  = regexp.MustCompile(`^[0-9]+$`)
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

// oldestServer is the first version that reads what the Postman API answers.
const oldestServer = "v1.7.0"

// parseServerVersion accepts a version of Microcks that can be judged: three
// numbers with what development builds add, from 1.7.0 on. A development build
// counts as its release.
func parseServerVersion(s string) error {
	version := "v" + s
	if semver.Canonical(version) != version || len(s) > longestVersion {
		return errNotAccepted
	}
	if semver.Compare(strings.TrimSuffix(version, semver.Prerelease(version)), oldestServer) < 0 {
		return errTooOld
	}
	return nil
}

// takes is what an input accepts, in words.
func (in Input) takes() string {
	if in.Accepts != "" {
		return in.Accepts
	}
	switch in.Kind {
	case KindBool:
		return "true or false"
	case KindDuration:
		return "a duration with its unit, above 0 and up to 6h"
	case KindInt:
		return fmt.Sprintf("a whole number from %d to %d", in.Min, in.Max)
	case KindList:
		return "one or more of these, each on a line of its own: " + strings.Join(in.Allowed, ", ")
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
	return fmt.Sprintf("one line of at most %d visible characters", longestName)
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

// Signs that an address of a mock carries as they are: a server compares versions
// with what stands in the address, not unescaped (1.15.0).
var carriedSign = regexp.MustCompile(`^[A-Za-z0-9._~!$&'()*+,:=@-]$`)

// parseServiceVersion reads the version of a service: a tag's ref and a v before a
// number are cut. uncarried is the first sign that no mock's address carries; "" where
// all do.
func parseServiceVersion(s string) (version, uncarried string) {
	version = strings.TrimPrefix(s, "refs/tags/")
	if rest, ok := strings.CutPrefix(version, "v"); ok && rest != "" && '0' <= rest[0] && rest[0] <= '9' {
		version = rest
	}
	for _, r := range version {
		if !carriedSign.MatchString(string(r)) {
			return version, string(r)
		}
	}
	if strings.Trim(version, ".") == "" && len(version) <= 2 { // a step in a path
		return version, version
	}
	return version, ""
}
