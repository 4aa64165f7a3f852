package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// workspace is the one folder that local files may come from. os.Root keeps
// paths inside it, symbolic links included.
type workspace struct {
	dir  string
	root *os.Root
	err  error
}

// openWorkspace opens GITHUB_WORKSPACE, else the current folder. A failure is
// kept until a file is asked for: most runs read none.
func openWorkspace(dir string) *workspace {
	if dir == "" {
		dir = "."
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	root, err := os.OpenRoot(dir)
	return &workspace{dir: dir, root: root, err: err}
}

// close lets go of the folder.
func (w *workspace) close() {
	if w.root != nil {
		_ = w.root.Close()
	}
}

// relative gives a path relative to the workspace. An absolute one is accepted
// when it points into it, since the runner rewrites ${{ github.workspace }}.
func (w *workspace) relative(path string) (string, error) {
	if filepath.IsAbs(path) {
		rel, err := filepath.Rel(w.dir, path)
		if err != nil {
			return "", errOutside
		}
		path = rel
	}
	path = filepath.Clean(path)
	if !filepath.IsLocal(path) {
		return "", errOutside
	}
	return path, nil
}

// errOutside is the error of a path that leaves the workspace.
var errOutside = errors.New("it lies outside the workspace")

// file gives the relative path of a regular file of the workspace.
func (w *workspace) file(path string) (string, error) {
	if w.err != nil {
		return "", errors.New("the workspace cannot be opened")
	}
	path, err := w.relative(path)
	if err != nil {
		return "", err
	}
	info, err := w.root.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such file in the workspace; is the repository checked out before this step?")
	case errors.Is(err, fs.ErrPermission):
		return "", errors.New("it may not be read")
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return "", errOutside
	case err != nil:
		return "", errors.New("it cannot be opened")
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a file")
	}
	return path, nil
}
