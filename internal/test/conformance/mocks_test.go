package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const mocksDir = "testdata/mocks"

// What mocks were seen to answer lies among what is predicted, for inputs that are
// about one thing each and for those that are about imports. Few calls are predicted
// to be open.
func TestMocks(t *testing.T) {
	t.Parallel()
	for prefix, c := range map[string]struct{ inputs, said string }{
		"observed-": {filepath.Join(mocksDir, "inputs"), `\A\d{4} agree, 0 disagree, (18|23) unknown\n\z`},
		"vectors-":  {filepath.Join(vectorsDir, "inputs"), `\A\d{3} agree, 0 disagree, 0 unknown\n\z`},
	} {
		files, err := filepath.Glob(filepath.Join(mocksDir, prefix+"*.jsonl"))
		if err != nil || len(files) != 4 {
			t.Fatal("observations of four versions expected", files, err)
		}
		for _, file := range files {
			version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), prefix), ".jsonl")
			t.Run(prefix+version, func(t *testing.T) {
				t.Parallel()
				var out, errs bytes.Buffer
				code := run([]string{"-mocks", "-version", version, "-observed", file, c.inputs}, &out, &errs)
				if code != 0 || !regexp.MustCompile(c.said).MatchString(out.String()) {
					t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
				}
			})
		}
	}
}

// An answer that is not among the candidates is told, and the program fails.
func TestMockDisagreement(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("a.json", `{"items":[{"request":"GET /a","examples":[{"name":"one"},{"name":"two","code":404}]}]}`)
	line := func(status int, body string) string {
		raw, err := json.Marshal(mockObservation{File: "a.json", Calls: []mockAnswer{{
			mockCall: mockCall{Call: "GET /a"}, Answers: []seenAnswer{{Status: status, Body: body}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for _, c := range []struct {
		line, want string
		code       int
	}{
		{`{"file":"a.json","calls":[]}`, "0 agree, 1 disagree, 0 unknown\n", 1},
		{line(200, "one"), "1 agree, 0 disagree, 0 unknown\n", 0},
		{line(404, "two"), "1 agree, 0 disagree, 0 unknown\n", 0},
		{line(404, "one"), "0 agree, 1 disagree, 0 unknown\n", 1},
		{line(0, ""), "0 agree, 1 disagree, 0 unknown\n", 1},
	} {
		var out, errs bytes.Buffer
		code := run([]string{"-mocks", "-version", "1.15.0", "-observed", write("o.jsonl", c.line), dir}, &out, &errs)
		if code != c.code || !strings.HasSuffix(out.String(), c.want) {
			t.Errorf("%s: exit %d\n%s%s", c.line, code, out.String(), errs.String())
		}
	}
}
