package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// importers reads the collections and what is said about their importers. The
// single inputs are the short form of a list with one entry; what makes sense
// for several is said about each.
func (p *parser) importers() {
	common := p.description()
	if p.run.Mode == ModeExport {
		p.toWrite()
		return
	}
	p.refuseExport()
	lines := p.named(common)
	if len(lines) > 1 {
		p.oneOnly("importer-name", len(lines))
	}
	seen := map[string]int{}
	listed := false // a workspace is
	// Whether a collection is read by the API key.
	keyed := len(lines) == 0 && p.given("manifest") == "" && p.run.Mode != ModeCheck
	for _, l := range lines {
		importer, key, ok := p.collection(l.text, l.said.Delivery, l.problem)
		if !ok {
			keyed = keyed || isURL(l.text) || postman.MeansWorkspace(l.text) // else it may have been meant as a file
			continue
		}
		if wrong, hint := l.unlike(&importer); wrong != "" {
			l.problem.Fault, l.problem.Takes, l.problem.Hint = wrong, "", hint
			p.report(l.problem)
			continue
		}
		if first, twice := seen[key]; twice {
			l.problem.Fault = fault(fmt.Sprintf("it is the collection of line %d", first))
			l.problem.Takes, l.problem.Hint = "each collection once", "remove one of the two lines"
			p.report(l.problem)
			continue
		}
		seen[key] = l.line
		i := l.said
		i.Source, i.Ref, i.File, i.Pattern, i.Resources, i.Workspace =
			importer.Source, importer.Ref, importer.File, importer.Pattern, importer.Resources, importer.Workspace
		listed = listed || i.Workspace != ""
		keyed = keyed || p.run.needsKey(&i)
		p.run.Importers = append(p.run.Importers, i)
	}
	if name := p.given("importer-name"); listed && len(lines) == 1 && name != "" {
		p.report(Problem{
			Input: "importer-name", Got: quoted(p.shown(name)) + " for the collections of a workspace",
			Takes: "a run with one collection", Hint: "remove it, or name the collections one by one",
		})
	}
	p.warnWithoutImporter()
	p.refuseStrangers()
	// What a removal is about is known without asking Postman, but for a workspace.
	if keyed && (p.run.Mode != ModeRemove || listed) && p.run.Mode != "" && p.given("postman-api-key") == "" {
		p.withoutKey()
	}
}

// named are the collections as they were named, each with what is said about it.
func (p *parser) named(common Importer) (all []named) {
	lines := p.list("collections")
	switch listed := p.given("manifest") != ""; {
	case listed && len(lines) > 0:
		p.report(Problem{
			Input: "manifest", Got: quoted(p.shown(p.given("manifest"))), Fault: "collections are given, too", Takes: "one of the two",
			Hint: "put what collections lists into the manifest, and leave collections out",
		})
	case listed:
		return p.fromManifest(common)
	case len(lines) == 0:
		p.missing("collections")
	}
	for _, e := range lines {
		n := named{text: e.text, line: e.line, said: common}
		n.said.Labels = maps.Clone(common.Labels)
		n.problem = Problem{Input: "collections", Got: quoted(shownAddress(e.text, p.secrets, shownValue))}
		if len(lines) > 1 {
			n.problem.Line = e.line
		}
		all = append(all, n)
	}
	return all
}

// needsKey reports whether the API key is needed to read the collection.
func (r *Run) needsKey(i *Importer) bool {
	return i.OfPostman() && !r.ByAccessKey(i)
}

// skipKeyed skips what the API key would have to read.
func (r *Run) skipKeyed() {
	for n := range r.Importers {
		r.Importers[n].Skipped = r.needsKey(&r.Importers[n])
	}
}

// refuseStrangers skips what a manifest names in Postman where anybody can have brought
// the event about: the file may be theirs, and a key asks for nothing that strangers name.
func (p *parser) refuseStrangers() {
	if p.run.Manifest.Path == "" || p.run.Trigger.Trusted || p.run.Allows(AllowUntrustedEvent) {
		return
	}
	p.run.skipKeyed()
}

// withoutKey is what becomes of a run that has collections to read by the API key, and
// none. A manifest is for runs with one; a check without judges what it can.
func (p *parser) withoutKey() {
	if p.run.Mode != ModeCheck || p.run.Manifest.Path == "" {
		p.missingKey()
		return
	}
	p.run.skipKeyed()
}

