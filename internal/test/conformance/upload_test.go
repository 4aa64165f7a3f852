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
// otherwise than 1.15.0 stands in a file of its own, and so does what uploads of another
// kind came to otherwise than follows from those as main artifact.
func TestUploads(t *testing.T) {
	t.Parallel()
	const dir = "testdata/uploads/"
	newest := byFile(t, dir+"observed-1.15.0.jsonl")
	for version, counts := range map[string]map[string]string{
		"1.15.0": {"main": "185", "versioned": "112", "secondary": "134"},
		"1.13.0": {"main": "185", "versioned": "112", "secondary": "136"},
		"1.10.0": {"main": "185", "versioned": "112", "secondary": "136"},
		"1.9.0":  {"main": "185", "versioned": "100", "secondary": "124"},
	} {
		own := byFile(t, dir+"observed-"+version+".jsonl")
		var all strings.Builder
		for file, line := range newest {
			if other, differs := own[file]; differs {
				line = other
			}
			all.WriteString(line)
		}
		seen := filepath.Join(t.TempDir(), version+".jsonl")
		if err := os.WriteFile(seen, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		for kind, want := range counts {
			t.Run(version+" "+kind, func(t *testing.T) {
				t.Parallel()
				args := []string{"-uploads", kind, "-version", version, "-observed", seen}
				if kind != "main" {
					args = []string{"-uploads", kind, "-version", version, "-observed", dir + kind + "-" + version + ".jsonl", "-known", seen}
				}
				var out, errs bytes.Buffer
				code := run(append(args, filepath.Join(vectorsDir, "inputs")), &out, &errs)
				if code != 0 || out.String() != want+" agree, 0 disagree\n" {
					t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
				}
			})
		}
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
