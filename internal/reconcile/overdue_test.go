package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// silent is a log that nobody reads.
type silent struct{}

func (silent) Step(string, string, string, time.Duration)     {}
func (silent) Did(string, string, result.Done, time.Duration) {}
func (silent) Far(string, int, int)                           {}

const small = `{"info":{"name":"Pets","description":"version=1.0 - x","_postman_id":"1"},"item":[` +
	`{"name":"a","request":{"method":"GET","url":{"raw":"http://h/a"}}}]}`

// TestRunThatDoesNotEnd: whatever still works when the time of a run is over, what
// was done is told soon after.
func TestRunThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		defer close(stuck)
		deps := Deps{
			Resolve: func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
				var all []*plan.Wanted
				for _, file := range []string{"good.json", "stuck.json"} {
					all = append(all, &plan.Wanted{Source: text.Untrusted(file), File: file})
				}
				return append(all, &plan.Wanted{UID: "1-a", Skipped: true}), nil, nil
			},
			File: func(_ context.Context, name string) (delivery.Source, error) {
				if name == "stuck.json" {
					<-stuck // as a computation that obeys no clock
					return delivery.Source{}, errors.New("late")
				}
				return delivery.File([]byte(small)), nil
			},
			Log: silent{},
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		told := Run(ctx, Settings{Mode: result.Check, MicrocksVersion: "1.15.0", Parallelism: 2}, deps)
		if took := time.Since(began); took != time.Second+lastMoment {
			t.Errorf("ended after %s", took)
		}
		if told.Interrupted == nil || told.ExitCode() != 1 || len(told.Collections) != 3 {
			t.Fatalf("told as %+v", told)
		}
		good, late := told.Collections[0], told.Collections[1]
		if good.Name != "Pets" || len(good.Findings) == 0 {
			t.Errorf("the collection that was judged is told as %+v", good)
		}
		if late.Status != result.Failed || len(late.Problems) != 1 || late.Problems[0].Anchor != "interrupted" {
			t.Errorf("the other one is told as %+v", late)
		}
		if skipped := told.Collections[2]; skipped.Status != result.Skipped || len(skipped.Problems) > 0 {
			t.Errorf("what is skipped is told as %+v", skipped)
		}
	})
}

// TestWriteThatIsLeftBehindIsInDoubt: a run that is left behind while something is
// written for a collection says so.
func TestWriteThatIsLeftBehindIsInDoubt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("told to end"))
	r := &reconciliation{
		Settings: Settings{Mode: result.Apply},
		result:   &result.Result{Mode: result.Apply, Collections: make([]result.Collection, 2)},
	}
	for i := range r.result.Collections {
		r.result.Collections[i].Importer = &result.Importer{Way: result.Way{Change: result.Create}}
		r.items = append(r.items, &item{Collection: &r.result.Collections[i], at: i})
	}
	r.noteRun()
	r.noteItem(r.items[0], false, true)
	r.result.Collections[1].Importer.Done = []result.Done{{Kind: result.ImporterCreated}, {Kind: result.CollectionImported}}
	r.noteItem(r.items[1], true, false)
	told := r.soFar(ctx, context.Cause(ctx))
	if !told.Written || !told.Collections[0].Importer.Did(result.ChangeInDoubt) || told.Collections[0].Status != result.Failed {
		t.Errorf("a write under way is told as %+v", told.Collections[0])
	}
	if told.Collections[1].Status != result.Created || len(r.result.Collections[0].Importer.Done) != 0 {
		t.Errorf("what was done is told as %+v", told.Collections[1])
	}
	ended := make(chan struct{})
	began := time.Now()
	<-r.overdue(ctx, ended)
	if took := time.Since(began); took < lastWriting {
		t.Errorf("a write got %s", took)
	}
}

// ender ends a run when something was predicted.
type ender struct {
	silent
	end func(error)
}

