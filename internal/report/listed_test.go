package report_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
)

// What a result does not list is counted and told.
func TestWhatIsNotListedIsTold(t *testing.T) {
	t.Parallel()
	r := &result.Result{Mode: result.Plan, Collections: []result.Collection{{
		Status: result.Planned, MoreDifferences: 40,
		Difference: []result.Difference{{Kind: result.Appears, Operation: "GET /a"}},
		Service: &result.Service{Name: "Pets", Version: "1.0", MoreOperations: 7, MoreExamples: 20, Operations: []result.Operation{
			{Name: "GET /a", Examples: []result.Example{{Name: "one"}}, MoreExamples: 3},
		}},
	}}}
	summary := report.Summary(r, report.Context{})
	for _, want := range []string{"8 operations, 24 examples", "7 operations and 23 examples more", "40 more are listed nowhere"} {
		if !strings.Contains(summary, want) {
			t.Errorf("no %q in:\n%s", want, summary)
		}
	}
}

// So is what there is more of than a person can read: problems of a kind, importers
// that go, and what was done.
func TestWhatThereIsTooMuchOfIsCounted(t *testing.T) {
	t.Parallel()
	r := &result.Result{Mode: result.Apply, Status: result.Failed, Collections: []result.Collection{{
		Name: "Pets", Status: result.Failed,
		Importer: &result.Importer{
			Name: "Pets", Surplus: []result.NamedID{{ID: "1", Name: "one"}}, MoreSurplus: 99,
			Way: result.Way{Change: result.Update, Done: slices.Repeat([]result.Done{{Kind: result.SurplusDeleted}}, 100)},
		},
		Problems: []result.Problem{{Level: result.Warning, Text: "one", More: 94}, {Level: result.Error, Text: "other"}},
	}}}
	summary, log := report.Summary(r, report.Context{}), strings.Join(report.Log(r, report.Context{}), "\n")
	if want := "one (and 94 more of this kind)"; !strings.Contains(summary, want) {
		t.Errorf("no %q in:\n%s", want, summary)
	}
	planned := *r
	planned.Mode, planned.Status = result.Plan, result.Planned
	planned.Collections = slices.Clone(r.Collections)
	planned.Collections[0].Status = result.Planned
	if of, want := report.Summary(&planned, report.Context{}), "99 more duplicate importers"; !strings.Contains(of, want) {
		t.Errorf("no %q in:\n%s", want, of)
	}
	for _, want := range []string{"warning: Pets: one (and 94 more of this kind)\n", "and 70 more"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in:\n%s", want, log)
		}
	}
	if told := report.Annotations(r); len(told) != 2 || told[1].Message != "one (and 94 more of this kind)" {
		t.Errorf("annotations %+v", told)
	}
}

// What is left out of the output for its size is counted as well.
func TestTruncatedResultCounts(t *testing.T) {
	t.Parallel()
	operation := result.Operation{Name: "GET /a", Examples: make([]result.Example, 1000)}
	r := &result.Result{Collections: []result.Collection{{
		Service:    &result.Service{Operations: []result.Operation{operation, operation}, MoreOperations: 1, MoreExamples: 5},
		Difference: make([]result.Difference, 1000),
	}}}
	for limit, listed := range map[int]int{30_000: 0, 200_000: 2000} {
		var got result.Result
		if err := json.Unmarshal(report.JSON(r, limit), &got); err != nil {
			t.Fatal(err)
		}
		c := got.Collections[0]
		n := 0
		for _, op := range c.Service.Operations {
			n += len(op.Examples)
		}
		if n != listed || c.Service.CountOperations() != 3 || c.Service.Examples() != 2005 || len(c.Difference)+c.MoreDifferences != 1000 {
			t.Errorf("%d bytes: %d listed, %d operations, %d examples, %d+%d differences", limit, n, c.Service.CountOperations(),
				c.Service.Examples(), len(c.Difference), c.MoreDifferences)
		}
	}
}
