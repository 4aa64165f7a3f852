package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/manifest"
	"postman-microcks-importer/internal/postman"
)

// withManifest is what a plan by a manifest needs.
func withManifest(t *testing.T, manifest string, inputs map[string]string) Sources {
	t.Helper()
	workspace := t.TempDir()
	writeFile(t, workspace, "postman.yaml", manifest)
	writeFile(t, workspace, "exports/pets.json", "{}")
	e := readyToPlan().with(env{"GITHUB_WORKSPACE": workspace, "INPUT_COLLECTIONS": "", "INPUT_MANIFEST": "postman.yaml"}).with(action(inputs))
	return Sources{Getenv: e.get}
}

const everyKey = `key: payments
defaults:
  labels: {team: pay, tier: silver}
  delivery: upload
  active: true
collections:
  - ` + uidA + `
  - collection: ` + uidB + `
    importer-name: Pets
    main-artifact: false
    active: false
    labels: {tier: gold}
    delivery: importer
    service-version: "1.10"
    verify: mocks
  - collection: exports/pets.json
`

// TestManifest holds what entries, inputs and defaults come to.
func TestManifest(t *testing.T) {
	t.Parallel()
	common := func(i Importer) Importer {
		if i.Labels == nil {
			i.Labels = map[string]string{"team": "pay", "tier": "silver"}
		}
		return i
	}
	tests := map[string]struct {
		inputs    map[string]string
		want      []Importer
		overrides []string
	}{
		"alone": {
			nil, []Importer{
				common(Importer{Source: uidA, Ref: &postman.Ref{UID: uidA}, Entry: "line 7", Delivery: DeliveryUpload, Active: pointer(true)}),
				{
					Source: uidB, Ref: &postman.Ref{UID: uidB}, Entry: "line 8", Name: pointer("Pets"), Main: pointer(false), Active: pointer(false),
					Labels: map[string]string{"team": "pay", "tier": "gold"}, Delivery: DeliveryImporter, ServiceVersion: "1.10", Verify: VerifyMocks,
				},
				common(Importer{
					Source: "exports/pets.json", File: "exports/pets.json", Entry: "line 16", Delivery: DeliveryUpload, Active: pointer(true),
				}),
			},
			[]string{
				"active: line 8 says false, which counts there; others get true",
				"delivery: line 8 says importer, which counts there; others get upload",
				"label tier: line 8 says gold, which counts there; others get silver",
			},
		},
		"inputs over defaults": {
			map[string]string{"active": "false", "labels": "team=web\nrun=1", "verify": "mocks", "service-version": "2"},
			[]Importer{
				{
					Source: uidA, Ref: &postman.Ref{UID: uidA}, Entry: "line 7", Delivery: DeliveryUpload, Active: pointer(false),
					Labels: map[string]string{"team": "web", "tier": "silver", "run": "1"}, ServiceVersion: "2",
				},
				{
					Source: uidB, Ref: &postman.Ref{UID: uidB}, Entry: "line 8", Name: pointer("Pets"), Main: pointer(false), Active: pointer(false),
					Labels: map[string]string{"team": "web", "tier": "gold", "run": "1"}, Delivery: DeliveryImporter, ServiceVersion: "1.10",
					Verify: VerifyMocks,
				},
				{
					Source: "exports/pets.json", File: "exports/pets.json", Entry: "line 16", Delivery: DeliveryUpload, Active: pointer(false),
					Labels: map[string]string{"team": "web", "tier": "silver", "run": "1"}, ServiceVersion: "2",
				},
			},
			[]string{
				"active: the workflow says false, which counts, and not true of defaults",
				"label team: the workflow says web, which counts, and not pay of defaults",
				"delivery: line 8 says importer, which counts there; others get upload",
				"service-version: line 8 says 1.10, which counts there; others get 2",
				"label tier: line 8 says gold, which counts there; others get silver",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(withManifest(t, everyKey, test.inputs))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(test.want, run.Importers, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Importer{}, "Own")); diff != "" {
				t.Errorf("importers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.overrides, run.Overrides); diff != "" {
				t.Errorf("overrides (-want +got):\n%s", diff)
			}
			if want := (Manifest{Path: "postman.yaml", Key: "payments", Entries: 3}); run.Manifest != want {
				t.Errorf("manifest %+v, want %+v", run.Manifest, want)
			}
		})
	}
}

