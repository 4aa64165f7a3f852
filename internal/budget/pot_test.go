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
