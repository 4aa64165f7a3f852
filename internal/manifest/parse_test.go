package manifest

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"postman-microcks-importer/internal/budget"
)

var update = flag.Bool("update", false, "write golden files")

var inputs = []string{"collections", "mode", "allow", "secret-name", "prune", "timeout", "import", "manifest"}

func parse(raw string) (*Manifest, []Problem) {
	return Parse(budget.New(context.Background()), []byte(raw), inputs)
}

const everything = `# The collections of the payments team.
key: payments
defaults:
  labels: {team: pay}
  delivery: upload
  verify: service
collections:
  - 12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2
  - collection: exports/*.json
    main-artifact: false
    active: TRUE
    labels:
      tier: "1"
      'on call': "yes" # who
      empty: ""
    service-version: '1.10'
  - workspace: 2f0d6c3a-6a0e-4d2a-8f2e-0b6f0f0c9d11
    include: ["Payments *", Refunds]
    exclude:
      - "* (draft)"
    forks: true
    verify: mocks
  - {collection: "a", importer-name: "Pets \u2603", delivery: importer}
`

func said[T any](value T, line, column int) *Said[T] { return &Said[T]{value, Position{line, column}} }

func TestParse(t *testing.T) {
	t.Parallel()
	want := &Manifest{
		Key: said("payments", 2, 6),
		Defaults: Entry{
			Labels: []Label{{*said("team", 4, 12), *said("pay", 4, 18)}}, Delivery: said("upload", 5, 13), Verify: said("service", 6, 11),
		},
		Entries: []Entry{
			{Position: Position{8, 5}, Collection: said("12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2", 8, 5)},
			{
				Position: Position{9, 5}, Collection: said("exports/*.json", 9, 17), MainArtifact: said(false, 10, 20), Active: said(true, 11, 13),
				Labels: []Label{
					{*said("tier", 13, 7), *said("1", 13, 13)}, {*said("on call", 14, 7), *said("yes", 14, 18)},
					{*said("empty", 15, 7), *said("", 15, 14)},
				},
				ServiceVersion: said("1.10", 16, 22),
			},
			{
				Position: Position{17, 5}, Workspace: said("2f0d6c3a-6a0e-4d2a-8f2e-0b6f0f0c9d11", 17, 16),
				Include: []Said[string]{*said("Payments *", 18, 15), *said("Refunds", 18, 29)}, Exclude: []Said[string]{*said("* (draft)", 20, 9)},
				Forks: said(true, 21, 12), Verify: said("mocks", 22, 13),
			},
			{
				Position: Position{23, 5}, Collection: said("a", 23, 18), ImporterName: said("Pets ☃", 23, 38), Delivery: said("importer", 23, 63),
			},
		},
	}
	for name, text := range map[string]string{
		"as it is": everything, "with Windows' line ends": strings.ReplaceAll(everything, "\n", "\r\n"),
		"with a byte order mark": "\uFEFF" + everything,
	} {
		got, problems := parse(text)
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// wrongOnes are manifests by what is wrong with them.
func wrongOnes(t testing.TB) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/wrong.txtar")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"long":      "collections:\n- " + strings.Repeat("x", longestText+1) + "\n",
		"return":    "collections:\r- a\r",
		"not UTF-8": "collections:\n- é\xff\n",
	}
	for _, f := range archive.Files {
		all[f.Name] = string(f.Data)
	}
	return all
}

// TestWrong keeps all that is said of what is wrong, with its places.
func TestWrong(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	wrong := wrongOnes(t)
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		fmt.Fprintf(&all, "# %s\n", name)
		_, problems := parse(wrong[name])
		if len(problems) == 0 {
			t.Errorf("%s: no problem", name)
		}
		for _, p := range problems {
			fmt.Fprintf(&all, "%d:%d: %q: %s; %s; %s\n", p.Line, p.Column, short(p.Got), p.Fault, p.Takes, short(p.Hint))
			if p.Fault == "" || p.Hint == "" {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	const path = "testdata/wrong.golden"
	if *update {
		if err := os.WriteFile(path, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("%s (-want +got); go test -update writes it:\n%s", path, diff)
	}
}

func short(s string) string { return s[:min(len(s), 120)] }

// hostile are manifests that are made to be slow or large.
func hostile() map[string]string {
	return map[string]string{
		"too large":         "collections:\n" + strings.Repeat("- a\n", MostBytes/4),
		"too many entries":  "collections:\n" + strings.Repeat("- a\n", MostEntries+1),
		"too many values":   "collections: [" + strings.Repeat("a,", MostBytes/2-20) + "]",
		"deep":              strings.Repeat("[", 500_000),
		"deep maps":         strings.Repeat("{a: ", 200_000),
		"anchors":           "collections: &a [" + strings.Repeat("*a,", 60_000) + "]",
		"a long line":       "collections: [" + strings.Repeat("x", MostBytes-100) + "]",
		"a long key":        strings.Repeat("x", MostBytes-100) + ": a",
		"wrong entries":     "collections:\n" + strings.Repeat("- {a: b}\n", 10_000),
		"wrong keys":        "collections:\n- collection: a\n" + many(20_000, "  k%d: b\n"),
		"many labels":       "collections:\n- collection: a\n  labels:\n" + many(20_000, "    k%d: b\n"),
		"the same keys":     "collections:\n- collection: a\n  labels:\n" + strings.Repeat("    k: b\n", 50_000),
		"quotes":            strings.Repeat("\"", MostBytes-1),
		"a number":          "collections: [" + strings.Repeat("9", MostBytes-100) + "]",
		"a number of a map": "key: 0x" + strings.Repeat("f", MostBytes-100),
	}
}

func many(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// TestHostile holds that strangers' manifests cost little, and are told with few words.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		meter := budget.New(context.Background())
		began := time.Now()
		spent := meter.Within(func() {
			_, problems := Parse(meter, []byte(text), inputs)
			if len(problems) == 0 && name != "many labels" || len(problems) > MostProblems {
				t.Errorf("%s: %d problems", name, len(problems))
			}
		})
		work, memory := meter.Used()
		if spent != nil || work > 40_000_000 || memory > 128<<20 {
			t.Errorf("%s: %v, work %d, memory %d", name, spent, work, memory)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// TestLargest holds that what is within the bounds is read.
func TestLargest(t *testing.T) {
	t.Parallel()
	text := "collections:\n" + many(MostEntries, "- {collection: 12345678-12ece9e1-2abf-4edc-8e34-de66e74%05d, active: false}\n")
	m, problems := parse(text)
	if len(problems) > 0 || len(m.Entries) != MostEntries {
		t.Errorf("%d entries, %v", len(m.Entries), problems)
	}
}

// FuzzParse holds that every text is read or refused with a place and a next step.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	for _, text := range wrongOnes(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		meter := budget.New(context.Background())
		spent := meter.Within(func() {
			m, problems := Parse(meter, []byte(text), inputs)
			if m == nil || len(problems) > MostProblems || len(m.Entries) > MostEntries {
				t.Fatalf("%v, %d problems", m, len(problems))
			}
			for i, p := range problems {
				if p.Fault == "" || p.Hint == "" || p.Line < 0 || i > 0 && p.Line < problems[i-1].Line {
					t.Errorf("%+v", p)
				}
			}
			for _, e := range m.Entries {
				if len(problems) == 0 && (e.Collection == nil) == (e.Workspace == nil) {
					t.Errorf("an entry without a source, or with two: %+v", e)
				}
			}
		})
		if spent != nil && len(text) < 1<<16 {
			t.Error(spent)
		}
	})
}
