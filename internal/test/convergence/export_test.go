package convergence

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/manifest"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/world"
)

// What people made by hand is exported as a manifest. Adopting it changes nothing, taking
// it over writes labels, and nothing else is left to do.
func TestExportsWhatWasMadeByHand(t *testing.T) {
	t.Parallel()
	for name, w := range eachServer(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := microcks.New(w.Client(), w.MicrocksURL)
			n := rand.IntN(1_000_000_000)
			var uids []string
			for i := n; i < n+3; i++ {
				service := fmt.Sprintf("Exported API %d", i)
				if err := w.Postman.AddCollection(world.UID(i), world.Collection(service, "1.0", 2)); err != nil {
					t.Fatal(err)
				}
				job, _ := makeByHand(t, w, i, service)
				if _, err := c.StartJob(t.Context(), job.ID); err != nil {
					t.Fatal(err)
				}
				uids = append(uids, world.UID(i))
			}
			path := filepath.Join(t.TempDir(), "postman.yaml")
			run := func(mode, allow, status string) (said string) {
				t.Helper()
				env := w.Environment()
				env["INPUT_MODE"], env["INPUT_ALLOW"], env["INPUT_MANIFEST"] = mode, allow, path
				delete(env, "INPUT_COLLECTIONS")
				var out bytes.Buffer
				code := w.Run(t.Context(), &out, env, "--output=json")
				if said = out.String(); code != 0 || !strings.Contains(said, `"status":"`+status+`"`) {
					t.Fatalf("mode %s, allow %q: exit code %d, want status %s:\n%s", mode, allow, code, status, said)
				}
				return said
			}
			run("export", "", "unchanged")
			keep(t, path, uids)
			run("check", "", "checked")
			for _, phase := range []struct {
				mode, allow, status string
				writes              bool
			}{
				{"plan", "", "planned", false}, {"apply", "", "unchanged", false}, {"plan", "take-over", "planned", true},
				{"apply", "take-over", "updated", true}, {"apply", "take-over", "unchanged", false}, {"apply", "", "unchanged", false},
			} {
				said := run(phase.mode, phase.allow, phase.status)
				if changes := strings.Contains(said, `"changed":true`); changes != phase.writes {
					t.Errorf("%+v: changed %v:\n%s", phase, changes, said)
				}
			}
			for _, uid := range uids {
				jobs := importersOf(t, w, w.Client(), uid)
				if len(jobs) != 1 || jobs[0].Name != "My importer" || jobs[0].Metadata.Labels["domain"] != "pets" ||
					jobs[0].Metadata.Labels["managed-by-manifest"] == "" || jobs[0].Metadata.Annotations["note"] != "do not touch" {
					t.Errorf("importers of %s: %+v", uid, jobs)
				}
			}
		})
	}
}

// keep leaves the entries of some collections in a manifest: others work on the same
// server.
func keep(t *testing.T, path string, uids []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := manifest.Parse(nil, raw, nil)
	if len(problems) > 0 {
		t.Fatalf("%v:\n%s", problems, raw)
	}
	m.Entries = slices.DeleteFunc(m.Entries, func(e manifest.Entry) bool { return !slices.Contains(uids, e.Collection.Value) })
	if len(m.Entries) != len(uids) {
		t.Fatalf("%d entries:\n%s", len(m.Entries), raw)
	}
	if err := os.WriteFile(path, m.Write(nil, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}
