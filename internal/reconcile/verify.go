package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// verify proves that what Microcks serves now is what was predicted. last is
// what was seen after the last import, nil when nothing was done.
func (r *run) verify(ctx context.Context, g *group, last *observation) {
	var done []*item
	for _, it := range g.items {
		if !it.Failed() {
			done = append(done, it)
		}
	}
	if len(done) == 0 || r.Import == ImportNever && g.before.view == nil {
		return
	}
	began := time.Now()
	fail := func(err error) {
		for _, it := range done {
			it.Fail(err)
		}
	}
	view := g.before.view
	if last != nil {
		var err error
		if view, err = r.viewAfter(ctx, g, last); err != nil {
			fail(err)
			return
		}
	}
	now := served(view)
	for _, it := range done {
		it.Service = r.serviceResult(view.Service.ID, now)
		r.tellLeftovers(it, g, now)
	}
	r.tellOtherImporters(g, done)
	if r.Verify != VerifyNone && !r.compare(g, view.Service.ID, now, done, began) {
		return
	}
	r.labelService(ctx, view, done)
	if r.Verify == VerifyMocks {
		r.verifyMocks(ctx, g, g.inOrder(now), done)
	}
}

// compare reports whether the service is what was predicted, and says so to the
// collections it is made of.
func (r *run) compare(g *group, id string, now *predict.Service, done []*item, began time.Time) bool {
	if g.looksEdited(now) {
		g.acceptEdits()
	}
	wrong := differenceOf(now, g.predicted)
	imported := slices.ContainsFunc(done, func(it *item) bool { return it.Importer.Imported })
	if !imported {
		wrong, _ = g.withoutOthers(wrong)
	}
	for _, it := range done {
		switch {
		case len(wrong) == 0:
			it.Service = r.serviceResult(id, g.inOrder(now))
			it.Verified = &result.Verification{Scope: result.ScopeService, Examples: it.Service.Examples()}
		case imported:
			it.Fail(&result.Problem{Level: result.Error,
				Text:   text.Untrustedf("verifying: Microcks imported, but serves something else than the collection makes: %s", someOf(wrong)),
				Hint:   "the collection may have changed in Postman during the run, or another import of the same service ran: run again",
				Anchor: "verify-differs", ExitCode: 1,
			})
		default:
			it.Tell(result.Warning, "verify-not-imported", text.Untrustedf("Microcks serves something else than the collection makes, and `import` is never: %s", someOf(wrong)), "set `import: auto`")
		}
	}
	if len(wrong) > 0 {
		return false
	}
	operations, examples := size(g.predicted)
	r.step("verify", done[0], began, fmt.Sprintf("Microcks serves %s and %s", text.Plural(operations, "operation"), text.Plural(examples, "example")))
	return true
}

// inOrder is what is served, in the order of the collection where that is the
// only difference.
func (g *group) inOrder(now *predict.Service) *predict.Service {
	if len(differenceOf(now, g.predicted)) == 0 {
		return g.predicted
	}
	return now
}

// viewAfter is the service as it is after the imports.
func (r *run) viewAfter(ctx context.Context, g *group, last *observation) (*microcks.ServiceView, error) {
	view := last.view
	if view == nil && len(last.services) == 1 {
		var err error
		if view, err = r.session.Microcks.ServiceView(ctx, last.services[0].ID); err != nil {
			return nil, err
		}
	}
	if view == nil {
		return nil, &result.Problem{Level: result.Error,
			Text:   text.Untrustedf("verifying: service %s %s is not there after the import", g.name, g.version),
			Hint:   "another run or person may have deleted it at the same time: run again",
			Anchor: "verify-differs", ExitCode: 1,
		}
	}
	return view, nil
}

// tellLeftovers names examples that another artifact left on the service: a
// consumer may get them, and no import of this collection removes them.
func (r *run) tellLeftovers(it *item, g *group, now *predict.Service) {
	if it != firstLive(g) {
		return
	}
	left := make(map[string]int)
	for _, op := range now.Operations {
		for _, example := range op.Examples {
			// A secondary artifact is meant to stand beside the main one.
			besideMain := !g.hasMain() && example.SourceArtifact == now.SourceArtifact
			if !g.imports(example.SourceArtifact) && !besideMain {
				left[example.SourceArtifact]++
			}
		}
	}
	for _, artifact := range slices.Sorted(maps.Keys(left)) {
		level, hint := result.Note, text.Untrusted("nothing to do when another importer or upload adds them on purpose")
		if g.owns(artifact) {
			level = result.Warning
			hint = "they come from an earlier URL of this importer and are served beside the new ones: delete the service in Microcks and run again"
		}
		it.Tell(level, "leftover-examples", text.Untrustedf("another artifact, %[2]q, added %[1]s to the service", text.Plural(left[artifact], "example"), withoutQuery(artifact)), hint)
	}
}

// imports reports whether an artifact is exactly what one of the group's
// importers stores.
func (g *group) imports(artifact string) bool {
	return slices.ContainsFunc(g.items, func(it *item) bool {
		url := it.importedFrom()
		return artifact == url[strings.LastIndex(url, "/")+1:]
	})
}

// hasMain reports whether this run imports the service's main artifact.
func (g *group) hasMain() bool {
	return slices.ContainsFunc(g.items, func(it *item) bool { return it.main })
}

func firstLive(g *group) *item {
	for _, it := range g.items {
		if !it.Failed() {
			return it
		}
	}
	return nil
}

// tellOtherImporters names importers outside this run that define the same
// service.
func (r *run) tellOtherImporters(g *group, done []*item) {
	for _, job := range r.state.jobs {
		inRun := slices.ContainsFunc(g.items, func(it *item) bool {
			sees := func(j microcks.ImportJob) bool { return j.ID == job.ID }
			return it.pick.use != nil && it.pick.use.ID == job.ID || slices.ContainsFunc(it.pick.foreign, sees) || slices.ContainsFunc(it.pick.surplus, sees)
		})
		feeds := slices.ContainsFunc(job.ServiceRefs, func(ref microcks.ServiceRef) bool {
			return ref.Name == g.name && ref.Version == g.version && ref.ServiceID != ""
		})
		if !inRun && feeds && job.MainArtifact && g.hasMain() {
			done[0].Tell(result.Note, "other-importer", text.Untrustedf("importer %q (%s) feeds the same service %s %s", job.Name, job.ID, g.name, g.version), "two main artifacts of one service replace each other's operations at every scan; make one of them secondary")
		}
	}
}

// someOf names the first differences of what is served from what was predicted.
func someOf(changes []predict.Change) string {
	says := map[predict.ChangeKind]string{predict.Added: "is missing", predict.Removed: "is not in the collection", predict.Changed: "differs"}
	var texts []string
	for _, c := range changes[:min(3, len(changes))] {
		text := fmt.Sprintf("%s %s", c.Operation, says[c.Kind])
		if c.Example != "" {
			text = fmt.Sprintf("example %q of %s %s", c.Example, c.Operation, says[c.Kind])
		}
		if len(c.Fields) > 0 {
			text += " (" + partWords(c.Fields) + ")"
		}
		texts = append(texts, text)
	}
	if more := len(changes) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}

func partWords(fields []string) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = result.Part(f).Words()
	}
	return strings.Join(words, ", ")
}
