package app

import (
	"path/filepath"
	"strings"
	"testing"
)

// A run that could tell nobody what it did does not begin, and says why in the
// two places that are left: the log and an annotation.
func TestFilesOfTheRunner(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone", "file")
	for name, tt := range map[string]struct{ outputs, summary, want string }{
		"not named": {"", "", "the runner did not name the file%0AHint: update the runner: "},
		"not to open": {
			gone, filepath.Join(t.TempDir(), "summary"),
			"open " + gone + ": no such file or directory%0AHint: let the action run as root",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": tt.outputs, "GITHUB_STEP_SUMMARY": tt.summary}
			var log strings.Builder
			command := Command{Getenv: func(name string) string { return env[name] }, Stdout: &log}
			if code := command.Main(t.Context(), nil); code != 14 {
				t.Errorf("exit code %d, want 14", code)
			}
			want := "::error title=Microcks import::writing the file of GITHUB_OUTPUT: " + tt.want
			if !strings.Contains(log.String(), "see: docs/troubleshooting.md#runner-files\n"+want) {
				t.Errorf("got\n%swant\n%s", log.String(), want)
			}
		})
	}
}
