package main

import (
	"fmt"
	"strings"
	"testing"
)

// The second run over a fleet imports what was edited, and both tell each flaw once.
func TestFleet(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]string{
		1:  {"━━━ apply: 1 collections, 0 of them with a flaw", "2 requests of it wrote."},
		60: {"fetch    60 of 60 (", "failed: 2 of 60 collections failed; 3 updated, 55 unchanged", "\n6 requests of it wrote.\n"},
		200: {
			"error: Shop Prices 18, Shop Refunds 118: ", "6 of 200 collections failed; 194 created",
			"6 of 200 collections failed; 10 updated, 184 unchanged", "\n20 requests of it wrote.\n",
		},
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if err := showFleet(t.Context(), &out, nil, n); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			for _, said := range want {
				if !strings.Contains(out.String(), said) {
					t.Errorf("it does not say %q:\n%s", said, out.String())
				}
			}
			if got := strings.Count(out.String(), "\nerror: "); n == 200 && got != 6 {
				t.Errorf("%d errors in two runs, want 3 each", got)
			}
		})
	}
}
