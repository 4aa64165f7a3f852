package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// answering is a Postman that answers for each uid, and notes who was asked where.
type answering struct {
	guard   sync.Mutex
	answers map[string]error // nil: it has the collection
	by      []string
}

func (a *answering) Collection(ctx context.Context, origin, uid string, accessKey text.Secret) (*postman.Collection, error) {
	a.guard.Lock()
	defer a.guard.Unlock()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	a.by = append(a.by, origin+" "+uid+accessKey.Reveal())
	err := a.answers[uid]
	if err != nil {
		return nil, err
	}
	return &postman.Collection{}, nil
}

func (a *answering) Me(context.Context, string) (postman.Quota, error) { return postman.Quota{}, nil }

// asking is a run that looks for leftovers of a few collections.
func asking(p *answering) *reconciliation {
	return &reconciliation{
		Settings: Settings{Parallelism: 2, PostmanOrigin: "https://api.getpostman.com"},
		Deps:     Deps{Postman: p, Log: silent{}}, room: budget.NewRoom(), result: &result.Result{},
	}
}

func leftOf(uid, url string) *plan.Leftover {
	l := &plan.Leftover{Source: uid}
	if url != "" {
		l.Importer = &microcks.ImportJob{RepositoryURL: url}
		l.Origin = url[:strings.Index(url, "/collections/")]
	}
	return l
}

