package reconcile

import (
	"context"
	"slices"

	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// prune removes the leftovers that are to go, one after the other. An uploaded service
// goes, since it is all that was made; the services of an importer go before it, where
// that was allowed, so that a run which ends in between leaves the importer, by which the
// next one finds the rest.
func (r *reconciliation) prune(ctx context.Context) error {
	if r.left == nil || r.result.Leftovers.Due() == 0 {
		return nil
	}
	r.left.going = map[string]bool{}
	for _, one := range r.left.all {
		r.left.going[one.ID()] = one.Goes()
	}
	problem, err := r.moved(ctx)
	if err == nil && problem == nil {
		if unknown := r.lookForFeeders(ctx); unknown != nil {
			problem = heldBy("which importers there are now", unknown)
		}
	}
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case problem != nil:
		r.holdAll(problem)
		return nil
	}
	for i, one := range r.left.all {
		if !one.Goes() {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p := &pruning{reconciliation: r, one: one, at: i}
		p.run(ctx)
	}
	return ctx.Err()
}

// moved says that the default branch is not any more as it was when the run began; nil
// where it is.
func (r *reconciliation) moved(ctx context.Context) (*result.Problem, error) {
	commit := r.Provenance[plan.AnnotationCommit]
	head, err := r.Head(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return heldBy("whether this is the default branch as it is now", err), nil
	case head != commit:
		return held(result.Note, text.Untrustedf("the branch %s is at %.7s now, and this run is of %.7s", r.Pruning.Branch, head, commit),
			"nothing: the run of the newest commit prunes"), nil
	}
	return nil, nil
}

// lookForFeeders lists the importers again: in a fleet many minutes lie between the
// decision and the deletion, in which another importer may have come to feed what is to go.
func (r *reconciliation) lookForFeeders(ctx context.Context) error {
	inside, leave := r.room.Enter(ctx)
	defer leave()
	jobs, err := r.session.Microcks.Jobs(inside)
	r.left.now = plan.NewImporters(jobs)
	return err
}

// holdAll keeps all leftovers that were to go.
func (r *reconciliation) holdAll(problem *result.Problem) {
	r.result.Problems = append(r.result.Problems, *problem)
	l := r.result.Leftovers
	l.Held = true
	for i := range l.List {
		one := &l.List[i]
		if one.Decision == result.LeftoverToRemove {
			one.Decision, one.Kept = result.LeftoverKept, result.KeptHeld
		}
		for k := range one.Services {
			if s := &one.Services[k]; s.Kept == "" {
				s.Kept = result.KeptHeld
			}
		}
	}
	r.noteRun()
}

// pruning is one leftover on its way out.
type pruning struct {
	*reconciliation
	one *plan.Leftover
	at  int // in the list
	it  *item
}

// run removes the leftover, unless somebody has made it theirs since it was looked at.
func (p *pruning) run(ctx context.Context) {
	kept, err := p.remove(ctx)
	if err != nil && ctx.Err() == nil {
		p.late = append(p.late, p.failure(err))
	}
	p.change(func(shown *result.Leftover) {
		shown.Done = slices.Clip(p.done())
		switch {
		case err != nil:
			shown.Decision = result.LeftoverFailed
		case kept.Kept != "":
			shown.Decision, shown.Kept, shown.By = result.LeftoverKept, kept.Kept, kept.By
		default:
			shown.Decision, shown.Active = result.LeftoverRemoved, false
		}
	})
	if err == nil && kept.Kept == "" && len(p.done()) > 0 {
		p.result.Leftovers.Removed++
	}
	p.notePruned(p.at, false)
}

func (p *pruning) failure(err error) result.Problem {
	problem := result.ProblemOf(err)
	problem.Level = result.Error
	problem.Text = text.HideCredentials(text.Untrustedf("pruning %s: ", p.it.Collection.Name)) + problem.Text
	return problem
}

// change changes what is told of the leftover.
func (p *pruning) change(by func(*result.Leftover)) {
	if p.at < len(p.result.Leftovers.List) {
		by(&p.result.Leftovers.List[p.at])
	}
}

func (p *pruning) done() []result.Done { return p.it.Way().Done }

// remove deletes what there is. It returns why it stays where somebody has made it
// theirs meanwhile.
func (p *pruning) remove(ctx context.Context) (plan.Fate, error) {
	var name text.Untrusted
	if p.one.Importer != nil {
		name = text.Untrusted(p.one.Importer.Name)
	} else {
		name = text.Untrusted(p.one.Service.Name + " " + p.one.Service.Version)
	}
	p.it = &item{
		Wanted: &plan.Wanted{UID: p.one.Source}, pruned: p,
		Collection: &result.Collection{Name: name, Importer: &result.Importer{Way: result.Way{Change: result.Delete}}},
	}
	if p.one.Service != nil {
		return p.removeIfOurs(ctx, p.one.Service, p.Lists)
	}
	job, err := p.session.Microcks.Job(ctx, p.one.Importer.ID)
	switch {
	case err != nil:
		return plan.Fate{}, err
	case job != nil && (!plan.SameOwner(job, p.one.Importer) || p.left.Later(job.Metadata) ||
		job.RepositoryURL != p.one.Importer.RepositoryURL):
		p.left.going[job.ID] = false
		return plan.Fate{Kept: result.KeptChanged}, nil
	}
	if err := p.removeMade(ctx, false); err != nil {
		return plan.Fate{}, err
	}
	p.notePruned(p.at, true)
	o := p.converge(ctx, &converge.Runner{}, converge.Goal{Gone: p.one.Importer}, p.it)
	p.it.Way().Done = append(p.it.Way().Done, o.Done...)
	if o.Err != nil {
		return plan.Fate{}, o.Err
	}
	// An import may have brought them back while the importer was there.
	return plan.Fate{}, p.removeMade(ctx, true)
}

// removeMade deletes the services that the importer made and that go with it, or those that
// came again, which have other ids.
func (p *pruning) removeMade(ctx context.Context, again bool) error {
	anybodys := func(m *microcks.Metadata) bool { return p.Elsewhere(m) == "" }
	for i := range p.one.Services {
		s := &p.one.Services[i]
		if !s.Goes() {
			continue
		}
		found := []microcks.Service{s.Service}
		if again {
			var err error
			if found, err = p.cameAgain(ctx, s); err != nil {
				return err
			}
		}
		for k := range found {
			kept, err := p.removeIfOurs(ctx, &found[k], anybodys)
			if err != nil {
				return err
			}
			if s.Fate = kept; kept.Kept != "" {
				p.change(func(shown *result.Leftover) {
					if i < len(shown.Services) {
						shown.Services[i].Kept, shown.Services[i].By = kept.Kept, kept.By
					}
				})
			}
		}
	}
	return nil
}

// cameAgain are services as one that was deleted: the importer may have brought it back, or
// another one, which is new.
func (p *pruning) cameAgain(ctx context.Context, s *plan.LeftService) (found []microcks.Service, err error) {
	named, err := p.session.Microcks.ServicesNamed(ctx, s.Name)
	for _, one := range converge.OfVersion(named, s.Version) {
		if one.SourceArtifact == s.SourceArtifact {
			found = append(found, one)
		}
	}
	if len(found) > 0 {
		err = p.lookForFeeders(ctx)
	}
	return found, err
}

// removeIfOurs deletes a service as long as it is what it was when it was decided on, by a
// look right before.
func (p *pruning) removeIfOurs(ctx context.Context, s *microcks.Service, ours func(*microcks.Metadata) bool) (plan.Fate, error) {
	view, err := p.session.Microcks.ServiceView(ctx, s.ID)
	if err != nil || view == nil {
		return plan.Fate{}, err
	}
	now := &view.Service
	if !ours(now.Metadata) || p.left.Later(now.Metadata) || now.SourceArtifact != s.SourceArtifact {
		return plan.Fate{Kept: result.KeptChanged}, nil
	}
	if fed := p.left.now.Fed(now, p.left.going); fed.Kept != "" {
		return fed, nil
	}
	if mixed := plan.Mixed(s, artifactsIn(view)); mixed.Kept != "" {
		return mixed, nil
	}
	p.notePruned(p.at, true)
	return plan.Fate{}, crash.Caught(func() error { return p.removeService(ctx, p.it, s) })()
}
