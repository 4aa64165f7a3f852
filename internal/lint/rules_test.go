package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

func findingIDs(findings []result.Finding) []string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// Each rule's bad sample has its finding, and the good one has it not.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			if rule.ID != importBroken.ID {
				d, from, target := rule.Bad.read()
				findings := CheckDelivered(nil, d.Import(target), from, MostOfAll)
				i := slices.IndexFunc(findings, func(f result.Finding) bool { return f.ID == rule.ID })
				if i < 0 {
					t.Fatalf("the bad sample has only %v", findingIDs(findings))
				}
				want := result.Finding{ID: rule.ID, Name: rule.Name, Level: rule.Level, Hint: rule.Hint}
				got := findings[i]
				got.Message, got.Cause, got.Pointer, got.Path, got.File, got.Line, got.Column = "", 0, "", nil, "", 0, 0
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			d, from, target := rule.Good.read()
			if findings := CheckDelivered(nil, d.Import(target), from, MostOfAll); slices.Contains(findingIDs(findings), rule.ID) {
				t.Errorf("the good sample has %v", findings)
			}
		})
	}
}

// The collection that the good samples are made of has no findings at all.
func TestNothingToFind(t *testing.T) {
	t.Parallel()
	d, _, target := Sample{}.read()
	im := d.Import(target)
	if findings := Check(im); im.Outcome != predict.Imported || len(findings) > 0 {
		t.Errorf("%s %v", im.Outcome, findings)
	}
}

func TestRulesAreInOrder(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for i, rule := range Rules() {
		if want := fmt.Sprintf("PMI%03d", i+1); rule.ID != want {
			t.Errorf("%s stands where %s belongs", rule.ID, want)
		}
		if !form.MatchString(rule.Name) {
			t.Errorf("%s: name %q", rule.ID, rule.Name)
		}
		hint := rule.Hint
		if strings.ContainsAny(hint, "\n") || strings.HasSuffix(hint, ".") || hint[:1] != strings.ToLower(hint[:1]) || rule.Text == "" {
			t.Errorf("%s: a hint has one line, no capital and no full stop, and every rule has a text", rule.ID)
		}
	}
}
