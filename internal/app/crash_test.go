package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever breaks between the inputs and the report is published.
func TestWhateverBreaksIsPublished(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked   string // breaks who asks for it
		times   int
		summary bool // which tells it
	}{
		"reading the inputs":         {"INPUT_MODE", 1, true},
		"the report":                 {"GITHUB_ACTION_REPOSITORY", 1, true},
		"also the report of a crash": {"GITHUB_ACTION_REPOSITORY", 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			env := map[string]string{
				"GITHUB_ACTIONS": "true", "INPUT_MODE": "check", "INPUT_COLLECTIONS": "none.json", "GITHUB_WORKSPACE": folder,
				"GITHUB_OUTPUT": filepath.Join(folder, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(folder, "summary"),
			}
			left := c.times
			var log strings.Builder
			command := Command{Stdout: &log, Getenv: func(name string) string {
				if name == c.asked && left > 0 {
					left--
					panic("on purpose")
				}
				return env[name]
			}}
			if code := command.Main(t.Context(), nil); code != 20 {
				t.Errorf("exit code %d", code)
			}
			const want = "this program broke: on purpose (app.TestWhatever"
			if !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "#program-breaks") {
				t.Errorf("logged:\n%s", log.String())
			}
			for _, file := range []string{"outputs", "summary"} {
				text, err := os.ReadFile(filepath.Join(folder, file))
				if err != nil || strings.Contains(string(text), "this program broke: on purpose") != (file == "outputs" || c.summary) {
					t.Errorf("%s: %v\n%s", file, err, text)
				}
			}
		})
	}
}
