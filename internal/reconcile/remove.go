package reconcile

import (
	"context"
	"time"

	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// remove deletes the importers of the named collections that this repository's
// runs made, and their services, and those of uploads, when that was asked for.
func (r *reconciliation) remove(ctx context.Context) error {
	importers, services := make(map[*item][]microcks.ImportJob), make(map[*item][]microcks.Service)
	for _, it := range r.live() {
		if mine := r.removable(it); len(mine) > 0 {
			importers[it] = mine
		}
		mine, err := r.uploaded(ctx, it)
		if err != nil {
			r.ended(ctx, it, err)
		} else if len(mine) > 0 {
			services[it] = mine
		}
	}
	refused := plan.MayDelete(r.session.Account, r.session.Tenancy)
	if refused != nil && len(importers)+len(services) > 0 {
		return refused
	}
	far := r.begin("remove", len(r.items))
	for _, it := range r.items {
		for _, job := range importers[it] {
			r.ended(ctx, it, crash.Caught(func() error { return r.removeOne(ctx, it, &job) })())
		}
		if !it.Failed() {
			r.ended(ctx, it, crash.Caught(func() error { return r.removeUploaded(ctx, it, services[it]) })())
		}
		r.noteItem(it, true, false)
		far()
	}
	return nil
}

// ended tells the error by which something for a collection ended, if any.
func (r *reconciliation) ended(ctx context.Context, it *item, err error) {
	switch {
	case err != nil && ctx.Err() != nil:
		it.notFinished(context.Cause(ctx))
	case err != nil:
		it.Fail(err)
	}
}

// removable are the importers of a collection that carry this repository's
// labels. Others are named and left.
func (r *reconciliation) removable(it *item) []microcks.ImportJob {
	var mine []microcks.ImportJob
	for _, job := range r.importers.Of(it.Wanted) {
		if r.Made(job.Metadata) {
			mine = append(mine, job)
			continue
		}
		it.Tell(result.Warning, "importer-foreign",
			plan.NotOurs(&job), "delete it by hand in Microcks under Importers if nobody needs it")
	}
	return mine
}

// removeOne deletes an importer, and before it the services that it made when
// that was asked for: a run that ends in between leaves the importer, by which
// the next one finds the rest.
func (r *reconciliation) removeOne(ctx context.Context, it *item, job *microcks.ImportJob) error {
	var done []result.Done
	if it.Importer != nil { // another one of this collection
		done = it.Importer.Done
	}
	it.Importer = &result.Importer{
		ID: job.ID, Name: text.Untrusted(job.Name), URL: r.session.Microcks.ImportersURL(),
		Repository: text.Untrusted(plan.WithoutQuery(job.RepositoryURL)), Active: job.Active,
		Way: result.Way{MainArtifact: job.MainArtifact, Change: result.Delete, Done: done, KeepsServices: !r.RemoveServices},
	}
	r.noteItem(it, false, true)
	if r.RemoveServices {
		stay, err := r.removeServices(ctx, it, job)
		if err != nil {
			return err
		}
		for _, k := range stay {
			it.Tell(result.Warning, "service-foreign", k.why, k.hint)
		}
	}
	o := r.converge(ctx, &converge.Runner{}, converge.Goal{Gone: job}, it)
	it.Importer.Done = append(it.Importer.Done, o.Done...)
	r.noteItem(it, false, true)
	if o.Err != nil {
		return o.Err
	}
	it.Importer.Active = false
	if !r.RemoveServices {
		return nil
	}
	// An import may have brought them back while the importer was there.
	_, err := r.removeServices(ctx, it, job)
	return err
}

// kept is a service that stays although its importer goes.
type kept struct{ why, hint text.Untrusted }

// removeServices deletes the services that the importer made, as long as they
// come from this collection and no other importer feeds them, and returns the
// others.
func (r *reconciliation) removeServices(ctx context.Context, it *item, job *microcks.ImportJob) (others []kept, err error) {
	for _, ref := range job.ServiceRefs {
		services, err := r.session.Microcks.ServicesNamed(ctx, ref.Name)
		if err != nil {
			return nil, err
		}
		for _, s := range converge.OfVersion(services, ref.Version) {
			switch other := r.otherFeeder(it, s.ID); {
			case other != nil:
				others = append(others, kept{
					text.Untrustedf("service %s %s is also fed by importer %q (%s): it stays", s.Name, s.Version, other.Name, other.ID),
					"delete that importer, too, if nobody needs the service",
				})
			case !predict.SameArtifact(s.SourceArtifact, it.Wanted.UID):
				others = append(others, kept{
					text.Untrustedf("service %s %s comes from %q, not from this collection: it stays", s.Name, s.Version, s.SourceArtifact),
					"delete it by hand in Microcks if nobody needs it",
				})
			default:
				if err := r.removeService(ctx, it, &s); err != nil {
					return nil, err
				}
			}
		}
	}
	return others, nil
}

func (r *reconciliation) removeService(ctx context.Context, it *item, s *microcks.Service) error {
	began := time.Now()
	err := crash.Caught(func() error { return r.session.Microcks.DeleteService(ctx, s.ID) })()
	if err == nil || microcks.MayBeDone(err) {
		r.changed.Store(true)
	}
	if err == nil { // a proxy answers 404, too
		err = r.gone(ctx, s)
	}
	deed := result.Done{Kind: result.ServiceDeleted, ID: s.ID, Name: text.Untrusted(s.Name), Version: text.Untrusted(s.Version)}
	switch {
	case err != nil && !microcks.MayBeDone(err):
		return err
	case err != nil:
		deed = result.Done{Kind: result.DeletionInDoubt}
	}
	it.Way().Done = append(it.Way().Done, deed)
	r.noteItem(it, false, true)
	r.Log.Did("remove", string(it.title()), deed, time.Since(began))
	return err
}

// gone is the error of a service that is there after it was deleted.
func (r *reconciliation) gone(ctx context.Context, s *microcks.Service) error {
	view, err := r.session.Microcks.ServiceView(ctx, s.ID)
	if err != nil || view == nil {
		return err
	}
	return &result.Problem{
		Level: result.Error, Text: text.Untrustedf("deleting service %s %s: Microcks answered that it is gone, and shows it", s.Name, s.Version),
		Hint:   "something in front of Microcks may answer in its place, or another run imports at the same time: run again",
		Anchor: "service-contended", ExitCode: 12,
	}
}

// otherFeeder is an importer that this run leaves and that feeds the service;
// nil when there is none.
func (r *reconciliation) otherFeeder(it *item, serviceID string) *microcks.ImportJob {
	for job := range r.importers.Bound(serviceID) {
		if !it.ReadBy(job) || !r.Made(job.Metadata) {
			return job
		}
	}
	return nil
}
