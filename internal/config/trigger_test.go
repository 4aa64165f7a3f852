package config

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onGitHub is the environment of a step that could apply.
func onGitHub(event, ref string) env {
	return readyToPlan().with(env{
		"GITHUB_ACTIONS":    "true",
		"GITHUB_EVENT_NAME": event,
		"GITHUB_REF":        ref,
		"GITHUB_EVENT_PATH": "/github/workflow/event.json",
		"GITHUB_REPOSITORY": "acme/pets",
		"GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_RUN_ID":     "42",
		"GITHUB_SHA":        "0123456789abcdef0123456789abcdef01234567",
		"INPUT_MODE":        "auto",
	})
}

// eventFile reads one payload, and only at the place that onGitHub names.
func eventFile(text string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if path != "/github/workflow/event.json" || text == "" {
			return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("no such file")}
		}
		return []byte(text), nil
	}
}

const (
	mainIsDefault = `{"repository":{"default_branch":"main","full_name":"acme/pets"}}`
	fromFork      = `{"repository":{"full_name":"acme/pets","default_branch":"main"},` +
		`"pull_request":{"user":{"login":"stranger"},"head":{"repo":{"full_name":"stranger/pets"}}}}`
	fromBranch = `{"repository":{"full_name":"acme/pets","default_branch":"main"},` +
		`"pull_request":{"user":{"login":"member"},"head":{"repo":{"full_name":"Acme/Pets"}}}}`
	fromNowhere  = `{"repository":{"full_name":"acme/pets"},"pull_request":{"head":{"repo":null}}}`
	byDependabot = `{"repository":{"full_name":"acme/pets"},` +
		`"pull_request":{"user":{"login":"dependabot[bot]"},"head":{"repo":{"full_name":"acme/pets"}}}}`
)

// after is a workflow_run after a push to a branch of this repository.
func after(branch string) string {
	return `{"repository":{"full_name":"acme/pets","default_branch":"main"},"workflow_run":{"event":"push","head_branch":"` + branch +
		`","head_repository":{"full_name":"acme/pets"}}}`
}

// TestDefaultBranch: what may be pruned by a run is known to be of the default branch.
func TestDefaultBranch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ event, ref, payload, want string }{
		"a push to it":              {"push", "refs/heads/main", mainIsDefault, "main"},
		"a schedule":                {"schedule", "refs/heads/main", mainIsDefault, "main"},
		"by hand on it":             {"workflow_dispatch", "refs/heads/main", mainIsDefault, "main"},
		"another branch":            {"push", "refs/heads/next", mainIsDefault, ""},
		"a tag of its name":         {"push", "refs/tags/main", mainIsDefault, ""},
		"a release":                 {"release", "refs/tags/v1", mainIsDefault, ""},
		"a release of the branch":   {"release", "refs/heads/main", mainIsDefault, ""},
		"a payload without it":      {"push", "refs/heads/main", "{}", ""},
		"anybody's request":         {"pull_request_target", "refs/heads/main", fromFork, ""},
		"anybody's word":            {"issue_comment", "refs/heads/main", mainIsDefault, ""},
		"a pull request of its own": {"pull_request", "refs/pull/7/merge", fromBranch, ""},
		"after a run of it":         {"workflow_run", "refs/heads/main", after("main"), "main"},
		"after a run of a branch":   {"workflow_run", "refs/heads/main", after("next"), ""},
		"after a run of a fork":     {"workflow_run", "refs/heads/main", afterFork, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, _ := Parse(Sources{Getenv: onGitHub(tt.event, tt.ref).get, ReadFile: eventFile(tt.payload)})
			if run.DefaultBranch != tt.want {
				t.Errorf("the run is of the default branch %q, want %q", run.DefaultBranch, tt.want)
			}
		})
	}
}

