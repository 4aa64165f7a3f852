package faults

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/result"
)

// The program itself breaks at every one of its requests, in whatever goroutine that
// is. It ends at once, tells it with all that was done, and the next run does the
// rest.
func TestProgramBreaksAtEveryRequest(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		c := &trial{scenario: s}
		t.Run(s.name, func(t *testing.T) {
			c.prepare(t)
			for n := range c.requests {
				for _, acted := range []bool{false, true} {
					t.Run(fmt.Sprintf("request %d, acted %t", n+1, acted), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { c.breakDown(t, n+1, acted) })
					})
				}
			}
		})
	}
}

// breakDown breaks the program when it sends a request, or when it has the answer.
func (c *trial) breakDown(t *testing.T, request int, acted bool) {
	t.Helper()
	v := c.again(c.world)
	b := &breaking{at: int64(request), acted: acted}
	v.Through = func(next http.RoundTripper) http.RoundTripper {
		b.next = next
		return b
	}
	e := v.run(t.Context(), nil)
	v.Through = nil
	v.Microcks.Wait()
	if b.sent.Load() < b.at { // the last ones are downloads, which Microcks asks for
		return
	}
	if e.took > 10*time.Second {
		t.Errorf("ended after %s", e.took)
	}
	const said = "this program broke: on purpose (faults.(*breaking).RoundTrip"
	if e.code != 20 || e.result.Status != result.Failed || !strings.Contains(e.said, said) {
		t.Errorf("exit code %d, status %q", e.code, e.result.Status)
	}
	after := v.state()
	for _, problem := range []string{kept(c.before, after), doubled(c.before, after), e.honest(after, c.want)} {
		if problem != "" {
			t.Error(problem)
		}
	}
	if changed := difference(c.before, after) != ""; changed && !e.result.Changed {
		t.Error("what was changed is not told")
	}
	next := c.recover(t, v, after)
	if d := difference(c.want, next.end); next.code != 0 || d != "" {
		t.Errorf("the next run ended with %d; (-want +got):\n%s", next.code, d)
	}
	if t.Failed() {
		t.Logf("the run ended with %d, writes %q:\n%s", e.code, e.writes, withoutDebug(e.said))
	}
}

// breaking panics at one of the requests.
type breaking struct {
	next  http.RoundTripper
	at    int64
	acted bool
	sent  atomic.Int64
}

// RoundTrip implements [http.RoundTripper].
func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	now := b.sent.Add(1) == b.at
	if now && !b.acted {
		panic("on purpose")
	}
	answer, err := b.next.RoundTrip(r)
	if now {
		panic("on purpose")
	}
	return answer, err
}
