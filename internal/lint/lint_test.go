package lint

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// checkExport are the findings of a file, judged as a main artifact.
func checkExport(raw string) []result.Finding {
	from := exported([]byte(raw))
	return CheckDelivered(nil, predict.Read(from.Raw, predict.Options{}).Import(predict.Target{Main: true}), from, MostOfAll)
}

// What is found in files that are no collection.
func TestFindingsOfFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, rule, says string }{
		"only info.version": {`{"info":{"name":"Pets","version":"1.0"},"item":[]}`, "version-missing", "info.version"},
		"no info":           {`{"item":[]}`, "schema-not-v2", "no info"},
		"a truncated file":  {"{\n\"_postman_id\": 1, \"info\": {\"name\": \"Pets\"", "unreadable", "JSON that was cut off"},
		"truncated, spaced": {`{ "collection": {"info": {"name": "Pets"`, "envelope-missing", "JSON that was cut off"},
		"beyond limits":     {`{"collection":` + strings.Repeat("[", 1001) + strings.Repeat("]", 1001) + "}", "unreadable", "beyond"},
	} {
		findings := checkExport(c.raw)
		i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Name == c.rule && f.Level == result.Error })
		if i < 0 || !strings.Contains(string(findings[i].Message), c.says) {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}

// What of a collection vanishes silently, or becomes what nobody meant.
func TestFindingsOfOddities(t *testing.T) {
	t.Parallel()
	items := func(s string) string {
		return `{"info":{"name":"Pets","description":"version=1.0 - the pets"},"item":[` + s + `]}`
	}
	described := func(s string) string { return `{"info":{"name":"Pets","description":` + s + `},"item":[]}` }
	example := func(s string) string {
		return items(`{"request":{"method":"GET","url":{"raw":"/a"}},"response":[{` + s + `"originalRequest":{"url":{"raw":"/a"}}}]}`)
	}
	for name, c := range map[string]struct{ raw, rule, says string }{
		"gRPC":            {items(`{"name":"f","item":[{"name":"x","type":"grpc-request"}]}`), "item-ignored", "a gRPC request"},
		"another type":    {items(`{"name":"x","type":"soap-request"}`), "item-ignored", `of the type "soap-request"`},
		"no type":         {items(`{"name":"x","item":null}`), "item-ignored", "neither an HTTP request nor a folder"},
		"an empty folder": {items(`{"name":"x","item":[]}`), "item-ignored", ""},
		"a request":       {items(`{"name":"x","type":"grpc-request","request":{}}`), "item-ignored", ""},
		"a link": {
			described(`"see http://h/?api-version=1.2&x=1 for"`), "version-in-prose",
			`becomes "1.2&x", because the description's first version= is inside "http://h/?api-version=1.2&x=1"`,
		},
		"a word":              {described(`"apiversion=2"`), "version-in-prose", `inside "apiversion=2"`},
		"a sentence's end":    {described(`"This is version=v1.0.0. The pets"`), "version-in-prose", `becomes "v1.0.0.", with the full stop`},
		"Markdown":            {described(`"**version=1.0 - x**"`), "version-in-prose", ""},
		"HTML":                {described(`"<p>version=1.0 - x"`), "version-in-prose", ""},
		"behind a line":       {described(`"Pets\nversion=1.0 - x"`), "version-in-prose", ""},
		"an example, no name": {example(""), "example-name-odd", "no name"},
		"null":                {example(`"name":null,`), "example-name-odd", `"null"`},
		"two lines":           {example(`"name":"a\nb",`), "example-name-odd", `"a\nb"`},
		"a name":              {example(`"name":"注文 / a",`), "example-name-odd", ""},
	} {
		findings := checkExport(c.raw)
		i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Name == c.rule })
		if (i >= 0) != (c.says != "") || i >= 0 && !strings.Contains(string(findings[i].Message), c.says) {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}

