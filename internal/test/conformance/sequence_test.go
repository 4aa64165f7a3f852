package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/predict"
)

const sequencesDir = "testdata/sequences"

// Imports one after the other, each predicted from what the prediction before
// left, come to what real servers had after every step.
func TestSequences(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(sequencesDir, "observed-*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no observations", err)
	}
	sequences, err := readSequences(sequencesDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "observed-"), ".jsonl")
		seen := readSequenceObservations(t, file)
		for _, s := range sequences {
			t.Run(version+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				replay(t, version, s, seen[s.Name])
			})
		}
	}
}

func readSequenceObservations(t *testing.T, file string) map[string][]sequenceObservation {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]sequenceObservation{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, len(raw)+1)
	for lines.Scan() {
		var o sequenceObservation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		out[o.Sequence] = append(out[o.Sequence], o)
	}
	return out
}

func replay(t *testing.T, version string, s sequence, seen []sequenceObservation) {
	if len(seen) != len(s.Steps) {
		t.Fatalf("%d steps, %d observations", len(s.Steps), len(seen))
	}
	var now *predict.Service
	edits := map[string]bool{}
	for i, step := range s.Steps {
		if step.Import == "" {
			now = seen[i].Service // what a person or another format did is not predicted
			edits[step.Edit] = true
			for k := range now.Operations { // servers do not tell what was edited
				now.Operations[k].Override = edits[now.Operations[k].Name]
			}
			continue
		}
		raw, err := os.ReadFile(filepath.Join(sequencesDir, step.Import))
		if err != nil {
			t.Fatal(err)
		}
		p := predict.Read(raw, predict.Options{Version: version}).Import(predict.Target{
			Main: step.Main, URL: "https://api.getpostman.com/collections/" + step.artifact(), Existing: now,
		})
		if p.Service != nil {
			now = p.Service
		}
		status := 200
		if p.Outcome == predict.Crashed {
			status = 500
		}
		if status != seen[i].StartStatus {
			t.Errorf("step %d: status %d (%+v), observed %d", i, status, p.Cause, seen[i].StartStatus)
		}
		if diff := cmp.Diff(p.ImportError, deref(seen[i].LastImportError)); diff != "" {
			t.Errorf("step %d: import error: %s", i, diff)
		}
		if bound := p.Outcome == predict.Imported; bound != seen[i].Bound {
			t.Errorf("step %d: bound %v, observed %v", i, bound, seen[i].Bound)
		}
		want, got := comparable(seen[i].Service, now), comparable(now, now)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("step %d: service (-observed +predicted):\n%s", i, diff)
		}
	}
}

// comparable is a service without what is unknown in the prediction, and
// without what observations do not hold.
func comparable(s, predicted *predict.Service) *predict.Service {
	if s == nil {
		return nil
	}
	out := *s
	out.Operations = slices.Clone(s.Operations)
	slices.SortFunc(out.Operations, func(a, b predict.Operation) int { return strings.Compare(a.Name, b.Name) })
	for i := range out.Operations {
		op := &out.Operations[i]
		k := slices.IndexFunc(predicted.Operations, func(o predict.Operation) bool { return o.Name == op.Name })
		if k >= 0 && predicted.Operations[k].Unknown {
			*op = predict.Operation{Name: op.Name, Method: op.Method}
			continue
		}
		op.Override = false
		op.Examples = slices.Clone(op.Examples)
		for e := range op.Examples {
			x := &op.Examples[e]
			x.Request = predict.Request{Content: x.Request.Content}
			x.Response.Headers = nil
		}
		slices.SortFunc(op.Examples, func(a, b predict.Example) int { return strings.Compare(exampleKey(a), exampleKey(b)) })
	}
	return &out
}
