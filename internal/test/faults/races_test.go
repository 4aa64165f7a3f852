package faults

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/test/standin/fault"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/world"
)

// meddling is something that another run, a person or the server's schedule
// does between two requests of a run.
type meddling struct {
	name string
	do   func(context.Context, *virtual)
	// undone: it can spoil what the run has just done, so that only the
	// next run can put it right.
	undone bool
}

func meddlings() []meddling {
	edit := func(change func(*microcks.Job)) func(context.Context, *virtual) {
		return func(_ context.Context, v *virtual) {
			for _, j := range v.Microcks.Jobs() {
				if strings.HasSuffix(j.RepositoryURL, world.UID(1)) {
					change(&j)
					v.Microcks.AddJob(j)
				}
			}
		}
	}
	return []meddling{
		{name: "another run of the same", do: func(ctx context.Context, v *virtual) { v.run(ctx, nil) }},
		{name: "the schedule imports", do: func(_ context.Context, v *virtual) {
			for _, j := range v.Microcks.Jobs() {
				if j.Active && strings.HasSuffix(j.RepositoryURL, world.UID(1)) {
					v.start(j.ID)
				}
			}
		}},
		{name: "a person labels the importer", do: edit(func(j *microcks.Job) {
			if j.Metadata.Labels == nil {
				j.Metadata.Labels = map[string]string{}
			}
			j.Metadata.Labels["seen-by"] = "a person"
		})},
		{name: "a person deletes the importer", undone: true, do: func(_ context.Context, v *virtual) {
			for _, j := range v.Microcks.Jobs() {
				if strings.HasSuffix(j.RepositoryURL, world.UID(1)) {
					v.Microcks.RemoveJob(j.ID)
				}
			}
		}},
		{name: "a person deletes the service", undone: true, do: func(_ context.Context, v *virtual) {
			for _, s := range v.Microcks.Services() {
				if s.Name == harbour {
					v.Microcks.RemoveService(s.ID)
				}
			}
		}},
		{name: "a person deletes the secret", undone: true, do: func(_ context.Context, v *virtual) {
			for _, s := range v.Microcks.Secrets() {
				if s.Name == secretName {
					v.Microcks.RemoveSecret(s.ID)
				}
			}
		}},
		{name: "another import makes the service twice", undone: true, do: func(_ context.Context, v *virtual) {
			for _, s := range v.Microcks.Services() {
				if s.Name == harbour {
					s.ID = ""
					v.Microcks.AddService(s)
					return
				}
			}
		}},
	}
}

// start imports as a person or the schedule does, past all proxies.
func (v *virtual) start(id string) {
	n := &fault.Network{Hosts: map[string]http.Handler{"microcks": v.Microcks}}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, "http://microcks/api/jobs/"+id+"/start", nil)
	if err != nil {
		panic(err) // the address is good
	}
	if res, err := n.RoundTrip(req); err == nil {
		_ = res.Body.Close()
	}
}

// Before and after every request of a run something else happens. The run ends
// with what was wanted, or the next one does.
func TestOthersAtWorkBetweenAnyTwoRequests(t *testing.T) {
	t.Parallel()
	var cases int
	for _, s := range scenarios() {
		if s.signIn != nobody || len(s.services) != 1 || len(strings.Fields(s.inputs["INPUT_COLLECTIONS"])) > 1 {
			continue // those have one collection, one service, and stay
		}
		c := &trial{scenario: s}
		t.Run(s.name, func(t *testing.T) {
			c.prepare(t)
			for i, request := range c.requests {
				for k, m := range meddlings() {
					if world.RaceDetector && (i+k)%2 == 1 {
						continue
					}
					if s.name == "adopted importer" && m.name == "a person deletes the importer" {
						continue // nobody can bring that one back
					}
					if s.inputs["INPUT_DELIVERY"] != "" && m.name == "a person deletes the secret" {
						continue // no upload needs it
					}
					for _, acted := range []bool{false, true} {
						if acted && strings.Fields(request)[1] == http.MethodGet {
							continue // the next request's before
						}
						cases++
						t.Run(fmt.Sprintf("%s, acted %t: %s", request, acted, m.name), func(t *testing.T) {
							t.Parallel()
							synctest.Test(t, func(t *testing.T) { c.meddle(t, request, acted, m) })
						})
					}
				}
			}
		})
	}
	t.Logf("%d cases", cases)
}

