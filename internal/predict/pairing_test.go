package predict

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"postman-microcks-importer/internal/budget"
)

// Pairing by digests comes to what going through all examples one by one does.
func TestPairingIsThatOfASearch(t *testing.T) {
	t.Parallel()
	few := rapid.SampledFrom([]string{"a", "b"})
	example := rapid.Custom(func(t *rapid.T) Example {
		e := Example{Name: few.Draw(t, "name"), SourceArtifact: "x", Unknown: rapid.IntRange(0, 9).Draw(t, "unknown") == 0}
		e.Response.Status = few.Draw(t, "status")
		e.Response.MediaType = few.Draw(t, "type")
		if rapid.IntRange(0, 4).Draw(t, "types") == 0 {
			e.Response.MediaTypes = []string{"a", "b"}
		}
		if rapid.Bool().Draw(t, "criteria") {
			e.DispatchCriteria = new(few.Draw(t, "criterion"))
		}
		for range rapid.IntRange(0, 2).Draw(t, "headers") {
			e.Response.Headers = append(e.Response.Headers, Header{few.Draw(t, "header"), []string{few.Draw(t, "value")}})
		}
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		was := rapid.SliceOfN(example, 0, 8).Draw(t, "was")
		is := rapid.SliceOfN(example, 0, 8).Draw(t, "is")
		if d := cmp.Diff(searched(was, is), paired(was, is)); d != "" {
			t.Fatal(d)
		}
	})
}

// paired are the changes of examples.
func paired(was, is []Example) []Change {
	var d differ
	d.examples("GET /", was, is)
	return d.ofPredicted
}

// searched is paired by searching.
func searched(was, is []Example) (changes []Change) {
	diffExample := func(a, b Example) []Part { return diffExample(newSample(nil, &a), newSample(nil, &b)) }
	left := slices.Clone(was)
	take := func(match func(Example) bool) (Example, bool) {
		i := slices.IndexFunc(left, match)
		if i < 0 {
			return Example{}, false
		}
		found := left[i]
		left = slices.Delete(left, i, i+1)
		return found, true
	}
	var unpaired []Example
	for _, e := range is {
		if _, found := take(func(o Example) bool { return o.Name == e.Name && len(diffExample(o, e)) == 0 }); !found {
			unpaired = append(unpaired, e)
		}
	}
	for _, e := range unpaired {
		o, found := take(func(o Example) bool { return o.Name == e.Name })
		if !found {
			changes = append(changes, Change{Kind: Added, Operation: "GET /", Example: e.Name})
			continue
		}
		fields := diffExample(o, e)
		changes = append(changes, Change{
			Kind: Changed, Operation: "GET /", Example: e.Name, Fields: fields,
			Values: valuesOf(fields, o.values(), e.values()), Breaking: slices.Contains(fields, PartCriteria),
		})
	}
	for _, e := range left {
		changes = append(changes, Change{Kind: Removed, Operation: "GET /", Example: e.Name, Breaking: true})
	}
	return changes
}

// odd is a service with that many examples of one name that can be like others.
func odd(n int, status string) *Service {
	op := Operation{Name: "GET /"}
	for range n {
		op.Examples = append(op.Examples, Example{Name: "e", Response: Response{Status: status, MediaType: "a", MediaTypes: []string{"a", "b"}}})
	}
	return &Service{Operations: []Operation{{Name: "GET /gone"}, op, {Name: "GET /changes"}}}
}

// What was not compared is said to be unknown, and what was found out before stays.
func TestTooManyOddExamplesAreNotCompared(t *testing.T) {
	t.Parallel()
	if got := Diff(budget.New(t.Context()), odd(1000, "1"), odd(1000, "2")); len(got.Changes) != 1000 || got.Err != nil {
		t.Errorf("%d changes of 1000, %v", len(got.Changes), got.Err)
	}
	after := odd(20_000, "2")
	after.Operations = after.Operations[1:]
	after.Operations[1].Dispatcher = "SCRIPT"
	got := Diff(budget.New(t.Context()), odd(20_000, "1"), after)
	want := Comparison{[]Change{{Kind: Removed, Operation: "GET /gone", Breaking: true}}, budget.ErrSpent}
	if d := cmp.Diff(want, got, cmpopts.EquateErrors()); d != "" || got.Same() {
		t.Error(d)
	}
	if same := Diff(budget.New(t.Context()), odd(20_000, "1"), odd(20_000, "1")); same.Err != nil || !same.Same() {
		t.Errorf("what is alike is found at once: %v", same)
	}
}

// Comparing and digesting obey the budget and the context.
func TestComparingAndDigestingEnd(t *testing.T) {
	t.Parallel()
	cause := errors.New("the clock")
	over, end := context.WithCancelCause(t.Context())
	end(cause)
	large := odd(50_000, "1")
	for name, m := range map[string]struct {
		meter *budget.Meter
		want  error
	}{
		"the context": {budget.New(over), cause},
		"the budget":  {spent(t), budget.ErrSpent},
	} {
		if d, err := large.Digest(m.meter); d != nil || !errors.Is(err, m.want) {
			t.Errorf("digest, %s: %v", name, err)
		}
		if c := Diff(m.meter, large, large); c.Same() || !errors.Is(c.Err, m.want) {
			t.Errorf("diff, %s: %v", name, c.Err)
		}
	}
}

// spent is a meter with little left.
func spent(t *testing.T) *budget.Meter {
	t.Helper()
	m := budget.New(t.Context())
	m.Work(budget.MostWork - 1000)
	return m
}
