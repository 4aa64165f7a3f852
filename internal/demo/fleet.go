package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"

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
	w.StartPostman(postman.Options{})
	w.StartMicrocks(microcks.Options{})
	fleet := world.Fleet(n)
	if err := world.Serve(w.Postman, fleet...); err != nil {
		return err
	}
	s := &story{w: w, out: out, env: w.Environment()}
	maps.Copy(s.env, colours)
	maps.Copy(s.env, listed(fleet))
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
	if wrote != len(edited) { // the start of an import each
		return fmt.Errorf("the second run wrote %d times, and %d collections were edited", wrote, len(edited))
	}
	fmt.Fprintf(out, "%d requests of it wrote.\n", wrote)
	return nil
}

// exits are the codes that runs over a fleet end with by each flaw.
var exits = map[world.Flaw]int{world.Hidden: 13, world.Versionless: 1, world.Namesake: 1}

// listed are the inputs that name the collections of a fleet.
func listed(fleet []world.Member) map[string]string {
	var uids []string
	for _, m := range fleet {
		uids = append(uids, m.UID)
	}
	return map[string]string{"INPUT_COLLECTIONS": strings.Join(uids, "\n")}
}
