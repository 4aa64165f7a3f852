package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postman-microcks-importer/internal/result"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got), -update writes it anew:\n%s", path, d)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name+".md", Summary(r, docs()))
			golden(t, name+".txt", plain(r))
		})
	}
}

// plain is everything but the summary, for reading.
func plain(r *result.Result) string {
	var b strings.Builder
	b.WriteString("# log\n" + strings.Join(Log(r, Context{}), "\n") + "\n\n# annotations\n")
	for _, a := range Annotations(r) {
		fmt.Fprintf(&b, "%s [%s]", a.Level, a.Title)
		if a.File != "" {
			fmt.Fprintf(&b, " %s:%d:%d", a.File, a.Line, a.Column)
		}
		b.WriteString("\n    " + strings.ReplaceAll(a.Message, "\n", "\n    ") + "\n")
	}
	b.WriteString("\n# outputs\n")
	for _, o := range Outputs(r) {
		if o.Name == "result" {
			o.Value = "…"
		}
		fmt.Fprintf(&b, "%s=%s\n", o.Name, o.Value)
	}
	return b.String()
}
