package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"sort"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Delivery is how a collection gets to Microcks.
type Delivery string

// Deliveries.
const (
	ByImporter Delivery = "importer" // Microcks pulls it from Postman
	ByUpload   Delivery = "upload"   // the run sends it
)

// Upload is what a collection needs that gets to Microcks without an importer.
type Upload struct {
	// Name of the file that is sent, by which the server names what it stores.
	Name string
	Main bool
	// Document is what is sent: the bytes that were predicted.
	Document func() []byte
	// Leaving are importers of ours that pull the same collection: they stop before the
	// upload, and go after it.
	Leaving []microcks.ImportJob
	// Stopping are those of others, which stop and stay.
	Stopping []microcks.ImportJob
}

// ArtifactName is by what the server names what it stores of an upload of the
// collection: its uid, or a name that stays when its file moves.
func (j *Judged) ArtifactName(owner Owner) string {
	if j.UID != "" {
		return j.UID
	}
	of := owner.RepositoryID
	if of == "" {
		of = owner.Repository
	}
	return microcks.DerivedID(microcks.ArtifactKind, of+"\n"+j.FileIdentity) + ".json"
}

// pickUpload finds out what there is of a collection that is uploaded.
func (m *maker) pickUpload(a *Artifact) {
	u := &Upload{Document: func() []byte { return a.Document().Raw }}
	a.Upload, a.IsMain = u, true
	there := m.there.Services[a.Key].Services
	pair := m.believed(a, there)
	var others []microcks.ImportJob
	switch {
	case pair != nil && a.Delivery != ByUpload:
		m.tellOfPair(a, pair)
	case a.UID != "" || pair != nil:
		for _, job := range m.importers.Of(cmp.Or(pair, a.Wanted)) {
			if !m.Made(job.Metadata) {
				others = append(others, job)
			} else if _, stays := m.claim(a, "importer", job.Name, job.Metadata); stays == "" {
				u.Leaving = append(u.Leaving, job)
			}
		}
		sort.Slice(u.Leaving, func(i, j int) bool { return u.Leaving[i].ID < u.Leaving[j].ID })
	}
	if len(u.Leaving) > 0 {
		a.IsMain = u.Leaving[0].MainArtifact
	}
	if a.MainArtifact != nil {
		a.IsMain = *a.MainArtifact
	}
	u.Main = a.IsMain
	m.tellOfOthers(a, others)
	name := a.ArtifactName(m.Owner)
	switch {
	case pair != nil && len(there) > 0:
		name = there[0].SourceArtifact
	case pair != nil:
		name = pair.UID
	}
	u.Name = name
	if len(there) > 0 && a.IsMain && m.continues(there[0]) && !hasExamplesOf(m.there.Services[a.Key].Served, u.Name) {
		u.Name = there[0].SourceArtifact // what it has from before goes with the new
	}
	a.From = u.Name
	m.own(a, name, there)
}

// believed is the collection in Postman that a folder is paired with, as one that is
// wanted; nil where none is, or the pair is not believed. Whoever changes the repository
// can write it: it counts where the one service of the folder's name and version was made
// of that collection, by this owner's runs or by an importer of theirs and no other; and
// where the server has nothing of that collection, which the run's key reads.
func (m *maker) believed(a *Artifact, there []microcks.Service) *Wanted {
	pair := a.Pair()
	if a.PairRead && len(there) == 0 {
		return pair
	}
	if a.Paired == "" || len(there) != 1 || !postman.IsUID(there[0].SourceArtifact) ||
		!predict.SameArtifact(there[0].SourceArtifact, a.Paired) {
		return nil
	}
	if m.Another(there[0].Metadata) != "" {
		return nil
	}
	if m.Made(there[0].Metadata) {
		return pair
	}
	bound := 0
	for job := range m.importers.Bound(there[0].ID) {
		if bound++; !m.Made(job.Metadata) || !pair.ReadBy(job) {
			return nil
		}
	}
	if bound == 0 {
		return nil
	}
	return pair
}

// Pair is the collection in Postman that a folder is paired with, as one that is wanted.
func (w *Wanted) Pair() *Wanted {
	pair := *w
	pair.UID, pair.URL = w.Paired, postman.CanonicalURL(postman.DefaultHost, w.Paired)
	return &pair
}

