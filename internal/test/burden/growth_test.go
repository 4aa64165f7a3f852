package main

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
)

// What small collections may cost whatever their size, and what bounds of work allow
// to be allocated.
const (
	fixedWork      = 2_000_000
	fixedAllocated = 2 << 20
	bytesOfWork    = 6
)

// cost of judging a collection: units of work and bytes of memory as they are
// charged, and bytes that were allocated.
type cost struct{ work, memory, allocated int }

// costOf a collection that the server has not, and then of one that it has, as a run
// plans it.
func costOf(t *testing.T, k kind, size int) cost {
	t.Helper()
	raw, target := []byte(k.make(size)), predict.Target{Main: true, URL: "https://api.getpostman.com/collections/1-a"}
	var all cost
	add := func(do func(*budget.Meter)) {
		m := budget.New(t.Context())
		do(m)
		work, memory := m.Used()
		all.work, all.memory = all.work+work, all.memory+memory
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var im *predict.Import
	add(func(m *budget.Meter) {
		im = predict.ReadWithin(m, raw, predict.Options{Version: k.version}).ImportWithin(m, target)
		lint.CheckWithin(m, im, lint.MostOfAll)
	})
	var digest *predict.Service
	add(func(m *budget.Meter) { digest, _ = im.Service.Digest(m) })    // nil when it is beyond the budget
	add(func(m *budget.Meter) { predict.Diff(m, digest, im.Service) }) // all that has contents differs
	runtime.ReadMemStats(&after)
	all.allocated = int(after.TotalAlloc - before.TotalAlloc)
	return all
}

// Twice the size costs at most twice as much, in everything that is counted; what
// comes on top is for rounding, and for maps and lists, which grow in steps. Charges
// could be wrong, so allocated bytes are counted as well. Only a whole process tells
// what it allocates, so this goes kind by kind.
func TestCostGrowsNoFasterThanSize(t *testing.T) { //nolint:paralleltest // see above
	const first, doublings = 32 << 10, 3
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { //nolint:paralleltest // see above
			before := costOf(t, k, first)
			for i := range doublings {
				size := first << (i + 1)
				now := costOf(t, k, size)
				fixedWork, fixedAllocated := max(fixedWork, k.bound), max(fixedAllocated, bytesOfWork*k.bound)
				for _, c := range []struct {
					of          string
					before, now int
					fixed       int // which is allowed whatever the size
					most        int
					rise        float64
				}{
					{"work", before.work, now.work, fixedWork, budget.MostWork, 2.2},
					{"memory", before.memory, now.memory, max(2<<20, k.bound), budget.MostMemory, 2.2},
					{"allocated", before.allocated, now.allocated, fixedAllocated, math.MaxInt, 2.3},
				} {
					if rise := float64(c.now) / float64(max(c.before, c.fixed/2)); rise > c.rise && c.now < c.most {
						t.Errorf("%s of %d bytes: %d after %d for half of it: %.2f times", c.of, size, c.now, c.before, rise)
					}
				}
				before = now
			}
		})
	}
}

// Nobody meets a bound by writing a collection, however large.
func TestHonestCollectionsAreTold(t *testing.T) {
	t.Parallel()
	k := kinds[len(kinds)-1]
	m := budget.New(t.Context())
	im := predict.ReadWithin(m, []byte(k.make(15<<20)), predict.Options{}).ImportWithin(m, predict.Target{Main: true})
	lint.CheckWithin(m, im, lint.MostOfAll)
	work, memory := m.Used()
	if k.name != "honest" || im.Outcome != predict.Imported {
		t.Fatal(k.name, im.Outcome)
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
