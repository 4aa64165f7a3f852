package scenarios

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/config"
)

// workflowWords are the words for what a workflow says and what started it.
func workflowWords() map[string]command {
	return map[string]command{
		// input NAME [LINE…] sets an input, as with: does; without a line it is not set.
		"input": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "input NAME [LINE...]")
			variable, known := variableOf(args[0])
			need(ts, known, "an input's name, not "+args[0])
			ts.Setenv(variable, strings.Join(args[1:], "\n"))
		},
		// event KIND [NAME] [LABEL] is what started the workflow: push BRANCH, tag NAME,
		// pull-request, fork or dependabot [ACTION [LABEL]], closed, merged,
		// pull-request-target [own], merge-group, issue-comment, workflow-run CAUSE, schedule,
		// release, dispatch [BRANCH], or nothing for a run outside GitHub.
		"event": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1 && len(args) <= 3, "event KIND [NAME] [LABEL]")
			setEvent(ts, args[0], append(args[1:], "", ""))
		},
		// output NAME VALUE compares an output of the last run.
		"output": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 2, "output NAME VALUE")
			for line := range strings.Lines(ts.ReadFile("outputs")) {
				if name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "="); name == args[0] {
					if want := storyOf(ts).plain(args[1]); value != want {
						ts.Fatalf("output %s is %q, want %q", name, value, want)
					}
					return
				}
			}
			ts.Fatalf("no output %s", args[0])
		},
	}
}

func variableOf(input string) (string, bool) {
	for _, in := range config.Inputs() {
		if in.Name == input {
			return in.Variable(), true
		}
	}
	return "", false
}

// runnerEnvironment is what the runner gives every step, and the credential
// that most scenarios need.
func runnerEnvironment(dir string) map[string]string {
	return map[string]string{
		"GITHUB_ACTIONS":      "true",
		"GITHUB_WORKSPACE":    dir,
		"GITHUB_REPOSITORY":   repository,
		"GITHUB_SERVER_URL":   "https://github.com",
		"GITHUB_SHA":          "0123456789abcdef0123456789abcdef01234567",
		"GITHUB_RUN_ID":       "4711",
		"GITHUB_EVENT_PATH":   filepath.Join(dir, ".event.json"),
		"GITHUB_EVENT_NAME":   "push",
		"GITHUB_REF":          "refs/heads/main",
		"GITHUB_ACTOR":        "octocat",
		"GITHUB_API_URL":      "", // until it is started
		"GITHUB_WORKFLOW_REF": repository + "/.github/workflows/mocks.yml@refs/heads/main",
		"GITHUB_JOB":          "mocks",
		"GITHUB_RUN_NUMBER":   "12",
		"GITHUB_RUN_ATTEMPT":  "1",
		"POSTMAN_API_KEY":     apiKey,
	}
}

// environment of the program: that of the scenario, not of the test.
func environment(ts *testscript.TestScript) map[string]string {
	names := []string{
		"PATH", "HOME", "TMPDIR", "WORK",
		"GITHUB_ACTION_REPOSITORY", "GITHUB_ACTION_REF", "RUNNER_DEBUG", "FORCE_COLOR", "NO_COLOR", "RUNNER_ENVIRONMENT",
		"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
	}
	for name := range runnerEnvironment("") {
		names = append(names, name)
	}
	for _, in := range config.Inputs() {
		names = append(names, in.Variable())
		if in.Env != "" && in.Env != "POSTMAN_API_KEY" {
			names = append(names, in.Env)
		}
	}
	env := make(map[string]string)
	for _, name := range names {
		if value := ts.Getenv(name); value != "" {
			env[name] = value
		}
	}
	return env
}

// givenCredentials are those that the program gets.
func givenCredentials(ts *testscript.TestScript) []string {
	var given []string
	for _, in := range config.Inputs() {
		switch {
		case in.Name == "microcks-headers":
			for line := range strings.Lines(ts.Getenv(in.Variable())) {
				_, value, _ := strings.Cut(line, ": ")
				given = append(given, strings.TrimSpace(value))
			}
		case in.Kind == config.KindSecret:
			given = append(given, ts.Getenv(in.Variable()), ts.Getenv(in.Env))
		}
		if strings.Contains(ts.Getenv(in.Variable()), accessKey) {
			given = append(given, accessKey)
		}
	}
	return given
}

