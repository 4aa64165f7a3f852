package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/text"
)

// TestExportsNoCredential holds that no text of a server brings a credential of the run, or
// a key of Postman's, into what is exported, in either form, and that the rest stays.
func TestExportsNoCredential(t *testing.T) {
	t.Parallel()
	const id = "1-11111111-1111-4111-8111-111111111111"
	for _, credential := range []string{
		"9f2c7d51e8b04a6fb3c0", "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01",
	} {
		e := func(mark string) plan.Exported {
			return plan.Exported{
				Collection: id, URL: "https://" + mark + ".example/collections/" + id, Name: mark, Secret: mark,
				Labels: map[string]string{"team": mark}, Why: plan.ManagedByAnother, Of: text.Untrusted(mark),
			}
		}
		x := func(mark string) *plan.Export {
			listed := e(mark)
			listed.URL = "https://api.getpostman.com/collections/" + id
			return &plan.Export{Listed: []plan.Exported{listed}, Aside: []plan.Exported{e(mark)}}
		}
		for _, form := range []string{config.ExportManifest, config.ExportAPISource} {
			p := &program{
				Run:    &config.Run{ExportAs: form, Microcks: config.Microcks{URL: "https://microcks.example"}, Repository: "acme/pets"},
				runner: actions.New(func(string) string { return "" }, io.Discard),
			}
			p.runner.Mask("9f2c7d51e8b04a6fb3c0")
			hidden := x(credential)
			if strings.HasPrefix(credential, "PMAK-") { // which plan leaves out of what an entry says
				for _, e := range []*plan.Exported{&hidden.Listed[0], &hidden.Aside[0]} {
					e.Name, e.Secret, e.Labels = "", "", nil
				}
			}
			if got := string(p.textOf(hidden)); strings.Contains(got, credential) || strings.Count(got, id) < 2 {
				t.Errorf("%s, %s:\n%s", form, credential, got)
			}
			want := map[string]int{config.ExportManifest: 5, config.ExportAPISource: 8}[form]
			if got := string(p.textOf(x("harmless"))); strings.Count(got, "harmless") != want {
				t.Errorf("%s: want %d:\n%s", form, want, got)
			}
		}
	}
}

// TestWriteNew: a manifest is a new file of the workspace, and no link leads out of it.
func TestWriteNew(t *testing.T) {
	t.Parallel()
	workspace, outside := t.TempDir(), t.TempDir()
	for link, target := range map[string]string{
		"out": outside, "dangling.yaml": filepath.Join(outside, "new.yaml"), "inside": "folder", "to.yaml": "there.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(workspace, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(workspace, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(workspace, "there.yaml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new.yaml", ".github/a/new.yaml", "inside/new.yaml"} {
		if err := writeNew(workspace, name, []byte("x")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if raw, err := os.ReadFile(filepath.Join(workspace, name)); err != nil || string(raw) != "x" {
			t.Errorf("%s holds %q, %v", name, raw, err)
		}
	}
	for name, exists := range map[string]bool{
		"there.yaml": true, "to.yaml": true, "out/new.yaml": false, "dangling.yaml": true, "../new.yaml": false, "there.yaml/x.yaml": true,
	} {
		if err := writeNew(workspace, name, []byte("x")); err == nil || errors.Is(err, fs.ErrExist) != exists {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("outside there are %v, %v", left, err)
	}
	if raw, err := os.ReadFile(filepath.Join(workspace, "there.yaml")); err != nil || string(raw) != "mine" {
		t.Errorf("what was there is %q, %v", raw, err)
	}
	here := filepath.Join(outside, "mine.yaml")
	if err := writeNew("", here, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := writeNew("", here, []byte("y")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there, off a runner: %v", err)
	}
}
