package gitformat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/test/seeds"
	"postman-microcks-importer/internal/yamltree"
)

// A collection that is written as a folder, in whichever of the forms that the format
// leaves open, is the same when the folder is read.
func TestWrittenAndRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &folderWriter{t: t}
		name := w.text("name")
		want := map[string]any{"info": map[string]any{"name": name, "schema": strings.Trim(schema, `"`)}, "item": []any{}}
		definition := w.start("collection", name)
		if description := w.text("description"); description != "" {
			w.put(definition, "description", description)
			want["info"].(map[string]any)["description"] = description
		}
		w.pairs(definition, "variables", want, "variable", w.list("variables", false))
		w.auth(definition, want)
		w.scripts(definition, want, "http:")
		w.file(".resources/definition.yaml", definition)
		want["item"] = w.items("", 0)
		d, err := Read(budget.New(t.Context()), "no name", each(rapid.Permutation(w.files).Draw(t, "order of files")))
		if err != nil {
			t.Fatalf("%v\n%s", err, txtar.Format(&txtar.Archive{Files: w.files}))
		}
		var got any
		if err := json.Unmarshal(d.Raw, &got); err != nil {
			t.Fatalf("%v\n%s", err, d.Raw)
		}
		if diff := cmp.Diff(map[string]any{"collection": want}, got); diff != "" {
			t.Fatalf("-want +got:\n%s\n%s", diff, txtar.Format(&txtar.Archive{Files: w.files}))
		}
		notHidden := func(f Finding) bool { return f.Kind != Hidden || !strings.HasPrefix(string(f.Value), ".") }
		if found := d.Findings; slices.ContainsFunc(found, notHidden) {
			t.Fatalf("%v is found\n%s", found, txtar.Format(&txtar.Archive{Files: w.files}))
		}
		sound(t, d)
	})
}

// folderWriter makes a collection up, and the files of its folder.
type folderWriter struct {
	t     *rapid.T
	files []txtar.File
}

func (w *folderWriter) text(of string) string {
	odd := rapid.SampledFrom([]string{
		"", "a", "b", "yes", "~", "1", "0x1f", "{{u}}/x", "a: b", "- c", "#d", "'", "\"", "\\", " e ",
		"f\ng\n", "\n\th", "é😀", "a/b:c?", "<<", "x.resources",
	})
	return rapid.OneOf(odd, odd, rapid.String()).Draw(w.t, of)
}

func (w *folderWriter) flip(of string) bool { return rapid.Bool().Draw(w.t, of) }

func (w *folderWriter) scalar(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	n.Style = rapid.SampledFrom([]yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle}).Draw(w.t, "style")
	if strings.ContainsAny(s, "\t\r\n\u0085\u2028\u2029") { // which the library writes in ways that it does not read
		n.Style = yaml.DoubleQuotedStyle
	}
	if strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\t\r\u0085\u2028\u2029") && s != "" && w.flip("block") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func (w *folderWriter) put(n *yaml.Node, key string, v any) {
	value, isNode := v.(*yaml.Node)
	switch v := v.(type) {
	case string:
		value = w.scalar(v)
	case nil:
		value = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	default:
		if !isNode {
			value = &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v)}
		}
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	if key == "<<" || strings.ContainsAny(key, "\t\r\n\u0085\u2028\u2029") {
		k.Style = yaml.DoubleQuotedStyle
	}
	n.Content = append(n.Content, k, value)
}

// start is a file with its kind and, where the path does not say it, its name.
func (w *folderWriter) start(kind, name string) *yaml.Node {
	n := w.map_()
	w.put(n, "$kind", kind)
	w.put(n, "name", name)
	return n
}