// event is what started the workflow.
type event struct {
	name, ref, actor string
	headRepository   string // of a pull request
	after            string // of workflow_run: the event of the run before
	action           string // of a pull request; "" is synchronize
	label            string // that was set or taken off
	merged           bool   // closed by that
}

// withheld reports whether GitHub gives the event's runs no secrets, and a token that
// can only read.
func (e event) withheld() bool {
	return e.name == "pull_request" && (e.headRepository != repository || e.actor != "")
}

// commits that a payload names.
type commits struct{ head, base string }

// noCommits are named where there is no GitHub that has some.
var noCommits = commits{head: "1111111111111111111111111111111111111111", base: "2222222222222222222222222222222222222222"}

func push(branch string) event { return event{name: "push", ref: "refs/heads/" + branch} }

func eventOf(kind, name, label string) (event, bool) {
	pull := event{name: "pull_request", ref: "refs/pull/7/merge", headRepository: repository, action: name, label: label}
	switch kind {
	case "push":
		return push(name), true
	case "tag":
		return event{name: "push", ref: "refs/tags/" + name}, true
	case "pull-request":
		return pull, true
	case "fork":
		pull.headRepository = "mallory/pets"
		return pull, true
	case "dependabot":
		pull.actor = "dependabot[bot]"
		return pull, true
	case "pull-request-target":
		head := either(name == "own", repository, "mallory/pets")
		return event{name: "pull_request_target", ref: "refs/heads/main", headRepository: head}, true
	case "issue-comment":
		return event{name: "issue_comment", ref: "refs/heads/main"}, true
	case "workflow-run":
		return event{name: "workflow_run", ref: "refs/heads/main", after: name}, true
	case "schedule", "release":
		return event{name: kind, ref: "refs/heads/main"}, true
	case "dispatch":
		return event{name: "workflow_dispatch", ref: "refs/heads/" + cmp.Or(name, "main")}, true
	case "merge-group":
		return event{name: "merge_group", ref: "refs/heads/gh-readonly-queue/main/pr-7-" + noCommits.base}, true
	case "closed", "merged":
		return event{name: "pull_request", ref: "refs/heads/main", headRepository: repository, action: "closed", merged: kind == "merged"}, true
	}
	return event{}, false
}

func setEvent(ts *testscript.TestScript, kind string, args []string) {
	w := storyOf(ts)
	if kind == "nothing" { // outside GitHub
		for variable := range runnerEnvironment("") {
			if strings.HasPrefix(variable, "GITHUB_") {
				ts.Setenv(variable, "")
			}
		}
		return
	}
	e, known := eventOf(kind, args[0], args[1])
	need(ts, known, "a kind of event")
	w.event = e
	ts.Setenv("GITHUB_EVENT_NAME", e.name)
	ts.Setenv("GITHUB_REF", e.ref)
	ts.Setenv("GITHUB_ACTOR", cmp.Or(e.actor, "octocat"))
	w.giveToken(ts)
	if e.withheld() {
		ts.Setenv("POSTMAN_API_KEY", "")
		ts.Setenv("KEYCLOAK_CLIENT_ID", "")
		ts.Setenv("KEYCLOAK_CLIENT_SECRET", "")
	}
	ts.Check(writeEvent(w.dir, e, noCommits))
}

// writeEvent writes the event's payload where GITHUB_EVENT_PATH points to.
func writeEvent(dir string, e event, named commits) error {
	payload := map[string]any{"repository": map[string]string{"full_name": repository, "default_branch": "main"}}
	if e.headRepository != "" {
		payload["action"] = cmp.Or(e.action, "synchronize")
		payload["pull_request"] = map[string]any{
			"number": pullNumber,
			"merged": e.merged,
			"user":   map[string]string{"login": cmp.Or(e.actor, "octocat")},
			"head":   map[string]any{"sha": named.head, "repo": map[string]string{"full_name": e.headRepository}},
			"base":   map[string]any{"sha": named.base},
		}
	}
	if e.label != "" {
		payload["label"] = map[string]string{"name": e.label}
	}
	if e.name == "merge_group" {
		payload["action"], payload["merge_group"] = "checks_requested", map[string]string{"head_sha": named.head, "base_sha": named.base}
	}
	if e.after != "" {
		payload["workflow_run"] = map[string]any{"event": e.after, "head_repository": map[string]string{"full_name": repository}}
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".event.json"), text, 0o644)
}
