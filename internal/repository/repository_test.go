package repository_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/repository"
)

const request = "$kind: http-request\nurl: /a\n"

func folderOf(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

// A folder is a collection by what its definition says, or by where it stands.
func TestIsCollection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		folder, file, text string
		want               bool
	}{
		"its kind":         {"a", "a/.resources/definition.yaml", "$kind: collection\n", true},
		"the other ending": {"a", "a/.resources/definition.yml", "$kind: collection\n", true},
		"its place":        {"x/postman/collections/a", "x/postman/collections/a/r.request.yaml", request, true},
		"a definition with a conflict was meant as one": {"a", "a/.resources/definition.yaml", "<<<<<<< HEAD\n", true},
		"another kind":           {"a", "a/.resources/definition.yaml", "$kind: folder\n", false},
		"a folder of one":        {"a", "a/.resources/definition.yaml", "name: a\n", false},
		"no definition":          {"a", "a/r.request.yaml", request, false},
		"a folder of that name":  {"a", "a/.resources/definition.yaml/x", "", false},
		"in one that is kept":    {"postman/collections/a/b", "postman/collections/a/b/r.request.yaml", request, false},
		"a place of a like name": {"xpostman/collections/a", "xpostman/collections/a/r.request.yaml", request, false},
	} {
		if got := repository.IsCollection(t.Context(), folderOf(map[string]string{c.file: c.text}), c.folder); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// Of a folder what belongs to the format is read, but what git has for itself, and no link is taken for a folder or
// leads out.
func TestReadFolder(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{
		"apis/a/.resources/definition.yaml": "$kind: collection\n", "apis/a/in/list.request.yaml": request, "apis/a/README.md": "x",
		"apis/a/openapi.yaml": "openapi: 3.0.0\n", "apis/b/other.request.yaml": request,
		"apis/a/.git/refs/heads/x.request.yaml": "0123", "apis/a/.old/x.request.yaml": request,
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("../b", "apis/a/linked")
	link("../b/other.request.yaml", "apis/a/linked.request.yaml")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	source, err := repository.Read(t.Context(), root.FS(), "apis/a")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	source.Each(func(name string, raw []byte) bool {
		names = append(names, name)
		if want, err := os.ReadFile(filepath.Join(dir, "apis/a", name)); err != nil || !bytes.Equal(want, raw) {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
		return true
	})
	want := []string{".old/x.request.yaml", ".resources/definition.yaml", "in/list.request.yaml", "linked.request.yaml"}
	if !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if file, err := repository.Read(t.Context(), root.FS(), "apis/a/README.md"); err != nil || file.Folder != nil || string(file.Raw) != "x" {
		t.Errorf("%+v, %v", file, err)
	}
	if _, err := repository.Read(t.Context(), root.FS(), "apis"); !errors.Is(err, repository.ErrNoFolder) {
		t.Error(err)
	}
	if _, err := repository.Read(t.Context(), root.FS(), "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	ended, end := context.WithCancelCause(t.Context())
	over := errors.New("over")
	if end(over); !errors.Is(second(repository.Read(ended, root.FS(), "apis/a")), over) {
		t.Error("a run that ended reads on")
	}
	for name, make := range map[string]func(string) error{
		"a link out": func(at string) error { return os.Symlink(filepath.Join(outside, "x.request.yaml"), at) },
		"a pipe":     func(at string) error { return syscall.Mkfifo(at, 0o600) },
		"a circle":   func(at string) error { return os.Symlink(filepath.Base(at), at) },
	} {
		at := filepath.Join(dir, "apis/a/bad.request.yaml")
		if err := make(at); err != nil {
			t.Fatal(err)
		}
		_, err := repository.Read(t.Context(), root.FS(), "apis/a")
		if wrong, ok := errors.AsType[*repository.PathError](err); !ok || wrong.Name != "apis/a/bad.request.yaml" {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(at); err != nil {
			t.Fatal(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// counting counts what is opened of a file system.
type counting struct {
	fs.FS
	opened int
}

func (c *counting) Open(name string) (fs.File, error) { c.opened++; return c.FS.Open(name) }

// Of a folder that is beyond the bounds no more is read than what shows it, and the format
// says which bound.
func TestBounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files, size int
		kind        gitformat.FaultKind
		most        int // that are opened, to be looked at or read
	}{
		"many bytes":   {40, 1 << 20, gitformat.TooLarge, 40},
		"a large file": {3, repository.MostBytes + 1, gitformat.TooLarge, 8},
		"many files":   {gitformat.MostFiles + 500, 1, gitformat.TooManyFiles, 2*gitformat.MostFiles + 10},
	} {
		files := &counting{FS: manyFiles(c.files, c.size)}
		source, err := repository.Read(t.Context(), files, "postman/collections/a")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = gitformat.Read(nil, "a", source.Each)
		broken, ok := errors.AsType[*gitformat.BrokenError](err)
		if !ok || broken.Faults[len(broken.Faults)-1].Kind != c.kind {
			t.Errorf("%s: %v", name, err)
		}
		if files.opened > c.most || len(source.Raw) > 2*repository.MostBytes+2 {
			t.Errorf("%s: %d opened, %d bytes", name, files.opened, len(source.Raw))
		}
	}
	all := fstest.MapFS{}
	for i := range 100_001 {
		all[fmt.Sprintf("postman/collections/a/%d.txt", i)] = &fstest.MapFile{}
	}
	if _, err := repository.Read(t.Context(), all, "postman/collections/a"); !errors.Is(err, repository.ErrTooMany) {
		t.Error(err)
	}
}

func manyFiles(n, size int) fstest.MapFS {
	all := fstest.MapFS{}
	content := []byte(strings.Repeat("#", size))
	for i := range n {
		all[fmt.Sprintf("postman/collections/a/%05d.request.yaml", i)] = &fstest.MapFile{Data: content}
	}
	return all
}
