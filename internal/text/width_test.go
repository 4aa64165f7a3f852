package text

import "testing"

func TestWidth(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"": 0, "abc": 3, "漢字": 4, "e\u0301": 1, "👩\u200d💻": 2, "✓": 1, "…": 1, "→": 1, "한글": 4, "ｆ": 2,
	} {
		if got := Width(s); got != want {
			t.Errorf("%q has %d columns, want %d", s, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		s     string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"漢字漢", 5, "漢字…"}, {"漢字漢", 4, "漢…"}, {"", 0, ""},
	} {
		got := Fit(tt.s, tt.width)
		if got != tt.want {
			t.Errorf("%q in %d columns is %q, want %q", tt.s, tt.width, got, tt.want)
		}
	}
}
