package actions

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/text"
)

// hostile are texts that someone would put into a collection's name.
var hostile = []string{
	"", "Pet Store", "::error::x", "  ::stop-commands::t", "\r::set-output name=a::b", "x ##[add-mask]e",
	"\u00ad::error::x", "#\u200d#[error]x", ":\x00:error::x", "\xff##[group]", "a\n_GitHubActionsFileCommandDelimeter_\nb=c",
	"a%0A::error::b", "a,b=c::d", "\u202etxt.exe", "\u2028::error::x", "a]b;c", "\v::error::x", "\u3000::error::x",
}

func FuzzSafe(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got := Safe(a)
		if c := commandsIn(got); c != nil {
			t.Fatalf("%q becomes %q with the commands %v", a, got, c)
		}
		for _, c := range got {
			joiner := c == '\u200c' || c == '\u200d'
			if unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) && !joiner {
				t.Fatalf("%q becomes %q, with %U in it", a, got, c)
			}
		}
		if !utf8.ValidString(got) || Safe(got) != got && utf8.RuneCountInString(got) < maxSafe {
			t.Fatalf("%q becomes %q, and that %q", a, got, Safe(got))
		}
		// What was cut short and then escaped may be longer by the escapes alone.
		if n := utf8.RuneCountInString(strings.ReplaceAll(got, `\`, "")); n > maxSafe {
			t.Fatalf("%d runes", n)
		}
		s := newStep(t, "RUNNER_DEBUG", "1")
		s.Printf("%s%v and %q: %d\n%s", a, b, a, 3, b)
		s.Printf("%s", []string{a, b})
		s.Printf(strings.ReplaceAll(a, "%", "%%")+"%s", b)
		if c := commandsIn(s.log.String()); c != nil {
			t.Fatalf("%q and %q: %v in\n%s", a, b, c, s.log.String())
		}
		s.log.Reset()
		s.Debugf("%s\n%s", a, b)
		s.Group(a)()
		var names []string
		for _, c := range commandsIn(s.log.String()) {
			names = append(names, c.Name)
		}
		if diff := cmp.Diff([]string{"debug", "group", "endgroup"}, names); diff != "" {
			t.Fatal(diff, s.log.String())
		}
	})
}

func FuzzAnnotate(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s, s, 1)
	}
	f.Fuzz(func(t *testing.T, title, file, message string, line int) {
		s := newStep(t)
		a := Annotation{Title: title, File: file, Line: line, Message: message}
		s.Annotate(Warning, a)
		got := commandsIn(s.log.String())
		if len(got) != 1 || got[0].Name != "warning" || len(readLines(strings.TrimSuffix(s.log.String(), "\n"))) != 1 {
			t.Fatalf("%+v: %v in %q", a, got, s.log.String())
		}
		for name, value := range got[0].Properties {
			switch name {
			case "title", "file", "line":
			default:
				t.Fatalf("property %q", name)
			}
			if strings.ContainsAny(value, "\r\n\x1b") {
				t.Fatalf("%s: %q", name, value)
			}
		}
		if want := cutMessage(text.Lines(message)); got[0].Data != want {
			t.Fatalf("%q, want %q", got[0].Data, want)
		}
	})
}

func FuzzOutputs(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		s := newStep(t)
		want := []Output{{"first", strings.ToValidUTF8(a, "\uFFFD")}, {"second", strings.ToValidUTF8(b, "\uFFFD")}}
		if err := s.SetOutputs([]Output{{"first", a}, {"second", b}}); err != nil {
			t.Fatal(err)
		}
		got, err := readOutputs(s.read(s.output))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzCutSummary(f *testing.F) {
	f.Add("a\n```\nb\n<details>\n", 3, 200)
	f.Fuzz(func(t *testing.T, text string, repeat, budget int) {
		if !utf8.ValidString(text) || repeat < 0 || repeat > 50 || budget < 0 {
			return
		}
		text = strings.Repeat(text, repeat)
		got := cutSummary(text, budget)
		if len(got) > budget || !utf8.ValidString(got) {
			t.Fatalf("%d bytes of %d", len(got), budget)
		}
		if len(text) <= budget && got != text {
			t.Fatal("what fits is cut")
		}
		if body, ok := strings.CutSuffix(got, cutNotice); ok && closing(body) != "" {
			t.Fatalf("left open: %q", body)
		}
	})
}
