package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anywhere leaves places out of a comparison.
var anywhere = cmp.Options{
	cmpopts.IgnoreFields(Said[string]{}, "Position"), cmpopts.IgnoreFields(Said[bool]{}, "Position"),
	cmpopts.IgnoreFields(Entry{}, "Position"), cmpopts.EquateEmpty(),
}

// TestWrite holds what is written: a person reads and changes it.
func TestWrite(t *testing.T) {
	t.Parallel()
	m, problems := parse(everything)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	aside := []Aside{{
		"of the repository acme/other\n- collection: b",
		Entry{Collection: &Said[string]{Value: "c\n- d"}, Labels: []Label{{Said[string]{Value: "a: b"}, Said[string]{Value: "#"}}}},
	}}
	got := string(m.Write([]string{"First.", "", "se\ncond"}, aside))
	want := `# First.
#
# se cond
key: payments
defaults:
  labels:
    team: pay
  delivery: upload
  verify: service
collections:
  - 12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2
  - collection: "exports/*.json"
    main-artifact: false
    active: true
    labels:
      tier: "1"
      on call: "yes"
      empty: ""
    service-version: "1.10"
  - workspace: 2f0d6c3a-6a0e-4d2a-8f2e-0b6f0f0c9d11
    include:
      - "Payments *"
      - Refunds
    exclude:
      - "* (draft)"
    forks: true
    verify: mocks
  - collection: a
    importer-name: "Pets ☃"
    delivery: importer
  # of the repository acme/other - collection: b
  # - collection: "c\n- d"
  #   labels:
  #     "a: b": "#"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := string((&Manifest{}).Write(nil, nil)); got != "collections: []\n" {
		t.Errorf("an empty one: %q", got)
	}
}

// texts are strings that YAML, or this program, may take for something else.
func drawText(t *rapid.T, name string) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{
			"yes", "No", "~", "null", "1.10", "0x1f", "1e3", "2024-01-01", "12:30", "- a", "a: b", "a #b", "#a", "*a", "&a", "!a", "%a", "@a",
			"`a`", "'a'", `"a"`, `\`, "|", ">", "?", "{a}", "[a]", "<<", "---", "...", "=", ",", "é", "☃", "a\u00a0b", "💩", "a\tb", "a\nb", "\u0085",
			"\u2028", "\ufeff", "\u202e", "\x00", "\x7f", "workspace:1f0df51a-8658-4ee8-a2a1-d2567dfa09a9", "true", "TRUE", ".inf", "0o7", "_1",
		}),
		rapid.String(), rapid.StringMatching(`[ -~]{1,40}`),
	).Draw(t, name)
	return s
}

func drawEntry(t *rapid.T, draw func(*rapid.T, string) string, where place) (e Entry) {
	for i := range keys {
		k := &keys[i]
		if k.field == nil || k.places&where == 0 {
			continue
		}
		source := k.name == "collection" || k.name == "workspace"
		if !source && rapid.Bool().Draw(t, "leave out "+k.name) {
			continue
		}
		switch field := k.field(&e).(type) {
		case **Said[string]:
			*field = &Said[string]{Value: draw(t, k.name)}
			if k.allowed != nil {
				(*field).Value = rapid.SampledFrom(k.allowed).Draw(t, k.name)
			}
		case **Said[bool]:
			*field = &Said[bool]{Value: rapid.Bool().Draw(t, k.name)}
		case *[]Said[string]:
			for range rapid.IntRange(0, 3).Draw(t, "patterns") {
				*field = append(*field, Said[string]{Value: draw(t, "pattern")})
			}
		case *[]Label:
			seen := map[string]bool{}
			for range rapid.IntRange(0, 3).Draw(t, "labels") {
				l := Label{Said[string]{Value: draw(t, "key")}, Said[string]{Value: draw(t, "value")}}
				if !seen[l.Key.Value] {
					*field = append(*field, l)
				}
				seen[l.Key.Value] = true
			}
		}
	}
	return e
}

func drawManifest(t *rapid.T, draw func(*rapid.T, string) string) *Manifest {
	m := &Manifest{Defaults: drawEntry(t, draw, inDefaults)}
	if rapid.Bool().Draw(t, "key") {
		m.Key = &Said[string]{Value: draw(t, "key")}
	}
	for range rapid.IntRange(0, 4).Draw(t, "entries") {
		m.Entries = append(m.Entries, drawEntry(t, draw, rapid.SampledFrom([]place{ofCollection, ofWorkspace}).Draw(t, "kind")))
	}
	return m
}

// TestReadBack holds that what is written is read back.
func TestReadBack(t *testing.T) {
	t.Parallel()
	fit := func(t *rapid.T, name string) string {
		s := drawText(t, name)
		if s = strings.TrimSpace(s); s == "" || !visible(s) || len(s) > longestText {
			s = "x"
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t, fit)
		raw := m.Write([]string{drawText(t, "about")}, []Aside{{drawText(t, "why"), drawEntry(t, drawText, ofCollection)}})
		got, problems := parse(string(raw))
		if len(problems) > 0 {
			t.Fatalf("%s\n%v", raw, problems)
		}
		if diff := cmp.Diff(m, got, anywhere); diff != "" {
			t.Fatalf("%s\n-want +got:\n%s", raw, diff)
		}
	})
}

// TestWriteHostile holds that no text of a stranger makes an entry, or a key.
func TestWriteHostile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t, drawText)
		raw := m.Write([]string{drawText(t, "about")}, []Aside{{drawText(t, "why"), drawEntry(t, drawText, ofCollection)}})
		got, problems := parse(string(raw))
		for _, p := range problems {
			if p.Line == 0 || strings.Contains(p.Fault, "key is unknown") || strings.Contains(p.Fault, "YAML") {
				t.Fatalf("%s\n%+v", raw, p)
			}
		}
		if len(got.Entries) != len(m.Entries) {
			t.Fatalf("%s\n%d entries, want %d", raw, len(got.Entries), len(m.Entries))
		}
	})
}
