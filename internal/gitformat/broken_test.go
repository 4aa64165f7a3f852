package gitformat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
)

func textOf(s string) text.Untrusted { return text.Untrusted(s) }

// What is no collection, or was made to take all memory or to be read in two ways, is
// refused with its place, and costs little.
func TestBroken(t *testing.T) {
	t.Parallel()
	explosion := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'j'; i++ {
		explosion += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", i-1), 10), ", "))
	}
	deep := ""
	for i := range MostDepth + 2 {
		deep += strings.Repeat(" ", i) + "a:\n"
	}
	for name, c := range map[string]struct {
		text         string
		kind         FaultKind
		line, column int
		about        string
	}{
		"a mistake":             {"$kind: http-request\nurl: {{u}}/a\n", NotYAML, 2, 0, ""},
		"a tab":                 {"a:\n\tb: c\n", NotYAML, 2, 0, ""},
		"a colon":               {"a: b: c\nd: e\nf: g\n", NotYAML, 1, 0, ""},
		"an indentation":        {"a: b\n  c: d\ne: f\n", NotYAML, 2, 0, ""},
		"no alias":              {"a: *b\n", NotYAML, 1, 0, ""},
		"a quote":               {"a: b\nc: \"d\ne: f\n", NotClosed, 2, 4, ""},
		"an apostrophe":         {"a: b\nc:\n  - 'd\ne: f\n", NotClosed, 3, 5, ""},
		"Latin-1":               {"a: b\nc: é\xe9\n", NotUTF8, 2, 5, ""},
		"UTF-16":                {"\xff\xfea\x00:\x00", NotUTF8, 1, 1, ""},
		"zeros":                 {"a: b\x00\n", NotYAML, 1, 0, ""},
		"more than a value":     {"{a: b}\nc: d\n", NotYAML, 2, 0, ""},
		"a pointer":             {"version https://git-lfs.github.com/spec/v1\noid sha256:a\n", NotCheckedOut, 1, 1, ""},
		"a conflict":            {"a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", Conflict, 2, 1, ""},
		"half a conflict":       {"a: b\nc: |\n  d\n>>>>>>> x\n", Conflict, 4, 1, ""},
		"a list":                {"# c\n- a\n", NotMap, 2, 1, ""},
		"a text":                {"hello\n", NotMap, 1, 1, ""},
		"documents":             {"a: b\n---\nc: d\n", SeveralDocuments, 2, 0, ""},
		"documents after marks": {"---\na: b\n---\n", SeveralDocuments, 3, 0, ""},
		"an end and more":       {"a: b\n... # c\n...\n# d\nc: d\n", SeveralDocuments, 5, 1, ""},
		"a directive":           {"%YAML 1.2\n---\na: b\n", Directive, 1, 1, ""},
		"a directive at last":   {"a: b\n...\n%TAG ! x\n", Directive, 3, 1, ""},
		"a key twice":           {"a: b\nc:\n  d: e\n  'd': f\n", KeyTwice, 4, 3, "d"},
		"a key in two forms":    {"1: b\n'1': f\n", KeyTwice, 2, 1, "1"},
		"a list for a key":      {"a: b\n? [c]\n: d\n", KeyNotText, 2, 3, ""},
		"a merge":               {"a: &a {b: c}\nd:\n  <<: *a\n", MergeKey, 3, 3, ""},
		"a tag":                 {"a: !!binary aGk=\n", Tagged, 1, 4, "!!binary"},
		"a tag of one's own":    {"a: [b, !c d]\n", Tagged, 1, 8, "!c"},
		"a tag behind a mark":   {"\uFEFFa: !!int 'b'\n", Tagged, 1, 4, "!!int"},
		"a tag of a text":       {"a: !!int 'b'\n", Tagged, 1, 4, "!!int"},
		"depth":                 {deep, TooDeep, MostDepth + 1, MostDepth + 1, ""},
		"depth in brackets":     {"a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), TooDeep, 1, MostDepth + 4, ""},
		"a hole":                {"a: " + strings.Repeat("[", 1<<20), TooManyValues, 0, 0, ""},
		"a circle":              {"a: &a\n  b: *a\n", TooDeep, 2, 6, ""},
		"aliases":               {explosion, TooManyValues, 6, 0, ""},
		"aliases of a text": {
			"a: &a " + strings.Repeat("x", 1<<20) + "\nb: [" + strings.Repeat("*a, ", 40) + "]\n", TooMuchText, 2, 5 + 4*30, "",
		},
		"aliases of a text with breaks": {
			"a: &a \"" + strings.Repeat("x", 1<<20) + "\u2028\"\nb: [" + strings.Repeat("*a, ", 40_000) + "]\n", TooMuchText, 2, 0, "",
		},
		"aliases of a key":    {"? &a " + strings.Repeat("x", 1000) + "\n: [" + strings.Repeat("*a, ", 60_000) + "]\n", TooMuchText, 2, 0, ""},
		"a return":            {"a: b\rc: d\r\n", ReturnAlone, 1, 5, ""},
		"a return at the end": {"a: b\r\nc: d\r", ReturnAlone, 2, 5, ""},
		"values":              {strings.Repeat("- a\n", MostValues), TooManyValues, 0, 0, ""},
		"a million of them":   {"[" + strings.Repeat("[],", 1_000_000) + "]", TooManyValues, 0, 0, ""},
		"members":             {"{" + strings.Repeat("a,", 1_000_000) + "}", TooManyValues, 0, 0, ""},
		"comments":            {strings.Repeat("# c\n", MostValues+1), TooManyValues, 0, 0, ""},
	} {
		m := budget.New(context.Background())
		_, err := Read(m, "A", each(folderOf(map[string]string{"a.request.yaml": c.text, "b.request.yaml": "$kind: http-request\nurl: b\n"})))
		var broken *BrokenError
		if !errors.As(err, &broken) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := broken.Faults[0]
		if broken.Count != 1 || f.Kind != c.kind || string(f.Position.File) != "a.request.yaml" || f.Position.Line != c.line ||
			c.column > 0 && f.Position.Column != c.column || c.kind != NotYAML && string(f.Value) != c.about {
			t.Errorf("%s: %v (%+v), want kind %d at %d:%d, %q", name, err, f, c.kind, c.line, c.column, c.about)
		}
		if work, memory := m.Used(); work > 50_000_000 || memory > 200<<20 {
			t.Errorf("%s takes %d of work, %d MB", name, work, memory>>20)
		}
	}
}

// A folder beyond a bound is refused by the file that goes beyond, and no more files
// are asked for.
func TestBounds(t *testing.T) {
	t.Parallel()
	large := []byte("$kind: http-request\nurl: a\nbody:\n  type: text\n  content: |\n    " + strings.Repeat("[],", MostBytes/3/4))
	for name, c := range map[string]struct {
		path  string
		raw   []byte
		kind  FaultKind
		asked int
	}{
		"large": {"%d.request.yaml", large, TooLarge, 4},
		"many":  {"%d.request.yaml", nil, TooManyFiles, MostFiles + 1},
	} {
		m, asked := budget.New(context.Background()), 0
		_, err := Read(m, "A", func(yield func(string, []byte) bool) {
			for asked = 1; yield(fmt.Sprintf(c.path, asked), c.raw); asked++ {
			}
		})
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Faults[0].Kind != c.kind || string(broken.Faults[0].Position.File) != fmt.Sprintf(c.path, asked) {
			t.Errorf("%s: %v", name, err)
		}
		if asked != c.asked {
			t.Errorf("%s: %d files were asked for, want %d", name, asked, c.asked)
		}
	}
	for _, path := range []string{
		"../a.request.yaml", "/a.request.yaml", "a/../b.request.yaml", "./a.request.yaml", "a//b.request.yaml", `a\b.request.yaml`,
		"a\x00.request.yaml", "a\xff.request.yaml", "a/./b.request.yaml",
	} {
		_, err := Read(nil, "A", each(folderOf(map[string]string{path: "a: b"})))
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Faults[0].Kind != PathOutside {
			t.Errorf("%q: %v", path, err)
		}
	}
	deep := strings.Repeat("a/", MostDepth+1) + "a.request.yaml"
	twice := append(folderOf(map[string]string{"a.request.yaml": ""}), folderOf(map[string]string{"a.request.yaml": "", deep: ""})...)
	var broken *BrokenError
	if _, err := Read(nil, "A", each(twice)); !errors.As(err, &broken) || broken.Count != 2 ||
		broken.Faults[0].Kind != PathTwice || broken.Faults[1].Kind != TooDeep {
		t.Error(err)
	}
}

// Every broken file is named, up to a bound; what is said is one line.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 2 * mostFaults {
		files[fmt.Sprintf("%02d\n.request.yaml", i)] = "- a"
	}
	_, err := Read(nil, "A", each(folderOf(files)))
	var broken *BrokenError
	if !errors.As(err, &broken) || len(broken.Faults) != mostFaults || broken.Count != 2*mostFaults {
		t.Fatal(err)
	}
	if want := `the folder makes no collection: "00\n.request.yaml", line 1, column 1 is no map (and 39 files more)`; err.Error() != want {
		t.Errorf("%s, want %s", err, want)
	}
	for k := range faults {
		if faults[k] == "" {
			t.Error("no words for", k)
		}
	}
}

