package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/predict"
)

func compareIDs(a, b string) int { return strings.Compare(a, b) }

// group is every wanted artifact of one service, the main one first.
type group struct {
	serviceKey
	items     []*item
	before    *existing
	served    *predict.Service // as Microcks serves it now; nil when it does not
	predicted *predict.Service // after all imports
	edited    *predict.Service // the same, if a person set the dispatchers that differ; nil when none does
}

// goal is what the importer of one collection shall become.
type goal struct {
	id        string
	create    bool
	unborn    bool // ours, and no import of it ever succeeded
	intent    intent
	active    bool // in the end
	importDue bool
	baseline  int64            // time of the last import when the run read it
	predicted *predict.Service // after this import
}

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
		it.fail(err)
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
		it.tell(predict.Warning, "importer-foreign",
			fmt.Sprintf("another importer reads this collection, too: %q (%s); it was not made by this repository's runs and is left alone", job.Name, job.ID),
			"delete it in Microcks under Importers if nobody needs it: two importers of one collection import everything twice")
	}
	if pick.use != nil && pick.adopted && strings.Contains(pick.use.RepositoryURL, "?") {
		it.tell(predict.Warning, "importer-url-query",
			fmt.Sprintf("the URL of importer %q has a query; it is kept because the importer was made by hand", pick.use.Name),
			"an access key in it is shown to everyone who sees the importer: delete the importer and run again, and this action makes one with a clean URL")
	}
	if pick.use != nil && pick.use.Active && pick.use.Failed() != "" {
		it.tell(predict.Note, "import-not-retried",
			fmt.Sprintf("the last import of %q failed, and the schedule of Microcks tries again only once the collection changes", pick.use.Name),
			"nothing to do: a run in mode apply imports it now")
	}
	name := it.alone.Name
	if it.Wanted.Name != nil {
		name = *it.Wanted.Name
	}
	for _, job := range r.state.jobs {
		same := slices.ContainsFunc(candidates, func(c microcks.ImportJob) bool { return c.ID == job.ID })
		if pick.use == nil && job.Name == name && !same {
			it.tell(predict.Note, "importer-same-name",
				fmt.Sprintf("an importer of another source has the same name %q (%s); it is not touched", job.Name, job.ID),
				"set `importer-name` to tell the two apart")
		}
	}
}

// readBy tells whether an importer is one of this collection: by its derived id
// or by its URL.
func (it *item) readBy(job *microcks.ImportJob) bool {
	return job.ID == microcks.DerivedID(microcks.ImporterKind, it.Wanted.UID) ||
		postman.SameCollection(job.RepositoryURL, it.Wanted.URL, it.Wanted.UID)
}

// groupByService puts the artifacts of one service together and refuses what
// would make two owners of it.
func (r *run) groupByService() {
	byKey := make(map[serviceKey]*group)
	for _, it := range r.live() {
		key := serviceKey{it.alone.Name, it.alone.Version}
		g := byKey[key]
		if g == nil {
			g = &group{serviceKey: key, before: r.state.services[key]}
			g.served = served(g.before.view)
			byKey[key] = g
			r.groups = append(r.groups, g)
		}
		g.items = append(g.items, it)
	}
	for _, g := range r.groups {
		slices.SortStableFunc(g.items, func(a, b *item) int { return cmp.Compare(rank(a), rank(b)) })
		r.refuseTwoMains(g)
		r.refuseForeignService(g)
	}
}

func rank(it *item) int {
	if it.main {
		return 0
	}
	return 1
}

func (r *run) refuseTwoMains(g *group) {
	var mains []*item
	for _, it := range g.items {
		if it.main {
			mains = append(mains, it)
		}
	}
	if len(mains) < 2 {
		return
	}
	var sources []string
	for _, it := range mains {
		sources = append(sources, it.CollectionResult.Source)
	}
	for _, it := range mains {
		it.fail(&refusal{
			text:   fmt.Sprintf("planning: %d collections of this run are the main artifact of service %s %s: %s", len(mains), g.name, g.version, strings.Join(sources, ", ")),
			hint:   "give each its own name or version in Postman, or make all but one secondary with `main-artifact: false`",
			anchor: "service-two-mains", code: 1,
		})
	}
}

