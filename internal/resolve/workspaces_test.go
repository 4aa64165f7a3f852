package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
)

const (
	spaceA = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"
	spaceB = "2f0df51a-8658-4ee8-a2a1-d2567dfa09a9"
)

func uidOf(n int) string { return fmt.Sprintf("12345678-00000000-0000-4000-8000-%012d", n) }

// spaces are the listings of workspaces by their ids.
type spaces map[string][]postman.Listed

var errNotListed = errors.New("not listed")

func (s spaces) Listing(_ context.Context, origin, id string) ([]postman.Listed, error) {
	if origin != "https://api.getpostman.com" {
		return nil, errors.New("asked at " + origin)
	}
	all, ok := s[id]
	if !ok {
		return nil, errNotListed
	}
	return all, nil
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	there := spaces{
		spaceA: {
			{UID: uidOf(3), Name: "Beers"}, {UID: uidOf(1), Name: "Pets"}, {UID: uidOf(4), Name: "Pets", Fork: true},
			{UID: uidOf(2), Name: "Pets (draft)"},
		},
		spaceB: {{UID: uidOf(5), Name: "Cars"}, {UID: uidOf(3), Name: "Beers"}},
	}
	space := func(id string, change func(*config.Importer)) config.Importer {
		i := config.Importer{Source: "workspace:" + id, Workspace: id, Labels: map[string]string{"team": "web"}}
		if change != nil {
			change(&i)
		}
		return i
	}
	reference := config.Importer{Source: "given", Ref: &postman.Ref{UID: uidOf(1)}}
	for name, c := range map[string]struct {
		entries []config.Importer
		want    []string // source and title of each
		notes   []string // parts of each
	}{
		"all but forks": {
			[]config.Importer{space(spaceA, nil)},
			[]string{uidOf(3) + " Beers", uidOf(1) + " Pets", uidOf(2) + " Pets (draft)"},
			[]string{"has 4 collections, of which this run takes 3; left out: 1 fork (\"Pets\")"},
		},
		"forks, too": {
			[]config.Importer{space(spaceA, func(i *config.Importer) { i.Forks = true })},
			[]string{uidOf(3) + " Beers", uidOf(1) + " Pets", uidOf(4) + " Pets", uidOf(2) + " Pets (draft)"}, nil,
		},
		"some": {
			[]config.Importer{space(spaceA, func(i *config.Importer) { i.Include, i.Exclude = []string{"Pets*"}, []string{"* (draft)", "*Cars*"} })},
			[]string{uidOf(1) + " Pets"},
			[]string{`left out: 1 fork ("Pets"), 1 excluded ("Pets (draft)"), 1 not included ("Beers")`,
				"the pattern \"*Cars*\" of `exclude` matches no name"},
		},
		"none": {
			[]config.Importer{space(spaceA, func(i *config.Importer) { i.Include = []string{"pets"} })},
			[]string{"workspace:" + spaceA + " : listing the workspace " + spaceA + ": of 4 collections none is taken: \"Beers\" ("},
			[]string{"not included", "the pattern \"pets\" of `include` matches no name"},
		},
		"its own entry wins": {
			[]config.Importer{space(spaceB, nil), space(spaceA, nil), reference},
			[]string{uidOf(5) + " Cars", uidOf(3) + " Beers", uidOf(2) + " Pets (draft)", "given "},
			[]string{`left out: 1 fork ("Pets"), 2 named elsewhere in this run ("Beers", "Pets")`},
		},
		"one after another": {
			[]config.Importer{reference, space(spaceB, nil), space("gone", nil)},
			[]string{"given ", uidOf(5) + " Cars", uidOf(3) + " Beers", "workspace:gone : not listed"}, nil,
		},
		"skipped": {
			[]config.Importer{space(spaceB, func(i *config.Importer) { i.Skipped = true })},
			[]string{"workspace:" + spaceB + " "}, []string{"1 workspace of Postman skipped"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := &config.Run{Importers: c.entries}
			var log []string
			wanted, notes, err := Importers(t.Context(), run, Files{Found: func(line string) { log = append(log, line) }}, there)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range wanted {
				said := string(w.Source) + " " + string(w.Title)
				if w.Fault != nil {
					said += ": " + w.Fault.Error()
				}
				if w.Title != "" && (w.Labels["team"] != "web" || w.URL != "https://api.getpostman.com/collections/"+w.UID || w.Workspace == "") {
					t.Errorf("%+v", w)
				}
				got = append(got, said)
			}
			for i := range got {
				if i < len(c.want) && strings.HasPrefix(got[i], c.want[i]) {
					got[i] = c.want[i]
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(notes) != len(c.notes) {
				t.Errorf("%d notes: %v", len(notes), notes)
			}
			for i := range min(len(notes), len(c.notes)) {
				if !strings.Contains(string(notes[i].Text), c.notes[i]) {
					t.Errorf("%s, want %s", notes[i].Text, c.notes[i])
				}
			}
		})
	}
}

// What a workspace lists and its entry leaves out is told by its uid: what it made before
// is left over, and nobody has to be asked for it.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	run := &config.Run{Importers: []config.Importer{
		{Workspace: spaceA, Exclude: []string{"Beers"}, Include: []string{"Pets", "Beers"}}, {Ref: &postman.Ref{UID: uidOf(1)}},
	}}
	there := spaces{spaceA: {
		{UID: uidOf(1), Name: "Pets"}, {UID: uidOf(2), Name: "Pets", Fork: true}, {UID: uidOf(3), Name: "Beers"}, {UID: uidOf(4), Name: "Cars"},
	}}
	var got []string
	files := Files{Found: func(string) {}, LeftOut: func(uid string) { got = append(got, uid) }}
	if _, _, err := Importers(t.Context(), run, files, there); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{uidOf(2), uidOf(3), uidOf(4)}, got); diff != "" {
		t.Error(diff)
	}
}

