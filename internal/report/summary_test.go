package report

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

func TestSummaryOpensWithTheOutcome(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"created":        "✅ Pet Store 1.0.0: importer created, 14 operations and 23 examples mocked",
		"unchanged":      "✅ Pet Store 1.0.0: unchanged, 14 operations and 23 examples mocked",
		"unchanged-many": "✅ 4 collections unchanged, 56 operations and 92 examples mocked",
		"updated":        "✅ Pet Store 1.0.0: importer adopted and updated, 14 operations and 23 examples mocked, 3 warnings",
		"plan-update":    "📋 Plan for Pet Store 1.0.0: update the secret, update the importer, import again, 3 breaking changes",
		"plan-several":   "📋 Plan for 3 collections: 1 to create, 1 to import again, 1 unchanged; 3 breaking changes",
		"plan-nothing":   "✅ Pet Store 1.0.0: nothing to do",
		"failed-mixed":   "❌ 3 of 5 collections failed; 1 created, 1 unchanged",
		"failed-run":     "❌ Microcks cannot be reached, nothing was written to Microcks",
		"wrong-inputs":   "❌ 2 problems with the inputs, nothing was written to Microcks",
		"check-file":     "❌ Pet Store 1.0.0 (postman/pet-store.json): Microcks cannot serve this collection, 2 errors, 4 warnings",
		"check-fine":     "✅ Pet Store 1.0.0 (postman/pet-store.json): Microcks 1.15.0 can serve it, 14 operations and 23 examples",
		"hundred":        "❌ 4 of 100 collections failed; 10 updated, 86 unchanged",
		"interrupted":    "🛑 Interrupted with 1 of 4 collections done",
		"removed":        "✅ Pet Store: importer removed, with 1 service",
		"plan-pruning":   "📋 Pet Store 1.0.0: nothing to do; 2 of 5 leftovers to remove",
		"pruned":         "❌ 1 collection: 1 unchanged; 14 operations and 23 examples mocked; 1 of 5 leftovers removed",
	} {
		got, _, _ := strings.Cut(Summary(cases()[name], docs()), "\n")
		if got != "### "+want {
			t.Errorf("%s opens with\n%s, want\n### %s", name, got, want)
		}
	}
	if got := len(cases()); got != 17 {
		t.Errorf("%d cases, 17 of them looked at", got)
	}
}

