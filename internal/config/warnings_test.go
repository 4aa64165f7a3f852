package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	const clear = " can be read on the way: use https:// unless this is a network of your own, such as a job's service container."
	signIn := env{"KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "a-secret"}
	tests := map[string]struct {
		env  env
		args []string
		want []string
	}{
		"nothing to warn about": {args: []string{"--mode=apply"}, env: signIn},
		"the key in the clear": {args: []string{"--mode=apply", "--microcks-url=http://microcks:8080"},
			want: []string{"microcks-url begins with http://, so the Postman API key, which Microcks gets as a secret," + clear}},
		"a plan sends no key":      {args: []string{"--microcks-url=http://microcks:8080"}},
		"a check sends nothing":    {args: []string{"--mode=check", "--microcks-url=http://microcks:8080"}, env: signIn},
		"this machine":             {args: []string{"--mode=apply", "--microcks-url=http://127.1.2.3:8080"}, env: signIn},
		"this machine by its name": {args: []string{"--mode=apply", "--microcks-url=http://LOCALHOST.:8080"}, env: signIn},
		"this machine by its v6":   {args: []string{"--mode=apply", "--microcks-url=http://[::1]:8080"}, env: signIn},
		"a name that resembles it": {args: []string{"--microcks-url=http://localhost.example.com"}, env: signIn,
			want: []string{"microcks-url begins with http://, so the sign-in to Microcks" + clear}},
		"a name below it": {args: []string{"--microcks-url=http://microcks.localhost"}, env: signIn,
			want: []string{"microcks-url begins with http://, so the sign-in to Microcks" + clear}},
		"the sign-in in the clear": {args: []string{"--keycloak-url=http://keycloak:8080"},
			want: []string{"keycloak-url begins with http://, so the sign-in to Keycloak" + clear}},
		"GitHub's token in the clear": {
			args: []string{"--microcks-url=http://microcks", "--keycloak-auth=github-oidc", "--keycloak-url=https://keycloak.example.com"},
			env:  env{"GITHUB_ACTIONS": "true"},
			want: []string{"microcks-url begins with http://, so the sign-in to Microcks" + clear}},
		"an audience that is not used": {args: []string{"--keycloak-audience=https://sso.example.com/realms/microcks"},
			want: []string{"keycloak-audience has an effect with keycloak-auth github-oidc only."}},
		"a secret that is not used": {args: []string{"--keycloak-auth=github-oidc", "--keycloak-url=https://keycloak.example.com"},
			env:  env{"KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "the-client-secret", "GITHUB_ACTIONS": "true"},
			want: []string{"keycloak-client-secret is not used with keycloak-auth github-oidc: remove it, so that no secret is stored."}},
		"a version that does not count": {args: []string{"--microcks-version=1.13.0"},
			want: []string{"microcks-version has an effect in mode check only, and this is mode plan."}},
		"a check for drift that applies": {args: []string{"--mode=apply", "--fail-on=changes"},
			want: []string{"fail-on has an effect in mode check and plan only, and this is mode apply."}},
		"a check for drift": {args: []string{"--fail-on=changes"}},
		"a check for drift without Microcks": {args: []string{"--mode=check", "--fail-on=warning\nchanges"},
			want: []string{"changes of fail-on has an effect in mode plan only, and this is mode check."}},
		"services of nothing that is removed": {args: []string{"--allow=remove-services\nreplace-service"},
			want: []string{"remove-services of allow has an effect with prune only, and this is mode plan without it."}},
		"services of what is removed": {args: []string{"--mode=remove", "--allow=remove-services"}},
		"a version that counts":       {args: []string{"--mode=check", "--microcks-version=1.13.0-SNAPSHOT"}},
		"what a check needs not": {
			args: []string{"--mode=check", "--verify=mocks", "--import=always", "--labels=a=b", "--secret-name=x", "--main-artifact=false"},
			want: []string{
				"labels has an effect in mode plan and apply only, and this is mode check.",
				"secret-name has an effect in mode plan and apply only, and this is mode check.",
				"import has an effect in mode plan and apply only, and this is mode check.",
				"verify has an effect in mode plan and apply only, and this is mode check.",
			}},
		"a token that an apply needs not": {args: []string{"--mode=apply"}, env: env{"INPUT_GITHUB-TOKEN": "ghs_0123456789abcdef"},
			want: []string{"github-token has an effect in mode check, plan, and apply with prune only, and this is mode apply without it."}},
		"a token for whoever needs it": {args: []string{"--mode=apply"}, env: env{"GITHUB_TOKEN": "ghs_0123456789abcdef"}},
		"a mode that the event chose": {env: env{
			"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule", "INPUT_MODE": "auto", "INPUT_FAIL-ON": "changes",
		}},
		"a moving branch of the action": {env: env{"GITHUB_ACTIONS": "true", "GITHUB_ACTION_REF": "main"},
			want: []string{"This action is used at @main, which changes from one run to the next: pin it to a full commit SHA."}},
		"a version of the action":                {env: env{"GITHUB_ACTIONS": "true", "GITHUB_ACTION_REF": "v1"}},
		"a branch, but of no action, off GitHub": {env: env{"GITHUB_ACTION_REF": "main"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(Sources{Args: test.args, Getenv: readyToPlan().with(test.env).get})
			for _, p := range problems {
				t.Errorf("%s", p)
			}
			if diff := cmp.Diff(test.want, run.Warnings); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
