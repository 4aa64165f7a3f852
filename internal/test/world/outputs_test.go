package world

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A runner reads the outputs of a step so.
func TestParseOutputs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Output{
		"":                                {},
		"status=failed\n":                 {{"status", "failed"}},
		"a=b<<c\n":                        {{"a", "b<<c"}},
		"result<<x\n{\n}\nx\nstatus=ok\n": {{"result", "{\n}"}, {"status", "ok"}},
		"empty<<x\nx\n":                   {{"empty", ""}},
		"status<<x\nfailed\n":             nil, // does not end
		"neither\n":                       nil,
		"<<x\na\nx\n":                     nil,
		"status<<\na\n\n":                 nil,
	} {
		got, err := ParseOutputs(text)
		if (err != nil) != (want == nil) {
			t.Errorf("%q: %v", text, err)
		}
		if want != nil && len(want)+len(got) > 0 && cmp.Diff(want, got) != "" {
			t.Errorf("%q: %s", text, cmp.Diff(want, got))
		}
	}
}
