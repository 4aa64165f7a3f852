package predict

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// servicePets is a service with one operation of two examples, changed.
func servicePets(change func(*Service)) *Service {
	example := func(name, criteria string) Example {
		return Example{
			Name: name, SourceArtifact: "1-a", DispatchCriteria: new(criteria),
			Request: Request{Headers: []Header{{"Accept", []string{"a", "b"}}}, Parameters: []Parameter{{"id", name}, {"page", "1"}}},
			Response: Response{
				Status: "200", MediaType: "application/json", Content: new(name), Headers: []Header{{"X", []string{"1"}}, {"Y", nil}},
			},
		}
	}
	s := &Service{Name: "Pets", Version: "1.0", Operations: []Operation{
		{
			Name: "GET /pets/:id", Dispatcher: URIParts, DispatcherRules: new("id"), ResourcePaths: []string{"/pets/1", "/pets/2"},
			Examples: []Example{example("1", "/id=1"), example("2", "/id=2")},
		},
		{Name: "GET /pets"},
	}}
	if change != nil {
		change(s)
	}
	return s
}

func TestDiff(t *testing.T) {
	t.Parallel()
	const byID = "GET /pets/:id"
	changedExample := func(fields ...Part) Change {
		return Change{Kind: Changed, Operation: byID, Example: "1", Fields: fields}
	}
	first := func(change func(*Example)) func(*Service) {
		return func(s *Service) { change(&s.Operations[0].Examples[0]) }
	}
	for name, c := range map[string]struct {
		now  func(*Service) // to what is predicted
		want []Change
	}{
		"nothing": {nil, nil},
		"an operation more": {
			func(s *Service) { s.Operations = append(s.Operations, Operation{Name: "PUT /pets"}) },
			[]Change{{Kind: Added, Operation: "PUT /pets"}},
		},
		"an operation less, told first": {
			func(s *Service) { s.Operations = append(s.Operations[:1], Operation{Name: "PUT /pets"}) },
			[]Change{{Kind: Removed, Operation: "GET /pets", Breaking: true}, {Kind: Added, Operation: "PUT /pets"}},
		},
		"another dispatcher": {
			func(s *Service) { s.Operations[0].Dispatcher, s.Operations[0].DispatcherRules = "", nil },
			[]Change{{Kind: Changed, Operation: byID, Fields: []Part{PartDispatcher, PartRules}, Breaking: true}},
		},
		"other paths": {
			func(s *Service) { s.Operations[0].ResourcePaths = []string{"/pets/2"} },
			[]Change{{Kind: Changed, Operation: byID, Fields: []Part{PartPaths}}},
		},
		"paths in another order": {
			func(s *Service) { s.Operations[0].ResourcePaths = []string{"/pets/2", "/pets/1"} }, nil,
		},
		"examples in another order": {
			func(s *Service) { e := s.Operations[0].Examples; e[0], e[1] = e[1], e[0] }, nil,
		},
		"an example less and another one": {
			first(func(e *Example) { e.Name = "3" }),
			[]Change{{Kind: Removed, Operation: byID, Example: "1", Breaking: true}, {Kind: Added, Operation: byID, Example: "3"}},
		},
		"other criteria": {
			first(func(e *Example) { e.DispatchCriteria = new("/id=9") }),
			[]Change{{Kind: Changed, Operation: byID, Example: "1", Fields: []Part{PartCriteria}, Breaking: true}},
		},
		"no criteria": {
			first(func(e *Example) { e.DispatchCriteria = nil }),
			[]Change{{Kind: Changed, Operation: byID, Example: "1", Fields: []Part{PartCriteria}, Breaking: true}},
		},
		"everything of an answer": {
			first(func(e *Example) { e.Response = Response{Status: "404", MediaType: "text/plain"} }),
			[]Change{changedExample(PartStatus, PartMediaType, PartResponseBody, PartResponseHeaders)},
		},
		"everything of a request": {
			first(func(e *Example) { e.Request = Request{Content: new("x")} }),
			[]Change{changedExample(PartRequestBody, PartRequestHeaders, PartRequestParameters)},
		},
		"headers and parameters in another order": {
			first(func(e *Example) {
				e.Request.Headers[0].Values = []string{"b", "a"}
				e.Response.Headers = []Header{{"Y", nil}, {"X", []string{"1"}}}
				e.Request.Parameters = []Parameter{{"page", "1"}, {"id", "1"}}
			}), nil,
		},
		"a media type that is left open": {
			first(func(e *Example) {
				e.Response.MediaType, e.Response.MediaTypes = "a/b", []string{"a/b", "application/json"}
			}), nil,
		},
		"of another artifact":  {first(func(e *Example) { e.SourceArtifact = "2-b" }), []Change{changedExample(PartArtifact)}},
		"an unknown example":   {first(func(e *Example) { e.Unknown, e.Response.Status = true, "404" }), nil},
		"an unknown operation": {func(s *Service) { s.Operations[0] = Operation{Name: byID, Unknown: true} }, nil},
		"two examples of a name": {
			func(s *Service) {
				s.Operations[0].Examples[0].Name, s.Operations[0].Examples[1].Name = "1", "1"
			},
			[]Change{{Kind: Removed, Operation: byID, Example: "2", Breaking: true}, {Kind: Added, Operation: byID, Example: "1"}},
		},
	} {
		got := Diff(nil, servicePets(nil), servicePets(c.now)).Changes
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Change{}, "Values")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What fits in a line is told as it was and as it becomes, of digests too; bodies
// and headers are not.
func TestDiffTellsValues(t *testing.T) {
	t.Parallel()
	was, is := servicePets(nil), servicePets(func(s *Service) {
		s.Operations[0].Dispatcher, s.Operations[0].DispatcherRules = "", nil
		s.Operations[0].Examples[0].Response.Status, s.Operations[0].Examples[0].Response.Content = "404", new("gone")
	})
	for _, changes := range [][]Change{Diff(nil, was, is).Changes, Diff(nil, digested(t, was), digested(t, is)).Changes} {
		told := map[Part][2]string{}
		for _, c := range changes {
			for _, v := range c.Values {
				both := [2]string{"(none)", "(none)"}
				for i, value := range []*string{v.From, v.To} {
					if value != nil {
						both[i] = *value
					}
				}
				told[v.Field] = both
			}
		}
		want := map[Part][2]string{
			PartDispatcher: {was.Operations[0].Dispatcher, "(none)"}, PartRules: {*was.Operations[0].DispatcherRules, "(none)"},
			PartStatus: {"200", "404"},
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
	}
}

// What a person set in Microcks stays, so it is no difference.
func TestDiffOfEdited(t *testing.T) {
	t.Parallel()
	served := servicePets(func(s *Service) {
		op := &s.Operations[0]
		op.Override, op.Dispatcher, op.DispatcherRules = true, "SCRIPT", new("x")
	})
	if got := Diff(nil, served, servicePets(nil)); !got.Same() {
		t.Errorf("%+v", got)
	}
}

func TestDiffOfNothing(t *testing.T) {
	t.Parallel()
	if got := Diff(nil, nil, servicePets(nil)).Changes; len(got) != 2 || got[0].Kind != Added || got[0].Breaking {
		t.Errorf("a new service: %+v", got)
	}
	if got := Diff(nil, servicePets(nil), nil).Changes; len(got) != 2 || got[0].Kind != Removed || !got[0].Breaking {
		t.Errorf("a service that goes: %+v", got)
	}
	if got := Diff(nil, nil, nil); !got.Same() {
		t.Errorf("%+v", got)
	}
}

func digested(t *testing.T, s *Service) *Service {
	t.Helper()
	d, err := s.Digest(nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
