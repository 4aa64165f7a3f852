package report

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// ruleFindings are all findings of one rule, level and cause.
type ruleFindings struct {
	id, name string
	cause    int
	level    result.Level
	findings []result.Finding // at least one
}

// byRule groups findings: errors first, then in the order of the rules, and the causes of
// one as they are met.
func byRule(findings []result.Finding) []ruleFindings {
	var groups []ruleFindings
	for _, f := range findings {
		i := slices.IndexFunc(groups, func(g ruleFindings) bool { return g.has(&f) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, ruleFindings{id: f.ID, name: f.Name, cause: f.Cause, level: f.Level})
		}
		groups[i].findings = append(groups[i].findings, f)
	}
	sort.SliceStable(groups, func(i, k int) bool {
		a, b := &groups[i], &groups[k]
		return cmp.Or(rank(a.level)-rank(b.level), strings.Compare(a.id, b.id)) < 0
	})
	return groups
}

func (g ruleFindings) has(f *result.Finding) bool {
	return g.id == f.ID && g.name == f.Name && g.cause == f.Cause && g.level == f.Level
}

// title is "PMI001 version-missing".
func (g ruleFindings) title() string { return strings.TrimSpace(g.id + " " + g.name) }

// annotation is what the rule has to say, in lines of plain text, with every place.
func (g ruleFindings) annotation(file text.Untrusted) []string {
	const most = 10
	first := g.findings[0]
	said := []string{string(first.Message)}
	if first.Hint != "" {
		said = append(said, "Hint: "+first.Hint)
	}
	var places []string
	for i, f := range g.findings {
		if i == most {
			places = append(places, fmt.Sprintf("and %d more", len(g.findings)-most))
			break
		}
		places = append(places, place(file, f))
	}
	return append(said, "At "+strings.Join(places, "; "))
}

// fileOf is the file that a finding is in: that of its collection, or one of its folder.
func fileOf(file text.Untrusted, f *result.Finding) text.Untrusted { return cmp.Or(f.File, file) }

// place is where a finding is, as a person looks for it: the folders in
// Postman, and the line and column in a file.
func place(file text.Untrusted, f result.Finding) string {
	at := ""
	if fileOf(file, &f) != "" && f.Line > 0 {
		at = strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column)
		if f.File != "" {
			at = string(f.File) + ":" + at
		}
	}
	path := string(join(" > ", f.Path...))
	switch {
	case path != "" && at != "":
		return path + " (" + at + ")"
	case path != "":
		return path
	case at != "":
		return at
	case f.Pointer != "":
		return string(f.Pointer)
	}
	return "the whole collection"
}
