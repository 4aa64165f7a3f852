package config

import (
	"strings"
	"testing"
)

// Payloads of workflow_run.
const (
	afterPush = `{"repository":{"full_name":"acme/pets"},` +
		`"workflow_run":{"event":"push","head_repository":{"full_name":"Acme/Pets"}}}`
	afterForksPush = `{"repository":{"full_name":"acme/pets"},` +
		`"workflow_run":{"event":"push","head_repository":{"full_name":"mallory/pets"}}}`
	afterPull = `{"repository":{"full_name":"acme/pets"},` +
		`"workflow_run":{"event":"pull_request","head_repository":{"full_name":"acme/pets"}}}`
	afterFork = `{"repository":{"full_name":"acme/pets"},` +
		`"workflow_run":{"event":"pull_request","head_repository":{"full_name":"mallory/pets"}}}`
	afterNameless = `{"repository":{},"workflow_run":{"event":"push","head_repository":{}}}`
	afterDeleted  = `{"repository":{"full_name":"acme/pets"},"workflow_run":{"event":"push","head_repository":null}}`
)

// TestEventsThatAnybodyCanCause is the table of what may write on which event: not
// even when the workflow says so, unless it says that it is meant.
func TestEventsThatAnybodyCanCause(t *testing.T) {
	t.Parallel()
	tests := []struct {
		event, payload string
		refused        bool
	}{
		{"pull_request_target", fromFork, true},
		{"pull_request_target", fromBranch, true},
		{"issue_comment", mainIsDefault, true},
		{"issue_comment", "", true},
		{"issues", mainIsDefault, true},
		{"discussion", mainIsDefault, true},
		{"discussion_comment", mainIsDefault, true},
		{"commit_comment", mainIsDefault, true},
		{"fork", mainIsDefault, true},
		{"watch", mainIsDefault, true},
		{"gollum", mainIsDefault, true},

		{"workflow_run", afterPush, false},
		{"workflow_run", afterForksPush, true},
		{"workflow_run", afterPull, true},
		{"workflow_run", afterFork, true},
		{"workflow_run", afterNameless, true},
		{"workflow_run", afterDeleted, true},
		{"workflow_run", mainIsDefault, true},
		{"workflow_run", "not JSON", true},
		{"workflow_run", "", true},

		{"pull_request", fromBranch, false},
		{"pull_request", byDependabot, false},
		{"pull_request", fromFork, true},
		{"pull_request", fromNowhere, true},
		{"pull_request", `{"repository":{},"pull_request":{"head":{"repo":{}}}}`, true},
		{"pull_request", mainIsDefault, true},
		{"pull_request", "", true},
		{"pull_request_review", fromBranch, false},
		{"pull_request_review", fromFork, true},
		{"pull_request_review_comment", fromFork, true},

		{"push", mainIsDefault, false},
		{"push", "", false},
		{"release", mainIsDefault, false},
		{"schedule", mainIsDefault, false},
		{"workflow_dispatch", mainIsDefault, false},
		{"repository_dispatch", mainIsDefault, false},
		{"merge_group", mainIsDefault, false},
		{"deployment_status", mainIsDefault, true},
		{"deployment", mainIsDefault, true},
		{"check_run", mainIsDefault, true},
		{"check_suite", mainIsDefault, true},
		{"status", mainIsDefault, true},
		{"label", mainIsDefault, true},
		{"of_tomorrow", mainIsDefault, true},
		{"", mainIsDefault, false},
	}
	for _, test := range tests {
		for _, mode := range []Mode{ModeApply, ModeRemove, ModePlan, ModeCheck} {
			refused := test.refused && (mode == ModeApply || mode == ModeRemove)
			e := onGitHub(test.event, "refs/heads/main").with(env{"INPUT_MODE": string(mode)})
			checkRefusal(t, e, test.payload, refused)
			checkRefusal(t, e.with(env{"INPUT_ALLOW": "untrusted-event"}), test.payload, false)
			checkRefusal(t, e.with(env{"GITHUB_ACTIONS": ""}), test.payload, false)
		}
		e := onGitHub(test.event, "refs/heads/main")
		checkRefusal(t, e, test.payload, false) // auto applies on none of them
		run, _ := Parse(Sources{Getenv: e.get, ReadFile: eventFile(test.payload)})
		if test.refused && run.Mode != ModePlan {
			t.Errorf("auto on %s: mode %s", test.event, run.Mode)
		}
	}
}

