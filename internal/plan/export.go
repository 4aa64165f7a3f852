package plan

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// Export is what a manifest says of the importers of a server.
type Export struct {
	Listed []Exported // by name
	Aside  []Exported // each has a reason
	// NoCollections is how many importers read something else than a collection in Postman.
	NoCollections int
}

// Exported is an importer as an entry of a manifest.
type Exported struct {
	// Collection is its uid, with the address of the EU region where that serves it. It has
	// no query: links made by hand hold keys.
	Collection string
	Name       string // "" where an entry cannot say it
	Secondary  bool
	Inactive   bool
	// Labels that an entry says without changing anything: those that the importer has, and
	// each service of it.
	Labels map[string]string

	Why AsideReason // "" for what is listed
	// Of is whom the reason names, such as a repository or an origin.
	Of text.Untrusted
}

// AsideReason is why an importer is not listed.
type AsideReason string

// Reasons.
const (
	ManagedByAnother AsideReason = "managed"   // Of says by whom
	ManifestOfOther  AsideReason = "manifest"  // it is ours, and Of another manifest
	NoOwnerInURL     AsideReason = "no-owner"  // the address has no owner's number
	AnotherOrigin    AsideReason = "origin"    // Of serves it, which this run does not ask
	ListedAlready    AsideReason = "collected" // another importer reads the same collection
)

// MakeExport makes entries of the importers of a server. base is the origin that the run
// asks for collections; services are those of the server, by their ids. Says reports
// whether an entry can say a label.
func MakeExport(
	owner Owner, base string, jobs []microcks.ImportJob, services map[string]*microcks.Service, says func(key, value string) bool,
) *Export {
	x := &Export{}
	seen := map[string]bool{}
	jobs = slices.Clone(jobs)
	sort.Slice(jobs, func(i, k int) bool {
		a, b := &jobs[i], &jobs[k]
		if ours := owner.Made(a.Metadata); ours != owner.Made(b.Metadata) {
			return ours // which a run uses
		}
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) < 0
	})
	for i := range jobs {
		job := &jobs[i]
		id, at, ok := postman.CollectionAt(job.RepositoryURL)
		if !ok {
			x.NoCollections++
			continue
		}
		e := Exported{
			Collection: id, Name: sayable(job.Name), Secondary: !job.MainArtifact, Inactive: !job.Active,
			Labels: exportedLabels(job, services, says),
		}
		key, at := sourceOf(id), cmp.Or(regionOf(at), at)
		switch by := owner.Another(job.Metadata); {
		case by != "":
			e.Why, e.Of = ManagedByAnother, text.Untrusted(by)
		case managed(job.Metadata) && !owner.Made(job.Metadata):
			e.Why, e.Of = ManagedByAnother, "others, as its labels say"
		case owner.otherManifest(job.Metadata) != "":
			e.Why, e.Of = ManifestOfOther, text.Untrusted(owner.otherManifest(job.Metadata))
		case !postman.IsUID(id):
			e.Why = NoOwnerInURL
		case at == euRegion:
			e.Collection = postman.CanonicalURL(euRegion, id)
		case !postman.SameRegion(at, base):
			e.Why, e.Of = AnotherOrigin, text.Untrusted(at)
		}
		if e.Why == "" && seen[key] {
			e.Why = ListedAlready
		}
		if e.Why != "" {
			x.Aside = append(x.Aside, e)
			continue
		}
		seen[key] = true
		x.Listed = append(x.Listed, e)
	}
	for _, list := range [][]Exported{x.Listed, x.Aside} {
		sort.Slice(list, func(i, k int) bool {
			return cmp.Or(strings.Compare(list[i].Name, list[k].Name), strings.Compare(list[i].Collection, list[k].Collection)) < 0
		})
	}
	return x
}

const euRegion = "https://" + postman.EUHost

// regionOf is the origin of the EU region where that is meant; "" for any other.
func regionOf(at string) string {
	if postman.SameRegion(at, euRegion) {
		return euRegion
	}
	return ""
}

// mostSaid is the most runes of a name that an entry takes.
const mostSaid = 256

// sayable is a name that an entry can say as it is; "" for any other, which adopting the
// importer keeps.
func sayable(name string) string {
	if text.Line(name) != name || strings.TrimSpace(name) != name || text.Cut(name, mostSaid) != name ||
		text.HideCredentials(text.Untrusted(name)) != text.Untrusted(name) {
		return ""
	}
	return name
}

// exportedLabels are those of an importer that each of its services has, too: an entry's
// labels go onto both.
func exportedLabels(job *microcks.ImportJob, services map[string]*microcks.Service, says func(key, value string) bool) map[string]string {
	if job.Metadata == nil {
		return nil
	}
	labels := map[string]string{}
	for key, value := range job.Metadata.Labels {
		lacks := func(ref microcks.ServiceRef) bool {
			if s := services[ref.ServiceID]; s != nil && s.Metadata != nil {
				has, is := s.Metadata.Labels[key]
				return !is || has != value
			}
			return ref.ServiceID != ""
		}
		if says(key, value) && !slices.ContainsFunc(job.ServiceRefs, lacks) {
			labels[key] = value
		}
	}
	return labels
}
