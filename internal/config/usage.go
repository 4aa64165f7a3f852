package config

import (
	"fmt"
	"strings"
)

// usageWidth is where lines of the usage text are wrapped, in characters.
const usageWidth = 80

// Usage is the text of --help: every input with what it takes.
func Usage() string {
	var b strings.Builder
	b.WriteString(`Keeps Microcks importers for Postman collections, imports them and checks the mocks.

Usage: postman-microcks-importer --mode=MODE --collections=COLLECTION [--INPUT=VALUE …]

Every input is a flag; a flag wins over the environment (INPUT_NAME, dashes kept).
A list takes one value a line, or its flag several times. Credentials are read
from the environment only.
`)
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
	b.WriteString("\n  --help      this text\n  --version   the version\n")
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
		if len(in.Allowed) > 0 {
			return "--" + in.Name + "=" + strings.Join(in.Allowed, "|") + " …"
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
	text := in.Description
	if in.Creating != "" {
		text += " " + in.WithoutValue()
	} else if in.Default != "" {
		text += " Default: " + in.Default + "."
	}
	if in.Needed != "" {
		text += " Needed " + in.Needed + "."
	}
	return strings.NewReplacer("`", "", "*", "").Replace(text)
}

// WithoutValue is a sentence in Markdown with what counts when an input without a
// default is not given; "" when there is nothing to say.
func (in Input) WithoutValue() string {
	switch {
	case in.DescribesImporter():
		return fmt.Sprintf("On creating: %s; on an existing one: kept.", in.Creating)
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
