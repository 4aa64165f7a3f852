package github

import (
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // git's own name of a file, compared and not trusted
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	gogithub "github.com/google/go-github/v60/github"

	"postman-microcks-importer/internal/transport"
)

// Limits of what is read of a commit.
const (
	mostTrees   = 300     // requests, where a tree is too large for one
	mostEntries = 500_000 // files and folders that are kept
)

// Entry is a file of a commit.
type Entry struct {
	Path string // from the root, with slashes
	ID   string // of its content
	Size int64  // bytes
	// Regular: it is a file. Link: it is a symbolic link, whose content is where it leads.
	// It is neither, where it is a module of another repository.
	Regular, Link bool
}

// Commit is the repository at a commit. It asks GitHub for as little as the
// questions need, and for nothing twice but contents. It is not safe for concurrent
// use.
type Commit struct {
	ID      string
	Parents []string // ids; the first is what a merge commit merged into

	client *Client
	root   string             // id of its tree
	trees  map[string]*listed // by id
	kept   int                // entries of all of them
}

// listed is what GitHub lists of a tree.
type listed struct {
	files   []Entry  // of the tree, and of all below it where it is whole
	folders []folder // in the tree itself
	whole   bool     // the files are all there are below it
}

type folder struct{ name, id string }

// At reads a commit, by its id: 40 or 64 hexadecimal digits.
func (c *Client) At(ctx context.Context, id string) (*Commit, error) {
	if err := checkObject("the commit", id); err != nil {
		return nil, err
	}
	r := call{doing: "reading the commit " + id, needs: "contents: read"}
	var got *gogithub.Commit
	err := c.do(ctx, r, func(ctx context.Context) (err error) {
		got, _, err = c.rest.Git.GetCommit(ctx, c.owner, c.name, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	commit := &Commit{ID: id, client: c, root: got.GetTree().GetSHA(), trees: make(map[string]*listed)}
	for _, parent := range got.Parents {
		commit.Parents = append(commit.Parents, parent.GetSHA())
	}
	ids := append([]string{commit.root}, commit.Parents...)
	if got.GetSHA() != id || slices.ContainsFunc(ids, func(id string) bool { return !objectID.MatchString(id) }) {
		return nil, r.broken(heard{}, errOtherObject)
	}
	return commit, nil
}

// Head is the newest commit of a branch, by its id.
func (c *Client) Head(ctx context.Context, branch string) (string, error) {
	r := call{doing: "asking for the newest commit of the branch " + branch, needs: "contents: read"}
	var got *gogithub.Reference
	err := c.do(ctx, r, func(ctx context.Context) (err error) {
		got, _, err = c.rest.Git.GetRef(ctx, c.owner, c.name, "heads/"+branch)
		return err
	})
	if err != nil {
		return "", err
	}
	if id := got.GetObject().GetSHA(); got.GetRef() == "refs/heads/"+branch && objectID.MatchString(id) {
		return id, nil
	}
	return "", r.broken(heard{}, errOtherObject)
}

// errOtherObject is an answer about something else than was asked for.
var errOtherObject = errors.New("it is not about what was asked for")

// Files lists the files below a folder, "" for all, sorted by path. A folder that is
// not there has none. A tree that is too large for one answer is walked folder by
// folder; one that is larger than is read is a [*ListError].
func (c *Commit) Files(ctx context.Context, below string) ([]Entry, error) {
	below = path.Clean("/" + below)[1:]
	// Where the repository fits into one answer, that is the only one ever needed.
	all, err := c.list(ctx, c.root, true)
	if err != nil {
		return nil, err
	}
	if all.whole {
		return under(all.files, below), nil
	}
	id, err := c.folder(ctx, below)
	if err != nil || id == "" {
		return nil, err
	}
	var files []Entry
	if err := c.walk(ctx, id, below, &files); err != nil {
		return nil, err
	}
	sort.Slice(files, func(i, k int) bool { return files[i].Path < files[k].Path })
	return files, nil
}

// under are the files below a folder.
func under(files []Entry, folder string) []Entry {
	if folder == "" {
		return slices.Clone(files)
	}
	var some []Entry
	for _, f := range files {
		if strings.HasPrefix(f.Path, folder+"/") {
			some = append(some, f)
		}
	}
	return some
}

// folder finds the id of a folder's tree from the root down; "" when there is none.
func (c *Commit) folder(ctx context.Context, at string) (string, error) {
	id := c.root
	for name := range strings.SplitSeq(at, "/") {
		if name == "" {
			continue
		}
		tree, err := c.list(ctx, id, false)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(tree.folders, func(f folder) bool { return f.name == name })
		if i < 0 {
			return "", nil
		}
		id = tree.folders[i].id
	}
	return id, nil
}

// walk collects the files below a tree.
func (c *Commit) walk(ctx context.Context, id, at string, into *[]Entry) error {
	tree, err := c.list(ctx, id, true)
	if err == nil && !tree.whole {
		tree, err = c.list(ctx, id, false)
	}
	if err != nil {
		return err
	}
	for _, f := range tree.files {
		f.Path = path.Join(at, f.Path)
		*into = append(*into, f)
	}
	if tree.whole {
		return nil
	}
	for _, f := range tree.folders {
		if err := c.walk(ctx, f.id, path.Join(at, f.name), into); err != nil {
			return err
		}
	}
	return nil
}

// list asks for a tree, with all below it or not, once.
func (c *Commit) list(ctx context.Context, id string, recursive bool) (*listed, error) {
	key := fmt.Sprint(id, recursive)
	if tree, ok := c.trees[key]; ok {
		return tree, nil
	}
	r := call{doing: "listing the files of the commit " + c.ID, needs: "contents: read", large: true}
	if len(c.trees) >= mostTrees || c.kept > mostEntries {
		return nil, &ListError{Doing: r.doing, Most: c.kept}
	}
	var got *gogithub.Tree
	err := c.client.do(ctx, r, func(ctx context.Context) (err error) {
		got, _, err = c.client.rest.Git.GetTree(ctx, c.client.owner, c.client.name, id, recursive)
		return err
	})
	tree := &listed{}
	switch {
	case is[*transport.LimitError](err) && recursive: // larger than is read: walked
	case err != nil:
		return nil, err
	default:
		if tree, err = r.listedOf(got, id, recursive); err != nil {
			return nil, err
		}
	}
	c.trees[key] = tree
	c.kept += len(tree.files) + len(tree.folders)
	return tree, nil
}

// listedOf reads a tree. A tree that is cut although nothing below it was asked for
// holds more than GitHub tells.
func (r call) listedOf(got *gogithub.Tree, id string, recursive bool) (*listed, error) {
	tree := &listed{whole: recursive && !got.GetTruncated()}
	if got.GetSHA() != id {
		return nil, r.broken(heard{}, errOtherObject)
	}
	if got.GetTruncated() {
		if recursive {
			return tree, nil
		}
		return nil, &ListError{Doing: r.doing, Most: len(got.Entries)}
	}
	for _, e := range got.Entries {
		if !objectID.MatchString(e.GetSHA()) || e.GetPath() == "" {
			return nil, r.broken(heard{}, errOtherObject)
		}
		switch e.GetType() {
		case "tree":
			tree.folders = append(tree.folders, folder{name: e.GetPath(), id: e.GetSHA()})
		default:
			tree.files = append(tree.files, Entry{
				Path: e.GetPath(), ID: e.GetSHA(), Size: int64(e.GetSize()),
				Regular: e.GetType() == "blob" && strings.HasPrefix(e.GetMode(), "100"), Link: e.GetType() == "blob" && e.GetMode() == "120000",
			})
		}
	}
	sort.Slice(tree.files, func(i, k int) bool { return tree.files[i].Path < tree.files[k].Path })
	return tree, nil
}

// Read is the content of a file, of at most 32 MiB. Its error is
// [fs.ErrNotExist] where the commit has no such file, or something else of that
// name.
func (c *Commit) Read(ctx context.Context, at string) ([]byte, error) {
	at = path.Clean("/" + at)[1:]
	e, found, err := c.entry(ctx, at)
	if err != nil {
		return nil, err
	}
	if !found || !e.Regular {
		return nil, &fs.PathError{Op: "reading at the commit " + c.ID, Path: at, Err: fs.ErrNotExist}
	}
	return c.Content(ctx, e)
}

// entry finds a file by its path.
func (c *Commit) entry(ctx context.Context, at string) (e Entry, found bool, err error) {
	tree, err := c.list(ctx, c.root, true)
	if err != nil {
		return Entry{}, false, err
	}
	name := at
	if !tree.whole {
		dir, base := path.Split(at)
		id, err := c.folder(ctx, dir)
		if err != nil || id == "" {
			return Entry{}, false, err
		}
		if tree, err = c.list(ctx, id, false); err != nil {
			return Entry{}, false, err
		}
		name = base
	}
	i, found := slices.BinarySearchFunc(tree.files, name, func(e Entry, name string) int { return cmp.Compare(e.Path, name) })
	if !found {
		return Entry{}, false, nil
	}
	e = tree.files[i]
	e.Path = at
	return e, true, nil
}

// Content is what a file that [Commit.Files] listed holds. It is held against its
// id, so that no other bytes can stand for it.
func (c *Commit) Content(ctx context.Context, e Entry) ([]byte, error) {
	if err := checkObject("the id of "+e.Path, e.ID); err != nil {
		return nil, err
	}
	r := call{doing: fmt.Sprintf("reading %q at the commit %s", e.Path, c.ID), needs: "contents: read", large: true, raw: true}
	var got []byte
	err := c.client.do(ctx, r, func(ctx context.Context) (err error) {
		got, _, err = c.client.rest.Git.GetBlobRaw(ctx, c.client.owner, c.client.name, e.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !e.Holds(got) {
		return nil, r.broken(heard{}, errOtherObject)
	}
	return got, nil
}

// objectOf is git's id of an object, in so many hexadecimal digits: the hash of its
// type, length and content.
func objectOf(kind string, content []byte, digits int) string {
	h := sha1.New() //nolint:gosec // as git does
	if digits == 2*sha256.Size {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	_, _ = h.Write(content) // never fails
	return hex.EncodeToString(h.Sum(nil))
}
