package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

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