// refuseForeignService protects a service that another artifact made, and
// explains one that exists twice where it is not ours to heal.
func (r *run) refuseForeignService(g *group) {
	for _, it := range g.items {
		if it.failed() {
			continue
		}
		var foreign []microcks.Service
		for _, service := range g.before.services {
			if !g.owns(service.SourceArtifact) {
				foreign = append(foreign, service)
			}
		}
		switch {
		case len(g.before.services) > 1 && len(foreign) > 0:
			it.fail(twiceError(g, g.before.services))
		case it.main && len(foreign) > 0 && !it.ReplaceService:
			it.fail(&refusal{
				text: fmt.Sprintf("planning: service %s %s exists and comes from %q (type %s), not from this collection; importing would replace its operations",
					g.name, g.version, foreign[0].SourceArtifact, foreign[0].Type),
				hint:   "give the collection another name or version, import it as `main-artifact: false` to add its examples, or set `replace-service: true` to replace the service",
				anchor: "service-foreign", code: 1,
			})
		case len(g.before.services) > 1 && it == firstLive(g):
			it.tell(predict.Warning, "service-twice",
				fmt.Sprintf("service %s %s exists %d times, all made of this collection, so Microcks answers 500 to every import and mock call of it", g.name, g.version, len(g.before.services)),
				"nothing: applying deletes all but the oldest and imports again; a `concurrency:` group keeps imports from running at the same time")
		}
	}
}

// owns tells whether an artifact is one of the group's collections, whatever
// query its URL had when it was imported.
func (g *group) owns(artifact string) bool {
	return slices.ContainsFunc(g.items, func(it *item) bool { return sameArtifact(artifact, it.Wanted.UID) })
}

// sameArtifact compares the name that an import gave to what it stored, which
// is the end of the importer's URL, with a collection's uid.
func sameArtifact(artifact, uid string) bool {
	bare, _, _ := strings.Cut(artifact, "?")
	if strings.EqualFold(bare, uid) {
		return true
	}
	_, uuid, _ := strings.Cut(uid, "-")
	return uuid != "" && strings.EqualFold(bare, uuid)
}

func twiceError(g *group, services []microcks.Service) error {
	var each []string
	for _, s := range services {
		each = append(each, fmt.Sprintf("%s from %q", s.ID, s.SourceArtifact))
	}
	return &refusal{
		text:   fmt.Sprintf("planning: service %s %s exists %d times (%s): Microcks answers 500 to every import and mock call of it", g.name, g.version, len(services), strings.Join(each, ", ")),
		hint:   "delete all but one of them in Microcks under APIs | Services, then run again: two imports at the same time made them",
		anchor: "service-twice", code: 1,
	}
}

// compose predicts the imports of a group one onto the other.
func (r *run) compose(g *group) {
	g.predicted = g.served
	for _, it := range g.items {
		if it.failed() {
			continue
		}
		p := r.predictOnto(it, g.predicted)
		it.Findings = p.Findings
		if p.Outcome == predict.Skipped {
			it.fail(&refusal{
				text:   fmt.Sprintf("planning: the collection is a secondary artifact, but there is no service %s %s that it could add to", p.Name, p.Version),
				hint:   "import the main artifact first, check that name and version are the same in both, or set `main-artifact: true`",
				anchor: "secondary-without-service", code: 1,
			})
			continue
		}
		r.refuseUnfit(it, p)
		if !it.failed() {
			g.predicted = p.Service
			it.goal = &goal{predicted: p.Service}
		}
	}
	r.composeEdited(g)
}

// predictOnto predicts the import of one collection over an existing service.
func (r *run) predictOnto(it *item, existing *predict.Service) predict.Prediction {
	url := it.Wanted.URL
	if it.pick.use != nil && it.pick.adopted {
		url = it.pick.use.RepositoryURL
	}
	return predict.Collection(it.raw, predict.Target{Version: r.session.Version.Number(), Main: it.main, URL: url, Existing: existing})
}

// setGoal turns what was said, and what is there, into what shall be.
func (r *run) setGoal(it *item) {
	g := it.goal
	job := it.pick.use
	g.create = job == nil
	if g.create {
		r.setNewGoal(it)
	} else {
		r.setExistingGoal(it, job)
	}
	active := it.isActive() // until something is done
	if r.Mode == Plan {
		active = g.active
	}
	it.Importer = &ImporterResult{
		ID: g.id, URL: r.session.Microcks.ImportersURL(), MainArtifact: it.main, Active: active,
		Adopted: it.pick.adopted, Change: Keep,
	}
	target := g.intent.onto(r.startingPoint(it))
	it.Importer.Name, it.Importer.Repository = target.Name, withoutQuery(target.RepositoryURL)
	switch {
	case g.create:
		it.Importer.Change = Create
		it.Importer.Fields = g.intent.diff(&microcks.ImportJob{MainArtifact: !it.main})
	default:
		it.Importer.Fields = g.intent.diff(job)
		if job.Active != g.active {
			it.Importer.Fields = append(it.Importer.Fields, FieldChange{Field: "active", From: fmt.Sprint(job.Active), To: fmt.Sprint(g.active)})
		}
		if len(it.Importer.Fields) > 0 || len(it.pick.surplus) > 0 {
			it.Importer.Change = Update
		}
	}
	for _, job := range it.pick.surplus {
		it.Importer.Fields = append(it.Importer.Fields, FieldChange{Field: "surplus importer " + job.ID, From: job.Name, To: "(deleted)"})
	}
}

