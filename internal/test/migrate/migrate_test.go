package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden file anew")

// Servers make of the folders that Postman's program wrote what they make of the
// collections, but for the losses that are named.
func TestHeld(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s, err := holdAll("testdata", &out, func(file string, _ []byte) (*txtar.Archive, error) {
		return txtar.ParseFile(filepath.Join("testdata", archiveOf(file)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.agree == 0 || s.disagree > 0 || len(s.lost) != len(losses) {
		t.Errorf("%d agree, %d do not, and of %d losses there are %d", s.agree, s.disagree, len(losses), len(s.lost))
	}
	const golden = "testdata/held.golden"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("-want +got; -update writes it anew:\n%s", diff)
	}
}

// The folders of testdata are those that Postman's program writes.
func TestPostman(t *testing.T) {
	t.Parallel()
	postman := os.Getenv(program)
	if postman == "" {
		t.Skip("needs Postman's program (npm: @postman/pm-bin-linux-x64): set " + program + " to its path")
	}
	var out, errs bytes.Buffer
	dir := t.TempDir()
	if code := run(t.Context(), []string{"-keep", dir, "testdata"}, os.Getenv, &out, &errs); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out.String(), errs.String())
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, archive := range archives {
		want, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, filepath.Base(archive)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutIDs(want), withoutIDs(got)); diff != "" {
			t.Errorf("%s (-want +got; -keep testdata writes it anew):\n%s", archive, diff)
		}
	}
}

// withoutIDs is a folder without the ids that Postman's program makes up.
func withoutIDs(folder []byte) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(string(folder), "id")
}

// pets is a collection, and its folder.
const pets = `{"info":{"_postman_id":"1","name":"Pets","description":"version=1"},"item":[{"name":"a","request":{"method":"GET","header":[],
	"url":{"raw":"{{u}}/a"}},"response":[{"name":"e","originalRequest":{"method":"GET","header":[],"url":{"raw":"{{u}}/a"}},
	"code":200,"status":"OK","header":[],"body":"x"}]}]}`

func petsFolder() *txtar.Archive {
	return txtar.Parse([]byte("-- .resources/definition.yaml --\n$kind: collection\nid: '1'\nname: Pets\ndescription: version=1\n" +
		"-- a.request.yaml --\n$kind: http-request\nurl: '{{u}}/a'\n" +
		"-- .resources/a.resources/examples/e.example.yaml --\n" +
		"$kind: http-example\nrequest: {url: '{{u}}/a'}\nresponse:\n  statusCode: 200\n  statusText: OK\n  body: {content: x}\n"))
}

// What differs is told, one line a difference.
func TestDisagreement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file     int
		old, new string
		want     string
	}{
		{0, "", "", "imported, equal in 1 examples, with 0 findings"},
		{2, "200", "404", `Operations[0].Examples[0].Response.Status: "200" in the collection, "404" in the folder`},
		{2, "content: x", "content: y", `Operations[0].Examples[0].Response.Content: "x" in the collection, "y" in the folder`},
		{2, "http-example", "no-example", "differs in 1 examples, with 1 findings"},
		{1, "url: ", "uri: ", `1.15.0: {predict.Prediction}.Service.Operations[0].Name: "GET /a" in the collection, "GET " in the folder`},
		{0, "version=1", "version=", "1.10.0: {predict.Prediction}.Outcome: \"imported\" in the collection"},
		{1, "$kind", "\t$kind", "the folder makes no collection: "},
	} {
		folder := petsFolder()
		f := &folder.Files[c.file]
		f.Data = []byte(strings.Replace(string(f.Data), c.old, c.new, 1))
		h, err := hold([]byte(pets), folder)
		if err != nil || !strings.Contains(h.String(), c.want) || len(h.differences) == 0 != (c.old == "") {
			t.Errorf("%q for %q: %v, %v", c.new, c.old, h, err)
		}
	}
}

// Also what servers would make of a collection that they refuse is compared.
func TestRefused(t *testing.T) {
	t.Parallel()
	folder := petsFolder()
	for i, f := range folder.Files {
		text := strings.NewReplacer("version=1", "none", "content: x", "content: y").Replace(string(f.Data))
		folder.Files[i].Data = []byte(text)
	}
	h, err := hold([]byte(strings.Replace(pets, "version=1", "none", 1)), folder)
	const want = `refused, differs in 1 examples, with 0 findings
	1.10.0: *{*predict.Service}.Operations[0].Examples[0].Response.Content: "x" in the collection, "y" in the folder
`
	if err != nil || !strings.HasPrefix(h.String(), want) {
		t.Errorf("%v, %v", h, err)
	}
}

