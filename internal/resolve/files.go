package resolve

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Files is where patterns look.
type Files struct {
	// FS is the workspace. Links that lead out of it cannot be followed in it.
	FS fs.FS
	// Found is told of each file that a pattern finds, with what becomes of it.
	Found func(line string)
	// LeftOut is told of the uid of each collection that a workspace lists and its entry
	// leaves out; nil wants to know of none.
	LeftOut func(uid string)
}

// How much patterns may find and look at in one run.
const (
	mostFiles   = 1000
	mostEntries = 100_000 // of folders
)

// search is the look for the files of all patterns of a run.
type search struct {
	Files
	taken  map[string]bool // by the names of files, those that are collections of the run
	looked int             // at so many entries of folders
	found  int             // so many files
	notes  []result.Problem
	pairs  []pair // of all resources files
}

// file is one that a pattern found.
type file struct {
	name  string
	uid   string // of the collection in Postman that a resources file pairs it with
	fault error  // why it is not to be read; nil for one that is
}

// find lists the files that a pattern finds and that nothing before has taken, sorted
// by their names. Folders that are symbolic links, and what is hidden and not named as
// such, are not looked at.
func (s *search) find(ctx context.Context, pattern string) ([]file, error) {
	names, folders, err := s.names(ctx, pattern)
	if err != nil {
		return nil, err
	}
	var files []file
	others := map[text.Untrusted]*skipped{}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.taken[name] {
			s.Found(pattern + " finds " + name + ", which is a collection of this run already")
			continue
		}
		kind, fault := foreign.Kind{}, error(nil)
		if !folders[name] {
			kind, fault = s.look(name)
		}
		if kind.Own {
			s.Found(pattern + " finds " + name + ", which is passed over: it is " + string(kind.What))
			if others[kind.What] == nil {
				others[kind.What] = &skipped{kind: kind}
			}
			others[kind.What].names = append(others[kind.What].names, name)
			continue
		}
		s.Found(pattern + " finds " + name)
		s.taken[name] = true
		files = append(files, file{name: name, fault: fault})
	}
	s.pass(pattern, others)
	if len(files) == 0 && !slices.ContainsFunc(names, func(name string) bool { return s.taken[name] }) {
		return nil, nothing(pattern, len(names))
	}
	return files, nil
}

// names are those of the files and of the folders in git format that a pattern finds,
// sorted. What is in such a folder is a part of it.
func (s *search) names(ctx context.Context, pattern string) (names []string, folders map[string]bool, err error) {
	seen := map[string]bool{}
	folders = map[string]bool{}
	err = doublestar.GlobWalk(&counted{s.FS, s}, pattern, func(name string, d fs.DirEntry) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case seen[name], d.IsDir() && (name == "." || !repository.IsCollection(ctx, s.FS, name)):
			return nil
		case d.Type()&fs.ModeSymlink != 0 && s.leadsToFolder(name):
			return nil
		case s.found == mostFiles:
			return errTooMany
		}
		seen[name], folders[name] = true, d.IsDir()
		s.found++
		return nil
	}, doublestar.WithNoFollow(), doublestar.WithNoHidden(), doublestar.WithFailOnIOErrors())
	switch {
	case errors.Is(err, errTooMany), errors.Is(err, errTooWide):
		return nil, nil, tooMuch(pattern, err)
	case err != nil:
		return nil, nil, fault(pattern, 14, text.Untrusted(err.Error()),
			"let the step that wrote these folders make them readable for all (chmod a+rx), or narrow the pattern")
	}
	for name := range seen {
		if !isPart(name, folders) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, folders, nil
}

// isPart reports whether a file or folder is in one of the folders.
func isPart(name string, folders map[string]bool) bool {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if folders[at] {
			return true
		}
	}
	return false
}

func (s *search) leadsToFolder(name string) bool {
	info, err := fs.Stat(s.FS, name)
	return err == nil && info.IsDir()
}

// look tells what a file is by its beginning, or why it is not to be read. One that
// cannot be read is told when it is.
func (s *search) look(name string) (kind foreign.Kind, fault error) {
	info, err := fs.Stat(s.FS, name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return kind, nil
	case errors.Is(err, fs.ErrNotExist):
		return kind, unreadable(name, "it is a symbolic link to what is not there")
	case err != nil:
		return kind, unreadable(name, "it is a symbolic link that leads out of the workspace, or in a circle")
	case !info.Mode().IsRegular():
		return kind, unreadable(name, "it is not a file")
	}
	kind, _ = foreign.Of(s.beginning(name))
	return kind, nil
}