func (r *run) setNewGoal(it *item) {
	g := it.goal
	g.id = microcks.DerivedID(microcks.ImporterKind, it.Wanted.UID)
	g.unborn = true
	g.active = it.Active == nil || *it.Active
	name := it.alone.Name
	if it.Wanted.Name != nil {
		name = *it.Wanted.Name
	}
	labels := map[string]string{LabelManagedBy: program}
	if r.Repository != "" {
		labels[LabelRepository] = r.Repository
	}
	g.intent = intent{name: &name, url: &it.Wanted.URL, main: &it.main, secret: r.secret.use(), labels: merge(labels, it.Labels), annotations: r.marks()}
}

func (r *run) setExistingGoal(it *item, job *microcks.ImportJob) {
	g := it.goal
	g.id = job.ID
	g.baseline = job.Imported()
	mine := !it.pick.adopted
	// A run that ended between creating and importing leaves an importer that
	// never worked: it is still being created.
	g.unborn = mine && len(job.ServiceRefs) == 0
	g.active = job.Active || g.unborn
	if it.Active != nil {
		g.active = *it.Active
	}
	g.intent = intent{name: it.Wanted.Name, main: it.MainArtifact, labels: it.Labels}
	if mine {
		g.intent.annotations = r.marks()
		if url := canonicalLike(job.RepositoryURL, it.Wanted.URL, it.Wanted.UID); url != job.RepositoryURL {
			g.intent.url = &url
		}
	}
	keyInURL := strings.Contains(job.RepositoryURL, "access_key=")
	switch {
	case r.Secret.Explicit, job.SecretRef == nil && !keyInURL:
		g.intent.secret = r.secret.use()
	case job.SecretRef != nil && r.secret.is(job.SecretRef.SecretID):
		r.secret.use()
	}
}

// marks are the annotations of what this run writes.
func (r *run) marks() map[string]string {
	return merge(r.Provenance, map[string]string{AnnotationWriter: r.writer})
}

// startingPoint is the document that the intent is laid onto.
func (r *run) startingPoint(it *item) *microcks.ImportJob {
	if it.pick.use != nil {
		return it.pick.use
	}
	created := time.Now().UnixMilli()
	return &microcks.ImportJob{ID: it.goal.id, CreatedDate: &created}
}

// decideImports compares what Microcks serves with what it would serve. The
// artifacts of one service are imported together, main first: importing the
// main one again resets what a secondary one added.
func (r *run) decideImports(g *group) {
	if g.looksEdited(g.served) && g.importedSinceUpdate() {
		g.acceptEdits()
	}
	difference := differenceOf(g.served, g.predicted)
	due := false
	for _, it := range g.items {
		if it.failed() {
			continue
		}
		it.Difference = difference
		reason := r.importReason(it, g, len(difference))
		if due && reason == "" && r.Import != ImportNever {
			reason = "an artifact before it in the same service is imported"
		}
		it.goal.importDue = reason != ""
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
		it.tell(predict.Note, "service-left",
			fmt.Sprintf("this importer made service %s %s before, and makes %s %s from now on; the old one stays as it is", ref.Name, ref.Version, g.name, g.version),
			"delete the old service in Microcks under APIs | Services when nobody calls its mocks any more")
	}
}

func (r *run) importReason(it *item, g *group, differences int) string {
	job := it.pick.use
	switch {
	case r.Import == ImportNever:
		return ""
	case it.goal.create:
		return "the importer is new"
	case r.Import == ImportAlways:
		return "`import` is always"
	case job.Failed() != "":
		return "the last import failed: " + job.Failed()
	case g.served == nil && len(g.before.services) > 1:
		return "the service exists twice"
	case g.served == nil:
		return "Microcks does not serve it"
	case importsDifferently(it.Importer.Fields):
		return "the importer changes"
	case differences > 0:
		return plural(differences, "difference") + " between what Microcks serves and the collection"
	case !refersTo(job, g.before.services[0].ID):
		return "the importer is not bound to the service"
	}
	return ""
}

// importsDifferently tells whether a change of the importer changes what an
// import does; a name or label does not.
func importsDifferently(fields []FieldChange) bool {
	return slices.ContainsFunc(fields, func(f FieldChange) bool {
		return f.Field == "repositoryUrl" || f.Field == "mainArtifact" || f.Field == "secret"
	})
}

func refersTo(job *microcks.ImportJob, serviceID string) bool {
	return slices.ContainsFunc(job.ServiceRefs, func(ref microcks.ServiceRef) bool { return ref.ServiceID == serviceID })
}
