package main

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/config"
)

// fillReference puts the tables between their markers and leaves all else alone.
func fillReference(page string, inputs []config.Input, outputs []config.Output) (string, error) {
	page, err := fill(page, "inputs", inputsTable(inputs))
	if err != nil {
		return "", err
	}
	return fill(page, "outputs", outputsTable(outputs))
}

// fill replaces what stands between <!-- name:begin … --> and <!-- name:end -->.
func fill(text, name, content string) (string, error) {
	begin, end := "<!-- "+name+":begin ", "<!-- "+name+":end -->"
	before, rest, found := strings.Cut(text, begin)
	if !found {
		return "", fmt.Errorf("it lacks the marker %s… -->", begin)
	}
	note, rest, found := strings.Cut(rest, "-->\n")
	if !found {
		return "", fmt.Errorf("the marker %s does not end its line", begin)
	}
	_, after, found := strings.Cut(rest, end)
	if !found {
		return "", fmt.Errorf("it lacks the marker %s", end)
	}
	return before + begin + note + "-->\n" + content + end + after, nil
}

// inputsTable is a table for each group, with what an input takes, and below it what
// the inputs are: in a cell that would be too long to read.
func inputsTable(inputs []config.Input) string {
	var b strings.Builder
	heading, below := "", ""
	for _, in := range slices.SortedStableFunc(slices.Values(inputs), flagsLast) {
		under := in.Group
		if in.FlagOnly {
			under = "Flags of the command line that are no inputs of the action"
		}
		if under != heading {
			heading = under
			fmt.Fprintf(&b, "%s\n### %s\n\n| input | takes | when not given |\n|---|---|---|\n", below, heading)
			below = "\n"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", in.Name, cell(takes(in)), cell(without(in)))
		below += fmt.Sprintf("- **`%s`**: %s\n", in.Name, in.Full())
	}
	return b.String() + below + "\n"
}

// flagsLast orders what action.yml does not have behind all else.
func flagsLast(a, b config.Input) int {
	switch {
	case a.FlagOnly == b.FlagOnly:
		return 0
	case a.FlagOnly:
		return 1
	}
	return -1
}

// takes is the form of an input's value.
func takes(in config.Input) string {
	switch in.Kind {
	case config.KindEnum:
		return "`" + strings.Join(in.Allowed, "`, `") + "`"
	case config.KindBool:
		return "`true` or `false`"
	case config.KindInt:
		return fmt.Sprintf("%d to %d", in.Min, in.Max)
	case config.KindList:
		if len(in.Allowed) > 0 {
			return "a list of `" + strings.Join(in.Allowed, "`, `") + "`"
		}
		return "a list"
	case config.KindSecret:
		return "a secret"
	case config.KindDuration:
		return "a duration, such as `" + in.Example + "`"
	case config.KindURL:
		return "an address"
	case config.KindPEM:
		return "PEM text or a path"
	}
	return "text"
}

// without is what counts when an input is not given.
func without(in config.Input) string {
	var parts []string
	if in.Needed != "" {
		parts = append(parts, "**required** "+in.Needed)
	}
	switch {
	case in.DescribesImporter():
		parts = append(parts, fmt.Sprintf("new importer: %s; existing one: kept", in.Creating))
	case in.Creating != "":
		parts = append(parts, in.Creating)
	case in.Default != "":
		parts = append(parts, "`"+in.Default+"`")
	}
	return strings.Join(parts, "; ")
}

// outputsTable is the table of outputs.
func outputsTable(outputs []config.Output) string {
	var b strings.Builder
	b.WriteString("\n| output | what it is | set for | for example |\n|---|---|---|---|\n")
	for _, out := range outputs {
		set := "every run"
		if out.Single {
			set = "one collection"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", out.Name, cell(out.Description), set, out.Example)
	}
	b.WriteString("\n")
	return b.String()
}

// cell keeps a text within its cell.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
}
