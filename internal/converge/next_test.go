package converge

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

const uid = "12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90"

// pets is a service with these examples, all of one operation.
func pets(examples ...string) *predict.Service {
	s := &predict.Service{
		Name: "Pets", Version: "1.0", Type: "REST", SourceArtifact: uid,
		Operations: []predict.Operation{{Name: "GET /pets", Method: "GET"}},
	}
	for _, name := range examples {
		s.Operations[0].Examples = append(s.Operations[0].Examples, predict.Example{Name: name, SourceArtifact: uid})
	}
	return s
}

func ptr[T any](v T) *T { return &v }

// wanted is a goal: an importer of ours that imports the service with the
// examples "one" and "two".
func wanted(change func(*Goal)) Goal {
	artifact := &plan.Artifact{
		Judged: plan.Judged{Wanted: &plan.Wanted{UID: uid}},
		From:   "https://h/collections/" + uid,
	}
	g := Goal{
		Importer: &plan.Importer{
			ID: "a1", Name: ptr("Pets"), Active: true, Unborn: true,
			Annotations: map[string]string{plan.AnnotationWriter: "me"},
		},
		Service: &plan.Service{
			Key: plan.Key{Name: "Pets", Version: "1.0"}, Artifacts: []*plan.Artifact{artifact}, Predicted: pets("one", "two"),
		},
		Predicted: pets("one", "two"), Due: true,
	}
	if change != nil {
		change(&g)
	}
	return g
}

// importer as the server holds it.
func importer(change func(*microcks.ImportJob)) *microcks.ImportJob {
	job := &microcks.ImportJob{
		ID: "a1", Name: "Pets", Metadata: &microcks.Metadata{Annotations: map[string]string{plan.AnnotationWriter: "me"}},
	}
	if change != nil {
		change(job)
	}
	return job
}

func importedAt(t int64, service string) func(*microcks.ImportJob) {
	return func(j *microcks.ImportJob) {
		j.LastImportDate, j.Active = &t, true
		j.ServiceRefs = []microcks.ServiceRef{{ServiceID: service, Name: "Pets", Version: "1.0"}}
	}
}

func service(id, artifact string) microcks.Service {
	return microcks.Service{ID: id, Name: "Pets", Version: "1.0", SourceArtifact: artifact}
}

// lookAt is an observation of the importer and of one service as served.
func lookAt(job *microcks.ImportJob, served *predict.Service) observation {
	one := service("s1", uid)
	return observation{job: job, looked: true, services: []microcks.Service{one}, view: &microcks.ServiceView{Service: one}, served: served}
}

func counted(kind Kind, n int) func(*memory) {
	return func(m *memory) { m.counts[kind] = n }
}

