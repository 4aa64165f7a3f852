package yamltree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"postman-microcks-importer/internal/test/seeds"
)

// What the library makes of a text is never more than was counted before.
func FuzzCount(f *testing.F) {
	for _, seed := range seeds.YAML(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) { counted(t, s) })
}

// The same of texts that are made of lines as YAML has them, some of which hold many
// values where they are none of a text that goes on.
func TestCountOfLines(t *testing.T) {
	t.Parallel()
	many := "[" + strings.Repeat("[],", 20) + "]"
	begins := []string{"", "- ", "k: ", "l: ", "\"m\": ", "- n: ", "- - ", "? ", ": ", "# "}
	values := []string{
		"", "a", "b c", "|", ">-", "|2", "| # c", "'", "\"", "'d'", "\"e\"", "'f", "g\"", "h: i", "j # k", "&x y", "*x", "!!str z",
		"---", "...", "it's", "\\",
		many, many, "{o: " + many + "}", "- " + many, "q: " + many, "' " + many, "r\u0085" + many, "\"s\" " + many, "t, " + many,
	}
	ends := []string{"\n", "\n", "\n", "\n\n", "\r\n", "\r", "\u2028", "\n     \n", " \n", ""}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			b.WriteString(strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent")))
			for _, pieces := range [][]string{begins, values, ends} {
				b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
			}
		}
		counted(t, b.String())
	})
}

func counted(t interface{ Errorf(string, ...any) }, s string) {
	raw, _ := hideBreaks(nil, []byte(s))
	n, _ := count(raw)
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	made := 0
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		if made += nodes(&node); err != nil {
			if made > 2*n+3 {
				t.Errorf("%q: %d were counted, and the library makes %d", s, n, made)
			}
			return
		}
	}
}

// nodes is how many values and comments a node has, without the document.
func nodes(n *yaml.Node) int {
	made := 1
	if n.Kind == 0 || n.Kind == yaml.DocumentNode {
		made = 0
	}
	for _, comment := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		if comment != "" {
			made++
		}
	}
	for _, e := range n.Content {
		made += nodes(e)
	}
	return made
}

// What Postman writes is counted for what it is, whatever its texts hold.
func TestCount(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("[{},\"a\": 'b', - c: # &d *e !f]", 100)
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"a block":           {"a: |-\n  " + text + "\n  " + text + "\nb: c\n", 6},
		"a folded block":    {"a:\n  - b: >2\n      " + text + "\n\n      c\n  - d\n", 9},
		"a quote":           {"a: '" + strings.ReplaceAll(text, "'", "''") + "'\nb: c\n", 6},
		"a quote of lines":  {"a: \"x\n  " + strings.ReplaceAll(text, `"`, `\"`) + "\n  y\"\n- b\n", 5},
		"words":             {"a: b,c[d]{e}'f'\"g\"\n\nk: l\n", 6},
		"words and comment": {"a: b # " + text + "\nc: d\n", 7},
		"keys":              {"$kind: a\n\"b: c\": d\n'e': f\n{{g}}: h\n", 14},
		"brackets":          {"a: []\nd: {} # [,]\n", 7},
	} {
		if got, open := count([]byte(c.text)); got != c.want || open >= 0 {
			t.Errorf("%s: %d counted (open %d), want %d", name, got, open, c.want)
		}
	}
	if _, open := count([]byte("a: b\nc: \"d\n  e\n")); open != 8 {
		t.Errorf("a quote is open at %d, want 8", open)
	}
}
