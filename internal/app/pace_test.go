package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
)

// onGitHub is a runner whose log is kept.
func onGitHub(debug string) (*onRunner, *bytes.Buffer) {
	var said bytes.Buffer
	env := map[string]string{"GITHUB_ACTIONS": "true", "RUNNER_DEBUG": debug}
	v := &onRunner{
		Runner:  actions.New(func(name string) string { return env[name] }, &said),
		context: func() report.Context { return report.Context{} },
	}
	v.begin(&config.Run{Mode: config.ModeApply})
	return v, &said
}

// stages is a run over so many collections, one a second: all are fetched, one is
// imported.
func stages(v voice, n int) {
	all := steps{v}
	all.Step("connect", "", "Microcks 1.15.0", 0)
	all.Far("fetch", 0, n)
	for i := range n {
		time.Sleep(time.Second)
		name := fmt.Sprint("c", i)
		all.Step("fetch", name, "fetched 1 kB", time.Second)
		all.Step("predict", name, "1 operation", 0)
		all.Far("fetch", i+1, n)
	}
	all.Far("apply", 0, n)
	all.Did("import", "c7", result.Done{Kind: result.CollectionImported}, 2*time.Second)
	all.Step("verify", "c7", "looking again", 0)
	for i := range n {
		time.Sleep(100 * time.Millisecond)
		all.Far("apply", i+1, n)
	}
	all.end()
}

// The log of a fleet says every few seconds how far each stage is, and has lines for
// what changed; that of a few collections, and one for looking for a fault, has a line
// for each.
func TestFleetIsCounted(t *testing.T) {
	t.Parallel()
	const head = "postman-microcks-importer dev, mode apply\n::group::Read Postman and Microcks\nconnect  Microcks 1.15.0 (0s)\n"
	synctest.Test(t, func(t *testing.T) {
		v, said := onGitHub("")
		stages(v, 52)
		want := head
		for i := 5; i < 52; i += 5 {
			want += fmt.Sprintf("fetch    %d of 52 (%ds)\n", i, i)
		}
		want += `fetch    52 of 52 (52s)
::endgroup::
::group::Apply, import and verify
import   c7: imported (2s)
apply    50 of 52 (5s)
apply    52 of 52 (5.2s)
::endgroup::
`
		if d := cmp.Diff(want, said.String()); d != "" {
			t.Error(d)
		}
	})
	for n, debug := range map[int]string{50: "", 51: "1"} {
		synctest.Test(t, func(t *testing.T) {
			v, said := onGitHub(debug)
			stages(v, n)
			for _, line := range []string{"predict  c%d: 1 operation (0s)\n", "fetch    c%d: fetched 1 kB (1s)\n"} {
				for i := range n {
					if want := fmt.Sprintf(line, i); !strings.Contains(said.String(), want) {
						t.Errorf("of %d collections the log lacks %q", n, want)
					}
				}
			}
			if !strings.Contains(said.String(), "verify   c7: looking again (0s)\n") || strings.Contains(said.String(), "of 50") {
				t.Errorf("of %d collections the log is\n%s", n, said)
			}
		})
	}
}

// Off GitHub, where nothing can be written over, a fleet is counted as well.
func TestFleetIsCountedInALog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, said := listening(nil)
		stages(v, 51)
		want := ""
		for i := 5; i < 51; i += 5 {
			want += fmt.Sprintf("fetch    %d of 51 (%ds)\n", i, i)
		}
		want += "fetch    51 of 51 (51s)\nimport   c7: imported (2s)\n" +
			"apply    50 of 51 (5s)\napply    51 of 51 (5.1s)\n"
		if d := cmp.Diff(want, said.String()); d != "" {
			t.Error(d)
		}
	})
}