func (w *folderWriter) map_() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if rapid.IntRange(0, 9).Draw(w.t, "flow") == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (w *folderWriter) file(path string, n *yaml.Node) {
	raw, err := yaml.Marshal(n)
	if err != nil {
		w.t.Fatal(err)
	}
	if rapid.IntRange(0, 9).Draw(w.t, "windows") == 0 && !bytes.Contains(raw, []byte("\r")) {
		raw = append(slices.Clone(yamltree.ByteOrderMark), bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))...)
	}
	w.files = append(w.files, txtar.File{Name: path, Data: raw})
}

// taken is a name for a file in a folder that no other has.
func taken(in map[string]bool, name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:?`, r) {
			return '-'
		}
		return r
	}, name)
	if strings.Trim(name, ".") == "" || name == resources {
		name = "-"
	}
	unique := name
	for i := 1; in[unique]; i++ {
		unique = fmt.Sprintf("%s-%d", name, i)
	}
	in[unique] = true
	return unique
}

// keyed is a key with its value, which is a text or nil, and what is said of it.
type keyed struct {
	key         string
	value       any
	description string
	disabled    bool
}

func (w *folderWriter) list(of string, nullable bool) (out []keyed) {
	for range rapid.IntRange(0, 3).Draw(w.t, of) {
		k := keyed{key: w.text("key"), value: w.text("value")}
		if nullable && w.flip("null") {
			k.value = nil
		}
		if rapid.IntRange(0, 4).Draw(w.t, "more") == 0 {
			k.description, k.disabled = w.text("description"), w.flip("disabled")
		}
		out = append(out, k)
	}
	return out
}

// pairs writes a list as a map where it can be one, and wants it under another name.
func (w *folderWriter) pairs(n *yaml.Node, as string, want map[string]any, name string, list []keyed) {
	if len(list) == 0 {
		return
	}
	asMap, asList, keys := w.map_(), &yaml.Node{Kind: yaml.SequenceNode}, map[string]bool{}
	plain := true
	var wanted []any
	for _, k := range list {
		plain = plain && !keys[k.key] && k.description == "" && !k.disabled
		keys[k.key] = true
		element, member := w.map_(), map[string]any{"key": k.key, "value": k.value}
		w.put(element, "key", k.key)
		w.put(element, "value", k.value)
		w.put(asMap, k.key, k.value)
		if k.disabled {
			w.put(element, "disabled", true)
			member["disabled"] = true
		}
		if k.description != "" {
			w.put(element, "description", k.description)
			member["description"] = k.description
		}
		asList.Content = append(asList.Content, element)
		wanted = append(wanted, member)
	}
	if plain && w.flip("map") {
		asList = asMap
	}
	w.put(n, as, asList)
	want[name] = wanted
}

func (w *folderWriter) auth(n *yaml.Node, want map[string]any) {
	if !w.flip("auth") {
		return
	}
	a, wanted := w.map_(), map[string]any{"type": "bearer"}
	w.put(a, "type", "bearer")
	w.pairs(a, "credentials", wanted, "bearer", w.list("credentials", false))
	want["auth"] = wanted
	if w.flip("several") {
		a = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{a, w.map_()}}
	}
	w.put(n, "auth", a)
}

func (w *folderWriter) scripts(n *yaml.Node, want map[string]any, prefix string) {
	if !w.flip("script") {
		return
	}
	code, script := w.text("code"), w.map_()
	w.put(script, "type", prefix+"afterResponse")
	w.put(script, "code", code)
	w.put(n, "scripts", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{script}})
	var exec []any
	for line := range strings.SplitSeq(code, "\n") {
		exec = append(exec, line)
	}
	want["event"] = []any{map[string]any{"listen": "test", "script": map[string]any{"exec": exec}}}
}

func (w *folderWriter) items(in string, depth int) []any {
	out, names := []any{}, map[string]bool{}
	for i := range rapid.IntRange(0, 3).Draw(w.t, "items") {
		name := w.text("name")
		file := taken(names, name)
		if depth < 2 && w.flip("folder") {
			folder := w.start("collection", name)
			w.put(folder, "order", i*1000)
			want := map[string]any{"name": name}
			w.auth(folder, want)
			w.file(in+file+"/.resources/definition.yaml", folder)
			want["item"] = w.items(in+file+"/", depth+1)
			out = append(out, want)
			continue
		}
		out = append(out, w.item(in, file, name, i))
	}
	return out
}

func (w *folderWriter) item(in, file, name string, i int) any {
	request := w.start("http-request", name)
	want := map[string]any{"name": name}
	w.put(request, "order", i*1000)
	w.scripts(request, want, "")
	want["request"] = w.request(request)
	examples, names := []any{}, map[string]bool{}
	dir := in + rapid.SampledFrom([]string{".resources/", ""}).Draw(w.t, "resources") + file + ".resources/examples/"
	if w.flip("elsewhere") {
		dir = in + ".resources/" + taken(map[string]bool{}, "of "+file) + "/examples/"
		w.put(request, "examples", "./"+strings.TrimPrefix(dir, in))
	}
	for k := range rapid.IntRange(0, 2).Draw(w.t, "examples") {
		name := w.text("name")
		example := w.start("http-example", name)
		w.put(example, "order", k)
		saved := map[string]any{"name": name, "code": 200.0, "status": "OK", "header": []any{}}
		if w.flip("original") {
			n := w.map_()
			saved["originalRequest"] = w.request(n)
			w.put(example, "request", n)
		}
		response := w.map_()
		w.put(response, "statusCode", 200)
		w.put(response, "statusText", "OK")
		w.pairs(response, "headers", saved, "header", w.list("headers", false))
		body := w.map_()
		saved["_postman_previewlanguage"], saved["body"] = "json", w.text("body")
		w.put(body, "type", "json")
		w.put(body, "content", saved["body"])
		w.put(response, "body", body)
		w.put(example, "response", response)
		w.file(dir+taken(names, name)+".example.yaml", example)
		examples = append(examples, saved)
	}
	if len(examples) == 0 { // or the folder would be missed
		request.Content = slices.DeleteFunc(request.Content, func(n *yaml.Node) bool {
			return n.Value == "examples" || strings.HasPrefix(n.Value, "./.resources/of ")
		})
	}
	want["response"] = examples
	w.file(in+file+rapid.SampledFrom([]string{".request.yaml", ".request.yml", ".Request.YAML"}).Draw(w.t, "end"), request)
	return want
}

// request writes one and is what is wanted of it.
func (w *folderWriter) request(n *yaml.Node) any {
	url := map[string]any{}
	want := map[string]any{"method": "GET", "header": []any{}, "url": url}
	if w.flip("method") {
		want["method"] = "PUT"
		w.put(n, "method", "PUT")
	}
	w.pairs(n, "headers", want, "header", w.list("headers", false))
	query := w.list("queryParams", true)
	raw, separator := "{{u}}/a"+strings.NewReplacer("?", "", "#", "").Replace(w.text("url")), "?"
	base := raw
	for _, k := range query {
		if k.disabled {
			continue
		}
		raw += separator + k.key
		separator = "&"
		if k.value != nil {
			raw += "=" + k.value.(string)
		}
	}
	url["raw"] = raw
	w.put(n, "url", rapid.SampledFrom([]string{raw, base}).Draw(w.t, "address"))
	w.pairs(n, "queryParams", url, "query", query)
	w.pairs(n, "pathVariables", url, "variable", w.list("pathVariables", false))
	w.body(n, want)
	w.auth(n, want)
	return want
}

func (w *folderWriter) body(n *yaml.Node, want map[string]any) {
	body := w.map_()
	mode := rapid.SampledFrom([]string{"", "none", "json", "text", "raw", "graphql", "urlencoded", "formdata"}).Draw(w.t, "body")
	wanted := map[string]any{"mode": mode}
	w.put(body, "type", mode)
	switch mode {
	case "":
		return
	case "none":
		w.put(n, "body", body)
		return
	case "json", "text":
		wanted["options"] = map[string]any{"raw": map[string]any{"language": mode}}
		fallthrough
	case "raw":
		wanted["mode"], wanted["raw"] = "raw", w.text("content")
		w.put(body, "content", wanted["raw"])
	case "graphql":
		query := w.text("query")
		content := w.map_()
		w.put(content, "query", query)
		w.put(body, "content", content)
		wanted["graphql"] = map[string]any{"query": query}
	default:
		wanted[mode] = []any{}
		w.pairs(body, "content", wanted, mode, w.list("content", false))
	}
	w.put(n, "body", body)
	want["body"] = wanted
}

// sound checks what holds for every document.
func sound(t interface{ Fatalf(string, ...any) }, d *Document) {
	doc, err := jackson.Parse(d.Raw, jackson.Options{})
	if err != nil || !bytes.HasPrefix(d.Raw, []byte(`{"collection":{`)) || bytes.ContainsAny(d.Raw, "\r\n") {
		t.Fatalf("%v: %s", err, d.Raw)
	}
	for v := range doc.Root().Below() {
		at := d.Place(v.Offset())
		if at < 0 || at > len(d.Source()) {
			t.Fatalf("%s is at %d of %d", v.Pointer(), at, len(d.Source()))
		}
		if p := d.Position(at); len(d.Source()) > 0 && (p.Line < 1 || p.Column < 1 || p.File == "") {
			t.Fatalf("%s is at %v", v.Pointer(), p)
		}
	}
	for _, f := range d.Findings {
		if f.Position.Line < 1 || f.Position.File == "" {
			t.Fatalf("%v", f)
		}
	}
}

// Any bytes, whatever part of a folder they are, make a sound document or are refused
// with a place; and the same bytes the same.
func FuzzRead(f *testing.F) {
	for _, seed := range seeds.YAML(f) {
		f.Add(seed, seed)
	}
	for name, text := range placed {
		f.Add(text, name)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		files := folderOf(map[string]string{
			".resources/definition.yaml": b, "a.request.yaml": a, "f/.resources/definition.yaml": a, "f/a.request.yaml": b,
			".resources/a.resources/examples/a.example.yaml": a, "f/a.resources/examples/b.example.yaml": b,
		})
		d, err := Read(budget.New(t.Context()), b, each(files))
		if err != nil {
			var broken *BrokenError
			if !errors.As(err, &broken) || broken.Faults[0].Position.File == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
			return
		}
		sound(t, d)
		again, err := Read(nil, b, each(files))
		if err != nil || !bytes.Equal(d.Raw, again.Raw) {
			t.Errorf("%v: %s, then %s", err, d.Raw, again.Raw)
		}
	})
}

// What one file says by itself is found or refused, with a place in it.
func FuzzOneFile(f *testing.F) {
	for _, seed := range seeds.YAML(f) {
		f.Add(seed)
	}
	f.Add("workspace:\n  id: w\ncloudResources:\n  collections:\n    ../a: 1-2\n" +
		"localResources:\n  collections:\n    - ../b\n    - {path: c}\n")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := Kind(budget.New(t.Context()), "definition.yaml", []byte(s)); err != nil && !isBroken(err) {
			t.Error(err)
		}
		listed, err := Resources(budget.New(t.Context()), "resources.yaml", []byte(s))
		if err != nil && !isBroken(err) {
			t.Error(err)
		}
		for _, l := range listed {
			if p := l.Position; p.File != "resources.yaml" || p.Line < 1 || p.Line > strings.Count(s, "\n")+1 || p.Column < 1 {
				t.Errorf("%+v", l)
			}
		}
	})
}

func isBroken(err error) bool {
	var broken *BrokenError
	return errors.As(err, &broken) && broken.Faults[0].Position.File != "" && !strings.Contains(err.Error(), "\n")
}
