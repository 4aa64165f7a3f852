package jackson_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// mustParse is for inputs that the newest parser reads.
func mustParse(tb testing.TB, raw string) *jackson.Document {
	tb.Helper()
	doc, err := jackson.Parse([]byte(raw), newest)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

var newest = jackson.Options{LimitsNames: true, RefusesSurrogates: true}

// tree is a value in the types of encoding/json; numbers as Java prints them.
func tree(v jackson.Value) any {
	switch v.Kind() {
	case jackson.Missing:
		return "missing"
	case jackson.Null:
		return nil
	case jackson.Bool:
		return v.AsText() == "true"
	case jackson.Array:
		list := []any{}
		for e := range v.Elements() {
			list = append(list, tree(e))
		}
		return list
	case jackson.Object:
		var names []string
		members := map[string]any{}
		for m := range v.Elements() {
			names = append(names, m.Name())
			members[m.Name()] = tree(m)
		}
		if len(names) != len(members) || len(names) != v.Size() {
			return "a name stands twice"
		}
		return members
	}
	return v.AsText()
}

func TestParse(t *testing.T) {
	t.Parallel()
	many := func(member string) string { return "{" + strings.Repeat(member+",", 40) + `"last":1}` }
	for name, c := range map[string]struct {
		raw  string
		want any
	}{
		"every kind": {
			` {"a" : [null, true, false, -0, 1.50, "t"], "o":{}}`,
			map[string]any{"a": []any{nil, true, false, "0", "1.5", "t"}, "o": map[string]any{}},
		},
		"what follows is ignored":  {`{"a":1} }{ trailing`, map[string]any{"a": "1"}},
		"the last of one name":     {`{"a":{"b":1},"c":2,"a":{"d":3}}`, map[string]any{"a": map[string]any{"d": "3"}, "c": "2"}},
		"names equal once decoded": {`{"a":1,"\u0061":2}`, map[string]any{"a": "2"}},
		"the last of many":         {many(`"a":1,"\u0062":2`), map[string]any{"a": "1", "b": "2", "last": "1"}},
		"escapes":                  {`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, "\"\\/\b\f\n\r\té😀"},
		"a surrogate alone":        {`"\ud83dx"`, "\xED\xA0\xBDx"},
		"overlong UTF-8":           {"\"\xC0\xAF\"", "/"},
		"byte order mark":          {"\uFEFF[1]", []any{"1"}},
		"white space only":         {" \n\t", "missing"},
		"nothing":                  {"", "missing"},
	} {
		if diff := cmp.Diff(c.want, tree(mustParse(t, c.raw).Root())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Of many members that repeat, the last value stands at the first one's place.
func TestParseManyMembers(t *testing.T) {
	t.Parallel()
	var raw strings.Builder
	for i := range 200 {
		name, _ := json.Marshal(strings.Repeat("n", i%100))
		raw.WriteString("," + string(name) + ":" + string(rune('0'+i/100)))
	}
	root := mustParse(t, "{"+raw.String()[1:]+"}").Root()
	if root.Size() != 100 {
		t.Errorf("%d members", root.Size())
	}
	i := 0
	for m := range root.Elements() {
		if len(m.Name()) != i || m.AsText() != "1" {
			t.Errorf("member %d is %q: %s", i, m.Name(), m.AsText())
		}
		i++
	}
}

func TestLoneSurrogates(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`"😀"`:                        false,
		`"\ud83d\ude00"`:             false,
		`"\uD83D\uDE00\uD83D\uDE00"`: false,
		`"\ud83d"`:                   true,
		`"\ude00"`:                   true,
		`"\ud83d\ud83d\ude00"`:       true,
		`"\ud83d\ude00\ude00"`:       true,
		`"\ud83d\\ude00"`:            true,
		`["\ud83d","\ude00"]`:        true,
	} {
		if got := mustParse(t, raw).LoneSurrogates(); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
	for _, raw := range []string{`{"\ud83d":1}`, "\"\xED\xA0\xBD\"", "\"\xF4\x90\x80\x80\""} {
		doc, err := jackson.Parse([]byte(raw), jackson.Options{})
		if err != nil || !doc.LoneSurrogates() {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// Any bytes are read or refused; what encoding/json takes is read alike.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "test", "conformance", "testdata", "vectors", "inputs", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no inputs", err)
	}
	for i, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, i%2 == 0)
	}
	f.Add([]byte(`{"a":[1,{"b/c":"\ud83d"}],"a":{"~":[]}}`), true)
	f.Fuzz(func(t *testing.T, raw []byte, isNewest bool) {
		o := jackson.Options{}
		if isNewest {
			o = newest
		}
		doc, err := jackson.Parse(raw, o)
		if err != nil {
			if bad, ok := errors.AsType[*jackson.SyntaxError](err); !ok || bad.Reason() == "" || bad.Message() == "" || bad.Offset < 0 {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		walk(t, doc.Root(), "")
	})
}

// walk holds every value below v, which is at pointer, against its place.
func walk(t *testing.T, v jackson.Value, pointer string) {
	t.Helper()
	if v.Pointer() != pointer {
		t.Errorf("pointer %q, want %q", v.Pointer(), pointer)
	}
	_ = v.AsText()
	n := 0
	for child := range v.Elements() {
		if child.Parent() != v || child.Offset() <= v.Offset() && v.Kind() == jackson.Array {
			t.Errorf("%q: not inside of %q", child.Pointer(), pointer)
		}
		token := strconv.Itoa(n)
		if v.Kind() == jackson.Object {
			token = strings.NewReplacer("~", "~0", "/", "~1").Replace(java.WellFormed(child.Name()))
		}
		walk(t, child, pointer+"/"+token)
		n++
	}
	if n != v.Size() {
		t.Errorf("%q: %d children, size %d", pointer, n, v.Size())
	}
}
