package reconcile

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// unsettled reports whether what was imported is not there as it should be:
// another run healed the service away, or its import mixed with ours.
func (c *convergence) unsettled(seen *observation) bool {
	if !c.bound(seen) {
		return true
	}
	if seen.view != nil && !c.differs(seen.view) {
		return false
	}
	most := c.atMost(maxLooks)
	if seen.view == nil || c.lacking(seen.view) {
		most = max(most, maxWaits)
	}
	return c.looks < most
}

// differs reports whether the service is neither as after this import nor as
// after all imports of the group.
func (c *convergence) differs(view *microcks.ServiceView) bool {
	now := served(view)
	return len(differenceOf(now, c.group.predicted)) > 0 && len(differenceOf(now, c.item.goal.predicted)) > 0 && !c.group.looksEdited(now)
}

// lookAgain gives other runs time to finish, and imports once more where they
// have been at work: a lone difference is not mended by importing again. An
// import deletes all examples before it stores the new ones, so what is missing
// may be on its way.
func (c *convergence) lookAgain(seen *observation) move {
	c.looks++
	switch {
	case !c.bound(seen) || seen.job.Imported() != c.importedAt || c.doubled(seen.view):
		c.contended = true
		c.item.goal.importDue = true
		c.item.goal.baseline = seen.job.Imported() // only a later import can be a better one
	case c.looks > maxAlone && c.lacking(seen.view):
		c.step("verify", c.item, time.Now(), "examples are missing: another import may be at it, looking again")
	}
	return c.rest
}

// lacking reports whether an example is missing.
func (c *convergence) lacking(view *microcks.ServiceView) bool {
	return view != nil && slices.ContainsFunc(differenceOf(served(view), c.group.predicted), func(d predict.Change) bool {
		return d.Kind == predict.Added && d.Example != ""
	})
}

// doubled reports whether an example is there more often than it was made, which
// only imports at the same time do. Others may be missing at that moment.
func (c *convergence) doubled(view *microcks.ServiceView) bool {
	if view == nil || c.group.predicted == nil {
		return false
	}
	type message struct{ operation, name, artifact string }
	left := make(map[message]int) // how often it may still be there
	for _, op := range c.group.predicted.Operations {
		for _, e := range op.Examples {
			left[message{op.Name, e.Name, e.SourceArtifact}]++
		}
	}
	for _, op := range served(view).Operations {
		for _, e := range op.Examples {
			m := message{op.Name, e.Name, e.SourceArtifact}
			switch n, made := left[m]; {
			case made && n == 0:
				return true
			case made:
				left[m]--
			}
		}
	}
	return false
}

// noticeOthers finds signs of other runs at the same importer: it appeared or
// was imported after this run had read the server, or somebody saved it after
// us. Of runs that create it at the same time, the last to save imports first.
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

// writes reports whether this run puts its mark on the importers that it saves.
func (c *convergence) writes() bool {
	_, marks := c.item.goal.intent.annotations[AnnotationWriter]
	return marks
}

// quiet reports whether other runs have had time to finish, and none has
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

// settle turns an error after which the write may have happened into a pause
// before the next look.
func (c *convergence) settle(ctx context.Context, err error, try int) error {
	if err == nil || !microcks.InDoubt(err) {
		return err
	}
	sent := c.wrote(err)
	if try >= maxTries || ctx.Err() != nil {
		if sent {
			c.done = append(c.done, result.Done{Kind: result.ChangeInDoubt})
		}
		return err
	}
	c.step("apply", c.item, time.Now(), "no answer, looking what arrived: "+err.Error())
	return pause(ctx, try)
}

// jitter is a random time up to 100 ms, doubled with every try, at most 10 s:
// long enough for one import among many to run alone.
func jitter(try int) time.Duration {
	most := min(100*time.Millisecond<<min(try, 10), 10*time.Second)
	return time.Duration(rand.Int64N(int64(most)))
}

// pause waits with jitter, longer with every try.
func pause(ctx context.Context, try int) error { return wait(ctx, jitter(try)) }

// wait returns the cause when ctx ends first.
func wait(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
