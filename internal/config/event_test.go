package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Commits of the tests, of both lengths that there are.
const (
	headSHA = "1111111111111111111111111111111111111111"
	baseSHA = "2222222222222222222222222222222222222222222222222222222222222222"
	runsSHA = "0123456789abcdef0123456789abcdef01234567" // GITHUB_SHA of onGitHub
)

// pull is the payload of a pull request of this repository, with some of its JSON
// replaced, in pairs.
func pull(replaced ...string) string {
	return strings.NewReplacer(replaced...).Replace(`{"action":"synchronize","repository":{"full_name":"acme/pets","default_branch":"main"},` +
		`"pull_request":{"number":7,"user":{"login":"member"},"head":{"sha":"` + headSHA + `","repo":{"full_name":"acme/pets"}},` +
		`"base":{"sha":"` + baseSHA + `"}},"label":{"name":"breaking mocks accepted"}}`)
}

// TestTrigger holds what a run knows of its event, and that nothing gets through that is
// not as GitHub writes it.
func TestTrigger(t *testing.T) {
	t.Parallel()
	const merge = "refs/pull/7/merge"
	ours := Trigger{
		Event: "pull_request", Action: "synchronize", Number: 7, HeadCommit: headSHA, BaseCommit: baseSHA, MergeCommit: runsSHA, Trusted: true,
	}
	with := func(change func(*Trigger)) Trigger {
		changed := ours
		change(&changed)
		return changed
	}
	noMerge := "GITHUB_REF and GITHUB_SHA are not those of the pull request's merge"
	tests := map[string]struct {
		event, ref, payload string
		env                 env
		want                Trigger
	}{
		"a pull request": {"pull_request", merge, pull(), nil, ours},
		"a label": {"pull_request", merge, pull("synchronize", "labeled"), nil,
			with(func(w *Trigger) { w.Action, w.Label = "labeled", "breaking mocks accepted" })},
		"a label taken off": {"pull_request", merge, pull("synchronize", "unlabeled"), nil,
			with(func(w *Trigger) { w.Action, w.Label = "unlabeled", "breaking mocks accepted" })},
		"a label that breaks lines": {"pull_request", merge, pull("synchronize", "labeled", "breaking mocks", `a\n::error::`), nil,
			with(func(w *Trigger) { w.Action, w.Unsaid = "labeled", []string{"label.name is no name of a label"} })},
		"a closed one": {"pull_request", "refs/heads/main", pull("synchronize", "closed"), nil,
			with(func(w *Trigger) { w.Action, w.Closed, w.MergeCommit = "closed", true, "" })},
		"a label of a merged one": {
			"pull_request", merge, pull("synchronize", "labeled", `"number":7`, `"number":7,"state":"closed","merged":true`), nil,
			with(func(w *Trigger) {
				w.Action, w.Label, w.Closed, w.Merged, w.MergeCommit = "labeled", "breaking mocks accepted", true, true, ""
			}),
		},
		"a label of an open one": {"pull_request", merge, pull("synchronize", "labeled", `"number":7`, `"number":7,"state":"open"`), nil,
			with(func(w *Trigger) { w.Action, w.Label = "labeled", "breaking mocks accepted" })},
		"a closed one's target": {"pull_request_target", "refs/heads/main", pull("synchronize", "closed"), nil,
			with(func(w *Trigger) {
				w.Event, w.Action, w.MergeCommit, w.Trusted = "pull_request_target", "closed", "", false
			})},
		"a closed issue": {"issues", "refs/heads/main", pull("synchronize", "closed"), nil, Trigger{Event: "issues", Action: "closed"}},
		"a fork": {"pull_request", merge, pull(`"repo":{"full_name":"acme/pets"}`, `"repo":{"full_name":"mallory/pets"}`), nil,
			with(func(w *Trigger) { w.Fork, w.Trusted = true, false })},
		"a deleted fork": {"pull_request", merge, pull(`"repo":{"full_name":"acme/pets"}`, `"repo":null`), nil,
			with(func(w *Trigger) { w.Fork, w.Trusted = true, false })},
		"no word of where it comes from": {"pull_request", merge, pull(`,"repo":{"full_name":"acme/pets"}`, ""), nil,
			with(func(w *Trigger) { w.Trusted = false })},
		"a nameless repository": {"pull_request", merge, pull(`"repository":{"full_name":"acme/pets",`, `"repository":{`), nil,
			with(func(w *Trigger) { w.Trusted = false })},
		"Dependabot's": {"pull_request", merge, pull("member", "dependabot[bot]"), nil, with(func(w *Trigger) { w.Dependabot = true })},
		"Dependabot's push": {"push", "refs/heads/main", mainIsDefault, env{"GITHUB_ACTOR": "dependabot[bot]"},
			Trigger{Event: "push", Dependabot: true, Trusted: true}},
		"a number in quotes": {"pull_request", merge, pull(`:7,`, `:"7",`), nil, with(func(w *Trigger) {
			w.Number, w.MergeCommit, w.Unsaid = 0, "", []string{"pull_request.number is no number of a pull request", noMerge}
		})},
		"number zero": {"pull_request", "refs/pull/0/merge", pull(`:7,`, `:0,`), nil, with(func(w *Trigger) {
			w.Number, w.MergeCommit, w.Unsaid = 0, "", []string{"pull_request.number is no number of a pull request", noMerge}
		})},
		"a negative number": {"pull_request", merge, pull(`:7,`, `:-7,`), nil, with(func(w *Trigger) {
			w.Number, w.MergeCommit, w.Unsaid = 0, "", []string{"pull_request.number is no number of a pull request", noMerge}
		})},
		"a number with an exponent": {"pull_request", merge, pull(`:7,`, `:7e0,`), nil, with(func(w *Trigger) {
			w.Number, w.MergeCommit, w.Unsaid = 0, "", []string{"pull_request.number is no number of a pull request", noMerge}
		})},
		"a number that is too long": {"pull_request", merge, pull(`:7,`, `:7000000000,`), nil, with(func(w *Trigger) {
			w.Number, w.MergeCommit, w.Unsaid = 0, "", []string{"pull_request.number is no number of a pull request", noMerge}
		})},
		"a commit as a path": {"pull_request", merge, pull(headSHA, "../../user"), nil,
			with(func(w *Trigger) { w.HeadCommit, w.Unsaid = "", []string{"pull_request.head.sha is no commit's id"} })},
		"a commit in capitals": {"pull_request", merge, pull(baseSHA, strings.Repeat("A", 40)), nil,
			with(func(w *Trigger) { w.BaseCommit, w.Unsaid = "", []string{"pull_request.base.sha is no commit's id"} })},
		"a commit and a line": {"pull_request", merge, pull(baseSHA, headSHA+`\n`), nil,
			with(func(w *Trigger) { w.BaseCommit, w.Unsaid = "", []string{"pull_request.base.sha is no commit's id"} })},
		"the merge of another": {"pull_request", "refs/pull/8/merge", pull(), nil,
			with(func(w *Trigger) { w.MergeCommit, w.Unsaid = "", []string{noMerge} })},
		"the head of it": {"pull_request", "refs/pull/7/head", pull(), nil,
			with(func(w *Trigger) { w.MergeCommit, w.Unsaid = "", []string{noMerge} })},
		"an odd commit of the run": {"pull_request", merge, pull(), env{"GITHUB_SHA": "HEAD"},
			with(func(w *Trigger) { w.MergeCommit, w.Unsaid = "", []string{noMerge} })},
		"an odd action": {"pull_request", merge, pull("synchronize", "Closed now"), nil, with(func(w *Trigger) { w.Action = "" })},
		"no JSON":       {"pull_request", merge, "not JSON", nil, Trigger{Event: "pull_request", Unsaid: []string{"pull_request is not there"}}},
		"a merge queue": {"merge_group", "refs/heads/gh-readonly-queue/main/pr-7-" + baseSHA,
			`{"action":"checks_requested","repository":{"full_name":"acme/pets","default_branch":"main"},"merge_group":{"head_sha":"` +
				headSHA + `","base_sha":"` + baseSHA + `"}}`, nil,
			Trigger{Event: "merge_group", Action: "checks_requested", HeadCommit: headSHA, BaseCommit: baseSHA, Trusted: true}},
		"a merge queue without commits": {"merge_group", "refs/heads/gh-readonly-queue/main/pr-7", mainIsDefault, nil,
			Trigger{Event: "merge_group", Trusted: true, Unsaid: []string{
				"merge_group.head_sha is no commit's id", "merge_group.base_sha is no commit's id",
			}}},
		"outside GitHub": {"pull_request", merge, pull(), env{"GITHUB_ACTIONS": "", "INPUT_MODE": "plan"}, Trigger{Trusted: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(Sources{Getenv: onGitHub(test.event, test.ref).with(test.env).get, ReadFile: eventFile(test.payload)})
			for _, p := range problems {
				t.Errorf("%s", p)
			}
			if diff := cmp.Diff(test.want, run.Trigger); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A run for a closed pull request needs no source, no secret and no checkout; what it is
// given is masked all the same. A step that says another mode is no such run.
func TestClosed(t *testing.T) {
	t.Parallel()
	const link = "https://api.postman.com/collections/" + uidA + "?access_key=PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	bare := onGitHub("pull_request", "refs/heads/main").with(env{
		"INPUT_COLLECTIONS": "", "INPUT_MICROCKS-URL": "", "INPUT_POSTMAN-API-KEY": "", "KEYCLOAK_CLIENT_ID": "ci",
		"INPUT_CLIENT-CERTIFICATE": newCertificate(t), "INPUT_CA-CERTIFICATE": "certs/ca.pem",
		"INPUT_GITHUB-TOKEN": "ghs_0123456789abcdef", "INPUT_COMMENT-KEY": "staging", "GITHUB_WORKSPACE": t.TempDir(),
	})
	closed := pull("synchronize", "closed")
	for name, e := range map[string]env{
		"nothing":       bare,
		"plan":          bare.with(env{"INPUT_MODE": "plan"}),
		"a file":        bare.with(env{"INPUT_COLLECTIONS": "exports/pets.json\nexports/*.json"}),
		"an access key": bare.with(env{"INPUT_COLLECTIONS": link}),
	} {
		run, problems := Parse(Sources{Getenv: e.get, ReadFile: eventFile(closed)})
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
		if !run.Closes() || run.Skipped || run.Trigger.Number != 7 || run.Pull.Token == "" || run.Pull.Key != "staging" {
			t.Errorf("%s: closes %t, skipped %t, %+v", name, run.Closes(), run.Skipped, run.Trigger)
		}
		if name == "an access key" && !strings.Contains(strings.Join(run.Masks(), " "), "PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0") {
			t.Errorf("%s is not masked", name)
		}
	}
	for name, test := range map[string]struct {
		env     env
		payload string
	}{
		"mode check": {env{"INPUT_MODE": "check"}, closed},
		"mode apply": {env{"INPUT_MODE": "apply"}, closed},
		"its target": {env{"GITHUB_EVENT_NAME": "pull_request_target"}, closed},
		"not closed": {nil, pull()},
	} {
		run, problems := Parse(Sources{Getenv: bare.with(test.env).get, ReadFile: eventFile(test.payload)})
		if run.Closes() || len(problems) == 0 {
			t.Errorf("%s: closes %t, problems %v", name, run.Closes(), problems)
		}
	}
}
