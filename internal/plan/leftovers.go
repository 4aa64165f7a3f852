package plan

import (
	"cmp"
	"iter"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Remains is what leftovers are looked for in, and what was found out about them.
type Remains struct {
	Owner        // with the key of its manifest
	Run   string // address of this run of the workflow; "" off GitHub
	// Wanted are all importers of the run, also those whose collection failed.
	Wanted []*Wanted
	// Artifacts are what is planned of them.
	Artifacts []*Artifact
	Importers []microcks.ImportJob // all of the server
	Services  []microcks.Service   // all of the server
	// Vanished: a uid that nothing lists may have left a workspace, so that Postman has to
	// be asked whether it is gone.
	Vanished bool
	// LeftOut are uids that a workspace lists and its entry leaves out: those are known.
	LeftOut        []string
	RemoveServices bool // those that importers made go with them

	// InPostman tells of uids that Postman was asked for, in lower case, whether it has them.
	InPostman map[string]bool
	// Inside tells of services, by their ids, which artifacts their examples come from.
	Inside map[string][]string
}

// Leftover is an importer, or a service that was uploaded, that runs with the manifest
// made of a source which is not listed any more. An older version of one that is listed
// is none.
type Leftover struct {
	Importer *microcks.ImportJob // nil for a service
	Service  *microcks.Service   // nil for an importer
	Source   string              // uid, or its UUID where a URL has no more, or the name of the uploads
	File     string              // that was uploaded last; "" where that is not known
	Origin   string              // of the Postman API in an importer's URL
	Fate
	Services []LeftService // that the importer made
}

// LeftService is a service that the importer of a leftover made.
type LeftService struct {
	microcks.Service
	Fate
}

// Fate is what becomes of something.
type Fate struct {
	Kept result.KeptKind // "" where it goes
	By   text.Untrusted
	// Ask and Look: it goes if Postman does not have its uid, or if its examples come from
	// no other artifact, which is not known yet.
	Ask, Look bool
}

// Goes reports whether it is to be removed.
func (f Fate) Goes() bool { return f.Kept == "" && !f.Ask && !f.Look }

// ID of the importer or service.
func (l *Leftover) ID() string {
	if l.Importer != nil {
		return l.Importer.ID
	}
	return l.Service.ID
}

// Unlisted is an entry whose collections are not known, such as a workspace that could
// not be listed: each of what is there may be one of them. It is nil where all are known.
func (r *Remains) Unlisted() *Wanted {
	i := slices.IndexFunc(r.Wanted, func(w *Wanted) bool { return w.UID == "" && w.File == "" })
	if i < 0 {
		return nil
	}
	return r.Wanted[i]
}

// Leftovers are what is left over, importers first, each by its id, and how many
// importers and uploaded services carry the manifest's key in all. Where the entries are
// not all known there is none.
func Leftovers(r *Remains) (all []*Leftover, owned int) {
	if r.Unlisted() != nil {
		return nil, 0
	}
	x := r.index()
	for i := range r.Importers {
		job := &r.Importers[i]
		if !r.Lists(job.Metadata) {
			continue
		}
		owned++
		source, origin, _ := postman.CollectionAt(job.RepositoryURL)
		if x.wanted[job.ID] || source != "" && x.sources[sourceOf(source)] { // also where another host has it
			continue
		}
		l := &Leftover{Importer: job, Source: source, Origin: origin}
		l.Fate = r.fateOfImporter(x, l)
		x.going[job.ID] = l.Goes()
		all = append(all, l)
	}
	for _, l := range all {
		for _, ref := range l.Importer.ServiceRefs {
			if s := x.services[ref.ServiceID]; s != nil && !r.uploaded(s) { // one with labels is told by itself
				l.Services = append(l.Services, LeftService{*s, r.fateOfMade(x, l, s)})
			}
		}
	}
	for i := range r.Services {
		s := &r.Services[i]
		if !r.uploaded(s) {
			continue
		}
		file := annotation(s.Metadata, AnnotationFile)
		if owned++; x.sources[sourceOf(s.SourceArtifact)] || file != "" && x.files[path.Clean(file)] {
			continue
		}
		l := &Leftover{Service: s, Source: s.SourceArtifact, File: file}
		l.Fate = r.fateOfUploaded(x, l)
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b *Leftover) int {
		return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(a.ID(), b.ID()))
	})
	return all, owned
}

