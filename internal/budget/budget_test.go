package budget_test

import (
	"context"
	"errors"
	"testing"

	"postman-microcks-importer/internal/budget"
)

func TestWhatIsBeyondTheBudgetIsGivenUp(t *testing.T) {
	t.Parallel()
	cause := errors.New("the clock")
	over, end := context.WithCancelCause(t.Context())
	end(cause)
	for name, c := range map[string]struct {
		ctx  context.Context
		do   func(*budget.Meter)
		want error
	}{
		"within":      {t.Context(), func(m *budget.Meter) { m.Work(budget.MostWork); m.Memory(0) }, nil},
		"work":        {t.Context(), func(m *budget.Meter) { m.Work(budget.MostWork + 1) }, budget.ErrSpent},
		"memory":      {t.Context(), func(m *budget.Meter) { m.Memory(budget.MostMemory + 1) }, budget.ErrSpent},
		"all memory":  {t.Context(), func(m *budget.Meter) { m.Memory(budget.MostMemory) }, nil},
		"in pieces":   {t.Context(), func(m *budget.Meter) { m.Memory(budget.MostMemory); m.Memory(1) }, budget.ErrSpent},
		"the context": {over, func(m *budget.Meter) { m.Work(2_000_000) }, cause},
	} {
		m, done := budget.New(c.ctx), false
		if err := m.Within(func() { c.do(m); done = true }); !errors.Is(err, c.want) || done != (c.want == nil) {
			t.Errorf("%s: %v, done: %v", name, err, done)
		}
	}
}

// The context is looked at every million units of work.
func TestTheContextIsLookedAtNowAndThen(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	m := budget.New(ctx)
	err := m.Within(func() {
		m.Work(1_500_000)
		end()
		m.Work(999_999)
	})
	if err != nil {
		t.Errorf("looked at it early: %v", err)
	}
	if err := m.Within(func() { m.Work(1) }); !errors.Is(err, context.Canceled) {
		t.Errorf("did not look at it: %v", err)
	}
}

// Memory that is kept has to be filled, which is work.
func TestUsed(t *testing.T) {
	t.Parallel()
	m := budget.New(t.Context())
	m.Work(7)
	m.Memory(2560)
	if work, memory := m.Used(); work != 17 || memory != 2560 {
		t.Error(work, memory)
	}
}

// What another meter has to end is not ended by the one within.
func TestMetersWithinMeters(t *testing.T) {
	t.Parallel()
	outer, inner := budget.New(t.Context()), budget.New(t.Context())
	reached := false
	err := outer.Within(func() {
		_ = inner.Within(func() { outer.Work(budget.MostWork + 1) })
		reached = true
	})
	if !errors.Is(err, budget.ErrSpent) || reached {
		t.Errorf("%v, went on: %t", err, reached)
	}
}

func TestNoMeterCountsNothing(t *testing.T) {
	t.Parallel()
	var m *budget.Meter
	if err := m.Within(func() { m.Work(1 << 60); m.Memory(1 << 60) }); err != nil {
		t.Error(err)
	}
	if work, memory := m.Used(); work != 0 || memory != 0 {
		t.Error(work, memory)
	}
}

// Other panics are nobody's budget.
func TestOtherPanicsPass(t *testing.T) {
	t.Parallel()
	defer func() {
		if x := recover(); x != "other" {
			t.Error(x)
		}
	}()
	_ = budget.New(t.Context()).Within(func() { panic("other") })
}
