package plan

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Service is one service with all artifacts of this run that make it. What
// becomes of it is observed, healed and verified the same way however its
// artifacts get to the server.
type Service struct {
	Key
	Artifacts []*Artifact // the main one first
	Before    Existing
	// Predicted is the service after all imports.
	Predicted *predict.Service
	// Edited is the same if a person set the dispatchers that differ from it now;
	// nil when none does.
	Edited *predict.Service
	// AcceptsEdits: the dispatchers that differ were set by a person.
	AcceptsEdits bool
	// Labels that the service shall have.
	Labels map[string]string
	// Annotations that it gets along with an upload.
	Annotations map[string]string

	owner Owner                // of the run
	meter func() *budget.Meter // see [Settings.Meter]
	pot   *budget.Pot          // see [Settings.Pot]
}

// metadata of the service that is there.
func (s *Service) metadata() *microcks.Metadata {
	if len(s.Before.Services) == 0 {
		return nil
	}
	return s.Before.Services[0].Metadata
}

// Live are the artifacts that nothing has failed.
func (s *Service) Live() []*Artifact {
	return slices.DeleteFunc(slices.Clone(s.Artifacts), (*Artifact).Failed)
}

// Goal is the service that the imports come to.
func (s *Service) Goal() *predict.Service {
	if s.AcceptsEdits {
		return s.Edited
	}
	return s.Predicted
}

// Fits reports whether a service as it is served is what the imports come to,
// dispatchers that a person set left aside. What was not found out is taken to fit:
// no further import tells more of it.
func (s *Service) Fits(now *predict.Service) bool {
	return len(s.Difference(now, s.Predicted).Changes) == 0 || s.LooksEdited(now)
}

// LooksEdited reports whether a service is as predicted but for dispatchers that
// a person may have set.
func (s *Service) LooksEdited(now *predict.Service) bool {
	return s.Edited != nil && now != nil && s.Difference(now, s.Edited).Same()
}

// Difference is what an import would change. A service that is not served yet has no
// differences: it is new.
func (s *Service) Difference(served, predicted *predict.Service) predict.Comparison {
	if served == nil || predicted == nil {
		return predict.Comparison{}
	}
	return predict.Diff(budgetOf(s.meter), served, predicted)
}

// Uncompared says that not all differences were found out.
func Uncompared(doing string, err error) result.Problem {
	return result.Problem{
		Level: result.Warning, Anchor: "comparison-untold",
		Text: text.Untrustedf("%s: there may be more differences between what Microcks serves and what the collection makes: %v", doing, err),
		Hint: "set `import: always` where every change has to arrive; look for examples of one name, and for headers, in thousands",
	}
}

// Owns reports whether an artifact is one of the service's collections, whatever
// query its URL had when it was imported.
func (s *Service) Owns(artifact string) bool {
	return s.Imports(artifact) || slices.ContainsFunc(s.Artifacts, func(a *Artifact) bool { return predict.SameArtifact(artifact, a.UID) })
}

// Imports reports whether an artifact is exactly what one of the importers
// stores.
func (s *Service) Imports(artifact string) bool {
	return slices.ContainsFunc(s.Artifacts, func(a *Artifact) bool { return artifact == predict.ArtifactName(a.From) })
}

// HasMain reports whether this run imports the service's main artifact.
func (s *Service) HasMain() bool {
	return slices.ContainsFunc(s.Artifacts, func(a *Artifact) bool { return a.IsMain })
}

// Artifacts are many, to be asked whether one of them is a collection as
// [predict.SameArtifact] says it.
type Artifacts map[string]bool

// Add adds an artifact by its name.
func (a Artifacts) Add(name string) {
	bare, _, _ := strings.Cut(name, "?")
	a[strings.ToLower(bare)] = true
}

// Has reports whether one of them is the collection uid.
func (a Artifacts) Has(uid string) bool {
	uid = strings.ToLower(uid)
	_, uuid, _ := strings.Cut(uid, "-")
	return uid != "" && a[uid] || uuid != "" && a[uuid]
}

// group puts the artifacts of one service together and refuses what would make
// two owners of it.
func (m *maker) group() {
	byKey := make(map[Key]*Service)
	for _, a := range m.live() {
		s := byKey[a.Key]
		if s == nil {
			s = &Service{Key: a.Key, Before: m.there.Services[a.Key], owner: m.Owner, meter: m.Meter, pot: m.Pot}
			byKey[a.Key] = s
			m.Services = append(m.Services, s)
		}
		a.Service = s
		s.Artifacts = append(s.Artifacts, a)
	}
	for _, s := range m.Services {
		s.inOrder()
		s.refuseForeign()
	}
}

// inOrder puts the main artifact first, of which there is one.
func (s *Service) inOrder() {
	slices.SortStableFunc(s.Artifacts, func(a, b *Artifact) int { return cmp.Compare(rank(a), rank(b)) })
	s.refuseTwoMains()
}

