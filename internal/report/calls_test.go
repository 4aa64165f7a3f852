package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
)

// Calls of the Postman API are told of a workspace, and where there are many collections.
func TestCallsAreTold(t *testing.T) {
	t.Parallel()
	workspace := []result.Collection{{Name: "Pets", Workspace: "1f0df51a"}}
	polling := &result.Polling{Importers: 1, Least: 372, Most: 744, Instead: 31}
	for name, c := range map[string]struct {
		calls       *result.Calls
		collections []result.Collection
		want        []string
	}{
		"none":        {nil, workspace, nil},
		"a few":       {&result.Calls{Made: 3, Polling: polling}, make([]result.Collection, 49), nil},
		"many":        {&result.Calls{Made: 50}, make([]result.Collection, 50), []string{"Postman API: 50 calls for this run."}},
		"a workspace": {&result.Calls{Made: 1, Left: new(int64(7))}, workspace, []string{"Postman API: 1 call for this run, 7 left this month."}},
		"what polls costs": {
			&result.Calls{Made: 4, Left: new(int64(7)), Limit: new(int64(1000)), Polling: polling}, workspace,
			[]string{
				"Postman API: 4 calls for this run, 7 left this month of 1000.",
				"That Microcks polls 1 active importer costs 372 to 744 calls a month;" +
					" with `active: false` and a daily run of this workflow it would be 31.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &result.Result{Mode: result.Apply, Status: result.Created, Collections: c.collections, Calls: c.calls}
			if d := cmp.Diff(c.want, callsOf(r)); d != "" {
				t.Error(d)
			}
			log := strings.Join(Log(r, Context{}), "\n")
			screen, _ := Terminal(r, Screen{})
			for _, said := range c.want {
				if !strings.Contains(log, "calls: "+said) || !strings.Contains(screen, said) {
					t.Errorf("%s: not in the log or on the screen:\n%s\n%s", said, log, screen)
				}
			}
			if told := strings.Contains(Summary(r, Context{}), "Postman API: "); told != (c.want != nil) {
				t.Errorf("told in the summary: %t", told)
			}
		})
	}
}

// What a run did not come to is not told as what failed.
func TestUnreachedIsNotFailed(t *testing.T) {
	t.Parallel()
	r := &result.Result{Mode: result.Apply, Status: result.Failed, Collections: []result.Collection{
		{Name: "Pets", Status: result.Created}, {Name: "Beers", Status: result.Failed, Unreached: true},
	}}
	if got := changeOf(r, &r.Collections[1]); got != "not reached" {
		t.Errorf("told as %q", got)
	}
}
