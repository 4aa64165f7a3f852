package config

import (
	"fmt"
	"strings"
)

// usageWidth is where lines of the usage text are wrapped, in characters.
const usageWidth = 80

// usageHead is what stands before the table of inputs.
const usageHead = `Creates and updates Microcks importers for Postman collections, imports them and
checks the mocks.

Usage: postman-microcks-importer --mode=MODE --collections=COLLECTION… [--INPUT=VALUE…]

Examples:
  postman-microcks-importer --mode=check exports/*.json
  postman-microcks-importer --mode=plan --microcks-url=https://microcks.example.com \
      --collections=12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2
  postman-microcks-importer --mode=plan --fail-on=changes \
      --microcks-url=https://microcks.example.com --collections="$(cat list.txt)"

Every input is a flag; a flag wins over the environment (INPUT_NAME, dashes kept).
A list takes one value per line, or its flag several times; empty lines and what
stands behind a # are left out. Arguments without a flag are collections.
Credentials are read from the environment only.
`

// usageEnd is what stands behind it.
const usageEnd = `
  --help      this text
  --version   the version

Exit codes, of several the first of 2, 14, 11, 12, 13, 20, 1, 3:
   0  done
   1  a collection or an expectation failed, the time was over, or a signal came
   2  wrong inputs
   3  nothing failed, and --fail-on=changes found some
  11  cannot connect
  12  an API answered with an error
  13  not found
  14  the environment: a file cannot be read or written
  20  other

Environment:
  POSTMAN_API_KEY, KEYCLOAK_CLIENT_ID, KEYCLOAK_CLIENT_SECRET   the credentials
  GITHUB_TOKEN             the token of the job
  GITHUB_REPOSITORY        OWNER/REPO whose runs own what they create
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
  RUNNER_DEBUG=1           every request in the log
  NO_COLOR, FORCE_COLOR    colours never, or where the output is no terminal, too
`

// Usage is the text of --help: every input with what it takes.
func Usage() string {
	var b strings.Builder
	b.WriteString(usageHead)
	group := ""
	for _, in := range Inputs() {
		if in.Group != group {
			group = in.Group
			fmt.Fprintf(&b, "\n%s\n", group)
		}
		fmt.Fprintf(&b, "  %s\n", in.usageTitle())
		for _, line := range Wrap(in.usageText(), usageWidth-6) {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	b.WriteString(usageEnd)
	return b.String()
}

// usageTitle is the flag, or for a credential its variable, and its values.
func (in Input) usageTitle() string {
	if in.FromEnvironmentOnly() {
		return in.Env + " (environment only)"
	}
	switch in.Kind {
	case KindBool:
		return "--" + in.Name + "[=true|false]"
	case KindEnum:
		return "--" + in.Name + "=" + strings.Join(in.Allowed, "|")
	case KindDuration:
		return "--" + in.Name + "=DURATION"
	case KindInt:
		return "--" + in.Name + "=NUMBER"
	case KindURL:
		return "--" + in.Name + "=URL"
	case KindList:
		if title := "--" + in.Name + "=" + strings.Join(in.Allowed, "|") + " …"; len(in.Allowed) > 0 && len(title) < usageWidth {
			return title
		}
		return "--" + in.Name + "=VALUE …"
	case KindPEM:
		return "--" + in.Name + "=PATH"
	}
	return "--" + in.Name + "=TEXT"
}

// usageText is the description without Markdown, and what counts when nothing
// is given.
func (in Input) usageText() string {
	text := in.Full()
	if in.Creating != "" {
		text += " " + in.WithoutValue()
	} else if in.Default != "" {
		text += " Default: " + in.Default + "."
	}
	if in.Needed != "" {
		text += " Required " + in.Needed + "."
	}
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 { // the others are code
		parts[i] = strings.ReplaceAll(parts[i], "*", "")
	}
	return strings.Join(parts, "")
}

// Full is the description, with the modes in which the input counts; in Markdown.
func (in Input) Full() string {
	if in.Modes == nil {
		return in.Description
	}
	return in.Description + " Used in mode " + inWords(in.Modes) + "."
}

// WithoutValue is a sentence in Markdown with what counts when an input without a
// default is not given; "" when there is nothing to say.
func (in Input) WithoutValue() string {
	switch {
	case in.DescribesImporter():
		return fmt.Sprintf("For a new importer: %s; an existing one keeps its own.", in.Creating)
	case in.Creating != "":
		return fmt.Sprintf("Not given: %s.", in.Creating)
	}
	return ""
}

// Wrap breaks text into lines of at most width characters.
func Wrap(text string, width int) []string {
	var lines []string
	line, length := "", 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		if length > 0 && length+1+n > width {
			lines = append(lines, line)
			line, length = "", 0
		}
		if length > 0 {
			line += " "
			length++
		}
		line += word
		length += n
	}
	if length > 0 {
		lines = append(lines, line)
	}
	return lines
}
