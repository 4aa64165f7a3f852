package reconcile

import (
	"slices"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// conclude gives every collection its status and adds up the totals.
func (r *run) conclude() {
	all := r.result
	all.Written = r.changed.Load()
	all.Status = result.Unchanged
	counted := make(map[serviceKey]bool)
	runFailed := all.Interrupted != nil || slices.ContainsFunc(all.Problems, func(p result.Problem) bool { return p.Level == result.Error })
	for _, it := range r.items {
		if it.Status == "" {
			it.Status = r.statusOf(it, runFailed)
		}
		if it.Status.Worse(all.Status) {
			all.Status = it.Status
		}
		// What an apply could not bring about is not served, and artifacts of one
		// service serve the same.
		if s := it.Service; s != nil && (r.Mode != result.Apply || s.ID != "") && !counted[keyOf(s)] {
			counted[keyOf(s)] = true
			all.Totals.Operations += len(s.Operations)
			all.Totals.Examples += s.Examples()
		}
		all.Totals.Errors += count(it.Findings, result.Error)
		all.Totals.Warnings += count(it.Findings, result.Warning)
		all.Totals.Add(it.Problems)
	}
	all.Totals.Add(all.Problems)
	if runFailed {
		all.Status = result.Failed
	}
	all.Changed = all.Written || r.Mode == result.Plan && all.Due()
	r.failOnChanges()
}

func keyOf(s *result.Service) serviceKey { return serviceKey{string(s.Name), string(s.Version)} }

// statusOf a collection that nothing of its own failed. A run that ended
// before the writes leaves it failed, since what was asked for is not there.
func (r *run) statusOf(it *item, runFailed bool) result.Status {
	switch {
	case r.Mode == result.Check && it.alone.Outcome != "":
		return result.Checked
	case r.Mode == result.Check || it.Importer == nil && r.Mode != result.Remove:
		return result.Failed
	case r.Mode == result.Remove:
		if it.Importer != nil && it.Importer.Change == result.Delete {
			return result.Removed
		}
		return result.Unchanged
	case r.Mode == result.Plan && runFailed:
		return result.Failed
	case r.Mode == result.Plan:
		return result.Planned
	case runFailed && len(it.Importer.Done) == 0 && it.goal.writes(it):
		return result.Failed
	case len(it.Importer.Done) == 0 && r.result.Secret != nil && r.result.Secret.Done && it.usesSecret(r.secret):
		return result.Updated
	case len(it.Importer.Done) == 0:
		return result.Unchanged
	case it.Importer.Change == result.Create:
		return result.Created
	}
	return result.Updated
}

// failOnChanges makes a plan with something to do a failure: the drift check
// of a schedule.
func (r *run) failOnChanges() {
	if !r.FailOnChanges || r.Mode != result.Plan || r.result.Status == result.Failed {
		return
	}
	differing := 0
	for _, it := range r.items {
		if it.Importer.Change != result.Keep || it.Importer.Import != nil || len(it.Difference) > 0 {
			differing++
		}
	}
	secret := r.result.Secret != nil && r.result.Secret.Change != result.Keep
	if differing == 0 && !secret {
		return
	}
	r.result.Status = result.Failed
	r.result.Totals.Errors++
	r.result.Problems = append(r.result.Problems, result.Problem{
		Level: result.Error, ExitCode: 1, Anchor: "changes-found",
		Text: text.Untrustedf("comparing: Microcks and Postman differ for %s, and `fail-on-changes` is true", text.Plural(differing, "collection")),
		Hint: "run the workflow in mode `apply` to bring Microcks up to date",
	})
}

// serviceResult shows a service as served or predicted; id is empty when it
// does not exist yet.
func (r *run) serviceResult(id string, s *predict.Service) *result.Service {
	if s == nil {
		return nil
	}
	shown := &result.Service{ID: id, Name: text.Untrusted(s.Name), Version: text.Untrusted(s.Version), Operations: []result.Operation{}}
	mocks := ""
	if s.Addressable() {
		mocks = predict.MockPath(s.Name, s.Version)
		shown.MockPath = text.Untrusted(mocks)
	}
	if r.session != nil {
		if mocks != "" {
			shown.MockURL = text.Untrusted(r.session.Microcks.Base() + mocks)
		}
		if id != "" {
			shown.URL = r.session.Microcks.ServiceURL(id)
		}
	}
	for i := range s.Operations {
		op := &s.Operations[i]
		operation := result.Operation{
			Name: text.Untrusted(op.Name), Dispatcher: text.Untrusted(op.Dispatcher), Rules: text.Untrusted(value(op.DispatcherRules)),
			Examples: []result.Example{},
		}
		for k := range op.Examples {
			saved := &op.Examples[k]
			example := result.Example{Name: text.Untrusted(saved.Name), Status: text.Untrusted(saved.Response.Status)}
			if call, ok := s.MockCall(op, saved); ok {
				example.Call = &result.Call{Method: call.Method, Path: text.Untrusted(call.Path[len(mocks):])}
			}
			operation.Examples = append(operation.Examples, example)
		}
		shown.Operations = append(shown.Operations, operation)
	}
	return shown
}
