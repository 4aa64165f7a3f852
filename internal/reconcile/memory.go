package reconcile

import (
	"context"

	"golang.org/x/sync/semaphore"

	"postman-microcks-importer/internal/budget"
)

// memory is what all judgements of a run share: small collections are judged side
// by side, large ones one after the other.
type memory struct{ bytes *semaphore.Weighted }

// Memory that judging a collection takes, for each byte of it: an honest one takes a
// tenth, one that is made for it twice as much.
const memoryOfByte = 64

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
