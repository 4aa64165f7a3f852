package config

import (
	"errors"
	"maps"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/postman"
)

// importers reads the collections and what is said about their importers. The
// single inputs are the short form of a list with one entry; what makes sense
// for several is said about each.
func (p *parser) importers() {
	lines := p.list("collection")
	if len(lines) == 0 {
		p.missing("collection")
	}
	common := p.description()
	if len(lines) > 1 {
		p.oneOnly("importer-name", len(lines))
		p.oneOnly("expected-name", len(lines))
		p.oneOnly("expected-version", len(lines))
	}
	seen := map[string]int{}
	references := false
	for n, line := range lines {
		got := quoted(shownAddress(line, p.secrets, shownValue))
		if len(lines) > 1 {
			got += " (line " + strconv.Itoa(n+1) + ")"
		}
		importer, key, ok := p.collection(line, got)
		if !ok {
			references = references || strings.Contains(line, "://") // else it may have been meant as a file
			continue
		}
		if first, twice := seen[key]; twice {
			p.problem("collection", got+", which is the collection of line "+strconv.Itoa(first),
				"each collection once", "Remove one of the two lines.")
			continue
		}
		seen[key] = n + 1
		references = references || importer.Ref != nil
		importer.Name, importer.Main, importer.Active = common.Name, common.Main, common.Active
		importer.Labels, importer.ServiceLabels = maps.Clone(common.Labels), maps.Clone(common.ServiceLabels)
		importer.ReplaceService = common.ReplaceService
		importer.ExpectedName, importer.ExpectedVersion = common.ExpectedName, common.ExpectedVersion
		p.run.Importers = append(p.run.Importers, importer)
	}
	needsKey := p.run.Mode == ModePlan || p.run.Mode == ModeApply || p.run.Mode == ModeCheck && references
	if needsKey && p.given("postman-api-key") == "" {
		p.missing("postman-api-key")
	}
}

// description reads what is said about the importers, each nil or empty when
// nothing is.
func (p *parser) description() Importer {
	i := Importer{
		Main:            p.boolean("main-artifact"),
		Active:          p.boolean("active"),
		ReplaceService:  p.isTrue("replace-service"),
		Labels:          p.labels("labels"),
		ServiceLabels:   p.labels("service-labels"),
		ExpectedName:    p.line("expected-name"),
		ExpectedVersion: p.line("expected-version"),
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
		p.problem(name, quoted(p.shown(f.line)), f.takes, shown(f.hint, p.secrets, shownMessage))
	}
	return labels
}

// oneOnly reports an input that makes no sense for several collections.
func (p *parser) oneOnly(name string, collections int) {
	if value := p.given(name); value != "" {
		p.problem(name, quoted(p.shown(value))+" for "+strconv.Itoa(collections)+" collections", "a run with one collection",
			"Remove it, or give each collection a step of its own.")
	}
}

// collection reads one line: a reference, or in mode check a file. The key is
// what makes two lines the same collection; got is the line for a problem.
func (p *parser) collection(line, got string) (importer Importer, key string, ok bool) {
	const name = "collection"
	ref, refErr := postman.ParseRef(line)
	if refErr == nil {
		address, _, _ := strings.Cut(line, "?") // after it stands the access key
		return Importer{Source: shownAddress(address, p.secrets, shownMessage), Ref: &ref}, "uid " + strings.ToLower(ref.UID), true
	}
	path, fileErr := p.space.file(line)
	switch {
	case strings.Contains(line, "://") || fileErr != nil && !looksLikeFile(line) && !errors.Is(fileErr, errFolder):
		reason, hint := p.refused(line, refErr)
		if p.run.Mode == ModeCheck && !strings.Contains(line, "://") {
			reason += ", and as a file " + fileErr.Error()
		}
		p.problem(name, got+", which "+reason, p.inputs[name].takes(), hint)
	case p.run.Mode != ModeCheck && p.run.Mode != "":
		p.problem(name, got, "in mode "+string(p.run.Mode)+" a reference to Postman, since Microcks pulls the collection from there; a file in mode check only",
			"Give the link of Share > Via API in Postman, or write "+p.setting("mode", string(ModeCheck))+".")
	case fileErr != nil:
		hint := p.space.hint()
		if errors.Is(fileErr, errFolder) {
			hint = "Give the files in it, one a line."
		}
		p.problem(name, got+", which "+p.clauseOf(fileErr), p.inputs[name].takes(), hint)
	default:
		return Importer{Source: p.shown(line), File: path}, "file " + path, true
	}
	return Importer{}, "", false
}

// looksLikeFile tells by the text alone whether a line that is no reference is
// meant as a file.
func looksLikeFile(line string) bool {
	return !strings.Contains(line, "://") && strings.HasSuffix(strings.ToLower(line), ".json")
}

// refused is what the package that knows references says about a line that is
// none: what it was taken for, and the next step.
func (p *parser) refused(line string, err error) (reason, hint string) {
	var r *postman.RefError
	if !errors.As(err, &r) || holdsSecret(line, p.secrets) && !strings.Contains(line, "://") {
		return "is no reference to a collection", "Copy the link of Share > Via API in Postman; a key belongs into postman-api-key only."
	}
	return clause(shownMessageOf(r.Reason, p.secrets)), sentence(shownMessageOf(r.Hint(), p.secrets))
}
