package converge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

var (
	errLost = errors.New("connection reset")
	err500  = &microcks.APIError{Doing: "x", Status: http.StatusInternalServerError}
	err400  = &microcks.APIError{Doing: "x", Status: http.StatusBadRequest}
	err403  = &microcks.APIError{Doing: "x", Status: http.StatusForbidden}
	err504  = &microcks.APIError{Doing: "x", Status: http.StatusGatewayTimeout}
)

// goal of one run; each run has its own mark.
func goalOf(run string, change func(*Goal)) Goal {
	return wanted(func(g *Goal) {
		g.Predicted, g.Service.Predicted = digested("one", "two"), digested("one", "two")
		g.Importer.Annotations = map[string]string{plan.AnnotationWriter: run}
		if change != nil {
			change(g)
		}
	})
}

// once answers one call of a kind with an error.
func once(call string, n int, err error, acted bool) func(string, int) (error, bool) {
	return func(c string, k int) (error, bool) {
		if c == call && k == n {
			return err, acted
		}
		return nil, false
	}
}

func kinds(done []result.Done) []result.DoneKind {
	var all []result.DoneKind
	for _, d := range done {
		all = append(all, d.Kind)
	}
	return all
}

// TestRun: what one run writes, and what it says it did.
func TestRun(t *testing.T) {
	t.Parallel()
	there := func(s *standIn) {
		job := *importer(importedAt(90, "s1"))
		s.jobs["a1"] = job
		s.services["s1"] = service("s1", uid)
		s.examples["s1"] = []string{"old"}
	}
	known := func(g *Goal) {
		g.Importer.There, g.Importer.Unborn = importer(importedAt(90, "s1")), false
		g.Service.Before.Services = []microcks.Service{service("s1", uid)}
	}
	created := []result.DoneKind{result.ImporterCreated, result.CollectionImported}
	for name, tt := range map[string]struct {
		server func(*standIn)
		goal   func(*Goal)
		writes []string
		done   []result.DoneKind
		active bool
		err    bool
	}{
		"a new importer": {writes: []string{"save", "start"}, done: created, active: true},
		"one that shall be inactive": {
			goal: func(g *Goal) { g.Importer.Active = false }, writes: []string{"save", "start", "stop"},
			done: append(created, result.ImporterDeactivated),
		},
		"a changed collection": {
			server: there, goal: known, writes: []string{"start"}, done: []result.DoneKind{result.CollectionImported},
			active: true,
		},
		"labels of the service": {
			goal:   func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} },
			writes: []string{"save", "start", "label"}, done: append(created, result.ServiceLabelled), active: true,
		},
		"only labels of the service": {
			server: there,
			goal: func(g *Goal) {
				known(g)
				g.Due, g.Service.Labels = false, map[string]string{"a": "b"}
			},
			writes: []string{"label"}, done: []result.DoneKind{result.ServiceLabelled}, active: true,
		},
		"a doubled service": {
			server: func(s *standIn) { there(s); s.services["s2"] = service("s2", uid) },
			goal: func(g *Goal) {
				known(g)
				g.Service.Before.Services = append(g.Service.Before.Services, service("s2", uid))
			},
			writes: []string{"delete service", "start"},
			done:   []result.DoneKind{result.DoubledServiceDeleted, result.CollectionImported}, active: true,
		},
		"a doubled service that was not seen before": {
			server: func(s *standIn) { there(s); s.services["s2"] = service("s2", uid) }, goal: known,
			writes: []string{"start", "delete service", "start"},
			done:   []result.DoneKind{result.DoubledServiceDeleted, result.CollectionImported}, active: true,
		},
		"a collection that Microcks refuses": {
			server: func(s *standIn) { s.fails = "no" }, writes: []string{"save", "start", "stop"},
			done: []result.DoneKind{result.ImporterCreated, result.ImportRefused, result.ImporterStopped}, err: true,
		},
		"one that is refused and was in the schedule": {
			server: func(s *standIn) { there(s); s.fails = "no" }, goal: known, writes: []string{"start"},
			done: []result.DoneKind{result.ImportRefused}, active: true, err: true,
		},
		"a save whose answer got lost": {
			server: func(s *standIn) { s.meet = once("save", 1, errLost, true) }, writes: []string{"save", "start"}, done: created, active: true,
		},
		"a save that did not arrive": {
			server: func(s *standIn) { s.meet = once("save", 1, errLost, false) }, writes: []string{"save", "save", "start"},
			done: created, active: true,
		},
		"saves that never arrive": {
			server: func(s *standIn) {
				s.meet = func(c string, _ int) (error, bool) {
					if c == "save" {
						return err504, false
					}
					return nil, false
				}
			},
			writes: []string{"save", "save", "save", "save"}, done: []result.DoneKind{result.ChangeInDoubt}, err: true,
		},
		"a save that is refused": {
			server: func(s *standIn) { s.meet = once("save", 1, err403, false) }, writes: []string{"save"}, err: true,
		},
		"a start whose answer got lost is not repeated": {
			server: func(s *standIn) { s.meet = once("start", 1, err504, true) },
			goal:   nil, writes: []string{"save", "start"}, done: created, active: true,
		},
		"a start that crashed once": {
			server: func(s *standIn) { s.meet = once("start", 1, err500, false) }, writes: []string{"save", "start", "start"},
			done: created, active: true,
		},
		"a start that crashes each time": {
			server: func(s *standIn) {
				s.meet = func(c string, _ int) (error, bool) {
					if c == "start" {
						return err500, false
					}
					return nil, false
				}
			},
			writes: []string{"save", "start", "start", "start"}, done: []result.DoneKind{result.ImporterCreated}, err: true,
		},
		"a person changes it back each time": {
			server: func(s *standIn) {
				s.meet = func(c string, _ int) (error, bool) {
					if job, there := s.jobs["a1"]; c == "GET job" && there {
						job.Name = "Other"
						s.jobs["a1"] = job
					}
					return nil, false
				}
			},
			writes: []string{"save", "save", "save", "save", "save", "save", "save"},
			done:   []result.DoneKind{result.ImporterCreated, result.ImporterUpdated}, err: true,
		},
		"another run has just imported the same": {
			server: func(s *standIn) {
				there(s)
				s.examples["s1"] = []string{"one", "two"}
				job := s.jobs["a1"]
				at := int64(95)
				job.LastImportDate = &at
				s.jobs["a1"] = job
			},
			goal: known, active: true,
		},
		"another run has just imported something else": {
			server: func(s *standIn) {
				there(s)
				job := s.jobs["a1"]
				at := int64(95)
				job.LastImportDate = &at
				s.jobs["a1"] = job
			},
			goal: known, writes: []string{"start"}, done: []result.DoneKind{result.CollectionImported}, active: true,
		},
		"a healing whose answer got lost": {
			server: func(s *standIn) {
				there(s)
				s.services["s2"] = service("s2", uid)
				s.meet = once("delete service", 1, errLost, true)
			},
			goal: func(g *Goal) {
				known(g)
				g.Service.Before.Services = append(g.Service.Before.Services, service("s2", uid))
			},
			writes: []string{"delete service", "start"},
			done:   []result.DoneKind{result.DoubledServiceDeleted, result.CollectionImported}, active: true,
		},
		"labels whose answer got lost": {
			server: func(s *standIn) { s.meet = once("label", 1, errLost, true) },
			goal:   func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} },
			writes: []string{"save", "start", "label"}, done: append(created, result.ServiceLabelled), active: true,
		},
		"a service of a name that a look-up misreads is doubled by another import": {
			server: func(s *standIn) {
				there(s)
				one, two := s.services["s1"], service("s2", uid)
				one.Version, two.Version = "1.0+1", "1.0+1"
				s.services["s1"] = one
				s.jobs["a1"].ServiceRefs[0].Version = "1.0+1"
				s.meet = func(c string, n int) (error, bool) {
					if strings.HasPrefix(c, "GET service") && n == 1 {
						_ = s.locked(func() error { s.services["s2"] = two; return nil })
					}
					return nil, false
				}
			},
			goal: func(g *Goal) {
				known(g)
				g.Service.Version = "1.0+1"
				g.Service.Predicted.Version, g.Predicted.Version = "1.0+1", "1.0+1"
			},
			writes: []string{"start", "delete service"},
			done:   []result.DoneKind{result.CollectionImported, result.DoubledServiceDeleted}, active: true,
		},
		"an example that stays missing": {
			server: func(s *standIn) { s.makes = []string{"one"} }, writes: []string{"save", "start"}, done: created, active: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				if tt.server != nil {
					tt.server(s)
				}
				if name == "a start whose answer got lost is not repeated" {
					lostStart(s)
				}
				places, calls := 0, 0 // among the calls of the Postman API: held, and made
				r := &Runner{Server: s, Slots: make(chan struct{}, 1), Calls: func(context.Context) (func(bool), error) {
					places++
					return func(made bool) {
						if places--; made {
							calls++
						}
					}, nil
				}}
				meet := s.meet
				s.meet = func(c string, n int) (error, bool) {
					if c == "start" && (len(r.Slots) != 1 || places != 1) {
						t.Error("an import was started without a slot")
					}
					if meet == nil {
						return nil, false
					}
					return meet(c, n)
				}
				o := r.Run(t.Context(), goalOf("me", tt.goal), silent{})
				if d := cmp.Diff(tt.writes, s.writes()); d != "" {
					t.Errorf("writes (-want +got):\n%s", d)
				}
				if d := cmp.Diff(tt.done, kinds(o.Done)); d != "" {
					t.Errorf("said to be done (-want +got):\n%s", d)
				}
				wrote := len(tt.writes) > 0 && o.Err != err403
				if (o.Err != nil) != tt.err || o.Active != tt.active || o.Wrote != wrote && !errors.Is(o.Err, err403) {
					t.Errorf("error %v, active %t, wrote %t", o.Err, o.Active, o.Wrote)
				}
				if len(r.Slots) != 0 || places != 0 {
					t.Error("a slot was kept")
				}
				starts := 0
				for _, write := range s.writes() {
					if write == "start" {
						starts++
					}
				}
				if calls != starts {
					t.Errorf("%d of the places were used, for %d imports", calls, starts)
				}
			})
		})
	}
}

