package faults

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/test/standin/fault"
	"postman-microcks-importer/internal/test/world"
)

// TestMain collects garbage a quarter as often: thousands of short runs make
// nothing else.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// Every request of a run meets every fault, one at a time. Whatever happens:
// nothing is there twice, nothing of others is lost, success is only said of
// what is there, a failure has its exit code and hint, no credential gets out,
// and the next run, undisturbed, brings about what was wanted with no write to
// spare.
func TestEveryRequestMeetsEveryFault(t *testing.T) {
	t.Parallel()
	began := time.Now()
	all := scenarios()
	trials := make([]*trial, len(all))
	t.Run("runs", func(t *testing.T) {
		for i, s := range all {
			trials[i] = &trial{scenario: s}
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				trials[i].prepare(t)
				trials[i].cases(t)
			})
		}
	})
	var cases, requests, failed, states int
	var longest time.Duration
	for _, c := range trials {
		t.Logf("%-30s %2d requests, %4d cases: %4d reached the goal all the same, %4d did not; %2d different states afterwards",
			c.name, len(c.requests), c.count, c.count-c.failed, c.failed, len(c.recoveries))
		cases, requests, failed, states = cases+c.count, requests+len(c.requests), failed+c.failed, states+len(c.recoveries)
		longest = max(longest, c.longest)
	}
	if world.RaceDetector {
		t.Log("every second case only: all of them without -race")
	}
	t.Logf("%d cases: %d requests of %d runs, %d faults; %d runs did not reach their goal at once, the next one always did, "+
		"from %d different states; the longest took %s of virtual time; all together %s",
		cases, requests, len(all), len(fault.All()), failed, states, longest.Round(time.Second), time.Since(began).Round(time.Second))
}

// trial is a scenario under all faults.
type trial struct {
	scenario
	world        *virtual
	before, want server
	requests     []string
	count        int

	guard   sync.Mutex
	failed  int // runs that did not reach their goal
	longest time.Duration
	// recoveries are the next runs by the state that they found. The next run
	// knows nothing but what the servers hold, so equal states are tried once.
	recoveries map[string]*recovery
}

// recovery is the run after a disturbed one.
type recovery struct {
	once sync.Once
	ended
	end server
}

// prepare carries out the undisturbed run, and proves that the test itself
// knows what is wanted and what it costs.
func (c *trial) prepare(t *testing.T) {
	t.Helper()
	c.recoveries = map[string]*recovery{}
	synctest.Test(t, func(t *testing.T) { c.world = c.scenario.world(t.Context()) })
	synctest.Test(t, func(t *testing.T) {
		v := c.again(c.world)
		c.before = v.state()
		e := v.run(t.Context(), nil)
		c.requests, c.want = v.requests(), v.state()
		slices.Sort(c.requests)
		if e.code != 0 || len(e.writes) != c.written {
			t.Errorf("undisturbed: exit code %d, writes %q, want 0 and %d writes\n%s", e.code, e.writes, c.written, e.said)
		}
		if d := cmp.Diff(c.services, summed(c.want)); d != "" {
			t.Errorf("undisturbed: services (-want +got):\n%s", d)
		}
		if n := due(c.before, c.want); n != c.written {
			t.Errorf("the test counts %d writes that are due, the scenario says %d", n, c.written)
		}
		if again := v.run(t.Context(), nil); again.code != 0 || len(again.writes) > 0 || !cmp.Equal(v.state(), c.want) {
			t.Errorf("again: exit code %d, writes %q\n%s", again.code, again.writes, cmp.Diff(c.want, v.state()))
		}
	})
}

// connecting are the requests by which every run begins. They are the same
// whatever the server holds, so not every kind of run has to meet faults there.
var connecting = regexp.MustCompile(`^keycloak |^github |^postman |^microcks GET /api/(version|keycloak|features)/`)

