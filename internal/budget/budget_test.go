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
		"in pieces":   {t.Context(), func(m *budget.Meter) { m.Memory(budget.MostMemory); m.Memory(1) }, budget.ErrSpent},
		"the context": {over, func(m *budget.Meter) { m.Work(2_000_000) }, cause},
	} {
		m, done := budget.New(c.ctx), false
		if err := m.Within(func() { c.do(m); done = true }); !errors.Is(err, c.want) || done != (c.want == nil) {
			t.Errorf("%s: %v, done: %v", name, err, done)
		}
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