// uploaded reports whether a service has the labels that uploads of runs with the manifest
// give, and still comes from one, or from the importer that took its place.
func (r *Remains) uploaded(s *microcks.Service) bool {
	return r.Lists(s.Metadata) && (IsUpload(s.SourceArtifact) || postman.IsUID(s.SourceArtifact))
}

func rankOf(l *Leftover) int {
	if l.Importer != nil {
		return 0
	}
	return 1
}

// remains are what leftovers are told from what is wanted by.
type remains struct {
	importers *Importers
	wanted    map[string]bool // importers that are wanted, by their ids
	going     map[string]bool // importers that are to be removed, by their ids
	sources   map[string]bool // that are listed, see sourceOf, and the names of uploads
	files     map[string]bool // that are listed, whatever is in them
	leftOut   map[string]bool // see Remains.LeftOut and sourceOf
	makes     map[Key]bool    // services that collections of the run make
	services  map[string]*microcks.Service
}

func (r *Remains) index() *remains {
	x := &remains{
		importers: NewImporters(r.Importers), wanted: map[string]bool{}, going: map[string]bool{},
		sources: map[string]bool{}, files: map[string]bool{},
		makes: map[Key]bool{}, leftOut: map[string]bool{}, services: make(map[string]*microcks.Service, len(r.Services)),
	}
	lists := func(w *Wanted) {
		x.sources[sourceOf(w.UID)] = true
		for _, job := range x.importers.Of(w) {
			x.wanted[job.ID] = true
		}
	}
	for _, w := range r.Wanted {
		if w.UID != "" {
			lists(w)
		}
		if w.File != "" {
			x.files[path.Clean(w.File)] = true
		}
		if w.Paired != "" { // in Postman and in the repository it is one source
			lists(w.Pair())
		}
	}
	for _, a := range r.Artifacts {
		x.makes[a.Key] = true
		if a.Upload != nil {
			x.sources[sourceOf(a.Upload.Name)] = true
			x.sources[sourceOf(a.ArtifactName(r.Owner))] = true
		}
	}
	for _, uid := range r.LeftOut {
		x.leftOut[sourceOf(uid)] = true
	}
	for i := range r.Services {
		x.services[r.Services[i].ID] = &r.Services[i]
	}
	return x
}

// fateOfImporter decides about an importer.
func (r *Remains) fateOfImporter(x *remains, l *Leftover) Fate {
	if later := r.later(l.Importer.Metadata); later.Kept != "" {
		return later
	}
	// A UUID without its owner is not asked for: Postman answers for few of those.
	if l.Source == "" || r.Vanished && !postman.IsUID(l.Source) {
		return Fate{Kept: result.KeptOtherURL, By: text.Untrusted(WithoutQuery(l.Importer.RepositoryURL))}
	}
	return r.inPostman(x, l.Source)
}

// fateOfMade decides about a service that an importer made.
func (r *Remains) fateOfMade(x *remains, l *Leftover, s *microcks.Service) Fate {
	switch {
	case !l.Goes():
		return l.Fate
	case !r.RemoveServices:
		return Fate{Kept: result.KeptNoRemoving}
	case r.Elsewhere(s.Metadata) != "":
		return Fate{Kept: result.KeptElsewhere, By: text.Untrusted(r.Elsewhere(s.Metadata))}
	case !predict.SameArtifact(s.SourceArtifact, l.Source):
		return Fate{Kept: result.KeptOther, By: text.Untrusted(s.SourceArtifact)}
	}
	return r.fateOfService(x, s)
}

// fateOfUploaded decides about a service that was uploaded.
func (r *Remains) fateOfUploaded(x *remains, l *Leftover) Fate {
	if later := r.later(l.Service.Metadata); later.Kept != "" {
		return later
	}
	service := r.fateOfService(x, l.Service)
	if service.Kept == "" && postman.IsUID(l.Source) {
		if asked := r.inPostman(x, l.Source); !asked.Goes() {
			return asked
		}
	}
	return service
}

