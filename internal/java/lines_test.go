package java_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/java"
)

// Lines are decoded in blocks: what is broken in a later one goes unnoticed.
func TestLinesOfBrokenText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, raw string
		want      string // the error of the first line, if it has one
	}{
		{"in the block", "a\n\xff", "Input length = 1"},
		{"in the next block", "a\n" + strings.Repeat("b", 8190) + "\xff", ""},
		{"at the end of the block", "a\n" + strings.Repeat("b", 8189) + "\xff", "Input length = 1"},
		{"a pair at the end of the block", "a\n" + strings.Repeat("b", 8189) + "😀\xff", ""},
		{"two bytes of three", "\xe2\x82(", "Input length = 2"},
		{"a surrogate", "\xed\xa0\x80", "Input length = 3"},
		{"compressed", "\x1f\x8b\x08", "Input length = 1"},
	} {
		_, err := java.NewLines([]byte(c.raw)).Next()
		bad, is := errors.AsType[*java.MalformedInputError](err)
		if is != (c.want != "") || is && bad.Error() != c.want {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		"a\r\nb\rc\n\nd": {"a", "b", "c", "", "d"},
		"a\n":            {"a"},
		"\n":             {""},
		"":               nil,
	} {
		if diff := cmp.Diff(want, allLines(t, []byte(raw))); diff != "" {
			t.Errorf("%q: %s", raw, diff)
		}
	}
}

func allLines(tb testing.TB, raw []byte) []string {
	tb.Helper()
	var got []string
	for l := java.NewLines(raw); ; {
		line, err := l.Next()
		if err != nil {
			if _, broken := errors.AsType[*java.MalformedInputError](err); !broken && !errors.Is(err, io.EOF) {
				tb.Errorf("unknown error %v", err)
			}
			return got
		}
		got = append(got, string(line))
	}
}

// No line holds a line end, and reading comes to an end.
func FuzzLines(f *testing.F) {
	for _, raw := range []string{"a\r\nb\rc\n\nd", "\xff", "\r\r\n", strings.Repeat("é", 9000)} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		lines := allLines(t, raw)
		if len(lines) > bytes.Count(raw, []byte("\n"))+bytes.Count(raw, []byte("\r"))+1 {
			t.Errorf("%d lines in %q", len(lines), raw)
		}
		for _, line := range lines {
			if strings.ContainsAny(line, "\r\n") {
				t.Errorf("a line is %q", line)
			}
		}
	})
}
