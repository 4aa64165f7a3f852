package plan

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Annotations of an importer that this action made, or of a service that it uploads,
// written only along with another change.
const (
	AnnotationCommit = "postman-microcks-importer-commit"
	AnnotationRun    = "postman-microcks-importer-run"
	// AnnotationWriter is a random mark of the run that wrote last, by which
	// runs at the same time agree who imports.
	AnnotationWriter = "postman-microcks-importer-writer"
	// AnnotationFile of a service is the path of the file or folder that was uploaded.
	AnnotationFile = "postman-microcks-importer-file"
	// AnnotationDocuments of a service is the digest of the uploads that made it.
	AnnotationDocuments = "postman-microcks-importer-documents"
)

// Importer is what the importer of one collection shall become. A nil field of
// what it shall have keeps what is there, and so does everything that is no
// field here: the schedule and the server itself change other members, and
// newer servers have members of their own.
type Importer struct {
	ID      string
	There   *microcks.ImportJob  // nil: it is to be created
	Surplus []microcks.ImportJob // further ones of ours, to be deleted
	// Adopted: it was made by hand or by another repository.
	Adopted bool
	// Taken: it was made by hand, and becomes ours.
	Taken bool
	// Unborn: it is ours, and no import of it ever succeeded.
	Unborn bool

	Name        *string
	URL         *string
	Validated   bool // the server checks certificates
	Main        *bool
	Secret      *microcks.SecretRef
	Labels      map[string]string // added or changed, never removed
	Annotations map[string]string // written along with a change, never compared
	CreatedDate int64             // of a new one, milliseconds
	Active      bool              // in the end

	// Origin that the API key is for, beside Postman's own.
	Origin string
}

// NotOurs says that an importer of a collection that is to go is none of this
// repository's.
func NotOurs(job *microcks.ImportJob) text.Untrusted {
	return text.Untrustedf("importer %q (%s) reads this collection, but was not made by this repository's runs: it stays", job.Name, job.ID)
}

// ReadBy reports whether an importer is one of the wanted collection: by its
// derived id or by its URL.
func (w *Wanted) ReadBy(job *microcks.ImportJob) bool {
	return w.UID != "" && (job.ID == w.DerivedID() || postman.SameCollection(job.RepositoryURL, w.URL, w.UID))
}

// DerivedID is the id that an importer of the collection is created with.
func (w *Wanted) DerivedID() string { return microcks.DerivedID(microcks.ImporterKind, w.UID) }

// Baseline is the time of the last import when the server was read, in
// milliseconds.
func (i *Importer) Baseline() int64 {
	if i.There == nil {
		return 0
	}
	return i.There.Imported()
}

// WasActive reports whether Microcks pulled the collection when it was read.
func (i *Importer) WasActive() bool { return i.There != nil && i.There.Active }

// Document is the importer as it is sent to create it, or to create it again:
// inactive, since a broken importer must not run in the server's scan.
func (i *Importer) Document() *microcks.ImportJob {
	created := i.CreatedDate
	job := microcks.ImportJob{ID: i.ID, CreatedDate: &created}
	if i.There != nil {
		job = *i.There
		job.Active = false
	}
	return i.Onto(&job)
}

// Diff lists the fields in which job is not as it shall be.
func (i *Importer) Diff(job *microcks.ImportJob) []result.FieldChange {
	var changes []result.FieldChange
	add := func(field result.Field, from, to string) {
		if from != to {
			changes = append(changes, fieldChange(field, from, to))
		}
	}
	if i.Name != nil {
		add(result.FieldName, job.Name, *i.Name)
	}
	if i.URL != nil && job.RepositoryURL != *i.URL {
		changes = append(changes, fieldChange(result.FieldRepositoryURL, WithoutQuery(job.RepositoryURL), *i.URL))
	}
	if i.Validated {
		add(result.FieldDisableSSLValidation, strconv.FormatBool(job.TrustsAnyone()), strconv.FormatBool(false))
	}
	if i.Main != nil {
		add(result.FieldMainArtifact, strconv.FormatBool(job.MainArtifact), strconv.FormatBool(*i.Main))
	}
	if i.Secret != nil && (job.SecretRef == nil || job.SecretRef.SecretID != i.Secret.SecretID) {
		change := result.FieldChange{Field: result.FieldSecret, To: shownSecret(i.Secret)}
		if job.SecretRef != nil {
			change.From = shownSecret(job.SecretRef)
		}
		changes = append(changes, change)
	}
	return append(changes, LabelChanges(result.FieldLabel, job.Metadata, i.Labels)...)
}

