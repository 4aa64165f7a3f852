package main

import (
	"context"
	"errors"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
)

// cost of judging a collection in units of work and bytes of memory.
func cost(t *testing.T, k kind, size int) (work, memory int, outcome predict.Outcome) {
	t.Helper()
	m := budget.New(t.Context())
	im := predict.ReadWithin(m, []byte(k.make(size)), predict.Options{Version: k.version}).
		ImportWithin(m, predict.Target{Main: true, URL: "https://api.getpostman.com/collections/1-a"})
	lint.CheckWithin(m, im, lint.MostOfAll)
	work, memory = m.Used()
	return work, memory, im.Outcome
}

// Twice the size costs at most twice the work and memory, whatever the kind; what
// comes on top is for the places where a bound sets in. Work that a fixed bound ends
// may rise to it faster.
func TestCostGrowsNoFasterThanSize(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			const first, last = 128 << 10, 512 << 10
			const fixed = 45_000_000 // of what the bounds of patterns and of equivalent names allow
			const fixedMemory = 8 << 20
			before, kept, _ := cost(t, k, first)
			for size := 2 * first; size <= last; size *= 2 {
				work, memory, _ := cost(t, k, size)
				if work > fixed && work > 2*before+before/4 && work < budget.MostWork {
					t.Errorf("work of %d bytes: %d after %d for half of it", size, work, before)
				}
				if memory > 2*kept+kept/4+fixedMemory && memory < budget.MostMemory {
					t.Errorf("memory of %d bytes: %d after %d for half of it", size, memory, kept)
				}
				before, kept = max(work, fixed/2), memory
			}
		})
	}
}

// Nobody meets a bound by writing a collection, however large.
func TestHonestCollectionsAreTold(t *testing.T) {
	t.Parallel()
	k := kinds[len(kinds)-1]
	work, memory, outcome := cost(t, k, 15<<20)
	if k.name != "honest" || outcome != predict.Imported {
		t.Fatal(k.name, outcome)
	}
	if work > budget.MostWork/2 || memory > budget.MostMemory*2/3 {
		t.Errorf("work %d of %d, memory %d of %d", work, budget.MostWork, memory, budget.MostMemory)
	}
}

// What is beyond the budget is not claimed, and one finding says so.
func TestBeyondTheBudgetNothingIsClaimed(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if k.name != "wide array" && k.name != "nested quantifiers" {
			continue
		}
		m := budget.New(t.Context())
		im := predict.ReadWithin(m, []byte(k.make(15<<20)), predict.Options{}).ImportWithin(m, predict.Target{Main: true})
		findings := lint.CheckWithin(m, im, lint.MostOfAll)
		if im.Outcome != predict.Untold || !errors.Is(im.Err, budget.ErrSpent) || im.Service != nil || len(findings) != 1 ||
			findings[0].Name != "untold" {
			t.Errorf("%s: %s, %v, %d findings: %.1v", k.name, im.Outcome, im.Err, len(findings), findings)
		}
	}
}

// The end of a run ends what is being judged.
func TestTheContextEndsEveryStage(t *testing.T) {
	t.Parallel()
	cause := errors.New("the clock")
	ctx, end := context.WithCancelCause(t.Context())
	end(cause)
	k := kinds[len(kinds)-1]
	raw, target := []byte(k.make(4<<20)), predict.Target{Main: true}
	document := predict.Read(raw, predict.Options{})
	if im := document.ImportWithin(budget.New(ctx), target); im.Outcome != predict.Untold || !errors.Is(im.Err, cause) {
		t.Error("import:", im.Outcome, im.Err)
	}
	im := predict.ReadWithin(budget.New(ctx), raw, predict.Options{}).ImportWithin(budget.New(ctx), target)
	if im.Outcome != predict.Untold || !errors.Is(im.Err, cause) {
		t.Error("read:", im.Outcome, im.Err)
	}
}
