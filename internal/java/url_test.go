package java_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"postman-microcks-importer/internal/java"
)

// What URLDecoder.decode of Java 17 and of Java 25 was seen to do.
func TestDecodeURL(t *testing.T) {
	t.Parallel()
	const illegal = "Illegal hex characters in escape (%) pattern - "
	const incomplete = "Incomplete trailing escape (%) pattern"
	for _, c := range []struct {
		in, want string
		bad17    string // the reason of Java 17
		bad25    string
	}{
		{in: `a b`, want: `a b`},
		{in: `a+b`, want: `a b`},
		{in: `%41`, want: `A`},
		{in: `%C3%A9`, want: `é`},
		{in: `%FF`, want: `�`},
		{in: `%C3`, want: `�`},
		{in: `%E6%97%A5x`, want: `日x`},
		{in: `a%20b%2B`, want: `a b+`},
		{in: `%F0%9F%98%80`, want: `😀`},
		{in: `%ED%A0%80`, want: `�`},
		{in: `%`, bad17: incomplete, bad25: incomplete},
		{in: `%4`, bad17: incomplete, bad25: incomplete},
		{in: `é%`, bad17: incomplete, bad25: incomplete},
		{in: `%zz`, bad17: illegal + `Error at index 0 in: "zz"`, bad25: illegal + `not a hexadecimal digit: "z" = 122`},
		{in: `%4g`, bad17: illegal + `Error at index 1 in: "4g"`, bad25: illegal + `not a hexadecimal digit: "g" = 103`},
		{in: `%é1`, bad17: illegal + `Error at index 0 in: "é1"`, bad25: illegal + `not a hexadecimal digit: "é" = 233`},
		{in: `%-1`, bad17: illegal + `negative value`, bad25: illegal + `not a hexadecimal digit: "-" = 45`},
		{in: `%+1`, want: "\x01", bad25: illegal + `not a hexadecimal digit: "+" = 43`},
		{in: `%١٢`, want: "\x12", bad25: illegal + `not a hexadecimal digit: "١" = 1633`},
		{in: `%😀`, bad17: illegal + `Error at index 0 in: "😀"`, bad25: illegal + `not a hexadecimal digit: "` + "\uFFFD" + `" = 55357`},
	} {
		for _, release := range []struct {
			strict bool
			bad    string
		}{{false, c.bad17}, {true, c.bad25}} {
			got, err := java.DecodeURL(c.in, java.Options{StrictHex: release.strict})
			bad, _ := errors.AsType[*java.EscapeError](err)
			switch {
			case release.bad == "" && (err != nil || got != c.want):
				t.Errorf("strict %v: %q: got %q %v, want %q", release.strict, c.in, got, err, c.want)
			case release.bad != "" && (bad == nil || bad.Reason != release.bad || err.Error() != "URLDecoder: "+release.bad):
				t.Errorf("strict %v: %q: got %q %v, want an error with %q", release.strict, c.in, got, err, release.bad)
			}
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, path, form string }{
		{"a b/é:+?", "a%20b/%C3%A9:+%3F", "a+b%2F%C3%A9%3A%2B%3F"},
		{"a~*", "a~*", "a%7E*"},
		{"a" + lone, "a%3F", "a%3F"},
	} {
		if got := java.EncodePath(c.in); got != c.path {
			t.Errorf("EncodePath(%q) = %s, want %s", c.in, got, c.path)
		}
		if got := java.EncodeForm(c.in); got != c.form {
			t.Errorf("EncodeForm(%q) = %s, want %s", c.in, got, c.form)
		}
	}
}

// What is encoded as a form decodes to itself.
func FuzzURL(f *testing.F) {
	for _, s := range []string{"", "a b+c", "%41%zz", "é%", "%-1", "😀", lone} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, strict bool) {
		o := java.Options{StrictHex: strict}
		if got, err := java.DecodeURL(s, o); err == nil && strings.ContainsRune(got, '%') && !strings.Contains(s, "%") {
			t.Errorf("%q became %q", s, got)
		}
		if !utf8.ValidString(s) {
			return
		}
		if got, err := java.DecodeURL(java.EncodeForm(s), o); err != nil || got != s {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	})
}