// cases disturbs the run at every request by every fault.
func (c *trial) cases(t *testing.T) {
	t.Helper()
	for i, request := range c.requests {
		if connecting.MatchString(request) && !strings.HasPrefix(c.name, "first run") && !strings.HasPrefix(c.name, "unchanged") {
			continue
		}
		method := strings.Fields(request)[1]
		for k, f := range fault.For(method) {
			if world.RaceDetector && (i+k)%2 == 1 {
				continue
			}
			if strings.HasPrefix(request, "download") && f.Name == "acts, endless JSON" {
				continue // no limit of this program holds for what Microcks downloads
			}
			if f.Late > 0 && !strings.Contains(request, "/start ") {
				continue // nobody can guard against a short write that comes when the run is over
			}
			c.count++
			t.Run(request+": "+f.Name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { c.disturb(t, request, f) })
			})
		}
	}
}

// disturb asserts everything about one case.
func (c *trial) disturb(t *testing.T, request string, f fault.Fault) {
	t.Helper()
	v := c.again(c.world)
	proxy := v.spoil(request, f)
	e := v.run(t.Context(), nil)
	v.Microcks.Wait()
	after := v.state()
	c.note(e)
	if !proxy.Struck() {
		t.Errorf("the request did not come: %q", v.requests())
	}
	for _, problem := range []string{
		kept(c.before, after), doubled(c.before, after), e.explained(), e.honest(after, c.want), c.blindStart(v),
	} {
		if problem != "" {
			t.Error(problem)
		}
	}
	if leaks := e.leaks(); len(leaks) > 0 {
		t.Errorf("let out: %q", leaks)
	}
	proxy.Forget()
	next := c.recover(t, v, after)
	if next.code != 0 {
		t.Errorf("the next run ended with %d:\n%s", next.code, next.said)
	}
	if d := difference(c.want, next.end); d != "" {
		t.Errorf("after the next run (-want +got):\n%s", d)
	}
	if n := due(after, c.want); len(next.writes) != n {
		t.Errorf("the next run wrote %q, where %d writes were due:\n%s", next.writes, n, cmp.Diff(c.want, after))
	}
	if t.Failed() {
		t.Logf("the disturbed run ended with %d, writes %q:\n%s", e.code, e.writes, e.said)
	}
}

func (c *trial) note(e ended) {
	c.guard.Lock()
	defer c.guard.Unlock()
	c.longest = max(c.longest, e.took)
	if e.code != 0 {
		c.failed++
	}
}

// recover is the undisturbed run from a state.
func (c *trial) recover(t *testing.T, v *virtual, from server) *recovery {
	t.Helper()
	key := written(from)
	c.guard.Lock()
	r := c.recoveries[key]
	if r == nil {
		r = &recovery{}
		c.recoveries[key] = r
	}
	c.guard.Unlock()
	r.once.Do(func() {
		r.ended = v.run(t.Context(), nil)
		r.end = v.state()
	})
	return r
}

// written is a state as text.
func written(s server) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a state has plain fields only
	}
	return string(raw)
}

// difference of two states, which most are without.
func difference(want, got server) string {
	if written(want) == written(got) {
		return ""
	}
	return cmp.Diff(want, got)
}

// blindStart describes an import that was started a second time without a look
// at the importer in between, when the first may be running still; "" for none.
func (c *trial) blindStart(v *virtual) string {
	if strings.Contains(c.inputs["INPUT_COLLECTIONS"], "\n") {
		return "" // requests of several importers do not tell whose they are
	}
	blind := false
	for _, request := range v.proxies["microcks"].Requests() {
		switch {
		case strings.HasPrefix(request, "GET /api/jobs/{id}"):
			blind = false
		case strings.HasPrefix(request, "PUT /api/jobs/{id}/start") && blind:
			return fmt.Sprintf("started again without looking: %q", v.proxies["microcks"].Requests())
		case strings.HasPrefix(request, "PUT /api/jobs/{id}/start"):
			blind = true
		}
	}
	return ""
}

// explained is what a failure lacks.
func (e ended) explained() string { return world.Unexplained(e.code, e.result) }

// honest says what was claimed and is not so.
func (e ended) honest(after, want server) string {
	if (e.code == 0) == (e.result.Status == "failed") {
		return fmt.Sprintf("exit code %d and status %s", e.code, e.result.Status)
	}
	if e.code == 0 {
		if d := difference(want, after); d != "" {
			return "said to be done, but (-want +got):\n" + d
		}
	}
	if !e.result.Changed && len(e.writes) > 1 {
		return fmt.Sprintf("said to have changed nothing, but wrote %q", e.writes)
	}
	return ""
}
