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

// Errors about a path; their texts go on after "which".
var (
	errOutside    = errors.New("lies outside the workspace")
	errUnreadable = errors.New("cannot be read")
)

// file gives the relative path of a regular file of the workspace.
func (w *workspace) file(path string) (string, error) {
	if w.err != nil {
		return "", errors.New("lies in a workspace that cannot be opened")
	}
	path, err := w.relative(path)
	if err != nil {
		return "", err
	}
	info, err := w.root.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("is not in the workspace")
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return "", errOutside
	case err != nil:
		return "", errUnreadable
	case !info.Mode().IsRegular():
		return "", errors.New("is not a file")
	}
	return path, nil
}