// TestReadsThatLag: what was saved shows late, on servers whose reads come from a
// copy of the database. It is waited for, not saved again.
func TestReadsThatLag(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lag    time.Duration
		there  bool
		writes []string
		anchor string
	}{
		"not at all":               {writes: []string{"save", "start"}},
		"a moment":                 {lag: 100 * time.Millisecond, writes: []string{"save", "start"}},
		"2 s":                      {lag: 2 * time.Second, writes: []string{"save", "start"}},
		"2 s, one that is changed": {lag: 2 * time.Second, there: true, writes: []string{"save", "start"}},
		"for ever":                 {lag: time.Hour, writes: []string{"save", "save"}, anchor: "importer-unseen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				change := func(*Goal) {}
				if tt.there {
					before := importer(func(j *microcks.ImportJob) { j.Name = "Other" })
					s.jobs["a1"] = *before
					change = func(g *Goal) { g.Importer.There, g.Importer.Unborn = before, false }
				}
				lagging := &lagging{standIn: s, lag: tt.lag}
				o := (&Runner{Server: lagging}).Run(t.Context(), goalOf("me", change), silent{})
				if d := cmp.Diff(tt.writes, s.writes()); d != "" {
					t.Errorf("writes (-want +got):\n%s", d)
				}
				if tt.anchor == "" {
					if o.Err != nil || !o.Imported {
						t.Errorf("error %v, imported %t", o.Err, o.Imported)
					}
					return
				}
				told, ok := errors.AsType[*result.Problem](o.Err)
				if !ok || told.Anchor != tt.anchor {
					t.Errorf("ended with %v", o.Err)
				}
			})
		})
	}
}

