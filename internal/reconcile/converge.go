package reconcile

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/microcks"
)

// The server has no compare-and-set: others write at the same time, a start
// saves the document that it loaded, and two starts can make a service twice.
// So an importer is brought to its goal by looking, taking one step, and
// looking again, until nothing is left to do. Creating, updating, importing,
// mending a lost change and healing a doubled service are the same loop.

// Bounds of that loop. A step that is needed more often means that somebody
// works against this run.
const (
	maxTries = 4 // of one write whose answers get lost
	maxSaves = 6
	maxStart = 8
	maxHeals = 8
	maxCrash = 6 // answers 500 where the prediction sees no cause
	maxLooks = 8 // at a service that differs after an import
	maxAlone = 2 // of both, when nothing tells of other runs
	minRests = 3 // before an import that others may be doing
	maxRests = 16
)

// observation is what the server holds for one importer at one moment.
type observation struct {
	job      *microcks.ImportJob
	services []microcks.Service // of the predicted name and version
	view     *microcks.ServiceView
}

// convergence brings one importer to its goal.
type convergence struct {
	*run
	group  *group
	item   *item
	starts chan struct{}

	done       []string // what was written
	imported   bool     // a start of this run succeeded
	importedAt int64    // when that last import was, as the server says
	surplus    bool     // surplus importers were deleted
	active     bool     // whether the importer was active when last heard of
	inactive   bool     // the importer was inactive right before the last start
	service    string   // id of the service that the last import was bound to, of this run or another
	contended  bool     // other runs are at work on the same importer
	seenAt     int64    // time of the last import at the look before this one

	saves, started, heals, crashes, looks int
	rests, restsInAll                     int // since the last start, and ever
}

// move is one step towards the goal.
type move func(context.Context) error

