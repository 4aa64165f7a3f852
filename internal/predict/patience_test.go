package predict

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
)

// slow takes more steps than any bound on "aaa…".
const slow = "(a+)+b"

// Slow matches have a bound together; each has a few steps that do not count.
func TestSlowMatchesAreBounded(t *testing.T) {
	t.Parallel()
	m := budget.New(t.Context())
	p := newPatience(m)
	pattern, err := p.compile(slow, behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	var steps int
	for range 50 {
		found := p.match(pattern, strings.Repeat("a", 60))
		if found.Verdict != java.Undecided {
			t.Fatalf("%+v", found)
		}
		steps += found.Steps
	}
	if steps < 2_000_000 || steps > 2_200_000 {
		t.Errorf("%d steps", steps)
	}
	if work, _ := m.Used(); work != workOfByte*len(slow)+workOfStep*steps {
		t.Errorf("work %d for %d steps", work, steps)
	}
	honest, err := p.compile("a+b", behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	if found := p.match(honest, strings.Repeat("a", 60)+"b"); found.Verdict != java.Matches {
		t.Errorf("an honest match fails for the slow ones: %+v", found)
	}
}
