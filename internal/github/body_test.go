package github

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// What does not fit is left out by whole parts and whole rows, from the end, and the
// pointer to the rest always fits.
func TestRender(t *testing.T) {
	t.Parallel()
	parts := []Part{
		{Head: "totals\n"},
		{Head: "head|\n", Rows: []string{"row1|\n", "row2|\n"}, Foot: "\n"},
		{Head: "more\n", Rows: []string{"x\n"}},
	}
	for limit, want := range map[int]string{
		33: "totals\nhead|\nrow1|\nrow2|\n\nmore\nx\n",
		32: "totals\nhead|\nrow1|\nrow2|\n\n…rest",
		31: "totals\nhead|\nrow1|\nrow2|\n\n…rest",
		30: "totals\nhead|\nrow1|\n\n…rest",
		24: "totals\n…rest",
		11: "…rest",
	} {
		got, _, cut := render(parts, "…rest", limit)
		if got != want || cut != (limit < 33) {
			t.Errorf("%d: %q, cut %t", limit, got, cut)
		}
	}
}

func TestRenderKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.StringN(0, 20, -1), 0, 6)
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Part {
			return Part{
				Head: rapid.StringN(0, 20, -1).Draw(t, "head"), Rows: some.Draw(t, "rows"), Foot: rapid.StringN(0, 5, -1).Draw(t, "foot"),
			}
		}), 0, 8).Draw(t, "parts")
		limit := rapid.IntRange(10, 300).Draw(t, "limit")
		got, _, cut := render(parts, "…rest", limit)
		if n := len(utf16.Encode([]rune(got))); n > limit || n != length(got) {
			t.Fatalf("%d characters, counted %d, limit %d", n, length(got), limit)
		}
		whole := ""
		for _, p := range parts {
			whole += p.Head + strings.Join(p.Rows, "") + p.Foot
		}
		if cut == (length(whole) <= limit) || !cut && got != whole || cut && !strings.HasSuffix(got, "…rest") {
			t.Fatalf("cut %t: %q of %q", cut, got, whole)
		}
	})
}

// A marker is read where a comment begins with it, and as it was written.
func TestMarker(t *testing.T) {
	t.Parallel()
	place := Place{Workflow: "octo/pets/.github/workflows/ci.yml", Job: "mocks", Key: "https://microcks.example --> <b>"}
	m := marker{place: place.id(), run: Run{Number: 57, Attempt: 2}}
	for body, want := range map[string]bool{
		m.String() + "text": true,
		strings.TrimSuffix(m.String(), "\n") + "\r\ntext":                    true,
		" " + m.String() + "text":                                            false,
		"> " + m.String() + "text":                                           false,
		"text" + m.String():                                                  false,
		"text\n" + m.String():                                                false,
		strings.TrimSuffix(m.String(), "\n"):                                 false,
		strings.ToUpper(m.String()) + "text":                                 false,
		strings.Replace(m.String(), "57", "-57", 1):                          false,
		strings.Replace(m.String(), "57", "9999999999999999999", 1) + "text": false,
		"": false,
	} {
		got, rest, ok := parseMarker(body)
		if ok != want || ok && (got != m || rest != "text") {
			t.Errorf("%q: %v %q %t", body, got, rest, ok)
		}
	}
	if strings.Contains(m.String(), "microcks.example") || strings.Count(m.String(), "-->") != 1 {
		t.Errorf("%s", m)
	}
}

// Places that differ in one name, or where a name ends, have comments of their own.
func TestPlaces(t *testing.T) {
	t.Parallel()
	ids := make(map[string]Place)
	for _, p := range []Place{{}, {"a", "b", "c"}, {"a", "b", "d"}, {"a", "bc", ""}, {"ab", "c", ""}, {"a", "b\",\"c", ""}, {"", "a", "b"}} {
		if other, taken := ids[p.id()]; taken {
			t.Errorf("%q and %q are one", p, other)
		}
		ids[p.id()] = p
	}
}

func FuzzMarker(f *testing.F) {
	f.Add(marker{place: Place{}.id(), run: Run{1, 1}}.String())
	f.Fuzz(func(t *testing.T, body string) {
		m, rest, ok := parseMarker(body)
		if !ok {
			return
		}
		if again, text, ok := parseMarker(m.String() + rest); !ok || again != m || text != rest {
			t.Errorf("%q is read as %v, which is written %q", body, m, fmt.Sprint(m))
		}
	})
}
