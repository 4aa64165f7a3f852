package reconcile

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
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
	maxStart = 16
	maxHeals = 8
	maxCrash = 6  // answers 500 where the prediction sees no cause
	maxLooks = 20 // at a service that differs after an import
	maxWaits = 5  // of these for examples that are missing, when nothing tells of other runs
	maxAlone = 2  // of both, when nothing tells of other runs
	minRests = 3  // before an import that others may be doing
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

	done       []result.Done // what was written
	imported   bool          // a start of this run succeeded
	importedAt int64         // when that last import was, as the server says
	surplus    bool          // surplus importers were deleted
	active     bool          // whether the importer was active when last heard of
	inFlight   bool          // an import was started, and its end is not known
	inactive   bool          // the importer was inactive right before the last start
	service    string        // id of the service that the last import was bound to, of this run or another
	contended  bool          // other runs are at work on the same importer
	seenAt     int64         // time of the last import at the look before this one

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
	reads, readCtx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		seen.job, err = c.session.Microcks.Job(readCtx, c.item.goal.id)
		return err
	})
	reads.Go(func() error {
		found, err := c.session.Microcks.ServicesNamed(readCtx, c.group.name)
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
			seen.view, _ = c.session.Microcks.ServiceView(readCtx, c.service)
			return nil
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	c.active = seen.job != nil && seen.job.Active
	if c.service != "" && seen.job != nil && c.bound(seen) && seen.services[0].ID != c.service {
		// Another run healed ours away: the one that is left counts.
		c.service = seen.services[0].ID
		seen.view, _ = c.session.Microcks.ServiceView(ctx, c.service)
	}
	return seen, nil
}

// next decides on the next step; nil when the goal is reached.
func (c *convergence) next(seen *observation) (move, error) {
	goal := c.item.goal
	c.noticeOthers(seen)
	switch job := seen.job; {
	case job == nil:
		return c.save(c.newImporter(), result.ImporterCreated)
	case len(goal.intent.diff(job)) > 0:
		return c.save(goal.intent.onto(job), result.ImporterUpdated)
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
		return c.setActive(goal.active)
	}
	return nil, nil
}

// bound reports whether the importer refers to the one service there is.
func (c *convergence) bound(seen *observation) bool {
	return len(seen.services) == 1 && refersTo(seen.job, seen.services[0].ID)
}

// newImporter is the document of an importer that does not exist. It starts
// inactive: a broken importer must not run in the server's scan.
func (c *convergence) newImporter() *microcks.ImportJob {
	job := *c.startingPoint(c.item)
	job.Active = false
	return c.item.goal.intent.onto(&job)
}

func contendedError(importer text.Untrusted) error {
	return &result.Problem{Level: result.Error,
		Text:   text.Untrustedf("saving importer %q: %d times what was written was overwritten again", importer, maxSaves),
		Hint:   "find out who else writes this importer at the same time; give workflows that import a `concurrency:` group",
		Anchor: "importer-contended", ExitCode: 12,
	}
}

// save writes the importer. An answer that got lost is no error: the next look
// reports whether the write arrived.
func (c *convergence) save(job *microcks.ImportJob, deed result.DoneKind) (move, error) {
	if c.saves++; c.saves > maxSaves {
		return nil, contendedError(text.Untrusted(job.Name))
	}
	return func(ctx context.Context) error {
		began := time.Now()
		_, err := c.session.Microcks.SaveJob(ctx, job)
		if err = c.settle(ctx, err, c.saves); err != nil {
			return err
		}
		c.did(result.Done{Kind: deed}, began)
		return nil
	}, nil
}

func (c *convergence) did(what result.Done, began time.Time) {
	if !slices.Contains(c.done, what) {
		c.done = append(c.done, what)
	}
	c.Log.Did("apply", string(c.item.title()), what, time.Since(began))
}

// deleteSurplus deletes the importers that earlier runs made beside this one.
func (c *convergence) deleteSurplus(ctx context.Context) error {
	for _, job := range c.item.pick.surplus {
		began := time.Now()
		if err := c.deleteImporter(ctx, &job); err != nil {
			return err
		}
		c.did(result.Done{Kind: result.SurplusDeleted, ID: job.ID}, began)
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
			c.did(result.Done{Kind: result.DoubledServiceDeleted, ID: s.ID}, began)
		}
		c.item.goal.importDue = true
		c.contended = true
		return nil
	}, nil
}

func (c *convergence) setActive(active bool) (move, error) {
	if c.saves++; c.saves > maxSaves {
		return nil, contendedError(c.item.Importer.Name)
	}
	return func(ctx context.Context) error {
		began := time.Now()
		call, deed := c.session.Microcks.StopJob, result.ImporterDeactivated
		if active {
			call, deed = c.session.Microcks.ActivateJob, result.ImporterActivated
		}
		_, err := call(ctx, c.item.goal.id)
		if err = c.settle(ctx, err, c.saves); err != nil {
			return err
		}
		c.did(result.Done{Kind: deed}, began)
		if c.saves > 1 {
			return pause(ctx, c.saves)
		}
		return nil
	}, nil
}
