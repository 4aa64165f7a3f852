package text

import (
	"strings"
	"testing"
)

func TestPatternsOfNames(t *testing.T) {
	t.Parallel()
	for pattern, names := range map[string]map[string]bool{
		"Pets":      {"Pets": true, "pets": false, "Pets ": false, "": false},
		"*":         {"": true, "a/b": true, "ä": true},
		"Pets*":     {"Pets": true, "Pets/v1": true, "My Pets": false},
		"*(draft)":  {"Pets (draft)": true, "(draft) (draft)": true, "(draft) ": false},
		"?ets":      {"Pets": true, "Äets": true, "ets": false, "PPets": false},
		"*a*b*":     {"ab": true, "xaxbx": true, "ba": false},
		`\*`:        {"*": true, "x": false},
		`a\`:        {"a": false, `a\`: false},
		"[a]{b,c}":  {"[a]{b,c}": true, "ab": false},
		"":          {"": true, "a": false},
		"*aaaaaab*": {strings.Repeat("a", 200): false},
	} {
		for name, want := range names {
			if got := MatchesName(pattern, name); got != want {
				t.Errorf("%q matches %q: %t", pattern, name, got)
			}
		}
	}
	for _, name := range []string{"", "Pets", `a*b?c\d`, `\*`, "**", "Überfall [x]", " a  b ", "\u00a0a\tb\n", "a\u200b\u202e", "   "} {
		if !MatchesName(ExactName(name), name) || MatchesName(ExactName(name), name+"x") {
			t.Errorf("%q is not matched by %q", name, ExactName(name))
		}
		if p := ExactName(name); Line(p) != p || strings.TrimSpace(p) != p {
			t.Errorf("%q of %q is no line", p, name)
		}
	}
}
