package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// mostExcluded names are ready to be pasted.
const mostExcluded = 50

// versionless notes, for each workspace, which of its collections give no version, as the
// line by which a manifest leaves them out: for one of them its own finding is enough.
func (r *reconciliation) versionless() (notes []result.Problem) {
	names := map[text.Untrusted][]string{}
	var spaces []text.Untrusted
	for _, it := range r.items {
		space := it.Wanted.Workspace
		if space == "" || !slices.ContainsFunc(it.Findings, func(f result.Finding) bool { return f.ID == lint.VersionMissing }) {
			continue
		}
		if names[space] == nil {
			spaces = append(spaces, space)
		}
		names[space] = append(names[space], string(it.Wanted.Title))
	}
	for _, space := range spaces {
		all := names[space]
		if len(all) < 2 {
			continue
		}
		patterns := make([]string, min(mostExcluded, len(all)))
		for i, name := range all[:len(patterns)] {
			patterns[i] = fmt.Sprintf("%q", text.ExactName(name)) // which YAML reads as Go writes it
		}
		more := text.Untrusted("")
		if n := len(all) - len(patterns); n > 0 {
			more = text.Untrustedf(", and %d more", n)
		}
		notes = append(notes, result.Problem{
			Level: result.Note, Anchor: "workspace-versionless",
			Text: text.Untrustedf("%s of the workspace %s have no version", text.Plural(len(all), "collection"), space),
			Hint: "give `service-version`, or edit them in Postman; or leave them out by this line in the workspace's entry of a manifest: " +
				text.Untrustedf("exclude: [%s]", strings.Join(patterns, ", ")) + more,
		})
	}
	return notes
}
