package reconcile

import (
	"context"
	"fmt"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// remove deletes the importers of the named collections that this repository's
// runs made, and their services when that was asked for.
func (r *run) remove(ctx context.Context) error {
	notices, err := r.connect(ctx)
	r.result.Problems = append(r.result.Problems, notices...)
	if err != nil {
		return err
	}
	began := time.Now()
	jobs, err := r.session.Microcks.Jobs(ctx)
	if err != nil {
		return err
	}
	r.state = &state{jobs: jobs}
	r.maskImporters(jobs)
	r.step("read", nil, began, fmt.Sprintf("%s on the server", text.Plural(len(jobs), "importer")))
	chosen := make(map[*item][]microcks.ImportJob)
	for _, it := range r.items {
		chosen[it] = r.removable(it, jobs)
	}
	if err := r.refuseRemoval(chosen); err != nil {
		return err
	}
	for _, it := range r.items {
		for _, job := range chosen[it] {
			if err := r.removeOne(ctx, it, &job); err != nil {
				it.Fail(err)
			}
		}
	}
	return nil
}

// removable are the importers of a collection that carry this repository's
// labels. Others are named and left.
func (r *run) removable(it *item, jobs []microcks.ImportJob) []microcks.ImportJob {
	var mine []microcks.ImportJob
	for _, job := range jobs {
		if !it.readBy(&job) {
			continue
		}
		if ours(&job, r.Repository) {
			mine = append(mine, job)
			continue
		}
		it.Tell(result.Warning, "importer-foreign",
			text.Untrustedf("importer %q (%s) reads this collection, but was not made by this repository's runs: it stays", job.Name, job.ID),
			"delete it by hand in Microcks under Importers if nobody needs it")
	}
	return mine
}

func (r *run) refuseRemoval(chosen map[*item][]microcks.ImportJob) error {
	total := 0
	for _, jobs := range chosen {
		total += len(jobs)
	}
	account := r.session.Account
	if total == 0 || account == nil || r.session.Tenancy || account.Has(microcks.Manager, microcks.Admin) {
		return nil
	}
	return missingRole(*account, need{[]microcks.Role{microcks.Manager, microcks.Admin}, "to delete importers"})
}

// removeOne deletes an importer, and before it the services that it made when
// that was asked for: a run that ends in between leaves the importer, by which
// the next one finds the rest.
func (r *run) removeOne(ctx context.Context, it *item, job *microcks.ImportJob) error {
	var done []result.Done
	if it.Importer != nil { // another one of this collection
		done = it.Importer.Done
	}
	it.Importer = &result.Importer{
		ID: job.ID, Name: text.Untrusted(job.Name), URL: r.session.Microcks.ImportersURL(), Repository: text.Untrusted(withoutQuery(job.RepositoryURL)),
		MainArtifact: job.MainArtifact, Active: job.Active, Change: result.Delete, Done: done, KeepsServices: !r.RemoveServices,
	}
	if r.RemoveServices {
		stay, err := r.removeServices(ctx, it, job)
		if err != nil {
			return err
		}
		for _, k := range stay {
			it.Tell(result.Warning, "service-foreign", k.why, k.hint)
		}
	}
	began := time.Now()
	if err := r.deleteImporter(ctx, job); err != nil {
		it.maybeDone(err)
		return err
	}
	it.Importer.Active = false
	r.did("remove", it, began, result.Done{Kind: result.ImporterDeleted, ID: job.ID, Name: text.Untrusted(job.Name)})
	if !r.RemoveServices {
		return nil
	}
	// An import may have brought them back while the importer was there.
	_, err := r.removeServices(ctx, it, job)
	return err
}

// maybeDone tells of a deletion that was sent and whose answer got lost.
func (it *item) maybeDone(err error) {
	if microcks.MayBeDone(err) {
		it.Importer.Done = append(it.Importer.Done, result.Done{Kind: result.DeletionInDoubt})
	}
}

// deleteImporter deletes an importer and looks whether it stays away: an import
// that runs at the moment saves it again, and not everybody who answers 200 or
// 404 is Microcks.
func (r *run) deleteImporter(ctx context.Context, job *microcks.ImportJob) error {
	for try := 1; ; try++ {
		err := r.session.Microcks.DeleteJob(ctx, job.ID)
		r.wrote(err)
		if err != nil && (!microcks.InDoubt(err) || try == maxTries) {
			return err
		}
		left, err := r.session.Microcks.Job(ctx, job.ID)
		if err != nil || left == nil {
			return err
		}
		if try == maxTries {
			return &result.Problem{Level: result.Error,
				Text:   text.Untrustedf("deleting importer %q: it came back %d times: an import that runs at the same time saves it again", job.Name, maxTries),
				Hint:   "wait until the import has ended and run again",
				Anchor: "importer-contended", ExitCode: 12,
			}
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// kept is a service that stays although its importer goes.
type kept struct{ why, hint text.Untrusted }

// removeServices deletes the services that the importer made, as long as they
// come from this collection and no other importer feeds them, and returns the
// others.
func (r *run) removeServices(ctx context.Context, it *item, job *microcks.ImportJob) (others []kept, err error) {
	for _, ref := range job.ServiceRefs {
		services, err := r.session.Microcks.ServicesNamed(ctx, ref.Name)
		if err != nil {
			return nil, err
		}
		for _, s := range ofVersion(services, ref.Version) {
			if other := r.otherFeeder(it, s.ID); other != nil {
				others = append(others, kept{text.Untrustedf("service %s %s is also fed by importer %q (%s): it stays", s.Name, s.Version, other.Name, other.ID), "delete that importer, too, if nobody needs the service"})
				continue
			}
			if !sameArtifact(s.SourceArtifact, it.Wanted.UID) {
				others = append(others, kept{text.Untrustedf("service %s %s comes from %q, not from this collection: it stays", s.Name, s.Version, s.SourceArtifact), "delete it by hand in Microcks if nobody needs it"})
				continue
			}
			began := time.Now()
			err := r.session.Microcks.DeleteService(ctx, s.ID)
			r.wrote(err)
			if err != nil {
				it.maybeDone(err)
				return nil, err
			}
			r.did("remove", it, began, result.Done{Kind: result.ServiceDeleted, ID: s.ID, Name: text.Untrusted(s.Name), Version: text.Untrusted(s.Version)})
		}
	}
	return others, nil
}

// otherFeeder is an importer that this run leaves and that feeds the service;
// nil when there is none.
func (r *run) otherFeeder(it *item, serviceID string) *microcks.ImportJob {
	for i := range r.state.jobs {
		job := &r.state.jobs[i]
		leaves := !it.readBy(job) || !ours(job, r.Repository)
		if leaves && refersTo(job, serviceID) {
			return job
		}
	}
	return nil
}
