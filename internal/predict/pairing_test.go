package predict

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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
		if d := cmp.Diff(searched(was, is), diffExamples("GET /", was, is)); d != "" {
			t.Fatal(d)
		}
	})
}

// searched is [diffExamples] by searching.
func searched(was, is []Example) (changes []Change) {
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

// Examples that can be like many others are compared as far as that takes no time.
func TestTooManyOddExamplesAreNotCompared(t *testing.T) {
	t.Parallel()
	service := func(n int, status string) *Service {
		op := Operation{Name: "GET /"}
		for range n {
			op.Examples = append(op.Examples, Example{Name: "e", Response: Response{Status: status, MediaType: "a", MediaTypes: []string{"a", "b"}}})
		}
		return &Service{Operations: []Operation{op}}
	}
	if got := len(Diff(service(1000, "1"), service(1000, "2"))); got != 1000 {
		t.Errorf("%d changes of 1000", got)
	}
	if got := Diff(service(4000, "1"), service(4000, "2")); got != nil {
		t.Errorf("%d changes that nobody could have found in time", len(got))
	}
}
