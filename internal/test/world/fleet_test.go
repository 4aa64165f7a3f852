package world_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// A fleet is the same one each time; its uids and services are its members' own, but for
// namesakes.
func TestFleetIsTheSame(t *testing.T) {
	t.Parallel()
	const n = 1000
	fleet, again := world.Fleet(n), world.Fleet(n)
	uids, services, flawed := map[string]bool{}, map[string]bool{}, 0
	for i, m := range fleet {
		if !bytes.Equal(m.Raw(), again[i].Raw()) || m.UID != again[i].UID {
			t.Fatalf("%s is another one the second time", m.Name)
		}
		if bytes.Equal(m.Raw(), m.Edited().Raw()) {
			t.Errorf("%s is the same when it is edited", m.Name)
		}
		if !json.Valid(m.Raw()) {
			t.Errorf("%s is no JSON", m.Name)
		}
		uids[m.UID], services[m.Name+m.Version] = true, true
		if m.Flaw != "" {
			flawed++
		}
	}
	if len(uids) != n || len(services) != n-n/200 || flawed != 6*n/200 {
		t.Errorf("%d uids, %d services, %d flawed", len(uids), len(services), flawed)
	}
}

// Every flaw fails its members and no others, and only what is edited is imported again.
func TestFleetRuns(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{RateHeaders: postman.NoRateHeaders}) // the second run is not to wait for the first
	w.StartMicrocks(microcks.Options{})
	fleet := world.Fleet(150)
	if err := world.Serve(w.Postman, fleet...); err != nil {
		t.Fatal(err)
	}
	var uids []string
	for _, m := range fleet {
		uids = append(uids, m.UID)
	}
	run := func() (told result.Result) {
		t.Helper()
		var out bytes.Buffer
		env := w.Environment()
		env["INPUT_MODE"], env["INPUT_COLLECTIONS"] = "apply", strings.Join(uids, "\n")
		if code := w.Run(t.Context(), io.Writer(&out), env, "--output=json"); code == 0 {
			t.Errorf("the run ended well")
		}
		_, said, _ := strings.Cut(out.String(), "{\"schema\"")
		if err := json.NewDecoder(strings.NewReader("{\"schema\"" + said)).Decode(&told); err != nil {
			t.Fatalf("%v: %.2000s", err, out.String())
		}
		return told
	}
	count := func(told result.Result) map[world.Flaw]map[result.Status]int {
		all := map[world.Flaw]map[result.Status]int{}
		for i, m := range fleet {
			if all[m.Flaw] == nil {
				all[m.Flaw] = map[result.Status]int{}
			}
			all[m.Flaw][told.Collections[i].Status]++
		}
		return all
	}
	failed := map[world.Flaw]map[result.Status]int{
		world.Hidden: {result.Failed: 2}, world.Versionless: {result.Failed: 2}, world.Namesake: {result.Failed: 2},
	}
	failed[""] = map[result.Status]int{result.Created: 144}
	if d := cmp.Diff(failed, count(run())); d != "" {
		t.Errorf("first run: %s", d)
	}
	if err := world.Serve(w.Postman, fleet[3].Edited(), fleet[99].Edited()); err != nil {
		t.Fatal(err)
	}
	failed[""] = map[result.Status]int{result.Updated: 2, result.Unchanged: 142}
	if d := cmp.Diff(failed, count(run())); d != "" {
		t.Errorf("second run: %s", d)
	}
}