// tellOfPair says that importers of the collection that a folder is paired with stay.
func (m *maker) tellOfPair(a *Artifact, pair *Wanted) {
	for _, job := range m.importers.Of(pair) {
		a.tell(result.Warning, "importer-beside-folder",
			text.Untrustedf("importer %q (%s) pulls the collection from Postman that .postman/resources.yaml pairs with this folder:"+
				" both write one service", job.Name, job.ID),
			"set `delivery: upload`, by which the workflow says that the importer shall go; or take the collection from Postman, by its uid")
	}
}

// continues reports whether a service is of the owner's earlier uploads, whatever their
// artifact's name. Labels survive when another artifact takes a service over.
func (o Owner) continues(s microcks.Service) bool {
	return o.Made(s.Metadata) && (IsUpload(s.SourceArtifact) || postman.IsUID(s.SourceArtifact))
}

// IsUpload reports whether an artifact has a name that [Judged.ArtifactName] makes for a
// file of some repository.
func IsUpload(artifact string) bool { return uploadName.MatchString(artifact) }

var uploadName = regexp.MustCompile(`^[0-9a-f]{24}\.json$`)

// Emptied is the upload that takes back what an artifact added to the service.
func (s *Service) Emptied() []byte { return delivery.Emptied(s.Name, s.Version) }

// Owned reports whether uploads of the run's owner make the service.
func (s *Service) Owned() bool { return s.stamped() != "" }

func (s *Service) stamped() string { return s.Annotations[AnnotationDocuments] }

// hasExamplesOf reports whether a service has examples of an artifact.
func hasExamplesOf(s *predict.Service, artifact string) bool {
	return s != nil && slices.ContainsFunc(s.Operations, func(op predict.Operation) bool {
		return slices.ContainsFunc(op.Examples, func(e predict.Example) bool { return e.SourceArtifact == artifact })
	})
}

// tellOfOthers says what becomes of importers that others made of an uploaded
// collection.
func (m *maker) tellOfOthers(a *Artifact, others []microcks.ImportJob) {
	for _, job := range others {
		if a.TakeOver {
			if job.Active {
				a.Upload.Stopping = append(a.Upload.Stopping, job)
			}
			continue
		}
		a.tell(result.Warning, "importer-foreign",
			text.Untrustedf("importer %q (%s), which this repository's runs did not make, pulls this collection, too: both write one service",
				job.Name, job.ID),
			"set `allow: take-over` to have it deactivated, or delete it in Microcks under Importers if nobody needs it")
	}
}

// own decides whether the service of an upload, which has that name, is the owner's: one that is new, one
// that has the owner's labels, and one whose labels got lost. One that was there before
// is used, and belongs to whoever made it.
func (m *maker) own(a *Artifact, name string, there []microcks.Service) {
	if m.Repository == "" || !a.IsMain {
		return
	}
	for _, s := range there {
		lost := s.SourceArtifact == name && m.Another(s.Metadata) == "" &&
			(IsUpload(name) || m.onlyLeaving(a.Upload, s.ID))
		if !m.Made(s.Metadata) && !lost {
			return
		}
	}
	if account := m.there.Account; account != nil && !m.there.Tenancy && !account.Has(microcks.Manager) {
		if !account.Has(microcks.Admin) {
			return // it cannot upload either, which is told
		}
		a.tell(result.Warning, "service-unlabelled",
			text.Untrustedf("the account lacks the role manager, so that service %s %s gets no labels that say whose it is",
				a.Key.Name, a.Key.Version),
			"nothing of it can be removed by a run later: give the account the role `manager`")
		return
	}
	a.Owned = m.Owner.Labels()
	for _, s := range there {
		if _, stays := m.claim(a, "service", s.Name+" "+s.Version, s.Metadata); stays != "" {
			a.Owned[LabelManifest] = stays
		}
	}
}

// onlyLeaving reports whether no importer refers to a service but those that go.
func (m *maker) onlyLeaving(u *Upload, serviceID string) bool {
	for job := range m.importers.Bound(serviceID) {
		if !slices.ContainsFunc(u.Leaving, func(l microcks.ImportJob) bool { return l.ID == job.ID }) {
			return false
		}
	}
	return true
}

// mostUploaded is how many bytes a server takes unless its setting
// MAX_UPLOAD_FILE_SIZE says otherwise.
const mostUploaded = 2 << 20