// TestWorkspaceOfManifest holds what an entry says of a workspace.
func TestWorkspaceOfManifest(t *testing.T) {
	t.Parallel()
	const id = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"
	run, problems := Parse(withManifest(t, "collections:\n"+
		"- workspace: "+strings.ToUpper(id)+"\n  include: [a*]\n  exclude: [b, c]\n  forks: true\n"+
		"- workspace:2f0df51a-8658-4ee8-a2a1-d2567dfa09a9\n"+
		"- workspace: https://acme.postman.co/workspace/Pets~3f0df51a-8658-4ee8-a2a1-d2567dfa09a9/overview\n", nil))
	if len(problems) > 0 || len(run.Importers) != 3 {
		t.Fatal(problems)
	}
	want := Importer{
		Source: run.Importers[0].Source, Workspace: id, Include: []string{"a*"}, Exclude: []string{"b", "c"}, Forks: true, Entry: "line 2",
	}
	if diff := cmp.Diff(want, run.Importers[0], cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Importer{}, "Own")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for n, first := range []string{"1", "2", "3"} {
		if got := run.Importers[n].Workspace; !strings.HasPrefix(got, first) {
			t.Errorf("workspace %d is %q", n, got)
		}
	}
}

// TestKeyOffGitHub holds that no place on a machine gets into labels.
func TestKeyOffGitHub(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "postman.yaml", "collections: []")
	e := readyToPlan().with(env{"INPUT_COLLECTIONS": "", "INPUT_MANIFEST": filepath.Join(dir, "postman.yaml")})
	run, problems := Parse(Sources{Getenv: e.get})
	if len(problems) > 0 || run.Manifest.Key != "postman.yaml" {
		t.Errorf("%+v, %v", run.Manifest, problems)
	}
}

// An entry that describes an importer where there is none is told, at most some of them.
func TestEntriesWithoutImporter(t *testing.T) {
	t.Parallel()
	entries := "collections:\n- {collection: " + uidA + ", active: true}\n- {collection: " + uidB + ", delivery: upload, active: true}\n"
	for n := range 6 {
		entries += fmt.Sprintf("- {collection: exports/%d.json, importer-name: Pets}\n", n)
	}
	run, problems := Parse(withManifest(t, entries, nil))
	want := "The manifest postman.yaml: importer-name and active have no effect where there is no importer," +
		" as of what is uploaded (line 3, line 4, line 5, line 6, line 7, 2 more)."
	if len(problems) > 0 || !slices.Contains(run.Warnings, want) {
		t.Errorf("%v, warnings %q", problems, run.Warnings)
	}
}

// TestVerifyOfManifest holds that an entry can ask for more than the workflow, and not
// for less.
func TestVerifyOfManifest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ run, entry, defaults, want, told string }{
		{"", "mocks", "", "mocks", ""},
		{"", "", "mocks", "mocks", ""},
		{"none", "service", "", "service", ""},
		{"mocks", "service", "", "", "verify: the workflow says mocks, which counts, and not service of line 3, which is less"},
		{"mocks", "", "service", "", "verify: the workflow says mocks, which counts, and not service of defaults, which is less"},
		{"none", "service", "mocks", "service", "verify: line 3 says service, which counts there; others get mocks"},
	} {
		text := "defaults: {"
		if test.defaults != "" {
			text += "verify: " + test.defaults
		}
		text += "}\ncollections:\n- collection: " + uidA + "\n"
		if test.entry != "" {
			text += "  verify: " + test.entry + "\n"
		}
		run, problems := Parse(withManifest(t, text, map[string]string{"verify": test.run}))
		if len(problems) > 0 {
			t.Error(problems)
			continue
		}
		if got := run.Importers[0].Verify; got != test.want || strings.Join(run.Overrides, "; ") != test.told {
			t.Errorf("%+v: verify %q, told %q", test, got, run.Overrides)
		}
	}
}

// TestWrongManifests keeps the texts of what can be wrong with a manifest.
func TestWrongManifests(t *testing.T) {
	t.Parallel()
	const one = "collections:\n- collection: " + uidA + "\n"
	tests := map[string]string{
		"a canary": one + "  importer-name: PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef99 x\n  " + apiKey + ": x\n",
		"a collection": "collections:\n- pets\n- collection: 12ece9e1-2abf-4edc-8e34-de66e74114d2\n" +
			"- https://u:p@example.com/collections/1?access_key=x\n",
		"a key": "key: \"" + strings.Repeat("k", 300) + "\"\ncollections: []\n",
		"a label": one + "  labels:\n    a.b: c\n    managed-by: me\n    \"\": x\n" +
			"    \" managed-by\": x\n    \"\\u200bmanaged-by\": x\n    ok: \"\"\n",
		"a name":     one + "  importer-name: " + strings.Repeat("x", 257) + "\n",
		"a variable": "collections:\n- ${{ vars.PETS }}\n",
		"a workspace": "collections:\n- workspace: " + uidA + "\n- workspace: https://app.getpostman.com/collection/" + uidB + "\n" +
			"- workspace: nowhere\n- collection: workspace:1f0df51a-8658-4ee8-a2a1-d2567dfa09a9\n  importer-name: x\n",
		"a version":     one + "  service-version: 1/2\n",
		"a version, no": one + "  service-version: 1.10\n",
		"delivery":      "defaults: {delivery: importer}\ncollections:\n- exports/pets.json\n",
		"policy":        "mode: apply\n" + one + "  allow: [take-over]\n  verify: none\n",
		"twice":         one + "- exports/pets.json\n- collection: " + strings.ToUpper(uidA) + "\n- ./exports/pets.json\n",
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		_, problems := Parse(withManifest(t, tests[name], nil))
		fmt.Fprintf(&all, "# %s\n", name)
		if len(problems) == 0 {
			t.Errorf("%s: no problem", name)
		}
		for _, p := range problems {
			fmt.Fprintf(&all, "%s\n\n", p)
			if p.Input != "manifest" || p.File != "postman.yaml" || p.Line == 0 || p.Column == 0 {
				t.Errorf("%s: no place in %+v", name, p)
			}
		}
	}
	if strings.Contains(all.String(), "cdef99") || strings.Contains(all.String(), "u:p") {
		t.Error("a credential is shown")
	}
	golden(t, "testdata/manifests.golden", all.String())
}