// A finding leads to its place: the pointer, what a person sees, the line.
func TestFindingPlace(t *testing.T) {
	t.Parallel()
	raw := `{
  "info": {"name": "Pets", "description": "version=1.0 - the pets"},
  "item": [
    {"name": "Cats é", "item": [{"name": "all", "request": {"method": "GET", "url": {"raw": "{{u}}/cats"}}, "response": [
      {"name": "a", "originalRequest": {"url": {"raw": "{{u}}/cats"}}},
      {"name": "b", "originalRequest": {"url": {"raw": "{{u}}/cats"}}, "body": []}
    ]}]}
  ]
}`
	findings := checkExport(raw)
	i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.Name == "body-lost" })
	if i < 0 {
		t.Fatal(findings)
	}
	f := findings[i]
	want := result.Finding{
		Pointer: "/item/0/item/0/response/1/body", Path: []text.Untrusted{"Cats é", "all", "b"}, Line: 6, Column: 80,
	}
	got := result.Finding{Pointer: f.Pointer, Path: f.Path, Line: f.Line, Column: f.Column}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if line := strings.Split(raw, "\n")[f.Line-1]; !strings.HasPrefix(string([]rune(line)[f.Column-1:]), "[]}") {
		t.Errorf("line %d column %d is %q", f.Line, f.Column, line)
	}
}

// One rule that finds the same everywhere does not fill the report.
func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	items := strings.Repeat(`{"name":"a","request":{"method":"GET","url":{"raw":"pets"}}},`, 1) // one operation
	for i := range maxFindings + 10 {
		items += fmt.Sprintf(`{"name":"a","request":{"method":"GET","url":{"raw":"pets%d"}}},`, i)
	}
	raw := `{"info":{"name":"Pets","description":"version=1.0 - d"},"item":[` + strings.TrimSuffix(items, ",") + `]}`
	n := 0
	var last result.Finding
	for _, f := range checkExport(raw) {
		if f.ID == operationOdd.ID {
			n++
			last = f
		}
	}
	if n != maxFindings || !strings.HasSuffix(string(last.Message), "more of this kind are not counted") {
		t.Errorf("%d findings, the last: %s", n, last.Message)
	}
}

// That a collection is too much for a budget is found; that a run ends is no finding
// about a collection.
func TestUntold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{{budget.ErrSpent, 1}, {context.Canceled, 0}} {
		im := predict.Read([]byte(`{}`), predict.Options{}).Import(predict.Target{Main: true})
		im.Outcome, im.Err = predict.Untold, tt.err
		if findings := Check(im); len(findings) != tt.want {
			t.Errorf("%v: found %+v, want %d", tt.err, findings, tt.want)
		}
	}
}

// Rules look and do not touch: what they saw is what it was before.
func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	for _, rule := range Rules() {
		if rule.Bad.Make != nil {
			continue
		}
		d, _, target := rule.Bad.read()
		im := d.Import(target)
		first := Check(im)
		if diff := cmp.Diff(d.Import(target).Prediction, im.Prediction); diff != "" {
			t.Errorf("%s: the prediction changed: %s", rule.ID, diff)
		}
		if diff := cmp.Diff(first, Check(im)); diff != "" {
			t.Errorf("%s: looking twice differs: %s", rule.ID, diff)
		}
	}
}

// Each kind of cause is worded.
func TestCauseText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause predict.Cause
		want  string
	}{
		{predict.Cause{Kind: predict.TooLarge}, "larger than the 16 MB"},
		{predict.Cause{Kind: predict.RulesMissing}, "without rules"},
		{predict.Cause{Kind: predict.GraphQLBody}, "this.mapper"},
		{predict.Cause{Kind: predict.ValuelessParameter, Exception: &java.IndexError{Index: 1, Length: 1}}, "Index 1 out of bounds for length 1"},
	} {
		if got := CauseText(&c.cause); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.cause.Kind, got)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb\x00c":             `"a\nb\x00c"`,
		`a "b" é`:               `"a "b" é"`,
		"a\u202eb":              `"a\u202eb"`,
		"\xED\xA0\xBD":          `"` + "\uFFFD" + `"`,
		strings.Repeat("é", 81): `"` + strings.Repeat("é", 81) + `"`,
		strings.Repeat("é", 82): `"` + strings.Repeat("é", 80) + `…"`,
	} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}

// A service that came from the collection itself, by another form of its address, is not
// taken by it.
func TestServiceOfTheCollectionIsNotTaken(t *testing.T) {
	t.Parallel()
	const uid = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"
	for source, taken := range map[string]bool{
		uid: false, uid + "?access_key=PMAT-1": false, uid[9:]: false, "87654321" + uid[8:]: true, "pets-openapi.yaml": true,
	} {
		sample := Sample{Existing: &predict.Service{Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: source}}
		d, _, target := sample.read()
		if got := slices.Contains(findingIDs(Check(d.Import(target))), serviceTaken.ID); got != taken {
			t.Errorf("from %q: %t", source, got)
		}
	}
}