// tellOfSize warns of an upload that the server may not take.
func (a *Artifact) tellOfSize() {
	if a.Due == nil || a.Size <= mostUploaded {
		return
	}
	a.tell(result.Warning, "upload-too-large",
		text.Untrustedf("the collection is sent as %s, and Microcks takes uploads of 2 MiB unless it is set to take more", text.Size(a.Size)),
		"set MAX_UPLOAD_FILE_SIZE of Microcks to more (such as 16MB) if it is not, or split the collection;"+
			" for a collection of Postman's, `delivery: importer` has no such limit")
}

// restamp has the service say what it was made of, where it is as wanted and says
// otherwise: a run ended between its upload and its labels.
func (a *Artifact) restamp() {
	there := a.Service.metadata()
	if a.Owned == nil || a.Due != nil || a.Drift != nil || !a.Service.Unstamped(there) {
		return
	}
	a.Fields = append(a.Fields, fieldChange(result.FieldServiceAnnotation, annotation(there, AnnotationDocuments), a.Service.stamped()))
	a.Fields[len(a.Fields)-1].Key = AnnotationDocuments
	a.Change = result.Update
}

// describeUpload turns what was said, and what is there, into what shall be.
func (m *maker) describeUpload(a *Artifact) {
	a.Fields = LabelChanges(result.FieldServiceLabel, a.Service.metadata(), a.serviceLabels())
	switch there := a.Service.Before.Services; {
	case len(there) == 0 && a.Wanted.Import == ImportNever:
		a.Change = result.Keep
	case len(there) == 0:
		a.Change = result.Create
	case len(a.Fields)+len(a.Upload.Leaving)+len(a.Upload.Stopping) > 0:
		a.Change = result.Update
	default:
		a.Change = result.Keep
	}
}

// serviceLabels are the labels that an artifact gives its service.
func (a *Artifact) serviceLabels() map[string]string { return merge(a.Owned, a.Labels) }

// Taken is the problem of a service that is another's: it was made of another
// collection, or by the runs of another repository. It is nil for one that the
// service's artifacts may be imported to.
func (s *Service) Taken(there []microcks.Service) *result.Problem {
	for _, a := range s.Live() {
		if problem := s.takenFrom(a, there); problem != nil {
			return problem
		}
	}
	return nil
}

func (s *Service) takenFrom(a *Artifact, there []microcks.Service) *result.Problem {
	if !a.IsMain || a.ReplaceService {
		return nil
	}
	for _, one := range there {
		owner, whose := "", text.Untrusted("")
		if a.Upload != nil {
			owner = s.owner.Another(one.Metadata)
		}
		switch {
		case owner != "":
			whose = text.Untrustedf("exists and belongs to %q, by its labels", owner)
		case !s.Owns(one.SourceArtifact) && !(a.Upload != nil && s.owner.continues(one)):
			whose = text.Untrustedf("exists and comes from %q (type %s), not from this collection", one.SourceArtifact, one.Type)
		default:
			continue
		}
		return &result.Problem{
			Level: result.Error,
			Text:  text.Untrustedf("planning: service %s %s %s; importing would replace its operations", s.Name, s.Version, whose),
			Hint: "give the collection another name or version, import it as `main-artifact: false` to add its examples, " +
				"or set `allow: replace-service` to replace the service",
			Anchor: "service-foreign", ExitCode: 1,
		}
	}
	return nil
}

// Labelled is the metadata of the service as it shall be.
func (s *Service) Labelled(there *microcks.Metadata) *microcks.Metadata {
	metadata := WithLabels(there, s.Labels)
	metadata.Annotations = merge(metadata.Annotations, s.Annotations)
	return metadata
}

// Unstamped reports whether the metadata does not say that the service was made of
// these uploads.
func (s *Service) Unstamped(there *microcks.Metadata) bool {
	return s.Owned() && annotation(there, AnnotationDocuments) != s.stamped()
}

// stamp is the digest of the documents that make a service by uploads alone; "" for
// any other.
func (s *Service) stamp() string {
	of := sha256.New()
	for _, a := range s.Live() {
		if a.Upload == nil {
			return ""
		}
		_, _ = io.WriteString(of, a.Digest+"\n") // cannot fail
	}
	return hex.EncodeToString(of.Sum(nil))
}