// TestAskPostman: only Postman's own 404 says that a collection is gone, one that has it
// keeps what is of it, and anything else keeps everything.
func TestAskPostman(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"it has it":           {nil, "there"},
		"gone":                {&noSuch, "gone"},
		"gone, wrapped":       {fmt.Errorf("asking: %w", &noSuch), "gone"},
		"unauthorized":        {&postman.APIError{Status: 401, Kind: postman.KindUnauthorized}, "untold"},
		"forbidden":           {&postman.APIError{Status: 403, Kind: postman.KindForbidden}, "untold"},
		"too many":            {&postman.APIError{Status: 429, Kind: postman.KindRateLimited}, "untold"},
		"the month's quota":   {&postman.APIError{Status: 429, Kind: postman.KindQuotaExhausted}, "untold"},
		"Postman's trouble":   {&postman.APIError{Status: 500, Kind: postman.KindServer}, "untold"},
		"a 404 of a gateway":  {&postman.APIError{Status: 404, Kind: postman.KindGatewayHTML}, "untold"},
		"a 404 of a route":    {&postman.APIError{Status: 404, Kind: postman.KindNotFound, Name: "notFoundError"}, "untold"},
		"a 400 that says so":  {&postman.APIError{Status: 400, Kind: postman.KindNotFound, Name: "instanceNotFoundError"}, "untold"},
		"a broken connection": {errors.New("connection reset"), "untold"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := asking(&answering{answers: map[string]error{"1-A": tt.err}})
			l := &leftovers{Remains: &plan.Remains{InPostman: map[string]bool{}}}
			wrong := r.askPostman(t.Context(), l, []*plan.Leftover{leftOf("1-A", "")})
			there, known := l.InPostman["1-a"]
			got := "untold"
			switch {
			case wrong == nil && there:
				got = "there"
			case wrong == nil && known:
				got = "gone"
			case wrong == nil || known || wrong.Level != result.Warning || wrong.ExitCode != 0 || wrong.Hint == "":
				t.Errorf("%v, known %t", wrong, known)
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestOneAnswerKeepsAll: after an answer that tells nothing nobody else is asked.
func TestOneAnswerKeepsAll(t *testing.T) {
	t.Parallel()
	p := &answering{answers: map[string]error{}}
	var all []*plan.Leftover
	for i := range 100 {
		uid := fmt.Sprintf("1-%d", i)
		p.answers[uid] = &postman.APIError{Status: 403, Kind: postman.KindForbidden, UID: uid}
		all = append(all, leftOf(uid, ""))
	}
	r := asking(p)
	l := &leftovers{Remains: &plan.Remains{InPostman: map[string]bool{}}}
	if wrong := r.askPostman(t.Context(), l, all); wrong == nil {
		t.Error("nothing keeps them")
	}
	if len(p.by) > 2*r.Parallelism {
		t.Errorf("%d were asked for", len(p.by))
	}
}

// The key goes nowhere but to the gateway that it is for, also where the run reads nothing
// in Postman.
func TestAskedAtTheGateway(t *testing.T) {
	t.Parallel()
	p := &answering{}
	r := asking(p)
	r.PostmanOrigin = "https://gateway.example"
	if there, err := r.hasCollection(t.Context(), leftOf("1-a", ""), r.origins()); !there || err != nil {
		t.Errorf("%t, %v", there, err)
	}
	if want := []string{"https://gateway.example 1-a"}; !slices.Equal(p.by, want) {
		t.Errorf("asked %v, want %v", p.by, want)
	}
}

// TestWhereToAsk: an importer's collection where it has it from, if the key may go there;
// any other where those of the run are, and at each of them.
func TestWhereToAsk(t *testing.T) {
	t.Parallel()
	const classic, eu, own = "https://api.getpostman.com", "https://api.eu.postman.com", "https://gateway.example"
	for name, tt := range map[string]struct {
		wanted []*plan.Wanted
		left   *plan.Leftover
		want   []string
	}{
		"its own region":              {[]*plan.Wanted{{Origin: classic}}, leftOf("1-a", eu+"/collections/1-a"), []string{eu}},
		"the gateway of the run":      {[]*plan.Wanted{{Origin: own}}, leftOf("1-a", own+"/collections/1-a"), []string{own}},
		"an address of somebody else": {[]*plan.Wanted{{Origin: eu}}, leftOf("1-a", "https://mallory.example/collections/1-a"), []string{eu}},
		"an upload":                   {[]*plan.Wanted{{Origin: eu}, {Origin: classic}, {Origin: eu}}, leftOf("1-a", ""), []string{eu, classic}},
		"nothing of Postman's":        {[]*plan.Wanted{{File: "a.json"}}, leftOf("1-a", ""), []string{classic}},
		"by an access key":            {[]*plan.Wanted{{Origin: eu, AccessKey: "PMAT-1"}}, leftOf("1-a", ""), []string{classic}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &answering{answers: map[string]error{"1-a": &noSuch}}
			r := asking(p)
			for _, w := range tt.wanted {
				r.items = append(r.items, &item{Wanted: w})
			}
			if there, err := r.hasCollection(t.Context(), tt.left, r.origins()); there || err != nil {
				t.Errorf("%t, %v", there, err)
			}
			var want []string
			for _, origin := range tt.want {
				want = append(want, origin+" 1-a")
			}
			if !slices.Equal(p.by, want) {
				t.Errorf("asked %v, want %v", p.by, want)
			}
		})
	}
}

// TestPrunedIsNoted: a run that is left behind while it removes leftovers says what it
// removed, what is in doubt and what remains.
func TestPrunedIsNoted(t *testing.T) {
	t.Parallel()
	r := asking(&answering{})
	r.Mode = result.Apply
	r.result.Leftovers = &result.Leftovers{Prune: true, List: []result.Leftover{
		{ID: "1", Decision: result.LeftoverToRemove, Services: []result.LeftService{{ID: "s"}}},
		{ID: "2", Decision: result.LeftoverToRemove}, {ID: "3", Decision: result.LeftoverToRemove}, {ID: "4", Decision: result.LeftoverKept},
	}}
	r.noteRun()
	for i := range 2 {
		p := &pruning{reconciliation: r, one: &plan.Leftover{}, at: i}
		p.it = &item{Collection: &result.Collection{Importer: &result.Importer{}}, pruned: p}
		p.it.Way().Done = []result.Done{{Kind: result.ServiceDeleted}}
		r.noteItem(p.it, false, true)
		if i == 0 {
			p.change(func(l *result.Leftover) { l.Decision = result.LeftoverRemoved })
			r.result.Leftovers.Removed++
			r.notePruned(0, false)
		}
	}
	ctx, end := context.WithTimeout(t.Context(), time.Nanosecond)
	defer end()
	<-ctx.Done()
	told := r.soFar(ctx, context.Cause(ctx))
	r.result.Leftovers.List[2].Decision = result.LeftoverRemoved // the run that is left behind goes on
	r.notePruned(2, false)
	var got []string
	for _, l := range told.Leftovers.List {
		said := l.ID + " " + string(l.Decision)
		for _, d := range l.Done {
			said += " " + string(d.Kind)
		}
		got = append(got, said)
	}
	want := []string{"1 removed service-deleted", "2 failed service-deleted deletion-in-doubt", "3 not-reached", "4 kept"}
	if !slices.Equal(got, want) || told.Leftovers.Removed != 1 || !told.Written {
		t.Errorf("%v of %d, written %t, want %v", got, told.Leftovers.Removed, told.Written, want)
	}
}

// shelved is a Microcks with one service and one importer, which does what it is told.
type shelved struct {
	Microcks
	service *microcks.Service
	from    []string // artifacts of its examples
	job     *microcks.ImportJob
	others  []microcks.ImportJob
	came    []microcks.ImportJob // others, since then
	revived bool                 // the service comes back when the importer goes, as by an import that was under way
	deleted []string
	views   int

	unlisted error // why importers are not
}

func (s *shelved) ServiceView(context.Context, string) (*microcks.ServiceView, error) {
	s.views++
	if s.service == nil {
		return nil, nil
	}
	view := &microcks.ServiceView{Service: *s.service, Messages: map[string][]microcks.Message{}}
	for _, artifact := range s.from {
		m := microcks.Message{Request: microcks.MessageRequest{SourceArtifact: artifact}}
		view.Messages["GET /"] = append(view.Messages["GET /"], m)
	}
	return view, nil
}

func (s *shelved) Job(context.Context, string) (*microcks.ImportJob, error) { return s.job, nil }

func (s *shelved) Jobs(context.Context) ([]microcks.ImportJob, error) { return s.others, s.unlisted }

func (s *shelved) ServicesNamed(context.Context, string) ([]microcks.Service, error) {
	if s.service == nil {
		return nil, nil
	}
	return []microcks.Service{*s.service}, nil
}

func (s *shelved) DeleteService(_ context.Context, id string) error {
	s.deleted, s.service = append(s.deleted, id), nil
	return nil
}

func (s *shelved) DeleteJob(_ context.Context, id string) error {
	s.deleted, s.job = append(s.deleted, id), nil
	if s.revived {
		s.service = &microcks.Service{ID: "s2", Name: "Pets", Version: "1", SourceArtifact: "1-a"}
		s.others = append(s.others, s.came...)
	}
	return nil
}

// TestPruneLooksAgain: right before something is deleted it is looked at, and stays where
// it is not as it was when that was decided.
func TestPruneLooksAgain(t *testing.T) {
	t.Parallel()
	const runs = "https://github.com/acme/pets/actions/runs/"
	owner := plan.Owner{Repository: "acme/pets", Manifest: "shop"}
	labelled := func() *microcks.Metadata {
		return &microcks.Metadata{Labels: owner.Labels(), Annotations: map[string]string{plan.AnnotationRun: runs + "7"}}
	}
	elsewhere := func(m *microcks.Metadata) { m.Labels[plan.LabelManifest] = "orders" }
	byLater := func(m *microcks.Metadata) { m.Annotations[plan.AnnotationRun] = runs + "101" }
	for name, tt := range map[string]struct {
		importer bool // with the service that it made; else an uploaded service
		change   func(*shelved)
		deleted  []string
		kept     result.KeptKind
	}{
		"an upload":                       {false, func(*shelved) {}, []string{"s1"}, ""},
		"an upload of a later run":        {false, func(s *shelved) { byLater(s.service.Metadata) }, nil, result.KeptChanged},
		"an upload without its labels":    {false, func(s *shelved) { s.service.Metadata.Labels = nil }, nil, result.KeptChanged},
		"an upload of another manifest":   {false, func(s *shelved) { elsewhere(s.service.Metadata) }, nil, result.KeptChanged},
		"an upload that was taken over":   {false, func(s *shelved) { s.service.SourceArtifact = "openapi.yaml" }, nil, result.KeptChanged},
		"an upload with others' examples": {false, func(s *shelved) { s.from = append(s.from, "x.json") }, nil, result.KeptOther},
		"an upload that is fed now": {false, func(s *shelved) {
			s.others = []microcks.ImportJob{{ID: "j2", RepositoryURL: "https://api.getpostman.com/collections/1-a"}}
		}, nil, result.KeptFed},
		"an upload, and importers that are not listed": {false, func(s *shelved) { s.unlisted = errors.New("no answer") }, nil, result.KeptHeld},
		"an upload that is gone":                       {false, func(s *shelved) { s.service = nil }, nil, ""},

		"an importer":                     {true, func(*shelved) {}, []string{"s1", "j1"}, ""},
		"an importer of a later run":      {true, func(s *shelved) { byLater(s.job.Metadata) }, nil, result.KeptChanged},
		"an importer of another manifest": {true, func(s *shelved) { elsewhere(s.job.Metadata) }, nil, result.KeptChanged},
		"an importer of another collection": {true, func(s *shelved) { s.job.RepositoryURL = "https://api.getpostman.com/collections/1-b" },
			nil, result.KeptChanged},
		"an importer whose service is fed now": {true, func(s *shelved) {
			s.others = []microcks.ImportJob{{ID: "j1"}, {ID: "j2", ServiceRefs: []microcks.ServiceRef{{ServiceID: "s1"}}}}
		}, []string{"j1"}, ""},
		"an importer without its labels":                 {true, func(s *shelved) { s.job.Metadata = nil }, nil, result.KeptChanged},
		"an importer whose service has others' examples": {true, func(s *shelved) { s.from = append(s.from, "x.json") }, []string{"j1"}, ""},
		"an importer whose service somebody took":        {true, func(s *shelved) { elsewhere(s.service.Metadata) }, []string{"j1"}, ""},
		"an importer whose service somebody else brings back": {true, func(s *shelved) {
			s.revived, s.came = true, []microcks.ImportJob{{ID: "j2", ServiceRefs: []microcks.ServiceRef{{ServiceID: "s2"}}}}
		}, []string{"s1", "j1"}, ""},
		"an importer that imports meanwhile": {true, func(s *shelved) { s.revived = true }, []string{"s1", "j1", "s2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := microcks.Service{ID: "s1", Name: "Pets", Version: "1", SourceArtifact: "1-a", Metadata: labelled()}
			job := microcks.ImportJob{ID: "j1", Name: "Pets", Metadata: labelled()}
			there := &shelved{service: new(service), from: []string{"1-a"}, job: new(job)}
			there.service.Metadata, there.job.Metadata = labelled(), labelled()
			tt.change(there)
			r := asking(&answering{})
			r.Owner, r.Mode, r.session = owner, result.Apply, &Session{Microcks: there}
			one := &plan.Leftover{Service: &service}
			if tt.importer {
				one = &plan.Leftover{Importer: &job, Services: []plan.LeftService{{Service: service}}}
			}
			r.left = &leftovers{Remains: &plan.Remains{Owner: owner, Run: runs + "100"}, all: []*plan.Leftover{one}}
			r.result.Leftovers = &result.Leftovers{List: []result.Leftover{{Decision: result.LeftoverToRemove}}}
			r.noteRun()
			r.Provenance = map[string]string{plan.AnnotationCommit: "c"}
			r.Head = func(context.Context) (string, error) { return "c", nil }
			if err := r.prune(t.Context()); err != nil {
				t.Fatal(err)
			}
			told := r.result.Leftovers.List[0]
			if !slices.Equal(there.deleted, tt.deleted) || told.Kept != tt.kept || len(r.late) > 0 {
				t.Errorf("deleted %v, want %v; kept %q, want %q; %v", there.deleted, tt.deleted, told.Kept, tt.kept, r.late)
			}
			if len(told.Done) != len(tt.deleted) {
				t.Errorf("told %v of %v", told.Done, tt.deleted)
			}
		})
	}
}

func (s *shelved) ServiceURL(string) string { return "" }

func (s *shelved) ImportersURL() string { return "http://microcks/#/importers" }

// TestMoreThanTen: so many leftovers stay, and the run fails for it, unless that is meant.
func TestMoreThanTen(t *testing.T) {
	t.Parallel()
	const url, listed = "https://api.getpostman.com/collections/", 30
	owner := plan.Owner{Repository: "acme/pets", Manifest: "shop"}
	uid := func(n int) string { return fmt.Sprintf("12345678-00000000-0000-4000-8000-%012d", n) }
	for _, tt := range []struct {
		left         int
		many, prunes bool
	}{{10, false, true}, {11, false, false}, {11, true, true}} {
		r := asking(&answering{})
		r.Owner, r.Mode, r.session, r.plan = owner, result.Apply, &Session{Microcks: &shelved{}}, &plan.Plan{}
		r.Provenance = map[string]string{plan.AnnotationRun: "https://github.com/acme/pets/actions/runs/9", plan.AnnotationCommit: "c"}
		r.Head = func(context.Context) (string, error) { return "c", nil }
		r.services = map[plan.Key][]microcks.Service{}
		r.Pruning = Pruning{Asked: true, Many: tt.many, Entries: listed, Branch: "main", OnGitHub: true}
		for n := range listed + tt.left {
			job := microcks.ImportJob{
				ID: fmt.Sprint(n), RepositoryURL: url + uid(n), Active: true, Metadata: &microcks.Metadata{Labels: owner.Labels()},
			}
			r.there.Jobs = append(r.there.Jobs, job)
			if n < listed {
				r.items = append(r.items, &item{Wanted: &plan.Wanted{UID: uid(n), URL: url + uid(n)}, judged: &plan.Judged{}})
			}
		}
		if err := r.findLeftovers(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := r.result.Leftovers
		if l.Count() != tt.left || l.Owned != listed+tt.left || l.Polls != (result.Polls{Least: 372 * tt.left, Most: 744 * tt.left}) {
			t.Errorf("%d of %d left, which cost %v, want %d", l.Count(), l.Owned, l.Polls, tt.left)
		}
		if got := l.Due() == tt.left && !l.Held && len(r.late) == 0; got != tt.prunes {
			t.Errorf("%d left, many allowed %t: %d to remove, held %t, %v", tt.left, tt.many, l.Due(), l.Held, r.late)
		}
	}
}

// TestTooManyToAsk: where so many are not known to be gone nobody is asked, and where those
// that are gone are too many already, nothing else is looked at.
func TestTooManyToAsk(t *testing.T) {
	t.Parallel()
	owner := plan.Owner{Repository: "acme/pets", Manifest: "shop"}
	labelled := &microcks.Metadata{Labels: owner.Labels()}
	uid := func(n int) string { return fmt.Sprintf("12345678-00000000-0000-4000-8000-%012d", n) }
	for _, tt := range []struct {
		vanished, uploads int // importers whose uid nothing lists, and services of files
		asks              bool
		asked, views      int
		told              string
	}{
		{100, 0, true, 100, 0, "100 importers and services would go"},
		{101, 0, true, 0, 0, "nothing lists 101 collections, and no more than 100 are asked for at once"},
		{20, 1, false, 0, 0, "21 importers and services would go"},
	} {
		asked, there := &answering{answers: map[string]error{}}, &shelved{}
		r := asking(asked)
		r.Owner, r.Mode, r.session, r.plan, r.Parallelism = owner, result.Plan, &Session{Microcks: there}, &plan.Plan{}, 1
		r.Provenance = map[string]string{plan.AnnotationRun: "https://github.com/acme/pets/actions/runs/9", plan.AnnotationCommit: "c"}
		r.services = map[plan.Key][]microcks.Service{}
		r.Pruning = Pruning{Asked: true, Entries: 1, Workspaces: tt.asks, OnGitHub: true}
		for n := range tt.vanished {
			asked.answers[uid(n)] = &noSuch
			r.there.Jobs = append(r.there.Jobs, microcks.ImportJob{
				ID: fmt.Sprint(n), RepositoryURL: "https://api.getpostman.com/collections/" + uid(n), Metadata: labelled,
			})
		}
		for n := range tt.uploads {
			key := plan.Key{Name: fmt.Sprint(n)}
			r.services[key] = []microcks.Service{{ID: key.Name, SourceArtifact: fmt.Sprintf("%024d.json", n), Metadata: labelled}}
		}
		if err := r.findLeftovers(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(asked.by) != tt.asked || there.views != tt.views || len(r.late) != 1 || !strings.Contains(string(r.late[0].Text), tt.told) {
			t.Errorf("%d and %d: asked for %d, looked at %d; %v", tt.vanished, tt.uploads, len(asked.by), there.views, r.late)
		}
	}
}

// noSuch is how Postman says that it has no such collection.
var noSuch = postman.APIError{Status: 404, Kind: postman.KindNotFound, Name: "instanceNotFoundError"}
