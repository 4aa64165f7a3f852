package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"äöü", 3, "äöü"},
		{"äöüß", 3, "äö…"},
		{"abcd", 1, "…"},
	} {
		if got := text.Cut(c.in, c.n); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb\tc\u2028d":          "a b c d",
		"a\u202eb\u200bc\x1b[31m": "abc[31m",
		"\u200d\u200c":            "\u200d\u200c", // joiners
		"bad \xff":                "bad \uFFFD",
	} {
		if got := text.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPluralAndSize(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		text.Plural(0, "note"): "0 notes", text.Plural(1, "note"): "1 note", text.Plural(2, "note"): "2 notes",
		text.Size(1): "1 byte", text.Size(999): "999 bytes", text.Size(1000): "1.0 kB", text.Size(1500): "1.5 kB", text.Size(1_000_000): "1.0 MB",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHideCredentials(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"key PMAK-0123abc-def and pmat-XY":               "key PMAK-… and pmat-…",
		"https://me:pass@host/x":                         "https://host/x",
		"GET /collections/1?access_key=PMAT-1&x=2":       "GET /collections/1?access_key=…&x=2",
		"apiKey: ?apikey=secret) and &token=a":           "apiKey: ?apikey=…) and &token=…",
		"Authorization: Bearer abc.def":                  "Authorization: Bearer …",
		"the token eyJhbGciOiJIUzI1NiJ9.e30.x was wrong": "the token … was wrong",
		"nothing here":                       "nothing here",
		"xPMAK-1 my_pmat-2":                  "xPMAK-… my_pmat-…",
		"Basic Auth-Demo, Basic API":         "Basic Auth-Demo, Basic API",
		"basic authentication failed":        "basic authentication failed",
		"Basic dXNlcjpwYXNz":                 "Basic …",
		`{"Authorization": "Bearer secret"}`: `{"Authorization": "Bearer …"}`,
		"authorization=basic secret":         "authorization=basic …",
	} {
		if got := text.HideCredentials(in); got != want {
			t.Errorf("HideCredentials(%q) = %q, want %q", in, got, want)
		}
		if got := text.HideCredentials(want); got != want {
			t.Errorf("HideCredentials(%q) = %q", want, got)
		}
	}
}

func TestPostmanKeys(t *testing.T) {
	t.Parallel()
	const s = "PMAK-0123-abc, xpmat-01h and pmak"
	if got, want := text.PostmanKeysIn(s), []string{"PMAK-0123-abc", "pmat-01h"}; !slices.Equal(got, want) {
		t.Errorf("PostmanKeysIn(%q) = %q, want %q", s, got, want)
	}
	if got := text.PostmanKeyIn(s); got != "PMAK-0123-abc" || !text.HasPostmanKey(s) || text.HasPostmanKey("PMAK") {
		t.Errorf("PostmanKeyIn(%q) = %q", s, got)
	}
	for in, want := range map[string]bool{"PMAT-01": true, "pmat-": true, "PMAK-01": false, "PMAT": false, "x PMAT-01": false} {
		if got := text.IsAccessKey(in); got != want {
			t.Errorf("IsAccessKey(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestCredentialsInQueries(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"access_key": true, "API-Key": true, "token": true, "monkey": false, "keys": false, "": false} {
		if text.IsCredentialParameter(name) != want || text.HasCredentialQuery("https://host/?a=b&"+name+"=c") != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\r\nb\nc\td\u202e": "a\nb\nc d",
		"a\rb\n\n":           "a b\n\n",
		"":                   "",
	} {
		if got := text.Lines(in); got != want {
			t.Errorf("Lines(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a\nb ":                   "a b",
		"PMAK-\u200b0123456789012": "PMAK-…",
		"0123456789abcdef":         "012345678…",
	} {
		if got := text.Excerpt(in, 10); got != want {
			t.Errorf("Excerpt(%q) = %q, want %q", in, got, want)
		}
	}
	const margin = 4*10 + 1000
	for before, want := range map[int]string{margin - 3: "abc", margin - 2: "a…", 1 << 20: "…"} {
		if got := text.Excerpt(strings.Repeat("\u200b", before)+"abc", 10); got != want {
			t.Errorf("behind %d invisible characters Excerpt has %q, want %q", before, got, want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true,
		"": false, "example.com": false, "127.example.com": false, "localhost.example.com": false, "api.localhost": false, "10.0.0.1": false,
	} {
		if got := text.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q) = %v, want %v", host, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\u202e\x00b")
	f.Fuzz(func(t *testing.T, s string) {
		got := text.Cut(text.Line(s), 20)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00\x1b") || utf8.RuneCountInString(got) > 20 {
			t.Errorf("%q became %q", s, got)
		}
		if lines := text.Lines(s); strings.ContainsAny(lines, "\r\x00\x1b") || strings.Count(lines, "\n") != strings.Count(s, "\n") {
			t.Errorf("the lines of %q became %q", s, lines)
		}
		if text.HideCredentials(text.HideCredentials(s)) != text.HideCredentials(s) {
			t.Errorf("hiding %q twice differs", s)
		}
	})
}

func TestFew(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a, b": {"a", "b"}, "a, b, and 2 more": {"a", "b", "c", "d"}} {
		if got := text.Few(list, ", ", 2); got != want {
			t.Errorf("%v: %q, want %q", list, got, want)
		}
	}
}
