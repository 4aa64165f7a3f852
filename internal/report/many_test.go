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

// fleetOf is a run over so many collections, of which fail changes some. None of their
// names is a part of another's.
func fleetOf(n int, fail func(i int, c *result.Collection)) *result.Result {
	all := make([]result.Collection, n)
	for i := range all {
		all[i] = unchanged(named(fmt.Sprintf("Service %04d of the fleet", i), i))
		all[i].Bytes = 20_000 + 100*i
		fail(i, &all[i])
	}
	r := ran(result.Apply, result.Failed, all...)
	r.Changed, r.Written = true, true
	return r
}

// unread is a collection that Postman does not show.
func unread(c *result.Collection) {
	c.Status, c.Service, c.Importer, c.Judged, c.Bytes, c.Name = result.Failed, nil, nil, false, 0, ""
	c.Problems = []result.Problem{{
		Level: result.Error, Text: text.Untrustedf("fetching the collection %s: api.getpostman.com answered 404 Not Found", c.UID),
		Hint: "compare the uid with the link of Share > Via API", Anchor: "postman-404", ExitCode: 13,
	}}
}

// undownloaded is a collection that Microcks does not get.
func undownloaded(c *result.Collection) {
	c.Status = result.Failed
	c.Importer.Done = did(result.ImporterCreated, result.ImportRefused)
	c.Problems = []result.Problem{{
		Level: result.Error, Anchor: "import-download", ExitCode: 1, Hint: "allow Microcks to reach the host",
		Text: text.Untrustedf("importing: Microcks cannot download %s, which this run could fetch (%s)",
			c.Importer.Repository, text.Size(c.Bytes)),
	}}
}

// odd is a collection with a cause of its own.
func odd(i int, c *result.Collection) {
	c.Status, c.Service, c.Importer = result.Failed, nil, nil
	c.Problems = []result.Problem{{
		Level: result.Error, Anchor: "collection-refused", Text: text.Untrusted(strings.Repeat(fmt.Sprintf("cause %d ", i), 60)),
		Hint: text.Untrusted(strings.Repeat("hint ", 40)),
	}}
}

// The summary of a fleet fits, and names every collection that failed, whatever failed
// them; so does the log. What failed by one cause is told once.
func TestFleetIsRead(t *testing.T) {
	t.Parallel()
	const n, mostOfStep = 5000, 900 << 10 // bytes, where internal/actions cuts
	for name, tt := range map[string]struct {
		fail   func(i int, c *result.Collection)
		errors int // in the log, at the terminal and among annotations
		causes int // in the summary
	}{
		"unchanged": {fail: func(int, *result.Collection) {}},
		"created": {fail: func(_ int, c *result.Collection) {
			c.Status, c.Importer.Change, c.Importer.Done = result.Created, result.Create, did(result.ImporterCreated, result.CollectionImported)
		}},
		"updated": {fail: func(_ int, c *result.Collection) {
			c.Status, c.Importer.Change, c.Importer.Imported = result.Updated, result.Update, true
			c.Importer.Done = did(result.ImporterUpdated, result.CollectionImported)
			c.Importer.Fields = []result.FieldChange{
				field(result.FieldName, "", strings.Repeat("old ", 20), "New"), field(result.FieldLabel, "team", "a", strings.Repeat("b", 80)),
			}
			c.Difference = difference()
		}},
		"noticed": {fail: func(_ int, c *result.Collection) {
			c.Consumers = consumers()
			for k := range c.Consumers.Notices {
				c.Consumers.Notices[k].Request = text.Untrusted("GET /" + strings.Repeat("long/", 50))
			}
		}},
		"warned": {fail: func(i int, c *result.Collection) {
			odd(i, c)
			c.Status, c.Problems[0].Level = result.Unchanged, result.Warning
		}},
		"a few by two causes": {
			fail: func(i int, c *result.Collection) {
				switch i % 100 {
				case 7:
					unread(c)
				case 9:
					undownloaded(c)
				}
			},
			errors: 2, causes: 2,
		},
		"all by one cause":           {fail: func(_ int, c *result.Collection) { unread(c) }, errors: 1, causes: 1},
		"all after a write":          {fail: func(_ int, c *result.Collection) { undownloaded(c) }, errors: 1, causes: 1},
		"all by causes of their own": {fail: odd, errors: n, causes: 140},
		"by nothing of their own":    {fail: func(_ int, c *result.Collection) { c.Status = result.Failed }, causes: 1},
		"with leftovers":             {fail: func(i int, c *result.Collection) { unread(c) }, errors: 1, causes: 1},
		"with long names that are all escaped": {
			fail: func(i int, c *result.Collection) {
				unread(c)
				c.Name = text.Untrustedf("%04d fleet%s", i, strings.Repeat("<|*世", 50))
			},
			errors: 1, causes: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := fleetOf(n, tt.fail)
			r.Secrets = secret(result.Create, true)
			if name == "with leftovers" {
				r.Leftovers = longLeftovers(1000)
			}
			summary, log, annotations := Summary(r, docs()), strings.Join(Log(r, docs()), "\n"), Annotations(r)
			_, failures := Terminal(r, Screen{Width: 80})
			t.Logf("summary %d bytes, log %d bytes, %d annotations", len(summary), len(log), len(annotations))
			if len(summary) > mostOfStep {
				t.Errorf("the summary has %d bytes", len(summary))
			}
			if got := strings.Count(log, "error: "); got != tt.errors {
				t.Errorf("%d errors in the log, want %d", got, tt.errors)
			}
			if got := strings.Count(failures, "error: "); got != tt.errors {
				t.Errorf("%d errors at the terminal, want %d", got, tt.errors)
			}
			annotations = slices.DeleteFunc(annotations, func(a Annotation) bool { return a.Level != AnnotateError })
			if got := len(annotations); tt.errors > 0 && got != tt.errors {
				t.Errorf("%d annotations, want %d", got, tt.errors)
			}
			_, wrong, _ := strings.Cut(summary, "#### What went wrong\n")
			wrong, _, _ = strings.Cut(wrong, "\n#### ")
			if got := strings.Count(wrong, "\n- ❌"); got != tt.causes {
				t.Errorf("%d causes in the summary, want %d", got, tt.causes)
			}
			for i := range r.Collections {
				c := &r.Collections[i]
				if !c.Failed() {
					continue
				}
				called, _, _ := strings.Cut(title(c), "fleet")
				if !strings.Contains(summary, called) {
					t.Fatalf("the summary does not name %s", called)
				}
				if tt.errors > 0 && !strings.Contains(log, called) {
					t.Fatalf("the log does not name %s", called)
				}
			}
		})
	}
}

