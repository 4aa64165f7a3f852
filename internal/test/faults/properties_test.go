package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// A story is a random sequence of runs, edits in Postman, and hands at work on
// the server. It is drawn as a whole before it is played, so that it shrinks
// well and is played in virtual time.

// inputs of one run; empty and nil: nothing is said.
type inputs struct {
	Collections  []int // of three; the third adds to the service of the first
	Labels, Name string
	Secret       string
	Active, Main string // "", "true", "false"
}

func (in inputs) env() map[string]string {
	var uids []string
	for _, n := range in.Collections {
		uids = append(uids, world.UID(n))
	}
	return map[string]string{
		"INPUT_COLLECTIONS": strings.Join(uids, "\n"), "INPUT_LABELS": in.Labels, "INPUT_IMPORTER-NAME": in.Name,
		"INPUT_SECRET-NAME": in.Secret, "INPUT_ACTIVE": in.Active, "INPUT_MAIN-ARTIFACT": in.Main,
	}
}

func drawInputs(t *rapid.T) inputs {
	in := inputs{
		Labels: rapid.SampledFrom([]string{"", "", "team=docks", "team=pilots", "stage=test"}).Draw(t, "labels"),
		Secret: rapid.SampledFrom([]string{"", "", "harbour key"}).Draw(t, "secret-name"),
		Active: rapid.SampledFrom([]string{"", "", "true", "false"}).Draw(t, "active"),
		Main:   rapid.SampledFrom([]string{"", "", "", "true", "false"}).Draw(t, "main-artifact"),
	}
	in.Collections = rapid.SampledFrom([][]int{{0}, {0}, {1}, {2}, {0, 1}, {0, 2}, {0, 1, 2}}).Draw(t, "collections")
	if len(in.Collections) == 1 {
		in.Name = rapid.SampledFrom([]string{"", "", "Docks", "Quays"}).Draw(t, "importer-name")
	}
	return in
}

// chapter is one thing that happens.
type chapter struct {
	Kind       string
	Collection int
	Runs       []inputs
	Operations int
	Version    string
	Title      string
}

var kinds = []string{
	"run", "run", "run", "runs at once", "collection edited", "collection renamed", "schedule",
	"importer labelled", "importer switched", "importer renamed", "importer's URL edited", "importer deleted",
	"service deleted", "secret deleted", "secret edited", "importer's secret taken away",
}

func drawChapter(t *rapid.T) chapter {
	c := chapter{
		Kind:       rapid.SampledFrom(kinds).Draw(t, "kind"),
		Collection: rapid.IntRange(0, 2).Draw(t, "collection"),
	}
	switch c.Kind {
	case "run":
		c.Runs = []inputs{drawInputs(t)}
	case "runs at once":
		c.Runs = rapid.SliceOfN(rapid.Custom(drawInputs), 2, 3).Draw(t, "runs")
	case "collection edited", "collection renamed":
		c.Operations = rapid.IntRange(1, 3).Draw(t, "operations")
		c.Version = rapid.SampledFrom([]string{"1.0", "2.0"}).Draw(t, "version")
		c.Title = rapid.SampledFrom([]string{"First API", "First API, renamed"}).Draw(t, "title")
	}
	return c
}

func TestEveryStoryEndsAsTheLastInputsAsk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		story := rapid.SliceOfN(rapid.Custom(drawChapter), 1, 12).Draw(rt, "story")
		last := rapid.Custom(drawInputs).Draw(rt, "last run")
		var problem string
		synctest.Test(t, func(t *testing.T) { problem = play(t.Context(), story, last) })
		if problem != "" {
			rt.Fatal(problem)
		}
	})
}

// stage is where a story is played: the servers, and what the model knows.
type stage struct {
	*virtual
	titles [3]served
}

// served is what Postman has of a collection.
type served struct {
	title, version string
	operations     int
}