// lagging shows an importer as it was before it was saved, for a while after
// that.
type lagging struct {
	*standIn
	lag   time.Duration
	shows time.Time           // what was saved last
	old   *microcks.ImportJob // until then
}

func (l *lagging) Job(ctx context.Context, id string) (*microcks.ImportJob, error) {
	job, err := l.standIn.Job(ctx, id)
	if err == nil && time.Now().Before(l.shows) {
		return l.old, nil
	}
	return job, err
}

func (l *lagging) SaveJob(ctx context.Context, job *microcks.ImportJob) (*microcks.ImportJob, error) {
	if !time.Now().Before(l.shows) {
		l.old, l.shows = nil, time.Now().Add(l.lag)
		if old, there := l.jobs[job.ID]; there {
			l.old = &old
		}
	}
	return l.standIn.SaveJob(ctx, job)
}

// TestImportWhoseAnswerIsLostKeepsItsSlot: it still runs, and servers before
// 1.14.0 mix the files of imports that run at the same time.
func TestImportWhoseAnswerIsLostKeepsItsSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStandIn()
		s.importing = 3 * time.Second
		r := &Runner{Server: s, Slots: make(chan struct{}, 1)}
		awaited := 0
		s.meet = func(c string, n int) (error, bool) {
			var imported int64
			_ = s.locked(func() error { job := s.jobs["a1"]; imported = job.Imported(); return nil })
			if c == "GET job" && slices.Contains(s.writes(), "start") && imported == 0 {
				awaited++
				if len(r.Slots) != 1 {
					t.Error("another import can start")
				}
			}
			return once("start", 1, errLost, true)(c, n)
		}
		o := r.Run(t.Context(), goalOf("me", nil), silent{})
		if o.Err != nil || awaited == 0 || len(r.Slots) != 0 {
			t.Errorf("error %v, awaited %d times, %d slots kept", o.Err, awaited, len(r.Slots))
		}
	})
}

