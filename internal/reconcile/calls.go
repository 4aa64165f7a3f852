package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// calls are those of the Postman API that a run makes, or has Microcks make.
type calls struct {
	guard    sync.Mutex
	lacking  map[*item]bool // what the server has nothing of: reading it is of use only with its import
	reserved int            // calls of what is about to be read, and of imports that follow for sure
	reading  int            // collections
	read     *sync.Cond     // one of them is
	ended    []*item        // not read, since no call was left
	why      error          // what Postman said then; nil where it was not asked
	starts   int            // imports that the month's calls suffice for; -1 is not known
}

// ofPostman are the collections that are read from Postman.
func (r *reconciliation) ofPostman() []*item {
	return slices.DeleteFunc(r.live(), func(it *item) bool { return !it.OfPostman() })
}

// isFleet reports whether the run finds out beforehand what is there, how long it takes at
// least, and what is left of the month's calls.
func (r *reconciliation) isFleet() bool { return len(r.ofPostman()) >= result.Fleet }

// prepareCalls is the order in which collections are read: what the server lacks, or
// failed to import last, comes first, so that a run whose calls do not suffice is of the
// most use. A run that cannot come to its end in time ends here.
func (r *reconciliation) prepareCalls(ctx context.Context) ([]*item, error) {
	r.calls.read = sync.NewCond(&r.calls.guard)
	order := r.live()
	if !r.isFleet() {
		if r.listsWorkspaces() {
			r.askMe(ctx)
		}
		return order, nil
	}
	r.askMe(ctx)
	if r.Mode != result.Check {
		<-r.listing
		if r.session == nil {
			return nil, nil // connect tells why
		}
		if err := r.lists.Wait(); err != nil {
			return nil, err
		}
	}
	r.calls.lacking = map[*item]bool{}
	served := r.served()
	reads, starts := 0, 0
	for _, it := range r.ofPostman() {
		reads++
		if r.Mode != result.Check && r.lacks(it, served) {
			r.calls.lacking[it] = true
			if r.starts(it) {
				starts++
			}
		}
	}
	order = first(order, func(it *item) bool { return r.calls.lacking[it] })
	said := fmt.Sprintf("%s of the Postman API to come, at least: %d to read", text.Plural(reads+starts, "call"), reads)
	if starts > 0 {
		said += fmt.Sprintf(", %d for Microcks to import", starts)
	}
	least := postman.LeastTime(reads + starts)
	if least > 0 {
		said += fmt.Sprintf("; at %d a minute they take at least %s", postman.CallsPerMinute, least)
	}
	r.step("fetch", nil, time.Now(), said)
	return order, r.tooShort(ctx, reads, starts, least)
}

// first is a list with those in front that come first, otherwise in its order.
func first[T any](list []T, comes func(T) bool) []T {
	ordered := make([]T, 0, len(list))
	for _, front := range []bool{true, false} {
		for _, one := range list {
			if comes(one) == front {
				ordered = append(ordered, one)
			}
		}
	}
	return ordered
}

// listsWorkspaces reports whether a workspace was listed.
func (r *reconciliation) listsWorkspaces() bool {
	return slices.ContainsFunc(r.ofPostman(), func(it *item) bool { return it.Wanted.Workspace != "" })
}

// askMe asks what is left of the month. That it is not told ends nothing.
func (r *reconciliation) askMe(ctx context.Context) {
	items := r.ofPostman()
	at := slices.IndexFunc(items, func(it *item) bool { return it.Wanted.AccessKey == "" })
	if at < 0 {
		return
	}
	began := time.Now()
	quota, err := r.Postman.Me(ctx, items[at].Wanted.Origin)
	switch {
	case err != nil:
		r.step("fetch", nil, began, "how many calls are left this month is not known: "+err.Error())
	case quota.Known:
		r.step("fetch", nil, began, fmt.Sprintf("%d of %d calls of the Postman API are left this month", quota.MonthRemaining, quota.MonthLimit))
	}
}

// served are the artifacts of all services that were listed.
func (r *reconciliation) served() plan.Artifacts {
	served := plan.Artifacts{}
	for _, services := range r.services {
		for i := range services {
			served.Add(services[i].SourceArtifact)
		}
	}
	return served
}