func TestOutcomeOfARunThatFailed(t *testing.T) {
	t.Parallel()
	one := func(mode result.Mode, change func(*result.Result, *result.Collection)) *result.Result {
		r := ran(mode, result.Failed, petStore())
		r.Collections[0].Status = result.Failed
		r.Collections[0].Importer.Imported, r.Collections[0].Importer.Done = false, nil
		change(r, &r.Collections[0])
		return r
	}
	for _, tt := range []struct {
		r    *result.Result
		want string
	}{
		{one(result.Apply, func(r *result.Result, c *result.Collection) {}), "not imported, nothing was written"},
		{one(result.Apply, func(r *result.Result, c *result.Collection) { r.Written = true }), "not imported"},
		{one(result.Apply, func(r *result.Result, c *result.Collection) {
			r.Written, c.Importer.Done = true, did(result.ImporterCreated)
		}), "failed half-way"},
		{one(result.Apply, func(r *result.Result, c *result.Collection) {
			r.Written, c.Importer.Imported = true, true
		}), "imported, but not as it should be"},
		{one(result.Plan, func(r *result.Result, c *result.Collection) { c.Findings = warnings() }), "the plan failed, 3 warnings"},
		{one(result.Check, func(r *result.Result, c *result.Collection) {
			c.Problems = []result.Problem{{Level: result.Warning, Text: "b"}, {Level: result.Error, Text: "it is a picture"}}
			c.Findings = warnings()
		}), "it is a picture, 3 warnings"},
		{one(result.Remove, func(r *result.Result, c *result.Collection) {}), "not removed"},
	} {
		if got := outcome(tt.r); got != "Pet Store 1.0.0: "+tt.want {
			t.Errorf("%s: %q, want %q", tt.r.Mode, got, tt.want)
		}
	}
	refused := result.Problem{Level: result.Error, Text: "creating secret \"a\": Microcks answered 500", Anchor: "microcks-500"}
	named := refused
	named.Headline = "postman refuses the API key"
	three := func(problem result.Problem) []result.Collection {
		failed := result.Collection{Status: result.Failed, Source: "a", Problems: []result.Problem{problem}}
		return []result.Collection{failed, failed, {Status: result.Checked, Name: "b"}}
	}
	other := three(named)
	other[1].Problems = []result.Problem{refused}
	for _, tt := range []struct {
		r    result.Result
		want string
	}{
		{
			result.Result{Mode: result.Apply, Written: true, Problems: []result.Problem{refused}},
			string(refused.Text) + ", after this run had written to Microcks",
		},
		{result.Result{Mode: result.Plan, Problems: []result.Problem{named}, Collections: three(named)[:0]}, "Postman refuses the API key"},
		{result.Result{Mode: result.Check, Collections: three(named)}, "Postman refuses the API key: 2 of 3 collections failed; 1 checked"},
		{result.Result{Mode: result.Check, Collections: three(named)[:2]}, "Postman refuses the API key"},
		{result.Result{Mode: result.Check, Collections: three(refused)}, "2 of 3 collections failed; 1 checked"},
		{result.Result{Mode: result.Check, Collections: other}, "2 of 3 collections failed; 1 checked"},
	} {
		tt.r.Status = result.Failed
		if got := outcome(&tt.r); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// Collections of which nothing is known, for a reason that is none of theirs, fill
// no table; what was judged is shown.
func TestSummaryOfManyUnreached(t *testing.T) {
	t.Parallel()
	r := ran(result.Apply, result.Failed)
	r.Problems = []result.Problem{{Level: result.Error, Text: "no", Headline: "Microcks cannot be reached"}}
	for range 80 {
		r.Collections = append(r.Collections, result.Collection{Source: petUID, Status: result.Failed})
	}
	got := Summary(r, docs())
	if strings.Contains(got, "8f4c2a1e") || !strings.Contains(got, "80 collections not judged") || strings.Count(got, "\n") > 12 {
		t.Errorf("%s", got)
	}
	r.Collections = r.Collections[:2]
	if got := Summary(r, docs()); strings.Count(got, "| – |") < 2 || strings.Contains(got, "none") {
		t.Errorf("%s", got)
	}
}

func TestLinksLeadToMicrocksAndTheDocumentsOnly(t *testing.T) {
	t.Parallel()
	r := created()
	c := &r.Collections[0]
	c.Importer.URL = "https://elsewhere.example/#/importers"
	c.Service.URL = server + ".elsewhere.example/#/services/1"
	c.Findings = warnings()[:1]
	c.Findings[0].ID = "pmi 1)"
	c.Problems = []result.Problem{{Level: result.Note, Text: "x", Anchor: "a](b"}, {Level: result.Note, Text: "y", Anchor: "good-one"}}
	got := Summary(r, docs())
	if strings.Contains(got, "elsewhere") {
		t.Errorf("a link leads elsewhere:\n%s", got)
	}
	if strings.Contains(got, "#a") || strings.Contains(got, "findings.md") {
		t.Errorf("a link leads to no place of the documents:\n%s", got)
	}
	if !strings.Contains(got, "[Troubleshooting: good-one]("+docsURL+"/troubleshooting.md#good-one)") {
		t.Errorf("no link to the documents:\n%s", got)
	}
	if got := Summary(r, Context{}); !strings.Contains(got, "See `docs/troubleshooting.md#good-one`") {
		t.Errorf("the place is not named without an address of the documents:\n%s", got)
	}
}

func TestDifferenceThatDidNotHappenIsNotTold(t *testing.T) {
	t.Parallel()
	r := updatedWithWarnings()
	const heading = "#### What consumers notice\n"
	if !strings.Contains(Summary(r, docs()), heading) {
		t.Error("the difference of an import is not told")
	}
	r.Collections[0].Importer.Imported = false
	if strings.Contains(Summary(r, docs()), heading) {
		t.Error("a difference is told although nothing was imported")
	}
	artifacts := ran(result.Plan, result.Planned, plannedUpdate().Collections[0], plannedUpdate().Collections[0])
	artifacts.Collections[0].Consumers, artifacts.Collections[1].Consumers = nil, nil
	if got := strings.Count(Summary(artifacts, docs()), "vaccinations"); got != 1 {
		t.Errorf("the difference of one service with two artifacts is told %d times", got)
	}
}

func TestSecretThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	r := unchangedOne()
	r.Secrets[0].Comparable = false
	if got := Summary(r, docs()); !strings.Contains(got, "not comparable") {
		t.Errorf("not told:\n%s", got)
	}
}

// TestSummaryOfHugeServices keeps within what GitHub takes.
func TestSummaryOfHugeServices(t *testing.T) {
	t.Parallel()
	var all []result.Collection
	for i := range 30 {
		c := named(fmt.Sprintf("Service %d", i), i)
		for range 12 {
			c.Service.Operations = append(c.Service.Operations, petStoreOperations()...)
		}
		if c.Verified = nil; i%2 > 0 {
			c.Verified = proved(c.Service.Operations)
		}
		all = append(all, c)
	}
	got := Summary(ran(result.Apply, result.Created, all...), docs())
	if len(got) > 900<<10 {
		t.Errorf("%d bytes", len(got))
	}
	if !strings.Contains(got, "more rows: the output `result` has what is left out here") {
		t.Error("nothing says that something was left out")
	}
	checkSafe(t, got)
}

func TestManyPlacesOfOneRuleAreCut(t *testing.T) {
	t.Parallel()
	r := checkFile()
	c := &r.Collections[0]
	c.Findings = nil
	for line := range 25 {
		c.Findings = append(c.Findings, finding("PMI012", "x", line+1, 1, text.Untrustedf("Request %d", line)))
	}
	got := Summary(r, docs())
	if !strings.Contains(got, "(25 times)") || strings.Count(got, "Request ") != 10 || !strings.Contains(got, "  - … and 15 more\n") {
		t.Errorf("the summary has not ten places of 25:\n%s", got)
	}
	message := Annotations(r)[0].Message
	if strings.Count(message, "Request ") != 10 || !strings.HasSuffix(message, "; and 15 more") {
		t.Errorf("the annotation has not ten places of 25: %s", message)
	}
}

// Details that no summary has room for are not written.
func TestSummaryEnds(t *testing.T) {
	t.Parallel()
	r := &result.Result{Mode: result.Check, Status: result.Failed, Collections: make([]result.Collection, 300)}
	for i := range r.Collections {
		c := &r.Collections[i]
		c.Status, c.Name = result.Failed, text.Untrusted(fmt.Sprint("number ", i))
		for range 20 {
			c.Findings = append(c.Findings, result.Finding{
				ID: "PMI001", Level: result.Error, Message: text.Untrusted(strings.Repeat("<*", 300) + fmt.Sprint(len(c.Findings))),
			})
		}
	}
	summary := Summary(r, Context{})
	const told = "more collections, which are too many for a summary"
	if len(summary) < mostDetail || len(summary) > mostDetail+1<<17 || !strings.Contains(summary, told) {
		t.Errorf("%d bytes, ending in %s", len(summary), summary[len(summary)-200:])
	}
}

// Findings of a rule are told together where they have one cause, and apart where they
// have several.
func TestCausesOfARule(t *testing.T) {
	t.Parallel()
	finding := func(cause int, message string) result.Finding {
		return result.Finding{ID: "PMI055", Name: "part-unknown", Level: result.Warning, Cause: cause, Message: text.Untrusted(message)}
	}
	r := ran(result.Apply, result.Updated, petStore())
	r.Collections[0].File = "odd"
	r.Collections[0].Findings = []result.Finding{finding(0, "it lies there"), finding(1, "it is of a kind"), finding(0, "it lies here")}
	screen, _ := Terminal(r, Screen{Width: 80})
	var annotations []string
	for _, a := range Annotations(r) {
		annotations = append(annotations, a.Message)
	}
	for name, said := range map[string]string{
		"terminal": screen, "annotations": strings.Join(annotations, "\n"), "summary": Summary(r, docs()),
	} {
		there, kind := strings.Contains(said, "it lies there"), strings.Contains(said, "it is of a kind")
		if !there || !kind || strings.Contains(said, "it lies here") != (name == "summary") {
			t.Errorf("%s: %s", name, said)
		}
	}
}
