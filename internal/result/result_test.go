package result_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

func planned(change result.Change, reason *result.ImportReason) result.Collection {
	return result.Collection{Status: result.Planned, Importer: &result.Importer{Way: result.Way{Change: change, Import: reason}}}
}

func failed(c result.Collection) result.Collection {
	c.Status = result.Failed
	return c
}

func TestDue(t *testing.T) {
	t.Parallel()
	again := &result.ImportReason{Kind: result.ServesOther, Differences: 1}
	secret := []result.Secret{{Change: result.Update}}
	for name, tt := range map[string]struct {
		secret      []result.Secret
		collections []result.Collection
		want        bool
	}{
		"nothing":                      {want: false},
		"a new importer":               {collections: []result.Collection{planned(result.Create, nil)}, want: true},
		"an import":                    {collections: []result.Collection{planned(result.Keep, again)}, want: true},
		"kept":                         {collections: []result.Collection{planned(result.Keep, nil)}, want: false},
		"refused":                      {collections: []result.Collection{failed(planned(result.Create, again))}, want: false},
		"only the secret":              {secret, []result.Collection{planned(result.Keep, nil)}, true},
		"the secret of what fails":     {secret, []result.Collection{failed(planned(result.Keep, nil))}, false},
		"a secret that stays":          {[]result.Secret{{Change: result.Keep}}, []result.Collection{planned(result.Keep, nil)}, false},
		"a collection not read so far": {collections: []result.Collection{{}}, want: false},
	} {
		r := &result.Result{Mode: result.Plan, Secrets: tt.secret, Collections: tt.collections}
		if got := r.Due(); got != tt.want {
			t.Errorf("%s: due is %v", name, got)
		}
	}
}

// The order of a run's exit codes is the one that the documents give.
func TestFirstCode(t *testing.T) {
	t.Parallel()
	order := []int{2, 14, 11, 12, 13, 20, 1, 3, 0}
	for i, first := range order {
		for _, second := range order[i:] {
			if a, b := result.FirstCode(first, second), result.FirstCode(second, first); a != first || b != first {
				t.Errorf("of %d and %d counts %d and %d", first, second, a, b)
			}
		}
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	problem := func(level result.Level, code int) []result.Problem {
		return []result.Problem{{Level: level, ExitCode: code}}
	}
	for name, tt := range map[string]struct {
		r    result.Result
		want int
	}{
		"done":         {result.Result{Status: result.Created, Problems: problem(result.Warning, 12)}, 0},
		"finding only": {result.Result{Status: result.Failed}, 1},
		"the first by the order of codes": {
			result.Result{
				Status: result.Failed, Problems: problem(result.Error, 3),
				Collections: []result.Collection{
					{Status: result.Failed, Problems: problem(result.Error, 1)}, {Status: result.Failed, Problems: problem(result.Error, 13)},
					{Status: result.Failed, Problems: problem(result.Error, 12)},
				},
			},
			12,
		},
		"a collection before what was found": {
			result.Result{Status: result.Failed, Problems: problem(result.Error, 3), Collections: []result.Collection{{Status: result.Failed}}}, 1,
		},
		"what was found":  {result.Result{Status: result.Failed, Problems: problem(result.Error, 3)}, 3},
		"no code of ours": {result.Result{Status: result.Failed, Problems: problem(result.Error, 99)}, 1},
		"of a collection": {
			result.Result{
				Status: result.Failed, Problems: problem(result.Note, 11),
				Collections: []result.Collection{{Problems: problem(result.Error, 13)}},
			},
			13,
		},
		"interrupted is 1": {result.Result{Status: result.Failed, Interrupted: &result.Interruption{}, Problems: problem(result.Error, 11)}, 1},
	} {
		if got := tt.r.ExitCode(); got != tt.want {
			t.Errorf("%s: exit code %d, want %d", name, got, tt.want)
		}
	}
}

type explained struct{ error }

func (explained) Hint() string   { return "do this" }
func (explained) Anchor() string { return "place" }
func (explained) ExitCode() int  { return 13 }

func TestProblemOf(t *testing.T) {
	t.Parallel()
	own := &result.Problem{Level: result.Error, Text: "planning: PMAK-123 is in it", Hint: "h", Anchor: "a", ExitCode: 2, OfFindings: true}
	for name, tt := range map[string]struct {
		err  error
		want result.Problem
	}{
		"plain": {errors.New("what?key=secret"), result.Problem{Level: result.Error, Text: "what?key=…", Anchor: "unexplained", ExitCode: 20}},
		"explained": {
			fmt.Errorf("asking: %w", explained{errors.New("no")}),
			result.Problem{Level: result.Error, Text: "asking: no", Hint: "do this", Anchor: "place", ExitCode: 13},
		},
		"a problem": {
			fmt.Errorf("around: %w", own),
			result.Problem{Level: result.Error, Text: "planning: PMAK-… is in it", Hint: "h", Anchor: "a", ExitCode: 2, OfFindings: true},
		},
	} {
		if d := cmp.Diff(tt.want, result.ProblemOf(tt.err)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestTotalsCountWhatFindingsDoNot(t *testing.T) {
	t.Parallel()
	var totals result.Totals
	totals.Add([]result.Problem{{Level: result.Error}, {Level: result.Error, OfFindings: true}, {Level: result.Warning}, {Level: result.Note}})
	if d := cmp.Diff(result.Totals{Errors: 1, Warnings: 1}, totals); d != "" {
		t.Error(d)
	}
}

func TestWorse(t *testing.T) {
	t.Parallel()
	order := []result.Status{result.Unchanged, result.Checked, result.Planned, result.Removed, result.Updated, result.Created, result.Failed}
	for i, a := range order {
		for k, b := range order {
			if a.Worse(b) != (i > k) {
				t.Errorf("%s worse than %s: %v", a, b, a.Worse(b))
			}
		}
	}
}

// Of problems of one kind a few are told and the others counted, errors as well.
func TestProblemsOfAKindAreCounted(t *testing.T) {
	t.Parallel()
	var c result.Collection
	for i := range 1000 {
		c.Tell(result.Warning, "a", text.Untrustedf("warning %d", i), "")
		c.Tell(result.Note, "a", text.Untrustedf("note %d", i), "")
		c.Fail(&result.Problem{Level: result.Error, Text: text.Untrustedf("error %d", i), Anchor: "b", ExitCode: 1})
	}
	var totals result.Totals
	totals.Add(c.Problems)
	if len(c.Problems) != 15 || totals.Warnings != 1000 || totals.Errors != 1000 {
		t.Errorf("%d problems, %+v", len(c.Problems), totals)
	}
	for i, p := range c.Problems {
		if last := i >= 12; p.Text != text.Untrustedf("%s %d", p.Level, i/3) || (p.More == 995) != last || p.More > 0 != last {
			t.Errorf("%d: %+v", i, p)
		}
	}
}