// Onto returns job as it shall be, everything else kept.
func (i *Importer) Onto(job *microcks.ImportJob) *microcks.ImportJob {
	merged := *job
	if i.Name != nil {
		merged.Name = *i.Name
	}
	if i.URL != nil {
		merged.RepositoryURL = *i.URL
	}
	if i.Validated && job.TrustsAnyone() {
		merged.DisableSSLValidation = new(false)
	}
	if i.Main != nil {
		merged.MainArtifact = *i.Main
	}
	if i.Secret != nil && (job.SecretRef == nil || job.SecretRef.SecretID != i.Secret.SecretID) {
		merged.SecretRef = i.Secret
	}
	metadata := WithLabels(job.Metadata, i.Labels)
	metadata.Annotations = merge(metadata.Annotations, i.Annotations)
	merged.Metadata = metadata
	return &merged
}

// foreign reports whether others made it, and it stays theirs.
func (i *Importer) foreign() bool { return i.Adopted && !i.Taken }

// Exposes is the problem of an importer that was made by others and that, as it is
// now, would send the API key in the clear, past any check of certificates, or to
// somebody else; nil when it would not. Its fields are kept, so nothing is imported
// through it. One of ours, or that becomes ours, is brought back to what it should be
// instead.
func (i *Importer) Exposes(job *microcks.ImportJob) *result.Problem {
	if !i.foreign() {
		return nil
	}
	wrong := postman.Misdirected(job.RepositoryURL, i.Origin)
	// Without TLS there is no certificate that could be checked.
	if job.TrustsAnyone() && !strings.HasPrefix(i.Origin, "http:") {
		wrong = append(wrong, "its repositoryDisableSSLValidation is true")
	}
	if len(wrong) == 0 {
		return nil
	}
	return &result.Problem{
		Level: result.Error,
		Text: text.Untrustedf("using importer %q (%s), which this repository's runs did not make: the API key would not be safe on its way: %s",
			job.Name, job.ID, strings.Join(wrong, "; ")),
		Hint: "correct that in Microcks under Importers, or delete the importer there and run again: this action makes one that is right;" +
			" for a certificate of your own authority, give the secret its CA certificate",
		Anchor: "importer-exposes-key", ExitCode: 1,
	}
}

// LabelChanges are the labels that are added or changed.
func LabelChanges(field result.Field, there *microcks.Metadata, wanted map[string]string) []result.FieldChange {
	var labels map[string]string
	if there != nil {
		labels = there.Labels
	}
	var changes []result.FieldChange
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		from, has := labels[key]
		if has && from == wanted[key] {
			continue
		}
		change := result.FieldChange{Field: field, Key: text.Untrusted(key), To: untrusted(wanted[key])}
		if has {
			change.From = untrusted(from)
		}
		changes = append(changes, change)
	}
	return changes
}

// WithLabels returns metadata with labels added, leaving the given as it is.
func WithLabels(there *microcks.Metadata, labels map[string]string) *microcks.Metadata {
	metadata := microcks.Metadata{}
	if there != nil {
		metadata = *there
	}
	metadata.Labels = merge(metadata.Labels, labels)
	return &metadata
}

// merge returns base with more added, leaving both as they are.
func merge(base, more map[string]string) map[string]string {
	if len(more) == 0 {
		return base
	}
	merged := maps.Clone(base)
	if merged == nil {
		merged = make(map[string]string, len(more))
	}
	maps.Copy(merged, more)
	return merged
}

// fieldChange is a field that had a value and gets another.
func fieldChange(field result.Field, from, to string) result.FieldChange {
	return result.FieldChange{Field: field, From: untrusted(from), To: untrusted(to)}
}

func untrusted(s string) *text.Untrusted {
	u := text.Untrusted(s)
	return &u
}

func shownSecret(ref *microcks.SecretRef) *text.Untrusted {
	return untrusted(fmt.Sprintf("%s (%s)", ref.Name, ref.SecretID))
}

// WithoutQuery drops from an address what may hold a credential.
func WithoutQuery(address string) string {
	bare, _, found := strings.Cut(text.WithoutUserinfo(address), "?")
	if found {
		return bare + "?…"
	}
	return bare
}

// pick finds the importer that a collection already has.
func (m *maker) pick(a *Artifact) {
	if a.Uploads() {
		m.pickUpload(a)
		return
	}
	candidates := m.importers.Of(a.Wanted)
	foreign, problem := m.choose(a, candidates)
	if problem != nil {
		a.fail(problem)
		return
	}
	i := &a.Importer
	i.Origin = a.Origin
	i.Taken = i.Adopted && a.TakeOver && m.Repository != "" && !managed(i.There.Metadata)
	if i.There != nil {
		if exposed := i.Exposes(i.There); exposed != nil {
			a.fail(exposed)
			return
		}
	}
	a.IsMain = i.There == nil || i.There.MainArtifact
	if a.MainArtifact != nil {
		a.IsMain = *a.MainArtifact
	}
	a.From = a.URL
	if i.foreign() {
		a.From = i.There.RepositoryURL
	}
	m.tellOfImporters(a, foreign)
}