// drive looks and steps until the goal is reached. It returns what it saw last.
func (c *convergence) drive(ctx context.Context) (*observation, error) {
	for {
		seen, err := c.observe(ctx)
		if err != nil {
			return nil, err
		}
		step, err := c.next(seen)
		if err != nil || step == nil {
			return seen, err
		}
		if err := c.secret.wait(); err != nil {
			return nil, err
		}
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
}

// observe reads the importer and its service. The examples are read only once
// an import of this run may have changed them.
func (c *convergence) observe(ctx context.Context) (*observation, error) {
	seen := &observation{}
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		seen.job, err = c.session.Microcks.Job(ctx, c.item.goal.id)
		return err
	})
	reads.Go(func() error {
		found, err := c.session.Microcks.ServicesNamed(ctx, c.group.name)
		if err != nil {
			return err
		}
		seen.services = ofVersion(found, c.group.version)
		return nil
	})
	if c.service != "" {
		reads.Go(func() error {
			// Another run may be healing: a service that cannot be read now is
			// read again when it counts.
			seen.view, _ = c.session.Microcks.ServiceView(ctx, c.service)
			return nil
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	c.active = seen.job != nil && seen.job.Active
	return seen, nil
}

// next decides on the next step; nil when the goal is reached.
func (c *convergence) next(seen *observation) (move, error) {
	goal := c.item.goal
	c.noticeOthers(seen)
	switch job := seen.job; {
	case job == nil:
		return c.save(c.newImporter(), "created")
	case len(goal.intent.diff(job)) > 0:
		return c.save(goal.intent.onto(job), "updated")
	case len(c.item.pick.surplus) > 0 && !c.surplus:
		return c.deleteSurplus, nil
	case len(seen.services) > 1:
		return c.heal(seen.services)
	case goal.importDue && c.contended && !c.quiet(seen):
		return c.rest, nil
	case goal.importDue:
		return c.importNow(seen)
	case c.service != "" && c.unsettled(seen):
		return c.lookAgain(seen), nil
	case job.Active != goal.active:
		return c.setActive(goal.active), nil
	}
	return nil, nil
}

// unsettled tells whether what was imported is not there as it should be:
// another run healed the service away, or its import mixed with ours.
func (c *convergence) unsettled(seen *observation) bool {
	if !c.bound(seen) {
		return true
	}
	return seen.view != nil && c.looks < c.atMost(maxLooks) && c.differs(seen.view)
}

// differs tells whether the service is neither as after this import nor as
// after all imports of the group.
func (c *convergence) differs(view *microcks.ServiceView) bool {
	now := served(view)
	return len(differenceOf(now, c.group.predicted)) > 0 && len(differenceOf(now, c.item.goal.predicted)) > 0 && !c.group.looksEdited(now)
}

// lookAgain gives other runs time to finish, and imports once more where they
// have been at work: a lone difference is not mended by importing again.
func (c *convergence) lookAgain(seen *observation) move {
	c.looks++
	if !c.bound(seen) || seen.job.Imported() != c.importedAt || c.doubled(seen.view) {
		c.contended = true
		c.item.goal.importDue = true
	}
	return c.rest
}

// doubled tells whether an example is there more often than it was made, which
// only imports at the same time do.
func (c *convergence) doubled(view *microcks.ServiceView) bool {
	if view == nil {
		return false
	}
	_, has := size(served(view))
	_, wants := size(c.group.predicted)
	return has > wants
}

// noticeOthers finds signs of other runs at the same importer: it appeared or
// was imported after this run had read the server, or somebody saved it after
// us. Of runs
// that create it at the same time, the last to save imports first.
func (c *convergence) noticeOthers(seen *observation) {
	if seen.job == nil {
		return
	}
	appeared := c.item.goal.create && c.saves == 0
	imported := !c.imported && seen.job.Imported() > c.item.goal.baseline
	resaved := c.saves > 0 && c.writes() && seen.job.Annotation(AnnotationWriter) != c.writer
	c.contended = c.contended || appeared || imported || resaved
}

// atMost is a bound for trying again: few tries suffice when nobody else is at
// work.
func (c *convergence) atMost(most int) int {
	if c.contended {
		return most
	}
	return maxAlone
}

// writes tells whether this run puts its mark on the importers that it saves.
func (c *convergence) writes() bool {
	_, marks := c.item.goal.intent.annotations[AnnotationWriter]
	return marks
}

// quiet tells whether other runs have had time to finish, and none has
// finished since the last look.
func (c *convergence) quiet(seen *observation) bool {
	still := seen.job.Imported() == c.seenAt
	c.seenAt = seen.job.Imported()
	return c.rests >= minRests && still || c.restsInAll >= maxRests || c.importedByOthers(seen)
}

// rest waits until others may be done, longer from time to time.
func (c *convergence) rest(ctx context.Context) error {
	c.rests++
	c.restsInAll++
	return pause(ctx, c.restsInAll)
}

// bound tells whether the importer refers to the one service there is.
func (c *convergence) bound(seen *observation) bool {
	return len(seen.services) == 1 && refersTo(seen.job, seen.services[0].ID)
}

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

// newImporter is the document of an importer that does not exist. It starts
// inactive: a broken importer must not run in the server's scan.
func (c *convergence) newImporter() *microcks.ImportJob {
	job := *c.startingPoint(c.item)
	job.Active = false
	return c.item.goal.intent.onto(&job)
}

// save writes the importer. An answer that got lost is no error: the next look
// tells whether the write arrived.
func (c *convergence) save(job *microcks.ImportJob, verb string) (move, error) {
	if c.saves++; c.saves > maxSaves {
		return nil, &refusal{
			text:   fmt.Sprintf("saving importer %q: %d times what was written was overwritten again", job.Name, maxSaves),
			hint:   "find out who else writes this importer at the same time; give workflows that import a `concurrency:` group",
			anchor: "importer-contended", code: 12,
		}
	}
	return func(ctx context.Context) error {
		began := time.Now()
		_, err := c.session.Microcks.SaveJob(ctx, job)
		if err = c.settle(ctx, err, c.saves); err != nil {
			return err
		}
		c.did("importer "+verb, began)
		return nil
	}, nil
}

// settle turns an error after which the write may have happened into a pause
// before the next look.
func (c *convergence) settle(ctx context.Context, err error, try int) error {
	if err == nil || !microcks.InDoubt(err) || try >= maxTries || ctx.Err() != nil {
		return err
	}
	c.step("apply", c.item, time.Now(), "no answer, looking what arrived: "+err.Error())
	return pause(ctx, try)
}

func (c *convergence) did(what string, began time.Time) {
	if !slices.Contains(c.done, what) {
		c.done = append(c.done, what)
	}
	c.step("apply", c.item, began, what)
}

// deleteSurplus deletes the importers that earlier runs made beside this one.
func (c *convergence) deleteSurplus(ctx context.Context) error {
	for _, job := range c.item.pick.surplus {
		began := time.Now()
		if err := c.deleteImporter(ctx, &job); err != nil {
			return err
		}
		c.did("surplus importer "+job.ID+" deleted", began)
	}
	c.surplus = true
	return nil
}

// heal deletes all but the oldest of the services that imports at the same
// time made of this collection. Every run keeps the same one, so that two runs
// never delete both.
func (c *convergence) heal(services []microcks.Service) (move, error) {
	for _, s := range services {
		if !c.group.owns(s.SourceArtifact) {
			return nil, twiceError(c.group, services)
		}
	}
	if c.heals++; c.heals > maxHeals {
		return nil, twiceError(c.group, services)
	}
	return func(ctx context.Context) error {
		for _, s := range services[1:] {
			began := time.Now()
			if err := c.settle(ctx, c.session.Microcks.DeleteService(ctx, s.ID), c.heals); err != nil {
				return err
			}
			c.did("doubled service "+s.ID+" deleted", began)
		}
		c.item.goal.importDue = true
		c.contended = true
		return nil
	}, nil
}

// importNow starts the import, unless another run has just done the same.
func (c *convergence) importNow(seen *observation) (move, error) {
	goal := c.item.goal
	if c.started >= maxStart {
		return nil, &refusal{
			text:   fmt.Sprintf("importing: after %d imports the service is still not there once", maxStart),
			hint:   "other imports of the same service run at the same time: give workflows that import a `concurrency:` group and run again",
			anchor: "service-contended", code: 12,
		}
	}
	return func(ctx context.Context) error {
		if done, err := c.doneByOthers(ctx, seen); err != nil || done {
			return err
		}
		select {
		case c.starts <- struct{}{}:
			defer func() { <-c.starts }()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		c.started++
		c.rests = 0
		began := time.Now()
		c.inactive = !seen.job.Active
		told := c.tellWhile("Microcks is importing")
		job, err := c.session.Microcks.StartJob(ctx, goal.id)
		told()
		if err != nil && microcks.InDoubt(err) && ctx.Err() == nil {
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

// doneByOthers tells whether an import that ended after this run had read the
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

// importedByOthers tells whether an import has ended well since this run read
// the server.
func (c *convergence) importedByOthers(seen *observation) bool {
	return seen.job.Imported() > c.item.goal.baseline && seen.job.Failed() == "" && c.bound(seen)
}

// judgeStart reads what an import came to.
func (c *convergence) judgeStart(ctx context.Context, job *microcks.ImportJob, err error, began time.Time) error {
	goal := c.item.goal
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
		return &refusal{
			text:   fmt.Sprintf("importing: Microcks answered 500 %d times, although nothing in the collection explains it", c.crashes+1),
			hint:   "the reason stands in Microcks' own log only; look there for the time of this run",
			anchor: "import-500", code: 12,
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
	c.did("imported", began)
	return nil
}

// importFailed takes an importer that did not work out of the schedule again,
// where the start put it there, and explains the failure.
func (c *convergence) importFailed(ctx context.Context, job *microcks.ImportJob) error {
	cause := c.diagnose(job)
	c.done = append(c.done, "import tried, and refused by Microcks")
	if c.inactive && job.Active {
		// Also when the run is out of time: it is one short request.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := c.session.Microcks.StopJob(ctx, job.ID); err != nil {
			return errors.Join(cause, err)
		}
		c.active = false
		c.did("importer stopped, so that the server's scan does not run into it", began)
	}
	return cause
}

func (c *convergence) setActive(active bool) move {
	return func(ctx context.Context) error {
		began := time.Now()
		call, verb := c.session.Microcks.StopJob, "importer deactivated"
		if active {
			call, verb = c.session.Microcks.ActivateJob, "importer activated"
		}
		c.saves++
		_, err := call(ctx, c.item.goal.id)
		if err = c.settle(ctx, err, c.saves); err != nil {
			return err
		}
		c.did(verb, began)
		return nil
	}
}

// waitForImport follows an import whose answer got lost: it goes on without
// us, and a second start beside it could make the service twice.
func (c *convergence) waitForImport(ctx context.Context, before int64, lost error) (*microcks.ImportJob, error) {
	began := time.Now()
	for try := 1; ; try++ {
		timer := time.NewTimer(min(time.Duration(try)*500*time.Millisecond, 5*time.Second))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("waiting for the end of an import (%w): %w", context.Cause(ctx), lost)
		case <-timer.C:
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

// stoppedAt says where an interrupted convergence was.
func (c *convergence) stoppedAt() string {
	if len(c.done) == 0 {
		return "nothing was written for it as far as is known"
	}
	text := "done so far: "
	for i, what := range c.done {
		if i > 0 {
			text += ", "
		}
		text += what
	}
	if !c.imported {
		text += "; whether Microcks imports it now is unknown"
	}
	return text
}

// jitter is a random time up to 100 ms, doubled with every try, at most 10 s:
// long enough for one import among many to run alone.
func jitter(try int) time.Duration {
	most := min(100*time.Millisecond<<min(try, 10), 10*time.Second)
	return time.Duration(rand.Int64N(int64(most)))
}
