package hostile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/world"
)

// A manifest that a stranger wrote costs a run little, says no more than a person reads,
// and speaks for nobody.
func TestManifest(t *testing.T) {
	t.Parallel()
	many := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return "collections:\n" + b.String()
	}
	const most = 1 << 20
	for name, c := range map[string]struct {
		text string
		code int
	}{
		"anchors of anchors":  {"collections: &a [" + strings.Repeat("*a,", 60_000) + "]", 2},
		"too large":           {strings.Repeat("#", most+1), 2},
		"deep":                {strings.Repeat("[", most-1), 2},
		"one quote":           {`key: "` + strings.Repeat(" ", most-10), 2},
		"one long word":       {"collections: [" + strings.Repeat("x", most-100) + "]", 2},
		"wrong entries":       {many(10_000, "- {x%d: y}\n"), 2},
		"wrong references":    {many(10_000, "- pets%d\n"), 2},
		"links nowhere":       {many(10_000, "- ../../%d.json\n"), 2},
		"broken patterns":     {many(9_000, "- \"{[**/**/**/%d*.json\"\n"), 2},
		"patterns of nothing": {many(2_000, "- \"**/**/**/%d*.json\"\n"), 13},
		"files of nothing":    {many(2_000, "- %d.json\n"), 13},
		"commands":            {"collections:\n- \"::error::x\\n::stop-commands::y\"\n- \"%0A::add-mask::z\"\n\"\\n::warning::\": a\n", 2},
		"no text":             {"\x00\xff\xfe", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New()
			t.Cleanup(w.Close)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "postman.yaml"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			env := w.Environment()
			for name, value := range map[string]string{
				"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": dir, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main",
				"INPUT_MODE": "check", "INPUT_MANIFEST": "postman.yaml", "GITHUB_OUTPUT": filepath.Join(dir, "outputs"),
				"GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "INPUT_TIMEOUT": "1m",
			} {
				env[name] = value
			}
			for _, file := range []string{"outputs", "summary"} {
				if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			if code := w.Run(t.Context(), &out, env); code != c.code {
				t.Errorf("exit code %d, want %d:\n%.2000s", code, c.code, out.String())
			}
			if n := out.Len(); n > 3<<20 {
				t.Errorf("%d bytes in the log", n)
			}
			for line := range strings.Lines(out.String()) {
				for _, command := range []string{"::stop-commands", "::add-mask::z", "::warning::"} {
					if strings.HasPrefix(line, command) {
						t.Errorf("a command of a stranger: %q", line)
					}
				}
				if len(line) > 8000 {
					t.Errorf("a line of %d bytes: %.200q", len(line), line)
				}
			}
		})
	}
}
