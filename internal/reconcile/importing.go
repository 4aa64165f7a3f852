package reconcile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// boundService is the id of the service of that name and version among the
// importer's references.
func boundService(job *microcks.ImportJob, key serviceKey) string {
	for _, ref := range job.ServiceRefs {
		if ref.Name == key.name && ref.Version == key.version {
			return ref.ServiceID
		}
	}
	return ""
}

// importNow starts the import, unless another run has just done the same.
func (c *convergence) importNow(seen *observation) (move, error) {
	goal := c.item.goal
	if c.started >= maxStart {
		return nil, &result.Problem{Level: result.Error,
			Text:   text.Untrustedf("importing: after %d imports the service is still not there once", maxStart),
			Hint:   "other imports of the same service run at the same time: give workflows that import a `concurrency:` group and run again",
			Anchor: "service-contended", ExitCode: 12,
		}
	}
	return func(ctx context.Context) error {
		select {
		case c.starts <- struct{}{}:
			defer func() { <-c.starts }()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if done, err := c.doneByOthers(ctx, seen); err != nil || done {
			return err
		}
		c.started++
		c.rests = 0
		began := time.Now()
		c.inactive = !seen.job.Active
		c.active, c.inFlight = true, true // as a start leaves it, whatever becomes of its answer
		told := c.tellWhile("Microcks is importing")
		job, err := c.session.Microcks.StartJob(ctx, goal.id)
		told()
		if microcks.InDoubt(err) && !microcks.MayBeDone(err) { // it never left this machine
			c.active, c.inFlight = seen.job.Active, false
			return c.settle(ctx, err, c.started)
		}
		if ctx.Err() != nil && c.inactive && !goal.active {
			c.stopAfter(ctx)
		}
		if microcks.InDoubt(err) && ctx.Err() == nil {
			c.step("import", c.item, began, "no answer from the import, waiting for its end: "+err.Error())
			job, err = c.waitForImport(ctx, seen.job.Imported(), err)
		}
		return c.judgeStart(ctx, job, err, began)
	}, nil
}

// tellWhile says every few seconds that something still goes on, until the
// function that it returns is called.
func (c *convergence) tellWhile(what string) (stop func()) {
	began := time.Now()
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(5 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				c.step("import", c.item, began, what)
			}
		}
	}()
	return func() { close(done) }
}

// doneByOthers reports whether an import that ended after this run had read the
// server made exactly what this one would make.
func (c *convergence) doneByOthers(ctx context.Context, seen *observation) (bool, error) {
	goal := c.item.goal
	if c.Import == ImportAlways && !c.imported || !c.importedByOthers(seen) {
		return false, nil
	}
	began := time.Now()
	view, err := c.session.Microcks.ServiceView(ctx, seen.services[0].ID)
	if err != nil || view == nil {
		// It may just be healed or replaced: importing finds out.
		return false, ctx.Err()
	}
	if c.differs(view) {
		return false, nil
	}
	goal.importDue = false
	c.service, c.importedAt = seen.services[0].ID, seen.job.Imported()
	c.step("import", c.item, began, "another run has just imported the same")
	return true, nil
}

// importedByOthers reports whether an import has ended well since this run read
// the server.
func (c *convergence) importedByOthers(seen *observation) bool {
	return seen.job.Imported() > c.item.goal.baseline && seen.job.Failed() == "" && c.bound(seen)
}

// judgeStart reads what an import came to.
func (c *convergence) judgeStart(ctx context.Context, job *microcks.ImportJob, err error, began time.Time) error {
	goal := c.item.goal
	if ctx.Err() == nil || err == nil {
		c.inFlight = false
	}
	if job != nil {
		c.active = job.Active
	}
	var api *microcks.APIError
	switch {
	case errors.As(err, &api) && api.Status == http.StatusInternalServerError && c.crashes < c.atMost(maxCrash):
		// While a service exists twice every import of it answers 500, and
		// another run may heal that at this very moment.
		c.crashes++
		c.step("import", c.item, began, "Microcks answered 500, looking again")
		return pause(ctx, c.crashes)
	case errors.As(err, &api) && api.Status == http.StatusInternalServerError:
		return &result.Problem{Level: result.Error,
			Text:   text.Untrustedf("importing: Microcks answered 500 %d times, although nothing in the collection explains it", c.crashes+1),
			Hint:   "the reason stands in Microcks' own log only; look there for the time of this run",
			Anchor: "import-500", ExitCode: 12,
		}
	case err != nil:
		return err
	case job.Failed() != "":
		return c.importFailed(ctx, job)
	}
	goal.importDue = false
	c.imported = true
	c.importedAt = job.Imported()
	c.service = boundService(job, c.group.serviceKey)
	c.did(result.Done{Kind: result.CollectionImported}, began)
	return nil
}

// importFailed takes an importer that did not work out of the schedule again,
// where the start put it there, and explains the failure.
func (c *convergence) importFailed(ctx context.Context, job *microcks.ImportJob) error {
	cause := c.diagnose(job)
	c.done = append(c.done, result.Done{Kind: result.ImportRefused})
	goal := c.item.goal
	if job.Active && (c.inactive || goal.unborn || !goal.active) {
		c.stopAfter(ctx)
	}
	return cause
}

// stopAfter takes the importer out of the schedule after a start that did not
// come to its end, also when the run is out of time: it is one short request. A
// start that still runs saves the importer again when it ends, so it is tried,
// not promised.
func (c *convergence) stopAfter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	began := time.Now()
	if _, err := c.session.Microcks.StopJob(ctx, c.item.goal.id); err != nil {
		c.step("import", c.item, began, "the importer could not be stopped: "+err.Error())
		return
	}
	c.active = false
	c.did(result.Done{Kind: result.ImporterStopped}, began)
}

// waitForImport follows an import whose answer got lost: it goes on without
// us, and a second start beside it could make the service twice.
func (c *convergence) waitForImport(ctx context.Context, before int64, lost error) (*microcks.ImportJob, error) {
	began := time.Now()
	for try := 1; ; try++ {
		if err := wait(ctx, min(time.Duration(try)*500*time.Millisecond, 5*time.Second)); err != nil {
			return nil, fmt.Errorf("waiting for the end of an import (%w): %w", err, lost)
		}
		job, err := c.session.Microcks.Job(ctx, c.item.goal.id)
		if err != nil && ctx.Err() == nil {
			c.step("import", c.item, began, "still no answer: "+err.Error())
			continue
		}
		if err == nil && job != nil && job.Imported() > before {
			return job, nil
		}
		c.step("import", c.item, began, "the import is still running")
	}
}