// fateOfService decides about a service by what else makes it.
func (r *Remains) fateOfService(x *remains, s *microcks.Service) Fate {
	if x.makes[Key{s.Name, s.Version}] {
		return Fate{Kept: result.KeptPredicted}
	}
	if fed := x.importers.Fed(s, x.going); fed.Kept != "" {
		return fed
	}
	inside, known := r.Inside[s.ID]
	if !known {
		return Fate{Look: true}
	}
	return Mixed(s, inside)
}

// Mixed is the fate of a service in which examples of these artifacts are: one that has
// others than its own stays.
func Mixed(s *microcks.Service, inside []string) Fate {
	for _, artifact := range inside {
		if artifact != s.SourceArtifact {
			return Fate{Kept: result.KeptOther, By: text.Untrusted(artifact)}
		}
	}
	return Fate{}
}

// Fed is the fate of a service that an importer beside those that go is bound to, or
// reads what it was made of: a failed import leaves an importer bound to nothing.
func (x *Importers) Fed(s *microcks.Service, going map[string]bool) Fate {
	for _, feeders := range []iter.Seq[*microcks.ImportJob]{x.Bound(s.ID), x.Reading(s.SourceArtifact)} {
		for job := range feeders {
			if !going[job.ID] {
				return Fate{Kept: result.KeptFed, By: text.Untrusted(job.Name)}
			}
		}
	}
	return Fate{}
}

// inPostman decides by whether Postman has a collection that nothing lists.
func (r *Remains) inPostman(x *remains, uid string) Fate {
	if !r.Vanished || x.leftOut[sourceOf(uid)] {
		return Fate{}
	}
	there, known := r.InPostman[strings.ToLower(uid)]
	switch {
	case !known:
		return Fate{Ask: true}
	case there:
		return Fate{Kept: result.KeptInPostman}
	}
	return Fate{}
}

// Later reports whether a later run of the workflow than this one wrote what has this
// metadata, by the number that GitHub gives each.
func (r *Remains) Later(m *microcks.Metadata) bool { return r.later(m).Kept != "" }

func (r *Remains) later(m *microcks.Metadata) Fate {
	if theirs := runNumber(annotation(m, AnnotationRun)); theirs > runNumber(r.Run) {
		return Fate{Kept: result.KeptLater, By: text.Untrusted(strconv.FormatUint(theirs, 10))}
	}
	return Fate{}
}

// runNumber is the number in a run's address; 0 is none.
func runNumber(address string) uint64 {
	found := runAddress.FindStringSubmatch(address)
	if found == nil {
		return 0
	}
	n, _ := strconv.ParseUint(found[1], 10, 64) // what has more digits is no run's
	return n
}

var runAddress = regexp.MustCompile(`/actions/runs/([0-9]{1,19})$`)

// mostPruned leftovers are removed by one run where no more is allowed.
const mostPruned = 10

// TooMany is the problem of so many leftovers that a mistake is likelier than that all
// of their sources are gone; nil where they are few. entries is what the manifest has.
func TooMany(going, owned, entries int) *result.Problem {
	var said text.Untrusted
	switch {
	case going == 0:
		return nil
	case entries == 0:
		said = text.Untrustedf("the manifest has no entries, so that all of the %s that carry its key would go", text.Plural(owned, "object"))
	case going > mostPruned:
		said = text.Untrustedf("%d importers and services would go, and no more than %d do at once", going, mostPruned)
	case 2*going > owned:
		said = text.Untrustedf("%d of the %d importers and services that carry the manifest's key would go, which is more than half",
			going, owned)
	default:
		return nil
	}
	return tooMany(said)
}

// MostAsked collections that nothing lists are asked for where no more may be removed.
const MostAsked = 100

// TooManyToAsk is the problem of more of them.
func TooManyToAsk(uids int) *result.Problem {
	return tooMany(text.Untrustedf("nothing lists %d collections, and no more than %d are asked for at once", uids, MostAsked))
}

func tooMany(said text.Untrusted) *result.Problem {
	return &result.Problem{
		Level: result.Error, Text: "pruning: nothing is removed: " + said,
		Hint:   "look whether the manifest lists what it should; if all of that shall go, set `allow: prune-many` for one run",
		Anchor: "prune-many", ExitCode: 1, Headline: "too many leftovers to prune",
	}
}