// longLeftovers are so many, with names as long as a result has them.
func longLeftovers(n int) *result.Leftovers {
	long := text.Untrusted(strings.Repeat("<|*", 100))
	l := &result.Leftovers{Owned: 9000, Prune: true, Manifest: long}
	for range n {
		one := result.Leftover{Name: long, Source: long, By: long, Decision: result.LeftoverKept, Kept: result.KeptFed}
		for range 20 {
			one.Services = append(one.Services, result.LeftService{Name: long, By: long, Kept: result.KeptFed})
		}
		l.List = append(l.List, one)
	}
	return l
}

// Of the output of a fleet, which is cut, those that failed stay.
func TestOutputOfAFleetHasWhatFailed(t *testing.T) {
	t.Parallel()
	r := fleetOf(5000, func(i int, c *result.Collection) {
		if i%100 == 99 {
			unread(c)
		}
	})
	r.Leftovers = longLeftovers(30)
	const limit = 500_000 // bytes
	raw := JSON(r, limit)
	var got result.Result
	if err := json.Unmarshal(raw, &got); err != nil || len(raw) > limit {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	failed := 0
	for i := range got.Collections {
		if got.Collections[i].Failed() {
			failed++
		}
	}
	if failed != 50 || !got.Truncated || len(got.Collections) < 100 {
		t.Errorf("%d of %d collections failed, truncated: %t", failed, len(got.Collections), got.Truncated)
	}
	if l := got.Leftovers; len(l.List) != 20 || l.Count() != 30 || len(r.Leftovers.List[0].Services) != 20 {
		t.Errorf("%d of %d leftovers", len(l.List), l.Count())
	}
	if r.Collections[0].Failed() || !r.Collections[99].Failed() {
		t.Error("the result itself is in another order")
	}
}

// Causes differ by more than the names of those that have them.
func TestCausesAreToldApart(t *testing.T) {
	t.Parallel()
	one := func(name string, texts ...text.Untrusted) result.Collection {
		c := result.Collection{Status: result.Failed, Name: text.Untrusted(name)}
		for _, said := range texts {
			c.Problems = append(c.Problems, result.Problem{Level: result.Error, Text: said})
		}
		return c
	}
	for want, all := range map[string][]result.Collection{
		"a, b: service a is broken (of the first; of the others alike)": {one("a", "service a is broken"), one("b", "service b is broken")},
		"a, b: not a and b":       {one("a", "not a and b"), one("b", "not a and b")},
		"a, b: all broken":        {one("a", "all broken"), one("b", "all broken")},
		"a: ab broken|b: abroken": {one("a", "ab broken"), one("b", "abroken")},
		"a: importer 1|b: importer 2|c, d: importer 3": {
			one("a", "importer 1"), one("b", "importer 2"), one("c", "importer 3"), one("d", "importer 3"),
		},
		"one, two: one|one: two": {one("one", "one", "two"), one("two", "one")},
	} {
		var got []string
		for _, g := range problems(&result.Result{Collections: all}) {
			got = append(got, g.about()+string(g.what()))
		}
		slices.Sort(got)
		if said := strings.Join(got, "|"); said != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
}

// What collections are called cannot break out of the list of those that failed by the
// same.
func TestHostileNamesInAFleet(t *testing.T) {
	t.Parallel()
	names := hostileNames(1000)
	summary := func(called func(i int) string) string {
		r := &result.Result{Mode: result.Check, Status: result.Failed}
		for i := range names {
			r.Collections = append(r.Collections, result.Collection{
				Status: result.Failed, Source: "1-2", Name: text.Untrusted("x" + called(i)), Problems: []result.Problem{{
					Level: result.Error, Text: "refused", Headline: "Postman refuses the API key", Anchor: "postman-401",
				}},
			})
		}
		return Summary(r, docs())
	}
	got := summary(func(i int) string { return names[i] })
	if !strings.Contains(got, "<summary>all 1000</summary>") {
		t.Fatalf("no list of all in\n%s", got)
	}
	checkSafe(t, got)
	pages := cmark(t, []string{summary(func(int) string { return "x" }), got})
	if found := strange(pages[1]); len(found) > 0 {
		t.Errorf("elements %q", found)
	}
	if d := cmp.Diff(skeleton(pages[0]), skeleton(pages[1])); d != "" {
		t.Errorf("(-harmless +got):\n%s", d)
	}
}
