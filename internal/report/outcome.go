package report

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/result"
)

// outcome is the run in one plain line, such as "Pet Store 1.0.0: importer
// created, 14 operations and 23 examples mocked". It holds untrusted names.
func outcome(r *reconcile.Result) string {
	if r.Interrupted != "" {
		return interrupted(r)
	}
	failed := count(r, func(c *reconcile.CollectionResult) bool { return c.Status == reconcile.Failed })
	switch {
	case len(r.Collections) == 1 && (failed == 1 || r.Status != reconcile.Failed):
		c := &r.Collections[0]
		if failed == 1 {
			return title(c) + ": " + failure(r, c)
		}
		return success(r, c)
	case failed > 0:
		line := fmt.Sprintf("%d of %s failed", failed, plural(len(r.Collections), "collection"))
		if others := tally(r); others != "" {
			line += "; " + others
		}
		return line
	case r.Mode == reconcile.Plan && len(r.Collections) == 1 && r.Collections[0].Status == reconcile.Planned:
		return success(r, &r.Collections[0]) // the plan is what failed the run
	case r.Mode == reconcile.Plan && len(r.Collections) > 1:
		return several(r)
	case r.Status == reconcile.Failed && !writes(r.Mode):
		return "The run failed"
	case r.Status == reconcile.Failed && r.Changed:
		return "The run failed after it had written to Microcks"
	case r.Status == reconcile.Failed:
		return "The run failed, nothing was written to Microcks"
	case len(r.Collections) == 0:
		return "Nothing to do"
	}
	return several(r)
}

func interrupted(r *reconcile.Result) string {
	done := count(r, func(c *reconcile.CollectionResult) bool { return c.Status != "" && c.Status != reconcile.Failed })
	line := "Interrupted"
	switch {
	case len(r.Collections) > 1:
		line += fmt.Sprintf(" with %d of %s done", done, plural(len(r.Collections), "collection"))
	case len(r.Collections) == 1:
		line += ": " + title(&r.Collections[0])
	}
	if writes(r.Mode) && !r.Changed {
		line += ", nothing was written to Microcks"
	}
	return line
}

// failure says how far a single collection came.
func failure(r *reconcile.Result, c *reconcile.CollectionResult) string {
	bad := counts(c.Findings)
	switch {
	case r.Mode == reconcile.Check && bad.errors > 0:
		return "Microcks cannot serve this collection, " + bad.String()
	case r.Mode == reconcile.Check:
		return "the check failed" + bad.and()
	case r.Mode == reconcile.Plan:
		return "the plan failed" + bad.and()
	case r.Mode == reconcile.Remove:
		return "not removed"
	case c.Importer != nil && c.Importer.Imported:
		return "imported, but not as it should be"
	case c.Importer != nil && len(c.Importer.Done) > 0:
		return "failed half-way"
	case r.Changed: // the secret, or other collections
		return "not imported"
	default:
		return "not imported, nothing was written"
	}
}

// success says what a single collection came to.
func success(r *reconcile.Result, c *reconcile.CollectionResult) string {
	bad := counts(c.Findings)
	size := ""
	if c.Service != nil {
		size = plural(len(c.Service.Operations), "operation") + " and " + plural(c.Service.Examples(), "example")
	}
	line := ""
	switch r.Mode {
	case reconcile.Check:
		line = title(c) + ": Microcks" + serverVersion(r) + " can serve it"
		if size != "" {
			line += ", " + size
		}
	case reconcile.Plan:
		if !due(c) && !secretDue(r) {
			line = title(c) + ": nothing to do"
			break
		}
		line = "Plan for " + title(c) + ": " + strings.Join(intents(r, c), ", ")
		if n := breaking(c.Difference); n > 0 {
			line += ", " + plural(n, "breaking change")
		}
	case reconcile.Remove:
		line = title(c) + ": " + doneTo(r, c)
	default:
		line = title(c) + ": " + doneTo(r, c)
		switch {
		case size != "" && c.Service.ID != "":
			line += ", " + size + " mocked"
		case size != "":
			line += ", not imported yet"
		}
	}
	return line + bad.and()
}

// several says what more than one collection came to.
func several(r *reconcile.Result) string {
	all := plural(len(r.Collections), "collection")
	size := plural(r.Totals.Operations, "operation") + " and " + plural(r.Totals.Examples, "example")
	bad := tallied{r.Totals.Errors, r.Totals.Warnings, 0}
	switch r.Mode {
	case reconcile.Check:
		return "Microcks" + serverVersion(r) + " can serve all " + all + ", " + size + bad.and()
	case reconcile.Plan:
		n := 0
		for i := range r.Collections {
			n += breaking(r.Collections[i].Difference)
		}
		line := "Plan for " + all + ": " + tally(r)
		if n > 0 {
			line += "; " + plural(n, "breaking change")
		}
		return line + bad.and()
	case reconcile.Remove:
		return all + ": " + tally(r)
	}
	if r.Status == reconcile.Unchanged {
		return all + " unchanged, " + size + " mocked" + bad.and()
	}
	return all + ": " + tally(r) + "; " + size + " mocked" + bad.and()
}

