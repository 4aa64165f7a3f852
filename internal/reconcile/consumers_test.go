package reconcile

import (
	"cmp"
	"context"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// petsFile is an exported collection with one example of an answer.
func petsFile(version, status, body string) string {
	return `{"info":{"_postman_id":"x","name":"Pets","version":"` + version + `"},"item":[{"name":"pets","request":{"method":"GET",` +
		`"url":{"raw":"http://h/pets"}},"response":[{"name":"all","originalRequest":{"method":"GET","url":{"raw":"http://h/pets"}},"code":` +
		status + `,"header":[{"key":"Content-Type","value":"application/json"}],"body":"` + body + `"}]}]}`
}

// inBoth runs mode check over what the repository holds and what its base branch does.
func inBoth(t *testing.T, head, base map[string]string) *result.Result {
	t.Helper()
	resolve := func(files map[string]string) func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
		return func(context.Context) (all []*plan.Wanted, _ []result.Problem, _ error) {
			for _, name := range slices.Sorted(maps.Keys(files)) {
				all = append(all, &plan.Wanted{File: name, Source: text.Untrusted(name)})
			}
			return all, nil, nil
		}
	}
	read := func(files map[string]string) func(context.Context, string) (delivery.Source, error) {
		return func(_ context.Context, name string) (delivery.Source, error) {
			if content, ok := files[name]; ok {
				return delivery.File([]byte(content)), nil
			}
			return delivery.Source{}, fs.ErrNotExist
		}
	}
	return Run(t.Context(), Settings{Mode: result.Check, Parallelism: 2}, Deps{
		Resolve: resolve(head), File: read(head), Log: noLog{}, Mask: func(string) {},
		Base: &Base{
			Resolve: resolve(base), File: read(base),
			Judged: func(_ context.Context, name string) (Standing, error) {
				special := map[string]Standing{"made.json": Made, "altered.json": Altered}
				return cmp.Or(special[name], Committed), nil
			},
		},
	})
}

// A collection of the repository is compared with what the base branch makes of it, so
// that no server is asked.
func TestComparedWithTheBase(t *testing.T) {
	t.Parallel()
	head := petsFile("1", "200", `{\"id\":1}`)
	more := petsFile("1", "200", `{\"id\":1,\"name\":\"x\"}`)
	for name, c := range map[string]struct {
		base     map[string]string
		breaking int
		notices  int
		gone     string // a file
	}{
		"the same":                         {map[string]string{"pets.json": head}, 0, 0, ""},
		"another value":                    {map[string]string{"pets.json": petsFile("1", "200", `{\"id\":2}`)}, 0, 1, ""},
		"a member that goes":               {map[string]string{"pets.json": more}, 1, 1, ""},
		"another status":                   {map[string]string{"pets.json": petsFile("1", "404", `{\"id\":1}`)}, 1, 1, ""},
		"a new file":                       {nil, 0, 1, ""},
		"a version of its own":             {map[string]string{"pets.json": petsFile("2", "200", `{\"id\":1,\"name\":\"x\"}`)}, 0, 1, ""},
		"what is no collection":            {map[string]string{"pets.json": `{"hello":"world"}`}, 0, 1, ""},
		"the file moves":                   {map[string]string{"old.json": more}, 1, 1, ""},
		"the file of another service goes": {map[string]string{"pets.json": head, "old.json": petsFile("0", "200", `1`)}, 0, 0, "old.json"},
	} {
		told := inBoth(t, map[string]string{"pets.json": head}, c.base)
		got := told.Collections[0].Consumers
		if got == nil || got.Against != result.AgainstBase || got.Breaking != c.breaking || len(got.Notices) != c.notices {
			t.Errorf("%s: %+v", name, got)
		}
		switch {
		case c.gone == "" && len(told.Gone) > 0:
			t.Errorf("%s: gone: %+v", name, told.Gone)
		case c.gone != "" && (len(told.Gone) != 1 || string(told.Gone[0].File) != c.gone || told.Gone[0].Consumers.Breaking != 1):
			t.Errorf("%s: gone: %+v", name, told.Gone)
		}
	}
}

// A file that a step made is in no commit: the base branch cannot be asked for it.
func TestWhatAStepMadeIsNotComparedWithTheBase(t *testing.T) {
	t.Parallel()
	told := inBoth(t, map[string]string{"made.json": petsFile("1", "200", "1")}, nil)
	c := told.Collections[0]
	if c.Consumers != nil || len(c.Problems) != 1 || c.Problems[0].Anchor != "base-unknown" {
		t.Errorf("%+v, %+v", c.Consumers, c.Problems)
	}
}

// What the commit has otherwise cannot be compared, and that is no reason to believe that
// nothing breaks.
func TestWhatTheCommitHasOtherwiseIsUntold(t *testing.T) {
	t.Parallel()
	told := inBoth(t, map[string]string{"altered.json": petsFile("1", "200", "1")}, nil)
	c := told.Collections[0]
	if c.Consumers != nil || len(c.Problems) != 1 || c.Problems[0].Anchor != "consumers-untold" || c.Problems[0].Level != result.Warning {
		t.Errorf("%+v, %+v", c.Consumers, c.Problems)
	}
}

// What was wrong before is not new, wherever it stands now.
func TestNewFindings(t *testing.T) {
	t.Parallel()
	versionless := petsFile("", "200", "1")
	news := func(base map[string]string) (n int) {
		for _, f := range inBoth(t, map[string]string{"pets.json": "\n\n" + versionless}, base).Collections[0].Findings {
			if f.New {
				n++
			}
		}
		return n
	}
	if n := news(map[string]string{"pets.json": versionless}); n != 0 {
		t.Errorf("%d findings are new, that were there before", n)
	}
	if n := news(map[string]string{"other.json": versionless}); n != 0 {
		t.Errorf("%d findings are new, of a file that moved", n)
	}
	if n := news(nil); n == 0 {
		t.Error("none is new of a new file")
	}
}
