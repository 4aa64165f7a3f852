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

// Export is what a manifest, or a resource of Microcks' operator, says of the importers of
// a server.
type Export struct {
	Listed []Exported // by name
	Aside  []Exported // each has a reason
	// NoCollections is how many importers read something else than a collection in Postman.
	NoCollections int
}

// Exported is an importer as an entry of a manifest or resource.
type Exported struct {
	// Collection is its uid, with the address of the EU region where that serves it. It has
	// no query: links made by hand hold keys.
	Collection string
	URL        string // of the collection, at the place that serves it; it has no query, either
	Name       string // "" where an entry cannot say it
	Secret     string // the name of its secret; "" where it has none, or an entry cannot say it
	Secondary  bool
	Inactive   bool
	// Labels that an entry says without changing anything: those that the importer has, and,
	// of a manifest, each service of it.
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

// Exporting is how importers of a server become entries.
type Exporting struct {
	Owner Owner
	Base  string // origin that the run asks for collections
	// Services are those of the server, by their ids.
	Services map[string]*microcks.Service
	// Says reports whether an entry can say a label.
	Says func(key, value string) bool
	// APISource: the entries are importers of Microcks' operator. Their labels are no
	// service's, and it does not matter which manifest lists them.
	APISource bool
}

// Export makes entries of importers.
func (x *Exporting) Export(jobs []microcks.ImportJob) *Export {
	owner, exported := x.Owner, &Export{}
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
			exported.NoCollections++
			continue
		}
		at = x.originOf(at)
		e := Exported{
			Collection: id, URL: postman.CanonicalURL(at, id), Name: sayable(job.Name),
			Secondary: !job.MainArtifact, Inactive: !job.Active, Labels: x.labels(job),
		}
		if job.SecretRef != nil {
			e.Secret = sayable(job.SecretRef.Name)
		}
		key := sourceOf(id)
		switch by := owner.Another(job.Metadata); {
		case by != "":
			e.Why, e.Of = ManagedByAnother, text.Untrusted(by)
		case managed(job.Metadata) && !owner.Made(job.Metadata):
			e.Why, e.Of = ManagedByAnother, "others, as its labels say"
		case !x.APISource && owner.otherManifest(job.Metadata) != "":
			e.Why, e.Of = ManifestOfOther, text.Untrusted(owner.otherManifest(job.Metadata))
		case !postman.IsUID(id):
			e.Why = NoOwnerInURL
		case at == euRegion:
			e.Collection = e.URL
		case at != x.Base:
			e.Why, e.Of = AnotherOrigin, text.Untrusted(at)
		}
		if e.Why == "" && seen[key] {
			e.Why = ListedAlready
		}
		if e.Why != "" {
			exported.Aside = append(exported.Aside, e)
			continue
		}
		seen[key] = true
		exported.Listed = append(exported.Listed, e)
	}
	for _, list := range [][]Exported{exported.Listed, exported.Aside} {
		sort.Slice(list, func(i, k int) bool {
			return cmp.Or(strings.Compare(list[i].Name, list[k].Name), strings.Compare(list[i].Collection, list[k].Collection)) < 0
		})
	}
	return exported
}

const euRegion = "https://" + postman.EUHost

// originOf is one origin for all that serve the same collections.
func (x *Exporting) originOf(at string) string {
	for _, origin := range []string{euRegion, x.Base} {
		if postman.SameRegion(at, origin) {
			return origin
		}
	}
	return at
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

// labels are those of an importer. A manifest can say those that each of its services has,
// too: an entry's labels go onto both.
func (x *Exporting) labels(job *microcks.ImportJob) map[string]string {
	if job.Metadata == nil {
		return nil
	}
	labels := map[string]string{}
	for key, value := range job.Metadata.Labels {
		lacks := func(ref microcks.ServiceRef) bool {
			if s := x.Services[ref.ServiceID]; s != nil && s.Metadata != nil {
				has, is := s.Metadata.Labels[key]
				return !is || has != value
			}
			return ref.ServiceID != ""
		}
		if x.Says(key, value) && (x.APISource || !slices.ContainsFunc(job.ServiceRefs, lacks)) {
			labels[key] = value
		}
	}
	return labels
}