// TestFitsLabel holds that a label that fits is read from a manifest as it is.
func TestFitsLabel(t *testing.T) {
	t.Parallel()
	fit := 0
	for _, said := range []string{
		"team", "1", "yes", "<<", "~", "a b", "a#b", "a: b", "é☃", "a.b", "managed-by", " a", "a ", "", "a\nb", "a\tb", "a\u200bb", "a\u00a0b",
		"\uf8ff", "a\U0010ffffb", "\ufffd", "\xff", strings.Repeat("a", longestName+1),
		"PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01",
	} {
		for _, label := range []manifest.Label{
			{Key: manifest.Said[string]{Value: said}, Value: manifest.Said[string]{Value: "x"}},
			{Key: manifest.Said[string]{Value: "x"}, Value: manifest.Said[string]{Value: said}},
		} {
			key, value := label.Key.Value, label.Value.Value
			if !FitsLabel(key, value) {
				continue
			}
			fit++
			m := manifest.Manifest{Entries: []manifest.Entry{{
				Collection: &manifest.Said[string]{Value: uidA}, Labels: []manifest.Label{label},
			}}}
			run, problems := Parse(withManifest(t, string(m.Write(nil, nil)), nil))
			if len(problems) > 0 || len(run.Importers) != 1 || run.Importers[0].Labels[key] != value {
				t.Errorf("%q=%q: %v", key, value, problems)
			}
		}
	}
	if fit < 12 {
		t.Errorf("%d labels fit", fit)
	}
}

// TestManyWrongEntries holds that no more is told than a person can read.
func TestManyWrongEntries(t *testing.T) {
	t.Parallel()
	_, problems := Parse(withManifest(t, "collections:\n"+strings.Repeat("- pets\n", 5000), nil))
	if len(problems) != manifest.MostProblems || problems[0].Line != 2 || problems[len(problems)-1].Line != 0 {
		t.Errorf("%d problems, the first %v, the last %v", len(problems), problems[0], problems[len(problems)-1])
	}
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "- {collection: exports/%d.json, active: false}\n", i)
	}
	run, problems := Parse(withManifest(t, "defaults: {active: true}\ncollections:\n"+text.String(), nil))
	if len(problems) > 0 || len(run.Importers) != 5000 || len(run.Overrides) != mostOverrides || run.MoreOverrides != 5000-mostOverrides {
		t.Errorf("%d importers, %d overrides and %d more, %v", len(run.Importers), len(run.Overrides), run.MoreOverrides, problems)
	}
}

// TestManifestInModes holds what a run needs beside a manifest.
func TestManifestInModes(t *testing.T) {
	t.Parallel()
	both := "collections:\n- " + uidA + "\n- exports/pets.json\n"
	tests := map[string]struct {
		manifest string
		inputs   map[string]string
		problem  string
		skipped  []bool
	}{
		"check without a key":  {both, map[string]string{"mode": "check", "postman-api-key": ""}, "", []bool{true, false}},
		"check with a key":     {both, map[string]string{"mode": "check"}, "", []bool{false, false}},
		"plan without a key":   {both, map[string]string{"postman-api-key": ""}, "postman-api-key: got nothing", []bool{false, false}},
		"remove without a key": {both, map[string]string{"mode": "remove", "postman-api-key": ""}, "", []bool{false, false}},
		"a name for several":   {both, map[string]string{"importer-name": "x"}, `importer-name: got "x" for 2 collections`, []bool{false, false}},
		"with collections": {
			both, map[string]string{"collections": uidB}, `manifest: got "postman.yaml": collections are given, too`, []bool{false},
		},
		"of nothing": {"collections: []", map[string]string{"postman-api-key": ""}, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(withManifest(t, test.manifest, test.inputs))
			var skipped []bool
			for _, i := range run.Importers {
				skipped = append(skipped, i.Skipped)
			}
			var texts []string
			for _, p := range problems {
				texts = append(texts, p.Text())
			}
			told := strings.Join(texts, "\n")
			switch {
			case (told == "") != (test.problem == ""), !strings.HasPrefix(told, test.problem), len(problems) > 1:
				t.Errorf("problems: %s", told)
			case !slices.Equal(skipped, test.skipped):
				t.Errorf("skipped: %v", skipped)
			}
		})
	}
}