// play returns what went otherwise than the model has it; "" when nothing did.
func play(ctx context.Context, story []chapter, last inputs) string {
	s := &stage{virtual: newVirtual(nobody, latency)}
	s.foreign()
	foreign := foreignOf(s.state())
	s.titles = [3]served{{"First API", "1.0", 2}, {"Second API", "1.0", 2}, {"First API", "1.0", 2}}
	for n := range s.titles {
		s.put(n)
	}
	story = append(slices.Clone(story), chapter{Kind: "run", Runs: []inputs{last}}, chapter{Kind: "run", Runs: []inputs{last}})
	for i, c := range story {
		time.Sleep(time.Minute)
		problem := s.happen(ctx, c)
		if d := cmp.Diff(foreign, foreignOf(s.state())); problem == "" && d != "" {
			problem = "foreign objects changed:\n" + d
		}
		if problem != "" {
			return fmt.Sprintf("chapter %d, %+v: %s", i+1, c, problem)
		}
	}
	return ""
}

func (s *stage) put(n int) {
	s.collection(n, s.titles[n].title, s.titles[n].version, s.titles[n].operations)
}

// happen plays one chapter.
func (s *stage) happen(ctx context.Context, c chapter) string {
	title := &s.titles[c.Collection]
	switch c.Kind {
	case "run":
		return s.oneRun(ctx, c.Runs[0])
	case "runs at once":
		return s.runsAtOnce(ctx, c.Runs)
	case "collection edited":
		title.operations = c.Operations
		s.put(c.Collection)
	case "collection renamed":
		title.version = c.Version
		if c.Collection != 1 {
			title.title = c.Title
		}
		s.put(c.Collection)
	case "schedule":
		for _, j := range s.Microcks.Jobs() {
			if j.Active {
				s.start(j.ID)
			}
		}
	case "service deleted":
		for _, o := range s.Microcks.Services() {
			if o.Name == title.title {
				s.Microcks.RemoveService(o.ID)
			}
		}
	case "secret deleted", "secret edited":
		for _, o := range s.Microcks.Secrets() {
			switch {
			case o.Name != secretName && o.Name != "harbour key":
			case c.Kind == "secret deleted":
				s.Microcks.RemoveSecret(o.ID)
			default:
				o.Token, o.Description, o.CACertPem = "another", "by hand", "-----BEGIN CERTIFICATE-----"
				s.Microcks.AddSecret(o)
			}
		}
	default:
		s.handOnImporter(c)
	}
	return ""
}

// handOnImporter is what a person does to a collection's importer.
func (s *stage) handOnImporter(c chapter) {
	for _, j := range s.jobsOf(s.state(), c.Collection) {
		switch c.Kind {
		case "importer deleted":
			s.Microcks.RemoveJob(j.ID)
			continue
		case "importer labelled":
			j.Metadata.Labels["seen-by"], j.Metadata.Labels["team"] = "a person", "by hand"
		case "importer switched":
			j.Active = !j.Active
		case "importer renamed":
			j.Name = "by hand"
		case "importer's URL edited":
			j.RepositoryURL = canonical(c.Collection) + "?access_key=PMAT-0"
		case "importer's secret taken away":
			j.SecretRef = microcks.SecretRef{}
		}
		raw := s.Microcks.Jobs()
		j.ServiceRefs = raw[slices.IndexFunc(raw, func(o microcks.Job) bool { return o.ID == j.ID })].ServiceRefs
		s.Microcks.AddJob(j)
	}
}

func (s *stage) jobsOf(state server, n int) []microcks.Job {
	return slices.DeleteFunc(slices.Clone(state.Jobs), func(j microcks.Job) bool { return !strings.Contains(j.RepositoryURL, world.UID(n)) })
}

// runsAtOnce asserts what holds of any number of runs: one more run, and
// nothing is there twice.
func (s *stage) runsAtOnce(ctx context.Context, runs []inputs) string {
	before := s.state()
	var all sync.WaitGroup
	problems := make([]string, len(runs))
	for i, in := range runs {
		all.Go(func() {
			e := s.run(ctx, in.env())
			problems[i] = e.explained()
			if leaks := e.leaks(); len(leaks) > 0 {
				problems[i] = fmt.Sprint("let out: ", leaks)
			}
		})
	}
	all.Wait()
	if problem := strings.Join(problems, ""); problem != "" {
		return problem
	}
	for _, in := range runs {
		if problem := s.oneRun(ctx, in); problem != "" {
			return "afterwards: " + problem
		}
	}
	return doubled(before, s.state())
}

