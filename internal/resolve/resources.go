package resolve

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// listed are the folders that a file .postman/resources.yaml lists as collections, in
// its order, each once, and behind them those in the folder postman/collections beside
// it, which Postman registers without a line (the file says so as Postman writes it).
// What is wrong with one is its fault.
func (s *search) listed(ctx context.Context, resources string) ([]file, error) {
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
	var files []file
	at := map[string]int{} // the places of folders in files
	for n := range all {
		if n == mostFiles {
			return nil, listFault(resources, all[n].Position, text.Untrustedf("it lists more than %d collections", mostFiles),
				"name folders of it in steps of their own")
		}
		one := &all[n]
		name := one.Path(resources)
		i, known := at[name]
		switch {
		case known:
			if files[i].fault == nil {
				files[i].fault = unpairable(resources, one)
			}
		case s.taken[name]:
			s.Found(resources + " lists " + name + ", which is a collection of this run already")
			s.dropPair(resources, name, one)
			continue
		default:
			s.Found(resources + " lists " + name)
			i, at[name] = len(files), len(files)
			f := file{name: name, fault: wrong(ctx, s.FS, resources, name, one)}
			s.taken[name] = f.fault == nil
			if one.Position.Line == 0 && strings.HasPrefix(path.Base(name), ".") {
				s.noteHidden(resources, name)
			}
			files = append(files, f)
		}
		if postman.IsUID(one.UID) {
			files[i].uid = one.UID
			s.pair(resources, name, one)
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

// wrong is what is wrong with a collection that is listed; nil for nothing.
func wrong(ctx context.Context, files fs.FS, resources, name string, one *gitformat.Listed) error {
	fault := func(why text.Untrusted, hint string) error { return listFault(resources, one.Position, why, hint) }
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
	}
	return unpairable(resources, one)
}

// unpairable is why no folder is paired with what is listed as a uid; nil for a uid, and
// for none.
func unpairable(resources string, one *gitformat.Listed) error {
	if one.UID == "" || postman.IsUID(one.UID) {
		return nil
	}
	return listFault(resources, one.Position, text.Untrustedf("%q is no uid of a collection", one.UID),
		"remove the line, or let Postman write it")
}

// pair is a line of a resources file that pairs a folder with a collection in Postman.
type pair struct {
	uid       string // in small letters
	folder    string
	resources string
	at        gitformat.Position
}

// pair keeps the pair of a line.
func (s *search) pair(resources, folder string, one *gitformat.Listed) {
	s.pairs = append(s.pairs, pair{uid: strings.ToLower(one.UID), folder: folder, resources: resources, at: one.Position})
}

// dropPair notes that a pair does not count, since its folder is a collection of the run
// by another entry.
func (s *search) dropPair(resources, folder string, one *gitformat.Listed) {
	if one.UID == "" {
		return
	}
	if slices.ContainsFunc(s.pairs, func(p pair) bool { return p.folder == folder }) {
		s.pair(resources, folder, one) // beside another resources file's, by which it is told whether they agree
		return
	}
	s.notes = append(s.notes, result.Problem{
		Level: result.Note,
		Text: text.Untrustedf("looking for the collections that %q lists: it pairs %q with %s, which does not count:"+
			" the folder is a collection of this run by another entry", resources, folder, one.UID),
		Hint: "nothing, if that is right; leave the folder out of the other entries, and the pair counts", Anchor: "resources-file",
		File: text.Untrusted(resources), Line: one.Position.Line,
	})
}

// noteHidden notes that a hidden folder is a collection, of which no line says so.
func (s *search) noteHidden(resources, folder string) {
	s.notes = append(s.notes, result.Problem{
		Level: result.Note,
		Text: text.Untrustedf("looking for the collections that %q lists: the folder %q, which is hidden, is one of them, as it is for Postman",
			resources, folder),
		Hint: "remove it, or move it out of postman/collections, if it is none", Anchor: "resources-file", File: text.Untrusted(folder),
	})
}

// unpair refuses what is paired in two ways: nobody can tell which of the two is meant,
// so that neither is taken.
func (s *search) unpair(wanted []*plan.Wanted) {
	folders, references := map[string]*plan.Wanted{}, map[string]*plan.Wanted{}
	for _, w := range wanted {
		if w.Paired != "" {
			folders[w.File] = w
		} else if w.UID != "" {
			references[strings.ToLower(w.UID)] = w
		}
	}
	refuse := func(w *plan.Wanted, p pair, why text.Untrusted) {
		if w != nil && w.Fault == nil {
			w.Fault = listFault(p.resources, p.at, why, "keep one of the two: a collection comes from the repository, or from Postman")
		}
	}
	byUID, byFolder := map[string]pair{}, map[string]pair{}
	for _, p := range s.pairs {
		if reference := references[p.uid]; reference != nil {
			why := text.Untrustedf("the uid %s is paired with %q, and is a collection of this run by itself, too", p.uid, p.folder)
			refuse(folders[p.folder], p, why)
			refuse(reference, p, why)
		}
		switch before, twice := byUID[p.uid]; {
		case !twice:
			byUID[p.uid] = p
		case before.folder != p.folder:
			why := text.Untrustedf("the uid %s is paired twice, with %q and %q", p.uid, before.folder, p.folder)
			refuse(folders[before.folder], before, why)
			refuse(folders[p.folder], p, why)
		}
		switch before, twice := byFolder[p.folder]; {
		case !twice:
			byFolder[p.folder] = p
		case before.uid != p.uid:
			refuse(folders[p.folder], p, text.Untrustedf("the folder %q is paired twice, with %s and %s", p.folder, before.uid, p.uid))
		}
	}
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
