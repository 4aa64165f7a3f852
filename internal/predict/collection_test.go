package predict

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const wrappedPets = `{"collection":{"info":{"name":"Pets","description":"version=1.0 - d"},"item":` + petItems + `}}`

// An exported file is judged as Postman's API would serve it: wrapped, with
// addresses as objects, without info.version.
func TestExport(t *testing.T) {
	t.Parallel()
	judge := func(raw string) Prediction {
		return Collection([]byte(raw), Target{Main: true, Export: true, URL: "https://api.getpostman.com/collections/1-a"})
	}
	pretty := `{
	"info": {"name": "Pets", "description": "version=1.0 - d"},
	"item": ` + petItems + `}`
	want := Collection([]byte(wrappedPets), Target{Main: true, URL: "https://api.getpostman.com/collections/1-a"})
	for name, raw := range map[string]string{"export": pretty, "wrapped": wrappedPets, "wrapped, spaced": " { \"collection\" : " + pretty + "}", "byte order mark": "\uFEFF" + pretty} {
		if diff := cmp.Diff(want, judge(raw)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// Format 2.0 has addresses as texts.
	v20 := judge(`{"info":{"name":"Pets","description":"version=1.0 - d"},"item":[{"name":"a","request":{"method":"GET","url":"{{u}}/a?s=1&t"},"response":[
		{"name":"e","originalRequest":{"method":"GET","url":"{{u}}/a?s=1&t"},"code":200}]},{"name":"b","request":"https://h/b"}]}`)
	if v20.Service == nil || len(v20.Service.Operations) != 2 {
		t.Fatal(v20)
	}
	op := v20.Service.Operations[0]
	if *op.DispatcherRules != "s && t" || *op.Examples[0].DispatchCriteria != "?s=1" || op.ResourcePaths[0] != "/a" {
		t.Errorf("%+v", op)
	}
	if diff := cmp.Diff([]Parameter{{"s", "1"}, {"t", "null"}}, op.Examples[0].Request.Parameters); diff != "" {
		t.Error(diff)
	}
	if got := v20.Service.Operations[1].Name; got != "GET /b" {
		t.Errorf("a request that is only an address is called %q", got)
	}
	for name, c := range map[string]struct{ raw, rule, says string }{
		"only info.version": {`{"info":{"name":"Pets","version":"1.0"},"item":[]}`, "version-missing", "info.version"},
		"format 1":          {`{"id":"a","name":"Pets","requests":[]}`, "schema-not-v2", "format 1"},
		"format 3":          {`{"$kind":"collection"}`, "schema-not-v2", "format 3"},
		"a list":            {`[{"info":{}}]`, "schema-not-v2", "list"},
		"a page":            {`<html></html>`, "unreadable", "no JSON"},
		"a truncated file":  {pretty[:100], "unreadable", "no JSON"},
		"nothing":           {``, "schema-not-v2", "no info"},
	} {
		p := judge(c.raw)
		i := slices.IndexFunc(p.Findings, func(f Finding) bool { return f.Name == c.rule && f.Level == Error })
		if i < 0 || !strings.Contains(string(p.Findings[i].Message), c.says) || p.Outcome != Refused {
			t.Errorf("%s: %s %+v", name, p.Outcome, p.Findings)
		}
	}
}

// A service that exists under another name or version is not this one.
func TestExistingOfAnotherName(t *testing.T) {
	t.Parallel()
	other := &Service{Name: "Pets", Version: "2.0", Operations: []Operation{{Name: "GET /pets", Override: true, Dispatcher: "SCRIPT"}}}
	p := Collection([]byte(wrappedPets), Target{Main: true, Existing: other})
	if p.Service.Operations[0].Dispatcher != "" {
		t.Errorf("%+v", p.Service)
	}
	if p := Collection([]byte(wrappedPets), Target{Existing: other}); p.Outcome != Skipped || p.Service != nil {
		t.Errorf("%+v", p)
	}
}

// An import changes nothing of the service that it is given.
func TestExistingIsNotChanged(t *testing.T) {
	t.Parallel()
	given := func() *Service {
		return &Service{Name: "Pets", Version: "1.0", SourceArtifact: "x", Operations: []Operation{{
			Name: "GET /pets", Dispatcher: uriParams, DispatcherRules: ptr("a"), ResourcePaths: []string{"/z", "/b"},
			Examples: []Example{{Name: "old", SourceArtifact: "1-a"}, {Name: "other", SourceArtifact: "y"}},
		}}}
	}
	for _, main := range []bool{true, false} {
		existing := given()
		p := Collection([]byte(wrappedPets), Target{Main: main, URL: "https://h/1-a", Existing: existing})
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

// Beyond what a server can store nothing is read.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	raw := padded(maxDocument + 1)
	if p := Collection(raw, Target{Main: true}); p.Outcome != Crashed || p.Service != nil {
		t.Errorf("%s", p.Outcome)
	}
	if p := Collection(raw, Target{Version: "1.7.0", Main: true}); p.Outcome != Imported {
		t.Errorf("1.7.0 stores no text: %s %s", p.Outcome, p.Cause)
	}
	near := padded(maxDocument - 100)
	if p := Collection(near, Target{Main: true}); p.Outcome != Crashed || p.Service == nil {
		t.Errorf("the service is saved before its text: %s", p.Outcome)
	}
}

// Criteria of examples, by server version.
func TestCriteria(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, version, url, example, variables, want string }{
		{"a parameter given twice counts once", "1.15.0", "/a?s=1", "/a?s=2&s=2&s=1", "", "?s=1?s=2"},
		{"before 1.9.0 the last value counts", "1.8.0", "/a?s=1", "/a?s=2&s=1", "", "?s=1"},
		{"any part of the rules' text is a name", "1.15.0", "/a?status=1", "/a?us=2", "", "?us=2"},
		{"a path variable is not looked for among the query's names", "1.12.0", "/a/:id?q=1", "/a/1?q=2", `{"key":"q","value":"3"},{"key":"id","value":"1"}`, "/id=1?q=2"},
		{"before 1.12.0 it is", "1.11.2", "/a/:id?q=1", "/a/1?q=2", `{"key":"q","value":"3"},{"key":"id","value":"1"}`, "/id=1/q=3?q=2"},
		{"a hyphen belongs to a name", "1.15.0", "/a/:pet-id", "/a/1", `{"key":"pet","value":"1"},{"key":"pet-id","value":"2"}`, "/pet-id=2"},
	} {
		raw := `{"collection":{"info":{"name":"n","description":"version=1 d"},"item":[{"request":{"method":"GET","url":{"raw":"{{u}}` + c.url +
			`"}},"response":[{"originalRequest":{"url":{"raw":"{{u}}` + c.example + `","variable":[` + c.variables + `]}}}]}]}}`
		p := Collection([]byte(raw), Target{Version: c.version, Main: true})
		if p.Outcome != Imported {
			t.Errorf("%s: %s %s", c.name, p.Outcome, p.Cause)
			continue
		}
		if got := *p.Service.Operations[0].Examples[0].DispatchCriteria; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
