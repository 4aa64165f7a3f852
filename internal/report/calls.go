package report

import (
	"fmt"
	"slices"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// manyCollections are as many as calls of the Postman API are told for: those of a few
// are a part of what anybody has.
const manyCollections = 50

// callsOf is what a run says of calls of the Postman API, a sentence each.
func callsOf(r *result.Result) []string {
	listed := func(c result.Collection) bool { return c.Workspace != "" }
	if r.Calls == nil || len(r.Collections) < manyCollections && !slices.ContainsFunc(r.Collections, listed) {
		return nil
	}
	said := "Postman API: " + text.Plural(r.Calls.Made, "call") + " for this run"
	if left := r.Calls.Left; left != nil {
		said += fmt.Sprintf(", %d left this month", *left)
		if limit := r.Calls.Limit; limit != nil {
			said += fmt.Sprintf(" of %d", *limit)
		}
	}
	all := []string{said + "."}
	if p := r.Calls.Polling; p != nil {
		all = append(all, fmt.Sprintf("That Microcks polls %s costs %d to %d calls a month;"+
			" with `active: false` and a daily run of this workflow it would be %d.",
			text.Plural(p.Importers, "active importer"), p.Least, p.Most, p.Instead))
	}
	return all
}