// missingKey reports that there is no API key, beside what an access key would need to
// take its place.
func (p *parser) missingKey() {
	told := len(p.problems)
	p.missing("postman-api-key")
	byLink := func(i Importer) bool { return i.Ref != nil && i.Ref.AccessKey != "" && !p.run.ByAccessKey(&i) }
	if len(p.problems) == told || !slices.ContainsFunc(p.run.Importers, byLink) {
		return
	}
	hint := "; or set " + p.setting("delivery", DeliveryUpload) + ", for which the access key in the link is enough"
	if p.run.Postman.URL != "" && !postman.OwnOrigin(p.run.Postman.URL) {
		hint = "; the access key in the link is sent to Postman's own address only, and postman-api-url is another one"
	}
	p.problems[told].Hint += hint
}

// ByAccessKey reports whether the access key in a reference's link reads its
// collection: no API key is given, and nobody but this run reads it.
func (r *Run) ByAccessKey(i *Importer) bool {
	return i.Ref != nil && i.Ref.AccessKey != "" && r.Postman.APIKey == "" && i.Ref.At(r.Postman.URL) != "" &&
		(r.Mode == ModeCheck || i.Delivery == DeliveryUpload)
}

// description reads what is said about the importers, each nil or empty when
// nothing is.
func (p *parser) description() Importer {
	i := Importer{
		Main:           p.boolean("main-artifact"),
		Active:         p.boolean("active"),
		Labels:         p.labels("labels"),
		ServiceVersion: p.serviceVersion(),
	}
	if p.given("delivery") != "" {
		i.Delivery = p.choice("delivery")
	}
	if name := p.line("importer-name"); name != "" {
		i.Name = &name
	}
	return i
}

// labels reads key=value lines.
func (p *parser) labels(name string) map[string]string {
	labels, faults := parseLabels(p.list(name))
	for _, f := range faults {
		p.report(Problem{
			Input: name, Got: quoted(p.shown(f.line)), Takes: f.takes, Hint: shown(f.hint, p.secrets, shownMessage),
		})
	}
	return labels
}

// oneOnly reports an input that makes no sense for several collections.
func (p *parser) oneOnly(name string, collections int) {
	if value := p.given(name); value != "" {
		p.report(Problem{
			Input: name, Got: fmt.Sprintf("%s for %d collections", quoted(p.shown(value)), collections),
			Takes: "a run with one collection", Hint: "remove it, or give each collection a step of its own",
		})
	}
}

// collection reads one line: a reference, a workspace, a file or folder, or a pattern of them. The key is
// what makes two lines the same collection; problem is the beginning of what is
// reported when the line is refused.
func (p *parser) collection(line, delivery string, problem Problem) (importer Importer, key string, ok bool) {
	ref, refErr := postman.ParseRef(line)
	if refErr == nil {
		address, _, _ := strings.Cut(line, "?") // after it stands the access key
		source := shownAddress(address, p.secrets, shownMessage)
		return Importer{Source: source, Ref: &ref}, "uid " + strings.ToLower(ref.UID), true
	}
	if postman.MeansWorkspace(line) {
		return p.workspace(line, problem)
	}
	path, wrong := p.space.file(line)
	if folder, is := p.space.collection(line); is && wrong == isFolder {
		path, wrong = folder, ""
	}
	shape, shapeHint := p.misshapen(line)
	pattern := ""
	if wrong != "" && isPattern(line) && (shape == "" || bracketed(line, shape)) {
		pattern, wrong = p.space.pattern(line)
		shape = ""
	}
	switch {
	case wrong != "" && wrong != isFolder && shape != "":
		problem.Fault, problem.Hint = shape, shapeHint
	case isURL(line) || wrong != "" && wrong != isFolder && !looksLikeFile(line) && !isPattern(line):
		problem.Fault, problem.Hint = p.refused(line, refErr)
		if own, ok := errors.AsType[*postman.RefError](refErr); ok && own.Unlike && !isURL(line) {
			problem.Fault = fault(fmt.Sprintf("%s; taken for a file, %s", problem.Fault, wrong))
		}
	case delivery == DeliveryImporter && (p.run.Mode == ModePlan || p.run.Mode == ModeApply):
		problem.Fault = "it is no reference to Postman, from where Microcks would pull it"
		problem.Takes = "with delivery importer references to Postman only"
		problem.Hint = "leave delivery out: files are uploaded then, and collections of Postman's get importers"
	case wrong == isFolder:
		problem.Fault = wrong
		problem.Hint = "name the files in it, such as " + p.shown(strings.TrimRight(line, "/")) + "/*.json; a collection in Postman's git" +
			" format has .resources/definition.yaml with `$kind: collection`, or lies in postman/collections"
	case wrong == noPattern:
		problem.Fault, problem.Hint = wrong, "close every bracket and brace, or put a \\ before one that is part of a name"
	case wrong != "" && wrong != notThere && wrong != notInSpace:
		problem.Fault, problem.Hint = wrong, p.space.hint()
	case filepath.Base(path) == "resources.yaml" && filepath.Base(filepath.Dir(path)) == ".postman":
		if !filepath.IsLocal(path) {
			problem.Fault, problem.Hint = outOfFolder, "run this in the folder that .postman is in"
			break
		}
		return Importer{Source: p.shown(line), Resources: filepath.ToSlash(path)}, "file " + path, true
	case pattern != "":
		return Importer{Source: p.shown(line), Pattern: pattern}, "pattern " + pattern, true
	default: // one that is not there fails by itself, when it is read
		return Importer{Source: p.shown(line), File: path}, "file " + path, true
	}
	p.report(problem)
	return Importer{}, "", false
}

