package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Holds reports whether a content is that of the file.
func (e Entry) Holds(content []byte) bool { return objectOf("blob", content, len(e.ID)) == e.ID }

// Tree is a commit's files as a file system, which may be used by several goroutines.
// Links are followed as far as they stay in it. What is no file and no link, such as a
// module of another repository, is not there.
type Tree struct {
	ctx     context.Context //nolint:containedctx // fs.FS has no other place for it
	content func(context.Context, Entry) ([]byte, error)
	files   map[string]Entry
	folders map[string][]fs.DirEntry // by name, each sorted
}

// Tree lists all files of the commit. Contents are asked for as they are read, by
// content, or by [Commit.Content] where that is nil, as long as ctx lasts.
func (c *Commit) Tree(ctx context.Context, content func(context.Context, Entry) ([]byte, error)) (*Tree, error) {
	list, err := c.Files(ctx, "")
	if err != nil {
		return nil, err
	}
	if content == nil {
		content = c.Content
	}
	t := &Tree{ctx: ctx, content: content, files: make(map[string]Entry, len(list)), folders: map[string][]fs.DirEntry{".": nil}}
	for _, e := range list {
		if !e.Regular && !e.Link || !fs.ValidPath(e.Path) {
			continue
		}
		t.files[e.Path] = e
		t.add(e.Path, node{e})
	}
	for _, entries := range t.folders {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return t, nil
}

// add puts what is at a path into its folder, and that into its own.
func (t *Tree) add(at string, entry fs.DirEntry) {
	folder := path.Dir(at)
	_, known := t.folders[folder]
	t.folders[folder] = append(t.folders[folder], entry)
	if !known {
		t.add(folder, node{Entry{Path: folder}})
	}
}

// Entry is the file at a path, links followed. The error is [fs.ErrNotExist] where
// there is none.
func (t *Tree) Entry(ctx context.Context, name string) (Entry, error) {
	name, err := t.follow(ctx, name)
	if err != nil {
		return Entry{}, err
	}
	e, ok := t.files[name]
	if !ok {
		return Entry{}, fs.ErrNotExist
	}
	return e, nil
}

// follow is where a path leads through links: of the file itself, and of folders.
func (t *Tree) follow(ctx context.Context, name string) (string, error) {
	const mostLinks = 8
	for range mostLinks {
		at, rest := t.link(name)
		if at == "" {
			return name, nil
		}
		target, err := t.content(ctx, t.files[at])
		if err != nil {
			return "", err
		}
		if name = path.Join(path.Dir(at), string(target), rest); path.IsAbs(string(target)) || !fs.ValidPath(name) {
			return "", fs.ErrNotExist
		}
	}
	return "", fs.ErrNotExist
}

// link is the first link on the way to a path, and what follows it; "" where there is
// none.
func (t *Tree) link(name string) (at, rest string) {
	for i := 0; i <= len(name); i++ {
		if (i == len(name) || name[i] == '/') && t.files[name[:i]].Link {
			return name[:i], name[i:]
		}
	}
	return "", ""
}

// Read is the content of the file at a path, links followed.
func (t *Tree) Read(ctx context.Context, name string) ([]byte, error) {
	e, err := t.Entry(ctx, name)
	if err != nil {
		return nil, err
	}
	return t.content(ctx, e)
}

// Open implements [fs.FS].
func (t *Tree) Open(name string) (fs.File, error) {
	wrong := func(err error) error { return &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return nil, wrong(fs.ErrInvalid)
	}
	at, err := t.follow(t.ctx, name)
	if err != nil {
		return nil, wrong(err)
	}
	if entries, ok := t.folders[at]; ok {
		return &opened{node: node{Entry{Path: at}}, entries: entries}, nil
	}
	e, ok := t.files[at]
	if !ok {
		return nil, wrong(fs.ErrNotExist)
	}
	return &opened{node: node{e}, tree: t}, nil
}

// Stat implements [fs.StatFS].
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	return f.Stat()
}

// node is what an entry of a folder is: a file, a link, or, without an id, a folder.
type node struct{ entry Entry }

func (n node) Name() string               { return path.Base(n.entry.Path) }
func (n node) IsDir() bool                { return n.entry.ID == "" }
func (n node) Type() fs.FileMode          { return n.Mode().Type() }
func (n node) Info() (fs.FileInfo, error) { return n, nil }
func (n node) Size() int64                { return n.entry.Size }
func (n node) ModTime() time.Time         { return time.Time{} }
func (n node) Sys() any                   { return nil }
func (n node) Mode() fs.FileMode {
	switch {
	case n.IsDir():
		return fs.ModeDir | 0o555
	case n.entry.Link:
		return fs.ModeSymlink | 0o444
	}
	return 0o444
}

// opened is a file or folder that is read.
type opened struct {
	node
	entries []fs.DirEntry // that are left of a folder
	tree    *Tree         // of a file
	content *bytes.Reader // nil before the first look
}

var errFolder = errors.New("it is a folder")

func (o *opened) Stat() (fs.FileInfo, error) { return o.node, nil }
func (o *opened) Close() error               { return nil }

func (o *opened) Read(p []byte) (int, error) {
	if o.tree == nil {
		return 0, &fs.PathError{Op: "read", Path: o.entry.Path, Err: errFolder}
	}
	if o.content == nil {
		raw, err := o.tree.content(o.tree.ctx, o.entry)
		if err != nil {
			return 0, &fs.PathError{Op: "read", Path: o.entry.Path, Err: err}
		}
		o.content = bytes.NewReader(raw)
	}
	return o.content.Read(p)
}

// ReadDir implements [fs.ReadDirFile].
func (o *opened) ReadDir(n int) ([]fs.DirEntry, error) {
	if o.tree != nil {
		return nil, &fs.PathError{Op: "readdir", Path: o.entry.Path, Err: errors.New("it is no folder")}
	}
	if n <= 0 {
		n = len(o.entries)
	} else if len(o.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.entries))
	next := o.entries[:n:n]
	o.entries = o.entries[n:]
	return next, nil
}
