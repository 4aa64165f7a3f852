package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/manifest"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// export writes what a server has, into the file that is named, or where the report stands
// else.
func (p *program) export(x *plan.Export) (file string, err error) {
	raw := p.textOf(x)
	if p.ExportAs == config.ExportManifest && (len(x.Listed) > manifest.MostEntries || len(raw) > manifest.MostBytes) {
		return "", &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("exporting: %s of collections in Postman are more than one manifest has: %d, in %d MB",
				text.Plural(len(x.Listed), "importer"), manifest.MostEntries, manifest.MostBytes>>20),
			Hint:   "list workspaces of Postman in a manifest instead: one entry is a whole workspace",
			Anchor: "export-file", ExitCode: 14,
		}
	}
	if p.Manifest.Path == "" {
		text := string(raw)
		p.exported.Store(&text)
		return "", nil
	}
	if err := writeNew(p.Workspace, p.Manifest.Path, raw); err != nil {
		return "", &exportError{p.Manifest.Path, p.Workspace, err}
	}
	return p.Manifest.Path, nil
}

// document is what stands on standard output in place of the report; "" is nothing.
func (p *program) document() string {
	if exported := p.exported.Load(); exported != nil {
		return *exported
	}
	return ""
}

// textOf is what is exported, as it was asked for. No credential of the run is in it.
func (p *program) textOf(x *plan.Export) []byte {
	about := []string{"Importers of " + p.Microcks.URL + ", as mode export found them."}
	if x.NoCollections > 0 {
		about = append(about, fmt.Sprintf("Left out: %s of something else than a collection in Postman.",
			text.Plural(x.NoCollections, "importer")))
	}
	m, unsecured := &manifest.Manifest{}, false
	for i := range x.Listed {
		m.Entries = append(m.Entries, p.entryOf(&x.Listed[i]))
		unsecured = unsecured || m.Entries[i].SecretRef == ""
	}
	operator := p.ExportAs == config.ExportAPISource
	if operator {
		about = append(about, "microcks.io/instance names the Microcks of the same namespace.",
			"The operator makes importers of its own, beside those that there are.")
		if unsecured {
			about = append(about, "Importers without secretRef need one to read Postman: a key in an address is left out.")
		}
	} else {
		about = append(about, "Labels that an importer has, and its service has not, are left out: they stay where they are.")
	}
	var aside []manifest.Aside
	for i := range x.Aside {
		e := &x.Aside[i]
		why := p.runner.Hide(string(text.HideCredentials(text.Untrusted(asideWords[e.Why]) + e.Of)))
		aside = append(aside, manifest.Aside{About: why, Entry: p.entryOf(e)})
	}
	for i := range about {
		about[i] = p.runner.Hide(about[i])
	}
	if operator {
		return m.WriteAPISource(manifest.ResourceName(p.Repository), about, aside)
	}
	return m.Write(about, aside)
}

// asideWords say why an importer is a comment; behind some stands whom that is about.
var asideWords = map[plan.AsideReason]string{
	plan.ManagedByAnother: "Managed by ",
	plan.ManifestOfOther:  "Listed by the manifest ",
	plan.NoOwnerInURL:     "Its address has no owner's number: write that and a dash in front of the id.",
	plan.AnotherOrigin:    "Read from another place than the postman-api-url of this run: ",
	plan.ListedAlready:    "A further importer of a collection that is listed.",
}

// entryOf is an importer as an entry: what is not said stays as it is.
func (p *program) entryOf(e *plan.Exported) manifest.Entry {
	entry := manifest.Entry{
		Collection: &manifest.Said[string]{Value: e.Collection},
		URL:        p.runner.Hide(string(text.HideCredentials(text.Untrusted(e.URL)))),
	}
	if p.runner.Hide(e.Secret) == e.Secret {
		entry.SecretRef = e.Secret
	}
	if e.Name != "" && p.runner.Hide(e.Name) == e.Name {
		entry.ImporterName = &manifest.Said[string]{Value: e.Name}
	}
	if e.Secondary {
		entry.MainArtifact = new(manifest.Said[bool])
	}
	if e.Inactive {
		entry.Active = new(manifest.Said[bool])
	}
	for _, key := range slices.Sorted(maps.Keys(e.Labels)) {
		if label := key + "=" + e.Labels[key]; p.runner.Hide(label) == label {
			entry.Labels = append(entry.Labels, manifest.Label{
				Key: manifest.Said[string]{Value: key}, Value: manifest.Said[string]{Value: e.Labels[key]},
			})
		}
	}
	return entry
}

// writeNew writes a file that is not there yet, in the workspace and by no link out of it;
// off a runner wherever a person names it.
func writeNew(workspace, name string, raw []byte) error {
	if workspace == "" {
		workspace, name = filepath.Split(name)
	}
	root, err := os.OpenRoot(cmp.Or(workspace, "."))
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = root.Remove(name) // a part of a manifest would be in the way of the next run
	}
	return err
}

// exportError is a file that cannot be written.
type exportError struct {
	name, workspace string
	err             error
}

func (e *exportError) Error() string {
	return fmt.Sprintf("writing the file %q: %v", e.name, e.err)
}
func (e *exportError) Unwrap() error { return e.err }

// Hint is the next step.
func (e *exportError) Hint() string {
	switch {
	case errors.Is(e.err, fs.ErrExist):
		return "name another file, or remove that one first: nothing is overwritten"
	case e.workspace == "":
		return "name a file in a folder that is there and can be written"
	}
	return "name a file of the workspace in a folder that the account of the runner can write, and by no link out of it"
}

// Anchor is the place in docs/troubleshooting.md.
func (e *exportError) Anchor() string { return "export-file" }

// ExitCode is 14: environment.
func (e *exportError) ExitCode() int { return 14 }