// oneRun carries out a run and compares what came of it with what was asked.
func (s *stage) oneRun(ctx context.Context, in inputs) string {
	before := s.state()
	refused := s.refusals(before, in)
	e := s.run(ctx, in.env())
	after := s.state()
	wrong := func(format string, args ...any) string {
		return fmt.Sprintf(format, args...) + "\n" + withoutDebug(e.said)
	}
	if problem := e.explained(); problem != "" {
		return wrong("%s", problem)
	}
	if leaks := e.leaks(); len(leaks) > 0 {
		return wrong("let out: %q", leaks)
	}
	stuck := s.stuck(before, in)
	if !stuck && ((e.code != 0) != (len(refused) > 0) || e.code > 1) {
		return wrong("exit code %d, and to be refused are %v", e.code, refused)
	}
	if problem := kept(before, after); problem != "" {
		return wrong("%s", problem)
	}
	if problem := doubled(before, after); problem != "" {
		return wrong("%s", problem)
	}
	if stuck {
		return ""
	}
	for n := range s.titles {
		was, is := s.jobsOf(before, n), s.jobsOf(after, n)
		switch {
		case !slices.Contains(in.Collections, n) || refused[n] != "":
			if d := cmp.Diff(settings(was), settings(is)); d != "" {
				return wrong("collection %d was not to be touched (%s):\n%s", n, refused[n], d)
			}
		case len(is) != 1:
			return wrong("collection %d has %d importers", n, len(is))
		default:
			if problem := s.asAsked(n, in, was, is[0], after); problem != "" {
				return wrong("collection %d: %s", n, problem)
			}
		}
	}
	if len(refused) == 0 {
		if again := s.run(ctx, in.env()); again.code != 0 || len(again.writes) > 0 {
			return wrong("again: exit code %d, writes %q\n%s", again.code, again.writes, withoutDebug(again.said))
		}
	}
	return ""
}

// stuck reports whether an importer of a run has a secret that does not work and
// that the run was not asked to change: what comes of it depends on whether an
// import is due.
func (s *stage) stuck(state server, in inputs) bool {
	for _, n := range in.Collections {
		for _, j := range s.jobsOf(state, n) {
			works := slices.ContainsFunc(state.Secrets, func(o microcks.Secret) bool {
				return o.ID == j.SecretRef.SecretID && (o.Token == postman.DefaultAPIKey || o.Name == secretName)
			})
			if in.Secret == "" && j.SecretRef.SecretID != "" && j.SecretRef.Name != secretName && !works {
				return true
			}
		}
	}
	return false
}

// settings are importers without what imports write.
func settings(jobs []microcks.Job) []microcks.Job {
	jobs = slices.Clone(jobs)
	for i := range jobs {
		jobs[i].ServiceRefs, jobs[i].LastImportError, jobs[i].ETag = nil, "", ""
	}
	return jobs
}

// isMain reports whether a collection's importer will be a main artifact.
func (s *stage) isMain(state server, n int, in inputs) bool {
	if in.Main != "" {
		return in.Main == "true"
	}
	jobs := s.jobsOf(state, n)
	return len(jobs) == 0 || jobs[0].MainArtifact
}

// refusals says which collections of a run must be refused, and why.
func (s *stage) refusals(state server, in inputs) map[int]string {
	refused := map[int]string{}
	for _, n := range in.Collections {
		if why := s.refusal(state, n, in); why != "" {
			refused[n] = why
		}
	}
	// A secondary artifact needs a service, or a main one of the same run that
	// makes it.
	for _, n := range in.Collections {
		made := slices.ContainsFunc(state.Services, func(o microcks.Service) bool {
			return o.Name == s.titles[n].title && o.Version == s.titles[n].version
		})
		for _, m := range in.Collections {
			made = made || refused[m] == "" && s.sameService(m, n) && s.isMain(state, m, in)
		}
		if refused[n] == "" && !s.isMain(state, n, in) && !made {
			refused[n] = "no service to add to"
		}
	}
	return refused
}

