package resolve

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// listed are the folders that a file .postman/resources.yaml lists as collections, in
// its order, each once, and behind them those in the folder postman/collections beside
// it, which Postman registers without a line (the file says so as Postman writes it).
// What is wrong with one is its fault.
func (s *search) listed(ctx context.Context, resources string, said *config.Run) ([]file, error) {
	source, err := repository.Read(ctx, s.FS, resources)
	if err != nil {
		return nil, unlisted(resources, err)
	}
	all, err := gitformat.Resources(budget.New(ctx), path.Base(resources), source.Raw)
	if broken, ok := errors.AsType[*gitformat.BrokenError](err); ok {
		first := broken.Faults[0]
		p := listFault(resources, first.Position, text.Untrusted(first.String()), first.Next())
		return nil, p
	}
	if err != nil {
		return nil, err
	}
	kept, err := s.kept(resources)
	if err != nil {
		return nil, err
	}
	all = append(all, kept...)
	l := list{resources: resources, pairs: map[string][]string{}, folders: map[string]int{}, references: map[string]bool{}}
	for _, i := range said.Importers {
		if i.Ref != nil {
			l.references[strings.ToLower(i.Ref.UID)] = true
		}
	}
	var files []file
	var lines []*gitformat.Listed // of the files
	for n := range all {
		if n == mostFiles {
			return nil, listFault(resources, all[n].Position, text.Untrustedf("it lists more than %d collections", mostFiles),
				"name folders of it in steps of their own")
		}
		one := &all[n]
		name := one.Path(resources)
		if at, known := l.folders[name]; known {
			if before := &files[at]; one.UID != "" && !strings.EqualFold(one.UID, before.uid) && before.fault == nil {
				before.fault = l.pairFault(one, "the folder %q is paired twice, with %s and %s", one.Folder, before.uid, one.UID)
			}
			continue
		}
		if s.taken[name] {
			s.Found(resources + " lists " + name + ", which is a collection of this run already")
			continue
		}
		s.Found(resources + " lists " + name)
		l.folders[name] = len(files)
		f := file{name: name, uid: one.UID, fault: l.wrong(ctx, s.FS, name, one)}
		s.taken[name] = f.fault == nil
		files, lines = append(files, f), append(lines, one)
	}
	for i := range files {
		if f := &files[i]; f.fault == nil && f.uid != "" {
			f.fault = l.unpaired(lines[i])
		}
	}
	if len(all) == 0 {
		return nil, &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("looking for the collections that %q lists: it lists none, and in postman/collections beside it is none",
				resources),
			Hint:   "name the folders of the collections, or let Postman keep them in postman/collections",
			Anchor: "resources-file", ExitCode: 13, File: text.Untrusted(resources),
		}
	}
	return files, nil
}

const inside = "../postman/collections"

// Kept is the folder beside a resources file in which each folder is a collection; "" for
// no file.
func Kept(resources string) string {
	if resources == "" {
		return ""
	}
	return path.Join(path.Dir(resources), inside)
}

// kept are the folders that Postman registers beside a resources file.
func (s *search) kept(resources string) (all []gitformat.Listed, err error) {
	entries, err := (&counted{s.FS, s}).ReadDir(Kept(resources))
	if errors.Is(err, errTooWide) {
		return nil, listFault(resources, gitformat.Position{}, text.Untrusted(err.Error()), "name folders of it in steps of their own")
	}
	for _, e := range entries { // none, where that is no folder
		if e.IsDir() {
			all = append(all, gitformat.Listed{Folder: inside + "/" + e.Name()})
		}
	}
	return all, nil
}

// list is what was seen of a resources file.
type list struct {
	resources  string
	pairs      map[string][]string // folders by uid
	folders    map[string]int      // places of folders
	references map[string]bool     // uids of the run's references
}

// wrong is what is wrong with a collection that is listed; nil for nothing.
func (l *list) wrong(ctx context.Context, files fs.FS, name string, one *gitformat.Listed) error {
	fault := func(why text.Untrusted, hint string) error { return listFault(l.resources, one.Position, why, hint) }
	info, err := fs.Stat(files, name)
	switch {
	case !fs.ValidPath(name) || path.IsAbs(one.Folder):
		return fault(text.Untrustedf("the folder %q leads out of the repository", one.Folder),
			"list folders of the repository, as paths from .postman")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fault(text.Untrustedf("the folder %q cannot be read, or leads out of the repository", one.Folder),
			"list folders of the repository, as paths from .postman")
	case err != nil:
		return fault(text.Untrustedf("the folder %q is not there", one.Folder),
			"check out all of the repository, or remove the line: paths begin at .postman")
	case !info.IsDir() || !repository.IsCollection(ctx, files, name):
		return fault(text.Untrustedf("%q is no collection in Postman's git format", one.Folder),
			"a collection has .resources/definition.yaml with `$kind: collection`, or lies in postman/collections")
	case one.UID == "":
		return nil
	case !postman.IsUID(one.UID):
		return fault(text.Untrustedf("%q is no uid of a collection", one.UID), "remove the line, or let Postman write it")
	}
	uid := strings.ToLower(one.UID)
	l.pairs[uid] = append(l.pairs[uid], one.Folder)
	return nil
}

// unpaired is why a folder is not what its uid is elsewhere; nil where nothing is against
// it. Of two folders nobody can tell which is meant.
func (l *list) unpaired(one *gitformat.Listed) error {
	uid := strings.ToLower(one.UID)
	switch folders := l.pairs[uid]; {
	case len(folders) > 1:
		return l.pairFault(one, "the uid %s is paired twice, with %q and %q", one.UID, folders[0], folders[1])
	case l.references[uid]:
		return l.pairFault(one, "the uid %s is paired with %q, and is a collection of this run by itself, too", one.UID, one.Folder)
	}
	return nil
}

func (l *list) pairFault(one *gitformat.Listed, format string, args ...any) error {
	return listFault(l.resources, one.Position, text.Untrustedf(format, args...),
		"keep one of the two: a collection comes from the repository, or from Postman")
}

// listFault is what is wrong at a line of a resources file.
func listFault(resources string, at gitformat.Position, why text.Untrusted, hint string) *result.Problem {
	return &result.Problem{
		Level: result.Error, Text: text.Untrustedf("looking for the collections that %q lists: ", resources) + why, Hint: text.Untrusted(hint),
		Anchor: "resources-file", ExitCode: 1, File: text.Untrusted(resources), Line: at.Line,
	}
}

// unlisted is a resources file that cannot be read.
func unlisted(resources string, err error) *result.Problem {
	p := &result.Problem{
		Level: result.Error, Text: text.Untrustedf("looking for the collections that %q lists: %v", resources, errors.Unwrap(err)),
		Hint: "check out the repository before this step, and let it be readable for all", Anchor: "resources-file", ExitCode: 14,
	}
	if errors.Is(err, fs.ErrNotExist) {
		p.Text, p.ExitCode = text.Untrustedf("looking for the collections that %q lists: it is not there", resources), 13
	}
	return p
}
