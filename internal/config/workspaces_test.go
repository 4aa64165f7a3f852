package config

import (
	"strings"
	"testing"
)

// TestWorkspaces holds which lines mean a workspace, and what they need.
func TestWorkspaces(t *testing.T) {
	t.Parallel()
	const id = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"
	const one = "workspace:" + id
	const link = "https://acme.postman.co/workspace/Pets~" + id + "/overview?x=PMAT-01J0CANARYCANARYCANARY00XY"
	of := func(collections string, more ...string) env {
		e := env{"INPUT_COLLECTIONS": collections}
		for i := 0; i < len(more); i += 2 {
			e["INPUT_"+more[i]] = more[i+1]
		}
		return e
	}
	const noKey = "postman-api-key: got nothing"
	tests := map[string]struct {
		env      env
		got      []string // uid or workspace of each
		problems []string
	}{
		"an id":                   {of(one), []string{id}, nil},
		"a link":                  {of(link), []string{id}, nil},
		"beside others":           {of(uidA + "\n" + one), []string{uidA, id}, nil},
		"a link to a collection":  {of("https://go.postman.co/workspace/x~" + id + "/collection/" + uidA), []string{uidA}, nil},
		"uploaded":                {of(one, "DELIVERY", "upload"), []string{id}, nil},
		"to remove":               {of(one, "MODE", "remove"), []string{id}, nil},
		"to remove without a key": {of(one, "MODE", "remove", "POSTMAN-API-KEY", ""), []string{id}, []string{noKey}},
		"to remove, none, no key": {of(uidA, "MODE", "remove", "POSTMAN-API-KEY", ""), []string{uidA}, nil},
		"without a key":           {of(one, "POSTMAN-API-KEY", ""), []string{id}, []string{noKey}},
		"to check without a key":  {of(one, "MODE", "check", "POSTMAN-API-KEY", ""), []string{id}, []string{noKey}},
		"twice":                   {of(one + "\n" + link), []string{id}, []string{"it is the collection of line 1"}},
		"with an importer's name": {of(one, "IMPORTER-NAME", "Pets"), []string{id}, []string{"importer-name"}},
		"a public link":           {of("https://www.postman.com/acme/workspace/pets"), nil, []string{`its short form "pets" has no id`}},
		"no id":                   {of("workspace:pets"), nil, []string{"it is neither an id nor a link of Postman's"}},
		"no id, and no key":       {of("workspace:pets", "POSTMAN-API-KEY", ""), nil, []string{"neither an id", noKey}},
		"an id without the word":  {of(id), nil, []string{"it is a collection's id without the owner in front"}},
		"several on one line":     {of(one + " " + uidA), nil, []string{"several collections on one line"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(Sources{Getenv: readyToPlan().with(test.env).get})
			if len(problems) != len(test.problems) {
				t.Errorf("problems: %v", problems)
			}
			for i, p := range problems {
				if i < len(test.problems) && !strings.Contains(p.String(), test.problems[i]) {
					t.Errorf("%s, want %s", p, test.problems[i])
				}
				if strings.Contains(p.String(), "PMAT-") {
					t.Errorf("a credential shows: %s", p)
				}
			}
			var got []string
			for _, i := range run.Importers {
				if i.Workspace == "" {
					i.Workspace = i.Ref.UID
				}
				got = append(got, i.Workspace)
				if strings.Contains(i.Source, "PMAT-") {
					t.Errorf("a credential shows: %s", i.Source)
				}
			}
			if strings.Join(got, " ") != strings.Join(test.got, " ") {
				t.Errorf("got %v, want %v", got, test.got)
			}
			secret := strings.Contains(test.env["INPUT_COLLECTIONS"], "PMAT-")
			if masked := strings.Join(run.Masks(), " "); secret && !strings.Contains(masked, "PMAT-") {
				t.Errorf("the credential in the link is not masked: %s", masked)
			}
		})
	}
}

// A pull request from a fork has no key: its workspaces are skipped as references are.
func TestWorkspaceOfFork(t *testing.T) {
	t.Parallel()
	run, problems := Parse(Sources{Getenv: readyToPlan().with(env{
		"INPUT_COLLECTIONS": "workspace:1f0df51a-8658-4ee8-a2a1-d2567dfa09a9\npets.json", "INPUT_POSTMAN-API-KEY": "",
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "event.json", "GITHUB_WORKSPACE": t.TempDir(),
	}).get, ReadFile: func(string) ([]byte, error) {
		return []byte(`{"number":7,"pull_request":{"number":7,"head":{"repo":{"full_name":"mallory/pets"}},` +
			`"base":{"repo":{"full_name":"acme/pets"}}},"repository":{"full_name":"acme/pets","default_branch":"main"}}`), nil
	}})
	if len(problems) > 0 || run.Skipped || !run.Importers[0].Skipped || run.Importers[1].Skipped {
		t.Errorf("%v, %+v", problems, run.Importers)
	}
}
