package reconcile

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// plan decides everything without asking anybody.
func (r *run) plan() {
	for _, it := range r.live() {
		r.pickImporter(it)
	}
	r.groupByService()
	r.planSecret()
	for _, g := range r.groups {
		r.compose(g)
	}
	for _, it := range r.live() {
		r.setGoal(it)
	}
	for _, g := range r.groups {
		r.decideImports(g)
	}
	r.dropUnusedSecret()
}

// pickImporter finds the importer that a collection already has.
func (r *run) pickImporter(it *item) {
	id := microcks.DerivedID(microcks.ImporterKind, it.Wanted.UID)
	var candidates []microcks.ImportJob
	for _, job := range r.state.jobs {
		if it.readBy(&job) {
			candidates = append(candidates, job)
		}
	}
	pick, err := choose(candidates, id, r.Repository)
	if err != nil {
		it.Fail(err)
		return
	}
	it.pick = pick
	it.main = true
	if pick.use != nil {
		it.main = pick.use.MainArtifact
	}
	if it.MainArtifact != nil {
		it.main = *it.MainArtifact
	}
	for _, job := range pick.foreign {
		it.Tell(result.Warning, "importer-foreign",
			text.Untrustedf("another importer reads this collection, too: %q (%s); it was not made by this repository's runs and is left alone", job.Name, job.ID),
			"delete it in Microcks under Importers if nobody needs it: two importers of one collection import everything twice")
	}
	if pick.use != nil && pick.adopted && strings.Contains(pick.use.RepositoryURL, "?") {
		it.Tell(result.Warning, "importer-url-query",
			text.Untrustedf("the URL of importer %q has a query; it is kept because the importer was made by hand", pick.use.Name),
			"an access key in it is shown to everyone who sees the importer: delete the importer and run again, and this action makes one with a clean URL")
	}
	if pick.use != nil && pick.use.Active && pick.use.Failed() != "" && (r.Mode == result.Plan || r.Import == ImportNever) {
		it.Tell(result.Warning, "import-not-retried",
			text.Untrustedf("the last import of %q failed, and the schedule of Microcks tries again only once the collection changes", pick.use.Name),
			"run in mode apply with `import: auto`: that imports it")
	}
	name := it.alone.Name
	if it.Wanted.Name != nil {
		name = *it.Wanted.Name
	}
	for _, job := range r.state.jobs {
		same := slices.ContainsFunc(candidates, func(c microcks.ImportJob) bool { return c.ID == job.ID })
		if pick.use == nil && job.Name == name && !same {
			it.Tell(result.Note, "importer-same-name",
				text.Untrustedf("an importer of another source has the same name %q (%s); it is not touched", job.Name, job.ID),
				"set `importer-name` to tell the two apart")
		}
	}
}

// readBy reports whether an importer is one of this collection: by its derived id
// or by its URL.
func (it *item) readBy(job *microcks.ImportJob) bool {
	return job.ID == microcks.DerivedID(microcks.ImporterKind, it.Wanted.UID) ||
		postman.SameCollection(job.RepositoryURL, it.Wanted.URL, it.Wanted.UID)
}

// decideImports compares what Microcks serves with what it would serve. The
// artifacts of one service are imported together, main first: importing the
// main one again resets what a secondary one added.
func (r *run) decideImports(g *group) {
	if g.looksEdited(g.served) && g.importedSinceUpdate() {
		g.acceptEdits()
	}
	difference, others := g.withoutOthers(differenceOf(g.served, g.predicted))
	if len(others) > 0 {
		firstLive(g).Tell(result.Note, "dispatcher-of-another",
			text.Untrustedf("another artifact set the dispatchers of %s; they stay until this collection is imported again: %s", text.Plural(len(others), "operation"), strings.Join(others, ", ")),
			"import the artifacts of one service in one step, so that they are always imported together, the main one first")
	}
	due := false
	for _, it := range g.items {
		if it.Failed() {
			continue
		}
		it.Difference = shownDifference(difference)
		reason := r.importReason(it, g, len(difference))
		if due && reason == nil && r.Import != ImportNever {
			reason = &result.ImportReason{Kind: result.ImportedAfterMain}
		}
		it.goal.importDue = reason != nil
		it.Importer.Import = reason
		due = due || it.goal.importDue
		if it.goal.importDue && !it.goal.create {
			it.tellLeftServices(g)
		}
		id := ""
		if g.before.view != nil {
			id = g.before.view.Service.ID
		}
		it.Service = r.serviceResult(id, g.predicted)
	}
}

// tellLeftServices names what the importer made before under another name or
// version: it stays, and no import updates it any more.
func (it *item) tellLeftServices(g *group) {
	for _, ref := range it.pick.use.ServiceRefs {
		if ref.ServiceID == "" || ref.Name == g.name && ref.Version == g.version {
			continue
		}
		it.Tell(result.Note, "service-left",
			text.Untrustedf("this importer made service %s %s before, and makes %s %s from now on; the old one stays as it is", ref.Name, ref.Version, g.name, g.version),
			"delete the old service in Microcks under APIs | Services when nobody calls its mocks any more")
	}
}

// importReason is why an import is due; nil when none is.
func (r *run) importReason(it *item, g *group, differences int) *result.ImportReason {
	job := it.pick.use
	because := func(kind result.ImportKind) *result.ImportReason { return &result.ImportReason{Kind: kind} }
	switch {
	case r.Import == ImportNever:
		return nil
	case it.goal.create:
		return because(result.ImporterIsNew)
	case r.Import == ImportAlways:
		return because(result.ImportAsked)
	case job.Failed() != "":
		return &result.ImportReason{Kind: result.LastImportFailed, LastError: text.HideCredentials(text.Untrusted(job.Failed()))}
	case g.served == nil && len(g.before.services) > 1:
		return because(result.ServiceTwice)
	case g.served == nil:
		return because(result.NotServed)
	case importsDifferently(it.Importer.Fields):
		return because(result.ImporterChanges)
	case differences > 0:
		return &result.ImportReason{Kind: result.ServesOther, Differences: differences}
	case !refersTo(job, g.before.services[0].ID):
		return because(result.ImporterNotBound)
	}
	return nil
}

// importsDifferently reports whether a change of the importer changes what an
// import does; a name or label does not.
func importsDifferently(fields []result.FieldChange) bool {
	return slices.ContainsFunc(fields, func(f result.FieldChange) bool {
		return f.Field == result.FieldRepositoryURL || f.Field == result.FieldMainArtifact || f.Field == result.FieldSecret
	})
}

func refersTo(job *microcks.ImportJob, serviceID string) bool {
	return slices.ContainsFunc(job.ServiceRefs, func(ref microcks.ServiceRef) bool { return ref.ServiceID == serviceID })
}
