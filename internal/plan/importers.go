package plan

import (
	"iter"
	"net/url"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
)

// Importers are those of a server, found by what they are looked up by: a run of
// many collections looks for each among many.
type Importers struct {
	list     []microcks.ImportJob
	byID     map[string][]int
	bySource map[string][]int
	byName   map[string][]int
	feeding  map[Key][]int
	bound    map[string][]int // by the id of a service
	using    map[string][]int // by the id of a secret
}

// NewImporters takes the list of all importers.
func NewImporters(list []microcks.ImportJob) *Importers {
	x := &Importers{
		list: list, byID: map[string][]int{}, bySource: map[string][]int{}, byName: map[string][]int{}, feeding: map[Key][]int{},
		bound: map[string][]int{}, using: map[string][]int{},
	}
	for i := range list {
		job := &list[i]
		x.byID[job.ID] = append(x.byID[job.ID], i)
		x.byName[job.Name] = append(x.byName[job.Name], i)
		if address, err := url.Parse(strings.TrimSpace(job.RepositoryURL)); err == nil {
			source := sourceOf(strings.TrimSuffix(address.Path, "/"))
			x.bySource[source] = append(x.bySource[source], i)
		}
		for _, ref := range job.ServiceRefs {
			if ref.ServiceID != "" {
				key := Key{ref.Name, ref.Version}
				x.feeding[key] = append(x.feeding[key], i)
				x.bound[ref.ServiceID] = append(x.bound[ref.ServiceID], i)
			}
		}
		if job.SecretRef != nil {
			x.using[job.SecretRef.SecretID] = append(x.using[job.SecretRef.SecretID], i)
		}
	}
	return x
}

// sourceOf is what an importer's path and a uid have in common when they mean
// one collection, whether its owner is named or not: the UUID, or all where there
// is none.
func sourceOf(path string) string {
	id := strings.ToLower(path[strings.LastIndex(path, "/")+1:])
	const uuid = len("8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90")
	return id[max(0, len(id)-uuid):]
}

// Of lists the importers of a wanted collection, in the order of the server's
// list.
func (x *Importers) Of(w *Wanted) []microcks.ImportJob {
	places := slices.Concat(x.byID[w.DerivedID()], x.bySource[sourceOf(w.UID)])
	slices.Sort(places)
	places = slices.DeleteFunc(slices.Compact(places), func(i int) bool { return !w.ReadBy(&x.list[i]) })
	return x.at(places)
}

// Feeding lists the importers that are bound to a service of that name and
// version.
func (x *Importers) Feeding(key Key) []microcks.ImportJob { return x.at(x.feeding[key]) }

// Bound yields the importers that are bound to the service of an id.
func (x *Importers) Bound(serviceID string) iter.Seq[*microcks.ImportJob] {
	return x.each(x.bound[serviceID])
}

// Reading yields the importers whose URL ends in a collection's uid, or in it without its
// owner, wherever it leads.
func (x *Importers) Reading(uid string) iter.Seq[*microcks.ImportJob] {
	return x.each(x.bySource[sourceOf(uid)])
}

// Using yields the importers that refer to the secret of an id.
func (x *Importers) Using(secretID string) iter.Seq[*microcks.ImportJob] {
	return x.each(x.using[secretID])
}

func (x *Importers) each(places []int) iter.Seq[*microcks.ImportJob] {
	return func(yield func(*microcks.ImportJob) bool) {
		for _, place := range places {
			if !yield(&x.list[place]) {
				return
			}
		}
	}
}

// Named lists the importers of that name.
func (x *Importers) Named(name string) []microcks.ImportJob { return x.at(x.byName[name]) }

func (x *Importers) at(places []int) []microcks.ImportJob {
	all := make([]microcks.ImportJob, len(places))
	for i, place := range places {
		all[i] = x.list[place]
	}
	return all
}
