package resolve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

const (
	collection  = `{"info":{"name":"Pets","description":"version=1"},"item":[]}`
	environment = `{"name":"dev","values":[],"_postman_variable_scope":"environment"}`
)

// folder is a file system of files with one content.
func folder(content string, names ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for _, name := range names {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

// look resolves entries: a pattern has a sign of one in it.
func look(t *testing.T, files fs.FS, entries ...string) (wanted []*plan.Wanted, notes []result.Problem, log []string) {
	t.Helper()
	said := &config.Run{Mode: config.ModePlan}
	for _, e := range entries {
		i := config.Importer{Source: e, File: e, Labels: map[string]string{"a": "1"}}
		if strings.ContainsAny(e, "*?[{") {
			i.File, i.Pattern = "", e
		}
		said.Importers = append(said.Importers, i)
	}
	wanted, notes, err := Importers(t.Context(), said, Files{FS: files, Found: func(line string) { log = append(log, line) }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return wanted, notes, log
}

// told is what becomes of each wanted importer: its file, or why there is none.
func told(wanted []*plan.Wanted) []string {
	var all []string
	for _, w := range wanted {
		said := w.File
		if w.Fault != nil {
			said += "! " + string(w.Fault.(*result.Problem).Text)
		}
		all = append(all, said)
	}
	return all
}

// What patterns find stands sorted in their places, each file once: what is named, and
// what an earlier pattern has found, is not found again.
func TestPatterns(t *testing.T) {
	t.Parallel()
	files := folder(collection, "b.json", "a.json", "postman/c.json", "postman/deep/er/d.json", "postman/e.txt", ".hidden/x.json",
		"postman/.y.json", "postman/node[1].json")
	for _, c := range []struct{ entries, want string }{
		{"*.json", "a.json b.json"},
		{"postman/**/*.json", "postman/c.json postman/deep/er/d.json postman/node[1].json"},
		{"**/*.json", "a.json b.json postman/c.json postman/deep/er/d.json postman/node[1].json"},
		{"{postman/c,a}.json", "a.json postman/c.json"},
		{"postman/node\\[*.json", "postman/node[1].json"},
		{"postman/[cx].???*", "postman/c.json"},
		{"**/*.txt b.json *.json", "postman/e.txt b.json a.json"},
		{"*.json b.json", "a.json b.json"}, // named later wins all the same, and no place is changed
		{"a.json a*.json", "a.json"},
		{"*.json **/[ad].json", "a.json b.json postman/deep/er/d.json"},
		{"**/.y.json .hidden/*.json", "postman/.y.json .hidden/x.json"},
		{"*.yaml a.json", `! looking for files by the pattern "*.yaml": it finds none; a.json`},
		{"postman/*", "postman/c.json postman/e.txt postman/node[1].json"},
		{"post*", `! looking for files by the pattern "post*": it finds none`},
	} {
		wanted, notes, log := look(t, files, strings.Fields(c.entries)...)
		got := told(wanted)
		if strings.HasPrefix(c.want, "!") {
			got = []string{strings.Join(got, "; ")}
		}
		if strings.Join(got, " ") != c.want || len(notes) > 0 {
			t.Errorf("%s: %q, want %q; notes %v", c.entries, got, c.want, notes)
		}
		for _, w := range wanted {
			if w.Fault == nil && string(w.Source) != w.File {
				t.Errorf("%s: %+v", c.entries, w)
			}
			if w.Fault == nil && !strings.HasPrefix(c.want, "!") && !strings.Contains(strings.Join(log, "\n"), " finds ") {
				t.Errorf("%s: the log lacks what it finds: %q", c.entries, log)
			}
		}
	}
	wanted, _, log := look(t, files, "*.json")
	if diff := cmp.Diff([]string{"*.json finds a.json", "*.json finds b.json"}, log); diff != "" {
		t.Error(diff)
	}
	wanted[0].Labels["a"] = "2"
	if wanted[1].Labels["a"] != "1" || !wanted[0].Uploads() {
		t.Errorf("%+v", wanted[1])
	}
}

// What lies beside collections is passed over with one note of each kind; what may be
// a damaged collection is not.
func TestOtherKinds(t *testing.T) {
	t.Parallel()
	files := folder(environment, "dev.json", "prod.json")
	files["api.json"] = &fstest.MapFile{Data: []byte(`{"openapi":"3.0.3","info":{},"paths":{}}`)}
	for name, damaged := range map[string]string{
		"empty.json": "", "white.json": "\n", "cut.json": collection[:20], "conflict.json": "<<<<<<< HEAD\n" + collection,
		"lfs.json": "version https://git-lfs.github.com/spec/v1\noid x\n", "error.json": `{"error":{"name":"AuthenticationError"}}`,
		"other.json": `{"hello":"world"}`, "page.json": "<html><title>Sign in</title>", "v1.json": `{"id":"1","order":[],"requests":[]}`,
		"large.json": `{"variable":["` + strings.Repeat("x", 1<<20) + `"],"info":{},"item":[]}`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(damaged)}
	}
	wanted, notes, log := look(t, files, "*.json")
	want := "conflict.json cut.json empty.json error.json large.json lfs.json other.json page.json v1.json white.json"
	if got := strings.Join(told(wanted), " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var said []string
	for _, n := range notes {
		if n.Level != result.Note || n.Hint == "" || n.Anchor == "" {
			t.Errorf("%+v", n)
		}
		said = append(said, string(n.Text))
	}
	if diff := cmp.Diff([]string{
		`looking for files by the pattern "*.json": it finds an OpenAPI description, which is passed over: api.json`,
		`looking for files by the pattern "*.json": it finds a Postman environment, which is passed over: dev.json, prod.json`,
	}, said); diff != "" {
		t.Error(diff)
	}
	if all := strings.Join(log, "\n"); !strings.Contains(all, "finds dev.json, which is passed over: it is a Postman environment\n") {
		t.Error(all)
	}
	if wanted, notes, _ := look(t, files, "dev.json", "[dp][er]*.json"); len(wanted) != 1 || len(notes) != 1 { // one is named
		t.Errorf("%q, %v", told(wanted), notes)
	}
	wanted, _, _ = look(t, files, "[dp][er]*.json", "empty.json")
	if got := told(wanted); len(got) != 2 || !strings.Contains(got[0], "it finds 2 other files, and no collection") {
		t.Errorf("%q", got)
	}
}

// Links are followed to files within the workspace, and to nothing else.
func TestLinks(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	for _, name := range []string{filepath.Join(dir, "a.json"), filepath.Join(dir, "sub", "b.json"), filepath.Join(outside, "c.json")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(collection), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"within.json": "sub/b.json", "out.json": filepath.Join(outside, "c.json"), "climbs.json": "../" + filepath.Base(outside) + "/c.json",
		"gone.json": "nowhere.json", "circle.json": "circle.json", "folder.json": "sub", "away": outside, "up": "..",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	wanted, _, _ := look(t, root.FS(), "**/*.json", "away/*.json")
	const out = `it is a symbolic link that leads out of the workspace, or in a circle`
	want := []string{
		"a.json",
		`circle.json! reading the file "circle.json": ` + out,
		`climbs.json! reading the file "climbs.json": ` + out,
		`gone.json! reading the file "gone.json": it is a symbolic link to what is not there`,
		`out.json! reading the file "out.json": ` + out,
		`pipe.json! reading the file "pipe.json": it is not a file`,
		"sub/b.json",
		"within.json",
	}
	got := told(wanted)
	if diff := cmp.Diff(want, got[:len(got)-1]); diff != "" {
		t.Error(diff)
	}
	if last := got[len(got)-1]; !strings.HasPrefix(last, `! looking for files by the pattern "away/*.json": `) {
		t.Error(last)
	}
}

// wide is a file system whose every folder has folders without end, of which it counts
// those that were read.
type wide struct{ read int }

func (w *wide) Open(name string) (fs.File, error) { return &wideFolder{w, name}, nil }

type wideFolder struct {
	*wide
	name string
}

func (f *wideFolder) Close() error               { return nil }
func (f *wideFolder) Read([]byte) (int, error)   { return 0, fs.ErrInvalid }
func (f *wideFolder) Stat() (fs.FileInfo, error) { return entryOf(f.name), nil }

func (f *wideFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for i := range min(n, 10) {
		f.read++
		all = append(all, fs.FileInfoToDirEntry(entryOf(fmt.Sprint(i))))
	}
	return all, nil
}

func entryOf(name string) fs.FileInfo {
	info, _ := fs.Stat(fstest.MapFS{name: {Mode: fs.ModeDir | 0o700}}, name)
	return info
}

// How much patterns find and look at is bounded, whatever they are, for all of a run.
func TestBounds(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range mostFiles + 1 {
		names = append(names, fmt.Sprintf("%04d.json", i))
	}
	files := folder(collection, names...)
	wanted, _, _ := look(t, files, "*.json", "0000.json")
	if got := told(wanted); len(got) != 2 || !strings.HasSuffix(got[0], "find more than 1000 files") || got[1] != "0000.json" {
		t.Errorf("%d: %q", len(got), got[0])
	}
	delete(files, "0000.json")
	if wanted, _, _ := look(t, files, "00*.json", "0[1-9]*.json", "1*.json"); len(wanted) != mostFiles {
		t.Errorf("%d files", len(wanted))
	}
	for _, pattern := range []string{"**/*.json", "*/*/*/*/*/*/*/*", "**/**/**/x", strings.Repeat("{*,**}/", 20) + "x"} {
		endless := &wide{}
		wanted, _, _ := look(t, endless, pattern, "*", "a.json")
		got := told(wanted)
		if len(got) != 3 || !strings.HasSuffix(got[0], "have looked at 100000 entries of folders, and are not done") || wanted[1].Fault == nil {
			t.Errorf("%s: %q", pattern, got)
		}
		if endless.read > 2*mostEntries {
			t.Errorf("%s: %d entries were read", pattern, endless.read)
		}
	}
	many := folder("", "x/0")
	for i := range mostEntries + 1 {
		many[fmt.Sprint("x/", i)] = many["x/0"]
	}
	if wanted, _, _ := look(t, many, "x/y*"); wanted[0].Fault == nil {
		t.Error("a folder of more entries than a run looks at")
	}
}

// A run that has ended looks no further.
func TestEndedLook(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancelCause(t.Context())
	over := errors.New("over")
	end(over)
	said := &config.Run{Importers: []config.Importer{{Pattern: "**"}}}
	if _, _, err := Importers(ctx, said, Files{FS: &wide{}, Found: func(string) {}}, nil); !errors.Is(err, over) {
		t.Error(err)
	}
}
