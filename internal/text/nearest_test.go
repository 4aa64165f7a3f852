package text

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{
		"collections", "mode", "fail-on", "postman-api-key", "postman-api-url", "microcks-url", "keycloak-audience", "labels", "timeout",
	}
	for word, want := range map[string]string{
		"colection":    "collections",
		"collection":   "collections",
		"timeuot":      "timeout",
		"microcks-ulr": "microcks-url",
		"audience":     "keycloak-audience",

		"fail-on-changes": "fail-on",
		"service-labels":  "labels",
		"mdoe":            "mode",
		"LABELS":          "labels",
		"postman":         "", // a part of several
		"x":               "",
		"":                "",
		"something-else":  "",
	} {
		got, ok := Nearest(word, names)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	for _, d := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}, {"ab", "ba", 2}} {
		if got := distance(d.a, d.b); got != d.want {
			t.Errorf("distance(%q, %q) = %d, want %d", d.a, d.b, got, d.want)
		}
	}
}