// workspace reads a line that means a workspace.
func (p *parser) workspace(line string, problem Problem) (importer Importer, key string, ok bool) {
	if shape, hint := p.misshapen(line); shape != "" {
		problem.Fault, problem.Hint = shape, hint
		p.report(problem)
		return Importer{}, "", false
	}
	id, err := postman.ParseWorkspace(line)
	if wrong, is := errors.AsType[*postman.WorkspaceError](err); is {
		problem.Fault, problem.Hint = fault(plain(wrong.Reason, p.secrets, shownMessage)), wrong.Hint()
		p.report(problem)
		return Importer{}, "", false
	}
	address, _, _ := strings.Cut(line, "?")
	return Importer{Source: shownAddress(address, p.secrets, shownMessage), Workspace: id}, "workspace " + id, true
}

// isPattern reports whether a line that is no reference and no file that is there is
// meant as a pattern of files, going by its text alone.
func isPattern(line string) bool {
	if isURL(line) || text.HasPostmanKey(line) {
		return false
	}
	return strings.Contains(line, "*") || strings.ContainsAny(line, "?[{") && looksLikeFile(line)
}

// bracketed reports whether a pattern looks like a list by its own brackets or braces.
func bracketed(pattern string, shape fault) bool {
	switch shape {
	case inBrackets:
		return !strings.HasSuffix(pattern, "]")
	case severalOnLine:
		return strings.Contains(pattern, "{") && !strings.ContainsAny(pattern, " \t;|")
	}
	return false
}

// isURL reports whether a line can be nothing but a URL.
func isURL(line string) bool { return strings.Contains(line, "://") }

// fileEndings are those of files that somebody may take for a collection.
var fileEndings = []string{".json", ".yaml", ".yml", ".har", ".zip", ".xml", ".html", ".txt", ".md"}

// looksLikeFile reports whether a line that is no reference is meant as a file,
// going by its text alone.
func looksLikeFile(line string) bool {
	if isURL(line) {
		return false
	}
	for _, start := range []string{"./", "../", "/", "~/", `.\`, `..\`} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return slices.Contains(fileEndings, strings.ToLower(filepath.Ext(line)))
}

// refused is what the postman package says about a line that is not a reference:
// what it was taken for, and the next step.
func (p *parser) refused(line string, err error) (reason fault, hint string) {
	r, ok := errors.AsType[*postman.RefError](err)
	if !ok || holdsSecret(line, p.secrets) && !isURL(line) {
		return "it is not a reference to a collection", "copy the link of Share > Via API in Postman; a key goes into postman-api-key only"
	}
	return fault(plain(r.Reason, p.secrets, shownMessage)), r.Hint()
}
