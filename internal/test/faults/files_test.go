package faults

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// A summary that cannot be written keeps nothing from being imported. It is told at
// the end, with the exit code of the environment where nothing else failed.
func TestSummaryThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{})
	w.StartMicrocks(microcks.Options{})
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 1)); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	env := w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"] = "apply", world.UID(1)
	env["GITHUB_ACTIONS"], env["GITHUB_WORKSPACE"], env["GITHUB_OUTPUT"] = "true", folder, filepath.Join(folder, "outputs")
	env["GITHUB_STEP_SUMMARY"] = filepath.Join(folder, "gone", "summary")
	env["GITHUB_ACTION_REPOSITORY"], env["GITHUB_ACTION_REF"], env["GITHUB_SERVER_URL"] = "acme/importer", "v1", "https://github.com"
	var out bytes.Buffer
	if code := w.Run(t.Context(), &out, env); code != 14 {
		t.Errorf("exit code %d, want 14", code)
	}
	at := -1
	for _, line := range []string{
		"done: Pets 1.0: importer created",
		"error: writing the file of GITHUB_STEP_SUMMARY: open ",
		"hint: the folder of that file is not there: ",
		"see: https://github.com/acme/importer/blob/v1/docs/troubleshooting.md#runner-files",
	} {
		next := strings.Index(out.String(), line)
		if next <= at {
			t.Errorf("%q is not in the log, or not in its place", line)
		}
		at = next
	}
	if n := len(w.Microcks.Services()); n != 1 {
		t.Errorf("%d services were imported", n)
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
