package pulls

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
)

// What the comment showed keeps its time, what is new gets the time of its first
// reading, what is gone goes; and a text that data wrote is no record.
func TestRecord(t *testing.T) {
	t.Parallel()
	a, b, c := strings.Repeat("a", 32), strings.Repeat("b", 32), strings.Repeat("c", 32)
	early := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	before := record{a: early, c: early}
	read, rest := parseRecord(before.String() + "### text <!-- shown since=2026-03-01T10:00:00Z " + b + " -->\n")
	if diff := cmp.Diff(before, read); diff != "" || !strings.HasPrefix(rest, "### text") {
		t.Errorf("%s, rest %q", diff, rest)
	}
	all := []*result.Notice{{Breaking: true, Fingerprint: a}, {Breaking: true, Fingerprint: b}}
	now := early.Add(time.Hour)
	if diff := cmp.Diff(record{a: early, b: now.Add(reading)}, read.with(all, now)); diff != "" {
		t.Error(diff)
	}
}

// What a comment says of a pull request that does not touch the workflow is of its
// files alone, also in its totals.
func TestReferencesAreLeftOut(t *testing.T) {
	t.Parallel()
	told := &result.Result{
		Mode: result.Plan, Status: result.Failed, Secrets: []result.Secret{{}}, Collections: []result.Collection{
			{UID: "1-2", Status: result.Failed, Problems: []result.Problem{{Level: result.Error}}},
			{File: "pets.json", Status: result.Planned, Problems: []result.Problem{{Level: result.Warning}}},
		},
	}
	told.AddUp()
	some := without(told, touch{files: true})
	if len(some.Collections) != 1 || some.Status != result.Planned || some.Totals != (result.Totals{Warnings: 1}) {
		t.Errorf("%d collections, %s, %+v", len(some.Collections), some.Status, some.Totals)
	}
	if whole := without(told, touch{workflow: true}); whole.Status != result.Failed || len(whole.Collections) != 2 {
		t.Errorf("with the workflow: %s", whole.Status)
	}
	told.Problems = []result.Problem{{Level: result.Error}}
	if some := without(told, touch{files: true}); some.Status != result.Failed {
		t.Errorf("with an error of the whole run: %s", some.Status)
	}
}
