package jackson_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/jackson"
)

const sample = `{"name":"Pets","none":null,"yes":true,"count":10,"price":1e7,"list":[{"a/b":{"m~n":"deep"}},2],"empty":{}}`

func TestAsText(t *testing.T) {
	t.Parallel()
	root := mustParse(t, sample).Root()
	for _, c := range []struct {
		name     string
		kind     jackson.Kind
		text, or string // or: with "absent" for null and missing
		size     int
	}{
		{"name", jackson.Text, "Pets", "Pets", 0},
		{"none", jackson.Null, "null", "absent", 0},
		{"yes", jackson.Bool, "true", "true", 0},
		{"count", jackson.Int, "10", "10", 0},
		{"price", jackson.Float, "1.0E7", "1.0E7", 0},
		{"list", jackson.Array, "", "", 2},
		{"empty", jackson.Object, "", "", 0},
		{"other", jackson.Missing, "", "absent", 0},
	} {
		v := root.At(c.name)
		if v.Kind() != c.kind || v.AsText() != c.text || v.AsTextOr("absent") != c.or || v.Size() != c.size {
			t.Errorf("%s: %v %q %q %d", c.name, v.Kind(), v.AsText(), v.AsTextOr("absent"), v.Size())
		}
		if v.IsText() != (c.kind == jackson.Text) || v.Exists() != (c.kind != jackson.Missing) || root.Has(c.name) != v.Exists() {
			t.Errorf("%s: text %v, exists %v, has %v", c.name, v.IsText(), v.Exists(), root.Has(c.name))
		}
	}
}

// Nothing is missing so much that it cannot be asked.
func TestMissing(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]jackson.Value{
		"the zero Value":     {},
		"of an empty input":  mustParse(t, "").Root(),
		"a member of a text": mustParse(t, `"a"`).Root().At("a").At("b"),
		"above the root":     mustParse(t, `{}`).Root().Parent(),
	} {
		for range v.Elements() {
			t.Errorf("%s: has an element", name)
		}
		if v.Exists() || v.Offset() != -1 || v.Pointer() != "" || v.Name() != "" || v.Parent().Exists() || v.Has("a") || v.AsText() != "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	root := mustParse(t, sample).Root()
	var first jackson.Value
	for first = range root.At("list").Elements() {
		break
	}
	deep := first.At("a/b").At("m~n")
	if got, want := deep.Pointer(), "/list/0/a~1b/m~0n"; got != want {
		t.Errorf("pointer %q, want %q", got, want)
	}
	if got := deep.Offset(); !strings.HasPrefix(sample[got:], `"deep"`) {
		t.Errorf("offset %d", got)
	}
	if deep.Name() != "m~n" || deep.Parent().Parent() != first || first.Name() != "" || first.Parent() != root.At("list") {
		t.Errorf("%q in %q", deep.Name(), deep.Parent().Name())
	}
	if root.Pointer() != "" || root.Offset() != 0 {
		t.Errorf("the root is at %q, %d", root.Pointer(), root.Offset())
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	doc, err := jackson.Parse([]byte(`{"a":[1,{"b":[]},[[2]]],"c":{},"a2":3,"a":[4,{"d":5}]}`), jackson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	below := func(v jackson.Value, most int) (all []string) {
		for v := range v.Below() {
			if all = append(all, v.Pointer()+"="+v.AsText()); len(all) == most {
				break
			}
		}
		return all
	}
	want := []string{"=", "/a=", "/a/0=4", "/a/1=", "/a/1/d=5", "/c=", "/a2=3"}
	if d := cmp.Diff(want, below(doc.Root(), 100)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want[1:5], below(doc.Root().At("a"), 100)); d != "" {
		t.Error(d)
	}
	if got := below(doc.Root(), 2); len(got) != 2 || below(jackson.Value{}, 1) != nil {
		t.Error(got)
	}
}
