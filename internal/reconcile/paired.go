package reconcile

import (
	"context"
	"time"

	"postman-microcks-importer/internal/plan"
)

// readPairs finds out which collections in Postman, of those that folders are paired with
// and that the server has nothing of, the run's key reads. It asks once for each, in the
// runs before the folder's first upload.
func (r *reconciliation) readPairs(ctx context.Context) error {
	var served plan.Artifacts
	for _, it := range r.live() {
		w := it.Wanted
		if w.Paired == "" || w.PairedAt == "" || len(r.there.Services[it.judged.Key].Services) > 0 || len(r.importers.Of(w.Pair())) > 0 {
			continue
		}
		if r.services == nil {
			if err := r.listServices(ctx); err != nil {
				return err
			}
		}
		if r.services != nil && served == nil {
			served = r.served()
		}
		if r.services == nil || served.Has(w.Paired) { // of too many nobody can tell
			continue
		}
		w.PairRead = r.readsPair(ctx, it)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// readsPair reports whether the run's key reads the collection that a folder is paired
// with.
func (r *reconciliation) readsPair(ctx context.Context, it *item) bool {
	began := time.Now()
	ctx, leave := r.room.Enter(ctx)
	defer leave()
	if _, err := r.Postman.Collection(ctx, it.Wanted.PairedAt, it.Wanted.Paired, ""); err != nil {
		r.step("fetch", it, began, "the collection that the folder is paired with cannot be read: "+err.Error())
		return false
	}
	r.step("fetch", it, began, "the collection that the folder is paired with can be read")
	return true
}
