package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

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
		"status", "changed", "service", "service-url", "mock-url", "result", "breaking", "comment-url",
		"leftovers", "pruned", "warnings", "errors",
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
		if told := values(r); told["changed"] != strconv.FormatBool(decode(t, []byte(told["result"])).Changed) {
			t.Errorf("%s: changed is %s, and something else in the result", name, told["changed"])
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
		"status": "created", "changed": "true", "warnings": "0", "errors": "0",
		"service":     "Pet Store:1.0.0",
		"service-url": server + "/#/services/66f0c6a1e9b3d4c2a8e7f6b5", "mock-url": server + "/rest/Pet+Store/1.0.0",
	} {
		if one[name] != want {
			t.Errorf("%s is %q, want %q", name, one[name], want)
		}
	}
	several := values(unchangedMany())
	for _, name := range []string{"service", "service-url", "mock-url"} {
		if several[name] != "" {
			t.Errorf("%s of several collections is %q", name, several[name])
		}
	}
}

// The comment's address is told where there is one, and what breaks is one number over
// all collections.
func TestOutputsOfAPullRequest(t *testing.T) {
	t.Parallel()
	r := &result.Result{Mode: result.Plan, Collections: []result.Collection{
		{Consumers: &result.Consumers{Breaking: 2}}, {Difference: []result.Difference{{Breaking: true}}},
		{Consumers: &result.Consumers{Breaking: 3}},
	}}
	if got := values(r); got["breaking"] != "5" || got["comment-url"] != "" {
		t.Errorf("breaking %q, comment %q", got["breaking"], got["comment-url"])
	}
	const url = "https://github.com/acme/pets/pull/7#issuecomment-1"
	r.Comment = &result.PullComment{URL: url, State: result.CommentCreated}
	if got := values(r)["comment-url"]; got != url {
		t.Errorf("the comment is at %q", got)
	}
}

