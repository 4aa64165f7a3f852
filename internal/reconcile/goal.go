package reconcile

import (
	"strconv"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

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
	if r.Mode == result.Plan {
		active = g.active
	}
	it.Importer = &result.Importer{
		ID: g.id, URL: r.session.Microcks.ImportersURL(), MainArtifact: it.main, Active: active,
		Adopted: it.pick.adopted, Change: result.Keep,
	}
	target := g.intent.onto(r.startingPoint(it))
	it.Importer.Name, it.Importer.Repository = text.Untrusted(target.Name), text.Untrusted(withoutQuery(target.RepositoryURL))
	switch {
	case g.create:
		it.Importer.Change = result.Create
		it.Importer.Fields = g.intent.diff(&microcks.ImportJob{MainArtifact: !it.main})
	default:
		it.Importer.Fields = g.intent.diff(job)
		if job.Active != g.active {
			it.Importer.Fields = append(it.Importer.Fields, changed(result.FieldActive, strconv.FormatBool(job.Active), strconv.FormatBool(g.active)))
		}
		if len(it.Importer.Fields) > 0 || len(it.pick.surplus) > 0 {
			it.Importer.Change = result.Update
		}
	}
	if labels := r.serviceLabelChanges(it); len(labels) > 0 {
		it.Importer.Fields = append(it.Importer.Fields, labels...)
		if it.Importer.Change == result.Keep {
			it.Importer.Change = result.Update
		}
	}
	for _, job := range it.pick.surplus {
		it.Importer.Surplus = append(it.Importer.Surplus, result.NamedID{ID: job.ID, Name: text.Untrusted(job.Name)})
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
	// The run takes a key out of the URL of an importer of its own.
	keyInURL := g.intent.url == nil && text.HasCredentialQuery(job.RepositoryURL)
	// An administrator can delete the secret and make it again under its name.
	renewed := mine && job.SecretRef != nil && job.SecretRef.Name == r.secret.ref.Name
	switch {
	case r.Secret.Explicit, renewed, job.SecretRef == nil && !keyInURL:
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