func (s *stage) sameService(m, n int) bool {
	return s.titles[m].title == s.titles[n].title && s.titles[m].version == s.titles[n].version
}

func (s *stage) refusal(state server, n int, in inputs) string {
	if s.isMain(state, n, in) {
		group := []string{}
		for _, m := range in.Collections {
			if s.sameService(m, n) {
				group = append(group, world.UID(m))
			}
			if m != n && s.sameService(m, n) && s.isMain(state, m, in) {
				return "two mains of one service"
			}
		}
		for _, o := range state.Services {
			source, _, _ := strings.Cut(o.SourceArtifact, "?")
			if o.Name == s.titles[n].title && o.Version == s.titles[n].version && !slices.Contains(group, source) {
				return "the service is another's"
			}
		}
	}
	return ""
}

// asAsked says in what an importer and its service are not what was asked for.
func (s *stage) asAsked(n int, in inputs, was []microcks.Job, is microcks.Job, after server) string {
	old := microcks.Job{Name: s.titles[n].title, MainArtifact: true, Active: true}
	if len(was) > 0 {
		old = was[0]
		old.Active = old.Active || len(old.ServiceRefs) == 0 // still unborn
	}
	want := map[string]string{"name": old.Name, "active": fmt.Sprint(old.Active), "main": fmt.Sprint(old.MainArtifact), "url": canonical(n)}
	for key, said := range map[string]string{"name": in.Name, "active": in.Active, "main": in.Main} {
		if said != "" {
			want[key] = said
		}
	}
	got := map[string]string{"name": is.Name, "active": fmt.Sprint(is.Active), "main": fmt.Sprint(is.MainArtifact), "url": is.RepositoryURL}
	if d := cmp.Diff(want, got); d != "" {
		return "importer (-want +got):\n" + d
	}
	labels := maps.Clone(old.Metadata.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[plan.LabelManagedBy], labels[plan.LabelRepository] = "postman-microcks-importer", "harbour/api"
	if key, value, said := strings.Cut(in.Labels, "="); said {
		labels[key] = value
	}
	if d := cmp.Diff(labels, is.Metadata.Labels); d != "" {
		return "labels (-want +got):\n" + d
	}
	secret := slices.IndexFunc(after.Secrets, func(o microcks.Secret) bool { return o.ID == is.SecretRef.SecretID })
	switch {
	case secret < 0:
		return "its secret is not there"
	case after.Secrets[secret].Token != postman.DefaultAPIKey || after.Secrets[secret].TokenHeader != "X-API-Key":
		return "its secret opens nothing"
	case in.Secret != "" && after.Secrets[secret].Name != in.Secret:
		return "it has secret " + after.Secrets[secret].Name
	}
	return s.servedAsSaved(n, is, after)
}

// servedAsSaved says which examples of a collection are not served.
func (s *stage) servedAsSaved(n int, is microcks.Job, after server) string {
	i := slices.IndexFunc(after.Services, func(o microcks.Service) bool {
		return o.Name == s.titles[n].title && o.Version == s.titles[n].version
	})
	if i < 0 {
		return "its service is not there"
	}
	service := after.Services[i]
	if is.MainArtifact && len(service.Operations) != s.titles[n].operations {
		return fmt.Sprintf("its service has %d operations", len(service.Operations))
	}
	for k := range min(s.titles[n].operations, len(service.Operations)) {
		found := 0
		for _, example := range service.Operations[k].Examples {
			if example.SourceArtifact == world.UID(n) && *example.Response.Content == fmt.Sprintf(`{"n":%d}`, k) {
				found++
			}
		}
		if found != 1 {
			return fmt.Sprintf("operation %d has %d examples of it", k, found)
		}
	}
	return ""
}
