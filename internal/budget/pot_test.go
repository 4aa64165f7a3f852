package budget_test

import (
	"errors"
	"testing"

	"postman-microcks-importer/internal/budget"
)

func TestPotGivesPartsToAll(t *testing.T) {
	t.Parallel()
	pot := budget.NewPot(1000, 10)
	for i, c := range []struct {
		bytes int
		want  error
	}{
		{1001, budget.ErrPot}, {1000, nil}, {101, budget.ErrPot}, {100, nil}, {100, nil},
	} {
		m := budget.New(t.Context())
		m.Memory(c.bytes)
		if err := pot.Take(m); !errors.Is(err, c.want) {
			t.Errorf("%d: %v", i, err)
		}
	}
	m := budget.New(t.Context())
	m.Memory(budget.MostMemory)
	if err := (*budget.Pot)(nil).Take(m); err != nil {
		t.Error(err)
	}
}

// What is kept in place of something else takes only what it takes itself.
func TestShares(t *testing.T) {
	t.Parallel()
	takes := func(bytes int) *budget.Meter {
		m := budget.New(t.Context())
		m.Memory(bytes)
		return m
	}
	pot := budget.NewPot(1000, 10)
	one, other := pot.Share(), pot.Share()
	for range 5 {
		if err := one.Keep(takes(800)); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Keep(takes(300)); !errors.Is(err, budget.ErrPot) {
		t.Errorf("800 and 300 of 1000: %v", err)
	}
	one.Empty()
	one.Empty()
	if err := other.Keep(takes(1000)); err != nil {
		t.Error(err)
	}
	none := (*budget.Pot)(nil).Share()
	if err := none.Keep(takes(1)); err != nil {
		t.Error(err)
	}
	none.Empty()
}