// lacks reports whether the server has nothing of a collection, or could not import it
// last.
func (r *reconciliation) lacks(it *item, served plan.Artifacts) bool {
	if it.Wanted.Uploads() {
		return r.services != nil && !served.Has(it.Wanted.UID)
	}
	for _, job := range r.importers.Of(it.Wanted) {
		if job.Failed() == "" && len(job.ServiceRefs) > 0 {
			return false
		}
	}
	return true
}

// starts reports whether the run imports a collection that the server lacks by an
// importer.
func (r *reconciliation) starts(it *item) bool {
	return r.Mode == result.Apply && !it.Wanted.Uploads() && it.Wanted.Import != plan.ImportNever
}

// tooShort is a run whose time ends before the rate of Postman lets it end.
func (r *reconciliation) tooShort(ctx context.Context, reads, starts int, least time.Duration) error {
	deadline, limited := ctx.Deadline()
	if !limited || time.Until(deadline) >= least {
		return nil
	}
	const longest = 6 * time.Hour // that `timeout` may be
	whole := deadline.Sub(r.began)
	needed := time.Since(r.began) + least
	enough := (needed + needed/10 + time.Minute).Truncate(5*time.Minute) + 5*time.Minute
	doing := fmt.Sprintf("reading %s", text.Plural(reads, "collection"))
	switch {
	case reads == 0:
		doing = fmt.Sprintf("importing %s", text.Plural(starts, "collection"))
	case starts > 0:
		doing += fmt.Sprintf(" and importing %d", starts)
	}
	hint := text.Untrustedf("set `timeout: %dm`, and `timeout-minutes` of the job to more than that; nothing was written", enough/time.Minute)
	if enough > longest {
		hint = "give the collections to several steps or jobs that run one after the other: `timeout` is at most 6h; nothing was written"
	}
	return &result.Problem{
		Level: result.Error, Anchor: "postman-rate", ExitCode: 2, Headline: "the `timeout` is too short for the rate of Postman",
		Text: text.Untrustedf("%s takes at least %s by the rate of Postman, and `timeout` is %s",
			doing, needed.Round(time.Second), whole.Round(time.Second)),
		Hint: hint,
	}
}

// checkTime ends a run before it writes anything whose imports cannot all begin in time.
func (r *reconciliation) checkTime(ctx context.Context) error {
	starts := 0
	for _, it := range r.live() {
		if r.startsFor(it.artifact) {
			starts++
		}
	}
	r.calls.starts = -1
	if month := r.month(); month.Known {
		r.calls.starts = int(min(month.MonthRemaining, int64(starts)))
	}
	least := postman.LeastTime(starts)
	if starts >= result.Fleet {
		said := text.Plural(starts, "import") + " to come, each of them a call of the Postman API"
		if least > 0 {
			said += fmt.Sprintf("; they take at least %s", least)
		}
		r.step("apply", nil, time.Now(), said)
	}
	return r.tooShort(ctx, 0, starts, least)
}

// startsFor reports whether Microcks downloads a collection for this run.
func (r *reconciliation) startsFor(a *plan.Artifact) bool {
	return a != nil && a.Upload == nil && a.Due != nil && !a.Failed()
}

// reserve finds out whether the calls that are left suffice to read one more collection
// beside what was read: an import of that needs calls, too. It is read with the context
// that is returned, and read is called when it is judged, or cannot be.
func (r *reconciliation) reserve(ctx context.Context, it *item) (reading context.Context, read func(), err error) {
	c := &r.calls
	if !it.OfPostman() {
		return ctx, func() {}, nil
	}
	c.guard.Lock()
	defer c.guard.Unlock()
	needed := 1
	imports := c.lacking[it] && r.starts(it)
	if imports {
		needed++
	}
	for month := r.month(); month.Known && month.MonthRemaining < int64(c.reserved+needed); month = r.month() {
		if c.reading == 0 {
			return nil, nil, postman.ErrNoCalls
		}
		c.read.Wait() // what is under way may be counted twice, and need no import
	}
	c.reserved += needed
	c.reading++
	waits := 1 // for its place
	sent := func() {
		c.guard.Lock()
		defer c.guard.Unlock()
		c.reserved, waits = c.reserved-waits, 0
	}
	return postman.WhenSent(ctx, sent), func() {
		sent()
		c.guard.Lock()
		defer c.guard.Unlock()
		if imports && it.judged == nil {
			c.reserved--
		}
		c.reading--
		c.read.Broadcast()
	}, nil
}

