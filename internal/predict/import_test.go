package predict

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// petItems is a request with an example.
const petItems = `[{
  "name": "list pets",
  "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
  "response": [{
    "name": "two pets",
    "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
    "code": 200,
    "header": [{"key": "Content-Type", "value": "application/json"}],
    "body": "[{\"id\": 1}, {\"id\": 2}]"
  }]
}]`

const wrappedPets = `{"collection":{"info":{"name":"Pets","description":"version=1.0 - d"},"item":` + petItems + `}}`

// A document is read once and imported as often as needed.
func TestDocumentIsReused(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"plain":           wrappedPets,
		"lone surrogates": strings.Replace(wrappedPets, "/pets", `/pets\ud83d/:a?b=1`, 2),
		"a description":   `{"openapi":"3.0.0","info":{"title":"Pets","version":"1.0"}}`,
	} {
		read := func() *Document { return Read([]byte(raw), Options{}) }
		d := read()
		for _, target := range []Target{
			{Main: true, URL: "https://h/1-a"},
			{Main: true, URL: "https://h/2-b", Existing: existing},
			{URL: "https://h/1-a", Existing: existing},
			{Main: true, URL: "https://h/1-a"},
		} {
			if diff := cmp.Diff(read().Import(target).Prediction, d.Import(target).Prediction); diff != "" {
				t.Errorf("%s: %+v: %s", name, target, diff)
			}
		}
	}
}

// Several goroutines may import one document; the race detector looks on.
func TestDocumentIsShared(t *testing.T) {
	t.Parallel()
	d := Read([]byte(strings.Replace(wrappedPets, "/pets", `/pets\ud83d/:a?b=1`, 2)), Options{})
	want := d.Import(Target{Main: true}).Prediction
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if diff := cmp.Diff(want, d.Import(Target{Main: true}).Prediction); diff != "" {
				t.Error(diff)
			}
		})
	}
	all.Wait()
}

func TestUpdatedAt(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"collection":{"info":{"name":"n","updatedAt":"2026-08-05T10:11:12.000Z"}}}`: "2026-08-05T10:11:12Z",
		`{"collection":{"info":{"name":"n","updatedAt":"yesterday"}}}`:                "",
		`{"collection":{"info":{"name":"n","updatedAt":1785924672}}}`:                 "",
		`{"collection":{"info":{"name":"n"}}}`:                                        "",
		`<html>`:                                                                      "",
	} {
		got := ""
		if at := Read([]byte(raw), Options{}).UpdatedAt(); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s: %s", raw, got)
		}
	}
}

// A service that exists under another name or version is not this one.
func TestExistingOfAnotherName(t *testing.T) {
	t.Parallel()
	other := &Service{Name: "Pets", Version: "2.0", Operations: []Operation{{Name: "GET /pets", Override: true, Dispatcher: "SCRIPT"}}}
	d := Read([]byte(wrappedPets), Options{})
	p := d.Import(Target{Main: true, Existing: other})
	if p.Service.Operations[0].Dispatcher != "" {
		t.Errorf("%+v", p.Service)
	}
	if p := d.Import(Target{Existing: other}); p.Outcome != Skipped || p.Service != nil {
		t.Errorf("%+v", p)
	}
}

// An import changes nothing of the service that it is given.
func TestExistingIsNotChanged(t *testing.T) {
	t.Parallel()
	given := func() *Service {
		return &Service{Name: "Pets", Version: "1.0", SourceArtifact: "x", Operations: []Operation{{
			Name: "GET /pets", Dispatcher: URIParams, DispatcherRules: new("a"), ResourcePaths: []string{"/z", "/b"},
			Examples: []Example{{Name: "old", SourceArtifact: "1-a"}, {Name: "other", SourceArtifact: "y"}},
		}}}
	}
	for _, main := range []bool{true, false} {
		existing := given()
		p := Read([]byte(wrappedPets), Options{}).Import(Target{Main: main, URL: "https://h/1-a", Existing: existing})
		if diff := cmp.Diff(given(), existing); diff != "" {
			t.Error(diff)
		}
		var names []string
		for _, e := range p.Service.Operations[0].Examples {
			names = append(names, e.Name)
		}
		if diff := cmp.Diff([]string{"other", "two pets"}, names); diff != "" {
			t.Errorf("main %v: %s", main, diff)
		}
	}
}

func TestBehaviourOf(t *testing.T) {
	t.Parallel()
	if behaviourOf("") != behaviourOf(Newest) || behaviourOf("1.15.0-SNAPSHOT") != behaviourOf("1.15.0") {
		t.Error("the newest, and development builds")
	}
	if !behaviourOf("2.0.0").harFallback || behaviourOf("1.9.0").valuelessCriteria || behaviourOf("1.7.0") != (behaviour{}) {
		t.Error("versions are ordered by number")
	}
	if !behaviourOf("1.9.1").repeatedCriteria || behaviourOf("1.8.1").repeatedCriteria {
		t.Error("since 1.9.0")
	}
}

// padded is a collection of that many bytes.
func padded(size int) []byte {
	head := `{"collection":{"info":{"name":"Pets","description":"version=1.0 - `
	tail := `"},"item":[]}}`
	return []byte(head + strings.Repeat("x", size-len(head)-len(tail)) + tail)
}

// Beyond what a server can store nothing is read.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	raw := padded(maxDocument + 1)
	if p := Read(raw, Options{}).Import(Target{Main: true}); p.Outcome != Crashed || p.Service != nil {
		t.Errorf("%s", p.Outcome)
	}
	if p := Read(raw, Options{Version: "1.7.0"}).Import(Target{Main: true}); p.Outcome != Imported {
		t.Errorf("1.7.0 stores no text: %s %+v", p.Outcome, p.Cause)
	}
	near := padded(maxDocument - 100)
	if p := Read(near, Options{}).Import(Target{Main: true}); p.Outcome != Crashed || p.Service == nil {
		t.Errorf("the service is saved before its text: %s", p.Outcome)
	}
}
