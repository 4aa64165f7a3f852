package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/mock"
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
func (r *reconciliation) showPlanned(ctx context.Context, it *item) {
	a := it.artifact
	if a.Findings != nil {
		it.Findings = shown(a.Findings)
	}
	it.showProblems()
	it.Difference, it.MoreDifferences = difference(a.Difference, r.share())
	if a.Change == "" { // it failed before
		return
	}
	way := result.Way{MainArtifact: a.IsMain, Change: a.Change, Fields: a.Fields, Import: a.Due, Drift: a.Drift}
	if u := a.Upload; u != nil {
		it.Upload = &result.Upload{Artifact: text.Untrusted(u.Name), Way: way, Leaving: named(u.Leaving), Stopping: named(u.Stopping)}
	} else {
		it.Importer = r.shownImporter(&a.Importer, way)
	}
	if r.Mode == result.Plan {
		it.tellDrift()
	}
	id := ""
	if there := a.Service.Before.Services; len(there) == 1 {
		id = there[0].ID
	}
	it.showService(ctx, r, a.Service, id, a.Service.Goal())
}

// shownImporter is an importer as it shall be.
func (r *reconciliation) shownImporter(i *plan.Importer, way result.Way) *result.Importer {
	there := i.There
	if there == nil {
		there = i.Document()
	}
	target := i.Onto(there)
	shown := &result.Importer{
		ID: i.ID, Name: text.Untrusted(target.Name), URL: r.session.Microcks.ImportersURL(),
		Repository: text.Untrusted(plan.WithoutQuery(target.RepositoryURL)), Adopted: i.Adopted, Way: way,
		Active:  i.WasActive(), // until something is done
		Surplus: named(i.Surplus), MoreSurplus: max(0, len(i.Surplus)-mostNamedImporters),
	}
	if r.Mode == result.Plan {
		shown.Active = i.Active
	}
	return shown
}

// mostNamedImporters of a collection are listed.
const mostNamedImporters = 20

func named(importers []microcks.ImportJob) (all []result.NamedID) {
	for _, job := range importers[:min(mostNamedImporters, len(importers))] {
		all = append(all, result.NamedID{ID: job.ID, Name: text.Untrusted(job.Name)})
	}
	return all
}

// tellDrift says what is not imported, since `import` is never.
func (it *item) tellDrift() {
	if !it.Drifts() || it.Way().Change == result.Create {
		return // what is new is served by nobody
	}
	what := "nothing of the collection"
	if it.Way().Drift.Kind == result.ServesOther {
		what = "something other than the collection makes"
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
func (it *item) showService(ctx context.Context, r *reconciliation, s *plan.Service, id string, as *predict.Service) {
	it.Service = r.serviceResult(ctx, id, as, !s.HasMain())
}

// difference as a run tells it, as many changes as the room has bytes for, and how
// many there are beyond.
func difference(changes []predict.Change, room int) (all []result.Difference, more int) {
	for i, c := range changes {
		const itself = 200 // bytes
		d := result.Difference{
			Kind: result.DifferenceKind(c.Kind), Operation: listed(c.Operation), Example: listed(c.Example), Breaking: c.Breaking,
		}
		if room -= itself + len(d.Operation) + len(d.Example); room < 0 {
			return all, len(changes) - i
		}
		for _, part := range c.Fields {
			d.Fields = append(d.Fields, result.Part(part))
		}
		for _, v := range c.Values {
			d.Values = append(d.Values, result.ChangedPart{Field: result.Part(v.Field), From: shownPart(v.From), To: shownPart(v.To)})
		}
		all = append(all, d)
	}
	return all, 0
}

// listed is a text as a list shows it.
func listed(s string) text.Untrusted { return text.Cut(text.Untrusted(s), mostToldName) }

// shownPart is a value as a run tells it: a script of a dispatcher can be long.
func shownPart(value *string) *text.Untrusted {
	if value == nil {
		return nil
	}
	const most = 200
	return new(text.HideCredentials(text.Untrusted(text.Cut(*value, most))))
}

// serviceResult shows a service as served or predicted; id is empty when it
// does not exist yet. anyOrder as in [mock.Options].
func (r *reconciliation) serviceResult(ctx context.Context, id string, s *predict.Service, anyOrder bool) *result.Service {
	if s == nil {
		return nil
	}
	shown := &result.Service{ID: id, Name: text.Untrusted(s.Name), Version: text.Untrusted(s.Version), Operations: []result.Operation{}}
	mocks := ""
	if s.Addressable() {
		mocks = s.MockPath()
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
	room, answers := r.share(), mock.Of(s, r.mockOptions(ctx, anyOrder))
	for i := range s.Operations {
		const itself = 150 // bytes
		op := &s.Operations[i]
		operation := result.Operation{
			Name: listed(op.Name), Dispatcher: listed(op.Dispatcher), Rules: listed(value(op.DispatcherRules)),
			Examples: []result.Example{},
		}
		if room -= itself + len(operation.Name) + len(operation.Rules); room < 0 {
			shown.MoreOperations++
			shown.MoreExamples += len(op.Examples)
			continue
		}
		room = list(&operation, answers, op, room)
		shown.Operations = append(shown.Operations, operation)
	}
	return shown
}

// list adds the examples of an operation, as many as the room has bytes for, and
// returns the room that is left.
func list(to *result.Operation, answers *mock.Mocks, op *predict.Operation, room int) int {
	calls, _ := answers.CallsOf(op, nil)
	of := make(map[*predict.Example]*mock.Call, len(op.Examples))
	for i := range calls {
		for _, ex := range calls[i].Examples {
			if of[ex] == nil {
				of[ex] = &calls[i]
			}
		}
	}
	for k := range op.Examples {
		const itself = 120 // bytes
		saved := &op.Examples[k]
		example := result.Example{Name: listed(saved.Name), Status: listed(saved.Response.Status)}
		size := itself + len(example.Name) + len(example.Status)
		if size <= room {
			if call := of[saved]; call != nil && len(call.Path()) <= mostToldAddress {
				example.Call = shownCall(call)
				size += len(example.Call.Path)
			}
		}
		if room -= size; room < 0 {
			to.MoreExamples = len(op.Examples) - k
			break
		}
		to.Examples = append(to.Examples, example)
	}
	return room
}

func shownCall(c *mock.Call) *result.Call {
	return &result.Call{Method: c.Request.Method, Path: text.Untrusted(strings.TrimPrefix(c.Path(), c.Below))}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
