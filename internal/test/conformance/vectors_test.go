package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const vectorsDir = "testdata/vectors"

// Predictions agree with everything that servers were seen to do.
func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(vectorsDir, "observed-*.jsonl"))
	if err != nil || len(files) != 4 {
		t.Fatal("observations of four versions expected", files, err)
	}
	for _, file := range files {
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "observed-"), ".jsonl")
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run([]string{"-version", version, "-observed", file, filepath.Join(vectorsDir, "inputs")}, &out, &errs)
			if code != 0 || !regexp.MustCompile(`\A326 agree, 0 disagree\n\z`).MatchString(out.String()) {
				t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
			}
		})
	}
}

// What differs is told, one line a difference, and the program fails.
func TestDisagreement(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	input := `{"collection":{"info":{"name":"Pets","description":"version=1.0 - d"},"item":[{"name":"a",
		"request":{"method":"GET","url":{"raw":"{{u}}/a?s=1"}},"response":[
		{"name":"e","originalRequest":{"url":{"raw":"{{u}}/a?s=1"}},"code":200,"header":[{"key":"Content-Type","value":"a/b"},
			{"key":"Content-Type","value":"c/d"}],"body":"x"}]}]}}`
	seen := `{"file":"a.json","startStatus":200,"lastImportError":null,"serviceRefs":[{"name":"Pets","version":"1.0","bound":true}],` +
		`"services":[{"name":"Pets","version":"1.0","type":"REST","operations":[` +
		`{"name":"GET /a","method":"GET","dispatcher":"URI_PARAMS","dispatcherRules":"s","resourcePaths":["/a"],"examples":[` +
		`{"name":"e","status":"200","mediaType":"c/d","dispatchCriteria":"?s=1","requestContent":null,"responseContent":"x","source":true}]}]}]}`
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("a.json", input)
	observed := write("o.jsonl", seen+"\n")
	check := func(want int, lines string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run([]string{"-version", "1.15.0", "-observed", observed, dir}, &out, &errs); code != want || out.String() != lines {
			t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
		}
	}
	check(0, "1 agree, 0 disagree\n")
	place := `a.json: service "Pets · 1.0" operation "GET /a"`
	for _, c := range []struct{ old, new, line string }{
		{`"startStatus":200`, `"startStatus":500`, `a.json: start status class: predicted 2, observed 5`},
		{`"lastImportError":null`, `"lastImportError":"no"`, `a.json: lastImportError: predicted null, observed "no"`},
		{`"bound":true`, `"bound":false`,
			`a.json: serviceRefs: predicted [{"name":"Pets","version":"1.0","bound":true}], ` +
				`observed [{"name":"Pets","version":"1.0","bound":false}]`},
		{`"type":"REST"`, `"type":"EVENT"`, `a.json: service "Pets · 1.0" type: predicted "REST", observed "EVENT"`},
		{`"method":"GET"`, `"method":null`, place + ` method: predicted "GET", observed null`},
		{`"URI_PARAMS"`, `null`, place + ` dispatcher: predicted "URI_PARAMS", observed null`},
		{`"dispatcherRules":"s"`, `"dispatcherRules":""`, place + ` dispatcherRules: predicted "s", observed ""`},
		{`["/a"]`, `["/a",""]`, place + ` resourcePaths: predicted ["/a"], observed ["","/a"]`},
		{`"status":"200"`, `"status":"201"`, place + ` example "e" status: predicted "200", observed "201"`},
		{`"?s=1"`, `""`, place + ` example "e" dispatchCriteria: predicted "?s=1", observed ""`},
		{`"requestContent":null`, `"requestContent":""`, place + ` example "e" requestContent: predicted null, observed ""`},
		{`"responseContent":"x"`, `"responseContent":"y"`, place + ` example "e" responseContent: predicted "x", observed "y"`},
		{`"source":true`, `"source":false`, place + ` example "e" source: predicted true, observed false`},
		{`"name":"e"`, `"name":"f"`,
			place + ` example "e": predicted "present", observed "absent"` + "\n" + place + ` example "f": predicted "absent", observed "present"`},
	} {
		write("o.jsonl", strings.Replace(seen, c.old, c.new, 1)+"\n")
		check(1, c.line+"\n0 agree, 1 disagree\n")
	}
	write("o.jsonl", strings.Replace(seen, `"c/d"`, `"e/f"`, 1)+"\n")
	var out, errs bytes.Buffer
	if code := run([]string{"-version", "1.15.0", "-observed", observed, dir}, &out, &errs); code != 1 {
		t.Errorf("a media type that no header names is accepted: %s", out.String())
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{}, {"dir"}, {"-observed", "x", "-record", "y", "dir"}, {"-observed", "missing.jsonl", "dir"}, {"-nonsense"},
	} {
		var out, errs bytes.Buffer
		if code := run(args, &out, &errs); code != 2 || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %s", args, code, errs.String())
		}
	}
}