// A folder that nobody made to be slow costs a part of what judging may cost; one that
// was, ends the meter.
func TestCost(t *testing.T) {
	t.Parallel()
	read := func(n int, raw string) (work, memory int, err error) {
		m := budget.New(context.Background())
		_, err = Read(m, "A", func(yield func(string, []byte) bool) {
			for i := 0; i < n && yield(fmt.Sprintf("%d.request.yaml", i), []byte(raw)); i++ {
			}
		})
		work, memory = m.Used()
		return work, memory, err
	}
	usual := "$kind: http-request\nurl: '{{u}}/a'\nmethod: POST\nheaders:\n  A: b\n  C: d\nbody:\n  type: json\n  content: |-\n" +
		strings.Repeat("    {\"some\": [\"content\", 1, 2, 3], \"more\": {\"of\": \"it\"}},\n", 50)
	if work, memory, err := read(MostBytes/len(usual), usual); err != nil || work > budget.MostWork/2 || memory > budget.MostMemory/2 {
		t.Errorf("16 MB of requests take %d of work, %d MB: %v", work, memory>>20, err)
	}
	hostile := "$kind: http-request\nheaders: [" + strings.Repeat("{key: a},", 20_000) + "]\n"
	if _, _, err := read(MostBytes/len(hostile), hostile); !errors.Is(err, budget.ErrSpent) {
		t.Error("16 MB of headers:", err)
	}
	values := "a: [" + strings.Repeat("[],", MostValues/4) + "]\n"
	_, one, _ := read(1, values)
	if _, five, err := read(5, values); err != nil || one < 50<<20 || five > one+20*len(values) {
		t.Errorf("the library takes %d MB for a file, and for five, one by one, %d MB: %v", one>>20, five>>20, err)
	}
	ctx, end := context.WithCancelCause(context.Background())
	end(errors.New("it is late"))
	late := folderOf(map[string]string{"a.request.yaml": usual + strings.Repeat(" ", 1<<20)})
	if _, err := Read(budget.New(ctx), "A", each(late)); err == nil || err.Error() != "it is late" {
		t.Error("a context that ended:", err)
	}
}

