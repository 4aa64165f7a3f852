package reconcile

import (
	"context"

	"golang.org/x/sync/semaphore"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
)

// memory is what all judgements of a run share: small collections are judged side
// by side, large ones one after the other.
type memory struct{ bytes *semaphore.Weighted }

// Memory that judging a collection takes, for each byte of it: an honest one takes a
// tenth, one that is made for it twice as much.
const memoryOfByte = 64

// What the results of all collections hold together, in bytes of memory: findings,
// services, and differences, each. Every collection has the same part of it, so that
// what is told of one does not depend on the others' contents.
const (
	mostTold     = 24 << 20
	leastOfOne   = 16 << 10
	mostToldName = 300 // characters of a name that is listed
)

// mostKept is how many bytes services as they are and as they will be may take
// together, before the equal parts of all. An honest one takes half of what its
// collection has, each time.
const mostKept = 128 << 20

// share is how many bytes the findings of one collection may take, its listed
// operations and examples, and its listed differences.
func (r *reconciliation) share() int {
	return max(leastOfOne, min(lint.MostOfAll, mostTold/max(1, len(r.items))))
}

func newMemory() memory { return memory{semaphore.NewWeighted(budget.MostMemory)} }

// take waits for the memory that an input of that size takes, and returns what gives
// it back. The error is the cause of the context's end.
func (m memory) take(ctx context.Context, size int) (release func(), err error) {
	n := int64(min(memoryOfByte*size, budget.MostMemory))
	if m.bytes.Acquire(ctx, n) != nil {
		return nil, context.Cause(ctx)
	}
	return func() { m.bytes.Release(n) }, nil
}
