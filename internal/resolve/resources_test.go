package resolve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
)

const definition = "$kind: collection\nname: A\n"

// inFolders are files of collections in git format: their definitions, and what else is
// named.
func inFolders(folders ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range folders {
		files[f+"/.resources/definition.yaml"] = &fstest.MapFile{Data: []byte(definition)}
		files[f+"/sub/list.request.yaml"] = &fstest.MapFile{Data: []byte("$kind: http-request\n")}
	}
	return files
}

// A pattern finds folders in git format; what lies in one is a part of it.
func TestPatternsOfFolders(t *testing.T) {
	t.Parallel()
	files := inFolders("apis/a", "apis/b", "apis/b/inner", "other/c")
	files["postman/collections/Bare/list.request.yaml"] = &fstest.MapFile{Data: []byte("$kind: http-request\n")}
	files["postman/specs/x/openapi.yaml"] = &fstest.MapFile{Data: []byte("openapi: 3.0.0\n")}
	files["apis/b/sub/.resources/definition.yaml"] = &fstest.MapFile{Data: []byte("name: sub\n")}
	files["other/d/.resources/definition.yaml"] = &fstest.MapFile{Data: []byte("<<<<<<< HEAD\n")}
	files["other/e/.resources/definition.yaml"] = &fstest.MapFile{Data: []byte("$kind: folder\n")}
	files["other/e.json"] = &fstest.MapFile{Data: []byte(collection)}
	for _, c := range []struct{ entries, want string }{
		{"apis/*", "apis/a apis/b"},
		{"apis/**", "apis/a apis/b"},
		{"postman/collections/*", "postman/collections/Bare"},
		{"{apis,other}/*", "apis/a apis/b other/c other/d other/e.json"},
		{"other/**", "other/c other/d other/e.json"}, // and e is none, with nothing but a definition in it
		{"apis/a apis/*", "apis/a apis/b"},
		{"apis/b/*", "apis/b/inner"},
	} {
		wanted, notes, _ := look(t, files, strings.Fields(c.entries)...)
		if got := strings.Join(told(wanted), " "); got != c.want || len(notes) > 0 {
			t.Errorf("%s: %q, want %q; notes %v", c.entries, got, c.want, notes)
		}
	}
}

// A resources file stands for the collections that it lists, each with the uid that it is
// paired with. What is wrong in it leads to its line.
func TestResources(t *testing.T) {
	t.Parallel()
	const one, two = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2", "12345678-22ece9e1-2abf-4edc-8e34-de66e74114d2"
	for name, c := range map[string]struct {
		text string
		want []string // file and uid, or line and text
	}{
		"as Postman writes it": {
			"workspace:\n  id: w\n" + cloud("../postman/collections/A: "+one) + local("../b", "../postman/collections/A") +
				"  specs:\n    - ../x.yaml\n",
			[]string{"postman/collections/A " + one, "b "},
		},
		"null":        {"cloudResources:\n  collections: null\n" + local("../b"), []string{"b "}},
		"the dialect": {"version: 2\ncanonical:\n  collections:\n  - path: ../b\n", []string{"b "}},
		"nothing but what Postman keeps": {
			"workspace:\n  id: w\ncloudResources:\n  collections:\n  environments: {}\n", []string{"postman/collections/A "},
		},
		"out":           {local("../../elsewhere"), []string{`3 the folder "../../elsewhere" leads out of the repository`}},
		"by a link":     {local("../link"), []string{`3 the folder "../link" cannot be read, or leads out of the repository`}},
		"absolute":      {local("../b", "/b"), []string{"b ", `4 the folder "/b" leads out of the repository`}},
		"not there":     {local("../none"), []string{`3 the folder "../none" is not there`}},
		"no collection": {local("../plain"), []string{`3 "../plain" is no collection in Postman's git format`}},
		"no uid":        {cloud("../b: x"), []string{`3 "x" is no uid of a collection`}},
		"a conflict":    {"workspace:\n<<<<<<< HEAD\n", []string{`2 "resources.yaml", line 2, column 1 has an unsolved merge conflict`}},
		"a uid twice": {cloud("../b: "+one, "../c: "+one), []string{
			"3 the uid " + one + ` is paired twice, with "../b" and "../c"`, "4 the uid " + one + ` is paired twice, with "../b" and "../c"`,
		}},
		"a folder twice": {cloud("../b: "+one, "../c/../b: "+two), []string{
			`4 the folder "../c/../b" is paired twice, with ` + one + " and " + two,
		}},
		"and a reference": {cloud("../b: " + uidOfReference), []string{
			"3 the uid " + uidOfReference + ` is paired with "../b", and is a collection of this run by itself, too`,
		}},
	} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, inFolders("postman/collections/A", "b", "c")); err != nil {
			t.Fatal(err)
		}
		for _, folder := range []string{".postman", "plain"} {
			if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(t.TempDir(), filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, ".postman", "resources.yaml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = root.Close() }()
		said := &config.Run{Mode: config.ModePlan, Importers: []config.Importer{
			{Source: "r", Resources: ".postman/resources.yaml"}, {Source: "u", Ref: &postman.Ref{UID: strings.ToUpper(uidOfReference)}},
		}}
		wanted, _, err := Importers(t.Context(), said, Files{FS: root.FS(), Found: func(string) {}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range slices.DeleteFunc(wanted, func(w *plan.Wanted) bool { return w.UID != "" }) {
			if p, ok := w.Fault.(*result.Problem); ok {
				_, why, _ := strings.Cut(string(p.Text), "lists: ")
				got = append(got, string(rune('0'+p.Line))+" "+why)
				if p.File != ".postman/resources.yaml" || p.Hint == "" || p.Anchor != "resources-file" {
					t.Errorf("%s: %+v", name, p)
				}
				continue
			}
			got = append(got, w.File+" "+w.Paired)
		}
		if last := len(got) - 1; name != "as Postman writes it" && last > 0 && got[last] == "postman/collections/A " {
			got = got[:last] // which needs no line
		} else if name != "as Postman writes it" && name != "nothing but what Postman keeps" && name != "a conflict" {
			t.Errorf("%s: what Postman keeps is not there", name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// cloud and local are the sections of a resources file.
func cloud(pairs ...string) string {
	return "cloudResources:\n  collections:\n    " + strings.Join(pairs, "\n    ") + "\n"
}

func local(folders ...string) string {
	return "localResources:\n  collections:\n    - " + strings.Join(folders, "\n    - ") + "\n"
}

const uidOfReference = "12345678-32ece9e1-2abf-4edc-8e34-de66e74114d2"