// Aliases multiply the text of a folder no more than that of a file, and no more files
// are asked for; without them no folder has as much text as a folder may have.
func TestTextBounded(t *testing.T) {
	t.Parallel()
	asked := 0
	_, err := Read(budget.New(context.Background()), "A", func(yield func(string, []byte) bool) {
		raw := []byte("$kind: http-request\nurl: &a " + strings.Repeat("x", 1<<20) + "\nnotes: [" + strings.Repeat("*a, ", 10) + "]\n")
		for asked = 1; yield(fmt.Sprintf("%d.request.yaml", asked), raw); asked++ {
		}
	})
	var broken *BrokenError
	if !errors.As(err, &broken) || broken.Count != 1 || broken.Faults[0].Kind != TooMuchText || asked != 3 {
		t.Errorf("%v; %d files were asked for", err, asked)
	}
	longest := []byte("$kind: http-request\nurl: \"" + strings.Repeat(`\L`, 1<<20) + `"`)
	if _, err := Read(nil, "A", func(yield func(string, []byte) bool) {
		for i := 0; i < 7 && yield(fmt.Sprintf("%d.request.yaml", i), longest); i++ {
		}
	}); err != nil {
		t.Error(err)
	}
}

// A folder in which two files are one by their names is refused, since nobody can tell
// which is meant; so is one that is the folder somebody stands in, without a name.
func TestNames(t *testing.T) {
	t.Parallel()
	const request, folder = "$kind: http-request\nurl: a\n", ".resources/definition.yaml"
	for name, c := range map[string]struct {
		in    string
		files map[string]string
		want  string // "" for a collection
	}{
		"two definitions": {"A", map[string]string{folder: "name: A", ".resources/definition.yml": "name: B"},
			`".resources/definition.yml" is by its name the same as another file: ".resources/definition.yaml"`},
		"of an inner folder": {"A", map[string]string{"b/" + folder: "", "b/.resources/Definition.YAML": ""},
			`"b/.resources/definition.yaml" is by its name the same as another file: "b/.resources/Definition.YAML"`},
		"two requests": {"A", map[string]string{"b/a.request.yaml": request, "b/a.request.yml": request},
			`"b/a.request.yml" is by its name the same as another file: "b/a.request.yaml"`},
		"two examples": {"A", map[string]string{
			"a.request.yaml": request, "a.resources/examples/b.example.yaml": "", "a.resources/examples/b.example.yml": "",
		}, `"a.resources/examples/b.example.yml" is by its name the same as another file: "a.resources/examples/b.example.yaml"`},
		"apart": {"A", map[string]string{
			"b/a.request.yaml": request, "c/a.request.yml": request, "A.request.yml": request, "b/A.request.yml": request, "b/" + folder: "name: b",
			"c/" + folder: "name: c", ".resources/notes.yaml": "a: b", ".resources/notes.yml": "a: b",
		}, ""},
		"here": {".", map[string]string{folder: "$kind: collection\nname: A\n"}, ""},
		"here, nameless": {".", map[string]string{folder: "$kind: collection\n"},
			`".resources/definition.yaml", line 1, column 1 says no name, and the folder has none that is its own`},
		"here, undefined": {".", map[string]string{"a.request.yaml": request},
			`".resources/definition.yaml" says no name, and the folder has none that is its own`},
	} {
		_, err := Read(nil, c.in, each(folderOf(c.files)))
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "the folder makes no collection: ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Findings are bounded.
func TestFindingsBounded(t *testing.T) {
	t.Parallel()
	d, err := Read(nil, "A", each(folderOf(map[string]string{
		"a.request.yaml": "$kind: http-request\nurl: a\nheaders: [" + strings.Repeat("1,", 2*MostFindings) + "]",
		"b.request.yaml": "$kind: " + strings.Repeat("é", 2*mostShown),
	})))
	if err != nil || len(d.Findings) != MostFindings {
		t.Fatal(err, len(d.Findings))
	}
	d, err = Read(nil, "A", each(folderOf(map[string]string{"b.request.yaml": "$kind: " + strings.Repeat("é", 2*mostShown)})))
	if err != nil || len([]rune(string(d.Findings[0].Value))) != mostShown {
		t.Error(err, d)
	}
}