// beginning is what a file begins with, as much as it takes to tell its kind. Whoever
// reads one that cannot be read meets the same, and tells of it.
func (s *search) beginning(name string) []byte {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	head, err := io.ReadAll(io.LimitReader(f, foreign.Enough))
	if err != nil {
		return nil
	}
	return head
}

// skipped are files of one kind that a pattern finds beside collections.
type skipped struct {
	kind  foreign.Kind
	names []string
}

// mostNamed files are named in one note.
const mostNamed = 10

// pass notes which files are passed over.
func (s *search) pass(pattern string, others map[text.Untrusted]*skipped) {
	all := make([]*skipped, 0, len(others))
	for _, o := range others {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *skipped) int { return strings.Compare(a.names[0], b.names[0]) })
	for _, o := range all {
		names := strings.Join(o.names[:min(mostNamed, len(o.names))], ", ")
		if more := len(o.names) - mostNamed; more > 0 {
			names += " and " + text.Plural(more, "more file")
		}
		s.notes = append(s.notes, result.Problem{
			Level:  result.Note,
			Text:   text.Untrustedf("looking for files by the pattern %q: it finds %s, which is passed over: %s", pattern, o.kind.What, names),
			Hint:   "nothing, if that is right; a pattern that finds collections alone, such as **/*.postman_collection.json, needs no note",
			Anchor: "file-passed-over",
		})
	}
}

var (
	errTooMany = errors.New("more files than one run takes")
	errTooWide = errors.New("more entries of folders than one run looks at")
)

// fault is why a pattern gives no files.
func fault(pattern string, code int, why, hint text.Untrusted) error {
	return &result.Problem{
		Level: result.Error, Text: text.Untrustedf("looking for files by the pattern %q: %s", pattern, why), Hint: hint,
		Anchor: "file-pattern", ExitCode: code,
	}
}

// tooMuch is a pattern with which a run meets one of its limits.
func tooMuch(pattern string, limit error) error {
	if errors.Is(limit, errTooWide) {
		return fault(pattern, 2, text.Untrustedf("the patterns of this run have looked at %d entries of folders, and are not done", mostEntries),
			"begin the pattern with the folder that the collections are in, such as postman/**/*.json")
	}
	return fault(pattern, 2, text.Untrustedf("the patterns of this run find more than %d files", mostFiles),
		"give this step fewer files, and the others to a step of their own")
}

// nothing is a pattern that finds no collection, though so many other files.
func nothing(pattern string, others int) error {
	if others > 0 {
		return fault(pattern, 13, text.Untrustedf("it finds %s, and no collection", text.Plural(others, "other file")),
			"the notes say what these files are: export the collection from Postman as Collection v2.1, or correct the pattern")
	}
	return fault(pattern, 13, "it finds none",
		"give the pattern from the workspace's root, ** for any number of folders, and check out the repository before this step;"+
			" what begins with a dot is found where the pattern says so")
}

// unreadable is a file that a pattern finds and that cannot be read.
func unreadable(name, why string) error {
	return &result.Problem{
		Level: result.Error, Text: text.Untrustedf("reading the file %q: %s", name, why),
		Hint:   "put the file itself there, or have the pattern leave it out",
		Anchor: "file-unreadable", ExitCode: 14,
	}
}

// counted is a file system whose entries are counted as a pattern looks at them.
type counted struct {
	fs.FS
	*search
}

// Stat implements fs.StatFS.
func (c *counted) Stat(name string) (fs.FileInfo, error) {
	if c.looked++; c.looked > mostEntries {
		return nil, errTooWide
	}
	return fs.Stat(c.FS, name)
}

// ReadDir implements fs.ReadDirFS. Of a folder with too many entries no more are read.
func (c *counted) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	folder, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, nil // a file, in which there is nothing
	}
	left := mostEntries - c.looked
	entries, err := folder.ReadDir(left + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) > left {
		c.looked = mostEntries
		return nil, errTooWide
	}
	c.looked += len(entries)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
