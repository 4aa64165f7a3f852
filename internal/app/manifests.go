package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/manifest"
)

// mostLooked is at how many entries of folders other manifests are looked for.
const mostLooked = 200_000

// sameKey returns a look for other manifests in the workspace that have the key of the
// run's; nil without one.
func (p *program) sameKey() func(context.Context) ([]string, error) {
	if p.Manifest.Path == "" {
		return nil
	}
	return func(ctx context.Context) ([]string, error) {
		root, err := p.openWorkspace()
		if err != nil {
			return nil, err
		}
		defer func() { _ = root.Close() }()
		return manifestsOfKey(ctx, root.FS(), p.Manifest.Key, p.Manifest.Path)
	}
}

// errTooWide is a workspace with more in it than is looked at.
var errTooWide = errors.New("the workspace has more than 200,000 files and folders")

// manifestsOfKey are the paths of manifests other than own that have a key, by their
// path or by `key`. What git and packages keep is not looked at, and neither are links.
func manifestsOfKey(ctx context.Context, files fs.FS, key, own string) (others []string, err error) {
	looked := 0
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		looked++
		switch base := path.Base(name); {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case looked > mostLooked:
			return errTooWide
		case entry.IsDir() && (base == ".git" || base == "node_modules"):
			return fs.SkipDir
		case !entry.Type().IsRegular() || name == path.Clean(own):
			return nil
		case !strings.HasSuffix(base, ".yaml") && !strings.HasSuffix(base, ".yml"):
			return nil
		}
		found, err := hasKey(files, name, key)
		if found {
			others = append(others, name)
		}
		return err
	})
	return others, err
}

// hasKey reports whether a file is a manifest with the key.
func hasKey(files fs.FS, name, key string) (bool, error) {
	f, err := files.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, manifest.MostBytes+1))
	if err != nil || len(raw) > manifest.MostBytes || !bytes.Contains(raw, []byte("collections")) {
		return false, err
	}
	m, _ := manifest.Parse(nil, raw, nil) // which has bounds of its own
	switch {
	case len(m.Entries) == 0:
		return false, nil
	case m.Key != nil:
		return m.Key.Value == key, nil
	}
	return name == key, nil
}

var commitID = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

// checkedOut is the commit that was checked out into the workspace of a run that prunes; ""
// where that is not known.
func (p *program) checkedOut() string {
	if !p.Prune {
		return ""
	}
	root, err := os.OpenRoot(p.Workspace)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }()
	return checkedOut(root.FS())
}

// checkedOut is the commit of a working tree, as git notes it.
func checkedOut(files fs.FS) string {
	said := headOf(files, "HEAD")
	if ref, named := strings.CutPrefix(said, "ref: "); named {
		said = headOf(files, ref)
	}
	if !commitID.MatchString(said) {
		return ""
	}
	return said
}

// headOf is what a file in the folder of git says, which is one line.
func headOf(files fs.FS, name string) string {
	f, err := files.Open(".git/" + name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	raw, _ := io.ReadAll(io.LimitReader(f, 1<<10)) // what cannot be read is no commit
	return strings.TrimSpace(string(raw))
}
