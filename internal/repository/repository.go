// Package repository is what a repository holds under a name: a file, or a folder in
// Postman's git format that is a collection. It reads any file system, of a checkout or
// of a commit, and follows no link that leads out of it, since none of them lets it.
package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/gitformat"
)

// MostBytes is the most that is read of a collection: a server could not store half of
// it.
const MostBytes = gitformat.MostBytes

// mostEntries of one folder are looked at, whatever they are.
const mostEntries = 100_000

// Why a collection is not read.
var (
	ErrTooLarge  = fmt.Errorf("it has more than %d MB", MostBytes>>20)
	ErrTooMany   = fmt.Errorf("it has more than %d files and folders", mostEntries)
	ErrNoFolder  = errors.New("it is a folder, and no collection in Postman's git format")
	errNoRegular = errors.New("it is not a file")
	ErrLink      = errors.New("it is a symbolic link that leads out of the workspace, or in a circle")
)

// Read reads the file of a name, or the folder that is a collection, into memory of the
// room that ctx is in. The error is a [*PathError], or the cause of the context's end.
func Read(ctx context.Context, files fs.FS, name string) (delivery.Source, error) {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return delivery.Source{}, &PathError{name, err}
	case !info.IsDir():
		raw, err := readFile(ctx, files, name)
		return delivery.File(raw), err
	case !IsCollection(ctx, files, name):
		return delivery.Source{}, &PathError{name, ErrNoFolder}
	}
	return readFolder(ctx, files, name)
}

// readFolder reads the files of a folder that belong to the format. Of one that is
// beyond the format's bounds no more is read than what shows it.
func readFolder(ctx context.Context, files fs.FS, folder string) (delivery.Source, error) {
	source := delivery.Source{Folder: &delivery.Folder{Path: folder}}
	err := Walk(files, folder, func(inner string) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case len(source.Raw) > MostBytes || len(source.Folder.Files) > gitformat.MostFiles:
			return fs.SkipAll
		}
		raw, err := readFile(ctx, files, path.Join(folder, inner))
		if errors.Is(err, ErrTooLarge) { // the format tells of it, by the file's name
			err = nil
		}
		if err != nil {
			return err
		}
		if err := budget.Take(ctx, len(raw)); err != nil {
			return err
		}
		source.Add(inner, raw)
		return nil
	})
	return source, err
}

// Walk calls do with the paths, in a folder, of the files that belong to the format. No
// link is taken for a folder.
func Walk(files fs.FS, folder string, do func(inner string) error) error {
	entries := 0
	return fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
		if entries++; entries > mostEntries {
			return &PathError{folder, ErrTooMany}
		}
		if err != nil {
			return &PathError{name, err}
		}
		inner := name
		if folder != "." {
			inner = strings.TrimPrefix(name, folder+"/")
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir // it is git's, which commits nothing of it
		}
		if d.IsDir() || !gitformat.Belongs(inner) {
			return nil
		}
		return do(inner)
	})
}

// readFile reads a file. Beside the error of one that is too large is its beginning,
// one byte more than what may be read.
func readFile(ctx context.Context, files fs.FS, name string) ([]byte, error) {
	switch info, err := fs.Stat(files, name); {
	case err == nil && !info.Mode().IsRegular():
		return nil, &PathError{name, errNoRegular} // opening a pipe waits
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && isLink(files, name):
		return nil, &PathError{name, ErrLink}
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, &PathError{name, err}
	}
	defer func() { _ = f.Close() }()
	raw, err := budget.ReadAll(ctx, f, MostBytes+1)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, &PathError{name, err}
	case len(raw) > MostBytes:
		return raw, &PathError{name, ErrTooLarge}
	}
	return raw, nil
}

func isLink(files fs.FS, name string) bool {
	info, err := fs.Lstat(files, name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// IsCollection reports whether a folder is a collection in Postman's git format: its
// definition says so, or it stands where Postman keeps collections. One whose
// definition cannot be read was meant as one.
func IsCollection(ctx context.Context, files fs.FS, folder string) bool {
	if Kept(folder) {
		return true
	}
	for _, definition := range gitformat.Definitions {
		name := path.Join(folder, definition)
		if info, err := fs.Stat(files, name); err != nil || info.IsDir() {
			continue
		}
		raw, err := readFile(ctx, files, name)
		if err != nil {
			return true
		}
		kind, err := gitformat.Kind(budget.New(ctx), definition, raw)
		return err != nil || kind == gitformat.KindOfCollection
	}
	return false
}

// Kept reports whether Postman keeps a collection in a folder, by its place:
// postman/collections.
func Kept(folder string) bool {
	return strings.HasSuffix("/"+path.Dir(path.Clean(folder)), "/postman/collections")
}

// Holds reports whether a file is a collection, or one in its folder. In the folder that is
// all of the repository are those of the format.
func Holds(collection, file string) bool {
	if collection == "." {
		return gitformat.Belongs(file)
	}
	return file == collection || strings.HasPrefix(file, collection+"/")
}

// PathError is what cannot be read, and why.
type PathError struct {
	Name string
	Err  error
}

func (e *PathError) Error() string { return fmt.Sprintf("reading %q: %v", e.Name, e.Err) }

func (e *PathError) Unwrap() error { return e.Err }
