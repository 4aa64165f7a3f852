package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// showFleet tells of a run over many collections, of which a few have a flaw, and of a
// second one after some of them were edited, and fails unless only those are imported
// again.
func showFleet(ctx context.Context, out io.Writer, colours map[string]string, n int) error {
	w := world.New()
	defer w.Close()
	// Two runs within a minute are no customers' case: the second is not to wait for the first.
	w.StartPostman(postman.Options{RateHeaders: postman.NoRateHeaders})
	w.StartMicrocks(microcks.Options{})
	fleet := world.Fleet(n)
	if err := world.Serve(w.Postman, fleet...); err != nil {
		return err
	}
	s := &story{w: w, out: out, env: w.Environment()}
	maps.Copy(s.env, colours)
	folder, err := os.MkdirTemp("", "demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := os.WriteFile(filepath.Join(folder, "postman.yaml"), listed(w.Postman, fleet), 0o600); err != nil {
		return err
	}
	maps.Copy(s.env, map[string]string{"GITHUB_WORKSPACE": folder, "INPUT_MANIFEST": "postman.yaml"})
	flawed, want := 0, 0 // the exit code
	for _, m := range fleet {
		if m.Flaw != "" {
			flawed++
			want = max(want, exits[m.Flaw])
		}
	}
	title := fmt.Sprintf("apply: %d collections, %d of them with a flaw", n, flawed)
	if _, err := s.run(ctx, title, "apply", want); err != nil {
		return err
	}
	var edited []world.Member
	for i := 0; i < n; i += 20 {
		if fleet[i].Flaw == "" {
			edited = append(edited, fleet[i].Edited())
		}
	}
	if err := world.Serve(w.Postman, edited...); err != nil {
		return err
	}
	wrote, err := s.run(ctx, fmt.Sprintf("apply again: %d of them were edited", len(edited)), "apply", want)
	if err != nil {
		return err
	}
	if wrote != 2*len(edited) { // an upload each, and what it was made of
		return fmt.Errorf("the second run wrote %d times, and %d collections were edited", wrote, len(edited))
	}
	fmt.Fprintf(out, "%d requests of it wrote.\n", wrote)
	return nil
}

// exits are the codes that runs over a fleet end with by each flaw.
var exits = map[world.Flaw]int{world.Hidden: 13, world.Versionless: 1, world.Namesake: 1}

// space is the workspace that the collections of a fleet are in.
const space = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"

// listed is the manifest that names the collections of a fleet: the workspace of those that
// Postman shows, and the others one by one. They are uploaded, which takes one call of the
// 300 that Postman allows in a minute each, where an importer takes two.
func listed(source *postman.Server, fleet []world.Member) []byte {
	manifest := "defaults: {delivery: upload}\ncollections:\n  - workspace: " + space + "\n"
	var shown []string
	for _, m := range fleet {
		if m.Flaw == world.Hidden {
			manifest += "  - " + m.UID + "\n"
			continue
		}
		shown = append(shown, m.UID)
	}
	source.AddWorkspace(postman.Workspace{ID: space, Name: "Shop", Collections: shown})
	return []byte(manifest)
}