// TestModeByEvent is the table by which auto is decided.
func TestModeByEvent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		event, ref, payload string
		mode                Mode
		reason              string
		warnings            int
	}{
		{"push", "refs/heads/main", mainIsDefault, ModeApply, "push to the default branch main", 0},
		{"push", "refs/heads/release/1", `{"repository":{"default_branch":"release/1"}}`, ModeApply, "push to the default branch release/1", 0},
		{"push", "refs/heads/feature", mainIsDefault, ModePlan, "push to the branch feature, which is not the default branch", 0},
		{"push", "refs/heads/Main", mainIsDefault, ModePlan, "push to the branch Main, which is not the default branch", 0},
		{"push", "refs/heads/refs/heads/main", mainIsDefault, ModePlan, "push to the branch refs/heads/main, which is not the default branch", 0},
		{"push", "main", mainIsDefault, ModePlan, "push to the branch main, which is not the default branch", 0},
		{"push", "", mainIsDefault, ModePlan, "push to the branch , which is not the default branch", 0},
		{"push", "refs/heads/main", `{}`, ModePlan, "push to the branch main, and the event does not name the default branch", 1},
		{"push", "refs/heads/main", `not JSON`, ModePlan, "push to the branch main, and the event does not name the default branch", 1},
		{"push", "refs/heads/main", ``, ModePlan, "push to the branch main, and the event does not name the default branch", 1},
		{
			"push", "refs/heads/", `{"repository":{"default_branch":""}}`,
			ModePlan, "push to the branch , and the event does not name the default branch", 1,
		},
		{"push", "refs/tags/v1.2.3", ``, ModeApply, "push of the tag v1.2.3", 0},
		{"push", "refs/tags/main", mainIsDefault, ModeApply, "push of the tag main", 0},
		{"push", "refs/heads/a\u202Eb", mainIsDefault, ModePlan, "push to the branch ab, which is not the default branch", 0},
		{"release", "refs/tags/v1", mainIsDefault, ModeApply, "event release", 0},
		{"schedule", "refs/heads/main", mainIsDefault, ModeApply, "event schedule", 0},
		{"workflow_dispatch", "refs/heads/main", mainIsDefault, ModeApply, "event workflow_dispatch on the default branch main", 0},
		{
			"workflow_dispatch", "refs/heads/feature", mainIsDefault,
			ModePlan, "event workflow_dispatch on the branch feature, which is not the default branch", 0,
		},
		{"workflow_dispatch", "refs/tags/main", mainIsDefault, ModePlan, "event workflow_dispatch on the tag main", 0},
		{"workflow_dispatch", "refs/tags/v1", ``, ModePlan, "event workflow_dispatch on the tag v1", 0},
		{"workflow_dispatch", "main", mainIsDefault, ModePlan, "event workflow_dispatch on the branch main, which is not the default branch", 0},
		{
			"workflow_dispatch", "refs/heads/main", ``,
			ModePlan, "event workflow_dispatch on the branch main, and the event does not name the default branch", 1,
		},
		{"repository_dispatch", "refs/heads/main", mainIsDefault, ModeApply, "event repository_dispatch", 0},
		{"pull_request", "refs/pull/1/merge", fromBranch, ModePlan, "event pull_request", 0},
		{"pull_request", "refs/heads/main", mainIsDefault, ModePlan, "event pull_request", 0},
		{"pull_request_target", "refs/heads/main", mainIsDefault, ModePlan, "event pull_request_target", 0},
		{"pull_request_review", "refs/pull/1/merge", fromBranch, ModePlan, "event pull_request_review", 0},
		{"workflow_run", "refs/heads/main", mainIsDefault, ModePlan, "event workflow_run", 0},
		{"merge_group", "refs/heads/gh-readonly-queue/main/pr-1", mainIsDefault, ModePlan, "event merge_group", 0},
		{"issue_comment", "refs/heads/main", mainIsDefault, ModePlan, "event issue_comment", 0},
		{"delete", "refs/heads/main", mainIsDefault, ModePlan, "event delete", 0},
		{"a_new_event", "refs/heads/main", mainIsDefault, ModePlan, "event a_new_event", 0},
		{"", "refs/heads/main", mainIsDefault, ModePlan, "unknown event", 0},
	}
	for _, test := range tests {
		t.Run(test.event+" "+test.ref, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(Sources{Getenv: onGitHub(test.event, test.ref).get, ReadFile: eventFile(test.payload)})
			for _, p := range problems {
				t.Errorf("%s", p)
			}
			if run.Mode != test.mode || run.ModeReason != test.reason {
				t.Errorf("mode %s, %q; want %s, %q", run.Mode, run.ModeReason, test.mode, test.reason)
			}
			if len(run.Warnings) != test.warnings {
				t.Errorf("warnings %q, want %d", run.Warnings, test.warnings)
			}
		})
	}
}

