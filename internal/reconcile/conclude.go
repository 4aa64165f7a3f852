package reconcile

import (
	"fmt"
	"slices"

	"postman-microcks-importer/internal/predict"
	results "postman-microcks-importer/internal/result"
)

// conclude gives every collection its status and adds up the totals.
func (r *run) conclude() {
	result := r.result
	result.Changed = r.changed.Load()
	result.Status = Unchanged
	counted := make(map[serviceKey]bool)
	runFailed := slices.ContainsFunc(result.Problems, func(p Problem) bool { return p.Level == results.Error }) || result.Interrupted != ""
	for _, it := range r.items {
		if it.Status == "" {
			it.Status = r.statusOf(it, runFailed)
		}
		if worse(it.Status, result.Status) {
			result.Status = it.Status
		}
		// What an apply could not bring about is not served, and artifacts of one
		// service serve the same.
		if s := it.Service; s != nil && (r.Mode != Apply || s.ID != "") && !counted[serviceKey{s.Name, s.Version}] {
			counted[serviceKey{s.Name, s.Version}] = true
			result.Totals.Operations += len(it.Service.Operations)
			result.Totals.Examples += it.Service.Examples()
		}
		result.Totals.Errors += count(it.Findings, results.Error)
		result.Totals.Warnings += count(it.Findings, results.Warning)
		result.Totals.add(it.Problems)
	}
	result.Totals.add(result.Problems)
	if runFailed {
		result.Status = Failed
	}
	r.failOnChanges()
}

func (t *Totals) add(problems []Problem) {
	for _, p := range problems {
		switch {
		case p.OfFindings:
		case p.Level == results.Error:
			t.Errors++
		case p.Level == results.Warning:
			t.Warnings++
		}
	}
}

func worse(a, b Status) bool { return slices.Index(severity, a) > slices.Index(severity, b) }

// statusOf a collection that nothing of its own failed. A run that ended
// before the writes leaves it failed, since what was asked for is not there.
func (r *run) statusOf(it *item, runFailed bool) Status {
	switch {
	case r.Mode == Check && it.alone.Outcome != "":
		return Checked
	case r.Mode == Check || it.Importer == nil && r.Mode != Remove:
		return Failed
	case r.Mode == Remove:
		if it.Importer != nil && it.Importer.Change == Delete {
			return Removed
		}
		return Unchanged
	case r.Mode == Plan && runFailed:
		return Failed
	case r.Mode == Plan:
		return Planned
	case runFailed && len(it.Importer.Done) == 0 && it.goal.writes(it):
		return Failed
	case len(it.Importer.Done) == 0 && r.result.Secret != nil && r.result.Secret.Done && it.usesSecret(r.secret):
		return Updated
	case len(it.Importer.Done) == 0:
		return Unchanged
	case it.Importer.Change == Create:
		return Created
	}
	return Updated
}

// failOnChanges makes a plan with something to do a failure: the drift check
// of a schedule.
func (r *run) failOnChanges() {
	if !r.FailOnChanges || r.Mode != Plan || r.result.Status == Failed {
		return
	}
	differing := 0
	for _, it := range r.items {
		if it.Importer.Change != Keep || it.Importer.Import != "" || len(it.Difference) > 0 {
			differing++
		}
	}
	secret := r.result.Secret != nil && r.result.Secret.Change != Keep
	if differing == 0 && !secret {
		return
	}
	r.result.Status = Failed
	r.result.Totals.Errors++
	r.result.Problems = append(r.result.Problems, Problem{
		Level: results.Error, ExitCode: 1, Anchor: "changes-found",
		Text: fmt.Sprintf("comparing: Microcks and Postman differ for %s, and `fail-on-changes` is true", plural(differing, "collection")),
		Hint: "run the workflow in mode `apply` to bring Microcks up to date",
	})
}

// serviceResult shows a service as served or predicted; id is empty when it
// does not exist yet.
func (r *run) serviceResult(id string, s *predict.Service) *ServiceResult {
	if s == nil {
		return nil
	}
	result := &ServiceResult{ID: id, Name: s.Name, Version: s.Version, Operations: []OperationResult{}}
	base := ""
	if r.session != nil {
		base = r.session.Microcks.Base()
		if s.Addressable() {
			result.MockURL = base + predict.MockPath(s.Name, s.Version)
		}
		if id != "" {
			result.URL = r.session.Microcks.ServiceURL(id)
		}
	}
	for i := range s.Operations {
		op := &s.Operations[i]
		operation := OperationResult{Name: op.Name, Dispatcher: op.Dispatcher, Rules: value(op.DispatcherRules), Examples: []ExampleResult{}}
		for k := range op.Examples {
			example := ExampleResult{Name: op.Examples[k].Name, Status: op.Examples[k].Response.Status}
			if call, ok := s.MockCall(op, &op.Examples[k]); ok {
				example.Call = call.Method + " " + base + call.Path
			}
			operation.Examples = append(operation.Examples, example)
		}
		result.Operations = append(result.Operations, operation)
	}
	return result
}
