package reconcile

import (
	"errors"
	"slices"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// showPlan puts what the plan says of the whole run into the result. An error
// among it ends the run.
func (r *reconciliation) showPlan() error {
	for _, s := range r.plan.Secrets {
		r.result.Secrets = append(r.result.Secrets, result.Secret{
			ID: s.Ref.SecretID, Name: text.Untrusted(s.Ref.Name), Change: s.Change, Fields: s.Fields, Comparable: s.Comparable,
		})
	}
	r.result.Problems = append(r.result.Problems, r.plan.Problems...)
	if slices.ContainsFunc(r.plan.Problems, func(p result.Problem) bool { return p.Level == result.Error }) {
		return errTold
	}
	return nil
}

// errTold ends a run whose problems stand in the result.
var errTold = errors.New("told")

// showPlanned puts what is planned for a collection into its result.
func (r *reconciliation) showPlanned(it *item) {
	a := it.artifact
	if a.Findings != nil {
		it.Findings = shown(a.Findings)
	}
	it.showProblems()
	it.Difference = difference(a.Difference)
	if a.Importer.Change == "" { // it failed before
		return
	}
	i := &a.Importer
	there := i.There
	if there == nil {
		there = i.Document()
	}
	target := i.Onto(there)
	it.Importer = &result.Importer{
		ID: i.ID, Name: text.Untrusted(target.Name), URL: r.session.Microcks.ImportersURL(),
		Repository: text.Untrusted(plan.WithoutQuery(target.RepositoryURL)), MainArtifact: i.IsMain, Adopted: i.Adopted,
		Change: i.Change, Fields: i.Fields, Import: i.Import, Drift: i.Drift,
		Active: i.WasActive(), // until something is done
	}
	if r.Mode == result.Plan {
		it.Importer.Active = i.Active
		it.tellDrift()
	}
	for _, job := range i.Surplus {
		it.Importer.Surplus = append(it.Importer.Surplus, result.NamedID{ID: job.ID, Name: text.Untrusted(job.Name)})
	}
	it.showService(r, a.Service, a.Service.Goal())
}

// tellDrift says what a plan leaves as it is.
func (it *item) tellDrift() {
	if !it.Drifts() || it.Importer.Change == result.Create {
		return // what is new is served by nobody
	}
	what := "nothing of the collection"
	if it.Importer.Drift.Kind == result.ServesOther {
		what = "something else than the collection makes"
	}
	it.Tell(result.Warning, "verify-not-imported", text.Untrustedf("Microcks serves %s, and `import` is never", what), "set `import: auto`")
}

// showProblems takes over what the plan says of the collection.
func (it *item) showProblems() {
	for _, p := range it.artifact.Problems {
		it.Problems = append(it.Problems, p)
		if p.Level == result.Error {
			it.Status = result.Failed
		}
	}
}

// showService shows the service of a collection as it is, or will be.
func (it *item) showService(r *reconciliation, s *plan.Service, as *predict.Service) {
	id := ""
	if len(s.Before.Services) == 1 {
		id = s.Before.Services[0].ID
	}
	it.Service = r.serviceResult(id, as)
}

// difference as a run tells it.
func difference(changes []predict.Change) []result.Difference {
	var all []result.Difference
	for _, c := range changes {
		d := result.Difference{
			Kind: result.DifferenceKind(c.Kind), Operation: text.Untrusted(c.Operation), Example: text.Untrusted(c.Example), Breaking: c.Breaking,
		}
		for _, part := range c.Fields {
			d.Fields = append(d.Fields, result.Part(part))
		}
		for _, v := range c.Values {
			d.Values = append(d.Values, result.ChangedPart{Field: result.Part(v.Field), From: shownPart(v.From), To: shownPart(v.To)})
		}
		all = append(all, d)
	}
	return all
}

// shownPart is a value as a run tells it: a script of a dispatcher can be long.
func shownPart(value *string) *text.Untrusted {
	if value == nil {
		return nil
	}
	const most = 200
	return new(text.HideCredentials(text.Untrusted(text.Cut(*value, most))))
}

// serviceResult shows a service as served or predicted; id is empty when it
// does not exist yet.
func (r *reconciliation) serviceResult(id string, s *predict.Service) *result.Service {
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

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
