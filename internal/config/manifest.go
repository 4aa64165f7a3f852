package config

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/manifest"
	"postman-microcks-importer/internal/text"
)

// named is a collection as it was named, with what is said about it.
type named struct {
	text    string
	line    int
	said    Importer
	problem Problem // how what is reported of it begins
	space   bool    // it was named as a workspace
}

// unlike is what is wrong with a collection that is named as a workspace, or described as
// one where it is a workspace; "" for nothing.
func (n *named) unlike(i *Importer) (wrong fault, hint string) {
	switch {
	case n.space && i.Workspace == "":
		return "it is a collection, not a workspace", "name it by the key collection"
	case i.Workspace != "" && n.said.Name != nil && n.said.Entry != "":
		return "it is a workspace, whose collections cannot all have one importer-name", "remove importer-name"
	}
	return "", ""
}

// fromManifest are the collections that the input `manifest` lists; nil with a problem,
// and where none is needed.
func (p *parser) fromManifest(common Importer) []named {
	path, raw := p.readManifest()
	if raw == nil {
		return nil
	}
	for _, key := range text.PostmanKeysIn(string(raw)) {
		if len(key) > len("PMAK-")+8 && len(p.run.Strays) < manifest.MostProblems {
			p.run.Strays = append(p.run.Strays, Secret(key))
		}
	}
	f := &manifestFile{parser: p, path: filepath.ToSlash(path), shownPath: p.shown(filepath.ToSlash(path))}
	m, problems := manifest.Parse(nil, raw, slices.Collect(maps.Keys(p.inputs))) // which has bounds of its own
	for _, wrong := range problems {
		f.report(wrong.Position, wrong.Got, Problem{
			Fault: fault(shown(wrong.Fault, p.secrets, shownMessage)), Takes: wrong.Takes, Hint: shown(wrong.Hint, p.secrets, shownMessage),
		})
	}
	p.run.Manifest = Manifest{Path: f.path, Key: f.key(m), Entries: len(m.Entries)}
	if len(m.Entries) == 0 && len(problems) == 0 {
		p.warn("The manifest %s lists no collection.", f.shownPath)
	}
	base := Over(common, f.said(&m.Defaults, "defaults"), func(field, counts, not string) {
		f.override("%s: the workflow says %s, which counts, and not %s of defaults", field, counts, not)
	})
	var all []named
	for i := range m.Entries {
		e := &m.Entries[i]
		where := fmt.Sprintf("line %d", e.Line)
		said := f.said(e, where)
		n, ok := f.named(e)
		if !ok {
			continue
		}
		n.said = Over(said, base, func(field, counts, not string) {
			f.override("%s: %s says %s, which counts there; others get %s", field, where, counts, not)
		})
		n.said.Own = &said
		all = append(all, n)
	}
	return all
}

// toWrite takes manifest as the file that the run writes, and what it is. Off a runner it can do
// without, since standard output takes it; what a runner logs is there for all to see.
func (p *parser) toWrite() {
	p.run.ExportAs = p.choice("export-as")
	const name = "manifest"
	given := p.line(name)
	if given == "" {
		if p.trigger.onGitHub {
			p.missing(name)
		}
		return
	}
	path, wrong := p.space.file(given)
	hint := p.space.hint()
	switch wrong {
	case notThere, notInSpace:
		p.run.Manifest = Manifest{Path: filepath.ToSlash(path), Key: filepath.ToSlash(path)}
		return
	case "":
		wrong, hint = "it is there already", "name another file, or remove that one first: nothing is overwritten"
	}
	p.report(Problem{Input: name, Got: quoted(p.shown(given)), Fault: wrong, Takes: "the path of a file to write", Hint: hint})
}

// refuseExport reports that a form is named for what no other mode writes. It would be
// wrong to go on: without a mode, a run on GitHub may apply.
func (p *parser) refuseExport() {
	const name = "export-as"
	if given := p.given(name); given != "" && p.run.Mode != "" {
		p.report(Problem{
			Input: name, Got: quoted(p.shown(given)) + " in mode " + string(p.run.Mode), Takes: "manifest or apisource, in mode export alone",
			Hint: "add mode: export, or remove export-as",
		})
	}
}

// readManifest reads the file; nil with a problem.
func (p *parser) readManifest() (path string, raw []byte) {
	const name = "manifest"
	given := p.line(name)
	if given == "" || p.run.Closes() {
		return "", nil
	}
	path, wrong := p.space.file(given)
	if here, err := filepath.Abs("."); err == nil && filepath.IsAbs(path) {
		if rel, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(rel) {
			path = rel
		}
	}
	if wrong == "" {
		if raw, wrong = p.space.read(path, manifest.MostBytes); wrong == "" {
			return path, raw
		}
	}
	p.report(Problem{Input: name, Got: quoted(p.shown(given)), Fault: wrong, Hint: p.space.hint()})
	return "", nil
}

// manifestFile is a manifest that becomes a part of the Run.
type manifestFile struct {
	*parser
	path, shownPath string
}

// report adds a problem at a place of the file.
func (f *manifestFile) report(at manifest.Position, got string, problem Problem) {
	problem.Input, problem.File, problem.Line, problem.Column = "manifest", f.shownPath, at.Line, at.Column
	if got != "" {
		problem.Got = quoted(f.shown(got))
	}
	f.parser.report(problem)
}

// key is what the manifest is known by. Where a file lies on a machine tells nothing of
// it.
func (f *manifestFile) key(m *manifest.Manifest) string {
	at, key := manifest.Position{}, f.path
	if filepath.IsAbs(key) {
		key = filepath.Base(key)
	}
	if m.Key != nil {
		at, key = m.Key.Position, m.Key.Value
	}
	if hasControl(key) || utf8.RuneCountInString(key) > longestName {
		f.report(at, key, Problem{
			Fault: "a label of Microcks cannot have it as its value", Takes: fmt.Sprintf("a key of at most %d visible characters", longestName),
			Hint: "give the manifest another one, such as key: payments",
		})
		return ""
	}
	return key
}

