package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

func values(r *result.Result) map[string]string {
	all := map[string]string{}
	for _, o := range Outputs(r) {
		all[o.Name] = o.Value
	}
	return all
}

func TestOutputsAreAlwaysAllThere(t *testing.T) {
	t.Parallel()
	want := []string{
		"status", "changed", "operations", "examples", "warnings", "errors", "result",
		"importer-id", "importer-url", "service-id", "service-name", "service-version", "service-url", "mock-url",
	}
	all := cases()
	all["nothing"] = &result.Result{}
	for name, r := range all {
		var got []string
		for _, o := range Outputs(r) {
			got = append(got, o.Name)
			if strings.ContainsAny(o.Value, "\n\r") {
				t.Errorf("%s: %s has several lines: %q", name, o.Name, o.Value)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if got := values(r)["status"]; got == "" {
			t.Errorf("%s: no status", name)
		}
	}
}

func TestOutputsOfOneCollection(t *testing.T) {
	t.Parallel()
	one := values(created())
	for name, want := range map[string]string{
		"status": "created", "changed": "true", "operations": "14", "examples": "23", "warnings": "0", "errors": "0",
		"importer-id": "5f0c6a1e9b3d4c2a8e7f6b5d", "importer-url": server + "/#/importers",
		"service-id": "66f0c6a1e9b3d4c2a8e7f6b5", "service-name": "Pet Store", "service-version": "1.0.0",
		"service-url": server + "/#/services/66f0c6a1e9b3d4c2a8e7f6b5", "mock-url": server + "/rest/Pet+Store/1.0.0",
	} {
		if one[name] != want {
			t.Errorf("%s is %q, want %q", name, one[name], want)
		}
	}
	several := values(unchangedMany())
	for _, name := range []string{"importer-id", "importer-url", "service-id", "service-name", "service-version", "service-url", "mock-url"} {
		if several[name] != "" {
			t.Errorf("%s of several collections is %q", name, several[name])
		}
	}
	if several["operations"] != "56" || several["examples"] != "92" {
		t.Errorf("totals of several are %s and %s", several["operations"], several["examples"])
	}
}

func decode(t *testing.T, b []byte) result.Result {
	t.Helper()
	var d result.Result
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatalf("%v in %.200s", err, b)
	}
	return d
}

func TestJSONIsTheResult(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		d := decode(t, JSON(r, 10<<20))
		want := *r
		if want.Collections == nil {
			want.Collections = []result.Collection{}
		}
		if diff := cmp.Diff(want, d); diff != "" || d.Truncated {
			t.Errorf("%s: truncated %v (-want +got):\n%s", name, d.Truncated, diff)
		}
	}
}

func TestJSONStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	r := hundred()
	for i := range r.Collections {
		r.Collections[i].Findings = slices.Repeat(warnings(), 20)
	}
	before := JSON(r, 10<<20)
	last := len(before) + 1
	for _, limit := range []int{len(before), len(before) - 1, 500_000, 300_000, 100_000, 20_000, 1000} {
		b := JSON(r, limit)
		d := decode(t, b)
		if len(b) > limit || len(b) > last {
			t.Errorf("limit %d gives %d bytes", limit, len(b))
		}
		if d.Truncated != (limit < len(before)) {
			t.Errorf("limit %d: truncated is %v", limit, d.Truncated)
		}
		if d.Totals != r.Totals || d.Status != r.Status || d.Schema != r.Schema {
			t.Errorf("limit %d changes the totals: %+v", limit, d)
		}
		last = len(b)
	}
	if d := cmp.Diff(string(before), string(JSON(r, 10<<20))); d != "" {
		t.Errorf("shortening changed the result itself:\n%s", d)
	}
	// Operations outlive examples.
	b := JSON(hundred(), 300_000)
	d := decode(t, b)
	if len(d.Collections) != 100 {
		t.Fatalf("300 kB keep %d collections", len(d.Collections))
	}
	if o := d.Collections[0].Service.Operations; !d.Truncated || len(o) != 14 || len(o[0].Examples) != 0 {
		t.Errorf("300 kB keep something else: %d bytes, truncated %v", len(b), d.Truncated)
	}
	if got := len(values(r)["result"]); got > maxResult {
		t.Errorf("the output result has %d bytes", got)
	}
}

func TestAnnotations(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		errors, rank := map[string]int{}, 0 // by message: collections that failed by the same share one
		for _, a := range Annotations(r) {
			if a.Title == "" || a.Message == "" {
				t.Errorf("%s: empty annotation %+v", name, a)
			}
			level := slices.Index([]AnnotationLevel{AnnotateError, AnnotateWarning, AnnotateNotice}, a.Level)
			if level < rank {
				t.Errorf("%s: %s after a lower level", name, a.Level)
			}
			rank = level
			if a.Level == AnnotateError {
				errors[a.Message]++
			}
		}
		for i := range r.Collections {
			c := &r.Collections[i]
			want := 0
			if c.Status == result.Failed && !(len(c.Problems) == 0 && len(r.Problems) > 0) {
				want = 1
			}
			message := title(c)
			if a, any := failureAnnotation(r, c); any {
				message = a.Message
			}
			if got := errors[message]; got != want {
				t.Errorf("%s: %d errors for %s, want %d", name, got, title(c), want)
			}
		}
	}
}

func TestAnnotationsOfAFileHaveTheirPlace(t *testing.T) {
	t.Parallel()
	var got []string
	for _, a := range Annotations(checkFile()) {
		got = append(got, fmt.Sprintf("%s %s:%d:%d", a.Level, a.File, a.Line, a.Column))
	}
	want := []string{
		"error postman/pet-store.json:733:9",
		"warning postman/pet-store.json:412:5",
		"warning postman/pet-store.json:160:11",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestLogLinesAreLines(t *testing.T) {
	t.Parallel()
	for _, s := range hostile {
		for _, line := range Log(filled(result.Apply, true, true, s, s), Context{}) {
			if line != text.Line(line) {
				t.Errorf("%q has control characters", line)
			}
		}
	}
}