func (e ender) Step(stage, _, _ string, _ time.Duration) {
	if stage == "predict" {
		e.end(errors.New("told to end"))
	}
}

// TestEndAfterSkipped: what is skipped is nothing that a run did not come to.
func TestEndAfterSkipped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	told := Run(ctx, Settings{Mode: result.Check, MicrocksVersion: "1.15.0"}, Deps{
		Log: ender{end: cancel},
		Resolve: func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
			return []*plan.Wanted{{UID: "1-a", Skipped: true}, {File: "good.json"}}, nil, nil
		},
		File: func(context.Context, string) (delivery.Source, error) { return delivery.File([]byte(small)), nil },
	})
	if ctx.Err() == nil || told.Interrupted != nil || told.Status != result.Checked || told.Collections[0].Status != result.Skipped {
		t.Errorf("ended %v, told as %+v", ctx.Err(), told)
	}
}

// TestNothingChangesWhatIsTold: what is left behind goes on, in memory of its own.
func TestNothingChangesWhatIsTold(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("told to end"))
	room := func() []result.Problem { return make([]result.Problem, 0, 9) }
	r := &reconciliation{
		Settings: Settings{Mode: result.Apply},
		result: &result.Result{
			Mode: result.Apply, Problems: room(), Secrets: make([]result.Secret, 1),
			Collections: []result.Collection{{
				Problems: room(), Importer: &result.Importer{Way: result.Way{Change: result.Create, Done: make([]result.Done, 0, 9)}},
			}},
		},
	}
	it := &item{Collection: &r.result.Collections[0]}
	r.items = []*item{it}
	r.noteRun()
	r.noteSecret(0, true)
	if r.result.Secrets[0].InDoubt {
		t.Error("what is noted changes the run itself")
	}
	r.noteItem(it, false, true)
	deed := result.Done{Kind: result.ImporterCreated}
	r.noteDeed(it, deed)
	told := r.soFar(ctx, context.Cause(ctx))
	before, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() { // as what is left behind does
		defer close(gone)
		r.result.Problems = append(r.result.Problems, result.Problem{Text: "later"})
		it.Tell(result.Note, "later", "later", "")
		it.Importer.Done = append(it.Importer.Done, result.Done{Kind: result.ImportRefused})
		it.Importer.Active = true
		r.result.Secrets[0].Done = true
		r.noteSecret(0, false)
		r.noteDeed(it, deed)
		r.noteItem(it, true, false)
		r.noteRun()
		r.conclude()
	}()
	after, err := json.Marshal(told)
	<-gone
	if err != nil {
		t.Fatal(err)
	}
	later, err := json.Marshal(told)
	if err != nil || string(before) != string(after) || string(before) != string(later) {
		t.Errorf("told as\n%s\nthen as\n%s\nand as\n%s", before, after, later)
	}
	if !told.Secrets[0].InDoubt || !told.Written {
		t.Errorf("a secret that was being written is told as %+v", told.Secrets[0])
	}
	if got := told.Collections[0].Importer.Done; !slices.Equal(got, []result.Done{deed, {Kind: result.ChangeInDoubt}}) {
		t.Errorf("what was done and what is in doubt is told as %v", got)
	}
	if r.result.Problems[0].Text != "later" || it.Problems[0].Text != "later" {
		t.Errorf("what is told changed what is left behind: %+v", r.result)
	}
}

// TestSecretThatIsWrittenHasTime: whatever is written is heard to its end.
func TestSecretThatIsWrittenHasTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := &reconciliation{result: &result.Result{Secrets: make([]result.Secret, 1)}}
		r.noteRun()
		for _, writing := range []bool{true, false} {
			r.noteSecret(0, writing)
			began := time.Now()
			<-r.overdue(ctx, make(chan struct{}))
			want := map[bool]time.Duration{true: lastWriting, false: lastMoment}[writing]
			if took := time.Since(began); took != want {
				t.Errorf("writing %t: %s", writing, took)
			}
		}
	})
}
