package reconcile

import (
	"slices"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// conclude gives every collection its status and adds up the totals.
func (r *reconciliation) conclude() {
	all := r.result
	all.Written = r.changed.Load()
	all.Status = result.Unchanged
	if len(r.items) > 0 {
		all.Status = result.Skipped // which every other status is worse than
	}
	runFailed := all.Interrupted != nil || slices.ContainsFunc(all.Problems, func(p result.Problem) bool { return p.Level == result.Error })
	for _, it := range r.items {
		if it.Status == "" {
			it.Status = r.statusOf(it, runFailed)
		}
		if it.Status.Worse(all.Status) {
			all.Status = it.Status
		}
	}
	all.Calls = r.callsTold()
	all.AddUp()
	if runFailed {
		all.Status = result.Failed
	}
	all.Changed = all.Written || r.Mode == result.Plan && all.Due()
	if r.Mode == result.Apply {
		all.Leftovers.End()
	}
	switch {
	case all.Status != result.Unchanged || all.Leftovers == nil:
	case all.Leftovers.Removed > 0:
		all.Status = result.Removed
	case r.Mode == result.Plan && all.Leftovers.Due() > 0: // of a manifest without entries
		all.Status = result.Planned
	}
	for _, p := range r.late {
		all.Fail(p)
	}
	r.failOn()
}

// statusOf a collection that nothing of its own failed, by the mode. A run that
// ended before the writes leaves it failed, since what was asked for is not
// there.
func (r *reconciliation) statusOf(it *item, runFailed bool) result.Status {
	planned := it.Way() != nil
	switch r.Mode {
	case result.Check:
		return either(it.Judged, result.Checked, result.Failed)
	case result.Remove:
		return either(planned, result.Removed, result.Unchanged)
	case result.Plan:
		return either(planned && !runFailed, result.Planned, result.Failed)
	}
	switch {
	case !planned:
		return result.Failed
	case len(it.Done()) > 0:
		return either(it.Way().Change == result.Create, result.Created, result.Updated)
	case runFailed && it.artifact.Writes():
		return result.Failed
	}
	return either(r.secretWritten(it), result.Updated, result.Unchanged)
}

func either(first bool, a, b result.Status) result.Status {
	if first {
		return a
	}
	return b
}

// secretWritten reports whether the secret of a collection's importer changed.
func (r *reconciliation) secretWritten(it *item) bool {
	i := slices.Index(r.plan.Secrets, it.artifact.Kept)
	return i >= 0 && r.result.Secrets[i].Done
}

// failOn fails a run for what is no error and is wanted to fail one. What the run
// did stays as it is told.
func (r *reconciliation) failOn() {
	failed := r.result.Status == result.Failed
	if r.FailOnWarnings {
		r.failOnWarnings()
	}
	if r.FailOnChanges && r.Mode == result.Plan && !failed {
		r.failOnChanges()
	}
}

func (r *reconciliation) failOnWarnings() {
	warnings, collections := 0, 0
	for _, it := range r.items {
		if n := plan.Count(it.Findings, result.Warning); n > 0 && !it.Failed() {
			warnings += n
			collections++
		}
	}
	if warnings == 0 {
		return
	}
	r.result.Fail(result.Problem{
		ExitCode: 1, Anchor: "warnings-found",
		Text: text.Untrustedf("judging: %s of level warning in %s, and `fail-on` includes warning",
			text.Plural(warnings, "finding"), text.Plural(collections, "collection")),
		Hint: "correct in Postman what the findings name, or take warning out of `fail-on`",
	})
}

// failOnChanges makes a plan with something to do a failure: the drift check of a
// schedule.
func (r *reconciliation) failOnChanges() {
	differing := 0
	for _, it := range r.items {
		if it.Collection.Due() || len(it.Difference) > 0 || it.Collection.Drifts() {
			differing++
		}
	}
	left := r.result.Leftovers.Due()
	if differing == 0 && !r.result.SecretDue() && left == 0 {
		return
	}
	said := text.Untrustedf("comparing: Microcks and Postman differ for %s", text.Plural(differing, "collection"))
	if left > 0 {
		said += text.Untrustedf(", with %s to remove", text.Plural(left, "leftover"))
	}
	r.result.Fail(result.Problem{
		ExitCode: 3, Anchor: "changes-found",
		Text: said + ", and `fail-on` includes changes",
		Hint: "run the workflow in mode `apply` to bring Microcks up to date",
	})
}
