package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/test/standin/fault"
)

var errTold = errors.New("told to end")

// A run is told to end at every one of its requests. It ends at once, says what
// was done and what was not, and the next run does the rest. A short write that
// is under way is heard to its end.
func TestToldToEndAtEveryRequest(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		c := &trial{scenario: s}
		t.Run(s.name, func(t *testing.T) {
			c.prepare(t)
			for _, request := range c.requests {
				for _, silent := range []bool{false, true} {
					if strings.HasPrefix(request, "download") {
						continue // not the run's
					}
					t.Run(fmt.Sprintf("%s, silent %t", request, silent), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { c.tellToEnd(t, request, silent) })
					})
				}
			}
		})
	}
}

// tellToEnd ends the run when the server has acted on a request and is about to
// answer, or then answers much too late.
func (c *trial) tellToEnd(t *testing.T, request string, silent bool) {
	t.Helper()
	v := c.again(c.world)
	defer time.Sleep(2 * time.Minute) // until the silent server has spoken, to nobody
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	var told time.Time
	f := fault.Fault{Acted: true, Meanwhile: func() {
		told = time.Now()
		end(errTold)
		time.Sleep(20 * time.Millisecond)
		if silent {
			time.Sleep(time.Minute)
		}
	}}
	v.spoil(request, f)
	e := v.run(ctx, nil)
	if took := time.Since(told); took > 2*time.Second {
		t.Errorf("ended %s after it was told to", took)
	}
	after := v.state()
	for _, problem := range []string{kept(c.before, after), doubled(c.before, after), e.explained(), e.honest(after, c.want)} {
		if problem != "" {
			t.Error(problem)
		}
	}
	if e.code > 1 || (e.code == 1) != (e.result.Interrupted != nil) {
		t.Errorf("exit code %d, interrupted %+v", e.code, e.result.Interrupted)
	}
	changed := difference(c.before, after) != ""
	long := strings.HasSuffix(strings.Fields(request)[2], "/start") || strings.HasSuffix(strings.Fields(request)[2], "/upload")
	if !silent && !long && e.result.Changed != changed {
		t.Errorf("says changed %t, and it is %t", e.result.Changed, changed)
	}
	next := c.recover(t, v, after)
	if d := difference(c.want, next.end); next.code != 0 || d != "" {
		t.Errorf("the next run ended with %d; (-want +got):\n%s", next.code, d)
	}
	if t.Failed() {
		t.Logf("the run ended with %d, writes %q:\n%s", e.code, e.writes, withoutDebug(e.said))
	}
}