// choose decides among the importers of one collection: the derived id and
// every one whose URL is this collection. It returns those that are left beside
// the chosen one.
func (m *maker) choose(a *Artifact, candidates []microcks.ImportJob) (foreign []microcks.ImportJob, problem *result.Problem) {
	i := &a.Importer
	var own []microcks.ImportJob
	candidates = slices.Clone(candidates)
	sort.Slice(candidates, func(i, j int) bool { return candidates[i].ID < candidates[j].ID })
	for _, job := range candidates {
		if job.ID == a.DerivedID() || m.Made(job.Metadata) {
			own = append(own, job)
		} else {
			foreign = append(foreign, job)
		}
	}
	switch {
	case len(own) == 0 && len(foreign) == 0:
		return nil, nil
	case len(own) == 0 && len(foreign) == 1:
		i.There, i.Adopted = &foreign[0], true
		return nil, nil
	case len(own) == 0:
		return nil, ambiguous(foreign)
	}
	// The derived id first, so that runs at the same time choose alike.
	if k := slices.IndexFunc(own, func(j microcks.ImportJob) bool { return j.ID == a.DerivedID() }); k > 0 {
		own[0], own[k] = own[k], own[0]
	}
	i.There = &own[0]
	i.Adopted = own[0].Label(LabelRepository) != "" && m.Another(own[0].Metadata) != ""
	for _, job := range own[1:] {
		if m.Made(job.Metadata) {
			i.Surplus = append(i.Surplus, job)
		} else {
			foreign = append(foreign, job)
		}
	}
	return foreign, nil
}

// ambiguous is the problem of several importers, made by others, that read the
// same collection: nothing shows which one is meant.
func ambiguous(jobs []microcks.ImportJob) *result.Problem {
	var lines []string
	for _, job := range jobs {
		kind, state := "main", "inactive"
		if !job.MainArtifact {
			kind = "secondary"
		}
		if job.Active {
			state = "active"
		}
		lines = append(lines, fmt.Sprintf("%s %q (%s, %s, %s)", job.ID, job.Name, kind, state, WithoutQuery(job.RepositoryURL)))
	}
	return &result.Problem{
		Text: text.Untrustedf("choosing the importer: %d importers read this collection and none was made by this action: %s",
			len(jobs), text.Few(lines, "; ", mostNamed)),
		Hint:   "delete all but one of them in Microcks under Importers; the one that stays is adopted as it is",
		Anchor: "importers-ambiguous", ExitCode: 1,
	}
}

// tellOfImporters says what a person should know about the importers that there
// are.
func (m *maker) tellOfImporters(a *Artifact, foreign []microcks.ImportJob) {
	i := &a.Importer
	for _, job := range foreign {
		a.tell(result.Warning, "importer-foreign",
			text.Untrustedf("another importer reads this collection, too: %q (%s); "+
				"it was not made by this repository's runs and is left alone", job.Name, job.ID),
			"delete it in Microcks under Importers if nobody needs it: two importers of one collection import everything twice")
	}
	if i.foreign() && strings.Contains(i.There.RepositoryURL, "?") {
		a.tell(result.Warning, "importer-url-query",
			text.Untrustedf("the URL of importer %q has a query; it is kept because the importer was made by hand", i.There.Name),
			"an access key in it is shown to everyone who sees the importer: make it this repository's by `allow: take-over`, "+
				"or delete it and run again, and its URL is clean")
	}
	if i.WasActive() && i.There.Failed() != "" && (!m.WillApply || a.Wanted.Import == ImportNever) {
		a.tell(result.Warning, "import-not-retried",
			text.Untrustedf("the last import of %q failed, and the schedule of Microcks tries again only once the collection changes", i.There.Name),
			"run in mode apply with `import: auto`: that imports it")
	}
	if i.There != nil {
		return
	}
	for _, job := range m.importers.Named(a.importerName()) {
		a.tell(result.Note, "importer-same-name",
			text.Untrustedf("an importer of another source has the same name %q (%s); it is not touched", job.Name, job.ID),
			"to tell the two apart, rename one of them in Microcks: its name is kept")
	}
}

// importerName is the name of a new importer.
func (j *Judged) importerName() string {
	if j.Name != nil {
		return *j.Name
	}
	return j.Key.Name
}

