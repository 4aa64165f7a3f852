package reconcile

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Whatever hundreds of collections have, the findings of a run are few enough to be
// told in no time, and each collection keeps some, errors first.
func TestFindingsOfARunAreBounded(t *testing.T) {
	t.Parallel()
	const collections = 300
	for name, one := range map[string]result.Finding{
		"short": {Message: "x"},
		"long":  {Message: text.Untrusted(strings.Repeat("x", 3000))},
		"huge":  {Message: text.Untrusted(strings.Repeat("x", 1<<20)), Path: []text.Untrusted{text.Untrusted(strings.Repeat("y", 1<<20))}},
	} {
		var d detail
		count, bytes := 0, 0
		for range collections {
			many := make([]result.Finding, 400)
			for i := range many {
				many[i] = one
				many[i].Level = result.Note
			}
			many[399].Level = result.Error
			kept := d.keep(nil, many)
			last := string(kept[len(kept)-1].Message)
			if len(kept) < 400 && (kept[0].Level != result.Error || !strings.Contains(last, "not counted")) {
				t.Fatalf("%s: %d kept: %.100v", name, len(kept), kept)
			}
			count += len(kept)
			for i := range kept {
				bytes += size(&kept[i])
			}
			again := d.keep(kept, kept) // what replaces them takes no room of its own
			if len(again) != len(kept) {
				t.Fatalf("%s: %d, then %d", name, len(kept), len(again))
			}
		}
		if count > mostFindings+collections*fewFindings || bytes > mostFindingBytes+collections*(fewBytes+100) {
			t.Errorf("%s: %d findings, %d bytes", name, count, bytes)
		}
	}
	var d detail
	few := []result.Finding{{Level: result.Note}, {Level: result.Error}}
	if kept := d.keep(nil, few); len(kept) != 2 || kept[0].Level != result.Note || kept[1].Message != "" {
		t.Errorf("few are changed: %v", kept)
	}
}

// What a run lists of operations, examples and changes is bounded; all are counted,
// and breaking changes come first.
func TestListsOfARunAreBounded(t *testing.T) {
	t.Parallel()
	service := &predict.Service{Operations: make([]predict.Operation, 300)}
	for i := range service.Operations {
		service.Operations[i].Examples = make([]predict.Example, 3)
	}
	r := &reconciliation{}
	listed, changes := 0, 0
	for range 100 {
		it := &item{Collection: &result.Collection{}}
		for range 2 { // the second takes the place of the first
			r.showAs(it, "", service)
		}
		s := it.Service
		if s.Size() != 300 || s.Examples() != 900 {
			t.Fatalf("%d operations and %d examples are counted", s.Size(), s.Examples())
		}
		listed += len(s.Operations)
		for _, op := range s.Operations {
			listed += len(op.Examples)
		}
		many := make([]result.Difference, 400)
		many[399].Breaking = true
		kept := r.detail.keepChanges(it, many)
		if !kept[0].Breaking && len(kept) < 400 || (len(kept) < 400) != (len(it.Problems) == 1) {
			t.Fatalf("%d changes: %+v", len(kept), it.Problems)
		}
		changes += len(kept)
	}
	if listed != r.detail.listed || listed > mostListed+100*fewListed || listed < mostListed {
		t.Errorf("%d listed, %d counted", listed, r.detail.listed)
	}
	if changes > mostChanges+100*fewChanges || changes < mostChanges {
		t.Errorf("%d changes", changes)
	}
}
