package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
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
func (w *workspace) relative(path string) (string, fault) {
	if w.dir == "" {
		return filepath.Clean(path), ""
	}
	if filepath.IsAbs(path) {
		rel, err := filepath.Rel(w.dir, path)
		if err != nil {
			return "", outside
		}
		path = rel
	}
	path = filepath.Clean(path)
	if !filepath.IsLocal(path) {
		return "", outside
	}
	return path, ""
}

// What can be wrong with a path.
const (
	closedSpace fault = "it lies in a workspace that cannot be opened"
	outside     fault = "it lies outside the workspace"
	notThere    fault = "it does not exist"
	notInSpace  fault = "it is not in the workspace"
	isFolder    fault = "it is a folder"
	notRegular  fault = "it is not a file"
	unreadable  fault = "it cannot be read"
	outOfFolder fault = "it leads out of the current folder"
	noPattern   fault = "it is a pattern with a bracket or brace that is not closed"
)

// file gives the relative path of a regular file of the workspace, and of one that is
// not there beside that fault.
func (w *workspace) file(path string) (string, fault) {
	if w.err != nil {
		return "", closedSpace
	}
	path, wrong := w.relative(path)
	if wrong != "" {
		return "", wrong
	}
	info, err := w.stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && w.dir == "":
		return path, notThere
	case errors.Is(err, fs.ErrNotExist):
		return path, notInSpace
	case err != nil && w.leadsOut(path):
		return "", outside
	case err != nil:
		return "", unreadable
	case info.IsDir():
		return "", isFolder
	case !info.Mode().IsRegular():
		return "", notRegular
	}
	return path, ""
}

// read reads a file to its end, or to one byte more than most.
func (w *workspace) read(path string, most int64) ([]byte, fault) {
	f, err := w.open(path)
	if err != nil {
		return nil, unreadable
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, unreadable
	}
	return raw, ""
}

// collection gives the relative path of a folder that is a collection in Postman's git
// format, going by its place and the names in it; false for any other.
func (w *workspace) collection(line string) (string, bool) {
	folder, wrong := w.relative(line)
	if wrong != "" {
		return "", false
	}
	at := folder
	if abs, err := filepath.Abs(folder); w.dir == "" && err == nil {
		at = abs
	}
	if strings.HasSuffix("/"+filepath.ToSlash(filepath.Dir(at)), "/postman/collections") {
		return folder, true
	}
	for _, definition := range []string{"definition.yaml", "definition.yml"} {
		if info, err := w.stat(filepath.Join(folder, ".resources", definition)); err == nil && !info.IsDir() {
			return folder, true
		}
	}
	return "", false
}

// pattern gives a pattern of paths relative to the workspace; off a runner those of
// the current folder, since a shell fills in one of another.
func (w *workspace) pattern(line string) (string, fault) {
	if w.err != nil {
		return "", closedSpace
	}
	pattern, wrong := w.relative(line)
	switch {
	case wrong != "":
		return "", wrong
	case !filepath.IsLocal(pattern):
		return "", outOfFolder
	case !doublestar.ValidatePattern(filepath.ToSlash(pattern)):
		return "", noPattern
	}
	return filepath.ToSlash(pattern), ""
}

// leadsOut reports whether a path of the workspace leads out of it by symbolic
// links. It only explains why os.Root refuses the path.
func (w *workspace) leadsOut(path string) bool {
	dir, err := filepath.EvalSymlinks(w.dir)
	if err != nil {
		return false
	}
	target, err := filepath.EvalSymlinks(filepath.Join(w.dir, path))
	if err != nil {
		return false
	}
	relative, err := filepath.Rel(dir, target)
	return err == nil && !filepath.IsLocal(relative)
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

// hint is how to name a file.
func (w *workspace) hint() string {
	if w.dir == "" {
		return "give the file's path from the current folder, or its whole path"
	}
	return "give the file's path from the workspace's root, and check out the repository before this step"
}