// TestNothingToLose holds the one exception: a Microcks of the job's own on a
// runner that GitHub hosts, and no credential in sight.
func TestNothingToLose(t *testing.T) {
	t.Parallel()
	harmless := onGitHub("issue_comment", "refs/heads/main").with(env{
		"INPUT_MODE": "remove", "INPUT_MICROCKS-URL": "http://microcks:8080", "INPUT_POSTMAN-API-KEY": "",
		"RUNNER_ENVIRONMENT": "github-hosted",
	})
	const link = "https://api.postman.com/collections/" + uidA + "?access_key=PMAT-01234567890123456789012345"
	tests := map[string]struct {
		env     env
		refused bool
	}{
		"a service container":   {nil, false},
		"its name with a dash":  {env{"INPUT_MICROCKS-URL": "http://my-microcks_1:8080/path"}, false},
		"localhost":             {env{"INPUT_MICROCKS-URL": "http://localhost:8080"}, false},
		"loopback":              {env{"INPUT_MICROCKS-URL": "http://127.0.0.1:8080"}, false},
		"loopback of IPv6":      {env{"INPUT_MICROCKS-URL": "http://[::1]:8080"}, false},
		"a server":              {env{"INPUT_MICROCKS-URL": "https://microcks.example.com"}, true},
		"two labels":            {env{"INPUT_MICROCKS-URL": "http://microcks.internal:8080"}, true},
		"a name with its dot":   {env{"INPUT_MICROCKS-URL": "http://microcks.:8080"}, true},
		"below localhost":       {env{"INPUT_MICROCKS-URL": "http://microcks.localhost:8080"}, true},
		"the runner":            {env{"INPUT_MICROCKS-URL": "http://172.17.0.1:8080"}, true},
		"an address in decimal": {env{"INPUT_MICROCKS-URL": "http://167772161:8080"}, true},
		"an address in hex":     {env{"INPUT_MICROCKS-URL": "http://0x0a000001:8080"}, true},
		"another of IPv6":       {env{"INPUT_MICROCKS-URL": "http://[fd00::1]:8080"}, true},
		"a runner of one's own": {env{"RUNNER_ENVIRONMENT": "self-hosted"}, true},
		"an unknown runner":     {env{"RUNNER_ENVIRONMENT": ""}, true},
		"an API key":            {env{"INPUT_POSTMAN-API-KEY": apiKey}, true},
		"an API key, plainly":   {env{"POSTMAN_API_KEY": apiKey}, true},
		"a key elsewhere":       {env{"INPUT_SERVICE-VERSION": apiKey}, true},
		"an access key":         {env{"INPUT_COLLECTIONS": link}, true},
		"a client":              {env{"KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "0123456789"}, true},
		"a token of GitHub's":   {env{"INPUT_KEYCLOAK-AUTH": "github-oidc"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkRefusal(t, harmless.with(test.env), mainIsDefault, test.refused)
		})
	}
}

// checkRefusal holds whether the mode is refused, with both ways out.
func checkRefusal(t *testing.T, e env, payload string, want bool) {
	t.Helper()
	_, problems := Parse(Sources{Getenv: e.get, ReadFile: eventFile(payload)})
	refused := false
	for _, p := range problems {
		if strings.Contains(p.Hint, "mode: plan") && strings.Contains(p.Hint, "allow: untrusted-event") && p.Input == "mode" {
			refused = true
		}
	}
	if refused != want {
		t.Errorf("mode %s on %s with %s: refused %t, want %t: %v", e["INPUT_MODE"], e["GITHUB_EVENT_NAME"], payload, refused, want, problems)
	}
}
