package delivery

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/jackson"
)

// An exported file as it is uploaded: info first, one line break in all.
func TestUploaded(t *testing.T) {
	t.Parallel()
	const given = `{"info":{` + "\n" + `"_postman_id":"` + NoID + `"`
	for name, c := range map[string]struct{ source, version, want string }{
		"an export": {
			"{\n\t\"item\": [1, 2 ],\n\t\"info\": {\"name\": \"a b\", \"_postman_id\" : \"x\" }, \"auth\":null\n}", "",
			"{\"info\":{\n\"_postman_id\":\"x\",\"name\":\"a b\"},\"item\":[1,2],\"auth\":null}",
		},
		"wrapped":         {` { "collection" : {"info": {"name":"a"}} , "x": 1}`, "", given + `,"name":"a"}}`},
		"no id":           {`{"info":{}}`, "", given + `}}`},
		"an id of null":   {`{"info":{"_postman_id":null}}`, "", "{\"info\":{\n\"_postman_id\":null}}"},
		"a given version": {`{"info":{"name":"a"}}`, `1 "é`, given + `,"name":"a","version":"1 \"é"}}`},
		"its own version": {`{"info":{"version":{"major":1}}}`, "2", given + `,"version":{"major":1}}}`},
		"one of null":     {`{"info":{"version":null}}`, "2", given + `,"version":null}}`},
		"a description": {
			`{"info":{"description":{"content":"version=1 \n","type":"x"}},"item":[{"description":{"content":"a"},"request":"https://h/b"}]}`, "",
			given + `,"description":"version=1 \n"},"item":[{"description":"a",` +
				`"request":{"method":"GET","header":[],"url":{"raw":"https://h/b"}}}]}`,
		},
		"no info":              {`{"item": [ ]}`, "1", `{"item":[]}`},
		"info of a text":       {`{"info": "x"}`, "1", `{"info":"x"}`},
		"a member given twice": {`{"info":1,"item":2,"info":{"name":3}}`, "", given + `,"name":3},"item":2}`},
		"a byte order mark":    {"\uFEFF{\"info\":{}}", "", given + `}}`},
		"other values":         {`[{"info":{}}]`, "1", `[{"info":{}}]`},
	} {
		d, err := Uploaded(nil, []byte(c.source), c.version)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, string(d.Raw)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, source := range []string{"", " ", "{", "{} {}", "{}\n<<<<<<<", "info: x"} {
		if d, err := Uploaded(nil, []byte(source), ""); err == nil {
			t.Errorf("%q makes %q", source, d.Raw)
		}
	}
	if one := Emptied("a", "1"); !json.Valid(one) || !strings.HasPrefix(string(one), given+`,"name":"a","version":"1",`) {
		t.Errorf("emptied: %s", one)
	}
}

// What was moved to the front, or added, leads back to where a person finds it.
func TestPlaceOfAnUpload(t *testing.T) {
	t.Parallel()
	source := "{ \"collection\": {\n \"item\": [ {\"request\": \"https://h/b\"} ],\n" +
		" \"info\": {\"description\": {\"content\": \"here\"}, \"name\": \"a\"} }}"
	d, err := Uploaded(nil, []byte(source), "7")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jackson.Parse(d.Raw, jackson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info := doc.Root().At("info")
	for name, c := range map[string]struct {
		value jackson.Value
		want  string // what stands there in the source
		made  bool
	}{
		"the collection":   {doc.Root(), "{\n \"item\"", false},
		"info":             {info, `{"description"`, false},
		"a description":    {info.At("description"), `"here"`, false},
		"a name":           {info.At("name"), `"a"`, false},
		"an added id":      {info.At("_postman_id"), `{"description"`, true},
		"an added version": {info.At("version"), `{"description"`, true},
		"items":            {doc.Root().At("item"), `[ {"request"`, false},
	} {
		if got := source[d.Place(c.value.Offset()):]; !strings.HasPrefix(got, c.want) || d.Made(c.value.Offset()) != c.made {
			t.Errorf("%s leads to %q, made %v", name, got, d.Made(c.value.Offset()))
		}
	}
	if got := d.Pointer("/item/0"); got != "/collection/item/0" {
		t.Error(got)
	}
}

// Whatever is uploaded is JSON where its source is, and of one line break at most, before
// the id; its places lie in the source.
func FuzzUploaded(f *testing.F) {
	f.Add([]byte(`{"item":[{"request":"a?b=c&d"}],"info":{"description":{"content":"a"},"version":1,"_postman_id":"x"}}`), "1")
	f.Add([]byte("{\n\"collection\": {\"info\": {\"name\":\"\\ud800\"},\"info\":{}, \"item\": [{\"item\": [ {}]}]}}"), "\xff\u2028")
	f.Fuzz(func(t *testing.T, source []byte, version string) {
		d, err := Uploaded(nil, source, version)
		if err != nil {
			return
		}
		doc, err := jackson.Parse(d.Raw, jackson.Options{})
		if err != nil || json.Valid(source) && !json.Valid(d.Raw) {
			t.Fatalf("%q makes %q: %v", source, d.Raw, err)
		}
		want := 0
		if doc.Root().Kind() == jackson.Object && doc.Root().At("info").Kind() == jackson.Object {
			if want = 1; !strings.HasPrefix(string(d.Raw), "{\"info\":{\n\"_postman_id\":") {
				t.Fatalf("%q makes %q", source, d.Raw)
			}
		}
		if n := strings.Count(string(d.Raw), "\n") + strings.Count(string(d.Raw), "\r"); n != want {
			t.Fatalf("%q makes %q", source, d.Raw)
		}
		var look func(jackson.Value)
		look = func(v jackson.Value) {
			if at := d.Place(v.Offset()); at < 0 || at > len(source) {
				t.Fatalf("byte %d of %q leads to %d of %q", v.Offset(), d.Raw, at, source)
			}
			for child := range v.Elements() {
				look(child)
			}
		}
		look(doc.Root())
	})
}