// named is the source of an entry; false where it has none, which is told.
func (f *manifestFile) named(e *manifest.Entry) (named, bool) {
	said := cmp.Or(e.Collection, e.Workspace)
	if said == nil {
		return named{}, false
	}
	n := named{text: said.Value, line: said.Line, space: e.Workspace != nil, problem: Problem{
		Input: "manifest", File: f.shownPath, Line: said.Line, Column: said.Column, Got: quoted(shownAddress(said.Value, f.secrets, shownValue)),
		Takes: f.inputs["collections"].takes(),
	}}
	if e.Workspace != nil && !isURL(n.text) && !strings.HasPrefix(n.text, workspacePrefix) {
		n.text = workspacePrefix + n.text
	}
	if n.space {
		n.problem.Takes = "the id of a workspace, or a link that holds it"
	}
	if variable.MatchString(n.text) {
		n.problem.Fault, n.problem.Hint = unfilled, "write the value itself: nothing fills in a manifest"
		f.parser.report(n.problem)
		return named{}, false
	}
	return n, true
}

// workspacePrefix begins what names a workspace among collections.
const workspacePrefix = "workspace:"

// said is what an entry, or the defaults, say.
func (f *manifestFile) said(e *manifest.Entry, where string) Importer {
	i := Importer{Entry: where, Forks: e.Forks != nil && e.Forks.Value, Main: value(e.MainArtifact), Active: value(e.Active)}
	for _, pattern := range e.Include {
		i.Include = append(i.Include, pattern.Value)
	}
	for _, pattern := range e.Exclude {
		i.Exclude = append(i.Exclude, pattern.Value)
	}
	if e.Delivery != nil {
		i.Delivery = e.Delivery.Value
	}
	if name := e.ImporterName; name != nil {
		if i.Name = &name.Value; utf8.RuneCountInString(name.Value) > longestName {
			f.report(name.Position, name.Value, Problem{Takes: f.inputs["importer-name"].takes(), Hint: "shorten it"})
		}
	}
	if said := e.ServiceVersion; said != nil {
		version, uncarried := parseServiceVersion(said.Value)
		if i.ServiceVersion = version; uncarried != "" {
			f.report(said.Position, said.Value, Problem{
				Fault: fault(fmt.Sprintf("no address of a mock carries %s in a version", strconv.QuoteToASCII(uncarried))),
				Takes: f.inputs["service-version"].takes(), Hint: `write a version such as "2.1.0"`,
			})
		}
	}
	for _, l := range e.Labels {
		switch takes, hint := wrongLabel(l.Key.Value); {
		case hasControl(l.Key.Value) || hasControl(l.Value.Value):
			f.report(l.Key.Position, l.Key.Value, Problem{Takes: invisibleLabel, Hint: "type the line anew: a character in it cannot be seen"})
		case takes != "":
			f.report(l.Key.Position, l.Key.Value, Problem{Takes: takes, Hint: shown(hint, f.secrets, shownMessage)})
		default:
			if i.Labels == nil {
				i.Labels = map[string]string{}
			}
			i.Labels[l.Key.Value] = l.Value.Value
		}
	}
	if e.Verify != nil {
		if i.Verify = e.Verify.Value; scope(i.Verify) < scope(f.run.Verify) {
			f.override("verify: the workflow says %s, which counts, and not %s of %s, which is less", f.run.Verify, i.Verify, where)
			i.Verify = ""
		}
	}
	return i
}

// scope orders values of verify.
func scope(verify string) int {
	return slices.Index([]string{VerifyNone, VerifyService, VerifyMocks}, verify)
}

func value[T any](said *manifest.Said[T]) *T {
	if said == nil {
		return nil
	}
	return &said.Value
}

// Over is what two say of an importer, of which the first counts; differ is told where the
// second says something else, and what each says.
func Over(first, second Importer, differ func(field, counts, not string)) Importer {
	first.Name = overValue(first.Name, second.Name, "importer-name", differ)
	first.Main = overValue(first.Main, second.Main, "main-artifact", differ)
	first.Active = overValue(first.Active, second.Active, "active", differ)
	for _, field := range []struct {
		name          string
		first, second *string
	}{
		{"delivery", &first.Delivery, &second.Delivery}, {"service-version", &first.ServiceVersion, &second.ServiceVersion},
		{"verify", &first.Verify, &second.Verify},
	} {
		switch a, b := *field.first, *field.second; {
		case a == "":
			*field.first = b
		case b != "" && a != b:
			differ(field.name, a, b)
		}
	}
	labels := maps.Clone(second.Labels)
	for _, key := range slices.Sorted(maps.Keys(first.Labels)) {
		if not, has := labels[key]; has && not != first.Labels[key] {
			differ("label "+key, first.Labels[key], not)
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[key] = first.Labels[key]
	}
	first.Labels = labels
	return first
}

func overValue[T comparable](first, second *T, field string, differ func(field, counts, not string)) *T {
	switch {
	case first == nil:
		return second
	case second != nil && *first != *second:
		differ(field, fmt.Sprint(*first), fmt.Sprint(*second))
	}
	return first
}

// mostOverrides are listed.
const mostOverrides = 20

func (f *manifestFile) override(format string, args ...any) {
	if len(f.run.Overrides) == mostOverrides {
		f.run.MoreOverrides++
		return
	}
	f.run.Overrides = append(f.run.Overrides, shown(fmt.Sprintf(format, args...), f.secrets, shownMessage))
}
