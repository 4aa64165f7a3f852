package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/result"
)

// listening is a terminal whose standard error is kept.
func listening(env map[string]string) (*atTerminal, *bytes.Buffer) {
	var said bytes.Buffer
	v := newTerminal(func(name string) string { return env[name] }, new(bytes.Buffer), &said)
	v.hide = func(s string) string { return strings.ReplaceAll(s, "s3cret", "…") }
	v.begin(&config.Run{})
	return v, &said
}

// On a screen one line tells how many collections are through, and is written over. A
// step that is of all of them, or that one of them takes several times, counts nothing.
func TestProgressIsACount(t *testing.T) {
	t.Parallel()
	v, said := listening(nil)
	v.err.Live, v.err.Width = true, 40
	all := steps{v}
	all.Step("connect", "", "Microcks 1.15.0", 0)
	all.Step("read", "", "3 importers on the server", 0)
	all.Far("fetch", 0, 80)
	all.Step("fetch", "a", "fetched 1 kB", 0)
	all.Step("predict", "a", "1 operation", 0)
	all.Far("fetch", 1, 80)
	all.Far("fetch", 2, 80)
	all.Far("apply", 0, 80)
	all.Did("import", "b", result.Done{Kind: result.CollectionImported}, 0)
	all.Far("apply", 1, 80)
	all.Step("verify", "b", "looking again", 0)
	all.Step("import", "Evil \x1b[2J\u202e s3cret of a very long name", "still running", 0)
	all.end()
	all.end()
	const over = "\r\x1b[K"
	want := strings.Join([]string{
		"Microcks 1.15.0", "3 importers on the server", "fetched 1 of 80", "fetched 2 of 80", "fetched 2 of 80, b: imported",
		"done 1 of 80", "done 1 of 80, b: looking again", "done 1 of 80, Evil [2J … of a very lon…", "",
	}, over)
	if d := cmp.Diff(want, said.String()); d != "" {
		t.Error(d)
	}
}

// Where nothing can be written over, deeds are told and steps are not, unless more was
// asked for.
func TestNoProgressInALog(t *testing.T) {
	t.Parallel()
	for debug, want := range map[string]string{
		"":  "import   b: imported (1s)\n",
		"1": "debug: postman-microcks-importer dev, mode \nfetch    a: fetched 1 kB of … (0s)\nimport   b: imported (1s)\n",
	} {
		v, said := listening(map[string]string{"RUNNER_DEBUG": debug})
		all := steps{v}
		all.Step("fetch", "a", "fetched 1 kB of s3cret", 0)
		all.Did("import", "b", result.Done{Kind: result.CollectionImported}, time.Second)
		all.end()
		if d := cmp.Diff(want, said.String()); d != "" {
			t.Errorf("RUNNER_DEBUG=%s: %s", debug, d)
		}
	}
}
