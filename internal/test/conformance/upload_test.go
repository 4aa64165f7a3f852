package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Predictions agree with what servers were seen to make of uploads. What a version made
// otherwise than 1.15.0 stands in a file of its own.
func TestUploads(t *testing.T) {
	t.Parallel()
	const seen = "testdata/uploads/observed-"
	newest := byFile(t, seen+"1.15.0.jsonl")
	for _, version := range []string{"1.15.0", "1.13.0", "1.10.0", "1.9.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			own := byFile(t, seen+version+".jsonl")
			var all strings.Builder
			for file, line := range newest {
				if other, differs := own[file]; differs {
					line = other
				}
				all.WriteString(line)
			}
			observed := filepath.Join(t.TempDir(), "observed.jsonl")
			if err := os.WriteFile(observed, []byte(all.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := run([]string{"-uploads", "-version", version, "-observed", observed, filepath.Join(vectorsDir, "inputs")}, &out, &errs)
			if code != 0 || out.String() != "185 agree, 0 disagree\n" {
				t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
			}
		})
	}
}

// byFile are the lines of a file of observations, by the input that each is about.
func byFile(t *testing.T, name string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		var o observation
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		lines[o.File] = line
	}
	return lines
}
