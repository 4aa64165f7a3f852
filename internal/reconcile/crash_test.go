package reconcile

import (
	"context"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// breaking is a log that breaks in a stage of a collection.
type breaking struct {
	silent
	stage, collection string
}

func (b breaking) Step(stage, collection, _ string, _ time.Duration) {
	if stage == b.stage && strings.HasPrefix(collection, b.collection) {
		panic("on purpose")
	}
}

// files are wanted, and what stands in them.
func files(names ...string) Deps {
	return Deps{
		Resolve: func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
			var all []*plan.Wanted
			for _, name := range names {
				all = append(all, &plan.Wanted{Source: text.Untrusted(name), File: name})
			}
			return all, nil, nil
		},
		File: func(_ context.Context, name string) (delivery.Source, error) {
			if name == "breaks" {
				panic("on purpose")
			}
			return delivery.File([]byte(strings.Replace(small, "Pets", name, 1))), nil
		},
		Log: silent{},
	}
}

// A collection that breaks this program, while it is got or judged, stops itself,
// not the others, which get the memory that it had.
func TestCollectionThatBreaks(t *testing.T) {
	t.Parallel()
	for name, log := range map[string]Log{"breaks": silent{}, "judged": breaking{stage: "predict", collection: "judged"}} {
		deps := files(name, "good")
		deps.Log = log
		told := Run(t.Context(), Settings{Mode: result.Check, MicrocksVersion: "1.15.0", Parallelism: 1}, deps)
		bad, good := told.Collections[0], told.Collections[1]
		if told.ExitCode() != 20 || bad.Status != result.Failed || len(bad.Problems) != 1 || bad.Problems[0].Anchor != "program-breaks" {
			t.Errorf("%s: exit code %d, told as %+v", name, told.ExitCode(), bad)
		}
		if good.Status != result.Checked {
			t.Errorf("%s: the other one is told as %+v", name, good)
		}
	}
}

// What breaks outside of a collection ends the run, which is told.
func TestRunThatBreaks(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Deps){
		"resolving":  func(d *Deps) { d.Resolve = nil },
		"connecting": func(d *Deps) { d.Connect = func(context.Context) (*Session, error) { panic("on purpose") } },
	} {
		deps := files("good")
		change(&deps)
		told := Run(t.Context(), Settings{Mode: result.Plan, Parallelism: 1}, deps)
		if told.Status != result.Failed || told.ExitCode() != 20 || told.Interrupted != nil || told.Totals.Errors == 0 ||
			len(told.Problems) != 1 || told.Problems[0].Anchor != "program-breaks" {
			t.Errorf("%s: told as %+v", name, told)
		}
	}
}

// A service that breaks this program stops itself, whichever of its collections
// failed before.
func TestServiceThatBreaks(t *testing.T) {
	t.Parallel()
	c, s := oneService()
	c.broken(s, &crash.Error{What: "on purpose"})
	it := c.reconciliation.items[0]
	if !it.Failed() || it.Problems[0].Anchor != "program-breaks" || !c.progress.items[0].done {
		t.Errorf("told as %+v", it.Collection)
	}
}

// A collection whose prediction is not at hand any more, since the run ends, is not
// verified, and that breaks nothing.
func TestMocksOfWhatIsUntold(t *testing.T) {
	t.Parallel()
	c, s := oneService()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.DeadlineExceeded)
	raw := []byte(small)
	read := plan.Document{Document: predict.Read(raw, predict.Options{}), From: delivery.AsIs(raw)}
	s.Artifacts[0].Document = (&shelf{}).put(ctx, read, 0, form{})
	v := &verification{carrier: c, service: s, items: c.reconciliation.items}
	v.mocks(ctx)
	if it := v.items[0]; !it.Failed() || len(it.Problems) != 1 || it.Verified != nil {
		t.Errorf("told as %+v", it.Collection)
	}
}

// oneService is a run with one service of one collection.
func oneService() (*carrier, *plan.Service) {
	artifact := &plan.Artifact{}
	r := &reconciliation{
		result: &result.Result{Mode: result.Apply, Collections: make([]result.Collection, 1)},
	}
	it := &item{Wanted: &plan.Wanted{}, Collection: &r.result.Collections[0], artifact: artifact}
	artifact.Wanted = it.Wanted
	r.items = []*item{it}
	r.noteRun()
	return &carrier{reconciliation: r, items: map[*plan.Artifact]*item{artifact: it}}, &plan.Service{Artifacts: []*plan.Artifact{artifact}}
}
