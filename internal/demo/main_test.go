package main

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/text"
)

// The story fits three screens, and says what it is told for.
func TestThreeScreens(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := show(t.Context(), &out, nil, "", "", nil); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"/start: 200 OK", ": 404 Not Found", "PMI001", "mocks of 13 of 13 operations answered as saved", "\n0 requests of it wrote.\n",
		"harbour.json): uploaded, 13 operations and 22 examples mocked",
		"Lighthouses): uploaded, 2 operations and 2 examples mocked",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	rows := 0
	for line := range strings.Lines(out.String()) {
		rows += 1 + max(0, text.Width(strings.TrimSuffix(line, "\n"))-1)/80
	}
	if rows > 90 {
		t.Errorf("%d rows of 80 columns, want 90 at most:\n%s", rows, out.String())
	}
}

// The program hears what the environment says of colours.
func TestColoursAreAskedFor(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"FORCE_COLOR": true, "NO_COLOR": false} {
		var out strings.Builder
		if err := show(t.Context(), &out, map[string]string{name: "1"}, "", "", nil); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != want {
			t.Errorf("%s=1: colours %t, want %t", name, got, want)
		}
	}
}
