package pulls_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/github"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/pulls"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/result"
	standin "postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/transport"
)

const (
	shopDefinition = "apis/Shop/.resources/definition.yaml"
	shopList       = "apis/Shop/list.request.yaml"
	shopOld        = "apis/Shop/old.request.yaml"
	shopExample    = "apis/Shop/.resources/list.resources/examples/one.example.yaml"
)

// A folder is compared with the one of the base, of which only what differs is asked for;
// and it is compared where all files of the workspace's are those of the commit that is
// judged, and no others.
func TestFolderOnTheBase(t *testing.T) {
	t.Parallel()
	head := map[string]any{
		shopDefinition: "$kind: collection\n", shopList: "$kind: http-request\nurl: /new\n", shopExample: "$kind: http-example\n",
		"apis/Shop/README.md": "read", "other.json": "{}",
	}
	before := maps.Clone(head)
	before[shopList], before[shopOld] = "$kind: http-request\nurl: /old\n", "$kind: http-request\n"
	hub := standin.New("o/r", standin.Options{})
	base := hub.Commit(before)
	merge := hub.Commit(head, base, hub.Commit(head))
	client, err := github.New(github.Options{
		API: "https://api.github.com", Repository: "o/r", Token: standin.Token, Transport: transport.Options{Base: &wire{to: hub}, Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &config.Run{
		Importers: []config.Importer{{File: "apis/Shop"}},
		Trigger:   config.Trigger{Event: "pull_request", Number: 7, MergeCommit: merge},
	}
	for name, c := range map[string]struct {
		change map[string]string // of the workspace; "" removes
		judged reconcile.Standing
	}{
		"as it is judged":            {nil, reconcile.Committed},
		"what does not belong to it": {map[string]string{"apis/Shop/notes.txt": "x", "apis/Shop/README.md": ""}, reconcile.Committed},
		"a file that a step made":    {map[string]string{shopOld: "$kind: http-request\n"}, reconcile.Altered},
		"a file that a step changed": {map[string]string{shopExample: "$kind: http-example\nname: x\n"}, reconcile.Altered},
		"a file that a step removed": {map[string]string{shopExample: ""}, reconcile.Altered},
		"all of it made by a step":   {map[string]string{shopDefinition: "$kind: collection\nname: S\n"}, reconcile.Altered},
		"no collection any more":     {map[string]string{shopDefinition: ""}, reconcile.Altered},
		"one renamed": {
			map[string]string{shopList: "", "apis/Shop/lost.request.yaml": "$kind: http-request\nurl: /new\n"}, reconcile.Altered,
		},
	} {
		files := fstest.MapFS{}
		for name, content := range head {
			files[name] = &fstest.MapFile{Data: []byte(content.(string))}
		}
		for name, content := range c.change {
			if delete(files, name); content != "" {
				files[name] = &fstest.MapFile{Data: []byte(content)}
			}
		}
		there := pulls.New(pulls.Settings{
			Run: run, Client: client,
			File: func(ctx context.Context, name string) (delivery.Source, error) {
				return repository.Read(ctx, files, name)
			},
			Resolve: func(context.Context, fs.FS) ([]*plan.Wanted, []result.Problem, error) { return nil, nil, nil },
		}).Base()
		if judged, err := there.Judged(t.Context(), "apis/Shop"); judged != c.judged || err != nil {
			t.Errorf("%s: %s, %v", name, judged, err)
		}
		if c.change != nil {
			continue
		}
		asked := len(hub.Requests())
		source, err := there.File(t.Context(), "apis/Shop")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		source.Each(func(name string, raw []byte) bool { got["apis/Shop/"+name] = string(raw); return true })
		want := maps.Clone(before)
		delete(want, "apis/Shop/README.md")
		delete(want, "other.json")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the base's folder (-want +got):\n%s", diff)
		}
		blobs := 0
		for _, r := range hub.Requests()[asked:] {
			if strings.Contains(r.Path, "/git/blobs/") {
				blobs++
			}
		}
		if blobs != 2 { // the request that changed, and the one that is gone
			t.Errorf("%d files were asked for", blobs)
		}
		for _, name := range []string{"apis/None", "apis"} {
			if _, err := there.File(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A pull request touches collections of the repository by any file of their folders, by
// the folder that is gone, and by the list of them.
func TestFoldersAreTouched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, foldersAreTouched)
}

func foldersAreTouched(t *testing.T) {
	for name, c := range map[string]struct {
		importer config.Importer
		file     string
		touched  bool
	}{
		"a file in a folder":          {config.Importer{File: "apis/Shop"}, shopExample, true},
		"beside a folder":             {config.Importer{File: "apis/Shop"}, "apis/Shop2/x.request.yaml", false},
		"in all of the repository":    {config.Importer{File: "."}, ".resources/definition.yaml", true},
		"and beside the format":       {config.Importer{File: "."}, "README.md", false},
		"in a folder of a pattern":    {config.Importer{Pattern: "apis/*"}, shopExample, true},
		"beside those of a pattern":   {config.Importer{Pattern: "apis/*"}, "docs/x.yaml", false},
		"the list":                    {config.Importer{Resources: ".postman/resources.yaml"}, ".postman/resources.yaml", true},
		"a folder that needs no line": {config.Importer{Resources: ".postman/resources.yaml"}, "postman/collections/Gone/x.request.yaml", true},
		"in a folder that is listed":  {config.Importer{Resources: ".postman/resources.yaml"}, "listed/Shop/x.request.yaml", true},
		"beside those listed":         {config.Importer{Resources: ".postman/resources.yaml"}, "other/Shop/x.request.yaml", false},
	} {
		s := newStory(t)
		s.hub.SetPull(7, standin.Pull{Files: []standin.File{{Path: c.file}}})
		s.run.Importers = []config.Importer{c.importer}
		told := &result.Result{Mode: result.Plan, Status: result.Planned, Collections: []result.Collection{{
			File: "listed/Shop", Name: "Shop", Status: result.Planned, Upload: &result.Upload{Way: result.Way{Change: result.Create}},
		}}}
		s.review().End(t.Context(), told)
		if commented := len(s.hub.Comments(7)) > 0; commented != c.touched {
			t.Errorf("%s: commented %t: %+v", name, commented, told.Comment)
		}
	}
}