func (c *trial) meddle(t *testing.T, request string, acted bool, m meddling) {
	t.Helper()
	v := c.again(c.world)
	v.spoil(request, fault.Fault{Acted: acted, Meanwhile: func() { m.do(t.Context(), v) }})
	e := v.run(t.Context(), nil)
	after := v.state()
	if d := cmp.Diff(foreignOf(c.before), foreignOf(after)); d != "" {
		t.Errorf("foreign objects changed:\n%s", d)
	}
	if problem := e.explained(); problem != "" {
		t.Error(problem)
	}
	if !m.undone {
		if problem := doubled(c.before, after); problem != "" {
			t.Error(problem)
		}
		if e.code != 0 {
			t.Errorf("exit code %d", e.code)
		}
	}
	next := v.run(t.Context(), nil)
	if d := difference(withoutPerson(c.want), withoutPerson(v.state())); d != "" || next.code != 0 {
		t.Errorf("the next run ended with %d; (-want +got):\n%s", next.code, d)
	}
	if !m.undone && e.code == 0 && len(next.writes) > 0 {
		t.Errorf("the next run wrote %q", next.writes)
	}
	if again := v.run(t.Context(), nil); len(again.writes) > 0 || again.code != 0 {
		t.Errorf("and the one after it ended with %d and wrote %q", again.code, again.writes)
	}
	if t.Failed() {
		t.Logf("the run ended with %d, writes %q:\n%s\nthe next one:\n%s", e.code, e.writes, withoutDebug(e.said), withoutDebug(next.said))
	}
}

// withoutPerson takes out what a person wrote meanwhile: an import that runs at
// the moment loses it, which only the server could prevent.
func withoutPerson(s server) server {
	s.Jobs = slices.Clone(s.Jobs)
	for i := range s.Jobs {
		labels := maps.Clone(s.Jobs[i].Metadata.Labels)
		delete(labels, "seen-by")
		if len(labels) == 0 {
			labels = nil
		}
		s.Jobs[i].Metadata.Labels = labels
	}
	return s
}

func withoutDebug(log string) string {
	var kept []string
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "debug:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// What the server loses, the run writes again: an import that began before
// saves the importer as it was, after the run has changed it.
func TestALostUpdateIsAppliedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := scenario{there: imported, inputs: one("LABELS", "team=docks", "IMPORTER-NAME", "Docks")}.world(t.Context())
		release := v.hold(t)
		v.spoil("microcks POST /api/jobs/{id} #1", fault.Fault{Acted: true, Meanwhile: release})
		e := v.run(t.Context(), nil)
		job := v.jobOf(1)
		if e.code != 0 || job.Name != "Docks" || job.Metadata.Labels["team"] != "docks" || len(e.writes) != 3 {
			t.Errorf("exit code %d, importer %+v, writes %q\n%s", e.code, job, e.writes, e.said)
		}
	})
}

// hold begins an import by somebody else, which has loaded the importer and
// done its work but does not save it before release.
func (v *virtual) hold(t *testing.T) (release func()) {
	t.Helper()
	reached, until, saved := make(chan struct{}), make(chan struct{}), make(chan struct{})
	v.Microcks.SetHooks(microcks.Hooks{BeforeSave: func(string) {
		v.Microcks.SetHooks(microcks.Hooks{})
		close(reached)
		<-until
	}})
	go func() {
		v.start(v.jobOf(1).ID)
		close(saved)
	}()
	<-reached
	return func() {
		close(until)
		<-saved
	}
}

func TestARemovedImporterThatComesBackIsRemovedAgain(t *testing.T) {
	t.Parallel()
	for _, allowed := range []string{"", "remove-services"} {
		synctest.Test(t, func(t *testing.T) {
			v := scenario{there: imported, inputs: one("MODE", "remove", "ALLOW", allowed)}.world(t.Context())
			release := v.hold(t)
			v.spoil("microcks DELETE /api/jobs/{id} #1", fault.Fault{Acted: true, Meanwhile: release})
			e := v.run(t.Context(), nil)
			state := v.state()
			if left := len(state.Jobs) - 1; e.code != 0 || left != 0 || len(summed(state)) != map[string]int{"": 1, "remove-services": 0}[allowed] {
				t.Errorf("exit code %d, %d importers left, services %q\n%s", e.code, left, summed(state), e.said)
			}
		})
	}
}

func TestAnImporterDeletedDuringItsImportIsThereAfterwards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
		v.Microcks.SetHooks(microcks.Hooks{AfterDownload: v.Microcks.RemoveJob})
		e := v.run(t.Context(), nil)
		if jobs := v.state().Jobs; e.code != 0 || len(jobs) != 2 {
			t.Errorf("exit code %d, importers %+v\n%s", e.code, jobs, e.said)
		}
	})
}

// Two imports at once of a service that is not there make it twice. The run
// that sees it heals it, unless one of the two is somebody else's.
func TestAServiceMadeTwiceMeanwhile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source, code string
		services           int
	}{
		{"by an import of the same collection", world.UID(1), "0", 1},
		{"by an upload of another artifact", "harbour-openapi.yaml", "1", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
				v.Microcks.SetHooks(microcks.Hooks{AfterDownload: func(string) {
					v.Microcks.SetHooks(microcks.Hooks{})
					v.Microcks.AddService(microcks.Service{Service: predict.Service{
						Name: harbour, Version: "1.0", SourceArtifact: test.source,
						Operations: []predict.Operation{{Name: "GET /things0", Method: "GET"}},
					}})
				}})
				e := v.run(t.Context(), nil)
				services := summed(v.state())
				if fmt.Sprint(e.code) != test.code || len(services) != test.services || e.explained() != "" {
					t.Errorf("exit code %d, services %q, %s\n%s", e.code, services, e.explained(), e.said)
				}
				if test.services == 1 && services[0] != harbour+" 1.0: 2" {
					t.Errorf("services %q", services)
				}
				if test.services == 2 && !strings.Contains(e.said, "hint: delete all but one") {
					t.Errorf("the way to heal it is not told:\n%s", e.said)
				}
			})
		})
	}
}