// Together judges what the collections of a run make together, whatever server is
// to have them, by the rules of [Make]. It returns an artifact for each, in their
// order.
func Together(judged []Judged) []*Artifact {
	m := &maker{Plan: &Plan{}}
	for _, j := range judged {
		a := &Artifact{Judged: j}
		a.IsMain = j.MainArtifact == nil || *j.MainArtifact
		m.Artifacts = append(m.Artifacts, a)
	}
	m.group()
	return m.Artifacts
}

func rank(a *Artifact) int {
	if a.IsMain {
		return 0
	}
	return 1
}

func (s *Service) refuseTwoMains() {
	mains := slices.DeleteFunc(slices.Clone(s.Artifacts), func(a *Artifact) bool { return !a.IsMain })
	if len(mains) < 2 {
		return
	}
	var sources []string
	for _, a := range mains {
		sources = append(sources, string(a.Source))
	}
	for _, a := range mains {
		a.fail(&result.Problem{
			Text: text.Untrustedf("planning: %d collections of this run are the main artifact of service %s %s: %s",
				len(mains), s.Name, s.Version, text.Few(sources, ", ", mostNamed)),
			Hint:   "give each its own name or version in Postman, or make all but one secondary with `main-artifact: false`",
			Anchor: "service-two-mains", ExitCode: 1,
		})
	}
}

// refuseForeign protects a service that another artifact made, and explains one
// that exists twice where it is not ours to heal.
func (s *Service) refuseForeign() {
	there := s.Before.Services
	i := slices.IndexFunc(there, func(one microcks.Service) bool { return !s.Owns(one.SourceArtifact) })
	for _, a := range s.Live() {
		if i >= 0 && len(there) > 1 {
			a.fail(s.Twice(there))
		} else if taken := s.takenFrom(a, there); taken != nil {
			a.fail(taken)
		}
	}
	if live := s.Live(); i < 0 && len(there) > 1 && len(live) > 0 {
		live[0].tell(result.Warning, "service-twice",
			text.Untrustedf("service %s %s exists %d times, all made of this collection, "+
				"so Microcks answers 500 to every import and mock call of it",
				s.Name, s.Version, len(there)),
			"nothing: applying deletes all but the oldest and imports again; a `concurrency:` group keeps imports from running at the same time")
	}
}

// Twice is the problem of a service that exists more than once and is not ours
// to heal.
func (s *Service) Twice(there []microcks.Service) *result.Problem {
	var each []string
	for _, one := range there {
		each = append(each, fmt.Sprintf("%s from %q", one.ID, one.SourceArtifact))
	}
	return &result.Problem{
		Level: result.Error,
		Text: text.Untrustedf("planning: service %s %s exists %d times (%s): Microcks answers 500 to every import and mock call of it",
			s.Name, s.Version, len(there), text.Few(each, ", ", mostNamed)),
		Hint:   "delete all but one of them in Microcks under APIs | Services, then run again: two imports at the same time made them",
		Anchor: "service-twice", ExitCode: 1,
	}
}

// compose predicts the imports of a service's artifacts one onto the other.
func (m *maker) compose(s *Service) {
	now := s.Before.Served
	for _, a := range s.Live() {
		meter := budgetOf(m.Meter)
		document := a.Document()
		p := a.onto(now, document, meter)
		a.Findings = lint.CheckDelivered(meter, p, document.From, cmp.Or(m.FindingBytes, lint.MostOfAll))
		if p.Outcome == predict.Skipped {
			a.fail(&result.Problem{
				Text: text.Untrustedf("planning: the collection is a secondary artifact, but there is no service %s %s that it could add to",
					p.Name, p.Version),
				Hint:   "import the main artifact first, check that name and version are the same in both, or set `main-artifact: true`",
				Anchor: "secondary-without-service", ExitCode: 1, OfFindings: Count(a.Findings, result.Error) > 0,
			})
			continue
		}
		for _, problem := range a.Unfit(p, a.Findings) {
			a.fail(problem)
		}
		if a.Failed() {
			continue
		}
		digest, err := s.keep(p.Service)
		if err != nil {
			a.fail(untold(err))
			continue
		}
		now, a.Predicted = digest, digest
	}
	for _, a := range s.Live() { // what is not imported labels nothing
		s.Labels = merge(s.Labels, a.serviceLabels())
		if a.Owned != nil {
			s.Annotations = merge(m.Annotations, map[string]string{AnnotationDocuments: s.stamp()})
			delete(s.Annotations, AnnotationWriter)
			if a.File != "" {
				s.Annotations[AnnotationFile] = a.File
			}
		}
	}
	s.Predicted = now
	s.composeEdited()
}

// keep is a digest of a predicted service. The error says why there is none:
// [budget.ErrSpent], [budget.ErrPot], or the cause of a context's end.
func (s *Service) keep(predicted *predict.Service) (*predict.Service, error) {
	meter := budgetOf(s.meter)
	digest, err := predicted.Digest(meter)
	if err == nil {
		err = s.pot.Take(meter)
	}
	return digest, err
}

