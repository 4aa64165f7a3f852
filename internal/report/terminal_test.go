package report

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

func TestGoldenTerminal(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said, failures := Terminal(r, Screen{Width: 80})
			golden(t, name+".term", said+"\n# standard error\n"+failures)
		})
	}
}

// What is new stands in the table: where nothing else changes, no title is left alone.
func TestTerminalOfNewCollections(t *testing.T) {
	t.Parallel()
	r := plannedSeveral()
	r.Secrets = nil
	for i := range r.Collections {
		r.Collections[i].Status, r.Collections[i].Importer = result.Planned, &result.Importer{Way: result.Way{Change: result.Create}}
	}
	if said, _ := Terminal(r, Screen{Width: 80}); strings.Contains(said, "What apply would do") || !strings.Contains(said, "create") {
		t.Error(said)
	}
}

// Colour adds nothing but itself.
func TestTerminalInColour(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		plain, failures := Terminal(r, Screen{Width: 80})
		coloured, inColour := Terminal(r, Screen{Width: 80, Colour: true, FailuresInColour: true})
		if got := colours.ReplaceAllString(coloured, ""); got != plain || coloured == plain {
			t.Errorf("%s: in colour it says\n%s\nand not\n%s", name, got, plain)
		}
		if got := colours.ReplaceAllString(inColour, ""); got != failures {
			t.Errorf("%s: failures in colour say\n%s\nand not\n%s", name, got, failures)
		}
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9]{1,2}m")

// No line is wider than the terminal, but for a word that is.
func TestTerminalFitsTheWidth(t *testing.T) {
	t.Parallel()
	all := cases()
	wide := filled(1|withSeveral, strings.Repeat("世界 ", 40), strings.Repeat("👩‍💻é ", 80))
	for i := range wide.Collections { // what nobody else chooses
		c := &wide.Collections[i]
		c.Service.MockURL = server
		for k := range c.Findings {
			c.Findings[k].ID = "PMI010"
		}
	}
	all["wide characters"] = wide
	for name, r := range all {
		for _, width := range []int{40, 80, 140} {
			said, failures := Terminal(r, Screen{Width: width})
			for line := range strings.Lines(said + failures) {
				line = strings.TrimSuffix(line, "\n")
				if got := text.Width(line); got > width && !hasLongWord(line, width) {
					t.Errorf("%s: %d columns of %d: %q", name, got, width, line)
				}
			}
		}
	}
}

// hasLongWord reports whether a line cannot be broken: its last word is what does not
// fit behind what stands before all words.
func hasLongWord(line string, width int) bool {
	words := strings.Fields(line)
	return len(words) > 0 && text.Width(words[len(words)-1]) > width-20
}

// What others wrote moves no cursor, sets no title and rings no bell.
func FuzzTerminal(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, s+"\x1b[2J\x1b]0;title\x07\u202e\u2066\r\x9b31m", uint8(i))
	}
	f.Fuzz(func(t *testing.T, a, b string, v uint8) {
		r := filled(variant(v), a, b)
		said, failures := Terminal(r, Screen{Width: 80, Colour: true, FailuresInColour: true})
		for _, c := range colours.ReplaceAllString(said+failures, "") {
			if c != '\n' && (unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control)) {
				t.Fatalf("%U in what is said of %q and %q:\n%q", c, a, b, said+failures)
			}
		}
	})
}

// The JSON is valid whatever names hold, says what they hold, and moves no cursor
// either.
func TestHostileJSON(t *testing.T) {
	t.Parallel()
	for _, a := range append(slices.Clip(hostile), "\u009b31m \U000e0041 ##[error] \x7f \u2066") {
		raw := JSON(filled(withSeveral|withInterruption, a, a), 1<<30)
		for _, c := range string(raw) {
			if unicode.IsControl(c) || unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
				t.Errorf("%U in the JSON of %q", c, a)
			}
		}
		var told result.Result
		if err := json.Unmarshal(raw, &told); err != nil {
			t.Errorf("%q: %v", a, err)
			continue
		}
		if got := string(told.Collections[0].Name); got != a && utf8.ValidString(a) {
			t.Errorf("%q is told as %q", a, got)
		}
	}
}