// TestProvenance holds what is kept of the runner's variables, and that nothing
// else gets through them.
func TestProvenance(t *testing.T) {
	t.Parallel()
	full := onGitHub("push", "refs/heads/main")
	tests := map[string]struct {
		env        env
		repository string
		want       Provenance
		secret     string
	}{
		"as the runner writes it": {env{}, "acme/pets",
			Provenance{Commit: "0123456789abcdef0123456789abcdef01234567", RunURL: "https://github.com/acme/pets/actions/runs/42"},
			"Postman API key for acme/pets"},
		"a server of one's own": {env{"GITHUB_SERVER_URL": "https://github.example.com/"}, "acme/pets",
			Provenance{Commit: "0123456789abcdef0123456789abcdef01234567", RunURL: "https://github.example.com/acme/pets/actions/runs/42"},
			"Postman API key for acme/pets"},
		"nothing": {env{"GITHUB_REPOSITORY": "", "GITHUB_SHA": "", "GITHUB_RUN_ID": "", "GITHUB_SERVER_URL": ""}, "", Provenance{},
			"Postman API key for postman-microcks-importer"},
		"debris": {env{"GITHUB_REPOSITORY": "acme/pets/x\n", "GITHUB_SHA": "HEAD", "GITHUB_RUN_ID": "42\n"}, "", Provenance{},
			"Postman API key for postman-microcks-importer"},
		"another scheme": {env{"GITHUB_SERVER_URL": "javascript://x"}, "acme/pets",
			Provenance{Commit: "0123456789abcdef0123456789abcdef01234567"}, "Postman API key for acme/pets"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, _ := Parse(Sources{Getenv: full.with(test.env).get, ReadFile: eventFile(mainIsDefault)})
			if run.Repository != test.repository || run.Secret.Name != test.secret {
				t.Errorf("repository %q, secret %q; want %q, %q", run.Repository, run.Secret.Name, test.repository, test.secret)
			}
			if diff := cmp.Diff(test.want, run.Provenance); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestMissing holds what each mode needs, and that the reason is told when
// GitHub withholds secrets.
func TestMissing(t *testing.T) {
	t.Parallel()
	bare := func(mode Mode) env {
		return onGitHub("pull_request", "refs/pull/1/merge").with(env{
			"INPUT_MODE": string(mode), "INPUT_MICROCKS-URL": "", "INPUT_POSTMAN-API-KEY": "",
		})
	}
	for mode, want := range map[Mode][]string{
		ModePlan:   {"postman-api-key", "microcks-url"},
		ModeApply:  {"postman-api-key", "microcks-url"},
		ModeRemove: {"microcks-url"},
		ModeCheck:  {"postman-api-key"},
	} {
		_, problems := Parse(Sources{Getenv: bare(mode).get, ReadFile: eventFile(fromBranch)})
		var got []string
		for _, p := range problems {
			got = append(got, p.Input)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("missing in mode %s (-want +got):\n%s", mode, diff)
		}
	}
	// A run that asks for what it cannot have is told why.
	apply := bare(ModeApply).with(env{"INPUT_ALLOW": "untrusted-event"})
	tests := map[string]struct {
		payload string
		env     env
		hint    string
	}{
		"a fork":               {fromFork, nil, "a pull request from a fork started this run"},
		"a deleted fork":       {fromNowhere, nil, "a pull request from a fork started this run"},
		"Dependabot's request": {byDependabot, nil, "Dependabot started this run"},
		"Dependabot": {
			mainIsDefault, env{"GITHUB_ACTOR": "dependabot[bot]", "GITHUB_EVENT_NAME": "push"}, "Dependabot started this run",
		},
		"a branch":        {fromBranch, nil, "secrets.POSTMAN_API_KEY }}, and see that the secret exists"},
		"a fork's target": {fromFork, env{"GITHUB_EVENT_NAME": "pull_request_target"}, "see that the secret exists"},
		"outside GitHub":  {fromFork, env{"GITHUB_ACTIONS": ""}, "set the environment variable POSTMAN_API_KEY"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := Parse(Sources{Getenv: apply.with(test.env).get, ReadFile: eventFile(test.payload)})
			if len(problems) != 2 || !strings.Contains(problems[0].Hint, test.hint) {
				t.Errorf("want the hint %q, got:\n%v", test.hint, problems)
			}
		})
	}
}

// TestWithheld holds what becomes of a run that lacks only what GitHub withholds: what
// the repository holds is judged, the rest skipped. Where it is not proved that GitHub
// withholds something, it is missing.
func TestWithheld(t *testing.T) {
	t.Parallel()
	const (
		files = "exports/pets.json"
		both  = "exports/*.json\n" + uidA
		link  = "https://api.postman.com/collections/" + uidA + "?access_key=PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	)
	nothing := env{"INPUT_MICROCKS-URL": "", "INPUT_POSTMAN-API-KEY": ""}
	noKey := env{"INPUT_POSTMAN-API-KEY": ""}
	halfAccount := env{"KEYCLOAK_CLIENT_ID": "ci"}
	certificate := newCertificate(t)
	tests := map[string]struct {
		collections, payload string
		env                  []env
		mode                 Mode   // "" is wrong inputs
		skipped              []bool // of each collection; nil is the whole run
	}{
		"references":               {uidA, fromFork, []env{nothing}, ModePlan, nil},
		"references, planned":      {uidA, fromFork, []env{nothing, {"INPUT_MODE": "plan"}}, ModePlan, nil},
		"references, checked":      {uidA, fromFork, []env{nothing, {"INPUT_MODE": "check"}}, ModeCheck, nil},
		"a link that is a secret":  {"", fromFork, []env{nothing}, ModePlan, nil},
		"files":                    {files, fromFork, []env{nothing}, ModeCheck, []bool{false}},
		"files and a server":       {files, fromFork, []env{noKey}, ModePlan, []bool{false}},
		"files of a deleted fork":  {files, pull(`"repo":{"full_name":"acme/pets"}`, `"repo":null`), []env{nothing}, ModeCheck, []bool{false}},
		"both":                     {both, fromFork, []env{nothing}, ModeCheck, []bool{false, true}},
		"both, and a server":       {both, fromFork, []env{noKey}, ModePlan, []bool{false, true}},
		"both, checked":            {both, fromFork, []env{noKey, {"INPUT_MODE": "check"}}, ModeCheck, []bool{false, true}},
		"both, and the key":        {both, fromFork, []env{{"INPUT_MICROCKS-URL": ""}}, ModeCheck, []bool{false, true}},
		"both, half an account":    {both, fromFork, []env{halfAccount}, ModeCheck, []bool{false, true}},
		"both, half a certificate": {both, fromFork, []env{{"INPUT_CLIENT-CERTIFICATE": certificate}}, ModeCheck, []bool{false, true}},
		"both, by Dependabot":      {both, byDependabot, []env{nothing}, ModeCheck, []bool{false, true}},
		"all is there":             {both, fromFork, nil, ModePlan, []bool{false, false}},
		"a link that reads by itself": {
			"exports/pets.json\n" + link + "\n" + uidB, fromFork, []env{noKey, {"INPUT_MODE": "check"}}, ModeCheck,
			[]bool{false, false, true},
		},
		"Dependabot applies": {
			both, mainIsDefault, []env{nothing, {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main", "GITHUB_ACTOR": dependabot}},
			ModeApply, nil,
		},
		"something else is wrong":     {both, fromFork, []env{nothing, {"INPUT_TIMEOUT": "soon"}}, "", nil},
		"apply":                       {both, fromFork, []env{nothing, {"INPUT_MODE": "apply"}}, "", nil},
		"a branch of the repository":  {both, fromBranch, []env{nothing}, "", nil},
		"a fork's target":             {both, fromFork, []env{nothing, {"GITHUB_EVENT_NAME": "pull_request_target"}}, "", nil},
		"a comment":                   {both, mainIsDefault, []env{nothing, {"GITHUB_EVENT_NAME": "issue_comment"}}, "", nil},
		"no word of where it is from": {both, pull(`,"repo":{"full_name":"acme/pets"}`, ""), []env{nothing}, "", nil},
		"no name of the repository":   {both, strings.Replace(fromFork, `"full_name":"acme/pets",`, "", 1), []env{nothing}, "", nil},
		"no payload":                  {both, "", []env{nothing}, "", nil},
		"a merge queue":               {both, mainIsDefault, []env{nothing, {"GITHUB_EVENT_NAME": "merge_group"}}, "", nil},
		"outside GitHub":              {both, fromFork, []env{nothing, {"GITHUB_ACTIONS": "", "INPUT_MODE": "plan"}}, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := onGitHub("pull_request", "refs/pull/7/merge").with(env{"INPUT_COLLECTIONS": test.collections, "GITHUB_WORKSPACE": t.TempDir()})
			for _, more := range test.env {
				e = e.with(more)
			}
			run, problems := Parse(Sources{Getenv: e.get, ReadFile: eventFile(test.payload)})
			if test.mode == "" {
				if len(problems) == 0 || run.Skipped {
					t.Errorf("mode %s, skipped %t, no problem", run.Mode, run.Skipped)
				}
				return
			}
			for _, p := range problems {
				t.Errorf("%s", p)
			}
			if run.Mode != test.mode || run.Skipped != (test.skipped == nil) {
				t.Errorf("mode %s, skipped %t", run.Mode, run.Skipped)
			}
			var skipped []bool
			for _, i := range run.Importers {
				skipped = append(skipped, i.Skipped)
			}
			if diff := cmp.Diff(test.skipped, skipped); test.skipped != nil && diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

// The repository's number is what the runner says, where it says it as it does.
func TestRepositoryID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"123456": "123456", "": "", "12a": "", " 1": "", "-1": "", strings.Repeat("1", 21): ""} {
		if run, _ := Parse(Sources{Getenv: readyToPlan().with(env{"GITHUB_REPOSITORY_ID": id}).get}); run.RepositoryID != want {
			t.Errorf("%q is read as %q", id, run.RepositoryID)
		}
	}
	if run, _ := Parse(Sources{Getenv: env{"GITHUB_REPOSITORY_ID": "1", "INPUT_MODE": "check"}.get}); run.RepositoryID != "" {
		t.Error("the number of no repository")
	}
}
