package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// group is every wanted artifact of one service, the main one first.
type group struct {
	serviceKey
	items     []*item
	before    *existing
	served    *predict.Service // as Microcks serves it now; nil when it does not
	predicted *predict.Service // after all imports
	edited    *predict.Service // the same, if a person set the dispatchers that differ; nil when none does
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
		sources = append(sources, string(it.Collection.Source))
	}
	for _, it := range mains {
		it.Fail(&result.Problem{Level: result.Error,
			Text:   text.Untrustedf("planning: %d collections of this run are the main artifact of service %s %s: %s", len(mains), g.name, g.version, strings.Join(sources, ", ")),
			Hint:   "give each its own name or version in Postman, or make all but one secondary with `main-artifact: false`",
			Anchor: "service-two-mains", ExitCode: 1,
		})
	}
}

// refuseForeignService protects a service that another artifact made, and
// explains one that exists twice where it is not ours to heal.
func (r *run) refuseForeignService(g *group) {
	for _, it := range g.items {
		if it.Failed() {
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
			it.Fail(twiceError(g, g.before.services))
		case it.main && len(foreign) > 0 && !it.ReplaceService:
			it.Fail(&result.Problem{Level: result.Error,
				Text: text.Untrustedf("planning: service %s %s exists and comes from %q (type %s), not from this collection; importing would replace its operations",
					g.name, g.version, foreign[0].SourceArtifact, foreign[0].Type),
				Hint:   "give the collection another name or version, import it as `main-artifact: false` to add its examples, or set `replace-service: true` to replace the service",
				Anchor: "service-foreign", ExitCode: 1,
			})
		case len(g.before.services) > 1 && it == firstLive(g):
			it.Tell(result.Warning, "service-twice",
				text.Untrustedf("service %s %s exists %d times, all made of this collection, so Microcks answers 500 to every import and mock call of it", g.name, g.version, len(g.before.services)),
				"nothing: applying deletes all but the oldest and imports again; a `concurrency:` group keeps imports from running at the same time")
		}
	}
}

// owns reports whether an artifact is one of the group's collections, whatever
// query its URL had when it was imported.
func (g *group) owns(artifact string) bool {
	return g.imports(artifact) || slices.ContainsFunc(g.items, func(it *item) bool { return sameArtifact(artifact, it.Wanted.UID) })
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
	return &result.Problem{Level: result.Error,
		Text:   text.Untrustedf("planning: service %s %s exists %d times (%s): Microcks answers 500 to every import and mock call of it", g.name, g.version, len(services), strings.Join(each, ", ")),
		Hint:   "delete all but one of them in Microcks under APIs | Services, then run again: two imports at the same time made them",
		Anchor: "service-twice", ExitCode: 1,
	}
}

// compose predicts the imports of a group one onto the other.
func (r *run) compose(g *group) {
	g.predicted = g.served
	for _, it := range g.items {
		if it.Failed() {
			continue
		}
		p := r.predictOnto(it, g.predicted)
		it.Findings = shownFindings(p.Findings)
		if p.Outcome == predict.Skipped {
			it.Fail(&result.Problem{Level: result.Error,
				Text:   text.Untrustedf("planning: the collection is a secondary artifact, but there is no service %s %s that it could add to", p.Name, p.Version),
				Hint:   "import the main artifact first, check that name and version are the same in both, or set `main-artifact: true`",
				Anchor: "secondary-without-service", ExitCode: 1, OfFindings: count(it.Findings, result.Error) > 0,
			})
			continue
		}
		r.refuseUnfit(it, p)
		if !it.Failed() {
			g.predicted = p.Service
			it.goal = &goal{predicted: p.Service}
		}
	}
	r.composeEdited(g)
}

// predictOnto predicts the import of one collection over an existing service.
func (r *run) predictOnto(it *item, existing *predict.Service) predict.Prediction {
	return predict.Collection(it.raw, predict.Target{Version: r.session.Version.Number(), Main: it.main, URL: it.importedFrom(), Existing: existing})
}

// importedFrom is the URL that Microcks imports the collection from: an adopted
// importer keeps its own.
func (it *item) importedFrom() string {
	if it.pick.use != nil && it.pick.adopted {
		return it.pick.use.RepositoryURL
	}
	return it.Wanted.URL
}
