package reconcile

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

// counting is a log that keeps how far stages are.
type counting struct {
	silent
	guard sync.Mutex
	far   map[string][][2]int // by stage: done, and of how many
}

func (c *counting) Far(stage string, done, of int) {
	c.guard.Lock()
	defer c.guard.Unlock()
	c.far[stage] = append(c.far[stage], [2]int{done, of})
}

// A stage counts from none to all, be it that some fail, break, or are skipped.
func TestStagesAreCounted(t *testing.T) {
	t.Parallel()
	deps := files("one", "breaks", "two", "three")
	resolve := deps.Resolve
	deps.Resolve = func(ctx context.Context) ([]*plan.Wanted, []result.Problem, error) {
		all, notes, err := resolve(ctx)
		return append(all, &plan.Wanted{UID: "1-a", Skipped: true}), notes, err
	}
	log := &counting{far: map[string][][2]int{}}
	deps.Log = log
	Run(t.Context(), Settings{Mode: result.Check, MicrocksVersion: "1.15.0", Parallelism: 3}, deps)
	want := map[string][][2]int{"fetch": {{0, 4}, {1, 4}, {2, 4}, {3, 4}, {4, 4}}, "compare": {{0, 3}, {1, 3}, {2, 3}, {3, 3}}}
	if d := cmp.Diff(want, log.far); d != "" {
		t.Error(d)
	}
}
