package config

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
)

// ownLabels begin the keys of the labels by which a run finds what earlier runs
// made.
const ownLabels = "managed-by"

// nextLabel is a further label behind a comma.
var nextLabel = regexp.MustCompile(`[,;]\s*[A-Za-z0-9_-]+\s*=`)

// labelFault is what is wrong with one line of labels.
type labelFault struct {
	line  string
	takes string
	hint  string
}

// parseLabels reads key=value lines. Values may be empty and may hold =.
func parseLabels(entries []entry) (map[string]string, []labelFault) {
	labels := make(map[string]string, len(entries))
	var faults []labelFault
	for _, e := range entries {
		line := e.text
		key, value, found := strings.Cut(line, "=")
		key, value = trim(key), unquoted(trim(value))
		fault := labelFault{line: line}
		_, twice := labels[key]
		switch {
		case !found:
			fault.takes = "key=value on each line"
			fault.hint = "write the label as key=value, for example domain=pets"
		case hasControl(line):
			fault.takes, fault.hint = invisibleLabel, "type the line anew: a character in it cannot be seen"
		case key != "" && nextLabel.MatchString(value):
			fault.takes = "one label per line, and this one goes on to another behind a comma"
			fault.hint = "write each label on a line of its own"
		case twice:
			fault.takes = "each key once"
			fault.hint = "remove one of the two lines with this key"
		default:
			fault.takes, fault.hint = wrongLabel(key)
		}
		if fault.takes == "" {
			labels[key] = value
			continue
		}
		faults = append(faults, fault)
	}
	if len(labels) == 0 {
		return nil, faults
	}
	return labels, faults
}

const invisibleLabel = "labels without invisible characters"

// wrongLabel is what keys of labels are, and the next step, where this one is not; ""
// where it is.
func wrongLabel(key string) (takes, hint string) {
	switch {
	case key == "":
		return "a key before the = sign", "write the label as key=value, for example domain=pets"
	case trim(key) != key:
		return "keys without a space at an end", "write the key without it"
	case strings.ContainsAny(key, "[]{}\"'`,;:"):
		return "keys without brackets, quotation marks, commas and colons", "write one label per line as key=value, for example domain=pets"
	case strings.Contains(key, "."):
		// The server's database reads the dot as a path: generic 500.
		return "keys without a dot, since Microcks fails to store a label whose key holds one",
			"use another separator, for example " + strings.ReplaceAll(key, ".", "-")
	case strings.HasPrefix(strings.ToLower(key), ownLabels):
		return "keys that do not begin with " + ownLabels + ", by which this action knows what it made", "choose another key, for example owner"
	}
	return "", ""
}

// FitsLabel reports whether a label can be said by an input, or in a manifest.
func FitsLabel(key, value string) bool {
	takes, _ := wrongLabel(key)
	return takes == "" && !hasControl(key) && !hasControl(value) && trim(value) == value && text.Line(key+value) == key+value &&
		!text.HasPostmanKey(key+value) && utf8.RuneCountInString(value) <= longestName
}
