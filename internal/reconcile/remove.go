package reconcile

import (
	"context"
	"fmt"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
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
	r.step("read", nil, began, fmt.Sprintf("%s on the server", plural(len(jobs), "importer")))
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
				it.fail(err)
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
		it.tell(result.Warning, "importer-foreign",
			fmt.Sprintf("importer %q (%s) reads this collection, but was not made by this repository's runs: it stays", job.Name, job.ID),
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
	var done, removed []string
	if it.Importer != nil { // another one of this collection
		done, removed = it.Importer.Done, it.Importer.RemovedServices
	}
	it.Importer = &ImporterResult{
		Done: done, RemovedServices: removed, ID: job.ID, Name: job.Name, URL: r.session.Microcks.ImportersURL(), Repository: withoutQuery(job.RepositoryURL),
		MainArtifact: job.MainArtifact, Active: job.Active, Change: Delete, KeepsServices: !r.RemoveServices,
	}
	if r.RemoveServices {
		stay, err := r.removeServices(ctx, it, job)
		if err != nil {
			return err
		}
		for _, k := range stay {
			it.tell(result.Warning, "service-foreign", k.why+": it stays", k.hint)
		}
	}
	began := time.Now()
	if err := r.deleteImporter(ctx, job); err != nil {
		it.maybeDone(err)
		return err
	}
	it.Importer.Active = false
	it.Importer.Done = append(it.Importer.Done, "importer deleted")
	r.step("remove", it, began, fmt.Sprintf("importer %q deleted", job.Name))
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
		it.Importer.Done = append(it.Importer.Done, "a deletion sent, whose answer got lost")
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
			return &refusal{
				text:   fmt.Sprintf("deleting importer %q: it came back %d times: an import that runs at the same time saves it again", job.Name, maxTries),
				hint:   "wait until the import has ended and run again",
				anchor: "importer-contended", code: 12,
			}
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// kept is a service that stays although its importer goes.
type kept struct{ why, hint string }

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
				others = append(others, kept{fmt.Sprintf("service %s %s is also fed by importer %q (%s)", s.Name, s.Version, other.Name, other.ID), "delete that importer, too, if nobody needs the service"})
				continue
			}
			if !sameArtifact(s.SourceArtifact, it.Wanted.UID) {
				others = append(others, kept{fmt.Sprintf("service %s %s comes from %q, not from this collection", s.Name, s.Version, s.SourceArtifact), "delete it by hand in Microcks if nobody needs it"})
				continue
			}
			began := time.Now()
			err := r.session.Microcks.DeleteService(ctx, s.ID)
			r.wrote(err)
			if err != nil {
				it.maybeDone(err)
				return nil, err
			}
			it.Importer.Done = append(it.Importer.Done, fmt.Sprintf("service %s %s deleted", s.Name, s.Version))
			it.Importer.RemovedServices = append(it.Importer.RemovedServices, s.Name+" "+s.Version)
			r.step("remove", it, began, fmt.Sprintf("service %s %s deleted", s.Name, s.Version))
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