// tally counts the collections that did not fail: "1 created, 2 unchanged".
func tally(r *reconcile.Result) string {
	words := []string{"created", "updated", "removed", "to create", "to update", "to import again", "to remove", "checked", "unchanged", "not reached"}
	n := map[string]int{}
	for i := range r.Collections {
		c := &r.Collections[i]
		switch {
		case c.Status == reconcile.Failed:
		case c.Status == "":
			n["not reached"]++
		case c.Status == reconcile.Planned && c.Importer != nil:
			switch {
			case c.Importer.Change == reconcile.Create:
				n["to create"]++
			case c.Importer.Change == reconcile.Update:
				n["to update"]++
			case c.Importer.Change == reconcile.Delete:
				n["to remove"]++
			case c.Importer.Import != "":
				n["to import again"]++
			default:
				n["unchanged"]++
			}
		default:
			n[string(c.Status)]++
		}
	}
	var parts []string
	for _, w := range words {
		if n[w] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[w], w))
		}
	}
	return strings.Join(parts, ", ")
}

// doneTo says what a run that writes did for a collection.
func doneTo(r *reconcile.Result, c *reconcile.CollectionResult) string {
	i := c.Importer
	switch {
	case c.Status == reconcile.Removed && i != nil && len(i.RemovedServices) > 0:
		return "importer removed, with " + plural(len(i.RemovedServices), "service")
	case c.Status == reconcile.Removed:
		return "importer removed"
	case r.Mode == reconcile.Remove:
		return "nothing to remove"
	case i == nil:
		return string(c.Status)
	case c.Status == reconcile.Created:
		return "importer created"
	case i.Change == reconcile.Update && i.Adopted:
		return "importer adopted and updated"
	case i.Change == reconcile.Update && i.Imported:
		return "importer updated, imported again"
	case i.Change == reconcile.Update:
		return "importer updated"
	case i.Imported:
		return "imported again"
	case r.Secret != nil && r.Secret.Done && c.Status == reconcile.Updated:
		return "secret " + string(r.Secret.Change) + "d"
	}
	return string(c.Status)
}

// intents says what a plan holds for a collection, and for the secret when there
// is no other collection.
func intents(r *reconcile.Result, c *reconcile.CollectionResult) []string {
	var all []string
	if secretDue(r) && len(r.Collections) == 1 {
		all = append(all, string(r.Secret.Change)+" the secret")
	}
	i := c.Importer
	if i == nil {
		return all
	}
	if i.Change != reconcile.Keep && i.Change != "" {
		all = append(all, string(i.Change)+" the importer")
	}
	if i.Import != "" && i.Change == reconcile.Create {
		all = append(all, "import")
	} else if i.Import != "" {
		all = append(all, "import again")
	}
	return all
}

// due tells whether a plan changes something for the collection itself. What
// failed in a plan an apply would refuse.
func due(c *reconcile.CollectionResult) bool {
	return c.Status != reconcile.Failed && c.Importer != nil && (c.Importer.Import != "" || c.Importer.Change != reconcile.Keep && c.Importer.Change != "")
}

// secretDue tells whether the secret is written, or in a plan would be: for a
// collection that does not fail.
func secretDue(r *reconcile.Result) bool {
	refused := r.Mode == reconcile.Plan && count(r, func(c *reconcile.CollectionResult) bool { return c.Status != reconcile.Failed }) == 0
	return r.Secret != nil && r.Secret.Change != reconcile.Keep && r.Secret.Change != "" && !refused
}

// title is what a person calls the collection: the service's name and version
// where they are known.
func title(c *reconcile.CollectionResult) string {
	switch {
	case c.Importer != nil && c.Importer.Change == reconcile.Delete:
		return c.Importer.Name
	case c.Service != nil && c.Service.Name != "":
		return strings.TrimSpace(c.Service.Name + " " + c.Service.Version)
	case c.Name != "":
		return c.Name
	case c.File != "":
		return c.File
	}
	return c.Source
}

// writes tells whether a mode may write to Microcks.
func writes(m reconcile.Mode) bool { return m != reconcile.Check && m != reconcile.Plan }

func serverVersion(r *reconcile.Result) string {
	if r.Server == nil || r.Server.Version == "" {
		return ""
	}
	return " " + r.Server.Version
}

func count(r *reconcile.Result, is func(*reconcile.CollectionResult) bool) int {
	n := 0
	for i := range r.Collections {
		if is(&r.Collections[i]) {
			n++
		}
	}
	return n
}

func breaking(changes []predict.Change) int {
	n := 0
	for _, c := range changes {
		if c.Breaking {
			n++
		}
	}
	return n
}

// tallied are findings by level.
type tallied struct{ errors, warnings, notes int }

func counts(findings []result.Finding) tallied {
	var t tallied
	for _, f := range findings {
		switch f.Level {
		case result.Error:
			t.errors++
		case result.Warning:
			t.warnings++
		default:
			t.notes++
		}
	}
	return t
}

// String is "2 errors, 1 warning"; notes count only when there is nothing else.
func (t tallied) String() string {
	var parts []string
	if t.errors > 0 {
		parts = append(parts, plural(t.errors, "error"))
	}
	if t.warnings > 0 {
		parts = append(parts, plural(t.warnings, "warning"))
	}
	if len(parts) == 0 && t.notes > 0 {
		parts = append(parts, plural(t.notes, "note"))
	}
	return strings.Join(parts, ", ")
}

// and continues a line with the errors and warnings, if any.
func (t tallied) and() string {
	if t.errors+t.warnings == 0 {
		return ""
	}
	return ", " + t.String()
}