// TestNoCallNoImport: an import that no call of the Postman API is left for is not
// started.
func TestNoCallNoImport(t *testing.T) {
	t.Parallel()
	s := newStandIn()
	none := errors.New("none left")
	r := &Runner{Server: s, Slots: make(chan struct{}, 1), Calls: func(context.Context) (func(bool), error) { return nil, none }}
	o := r.Run(t.Context(), goalOf("me", nil), silent{})
	if !errors.Is(o.Err, none) || slices.Contains(s.writes(), "start") || len(r.Slots) != 0 {
		t.Errorf("error %v, wrote %v, %d slots kept", o.Err, s.writes(), len(r.Slots))
	}
}

// TestRefusalOutlivesTheServer: why an import was refused is told also when
// nothing can be read any more.
func TestRefusalOutlivesTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStandIn()
		s.fails = "no"
		s.meet = func(c string, _ int) (error, bool) {
			if c == "GET job" && s.jobs["a1"].LastImportError != nil {
				return err403, false
			}
			return nil, false
		}
		o := (&Runner{Server: s}).Run(t.Context(), goalOf("me", nil), silent{})
		if _, refused := errors.AsType[*ImportError](o.Err); !refused {
			t.Errorf("ended with %v", o.Err)
		}
	})
}

// TestRepeatedStepsTakeTime: an import that still runs undoes a stop and a
// deletion when it ends, so repeating them at once uses up their bound.
func TestRepeatedStepsTakeTime(t *testing.T) {
	t.Parallel()
	inactive := goalOf("me", func(g *Goal) { g.Importer.Active = false })
	for _, tt := range []struct {
		call string
		goal Goal
	}{{"stop", inactive}, {"delete job", Goal{Gone: importer(nil)}}} {
		t.Run(tt.call, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				at := map[time.Time]bool{} // when the step was taken
				s.meet = func(c string, _ int) (error, bool) {
					if c == tt.call {
						at[time.Now()] = true
					}
					if c == "GET job" && len(at) == 1 {
						s.jobs["a1"] = *importer(importedAt(101, "s1"))
					}
					return nil, false
				}
				if o := (&Runner{Server: s}).Run(t.Context(), tt.goal, silent{}); o.Err != nil {
					t.Error(o.Err)
				}
			})
		})
	}
}