// failed notes a collection that could not be read. One that no call was left for waits
// for what becomes of the others.
func (c *calls) failed(it *item, err error) {
	answer, ok := errors.AsType[*postman.APIError](err)
	used := ok && answer.Kind == postman.KindQuotaExhausted
	if !used && !errors.Is(err, postman.ErrNoCalls) {
		it.Fail(err)
		return
	}
	c.guard.Lock()
	defer c.guard.Unlock()
	if used {
		c.why = err
	}
	it.Status = result.Failed
	c.ended = append(c.ended, it)
}

// settleUnread tells what was not read since no call was left: not reached, where others
// were.
func (r *reconciliation) settleUnread() {
	why := r.calls.why
	if why == nil || slices.ContainsFunc(r.items, func(it *item) bool { return it.judged != nil }) {
		why = unreached
	}
	for _, it := range r.calls.ended {
		it.Unreached = errors.Is(why, unreached)
		it.Fail(why)
		r.noteItem(it, r.Mode == result.Check, false)
	}
}

// unreached is why a run did not come to a collection.
var unreached error = &result.Problem{
	Level: result.Error, Anchor: "postman-quota", ExitCode: 1, Headline: "Postman allows no more API calls this month",
	Text: "not reached: Postman allows too few API calls this month",
	Hint: "run again when there are calls: such a run takes first what Microcks lacks; or ask the Postman team's administrator for more",
}

// takeCall is the place of a download of Microcks.
func (c *carrier) takeCall(ctx context.Context) (end func(made bool), err error) {
	end, err = c.Calls.Take(ctx)
	if errors.Is(err, postman.ErrNoCalls) {
		return nil, unreached
	}
	return end, err
}

// startable reports, by an error, that the month's calls do not suffice for the import of
// an artifact: nothing is written for it then.
func (c *carrier) startable(a *plan.Artifact) error {
	if !c.startsFor(a) {
		return nil
	}
	c.calls.guard.Lock()
	defer c.calls.guard.Unlock()
	switch {
	case c.calls.starts == 0:
		return unreached
	case c.calls.starts > 0:
		c.calls.starts--
	}
	return nil
}

// callsTold is what the run says of calls: one that asked Postman for nothing says
// nothing.
func (r *reconciliation) callsTold() *result.Calls {
	if r.Calls == nil || r.Calls.Made() == 0 {
		return nil
	}
	told := &result.Calls{Made: r.Calls.Made()}
	if month := r.month(); month.Known {
		told.Left = &month.MonthRemaining
		if month.MonthLimit > 0 {
			told.Limit = &month.MonthLimit
		}
	}
	active, reads := 0, 0
	for _, it := range r.items {
		if it.OfPostman() {
			reads++
		}
		if it.Importer != nil && it.Importer.Active {
			active++
		}
	}
	if active > 0 && (r.Mode == result.Apply || r.Mode == result.Plan) {
		polls := pollsOf(active)
		told.Polling = &result.Polling{
			Importers: active, Least: int64(polls.Least), Most: int64(polls.Most), Instead: int64(daysInMonth * reads),
		}
	}
	return told
}

const daysInMonth = 31

// pollsOf is what so many active importers cost a month.
func pollsOf(importers int) result.Polls {
	return result.Polls{
		Least: postman.PollsPerDay * daysInMonth * importers,
		Most:  postman.PollsPerDayWithoutETag * daysInMonth * importers,
	}
}

// quotaNotices tell when the calls that are left this month may not suffice for the
// active importers of this run, unless they ended it already.
func (r *reconciliation) quotaNotices() []result.Problem {
	month := r.month()
	if len(r.calls.ended) > 0 || !month.Known || month.MonthRemaining >= int64(pollsOf(len(r.items)).Most) {
		return nil
	}
	return []result.Problem{{
		Level: result.Note,
		Text: text.Untrustedf("Postman allows %d more API calls this month; "+
			"every active importer costs %d to %d calls a day while Microcks polls it",
			month.MonthRemaining, postman.PollsPerDay, postman.PollsPerDayWithoutETag),
		Hint: "poll less often (SERVICES_UPDATE_INTERVAL of Microcks), " +
			"or set `active: false` and let this workflow import on a schedule of its own",
		Anchor: "postman-quota",
	}}
}

// month is what is left of the month's calls.
func (r *reconciliation) month() postman.Quota {
	if r.Calls == nil { // a run of files alone
		return postman.Quota{}
	}
	return r.Calls.Month()
}
