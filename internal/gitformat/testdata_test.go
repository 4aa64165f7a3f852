package gitformat

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each archive of testdata is a folder with the document that it makes and what is
// found, whatever the order of its files.
func TestDocuments(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder, _, _ := strings.Cut(a.Files[0].Name, "/")
		var files []txtar.File
		var want []byte
		for _, f := range a.Files {
			if inner, in := strings.CutPrefix(f.Name, folder+"/"); in {
				files = append(files, txtar.File{Name: inner, Data: f.Data})
			} else {
				want = f.Data
			}
		}
		got := shown(t, name, folder, files)
		slices.Reverse(files)
		if diff := cmp.Diff(got, shown(t, name, folder, files)); diff != "" {
			t.Errorf("%s: the order of the files makes a difference (-forward +backward):\n%s", name, diff)
		}
		if *update {
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == golden })
			a.Files = append(a.Files, txtar.File{Name: golden, Data: []byte(got)})
			if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
		}
	}
}

// golden is the file of an archive that holds what comes of the others.
const golden = "collection.json and findings"

// shown is a document in lines, with what is found.
func shown(t *testing.T, name, folder string, files []txtar.File) string {
	d, err := Read(nil, folder, each(files))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var b bytes.Buffer
	inner := bytes.TrimSuffix(bytes.TrimPrefix(d.Raw, []byte(`{"collection":`)), []byte("}"))
	if err := json.Indent(&b, inner, "", "  "); err != nil {
		t.Fatalf("%s: %v in %s", name, err, d.Raw)
	}
	b.WriteByte('\n')
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "%s:%d:%d: %s %q\n", f.Position.File, f.Position.Line, f.Position.Column, findingNames[f.Kind], f.Value)
	}
	return b.String()
}

var findingNames = map[FindingKind]string{
	OtherKind: "other kind", NoKind: "no kind", Misplaced: "misplaced", ExampleAlone: "example alone", NoExamples: "no examples",
	Lacks: "lacks", NotText: "not text", NotNumber: "not number", OtherForm: "other form", OtherBody: "other body",
}

func each(files []txtar.File) func(func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for _, f := range files {
			if !yield(f.Name, f.Data) {
				return
			}
		}
	}
}

// folderOf are the files of a map, by name.
func folderOf(files map[string]string) []txtar.File {
	var out []txtar.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, txtar.File{Name: name, Data: []byte(files[name])})
	}
	return out
}