// lostStart loses the answer of the first start, which goes on all the same.
func lostStart(s *standIn) {
	s.meet = func(c string, n int) (error, bool) {
		if c == "start" && n == 1 {
			return errLost, true
		}
		return nil, false
	}
}

func TestRunOfASecret(t *testing.T) {
	t.Parallel()
	old, header := "old", microcks.TokenHeader
	there := &microcks.Secret{ID: "k1", Name: "key", Token: &old, TokenHeader: &header}
	for name, tt := range map[string]struct {
		there  *microcks.Secret
		gone   bool
		meet   func(string, int) (error, bool)
		writes []string
		err    bool
	}{
		"a new one":                   {writes: []string{"create secret"}},
		"one that differs":            {there: there, writes: []string{"update secret"}},
		"one that went meanwhile":     {there: there, gone: true, writes: []string{"create secret"}},
		"an answer that got lost":     {meet: once("create secret", 1, errLost, true), writes: []string{"create secret"}},
		"a write that did not arrive": {meet: once("create secret", 1, errLost, false), writes: []string{"create secret", "create secret"}},
		"a write that is refused":     {meet: once("create secret", 1, err403, false), writes: []string{"create secret"}, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				secret := &plan.Secret{
					Ref: microcks.SecretRef{SecretID: "k1", Name: "key"}, Change: result.Create, There: tt.there, Comparable: true,
					Token: plan.NewToken("new"),
				}
				if tt.there != nil {
					secret.Change = result.Update
				}
				if tt.there != nil && !tt.gone {
					s.secrets["k1"] = *tt.there
				}
				s.meet = tt.meet
				o := (&Runner{Server: s}).Run(t.Context(), Goal{Secret: secret}, silent{})
				if d := cmp.Diff(tt.writes, s.writes()); d != "" {
					t.Errorf("writes (-want +got):\n%s", d)
				}
				if (o.Err != nil) != tt.err {
					t.Fatalf("error %v", o.Err)
				}
				written := result.Done{Kind: result.SecretCreated, ID: "k1", Name: "key"}
				if tt.there != nil && !tt.gone {
					written.Kind = result.SecretUpdated
				}
				if !tt.err && (!slices.Contains(o.Done, written) || *s.secrets["k1"].Token != "new") {
					t.Errorf("said to be done: %v, secrets %v", o.Done, s.secrets)
				}
			})
		})
	}
}

func TestRunOfAnImporterThatShallGo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		meet func(*standIn) func(string, int) (error, bool)
		done []result.DoneKind
		err  bool
	}{
		"it goes": {done: []result.DoneKind{result.ImporterDeleted}},
		"an answer that got lost": {
			meet: func(*standIn) func(string, int) (error, bool) { return once("delete job", 1, errLost, true) },
			done: []result.DoneKind{result.ImporterDeleted},
		},
		"an import brings it back once": {
			meet: func(s *standIn) func(string, int) (error, bool) {
				return func(c string, n int) (error, bool) {
					if c == "GET job" && n == 2 {
						s.jobs["a1"] = *importer(nil)
					}
					return nil, false
				}
			},
			done: []result.DoneKind{result.ImporterDeleted},
		},
		"again and again": {
			meet: func(s *standIn) func(string, int) (error, bool) {
				return func(c string, _ int) (error, bool) {
					if c == "GET job" {
						s.jobs["a1"] = *importer(nil)
					}
					return nil, false
				}
			},
			done: []result.DoneKind{result.ImporterDeleted}, err: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				s.jobs["a1"] = *importer(nil)
				if tt.meet != nil {
					s.meet = tt.meet(s)
				}
				o := (&Runner{Server: s}).Run(t.Context(), Goal{Gone: importer(nil)}, silent{})
				if d := cmp.Diff(tt.done, kinds(o.Done)); d != "" || (o.Err != nil) != tt.err {
					t.Errorf("error %v, done (-want +got):\n%s", o.Err, d)
				}
				if _, left := s.jobs["a1"]; left != tt.err {
					t.Errorf("it is there: %t", left)
				}
			})
		})
	}
}