// TestManifestOfStrangers holds that a key reads nothing that a manifest names where
// anybody can have caused the run.
func TestManifestOfStrangers(t *testing.T) {
	t.Parallel()
	for event, skips := range map[string]bool{"push": false, "schedule": false, "pull_request_target": true, "issue_comment": true} {
		for allow, allowed := range map[string]bool{"": false, AllowUntrustedEvent: true} {
			sources := withManifest(t, "collections: ["+uidA+", exports/pets.json, workspace:1f0df51a-8658-4ee8-a2a1-d2567dfa09a9]\n",
				map[string]string{"mode": "plan", "allow": allow})
			github := onGitHub(event, "refs/heads/main")
			run, problems := Parse(Sources{ReadFile: eventFile(mainIsDefault), Getenv: func(name string) string {
				if value := sources.Getenv(name); value != "" || name == "INPUT_COLLECTIONS" {
					return value
				}
				return github[name]
			}})
			var skipped []bool
			for _, i := range run.Importers {
				skipped = append(skipped, i.Skipped)
			}
			want := skips && !allowed
			if len(problems) > 0 || !slices.Equal(skipped, []bool{want, false, want}) {
				t.Errorf("%s, allow %q: skipped %v, %v", event, allow, skipped, problems)
			}
		}
	}
}

// TestManifestOfWorkspace holds that no link leads out of it.
func TestManifestOfWorkspace(t *testing.T) {
	t.Parallel()
	outside, workspace := t.TempDir(), t.TempDir()
	writeFile(t, outside, "postman.yaml", "collections: ["+uidA+"]")
	if err := os.Symlink(filepath.Join(outside, "postman.yaml"), filepath.Join(workspace, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	e := readyToPlan().with(env{"GITHUB_WORKSPACE": workspace, "INPUT_COLLECTIONS": "", "INPUT_MANIFEST": "link.yaml"})
	run, problems := Parse(Sources{Getenv: e.get})
	if len(problems) != 1 || !strings.Contains(problems[0].Text(), "it lies outside the workspace") || len(run.Importers) > 0 {
		t.Errorf("%v", problems)
	}
}

// TestExport holds what an export needs: a file that is not there yet, on GitHub.
func TestExport(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file    string
		env     env
		want    string
		problem string
	}{
		"a file":                   {".github/new.yaml", nil, ".github/new.yaml", ""},
		"none":                     {"", nil, "", ""},
		"none on GitHub":           {"", env{"GITHUB_ACTIONS": "true"}, "", "manifest: got nothing"},
		"one that is there":        {"postman.yaml", nil, "", `manifest: got "postman.yaml": it is there already`},
		"a folder":                 {"exports", nil, "", `manifest: got "exports": it is a folder`},
		"outside":                  {"../new.yaml", nil, "", `manifest: got "../new.yaml": it lies outside the workspace`},
		"without a repository":     {"new.yaml", env{"GITHUB_REPOSITORY": ""}, "new.yaml", ""},
		"without a key of Postman": {"new.yaml", env{"INPUT_POSTMAN-API-KEY": ""}, "new.yaml", ""},
		"without Microcks":         {"new.yaml", env{"INPUT_MICROCKS-URL": ""}, "new.yaml", "microcks-url: got nothing"},
	}
	for name, test := range tests {
		sources := withManifest(t, "", map[string]string{"mode": "export", "manifest": test.file})
		run, problems := Parse(Sources{Getenv: func(name string) string {
			if value, has := test.env[name]; has {
				return value
			}
			return sources.Getenv(name)
		}})
		var told []string
		for _, p := range problems {
			told = append(told, p.Text())
		}
		if all := strings.Join(told, "\n"); !strings.HasPrefix(all, test.problem) || (all == "") != (test.problem == "") {
			t.Errorf("%s: %s", name, all)
		}
		if run.Mode != ModeExport || run.Manifest.Path != test.want || run.ExportAs != ExportManifest || len(run.Importers) > 0 {
			t.Errorf("%s: %+v, %q", name, run.Manifest, run.ExportAs)
		}
	}
}
