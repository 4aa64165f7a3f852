package predict

import (
	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
)

// patience is what one reading or import spends on regular expressions. A
// collection made to be slow gets an unsure answer where it is spent, and a budget
// that ends all where even that is too much.
type patience struct {
	meter *budget.Meter
	steps int // that are left for matches beyond what an honest one takes
}

const (
	// patientSteps are the steps that slow matches may take together.
	patientSteps = 2_000_000
	// honestSteps are those of a match that nobody minds.
	honestSteps = 1000
	// workOfStep and workOfByte are what matching and compiling cost.
	workOfStep = 6
	workOfByte = 10
)

func newPatience(m *budget.Meter) patience { return patience{m, patientSteps} }

func (p *patience) compile(expression string, b behaviour) (*java.Pattern, error) {
	if len(expression) <= java.LongestExpression {
		p.meter.Work(workOfByte * len(expression))
	}
	return java.Compile(expression, b.java)
}

func (p *patience) match(pattern *java.Pattern, text string) java.Match {
	found := pattern.MatchWithin(text, p.steps+honestSteps)
	p.steps -= max(0, found.Steps-honestSteps)
	p.meter.Work(workOfStep * found.Steps)
	return found
}