func TestNext(t *testing.T) {
	t.Parallel()
	settled := func(m *memory) { m.due, m.imported, m.settling, m.at = false, true, true, 7 }
	contended := func(m *memory) { m.others = true }
	for name, tt := range map[string]struct {
		goal   func(*Goal)
		seen   observation
		memory []func(*memory)
		want   Kind
	}{
		"an importer that is not there is created": {seen: observation{}, want: Create},
		"one that was created is waited for": {
			seen:   observation{},
			memory: []func(*memory){counted(Create, 1), func(m *memory) { m.saved, m.waits = true, mostWaits-1 }}, want: Appear,
		},
		"but not for ever: another may have deleted it": {
			seen:   observation{},
			memory: []func(*memory){counted(Create, 1), func(m *memory) { m.saved, m.waits = true, mostWaits }}, want: Create,
		},
		"one that never shows is given up": {
			seen:   observation{},
			memory: []func(*memory){counted(Create, mostUnseen), func(m *memory) { m.saved, m.waits = true, mostWaits }}, want: GiveUp,
		},
		"one that shows as before it was saved is waited for": {
			seen: observation{job: importer(func(j *microcks.ImportJob) { j.Name = "Other" })},
			memory: []func(*memory){func(m *memory) {
				m.saved, m.base = true, importer(func(j *microcks.ImportJob) { j.Name = "Other" })
			}}, want: Appear,
		},
		"one that shows otherwise is saved again": {
			seen: observation{job: importer(func(j *microcks.ImportJob) { j.Name = "Third" })},
			memory: []func(*memory){func(m *memory) {
				m.saved, m.base = true, importer(func(j *microcks.ImportJob) { j.Name = "Other" })
			}}, want: Save,
		},
		"one that differs is saved": {
			seen: observation{job: importer(func(j *microcks.ImportJob) { j.Name = "Other" })}, want: Save,
		},
		"one made by others that would send the key elsewhere by now is not imported through": {
			goal: func(g *Goal) { g.Importer.Adopted = true },
			seen: observation{job: importer(func(j *microcks.ImportJob) { j.RepositoryURL = "http://api.getpostman.com/collections/" + uid })},
			want: GiveUp,
		},
		"one that is as wanted imports": {seen: observation{job: importer(nil)}, want: Start},
		"one that nothing is due for is done": {
			goal: func(g *Goal) { g.Due = false },
			seen: observation{job: importer(func(j *microcks.ImportJob) { j.Active = true })}, want: Done,
		},
		"one that shall be active is activated": {
			goal: func(g *Goal) { g.Due = false }, seen: observation{job: importer(nil)}, want: Switch,
		},
		"beside others it waits before it imports": {
			seen: observation{job: importer(nil)}, memory: []func(*memory){contended}, want: Rest,
		},
		"it imports when others are quiet": {
			seen:   observation{job: importer(nil)},
			memory: []func(*memory){contended, func(m *memory) { m.rests, m.still = minRests, true }}, want: Start,
		},
		"it waits on while others import": {
			seen:   observation{job: importer(nil)},
			memory: []func(*memory){contended, func(m *memory) { m.rests, m.still = minRests, false }}, want: Rest,
		},
		"it imports when it has waited long enough": {
			seen: observation{job: importer(nil)}, memory: []func(*memory){contended, counted(Rest, 16)}, want: Start,
		},
		"another's import is looked at first": {
			seen:   observation{job: importer(importedAt(9, "s1"))},
			memory: []func(*memory){contended, func(m *memory) { m.news = true }}, want: Look,
		},
		"but not where an import was asked for": {
			goal: func(g *Goal) { g.Always = true }, seen: observation{job: importer(importedAt(9, "s1"))},
			memory: []func(*memory){contended, func(m *memory) { m.news = true }}, want: Start,
		},
		"a started import whose answer was lost": {
			seen: observation{job: importer(nil)}, memory: []func(*memory){func(m *memory) { m.inFlight = true }}, want: Await,
		},
		"a lost one is awaited although the importer went": {
			seen: observation{}, memory: []func(*memory){func(m *memory) { m.inFlight = true }}, want: Await,
		},
		"a doubled service is healed first": {
			seen: observation{job: importer(nil), looked: true, services: []microcks.Service{service("s1", uid), service("s2", uid)}},
			want: Heal,
		},
		"but not one of others": {
			seen: observation{job: importer(nil), looked: true, services: []microcks.Service{service("s1", uid), service("s2", "petstore.yaml")}},
			want: GiveUp,
		},
		"what was imported as predicted is done": {
			seen: lookAt(importer(importedAt(7, "s1")), pets("two", "one")), memory: []func(*memory){settled}, want: Done,
		},
		"what differs is looked at again": {
			seen: lookAt(importer(importedAt(7, "s1")), pets("one")), memory: []func(*memory){settled}, want: LookAgain,
		},
		"what is missing is looked for a little longer": {
			seen:   lookAt(importer(importedAt(7, "s1")), pets("one")),
			memory: []func(*memory){settled, counted(LookAgain, looks.alone)}, want: LookAgain,
		},
		"but not for ever": {
			seen:   lookAt(importer(importedAt(7, "s1")), pets("one")),
			memory: []func(*memory){settled, counted(LookAgain, looks.missing)}, want: Done,
		},
		"a lone difference is not mended by importing": {
			seen:   lookAt(importer(importedAt(7, "s1")), pets("one", "two", "three")),
			memory: []func(*memory){settled, counted(LookAgain, looks.alone)}, want: Done,
		},
		"a doubled example tells of others": {
			seen: lookAt(importer(importedAt(7, "s1")), pets("one", "two", "two")), memory: []func(*memory){settled},
			want: ImportAgain,
		},
		"so does a later import": {
			seen: lookAt(importer(importedAt(8, "s1")), pets("one")), memory: []func(*memory){settled}, want: ImportAgain,
		},
		"so does a service that was healed away": {
			seen:   observation{job: importer(importedAt(7, "s0")), looked: true, services: []microcks.Service{service("s1", uid)}},
			memory: []func(*memory){settled}, want: ImportAgain,
		},
		"beside others it is looked at for long": {
			seen:   lookAt(importer(importedAt(7, "s1")), pets("one", "two", "three")),
			memory: []func(*memory){settled, contended, counted(LookAgain, 19)}, want: LookAgain,
		},
		"what is refused is taken out of the schedule": {
			seen:   observation{job: importer(nil)},
			memory: []func(*memory){func(m *memory) { m.failed = importer(importedAt(7, "")) }}, want: Stop,
		},
		"and then told": {
			seen:   observation{job: importer(nil)},
			memory: []func(*memory){func(m *memory) { m.failed, m.stopped = importer(importedAt(7, "")), true }}, want: GiveUp,
		},
		"what was in the schedule before stays there": {
			goal: func(g *Goal) { g.Importer.Unborn = false }, seen: observation{job: importer(nil)},
			memory: []func(*memory){func(m *memory) { m.failed = importer(importedAt(7, "")) }}, want: GiveUp,
		},
		"what was imported is looked at": {
			seen: observation{job: importer(importedAt(7, "s1"))}, memory: []func(*memory){settled}, want: Look,
		},
		"labels come last": {
			goal: func(g *Goal) { g.Service.Labels = map[string]string{"team": "pets"} },
			seen: lookAt(importer(importedAt(7, "s1")), pets("one", "two")), memory: []func(*memory){settled}, want: Label,
		},
		"saving is given up": {
			seen:   observation{job: importer(func(j *microcks.ImportJob) { j.Name = "Other" })},
			memory: []func(*memory){counted(Save, 6)}, want: GiveUp,
		},
		"importing is given up": {
			seen: observation{job: importer(nil)}, memory: []func(*memory){counted(Start, 16)}, want: GiveUp,
		},
		"healing is given up": {
			seen:   observation{job: importer(nil), looked: true, services: []microcks.Service{service("s1", uid), service("s2", uid)}},
			memory: []func(*memory){counted(Heal, 8)}, want: GiveUp,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := wanted(tt.goal)
			m := remember(g)
			for _, change := range tt.memory {
				change(&m)
			}
			if got := next(g, tt.seen, m); got.kind != tt.want {
				t.Errorf("next: %s (%v), want: %s", got.kind, got.err, tt.want)
			}
		})
	}
}

