package converge

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

const artifact = "0123456789abcdef01234567.json"

// uploaded is a goal of a collection that is uploaded, and is not there yet.
func uploaded(change func(*Goal)) Goal {
	return wanted(func(g *Goal) {
		a := g.Service.Artifacts[0]
		g.Importer, a.UID, a.From, a.IsMain = nil, "", artifact, true
		a.Upload = &plan.Upload{Name: artifact, Main: true, Document: func() []byte { return []byte("one two") }}
		g.Upload = a.Upload
		predicted := digestedOf(artifact, "one", "two")
		g.Predicted, g.Service.Predicted = predicted, predicted
		if change != nil {
			change(g)
		}
	})
}

// digestedOf is a served service of an artifact.
func digestedOf(artifact string, examples ...string) *predict.Service {
	s := pets(examples...)
	s.SourceArtifact = artifact
	for i := range s.Operations[0].Examples {
		s.Operations[0].Examples[i].SourceArtifact = artifact
	}
	d, err := s.Digest(nil)
	if err != nil {
		panic(err) // without a budget
	}
	return d
}

// TestUpload: what one run writes for a collection without an importer, and what it
// says it did.
func TestUpload(t *testing.T) {
	t.Parallel()
	there := func(examples ...string) func(*standIn) {
		return func(s *standIn) {
			s.services["s1"] = service("s1", artifact)
			s.examples["s1"] = examples
		}
	}
	// afterUpload lets another run's upload come right after the first of ours.
	afterUpload := func(artifact, document string) func(*standIn) {
		return func(s *standIn) {
			s.meet = func(call string, n int) (error, bool) {
				if call == "GET service" && n == 2 {
					_ = s.locked(func() error {
						s.documents = map[string]map[string]string{}
						s.uploaded("s1", artifact, document)
						return nil
					})
				}
				return nil, false
			}
		}
	}
	known := func(g *Goal) { g.Service.Before.Services = []microcks.Service{service("s1", artifact)} }
	sent := []result.DoneKind{result.CollectionUploaded}
	for name, tt := range map[string]struct {
		server func(*standIn)
		goal   func(*Goal)
		writes []string
		done   []result.DoneKind
		anchor string // of the error

		superseded bool
	}{
		"a new service":                      {writes: []string{"upload"}, done: sent},
		"a changed collection":               {server: there("old"), goal: known, writes: []string{"upload"}, done: sent},
		"what another run has just uploaded": {server: there("one", "two"), goal: known},
		"what is asked for always": {
			server: there("one", "two"), goal: func(g *Goal) { known(g); g.Always = true }, writes: []string{"upload"}, done: sent,
		},
		"labels": {
			goal:   func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} },
			writes: []string{"upload", "label"}, done: append(sent, result.ServiceLabelled),
		},
		"labels alone": {
			server: there("one", "two"),
			goal: func(g *Goal) {
				known(g)
				g.Due, g.Service.Labels = false, map[string]string{"a": "b"}
			},
			writes: []string{"label"}, done: []result.DoneKind{result.ServiceLabelled},
		},
		"a doubled service": {
			server: func(s *standIn) { there("one")(s); s.services["s2"] = service("s2", artifact) },
			goal:   known, writes: []string{"delete service", "upload"},
			done: []result.DoneKind{result.DoubledServiceDeleted, result.CollectionUploaded},
		},
		"a service that became another's": {
			server: func(s *standIn) { s.services["s1"] = service("s1", "petstore.yaml") }, anchor: "service-foreign",
		},
		"a double of another's, older": {
			server: func(s *standIn) {
				s.services["s1"], s.services["s2"] = service("s1", "theirs.json"), service("s2", artifact)
			},
			writes: []string{"delete service"}, done: []result.DoneKind{result.DoubledServiceDeleted}, anchor: "service-foreign",
		},
		"a double of another's, younger, that stays": {
			server: func(s *standIn) {
				s.services["s1"], s.services["s2"] = service("s1", artifact), service("s2", "theirs.json")
			},
			anchor: "service-twice",
		},
		"a later upload of the same artifact": {
			server: afterUpload(artifact, "newer"), goal: func(g *Goal) { g.Service.Labels = map[string]string{"a": "b"} },
			writes: []string{"upload"}, done: sent, superseded: true,
		},
		"one that was mixed up with another's": {
			server: afterUpload("theirs.json", "one two"), writes: []string{"upload", "upload"}, done: sent,
		},
		"another's upload of the same service": {
			server: afterUpload("theirs.json", "theirs"), writes: []string{"upload"}, done: sent, anchor: "service-foreign",
		},
		"an answer that got lost": {
			server: func(s *standIn) { s.meet = once("upload", 1, errLost, true) }, writes: []string{"upload"}, done: sent,
		},
		"one that did not arrive": {
			server: func(s *standIn) { s.meet = once("upload", 1, errLost, false) }, writes: []string{"upload", "upload"}, done: sent,
		},
		"one that is not allowed": {
			server: func(s *standIn) { s.meet = once("upload", 1, err403, false) }, writes: []string{"upload"}, anchor: "-",
		},
		"one that is refused once, as servers do that mix uploads": {
			server: func(s *standIn) { s.meet = once("upload", 1, err400, false) }, writes: []string{"upload", "upload"}, done: sent,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStandIn()
				s.importing = time.Millisecond
				if tt.server != nil {
					tt.server(s)
				}
				r := &Runner{Server: s, Slots: make(chan struct{}, 1)}
				o := r.Run(t.Context(), uploaded(tt.goal), silent{})
				if d := cmp.Diff(tt.writes, s.writes()); d != "" {
					t.Errorf("writes (-want +got):\n%s", d)
				}
				if d := cmp.Diff(tt.done, kinds(o.Done)); d != "" {
					t.Errorf("said to be done (-want +got):\n%s", d)
				}
				if o.Superseded != tt.superseded {
					t.Errorf("superseded: %v", o.Superseded)
				}
				told, ok := errors.AsType[*result.Problem](o.Err)
				if (o.Err != nil) != (tt.anchor != "") || ok && told.Anchor != tt.anchor {
					t.Errorf("ended with %v, want %q", o.Err, tt.anchor)
				}
				if len(r.Slots) != 0 {
					t.Error("a slot was kept")
				}
			})
		})
	}
}

// TestUploadsAtOnce: any number of first uploads at the same time come to one service
// with its content.
func TestUploadsAtOnce(t *testing.T) {
	t.Parallel()
	const rounds, runs = 50, 8
	doubled := 0
	for round := range rounds {
		synctest.Test(t, func(t *testing.T) {
			s := newStandIn()
			s.importing = 20 * time.Millisecond
			var all sync.WaitGroup
			for i := range runs {
				all.Go(func() {
					time.Sleep(jittered(round))
					g := uploaded(func(g *Goal) { g.Service.Labels = map[string]string{"team": "x"} })
					if o := (&Runner{Server: s}).Run(t.Context(), g, silent{}); o.Err != nil {
						t.Errorf("round %d, run %d: %v", round, i, o.Err)
					}
				})
			}
			all.Wait()
			if left := s.of("Pets"); len(left) != 1 || fmt.Sprint(s.examples[left[0]]) != "[one two]" {
				t.Errorf("round %d: services %v, examples %v", round, left, s.examples)
			}
			if slices.Contains(s.writes(), "delete service") {
				doubled++
			}
		})
	}
	if doubled < rounds/4 {
		t.Errorf("only %d of %d rounds met the race", doubled, rounds)
	}
}
