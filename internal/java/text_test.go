package java_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"postman-microcks-importer/internal/java"
)

// lone is a surrogate without a partner.
const lone = "\xED\xA0\xBD"

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, sep string
		want    []string
	}{
		{"a&&b&&", "&", []string{"a", "", "b"}},
		{"", "&", []string{""}},
		{"==", "=", nil},
		{"&a", "&", []string{"", "a"}},
		{"a??b", "??", []string{"a", "b"}},
	} {
		if got := java.Split(c.in, c.sep); !slices.Equal(got, c.want) {
			t.Errorf("Split(%q, %q) = %q, want %q", c.in, c.sep, got, c.want)
		}
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"\x00 \t a \u00a0\n": "a \u00a0", " \n": "", "a": "a"} {
		if got := java.Trim(in); got != want {
			t.Errorf("Trim(%q) = %q, want %q", in, got, want)
		}
	}
	if got := java.Trim([]byte(" a ")); string(got) != "a" {
		t.Errorf("of bytes: %q", got)
	}
}

func TestFoldKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"GET /Pets", "get /pets", true},
		{"\u0130", "i", true}, // upper case first, then lower
		{"\u212A", "k", true},
		{"GET /Straße", "GET /STRASSE", false}, // characters fold one by one
		{lone, "\uFFFD", false},
	} {
		if same := java.FoldKey(c.a) == java.FoldKey(c.b); same != c.same {
			t.Errorf("%q and %q: same %v", c.a, c.b, same)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		sign int
	}{
		{"a", "b", -1},
		{"a", "a", 0},
		{"ab", "a", 1},
		{"\uFFFD", "\U0001F600", 1}, // by UTF-16 units
		{"\U0001F600", "\U0001F601", -1},
		{lone, "\U0001F600", -1}, // the beginning of it
		{lone + "\uFFFD", "\U0001F600", 1},
	} {
		if got := java.Compare(c.a, c.b); max(-1, min(1, got)) != c.sign {
			t.Errorf("Compare(%q, %q) = %d", c.a, c.b, got)
		}
	}
}

func TestWellFormed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a\U0001F600": "a\U0001F600", "a" + lone + "b": "a\uFFFDb", lone + lone: "\uFFFD\uFFFD"} {
		if got := java.WellFormed(in); got != want {
			t.Errorf("WellFormed(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIndexError(t *testing.T) {
	t.Parallel()
	if got, want := (&java.IndexError{Index: 1, Length: 1}).Error(), "Index 1 out of bounds for length 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Double.toString of Java 25; Java 17 prints some extremes with other digits.
func TestFormatDouble(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		"1.0":                    "1.0",
		"1.10":                   "1.1",
		"100.0":                  "100.0",
		"0.1":                    "0.1",
		"0.001":                  "0.001",
		"0.0009":                 "9.0E-4",
		"1e7":                    "1.0E7",
		"9999999.5":              "9999999.5",
		"12345678.9":             "1.23456789E7",
		"1e21":                   "1.0E21",
		"1e22":                   "1.0E22",
		"4.9e-324":               "4.9E-324",
		"1e-323":                 "9.9E-324",
		"1.7976931348623157e308": "1.7976931348623157E308",
		"123e-2":                 "1.23",
		"1e400":                  "Infinity",
		"-1e400":                 "-Infinity",
		"-0.0":                   "-0.0",
		"0.30000000000000004":    "0.30000000000000004",
		"3.4e38":                 "3.4E38",
		"2e-3":                   "0.002",
	} {
		if got := java.FormatDouble(literal); got != want {
			t.Errorf("%s: got %s, want %s", literal, got, want)
		}
	}
}

func TestFormatInteger(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{"-0": "0", "0": "0", "12345678901234567890": "12345678901234567890"} {
		if got := java.FormatInteger(literal); got != want {
			t.Errorf("%s: got %s, want %s", literal, got, want)
		}
	}
}

func TestHashOrder(t *testing.T) {
	t.Parallel()
	given := []string{"other", "id", "q", "b"}
	if got := java.HashOrder(given); !slices.Equal(got, []string{"q", "other", "b", "id"}) {
		t.Errorf("%q", got)
	}
	if !slices.Equal(given, []string{"other", "id", "q", "b"}) {
		t.Errorf("the argument was changed: %q", given)
	}
	same := []string{"BB", "Aa"} // of one hash
	if got := java.HashOrder(same); !slices.Equal(got, same) {
		t.Errorf("of one bucket: %q", got)
	}
}

// Whatever a string holds, its code points are the string, and no function of
// texts loses its grip.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a=b&c", lone, "\U0001F600" + lone, "\xff", "Straße"} {
		f.Add(s, "x"+s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var back strings.Builder
		for _, r := range java.CodePoints(a) {
			java.WriteCodePoint(&back, r)
		}
		if utf8.ValidString(a) && back.String() != a {
			t.Errorf("%q became %q", a, back.String())
		}
		if got := java.WellFormed(a); !utf8.ValidString(got) || utf8.ValidString(a) && got != a {
			t.Errorf("WellFormed(%q) = %q", a, got)
		}
		if utf8.ValidString(a) && utf8.ValidString(b) && (java.Compare(a, b) < 0) != (java.Compare(b, a) > 0) {
			t.Errorf("%q and %q have no order", a, b)
		}
		if java.FoldKey(java.FoldKey(a)) != java.FoldKey(a) {
			t.Errorf("%q folds again", a)
		}
		if got := java.Split(a, "="); len(got) > 1 && got[len(got)-1] == "" {
			t.Errorf("Split(%q) = %q", a, got)
		}
	})
}
