package predict

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// alike is a collection of n items with an example each, which has this many
// headers. Their names differ in case alone, so that each item's example goes to
// every operation.
func alike(n, headers int) []byte {
	header := strings.Join(slices.Repeat([]string{`{"key":"A","value":"b"}`}, headers), ",")
	items := make([]string, n)
	for i := range items {
		path := []byte("abcdefghij")
		for bit := range path {
			if i>>bit&1 == 1 {
				path[bit] -= 'a' - 'A'
			}
		}
		items[i] = fmt.Sprintf(`{"name":"x","request":{"method":"GET","url":{"raw":"http://h/%s"}},
			"response":[{"name":"e","code":200,"header":[%s]}]}`, path, header)
	}
	return []byte(`{"collection":{"info":{"name":"Pets","description":"version=1.0 - d"},"item":[` + strings.Join(items, ",") + `]}}`)
}

// A small collection cannot blow up without end: examples have a bound, and so have
// the lists that they repeat.
func TestExamplesAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw     []byte
		unknown bool
	}{
		"199,809 examples":    {alike(447, 0), false},
		"200,704 examples":    {alike(448, 0), true},
		"3.9 MB of headers":   {alike(100, 7), false},
		"4.4 MB of headers":   {alike(100, 8), true},
		"each said only once": {alike(1, 100_000), false},
	} {
		p := Read(c.raw, Options{}).Import(Target{Main: true})
		if p.Service == nil {
			t.Fatalf("%s: %+v", name, p.Prediction)
		}
		if got := slices.ContainsFunc(p.Service.Operations, func(op Operation) bool { return op.Unknown }); got != c.unknown {
			t.Errorf("%s: unknown is %t", name, got)
		}
	}
}
