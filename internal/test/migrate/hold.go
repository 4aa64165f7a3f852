package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/predict"
)

// complete is a collection with a version and an id: a server makes nothing of one that
// says none, and a folder has no place for info.version.
func complete(raw []byte) ([]byte, error) {
	collection, err := decoded(raw)
	if err != nil {
		return nil, err
	}
	if inner, is := collection["collection"].(map[string]any); is {
		collection = inner
	}
	info, is := collection["info"].(map[string]any)
	if !is {
		return nil, fmt.Errorf("no info")
	}
	description, is := info["description"].(string)
	if inner, has := info["description"].(map[string]any); has {
		description, is = inner["content"].(string)
	}
	if !is || !strings.HasPrefix(description, "version=") {
		info["description"] = strings.TrimSpace("version=1.0 - " + description)
	}
	if _, has := info["_postman_id"]; !has {
		info["_postman_id"] = "00000000-0000-4000-8000-000000000000"
	}
	return encoded(collection)
}

func decoded(raw []byte) (collection map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF"))))
	d.UseNumber()
	return collection, d.Decode(&collection)
}

func encoded(collection map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(collection)
	return b.Bytes(), err
}

// holding is what came of holding a collection against its folder.
type holding struct {
	outcome     predict.Outcome // of importing the collection into the last server
	examples    int             // that servers read from it
	findings    int             // of the folder
	lost        map[string]int
	differences []string
}

func (h holding) String() string {
	words := "equal"
	if len(h.differences) > 0 {
		words = "differs"
	}
	s := fmt.Sprintf("%s, %s in %d examples, with %d findings%s", h.outcome, words, h.examples, h.findings, counts(h.lost))
	for _, d := range h.differences {
		s += "\n\t" + d
	}
	return s
}

// hold compares what servers make of a collection and of its folder. Where that
// differs, what the folder does not have is taken from the collection too.
func hold(raw []byte, folder *txtar.Archive) (h holding, err error) {
	served, err := delivery.ServedByPostman(nil, raw)
	if err != nil {
		return h, err
	}
	read, err := gitformat.Read(nil, "folder", func(yield func(string, []byte) bool) {
		for _, f := range folder.Files {
			if !yield(f.Name, f.Data) {
				return
			}
		}
	})
	var broken *gitformat.BrokenError
	if errors.As(err, &broken) {
		h.differences = []string{broken.Error()}
		return h, nil
	}
	if err != nil {
		return h, err
	}
	h.findings = len(read.Findings)
	if h.compare(served.Raw, read.Raw); len(h.differences) == 0 {
		return h, nil
	}
	collection, err := decoded(raw)
	if err != nil {
		return h, err
	}
	h.lost = map[string]int{}
	lose(collection, h.lost)
	kept, err := encoded(collection)
	if err != nil {
		return h, err
	}
	if served, err = delivery.ServedByPostman(nil, kept); err != nil {
		return h, err
	}
	h.compare(served.Raw, read.Raw)
	return h, nil
}

// server is one that reads collections in its own way.
type server struct {
	version string
	export  bool // the collection comes as Postman's exports do, not as its API serves it
}

var servers = []server{{"1.10.0", false}, {"1.15.0", false}, {"1.10.0", true}, {"1.15.0", true}}

func (s server) String() string {
	if s.export {
		return s.version + ", of an export"
	}
	return s.version
}

func (s server) imports(raw []byte) *predict.Import {
	if s.export {
		raw = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(raw), []byte(`{"collection":`)), []byte("}"))
		var lines bytes.Buffer // by which a server knows what it gets
		if json.Indent(&lines, raw, "", "\t") == nil {
			raw = lines.Bytes()
		}
	}
	const url = "https://api.getpostman.com/collections/uid"
	return predict.Read(raw, predict.Options{Version: s.version}).Import(predict.Target{Main: true, URL: url})
}

// compare predicts what servers make of either document: what they show, and what an
// import that they refuse would have come to.
func (h *holding) compare(collection, folder []byte) {
	h.examples, h.differences = 0, nil
	for _, server := range servers {
		want, got := server.imports(collection), server.imports(folder)
		h.outcome, h.examples = want.Outcome, max(h.examples, len(want.Examples))
		r := &reporter{server: server}
		cmp.Equal(want.Prediction, got.Prediction, cmp.Reporter(r))
		cmp.Equal(want.Composed, got.Composed, cmp.Reporter(r))
		h.differences = append(h.differences, r.lines...)
	}
}

// reporter lists differences, one a line.
type reporter struct {
	server server
	path   cmp.Path
	lines  []string
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	want, got := r.path.Last().Values()
	r.lines = append(r.lines, fmt.Sprintf("%v: %#v: %s in the collection, %s in the folder", r.server, r.path, shown(want), shown(got)))
}

func shown(v reflect.Value) string {
	for v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "nothing"
	}
	return fmt.Sprintf("%.100q", fmt.Sprint(v))
}