// TestNextOfAServiceAlone: a service is observed, healed and awaited the same
// way when no importer of the goal makes it.
// hiddenAndLabelled is a service that was there and shall get a label.
func hiddenAndLabelled(g *Goal) {
	g.Service.Labels, g.Service.Before.Services = map[string]string{"a": "b"}, []microcks.Service{service("s1", uid)}
}

func TestNextOfAServiceAlone(t *testing.T) {
	t.Parallel()
	alone := func(change func(*Goal)) Goal {
		return wanted(func(g *Goal) {
			g.Importer = nil
			if change != nil {
				change(g)
			}
		})
	}
	for name, tt := range map[string]struct {
		goal   func(*Goal)
		seen   observation
		memory func(*memory)
		want   Kind
	}{
		"as predicted": {seen: lookAt(nil, pets("one", "two")), want: Done},
		"doubled": {
			seen: observation{looked: true, services: []microcks.Service{service("s1", uid), service("s2", uid)}}, want: Heal,
		},
		"doubled by others": {
			seen: observation{looked: true, services: []microcks.Service{service("s1", uid), service("s2", "x")}}, want: GiveUp,
		},
		"an example is missing": {seen: lookAt(nil, pets("one")), want: LookAgain},
		"it stays missing":      {seen: lookAt(nil, pets("one")), memory: counted(LookAgain, looks.missing), want: Done},
		"not labelled": {
			goal: func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} }, seen: lookAt(nil, pets("one", "two")),
			want: Label,
		},
		"to be labelled, and not to be seen": {
			goal: hiddenAndLabelled, seen: observation{looked: true, services: []microcks.Service{service("s1", uid)}},
			memory: counted(LookAgain, looks.missing-1), want: LookAgain,
		},
		"it stays unseen": {
			goal: hiddenAndLabelled, seen: observation{looked: true, services: []microcks.Service{service("s1", uid)}},
			memory: counted(LookAgain, looks.missing), want: GiveUp,
		},
		"labelled too often": {
			goal: func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} }, seen: lookAt(nil, pets("one", "two")),
			memory: counted(Label, 4), want: GiveUp,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := alone(tt.goal)
			m := remember(g)
			if tt.memory != nil {
				tt.memory(&m)
			}
			if got := next(g, tt.seen, m); got.kind != tt.want {
				t.Errorf("next: %s (%v), want: %s", got.kind, got.err, tt.want)
			}
		})
	}
	if !alone(nil).looksAtService(remember(alone(nil))) {
		t.Error("the service is not looked at")
	}
}

