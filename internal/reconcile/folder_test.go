package reconcile

import (
	"bytes"
	"context"
	"io/fs"
	"strings"
	"testing"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// shop is a folder in git format whose request has that address and example.
func shop(url, body string) delivery.Source {
	s := delivery.Source{Folder: &delivery.Folder{Path: "apis/Shop"}}
	s.Add(gitformat.Definition, []byte("$kind: collection\nname: Shop\ndescription: version=1\n"))
	s.Add("list.request.yaml", []byte("$kind: http-request\nurl: '"+url+"'\n"))
	s.Add(".resources/list.resources/examples/one.example.yaml", []byte("$kind: http-example\nrequest: {method: GET, url: '"+url+
		"'}\nresponse:\n  statusCode: 200\n  headers: {Content-Type: application/json}\n  body: {type: json, content: '"+body+"'}\n"))
	return s
}

// A folder that does not stay in memory is read again with all its places.
func TestFolderOnTheShelf(t *testing.T) {
	t.Parallel()
	it := &item{Wanted: &plan.Wanted{File: "apis/Shop"}, Collection: &result.Collection{}}
	read, err := it.read(t.Context(), shop("{{u}}/items", "[]"), it.form("3"), predict.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := (&shelf{}).put(t.Context(), read.Document, 0, read.form)()
	if again.From == read.From || !bytes.Equal(again.Raw, read.Raw) {
		t.Errorf("%s", again.Raw)
	}
	at := bytes.Index(read.Raw, []byte("{{u}}/items"))
	position := func(d *delivery.Document) gitformat.Position { return d.Positions([]int{d.Place(at)})[0] }
	if was, is := position(read.From), position(again.From); was != is || is.Line != 2 {
		t.Errorf("%v, and before %v", is, was)
	}
}

// againstBase runs mode check over the folder apis/Shop, where the base branch has at that
// path what base is.
func againstBase(t *testing.T, head, base delivery.Source, at string) *result.Collection {
	t.Helper()
	resolve := func(file string) func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
		return func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
			return []*plan.Wanted{{Source: "apis", File: file}}, nil, nil
		}
	}
	read := func(file string, source delivery.Source) func(context.Context, string) (delivery.Source, error) {
		return func(_ context.Context, name string) (delivery.Source, error) {
			if name != file {
				return delivery.Source{}, fs.ErrNotExist
			}
			return source, nil
		}
	}
	told := Run(t.Context(), Settings{Mode: result.Check, Parallelism: 1}, Deps{
		Resolve: resolve("apis/Shop"), File: read("apis/Shop", head), Log: noLog{}, Mask: func(string) {},
		Base: &Base{
			Resolve: resolve(at), File: read(at, base), Judged: func(context.Context, string) (Standing, error) { return Committed, nil },
		},
	})
	return &told.Collections[0]
}

// A folder is compared with the one of the base branch, or the export that it took the
// place of.
func TestFolderComparedWithTheBase(t *testing.T) {
	t.Parallel()
	asIs := func(raw []byte) (*delivery.Document, error) { return delivery.AsIs(raw), nil }
	export, err := shop("{{u}}/items", `{"id":1,"name":"x"}`).Make(nil, asIs)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		head, base delivery.Source
		at         string
		breaking   int
		isNew      bool
	}{
		"nothing changed":     {shop("{{u}}/items", "{}"), shop("{{u}}/items", "{}"), "apis/Shop", 0, false},
		"an answer changed":   {shop("{{u}}/items", `{"id":1}`), shop("{{u}}/items", `{"id":1,"name":"x"}`), "apis/Shop", 1, false},
		"an export before":    {shop("{{u}}/items", `{"id":1}`), delivery.File(export.Raw), "shop.json", 1, false},
		"a finding that came": {shop("{{u}}/items/{{v}}", "{}"), shop("{{u}}/items", "{}"), "apis/Shop", 1, true},
		"one that was there":  {shop("{{u}}/items/{{v}}", "{}"), shop("{{u}}/items/{{v}}", "{}"), "apis/Shop", 0, false},
	} {
		told := againstBase(t, c.head, c.base, c.at)
		if told.Consumers == nil || told.Consumers.Breaking != c.breaking {
			t.Errorf("%s: %+v %+v", name, told.Consumers, told.Problems)
		}
		isNew := false
		for _, f := range told.Findings {
			isNew = isNew || f.New
			if !strings.HasPrefix(string(f.File), "apis/Shop/") || f.Line == 0 {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if isNew != c.isNew {
			t.Errorf("%s: %+v", name, told.Findings)
		}
	}
}