// TestEndOfTheRun: told to end at each of its calls, a run ends soon, says what
// it did, and leaves no importer of its own in the schedule that never worked.
func TestEndOfTheRun(t *testing.T) {
	t.Parallel()
	for _, active := range []bool{true, false} {
		for n := range 8 {
			t.Run(fmt.Sprintf("call %d, active %t", n, active), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newStandIn()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					s.meet = func(string, int) (error, bool) {
						_ = s.locked(func() error {
							if len(s.calls) == n+1 {
								cancel()
							}
							return nil
						})
						return nil, false
					}
					began := time.Now()
					o := (&Runner{Server: s, Slots: make(chan struct{}, 1)}).Run(ctx, goalOf("me", func(g *Goal) { g.Importer.Active = active }), silent{})
					if took := time.Since(began); took > 2*time.Second {
						t.Errorf("ended after %s", took)
					}
					if o.Err != nil && !errors.Is(o.Err, context.Canceled) {
						t.Errorf("ended with %v", o.Err)
					}
					started := slices.Contains(s.writes(), "start")
					if told := slices.ContainsFunc(o.Done, func(d result.Done) bool {
						return d.Kind == result.ImportInDoubt || d.Kind == result.CollectionImported
					}); told != started {
						t.Errorf("started %t, and said %v", started, o.Done)
					}
					if started && !active && !slices.Contains(s.writes(), "stop") {
						t.Error("the importer was left in the schedule")
					}
					synctest.Wait()
					time.Sleep(time.Second) // for the import that goes on
				})
			})
		}
	}
}

// TestRunsAtOnce: whatever the order in which runs at the same time come along,
// there is one importer and one service in the end, as all of them say. That the
// last to save imports first keeps imports few: about 2 a round of 8 runs, and 5
// without that rule, with ten times as many services to heal.
func TestRunsAtOnce(t *testing.T) {
	t.Parallel()
	imports, heals, healed := 0, 0, 0
	const rounds, runs = 100, 8
	for round := range rounds {
		synctest.Test(t, func(t *testing.T) {
			s := newStandIn()
			s.meet = func(string, int) (error, bool) {
				time.Sleep(jittered(round))
				return nil, false
			}
			var all sync.WaitGroup
			for run := range runs {
				all.Go(func() {
					o := (&Runner{Server: s, Slots: make(chan struct{}, 1)}).Run(t.Context(), goalOf(fmt.Sprint(run), nil), silent{})
					if o.Err != nil {
						t.Errorf("round %d, run %d: %v", round, run, o.Err)
					}
				})
			}
			all.Wait()
			if len(s.jobs) != 1 || len(s.services) != 1 {
				t.Errorf("round %d: %d importers, %d services", round, len(s.jobs), len(s.services))
			}
			for _, c := range s.writes() {
				switch c {
				case "start":
					imports++
				case "delete service":
					heals++
				}
			}
			if slices.Contains(s.writes(), "delete service") {
				healed++
			}
		})
	}
	t.Logf("%d rounds of %d runs: %d imports, %d services healed in %d rounds", rounds, runs, imports, heals, healed)
	if imports > 7*rounds/2 {
		t.Errorf("%d imports in %d rounds", imports, rounds)
	}
	if healed < rounds/20 {
		t.Errorf("the race was met in %d of %d rounds only: this test proves nothing", healed, rounds)
	}
}