// A folder that .postman/resources.yaml pairs with a collection is that collection.
func TestPairedInWorkspace(t *testing.T) {
	t.Parallel()
	l := listings{
		search: &search{Files: Files{Found: func(string) {}}}, said: &config.Run{}, spaces: spaces{spaceA: {{UID: uidOf(1), Name: "Pets"}}},
		taken: map[string]string{}, entries: []entry{{0, &config.Importer{Workspace: spaceA}}},
	}
	all, err := l.into(t.Context(), []*plan.Wanted{{File: "apis/Pets", Paired: strings.ToUpper(uidOf(1))}})
	const told = `1 named elsewhere in this run ("Pets")`
	if err != nil || len(all) != 1 || all[0].File == "" || !strings.Contains(string(l.notes[0].Text), told) {
		t.Errorf("%v, %v, %v", all, l.notes, err)
	}
}

// ending ends the run when a workspace was listed.
type ending struct {
	spaces
	end context.CancelCauseFunc
}

func (e ending) Listing(ctx context.Context, origin, id string) ([]postman.Listed, error) {
	defer e.end(errNotListed)
	return e.spaces.Listing(ctx, origin, id)
}

// Many patterns on many names end with the run.
func TestPatternsEnd(t *testing.T) {
	t.Parallel()
	there := spaces{spaceA: make([]postman.Listed, 10_000)}
	for n := range there[spaceA] {
		there[spaceA][n] = postman.Listed{UID: uidOf(n), Name: strings.Repeat("a", 250)}
	}
	patterns := make([]string, 1000)
	for n := range patterns {
		patterns[n] = strings.Repeat("*a", 450) + "b"
	}
	run := &config.Run{Importers: []config.Importer{{Workspace: spaceA, Include: patterns}}}
	ctx, end := context.WithCancelCause(t.Context())
	if _, _, err := Importers(ctx, run, Files{Found: func(string) {}}, ending{there, end}); !errors.Is(err, errNotListed) {
		t.Error(err)
	}
}

// What a collection's own entry does not say, the entry of its workspace does, before
// inputs and defaults.
func TestInherit(t *testing.T) {
	t.Parallel()
	yes, no, name := true, false, "Pets"
	entry := func(i, base config.Importer) config.Importer {
		own := i
		i = config.Over(i, base, func(string, string, string) {})
		i.Own = &own
		return i
	}
	base := config.Importer{Active: &yes, Delivery: config.DeliveryUpload, Labels: map[string]string{"a": "base", "b": "base", "c": "base"}}
	own := config.Importer{Entry: "line 9", Name: &name, Verify: config.VerifyMocks, Labels: map[string]string{"a": "own"}}
	space := config.Importer{
		Entry: "line 3", Workspace: spaceA, Active: &no, ServiceVersion: "1.0", Labels: map[string]string{"a": "space", "b": "space"},
	}
	reference := entry(own, base)
	reference.Source, reference.Ref = uidOf(1), &postman.Ref{UID: uidOf(1)}
	first, second, excluding := entry(space, base), entry(space, base), entry(space, base)
	second.Workspace, second.ServiceVersion = spaceB, "2.0"
	excluding.Workspace, excluding.Exclude = spaceB, []string{"Pets"}
	there := spaces{spaceA: {{UID: uidOf(1), Name: "Pets"}, {UID: uidOf(2), Name: "Beers"}}}
	there[spaceB] = there[spaceA]
	for why, c := range map[string]struct {
		entries []config.Importer
		own     *plan.Wanted
		told    string
	}{
		"of the first": {
			[]config.Importer{reference, first, second}, &plan.Wanted{
				Name: &name, Active: &no, Delivery: plan.ByUpload, Verify: plan.VerifyMocks, ServiceVersion: "1.0",
				Labels: map[string]string{"a": "own", "b": "space", "c": "base"},
			}, "manifest, label a: line 9 says own, which counts, and not space of the workspace in line 3",
		},
		"not where it is left out": {
			[]config.Importer{excluding, reference}, &plan.Wanted{
				Name: &name, Active: &yes, Delivery: plan.ByUpload, Verify: plan.VerifyMocks,
				Labels: map[string]string{"a": "own", "b": "base", "c": "base"},
			}, "",
		},
	} {
		var log []string
		files := Files{Found: func(line string) { log = append(log, line) }}
		wanted, _, err := Importers(t.Context(), &config.Run{Importers: c.entries}, files, there)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, w := range wanted {
			if w.UID != uidOf(1) {
				continue
			}
			n++
			c.own.Source, c.own.UID, c.own.Origin = w.Source, w.UID, w.Origin
			c.own.URL = "https://api.getpostman.com/collections/" + uidOf(1)
			if diff := cmp.Diff(c.own, w, cmpopts.IgnoreFields(plan.Wanted{}, "Secret")); diff != "" {
				t.Errorf("%s: %s", why, diff)
			}
		}
		told := strings.Join(slices.DeleteFunc(log, func(line string) bool { return !strings.HasPrefix(line, "manifest") }), "\n")
		if n != 1 || told != c.told {
			t.Errorf("%s: %d times, %q", why, n, told)
		}
	}
}