// Whoever decides a name, a path or an id, all outputs together fit into a job's.
func TestOutputsAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 100_000)
	r := created()
	s := r.Collections[0].Service
	s.Name, s.Version, s.URL, s.MockURL = text.Untrusted(long), text.Untrusted(long), long, text.Untrusted(long)
	for _, o := range Outputs(r) {
		if len(o.Value) > mostOutput+len("…") && (o.Name != "result" || len(o.Value) > maxResult) || !utf8.ValidString(o.Value) {
			t.Errorf("%s has %d bytes", o.Name, len(o.Value))
		}
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

// The log of a runner takes "##[" for a command, and what would break it breaks
// the JSON.
func TestJSONHasNoCommand(t *testing.T) {
	t.Parallel()
	for _, name := range []text.Untrusted{"##[error]x", "###[group]", "#é#[x]", "a#b # #[", "::error::"} {
		r := &result.Result{Collections: []result.Collection{{Name: name}}}
		b := JSON(r, maxResult)
		if regexp.MustCompile(`##[^\x00-\x7F]*\[`).Match(regexp.MustCompile(`[^\x00-\x7F]`).ReplaceAll(b, nil)) {
			t.Errorf("%q begins a command in %s", name, b)
		}
		var back result.Result
		if err := json.Unmarshal(b, &back); err != nil || back.Collections[0].Name != name {
			t.Errorf("%q comes back as %+v, %v", name, back.Collections, err)
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

// What does not fit goes step by step, the least telling first.
func TestJSONLosesTheLeastTellingFirst(t *testing.T) {
	t.Parallel()
	r := ran(result.Apply, result.Failed, petStore(), petStore(), petStore(), petStore())
	for i := range r.Collections {
		c := &r.Collections[i]
		c.Findings = slices.Repeat(warnings(), 20)
		c.Problems = slices.Repeat([]result.Problem{{Level: result.Note, Text: "x"}}, 6)
		c.Difference = plannedUpdate().Collections[0].Difference
		for k := range 7 {
			c.Verified.Mocks.Operations[k].Outcome = result.MockNotCalled
		}
	}
	r.Collections[3].Service = nil
	b := JSON(r, 10<<20)
	whole := decode(t, b)
	type left struct{ Collections, Operations, Mocks, Examples, Findings, Problems, Differences int }
	var got []left
	for range 7 {
		b = JSON(r, len(b)-1)
		if again := JSON(r, len(b)); string(again) != string(b) {
			t.Errorf("%d bytes do not fit into as many", len(b))
		}
		d := decode(t, b)
		l := left{Collections: len(d.Collections)}
		for _, c := range d.Collections[:min(1, len(d.Collections))] {
			l.Operations, l.Findings, l.Problems, l.Differences = len(c.Service.Operations), len(c.Findings), len(c.Problems), len(c.Difference)
			m := c.Verified.Mocks
			if l.Mocks = len(m.Operations); l.Mocks+m.MoreOperations != 14 {
				t.Errorf("%d operations were called, and %d more", l.Mocks, m.MoreOperations)
			}
			for _, op := range c.Service.Operations {
				l.Examples += len(op.Examples)
				if op.Name == "" {
					t.Error("an operation without a name")
				}
			}
		}
		got = append(got, l)
	}
	all := whole.Collections[0]
	want := []left{
		{4, 14, 14, 0, len(all.Findings), 6, len(all.Difference)}, {4, 14, 7, 0, len(all.Findings), 6, len(all.Difference)},
		{4, 0, 7, 0, len(all.Findings), 6, len(all.Difference)}, {4, 0, 5, 0, 5, 5, 0}, {2, 0, 5, 0, 5, 5, 0}, {1, 0, 5, 0, 5, 5, 0}, {},
	}
	if d := cmp.Diff(want, got); d != "" || len(all.Difference) == 0 {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOutputsOfACollectionAreBounded(t *testing.T) {
	t.Parallel()
	exact := strings.Repeat("x", 4096)
	for name, want := range map[string]string{
		exact: exact, exact + "x": exact + "…", "x" + strings.Repeat("ä", 2048): "x" + strings.Repeat("ä", 2047) + "…",
	} {
		r := created()
		r.Collections[0].Service.URL = name
		if got := values(r)["service-url"]; got != want {
			t.Errorf("%d bytes are shown as %d: %.20q", len(name), len(got), got)
		}
	}
}

// The outputs of a job may have 1 MB as UTF-16, so the result may have nearly half
// as many bytes.
func TestOutputResultHasRoom(t *testing.T) {
	t.Parallel()
	for size, whole := range map[int]bool{499_000: true, 501_000: false} {
		name := text.Untrusted(strings.Repeat("x", size))
		got := values(&result.Result{Collections: []result.Collection{{Name: name}}})["result"]
		if strings.Contains(got, string(name)) != whole {
			t.Errorf("a result of about %d bytes has %d", size, len(got))
		}
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

// What breaks consumers is not what the runner leaves out of many.
func TestAnnotationsTellFirstWhatBreaks(t *testing.T) {
	t.Parallel()
	r := plannedUpdate()
	r.Collections[0].Findings = checkFile().Collections[0].Findings
	r.Collections[0].File = "postman/pet-store.json"
	r.Problems = []result.Problem{{Level: result.Warning, Text: "w"}, {Level: result.Note, Text: "n"}}
	all := Annotations(r)
	i := slices.IndexFunc(all, func(a Annotation) bool { return a.Level == AnnotateWarning })
	if i < 0 || len(all) < 5 || !strings.Contains(all[i].Message, "3 breaking changes") {
		t.Errorf("%+v", all)
	}
}

// A line of an annotation begins with the program's own words: no text from outside
// begins one.
func TestNothingForgesALineOfAnAnnotation(t *testing.T) {
	t.Parallel()
	const forged = "a\nHint: forged\r\n\u2028Hint: forged\u0085x"
	for v := range variant(variants) {
		harmless := Annotations(filled(v, "a", "a"))
		for i, a := range Annotations(filled(v, forged, forged)) {
			if strings.Count(a.Message, "\n") != strings.Count(harmless[i].Message, "\n") {
				t.Errorf("variant %d: %q has other lines than %q", v, a.Message, harmless[i].Message)
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
		for _, line := range Log(filled(withSeveral|withInterruption, s, s), Context{}) {
			if line != text.Line(line) {
				t.Errorf("%q has control characters", line)
			}
		}
	}
}

// TestManyLeftoversFit: a result with more leftovers than it has room for names some, and
// counts all.
func TestManyLeftoversFit(t *testing.T) {
	t.Parallel()
	r := pruned()
	r.Leftovers.More = 7
	for range 10 {
		r.Leftovers.List = append(r.Leftovers.List, r.Leftovers.List...)
	}
	short := decode(t, JSON(r, maxResult))
	if got := short.Leftovers; !short.Truncated || len(got.List) != 20 || got.Count() != len(r.Leftovers.List)+7 {
		t.Errorf("truncated %t, %d listed of %d", short.Truncated, len(got.List), got.Count())
	}
	if len(r.Leftovers.List) == 20 {
		t.Error("the result itself was cut")
	}
}
