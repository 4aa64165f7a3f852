package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFiles holds which files and patterns of files are taken from the workspace,
// without a key as long as there are only such.
func TestFiles(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	writeFile(t, outside, "pets.json", "{}")
	workspace := t.TempDir()
	writeFile(t, workspace, "exports/pets.json", "{}")
	writeFile(t, workspace, "exports/shop", "{}")
	writeFile(t, workspace, "exports/folder.json/x", "")
	writeFile(t, workspace, "exports/[pets].json", "{}")
	writeFile(t, workspace, "apis/Shop/.resources/definition.yaml", "$kind: collection\n")
	writeFile(t, workspace, "apis/Old/.resources/definition.yml", "$kind: collection\n")
	writeFile(t, workspace, "postman/collections/Bare/list.request.yaml", "")
	writeFile(t, workspace, "mypostman/collections/Bare/list.request.yaml", "")
	writeFile(t, workspace, ".postman/resources.yaml", "")
	writeFile(t, workspace, "apis/resources.yaml", "")
	writeFile(t, outside, "Far/.resources/definition.yaml", "$kind: collection\n")
	for link, target := range map[string]string{
		"inside.json": filepath.Join("exports", "pets.json"),
		"escape.json": filepath.Join(outside, "pets.json"),
		"climb.json":  filepath.Join("..", filepath.Base(outside), "pets.json"),
		"far":         filepath.Join(outside, "Far"),
	} {
		if err := os.Symlink(target, filepath.Join(workspace, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(workspace, "pipe.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		mode, collection string
		key              string
		files            []string
		problems         []string // input and a part of its text
	}{
		"one":               {"check", "exports/pets.json", "", []string{"exports/pets.json"}, nil},
		"another way to it": {"check", "./exports/../exports//pets.json", "", []string{"exports/pets.json"}, nil},
		"any ending":        {"check", "exports/shop", "", []string{"exports/shop"}, nil},
		"an absolute path":  {"check", filepath.Join(workspace, "exports", "pets.json"), "", []string{"exports/pets.json"}, nil},
		"a link in it":      {"check", "inside.json", "", []string{"inside.json"}, nil},
		"several":           {"check", "exports/pets.json\nexports/shop", "", []string{"exports/pets.json", "exports/shop"}, nil},
		"with a reference":  {"check", "exports/pets.json\n" + uidA, apiKey, []string{"exports/pets.json", ""}, nil},
		"reference, no key": {
			"check", "exports/pets.json\n" + uidA, "", []string{"exports/pets.json", ""},
			[]string{"postman-api-key: got nothing"},
		},
		"neither": {"check", "pets", "", nil, []string{"nor a URL; taken for a file, it is not in the workspace"}},
		"bad link, no key": {
			"check", "https://example.com/1", "", nil,
			[]string{": it is a URL of example.com", "postman-api-key: got nothing"},
		},
		"twice": {
			"check", "exports/pets.json\nexports/./pets.json", "", []string{"exports/pets.json"},
			[]string{"(line 2): it is the collection of line 1"},
		},
		"not there": {"check", "exports/none.json", "", []string{"exports/none.json"}, nil}, // it fails when it is read
		"a folder":  {"check", "exports/folder.json", "", nil, []string{": it is a folder"}},
		"a pipe":    {"check", "pipe.json", "", nil, []string{": it is not a file"}},
		"outside": {
			"check", "../" + filepath.Base(outside) + "/pets.json", "", nil, []string{": it lies outside the workspace"},
		},
		"outside, absolute":             {"check", filepath.Join(outside, "pets.json"), "", nil, []string{": it lies outside the workspace"}},
		"a link out of it":              {"check", "escape.json", "", nil, []string{": it lies outside the workspace"}},
		"a link that climbs":            {"check", "climb.json", "", nil, []string{": it lies outside the workspace"}},
		"in a plan":                     {"plan", "exports/pets.json", "", []string{"exports/pets.json"}, nil},
		"in an apply":                   {"apply", "exports/shop", "", []string{"exports/shop"}, nil},
		"in a removal":                  {"remove", "exports/pets.json", "", []string{"exports/pets.json"}, nil},
		"a pattern":                     {"apply", "exports/**/*.json", "", []string{"exports/**/*.json"}, nil},
		"a folder in git format":        {"apply", "apis/Shop/", "", []string{"apis/Shop"}, nil},
		"of the other ending":           {"check", "apis/Old", "", []string{"apis/Old"}, nil},
		"where Postman keeps them":      {"plan", "postman/collections/Bare", "", []string{"postman/collections/Bare"}, nil},
		"a folder in a place like that": {"plan", "mypostman/collections/Bare", "", nil, []string{": it is a folder"}},
		"all of them":                   {"plan", "postman/collections", "", nil, []string{": it is a folder"}},
		"a folder outside":              {"plan", "../" + filepath.Base(outside) + "/Far", "", nil, []string{": it lies outside the workspace"}},
		"a folder by a link out of it":  {"plan", "far", "", nil, []string{"outside the workspace"}},
		"a folder twice": {
			"plan", "apis/Shop\napis/./Shop/", "", []string{"apis/Shop"}, []string{"(line 2): it is the collection of line 1"},
		},
		"what Postman lists":       {"plan", "./.postman/resources.yaml", "", []string{".postman/resources.yaml"}, nil},
		"a list that is not there": {"plan", "apis/.postman/resources.yaml", "", []string{"apis/.postman/resources.yaml"}, nil},
		"a file of that name":      {"plan", "apis/resources.yaml", "", []string{"apis/resources.yaml"}, nil},
		"another way to say it": {
			"plan", filepath.Join(workspace, "exports", "{a,b}?.json"), "", []string{"exports/{a,b}?.json"}, nil,
		},
		"of any ending":         {"check", "exports/*", "", []string{"exports/*"}, nil},
		"a file named like one": {"plan", "exports/[pets].json", "", []string{"exports/[pets].json"}, nil},
		"two patterns":          {"plan", "*.json\n./*.json", "", []string{"*.json"}, []string{"(line 2): it is the collection of line 1"}},
		"a pattern outside":     {"plan", "../*.json", "", nil, []string{": it lies outside the workspace"}},
		"a broken pattern":      {"plan", "exports/{a,*.json", "", nil, []string{": it is a pattern with a bracket or brace"}},
		"a variable in it":      {"plan", "${DIR}/*.json", "", nil, []string{": it contains a variable"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := readyToPlan().with(env{
				"GITHUB_WORKSPACE": workspace, "INPUT_MODE": test.mode, "INPUT_COLLECTIONS": test.collection, "INPUT_POSTMAN-API-KEY": test.key,
			})
			if test.mode == "check" {
				e["INPUT_MICROCKS-URL"] = "" // needs none
			}
			run, problems := Parse(Sources{Getenv: e.get})
			var files []string
			for _, i := range run.Importers {
				said := 0
				for _, text := range []string{i.File, i.Pattern, i.Resources} {
					said += min(1, len(text))
				}
				if isRef := i.Ref != nil; isRef && said > 0 || !isRef && said != 1 {
					t.Errorf("not one of reference, file, pattern and list: %+v", i)
				}
				if filepath.Base(filepath.Dir(i.Resources)) != ".postman" && i.Resources != "" {
					t.Errorf("no list of Postman's: %+v", i)
				}
				files = append(files, i.File+i.Pattern+i.Resources)
			}
			if diff := cmp.Diff(test.files, files); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			checkProblems(t, test.problems, problems)
		})
	}
}

// checkProblems holds that each problem has its part in its text.
func checkProblems(t *testing.T, parts []string, problems []Problem) {
	t.Helper()
	if len(problems) != len(parts) {
		t.Fatalf("%d problems, want %d: %v", len(problems), len(parts), problems)
	}
	for i, p := range problems {
		if !strings.Contains(p.Text(), parts[i]) {
			t.Errorf("want %q in:\n%s", parts[i], p)
		}
	}
}

// TestDescriptionOfEach holds that several collections share what was said, and
// no memory.
func TestDescriptionOfEach(t *testing.T) {
	t.Parallel()
	run, problems := Parse(Sources{
		Args: []string{
			"--collections=" + uidA, "--collections=" + uidB, "--labels=a=1", "--active=false", "--service-version=2",
		},
		Getenv: readyToPlan().get,
	})
	if len(problems) != 0 || len(run.Importers) != 2 {
		t.Fatalf("%d importers, problems %v", len(run.Importers), problems)
	}
	run.Importers[0].Labels["a"] = "changed"
	second := run.Importers[1]
	if second.Labels["a"] != "1" || *second.Active || second.ServiceVersion != "2" {
		t.Errorf("the second importer lacks what was said: %+v", second)
	}
	if second.Main != nil || second.Name != nil {
		t.Errorf("the second importer has what nobody said: %+v", second)
	}
}
