package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// workspace is where local files may come from. On a runner that is one folder,
// in which os.Root keeps paths, symbolic links included: what a workflow checks
// out may be anybody's. A person at a terminal reads what they name.
type workspace struct {
	dir  string   // "" when any file may be read
	root *os.Root // nil then, and when err says why
	err  error
}

// openWorkspace opens GITHUB_WORKSPACE; without one there is no limit. A
// failure is kept until a file is asked for: most runs read none.
func openWorkspace(dir string) *workspace {
	if dir == "" {
		return &workspace{}
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
	if w.dir == "" {
		return filepath.Clean(path), nil
	}
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
	errFolder     = errors.New("is a folder")
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
	info, err := w.stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && w.dir == "":
		return "", errors.New("does not exist")
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("is not in the workspace")
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return "", errOutside
	case err != nil:
		return "", errUnreadable
	case info.IsDir():
		return "", errFolder
	case !info.Mode().IsRegular():
		return "", errors.New("is not a file")
	}
	return path, nil
}

func (w *workspace) stat(path string) (fs.FileInfo, error) {
	if w.dir == "" {
		return os.Stat(path)
	}
	return w.root.Stat(path)
}

// open opens a file by the path that [workspace.file] gave.
func (w *workspace) open(path string) (*os.File, error) {
	if w.dir == "" {
		return os.Open(path)
	}
	return w.root.Open(path)
}

// hint says how to name a file.
func (w *workspace) hint() string {
	if w.dir == "" {
		return "Give the file's path from the current folder, or its whole path."
	}
	return "Give the file's path from the workspace's root, and check out the repository before this step."
}