// Two imports at once of a service that is there mix their examples: one is
// there twice, another was deleted again. The run that sees it imports once more.
func TestExamplesMixedByAnotherImportAreMended(t *testing.T) {
	t.Parallel()
	for _, healed := range []bool{false, true} { // the service is another one now
		t.Run(fmt.Sprintf("healed %t", healed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { mixExamples(t, healed) })
		})
	}
}

func mixExamples(t *testing.T, healed bool) {
	t.Helper()
	v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
	v.spoil("microcks PUT /api/jobs/{id}/start #1", fault.Fault{Acted: true, Meanwhile: func() {
		for _, s := range v.Microcks.Services() {
			if s.Name != harbour {
				continue
			}
			v.Microcks.RemoveService(s.ID)
			first, last := &s.Operations[0], &s.Operations[len(s.Operations)-1]
			first.Examples = append(first.Examples, first.Examples[0])
			last.Examples = nil
			if !healed {
				v.Microcks.AddService(s)
				continue
			}
			s.ID = "66c0ffee00000000000000aa"
			v.Microcks.AddService(s)
			for _, job := range v.Microcks.Jobs() {
				if len(job.ServiceRefs) > 0 && job.ServiceRefs[0].Name == harbour {
					job.ServiceRefs[0].ServiceID = s.ID
					v.Microcks.RemoveJob(job.ID)
					v.Microcks.AddJob(job)
				}
			}
		}
	}})
	e := v.run(t.Context(), nil)
	if services := summed(v.state()); e.code != 0 || len(services) != 1 || services[0] != harbour+" 1.0: 2" {
		t.Errorf("exit code %d, services %q\n%s", e.code, services, e.said)
	}
	for _, s := range v.Microcks.Services() {
		for _, op := range s.Operations {
			if s.Name == harbour && len(op.Examples) != 1 {
				t.Errorf("%s has %d examples", op.Name, len(op.Examples))
			}
		}
	}
}

// An import by somebody else has deleted the examples and not stored the new
// ones. The run waits for them, and imports nothing itself.
func TestExamplesThatAnotherImportIsAboutToStoreAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
		v.spoil("microcks PUT /api/jobs/{id}/start #1", fault.Fault{Acted: true, Meanwhile: func() {
			for _, s := range v.Microcks.Services() {
				if s.Name != harbour {
					continue
				}
				full := slices.Clone(s.Operations)
				for i := range s.Operations {
					s.Operations[i].Examples = nil
				}
				v.Microcks.RemoveService(s.ID)
				v.Microcks.AddService(s)
				s.Operations = full
				v.spoil("microcks GET /api/services/Harbour%20API:1.0 #4", fault.Fault{Meanwhile: func() {
					v.Microcks.RemoveService(s.ID)
					v.Microcks.AddService(s)
				}})
			}
		}})
		e := v.run(t.Context(), nil)
		t.Log(e.said)
		if services := summed(v.state()); e.code != 0 || len(services) != 1 || services[0] != harbour+" 1.0: 2" {
			t.Errorf("exit code %d, services %q\n%s", e.code, services, e.said)
		}
	})
}

// Another run of the same makes everything between this run's reading and its
// first write: then nothing is imported a second time.
func TestAnImportThatAnotherRunHasJustDoneIsSkipped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
		v.spoil("microcks GET /api/jobs/{id} #1", fault.Fault{Meanwhile: func() { v.run(t.Context(), nil) }})
		e := v.run(t.Context(), nil)
		starts := 0
		for _, r := range v.Microcks.Requests() {
			if strings.HasSuffix(r.Path, "/start") {
				starts++
			}
		}
		if e.code != 0 || starts != 1 || !strings.Contains(e.said, "another run has just imported the same") {
			t.Errorf("exit code %d, %d imports\n%s", e.code, starts, e.said)
		}
	})
}

func TestASecretCreatedByAnotherRunMeanwhileIsOne(t *testing.T) {
	t.Parallel()
	for _, acted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			v := scenario{there: servedByPostman, inputs: one()}.world(t.Context())
			v.spoil("microcks POST /api/secrets #1", fault.Fault{Acted: acted, Meanwhile: func() { v.run(t.Context(), nil) }})
			e := v.run(t.Context(), nil)
			if secrets := v.state().Secrets; e.code != 0 || len(secrets) != 2 {
				t.Errorf("exit code %d, secrets %v\n%s", e.code, secrets, e.said)
			}
		})
	}
}
