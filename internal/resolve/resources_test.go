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
	"postman-microcks-importer/internal/text"
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
		"null, and the dialect": {"cloudResources:\n  collections:\n    ../b: null\n" + canonical("../b: "+one), []string{"b " + one}},
		"a pair, and the dialect": {
			cloud("../b: "+one) + canonical("../b: "+two), []string{`6 the folder "b" is paired twice, with ` + one + " and " + two},
		},
		"no uid, and the dialect": {
			"cloudResources:\n  collections:\n    ../b:\n" + canonical("../b: x"), []string{`6 "x" is no uid of a collection`},
		},
		"a uid twice, once of nothing": {cloud("../none: "+one, "../c: "+one), []string{
			`3 the folder "../none" is not there`, "4 the uid " + one + ` is paired twice, with "none" and "c"`,
		}},
		"out":           {local("../../elsewhere"), []string{`3 the folder "../../elsewhere" leads out of the repository`}},
		"by a link":     {local("../link"), []string{`3 the folder "../link" cannot be read, or leads out of the repository`}},
		"absolute":      {local("../b", "/b"), []string{"b ", `4 the folder "/b" leads out of the repository`}},
		"not there":     {local("../none"), []string{`3 the folder "../none" is not there`}},
		"no collection": {local("../plain"), []string{`3 "../plain" is no collection in Postman's git format`}},
		"no uid":        {cloud("../b: x"), []string{`3 "x" is no uid of a collection`}},
		"a conflict":    {"workspace:\n<<<<<<< HEAD\n", []string{`2 "resources.yaml", line 2, column 1 has an unsolved merge conflict`}},
		"a uid twice": {cloud("../b: "+one, "../c: "+one), []string{
			"3 the uid " + one + ` is paired twice, with "b" and "c"`, "4 the uid " + one + ` is paired twice, with "b" and "c"`,
		}},
		"a folder twice": {cloud("../b: "+one, "../c/../b: "+two), []string{
			`4 the folder "b" is paired twice, with ` + one + " and " + two,
		}},
		"and a reference": {cloud("../b: " + uidOfReference), []string{
			"3 the uid " + uidOfReference + ` is paired with "b", and is a collection of this run by itself, too`,
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
		if reference := wanted[len(wanted)-1]; (reference.Fault != nil) != (name == "and a reference") {
			t.Errorf("%s: the reference: %v", name, reference.Fault)
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

// Several resources files of a run are held against each other, and against what else the
// run names.
func TestResourcesOfARun(t *testing.T) {
	t.Parallel()
	const one, two = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2", "12345678-22ece9e1-2abf-4edc-8e34-de66e74114d2"
	const first, second = ".postman/resources.yaml", "sub/.postman/resources.yaml"
	dropped := func(file string) string {
		return "note: looking for the collections that \"" + file + "\" lists: it pairs \"b\" with " + one +
			", which does not count: the folder is a collection of this run by another entry"
	}
	for name, c := range map[string]struct {
		first, second string
		named         string // another entry, before them
		want          []string
	}{
		"apart": {cloud("../b: " + one), cloud("../c: " + two), "", []string{"b " + one, "sub/c " + two}},
		"a uid twice": {cloud("../b: " + one), cloud("../c: " + strings.ToUpper(one)), "", []string{
			first + " 3 the uid " + one + ` is paired twice, with "b" and "sub/c"`,
			second + " 3 the uid " + one + ` is paired twice, with "b" and "sub/c"`,
		}},
		"a folder twice": {cloud("../b: " + one), cloud("../../b: " + two), "", []string{
			second + ` 3 the folder "b" is paired twice, with ` + one + " and " + two,
		}},
		"the same twice":       {cloud("../b: " + one), cloud("../../b: " + one), "", []string{"b " + one}},
		"no pair, then a pair": {local("../b"), cloud("../../b: " + one), "", []string{"b ", dropped(second)}},
		"named, too":           {cloud("../b: " + one), local("../c"), "b", []string{"b ", "sub/c ", dropped(first)}},
		"found, too":           {cloud("../b: " + one), local("../c"), "b*", []string{"b ", "sub/c ", dropped(first)}},
		"named without a pair": {local("../b"), local("../c"), "b", []string{"b ", "sub/c "}},
	} {
		files := inFolders("b", "sub/c")
		files[first], files[second] = &fstest.MapFile{Data: []byte(c.first)}, &fstest.MapFile{Data: []byte(c.second)}
		said := &config.Run{Mode: config.ModePlan}
		switch {
		case strings.HasSuffix(c.named, "*"):
			said.Importers = []config.Importer{{Source: c.named, Pattern: c.named}}
		case c.named != "":
			said.Importers = []config.Importer{{Source: c.named, File: c.named}}
		}
		for _, file := range []string{first, second} {
			said.Importers = append(said.Importers, config.Importer{Source: file, Resources: file})
		}
		wanted, notes, err := Importers(t.Context(), said, Files{FS: files, Found: func(string) {}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range wanted {
			if p, ok := w.Fault.(*result.Problem); ok {
				_, why, _ := strings.Cut(string(p.Text), "lists: ")
				got = append(got, string(p.File)+" "+string(rune('0'+p.Line))+" "+why)
			} else {
				got = append(got, w.File+" "+w.Paired)
			}
		}
		for _, n := range notes {
			got = append(got, string(n.Level)+": "+string(n.Text))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Where anybody can have brought a run about, the files may be anybody's, and the key asks
// for nothing that they name.
func TestPairsOfAnybody(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{false, true} {
		for _, key := range []text.Secret{"", apiKey} {
			files := inFolders("b")
			files[".postman/resources.yaml"] = &fstest.MapFile{Data: []byte(cloud("../b: " + uid))}
			said := &config.Run{Mode: config.ModePlan, Importers: []config.Importer{{Source: "r", Resources: ".postman/resources.yaml"}}}
			said.Trigger.Trusted, said.Postman.APIKey = trusted, key
			wanted, _, err := Importers(t.Context(), said, Files{FS: files, Found: func(string) {}}, nil)
			if err != nil || wanted[0].Paired != uid || (wanted[0].PairedAt != "") != (trusted && key != "") {
				t.Errorf("trusted %t, key %t: asked at %q: %v", trusted, key != "", wanted[0].PairedAt, err)
			}
		}
	}
}

// Postman takes each folder in postman/collections for a collection, one that is hidden,
// too, which is told.
func TestHiddenCollections(t *testing.T) {
	t.Parallel()
	for lines, notes := range map[string]int{"workspace:\n  id: w\n": 1, local("../postman/collections/.b"): 0} {
		files := inFolders("postman/collections/.b", "postman/collections/c")
		files[".postman/resources.yaml"] = &fstest.MapFile{Data: []byte(lines)}
		said := &config.Run{Mode: config.ModePlan, Importers: []config.Importer{{Source: "r", Resources: ".postman/resources.yaml"}}}
		wanted, told, err := Importers(t.Context(), said, Files{FS: files, Found: func(string) {}}, nil)
		if err != nil || len(wanted) != 2 || wanted[0].File != "postman/collections/.b" || wanted[0].Fault != nil || len(told) != notes {
			t.Errorf("%q: %v, notes %v: %v", lines, wanted, told, err)
		}
	}
}

// canonical, cloud and local are the sections of a resources file.
func canonical(pairs ...string) string {
	return "canonical:\n  collections:\n    " + strings.Join(pairs, "\n    ") + "\n"
}

func cloud(pairs ...string) string {
	return "cloudResources:\n  collections:\n    " + strings.Join(pairs, "\n    ") + "\n"
}

func local(folders ...string) string {
	return "localResources:\n  collections:\n    - " + strings.Join(folders, "\n    - ") + "\n"
}

const uidOfReference = "12345678-32ece9e1-2abf-4edc-8e34-de66e74114d2"