func TestNextOfASecret(t *testing.T) {
	t.Parallel()
	s := &plan.Secret{
		Ref: microcks.SecretRef{SecretID: "k1", Name: "key"}, Change: result.Create, Comparable: true,
		Token: plan.NewToken("PMAK-1"), Description: "d",
	}
	there := func(token, header string) observation {
		return observation{secret: &microcks.Secret{ID: "k1", Name: "key", Token: &token, TokenHeader: &header}}
	}
	for name, tt := range map[string]struct {
		seen observation
		want Kind
	}{
		"not there":             {observation{}, WriteSecret},
		"another token":         {there("PMAK-2", "X-API-Key"), WriteSecret},
		"another header":        {there("PMAK-1", "Authorization"), WriteSecret},
		"written":               {there("PMAK-1", "x-api-key "), Done},
		"its token is not seen": {observation{secret: &microcks.Secret{ID: "k1", Name: "key", TokenHeader: ptr("X-API-Key")}}, WriteSecret},
	} {
		if got := next(Goal{Secret: s}, tt.seen, remember(Goal{Secret: s})); got.kind != tt.want {
			t.Errorf("%s: %s, want %s", name, got.kind, tt.want)
		}
	}
	got := next(Goal{Secret: s}, there("PMAK-2", "Authorization"), remember(Goal{Secret: s})).secret
	if *got.Token != "PMAK-1" || *got.TokenHeader != microcks.TokenHeader || got.Description != nil {
		t.Errorf("written as %+v", *got)
	}
}

func TestNextOfAnImporterThatShallGo(t *testing.T) {
	t.Parallel()
	g := Goal{Gone: importer(nil)}
	for name, tt := range map[string]struct {
		seen   observation
		memory func(*memory)
		want   Kind
	}{
		"it is there": {seen: observation{job: importer(nil)}, want: Remove},
		"somebody took it over": {seen: observation{job: importer(func(j *microcks.ImportJob) {
			j.Metadata.Labels = map[string]string{plan.LabelManagedBy: "postman-microcks-importer", plan.LabelRepository: "acme/other"}
		})}, want: GiveUp},
		"another manifest's run took it over": {seen: observation{job: importer(func(j *microcks.ImportJob) {
			j.Metadata.Labels = map[string]string{plan.LabelManifest: "orders"}
		})}, want: GiveUp},
		"it is gone":           {memory: counted(Remove, 1), want: Done},
		"a look finds nothing": {want: Remove},
		"it comes back":        {seen: observation{job: importer(nil)}, memory: counted(Remove, 3), want: Remove},
		"again and again":      {seen: observation{job: importer(nil)}, memory: counted(Remove, 4), want: GiveUp},
	} {
		m := remember(g)
		if tt.memory != nil {
			tt.memory(&m)
		}
		if got := next(g, tt.seen, m); got.kind != tt.want {
			t.Errorf("%s: %s, want %s", name, got.kind, tt.want)
		}
	}
}

// TestNextChangesNothing: goals, observations and memory stay as they are.
func TestNextChangesNothing(t *testing.T) {
	t.Parallel()
	g := wanted(func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} })
	seen := lookAt(importer(importedAt(7, "s1")), pets("one"))
	m := remember(g)
	m.others, m.settling = true, true
	before, printed := g.Importer.Onto(importer(nil)), *g.Importer
	for range 3 {
		s := next(g, seen, m)
		taken := m.took(s, seen)
		if m.counts[s.kind] != 0 || taken.counts[s.kind] != 1 {
			t.Errorf("%s: counted %d before and %d after", s.kind, m.counts[s.kind], taken.counts[s.kind])
		}
	}
	if d := cmp.Diff(before, g.Importer.Onto(importer(nil))); d != "" {
		t.Error(d)
	}
	if printed.ID != g.Importer.ID || len(m.done) != 0 {
		t.Error("the goal or the memory changed")
	}
}