// budgetOf is a whole budget, of what may make one.
func budgetOf(meter func() *budget.Meter) *budget.Meter {
	if meter == nil {
		return budget.New(context.Background())
	}
	return meter()
}

// onto predicts the import of the collection over an existing service.
func (a *Artifact) onto(existing *predict.Service, document Document, m *budget.Meter) *predict.Import {
	return document.ImportWithin(m, predict.Target{Main: a.IsMain, URL: a.From, Existing: existing})
}

// decideImports compares what Microcks serves with what it would serve. The
// artifacts of one service are imported together, main first: importing the
// main one again resets what a secondary one added.
func (m *maker) decideImports(s *Service) {
	live := s.Live()
	if len(live) == 0 {
		return
	}
	if s.LooksEdited(s.Before.Served) && s.importedSinceUpdate() {
		s.AcceptsEdits = true
		live[0].Problems = append(live[0].Problems, s.EditsNote())
	}
	compared := s.Difference(s.Before.Served, s.Goal())
	if compared.Err != nil {
		live[0].Uncompared = true
		live[0].Problems = append(live[0].Problems, Uncompared("comparing", compared.Err))
	}
	difference, others := s.WithoutOthers(compared.Changes)
	if len(others) > 0 {
		live[0].tell(result.Note, "dispatcher-of-another",
			text.Untrustedf("another artifact set the dispatchers of %s; they stay until this collection is imported again: %s",
				text.Plural(len(others), "operation"), text.Few(others, ", ", mostNamed)),
			"import the artifacts of one service in one step, so that they are always imported together, the main one first")
	}
	due := false
	for _, a := range live {
		a.Difference = difference
		a.Due = a.importReason(len(difference))
		if a.Wanted.Import == ImportNever {
			a.Drift = a.drift(len(difference))
		}
		if due && a.Due == nil && a.Wanted.Import != ImportNever {
			a.Due = &result.ImportReason{Kind: result.ImportedAfterMain}
		}
		due = due || a.Due != nil
		if a.Upload != nil {
			a.tellOfSize()
			a.restamp()
		}
		if a.Due != nil && a.Importer.There != nil {
			a.tellLeftServices()
		}
	}
}

// importReason is why an import is due; nil when none is.
func (a *Artifact) importReason(differences int) *result.ImportReason {
	job, before := a.Importer.There, a.Service.Before
	because := func(kind result.ImportKind) *result.ImportReason { return &result.ImportReason{Kind: kind} }
	switch {
	case a.Wanted.Import == ImportNever:
		return nil
	case job == nil && a.Upload == nil:
		return because(result.ImporterIsNew)
	case a.Wanted.Import == ImportAlways:
		return because(result.ImportAsked)
	case job != nil && job.Failed() != "":
		return &result.ImportReason{Kind: result.LastImportFailed, LastError: text.HideCredentials(text.Untrusted(job.Failed()))}
	case job != nil && before.Served != nil && slices.ContainsFunc(a.Fields, decidesImport):
		return because(result.ImporterChanges)
	}
	switch drift := a.drift(differences); {
	case drift != nil:
		return drift
	case job != nil && !RefersTo(job, before.Services[0].ID):
		return because(result.ImporterNotBound)
	}
	return nil
}

// drift is what Microcks serves otherwise than the collections make, whoever is to
// import that; nil when it serves it.
func (a *Artifact) drift(differences int) *result.ImportReason {
	before := a.Service.Before
	switch {
	case before.Served == nil && len(before.Services) > 1:
		return &result.ImportReason{Kind: result.ServiceTwice}
	case before.Served == nil:
		return &result.ImportReason{Kind: result.NotServed}
	case differences > 0:
		return &result.ImportReason{Kind: result.ServesOther, Differences: differences}
	case a.IsMain && !a.Service.Owns(before.Services[0].SourceArtifact) && before.Services[0].SourceArtifact != "":
		return &result.ImportReason{Kind: result.ServiceOfOther}
	}
	return nil
}

// decidesImport reports whether a change of the importer changes what an import
// does; a name or label does not.
func decidesImport(f result.FieldChange) bool {
	return f.Field == result.FieldRepositoryURL || f.Field == result.FieldMainArtifact || f.Field == result.FieldSecret
}

// tellLeftServices names what the importer made before under another name or
// version: it stays, and no import updates it any more.
func (a *Artifact) tellLeftServices() {
	for _, ref := range a.Importer.There.ServiceRefs {
		if ref.ServiceID == "" || ref.Name == a.Key.Name && ref.Version == a.Key.Version {
			continue
		}
		a.tell(result.Note, "service-left",
			text.Untrustedf("this importer made service %s %s before, and makes %s %s from now on; the old one stays as it is",
				ref.Name, ref.Version, a.Key.Name, a.Key.Version),
			"delete the old service in Microcks under APIs | Services when nobody calls its mocks any more")
	}
}
