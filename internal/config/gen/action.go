package main

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/config"
)

// actionWidth is where descriptions in action.yml are wrapped, in characters.
const actionWidth = 92

// actionHead is the part of action.yml that does not come from a table.
const actionHead = `# Generated from internal/config/inputs.go and outputs.go by
#   go generate ./internal/config
# No input has a default here, since the runner hands a default over as if it had
# been given; what counts then stands in the descriptions.
name: Postman to Microcks importer
description: Imports Postman collections into Microcks, creates and updates the importers, and checks that the mocks are there
author: The postman-microcks-importer authors
branding:
  icon: upload-cloud
  color: blue
`

// actionRuns is how the action is started.
const actionRuns = `runs:
  using: docker
  image: Dockerfile
`

// actionYAML is the whole of action.yml.
func actionYAML(inputs []config.Input, outputs []config.Output) string {
	var b strings.Builder
	b.WriteString(actionHead)
	b.WriteString("\ninputs:\n")
	group := ""
	for _, in := range inputs {
		if in.FlagOnly {
			continue
		}
		if in.Group != group {
			group = in.Group
			fmt.Fprintf(&b, "  # %s\n", group)
		}
		fmt.Fprintf(&b, "  %s:\n", in.Name)
		description(&b, inputText(in))
	}
	b.WriteString("\noutputs:\n")
	for _, out := range outputs {
		fmt.Fprintf(&b, "  %s:\n", out.Name)
		text := out.Description
		if out.Single {
			text += " Set when there is exactly one collection."
		}
		description(&b, text)
	}
	b.WriteString("\n")
	b.WriteString(actionRuns)
	return b.String()
}

// inputText is an input's description with what else its reader must know: the
// metadata has no fields for it.
func inputText(in config.Input) string {
	text := in.Description
	if without := in.WithoutValue(); without != "" {
		text += " " + without
	} else if in.Default != "" {
		text += fmt.Sprintf(" Default: `%s`.", in.Default)
	}
	if in.Needed != "" {
		text += " Required " + in.Needed + "."
	}
	return text
}

// description writes a folded block: readable, and free of quoting.
func description(b *strings.Builder, text string) {
	b.WriteString("    description: >-\n")
	for _, line := range config.Wrap(text, actionWidth) {
		fmt.Fprintf(b, "      %s\n", line)
	}
}