// A program that takes Postman's place is given the collection with a version, and what
// it writes is held against the collection, kept, or said to be refused.
func TestRun(t *testing.T) {
	t.Parallel()
	write := func(dir, name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	inputs, kept := t.TempDir(), t.TempDir()
	write(inputs, "a.json", `{"collection":{"info":{"name":"Pets","description":{"content":"d"}},"item":[]}}`)
	postman := write(t.TempDir(), "postman", "#!/bin/sh\n/bin/grep -q '\"version=1.0 - d\"' \"$3\" || exit 9\n"+
		"[ \"$1 $2 $4 $HOME\" = \"collection migrate -o $PWD\" ] || exit 8\n/bin/mkdir \"$5\"\n"+
		"printf '$kind: collection\\nid: i\\nname: Pets\\ndescription: version=1.0 - d\\n' >\"$5/definition.yaml\"\n"+
		"/bin/mkdir \"$5/.resources\"\n/bin/mv \"$5/definition.yaml\" \"$5/.resources\"\n")
	getenv := func(string) string { return postman }
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"-keep", kept, inputs}, getenv, &out, &errs)
	if want := "a.json: imported, equal in 0 examples, with 0 findings\n1 agree, 0 disagree, 0 not taken by Postman\n"; code != 0 ||
		out.String() != want {
		t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
	}
	folder, err := os.ReadFile(filepath.Join(kept, "a.txtar"))
	if err != nil || !strings.HasPrefix(string(folder), "-- .resources/definition.yaml --\n$kind: collection\n") {
		t.Errorf("%v: %s", err, folder)
	}
	for content, want := range map[string]struct {
		code int
		line string
	}{
		"#!/bin/sh\necho 'It is'\necho ' not v2.1'; exit 1\n": {0, "a.json: not taken by Postman: It is not v2.1\n0 agree, 0 disagree, 1 "},
		"#!/bin/sh\n/bin/mkdir \"$5\"\n":                      {1, "a.json: imported, differs in 0 examples"},
		"#!/bin/sh\nkill -9 $$\n":                             {20, ""},
		"#!/bin/sh\n":                                         {20, ""},
	} {
		postman = write(t.TempDir(), "postman", content)
		out.Reset()
		if code := run(t.Context(), []string{inputs}, getenv, &out, &errs); code != want.code || !strings.HasPrefix(out.String(), want.line) {
			t.Errorf("%q: exit %d\n%s%s", content, code, out.String(), errs.String())
		}
	}
	postman = ""
	if code := run(t.Context(), []string{inputs}, getenv, &out, &errs); code != 2 {
		t.Error("without a program: exit", code)
	}
}

// Every collection gets an id, and a version that servers see.
func TestComplete(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{}`: `{"_postman_id":"00000000-0000-4000-8000-000000000000","description":"version=1.0 -"}`,
		`{"_postman_id":"a","description":"version=2 - a<b","n":1.50}`:  `{"_postman_id":"a","description":"version=2 - a<b","n":1.50}`,
		`{"_postman_id":"a","description":{"content":"c"}}`:             `{"_postman_id":"a","description":"version=1.0 - c"}`,
		`{"_postman_id":"a","description":{"content":"version=3 - c"}}`: `{"_postman_id":"a","description":{"content":"version=3 - c"}}`,
	} {
		for _, form := range []string{`{"info":%s}`, "\uFEFF" + `{"collection": {"info": %s}}`} {
			got, err := complete(fmt.Appendf(nil, form, in))
			if err != nil || string(bytes.TrimSpace(got)) != `{"info":`+want+"}" {
				t.Errorf("%s in %s: %s, %v", in, form, got, err)
			}
		}
	}
	for _, in := range []string{"", "[]", `{"info":1}`} {
		if got, err := complete([]byte(in)); err == nil {
			t.Errorf("%s: %s", in, got)
		}
	}
	if _, err := holdAll("testdata", new(bytes.Buffer), func(string, []byte) (*txtar.Archive, error) {
		return nil, errors.New("no folder")
	}); err == nil {
		t.Error("an error is lost")
	}
}
