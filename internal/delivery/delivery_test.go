package delivery

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// An exported file as the Postman API would serve it.
func TestServedByPostman(t *testing.T) {
	t.Parallel()
	url := func(u string) string { return `{"item":[{"request":{"url":` + u + `}}]}` }
	for name, c := range map[string]struct{ source, want string }{
		"an export":         {"{\n\t\"info\": {\"name\": \"a b\"},\n\t\"item\": [1, 2 ]\n}", `{"info":{"name":"a b"},"item":[1,2]}`},
		"wrapped":           {` { "collection" : {"info": {}} , "x": 1}`, `{"info":{}}`},
		"a byte order mark": {"\uFEFF{\"info\":{}}", `{"info":{}}`},
		"info.version":      {`{"info":{"version":{"major":1},"name":"x"}}`, `{"info":{"name":"x"}}`},
		"a description":     {`{"info":{"description":{"content":"version=1 é\n","type":"x"}}}`, `{"info":{"description":"version=1 é\n"}}`},
		"none": {
			`{"info":{"description":{}},"item":[{"description":{"content":null}}]}`,
			`{"info":{"description":""},"item":[{"description":""}]}`,
		},
		"null": {`{"info":{"description":null}}`, `{"info":{"description":null}}`},
		"a request of a text": {
			`{"item":[{"request":"https://h/b"}]}`,
			`{"item":[{"request":{"method":"GET","header":[],"url":{"raw":"https://h/b"}}}]}`,
		},
		"in a folder": {
			`{"item":[{"item":[{"request":null,"response":[{"originalRequest":{"url":"a"}},null]}]}]}`,
			`{"item":[{"item":[{"request":null,"response":[{"originalRequest":{"url":{"raw":"a"}}},null]}]}]}`,
		},
		"an address of a text": {
			url(`"{{u}}/a?s=1&t&&u=\"\\\u0001\ud800#f?x"`),
			url(`{"raw":"{{u}}/a?s=1&t&&u=\"\\\u0001\ud800#f?x","query":[{"key":"s","value":"1"},{"key":"t","value":null},` +
				`{"key":null,"value":null},{"key":"u","value":"\"\\\u0001\ud800"}]}`),
		},
		"an address with raw": {url(`{"raw":"x","host":["y"]}`), url(`{"raw":"x","host":["y"]}`)},
		"an address without": {
			url(`{"host":["{{u}}"],"path":["p",":id"],"query":[{"key":"a","value":"1"},{"key":"b","disabled":true},{"key":"c","value":null}]}`),
			url(`{"host":["{{u}}"],"path":["p",":id"],"query":[{"key":"a","value":"1"},{"key":"b","disabled":true},{"key":"c","value":null}],` +
				`"raw":"{{u}}/p/:id?a=1&c"}`),
		},
		"all parts": {
			url(`{"protocol":"https","host":["a","b"],"port":8080,"path":["p",{"value":"q"}],"hash":"f","raw":null}`),
			url(`{"protocol":"https","host":["a","b"],"port":8080,"path":["p",{"value":"q"}],"hash":"f","raw":"https://a.b:8080/p/q#f"}`),
		},
		"parts that are texts": {
			url(`{"protocol":"ws://","host":"h","path":"/p/q"}`),
			url(`{"protocol":"ws://","host":"h","path":"/p/q","raw":"ws://h/p/q"}`),
		},
		"no parts":             {url(`{"path":[]}`), url(`{"path":[]}`)},
		"a member given twice": {`{"info":1,"item":2,"info":{"name":3}}`, `{"info":{"name":3},"item":2}`},
		"other values":         {`[{"info":{}}]`, `[{"info":{}}]`},
	} {
		d, err := ServedByPostman(nil, []byte(c.source))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(`{"collection":`+c.want+"}", string(d.Raw)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if d.InfoVersion != (name == "info.version") {
			t.Errorf("%s: info.version %v", name, d.InfoVersion)
		}
	}
	for _, source := range []string{"", "hello", `{"info":`, "{\"info\":{}}\n{\"info\":{}}"} {
		if d, err := ServedByPostman(nil, []byte(source)); err == nil {
			t.Errorf("%q makes %s", source, d.Raw)
		}
	}
	if _, err := ServedByPostman(budget.New(t.Context()), []byte("["+strings.Repeat("0,", 4<<20)+"0]")); err == nil {
		t.Error("no budget ends it")
	}
}

// What a file is made of keeps its place: each value of the document leads to the
// same one in the source, and what was added to what it was made of.
func TestPlace(t *testing.T) {
	t.Parallel()
	source := "{\n \"info\": {\"version\": \"1\", \"description\": {\"content\": \"here\"}},\n" +
		" \"item\": [\n  {\"request\":\n   \"https://h/b?x=1\"},\n" +
		"  {\"request\": {\"url\": {\"path\": [\"p\"]}, \"method\": \"GET\"}} ] }"
	d, err := ServedByPostman(nil, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jackson.Parse(d.Raw, jackson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	items := doc.Root().At("collection").At("item")
	second := func(v jackson.Value) (second jackson.Value) {
		for second = range v.Elements() {
			continue
		}
		return second
	}(items)
	for name, c := range map[string]struct {
		value jackson.Value
		want  string // what stands there in the source
		made  bool
	}{
		"the envelope":      {doc.Root(), "{\n \"info\"", true},
		"the collection":    {doc.Root().At("collection"), "{\n \"info\"", false},
		"a description":     {doc.Root().At("collection").At("info").At("description"), `"here"`, false},
		"items":             {items, "[\n  {", false},
		"the second":        {second, `{"request": {"url"`, false},
		"a method":          {second.At("request").At("method"), `"GET"`, false},
		"an added raw":      {second.At("request").At("url").At("raw"), `{"path"`, true},
		"an address":        {second.At("request").At("url"), `{"path"`, false},
		"part of a request": {second.At("request").At("url").At("path"), `["p"]`, false},
	} {
		if got := source[d.Place(c.value.Offset()):]; !strings.HasPrefix(got, c.want) || d.Made(c.value.Offset()) != c.made {
			t.Errorf("%s leads to %q, made %v", name, got, d.Made(c.value.Offset()))
		}
	}
	if got := d.Pointer("/collection/item/0"); got != "/item/0" {
		t.Error(got)
	}
	same := AsIs([]byte("abc"))
	if same.Place(2) != 2 || same.Made(2) || same.Pointer("/collection/a") != "/collection/a" || string(same.Source()) != "abc" {
		t.Errorf("%+v", same)
	}
}

// Whatever is served is JSON on one line, and each place lies in the source.
func FuzzServedByPostman(f *testing.F) {
	f.Add([]byte(`{"info":{"description":{"content":"a"},"version":1},"item":[{"request":"a?b=c&d"},{"request":{"url":{"host":["h"]}}}]}`))
	f.Add([]byte("{\n\t\"collection\": {\"item\": [ {\"item\": [ {\"request\": {\"url\": \"\\ud800?\\ud800=1\"}} ]} ]}}"))
	f.Fuzz(func(t *testing.T, source []byte) {
		d, err := ServedByPostman(nil, source)
		if err != nil {
			return
		}
		doc, err := jackson.Parse(d.Raw, jackson.Options{})
		if err != nil || strings.ContainsAny(string(d.Raw), "\n") {
			t.Fatalf("%q makes %q: %v", source, d.Raw, err)
		}
		if json.Valid(source) && !json.Valid(d.Raw) {
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
