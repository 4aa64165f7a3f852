package reconcile

import (
	"context"
	"fmt"
	"time"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// fetch gets every collection. One that cannot be had fails alone.
func (r *run) fetch(ctx context.Context) []result.Problem {
	quotas := make(chan postman.Quota, len(r.items))
	r.parallel(func(it *item) {
		if it.Wanted.File != "" {
			it.raw = it.Wanted.Raw
			it.Bytes = len(it.raw)
			return
		}
		began := time.Now()
		collection, err := r.Postman.Collection(ctx, it.Wanted.UID)
		if err != nil {
			it.Fail(err)
			return
		}
		it.raw = collection.Raw
		it.Bytes = len(it.raw)
		quotas <- collection.Quota
		r.step("fetch", it, began, fmt.Sprintf("fetched %s", text.Size(it.Bytes)))
	})
	close(quotas)
	return r.quotaNotices(quotas)
}

// Polling costs one call for the ETag in each of the 12 scans of a day, and a
// second where the answer has no ETag or a new one.
const (
	scansADay   = 12
	daysInMonth = 31
)

// quotaNotices tell when the calls that are left this month may not suffice
// for the active importers of this run.
func (r *run) quotaNotices(quotas <-chan postman.Quota) []result.Problem {
	var tightest *postman.Quota
	for quota := range quotas {
		if quota.Known && (tightest == nil || quota.MonthRemaining < tightest.MonthRemaining) {
			tightest = &quota
		}
	}
	if tightest == nil {
		return nil
	}
	need := int64(2 * scansADay * daysInMonth * len(r.items))
	if tightest.MonthRemaining >= need {
		return nil
	}
	return []result.Problem{{
		Level:  result.Note,
		Text:   text.Untrustedf("Postman allows %d more API calls this month; every active importer costs %d to %d calls a day while Microcks polls it", tightest.MonthRemaining, scansADay, 2*scansADay),
		Hint:   "poll less often (SERVICES_UPDATE_INTERVAL of Microcks), or set `active: false` and let this workflow import on a schedule of its own",
		Anchor: "postman-quota",
	}}
}
