//go:build e2e

package e2e

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/canary"
)

// TestActionInWorkflows carries out the workflows of testdata, one after
// the other on the same Microcks. Their own steps check the outputs, as those
// of a team would; here is looked at what only the runner sees.
func TestActionInWorkflows(t *testing.T) {
	w := newSurroundings(t)
	cases := []struct {
		workflow string
		event    string
		results  map[string]string // of the steps with an id
		summary  map[string][]string
		errors   int // annotations of level error
		writes   bool
	}{
		{
			workflow: "plan.yml", event: "pull_request",
			results: map[string]string{"plan": "success", "outputs": "success"},
			summary: map[string][]string{"plan": {"E2E Harbour API", "create"}},
		},
		{
			workflow: "import.yml", event: "push",
			results: map[string]string{"mocks": "success", "outputs": "success", "call": "success"},
			summary: map[string][]string{"mocks": {"### ✅ E2E Harbour API 1.2.0", "created", "13 of 13 operations answered as saved"}},
			writes:  true,
		},
		{
			workflow: "unchanged.yml", event: "push",
			results: map[string]string{"mocks": "success", "outputs": "success"},
			summary: map[string][]string{"mocks": {"### ✅ E2E Harbour API 1.2.0", "unchanged"}},
		},
		{
			workflow: "several.yml", event: "push",
			results: map[string]string{"mocks": "success", "outputs": "success"},
			summary: map[string][]string{"mocks": {"E2E Harbour API", "E2E Ferries API", "created", "unchanged"}},
			writes:  true,
		},
		{
			workflow: "failure.yml", event: "push",
			results: map[string]string{"mocks": "failure", "reaction": "success", "never": ""},
			summary: map[string][]string{"mocks": {"### ❌ 1 of 2 collections failed", "Hint:", "E2E Harbour API"}},
			errors:  1,
		},
		{
			workflow: "remove.yml", event: "push",
			results: map[string]string{"remove": "success", "outputs": "success"},
			summary: map[string][]string{"remove": {"E2E Harbour API", "E2E Ferries API", "removed"}},
			writes:  true,
		},
	}
	for _, c := range cases {
		t.Run(strings.TrimSuffix(c.workflow, ".yml"), func(t *testing.T) {
			w.Forget()
			j := runWorkflow(t, w, c.event, c.workflow)
			for id, want := range c.results {
				got := ""
				if s := j.steps[id]; s != nil {
					got = s.result
				}
				if got != want {
					t.Errorf("step %s: %q, want %q", id, got, want)
				}
			}
			for id, wants := range c.summary {
				s := j.steps[id]
				if s == nil {
					t.Fatalf("no step %s in act's log:\n%s", id, j.log)
				}
				for _, want := range wants {
					if !strings.Contains(s.summary, want) {
						t.Errorf("the summary of step %s lacks %q:\n%s", id, want, s.summary)
					}
				}
				if s.masks == 0 {
					t.Errorf("step %s masked nothing", id)
				}
				checkErrors(t, s, c.errors)
			}
			failed := slices.Contains(slices.Collect(maps.Values(c.results)), "failure")
			if (j.exitCode != 0) != failed {
				t.Errorf("act's exit code is %d", j.exitCode)
			}
			writes := w.Writes()
			if (len(writes) > 0) != c.writes {
				t.Errorf("requests that write: %v, want some: %v", writes, c.writes)
			}
			sinks := j.sinks()
			checkLeaks(t, w, sinks)
			t.Logf("%s: %s; %d writes; container start to end %s; %s", c.workflow, j.told(), len(writes), j.containers, scanned(sinks))
			if t.Failed() {
				t.Logf("what the steps said:\n%s", j.said())
			}
		})
	}
	if w.Microcks != nil && len(w.Tokens()) == 0 {
		t.Error("no access token came by: nothing was signed in, and none could be looked for")
	}
}

// checkErrors expects so many annotations of level error, each with a title and
// a message.
func checkErrors(t *testing.T, s *step, want int) {
	t.Helper()
	got := 0
	for _, a := range s.annotations {
		if a.level != "error" {
			continue
		}
		got++
		if a.title == "" || a.message == "" {
			t.Errorf("an annotation lacks its title or message: %+v", a)
		}
	}
	if got != want {
		t.Errorf("%d annotations of level error, want %d: %+v", got, want, s.annotations)
	}
}

// TestActionScanFindsPlantedCanary has a workflow let the key out on purpose,
// in every way that the scan looks for.
func TestActionScanFindsPlantedCanary(t *testing.T) {
	w := newSurroundings(t)
	j := runWorkflow(t, w, "push", "planted.yml")
	if j.exitCode != 0 {
		t.Fatalf("act's exit code is %d:\n%s", j.exitCode, j.log)
	}
	sinks := j.sinks()
	var found []string
	for sink, text := range sinks {
		if len(canary.Leaks(w.canaries(), text)) > 0 {
			found = append(found, sink)
		}
	}
	slices.Sort(found)
	for _, want := range []string{
		"log", "output leaked of base64", "summary of summary", "annotations of annotation", "/leaked.txt", "/workflow/envs.txt",
	} {
		if !slices.ContainsFunc(found, func(sink string) bool { return sink == want || strings.HasSuffix(sink, want) }) {
			t.Errorf("planted in %q and not found; found in %q", want, found)
		}
	}
	// A step that only asks for masks lets nothing out.
	if slices.Contains(found, "log of mask") {
		t.Error("a mask counts as a leak")
	}
	t.Logf("planted.yml: %s; found where it was planted: %q", scanned(sinks), found)
}

// told is one line of what the steps came to.
func (j *job) told() string {
	var parts []string
	for _, id := range j.order {
		if s := j.steps[id]; s.result != "" && !strings.HasPrefix(id, "--") {
			parts = append(parts, fmt.Sprintf("%s %s (%.1f s)", id, s.result, s.took.Seconds()))
		}
	}
	return strings.Join(parts, ", ")
}

// said is the log as a person would see it.
func (j *job) said() string {
	var out strings.Builder
	for _, id := range j.order {
		s := j.steps[id]
		fmt.Fprintf(&out, "%s (%s)\n", id, s.name)
		for _, text := range s.said {
			out.WriteString("  " + text)
		}
		for _, a := range s.annotations {
			fmt.Fprintf(&out, "  %s: %s: %s\n", a.level, a.title, a.message)
		}
	}
	return out.String()
}

func scanned(sinks map[string]string) string {
	size := 0
	for _, text := range sinks {
		size += len(text)
	}
	return fmt.Sprintf("canaries looked for in %d places, %d kB", len(sinks), size/1000)
}

// allFiles reads every regular file but Git's own.
func allFiles(t *testing.T, root fs.FS) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.Type().IsRegular():
			text, err := fs.ReadFile(root, path)
			if err != nil {
				return err
			}
			files[path] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