// describe turns what was said, and what is there, into what shall be.
func (m *maker) describe(a *Artifact) {
	if a.Upload != nil {
		m.describeUpload(a)
		return
	}
	i := &a.Importer
	if i.There == nil {
		m.describeNew(a)
	} else {
		m.describeExisting(a)
	}
	service := LabelChanges(result.FieldServiceLabel, a.Service.metadata(), a.Labels)
	a.Change = result.Keep
	switch {
	case i.There == nil:
		a.Change = result.Create
		a.Fields = i.Diff(&microcks.ImportJob{MainArtifact: !a.IsMain})
	default:
		a.Fields = i.Diff(i.There)
		if i.There.Active != i.Active {
			a.Fields = append(a.Fields, fieldChange(result.FieldActive, strconv.FormatBool(i.There.Active), strconv.FormatBool(i.Active)))
		}
		if len(a.Fields)+len(service)+len(i.Surplus) > 0 {
			a.Change = result.Update
		}
	}
	a.Fields = append(a.Fields, service...)
}

func (m *maker) describeNew(a *Artifact) {
	i := &a.Importer
	i.ID, i.Unborn = a.DerivedID(), true
	i.Active = a.Active == nil || *a.Active
	name := a.importerName()
	i.Name, i.URL, i.Main = &name, &a.URL, &a.IsMain
	i.Secret = m.refer(a)
	i.Labels, i.Annotations, i.CreatedDate = merge(m.Owner.Labels(), a.Labels), m.Annotations, m.Now.UnixMilli()
}

func (m *maker) describeExisting(a *Artifact) {
	i, job := &a.Importer, a.Importer.There
	i.ID = job.ID
	mine := !i.foreign()
	// A run that ended between creating and importing leaves an importer that
	// never worked: it is still being created.
	i.Unborn = !i.Adopted && len(job.ServiceRefs) == 0
	i.Active = job.Active || i.Unborn
	if a.Active != nil {
		i.Active = *a.Active
	}
	claimed, _ := m.claim(a, "importer", job.Name, job.Metadata)
	i.Name, i.Main, i.Labels = a.Name, a.MainArtifact, merge(claimed, a.Labels)
	if i.Taken {
		i.Labels = merge(m.Owner.Labels(), a.Labels)
	}
	if mine {
		i.Annotations, i.Validated = m.Annotations, true
		i.URL = new(canonicalLike(job.RepositoryURL, a))
	}
	// The run takes a key out of the URL of an importer of its own.
	keyInURL := i.URL == nil && text.HasCredentialQuery(job.RepositoryURL)
	secret := m.secretFor(a)
	// An administrator can delete the secret and make it again under its name.
	renewed := mine && job.SecretRef != nil && job.SecretRef.Name == secret.Ref.Name
	switch {
	case a.Wanted.Secret.Explicit, renewed, job.SecretRef == nil && !keyInURL:
		i.Secret = m.refer(a)
	case job.SecretRef != nil && job.SecretRef.SecretID == secret.Ref.SecretID:
		m.refer(a)
	}
}

// claim is the label that says which manifest lists what runs of the owner made: the
// run's, unless it has that of another one, which stays where taking over is not allowed.
func (m *maker) claim(a *Artifact, kind, name string, there *microcks.Metadata) (label map[string]string, stays string) {
	other := m.otherManifest(there)
	switch {
	case other != "" && (m.Manifest == "" || !a.TakeOver):
		a.tell(result.Note, "manifest-of-another",
			text.Untrustedf("%s %q belongs to the manifest %q: a run with that one can remove it once it lists the collection no more",
				kind, name, other),
			"list the collection in one place; with `allow: take-over` a run with another manifest writes its own key")
	case m.Manifest != "" && m.Made(there):
		return map[string]string{LabelManifest: m.Manifest}, ""
	}
	return nil, other
}

// canonicalLike is the clean URL of a collection on the host that an importer
// has already: the two names of Postman's classic region are one.
func canonicalLike(existing string, a *Artifact) string {
	has, err := url.Parse(strings.TrimSpace(existing))
	if err != nil || !postman.SameCollection(existing, a.URL, a.UID) || len(postman.Misdirected(existing, a.Origin)) > 0 {
		return a.URL
	}
	return postman.CanonicalURL(has.Scheme+"://"+has.Host, a.UID)
}

// RefersTo reports whether an importer is bound to a service.
func RefersTo(job *microcks.ImportJob, serviceID string) bool {
	return slices.ContainsFunc(job.ServiceRefs, func(ref microcks.ServiceRef) bool { return ref.ServiceID == serviceID })
}
