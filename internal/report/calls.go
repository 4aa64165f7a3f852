package report

import (
	"fmt"
	"slices"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// callsOf is what a run over a fleet or a workspace says of calls of the Postman API, a
// sentence each: those of a few are a part of what anybody has.
func callsOf(r *result.Result) []string {
	listed := func(c result.Collection) bool { return c.Workspace != "" }
	if r.Calls == nil || len(r.Collections) < result.Fleet && !slices.ContainsFunc(r.Collections, listed) {
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
