package delivery

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"postman-microcks-importer/internal/gitformat"
)

// shop is a folder with one request.
func shop(url string) Source {
	s := Source{Folder: &Folder{Path: "apis/Shop"}}
	s.Add("list.request.yaml", []byte("$kind: http-request\nurl: "+url+"\nwhat: is lost\n"))
	s.Add(gitformat.Definition, []byte("$kind: collection\nname: Shop\ndescription: version=1 - ü\n"))
	s.Add("watch.request.yaml", []byte("$kind: websocket-request\n"))
	return s
}

// What is made of a folder has its places in the files of the folder, in either form.
func TestOfFolder(t *testing.T) {
	t.Parallel()
	source := shop("'{{u}}/items'")
	for name, make := range map[string]func([]byte) (*Document, error){
		"uploaded": func(raw []byte) (*Document, error) { return Uploaded(nil, raw, "2") },
		"served":   func(raw []byte) (*Document, error) { return ServedByPostman(nil, raw) },
	} {
		d, err := source.Make(nil, make)
		if err != nil {
			t.Fatal(err)
		}
		if !d.Folder() || !bytes.Equal(d.Source(), source.Raw) {
			t.Errorf("%s: %q", name, d.Source())
		}
		for value, want := range map[string]gitformat.Position{
			`"{{u}}/items"`:   {File: "apis/Shop/list.request.yaml", Line: 2, Column: 6},
			`"version=1 - ü"`: {File: "apis/Shop/.resources/definition.yaml", Line: 3, Column: 14},
			`"Shop"`:          {File: "apis/Shop/.resources/definition.yaml", Line: 2, Column: 7},
		} {
			at := bytes.Index(d.Raw, []byte(value))
			if at < 0 {
				t.Fatalf("%s: no %s in %s", name, value, d.Raw)
			}
			if got := d.Positions([]int{-1, d.Place(at)}); d.Within(got[1]) != want || got[0] != (gitformat.Position{}) || d.Made(at) {
				t.Errorf("%s: %s stands at %v, want %v; made %t", name, value, got, want, d.Made(at))
			}
		}
		if at := bytes.Index(d.Raw, []byte(`"https://schema.`)); !d.Made(at) {
			t.Errorf("%s: the schema is in no file", name)
		}
		if name == "uploaded" {
			if at := bytes.Index(d.Raw, []byte(`"version":"2"`)); at < 0 || !d.Made(at) {
				t.Errorf("the given version: %d", at)
			}
		}
		if got := d.Pointer("/collection/info"); name == "served" && got != "/info" || d.Pointer("/item/0") != "/item/0" {
			t.Errorf("%s: %s", name, got)
		}
		found := d.InFolder()
		if len(found) != 1 || d.Within(found[0].Position) != (gitformat.Position{File: "apis/Shop/watch.request.yaml", Line: 1, Column: 8}) {
			t.Errorf("%s: %+v", name, found)
		}
	}
	broken := shop("{")
	_, err := broken.Make(nil, func([]byte) (*Document, error) { t.Error("made of what is broken"); return nil, nil })
	if own, ok := errors.AsType[*gitformat.BrokenError](err); !ok || !strings.Contains(own.Error(), "list.request.yaml") {
		t.Error(err)
	}
	no := errors.New("no")
	if _, err := source.Make(nil, func([]byte) (*Document, error) { return nil, no }); !errors.Is(err, no) {
		t.Error(err)
	}
	file := File([]byte(`{"info":{},"item":[]}`))
	d, err := file.Make(nil, func(raw []byte) (*Document, error) { return Uploaded(nil, raw, "") })
	if err != nil || d.Folder() || d.InFolder() != nil {
		t.Errorf("%+v, %v", d, err)
	}
}
