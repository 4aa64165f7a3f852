package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrecedence holds which of several places a value is taken from.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		env  env
		got  func(*Run) string
		want string
	}{
		"a flag wins over the environment": {
			args: []string{"--verify=mocks"},
			env:  env{"INPUT_VERIFY": "none"},
			got:  func(r *Run) string { return r.Verify },
			want: VerifyMocks,
		},
		"an empty flag wins, and counts as not given": {
			args: []string{"--secret-name="},
			env:  env{"INPUT_SECRET-NAME": "mine"},
			got:  func(r *Run) string { return r.Secret.Name },
			want: "Postman API key for acme/pets",
		},
		"the value in the next argument": {
			args: []string{"--secret-name", "my key"},
			got:  func(r *Run) string { return r.Secret.Name },
			want: "my key",
		},
		"a bare boolean": {
			args: []string{"--active", "--main-artifact", "false"},
			got: func(r *Run) string {
				i := r.Importers[0]
				return strings.Join([]string{word(*i.Active), word(*i.Main)}, " ")
			},
			want: "true false",
		},
		"a list flag may be repeated": {
			args: []string{"--labels=a=1", "--labels", "b=2\nc=3"},
			got:  func(r *Run) string { l := r.Importers[0].Labels; return l["a"] + l["b"] + l["c"] },
			want: "123",
		},
		"a value with equals signs": {
			args: []string{"--secret-name=a=b=c"},
			got:  func(r *Run) string { return r.Secret.Name },
			want: "a=b=c",
		},
		"the input wins over the plain name": {
			env:  env{"POSTMAN_API_KEY": "plain"},
			got:  func(r *Run) string { return r.Postman.APIKey.Reveal() },
			want: apiKey,
		},
		"the plain name": {
			env:  env{"INPUT_POSTMAN-API-KEY": " ", "POSTMAN_API_KEY": " plain\n"},
			got:  func(r *Run) string { return r.Postman.APIKey.Reveal() },
			want: "plain",
		},
		"the plain names of Keycloak": {
			env:  env{"KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "a-secret"},
			got:  func(r *Run) string { return r.Keycloak.ClientID + " " + r.Keycloak.ClientSecret.Reveal() },
			want: "ci a-secret",
		},
		"no plain name for what is no credential": {
			env:  env{"MICROCKS_URL": "https://other.example.com", "SECRET_NAME": "other"},
			got:  func(r *Run) string { return r.Microcks.URL + " " + r.Secret.Name },
			want: "https://microcks.example.com Postman API key for acme/pets",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, problems := Parse(Sources{Args: test.args, Getenv: readyToPlan().with(test.env).get})
			for _, p := range problems {
				t.Errorf("%s", p)
			}
			if diff := cmp.Diff(test.want, test.got(run)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// TestArguments holds what arguments without a flag are, and that one mistake is
// one problem.
func TestArguments(t *testing.T) {
	t.Parallel()
	workspace := t.TempDir()
	writeFile(t, workspace, "a.json", "{}")
	writeFile(t, workspace, "b.json", "{}")
	check := []string{"--mode=check", "--collections"}
	for name, test := range map[string]struct {
		args  []string
		files []string
		wrong []string // inputs of the problems
	}{
		"a pattern that a shell filled in": {append(check, "a.json", "b.json"), []string{"a.json", "b.json"}, nil},
		"files alone":                      {[]string{"a.json", "--mode=check", "b.json"}, []string{"a.json", "b.json"}, nil},
		"a flag without its value": {
			[]string{"--mode=plan", "a.json", "--microcks-url", "--active"}, []string{"a.json"},
			[]string{"microcks-url"},
		},
		"a mistyped flag": {[]string{"--mode=check", "--colections=a.json"}, nil, []string{"--colections"}},
	} {
		run, problems := Parse(Sources{Args: test.args, Getenv: env{"GITHUB_WORKSPACE": workspace}.get})
		var files, wrong []string
		for _, i := range run.Importers {
			files = append(files, i.File)
		}
		for _, p := range problems {
			wrong = append(wrong, p.Input)
		}
		if diff := cmp.Diff(test.files, files) + cmp.Diff(test.wrong, wrong); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestWrongFlags keeps the texts about arguments that are no good flags. None
// repeats a value, which may be a credential.
func TestWrongFlags(t *testing.T) {
	t.Parallel()
	const canary = "canary-value-of-a-flag"
	tests := [][]string{
		{"--colection=" + canary},
		{"--colection", canary},
		{"--microcks_url=" + canary},
		{"--postman-key", canary},
		{"--client-secret=" + canary},
		{"-fail-on", canary},
		{"---fail-on=" + canary},
		{"--quite-another=" + canary},
		{"--=" + canary},
		{"--", canary},
		{"-"},
		{"plan"},
		{canary},
		{"--postman-api-key=" + canary},
		{"--postman-api-key", canary},
		{"--keycloak-client-id=" + canary},
		{"--keycloak-client-secret=" + canary},
		{"--secret-name"},
		{"--secret-name", "--active"},
		{"--timeout=5m", "--timeout=6m"},
		{"--active", "--active"},
		{"--\x1b[31m\u202Ered"},
		{"--" + strings.Repeat("long", 50)},
	}
	var text strings.Builder
	for _, args := range tests {
		_, problems := Parse(Sources{Args: args, Getenv: readyToPlan().get})
		if len(problems) != 1 {
			t.Errorf("%q: want one problem, got %d", args, len(problems))
		}
		for _, p := range problems {
			text.WriteString(p.String() + "\n\n")
		}
	}
	if strings.Contains(text.String(), canary) {
		t.Errorf("the value of a flag is repeated:\n%s", text.String())
	}
	golden(t, "testdata/flags.golden", text.String())
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]Run{
		"--help":    {Help: true},
		"-h":        {Help: true},
		"--version": {Version: true},
		"-v":        {Version: true},
		"-help":     {Help: true},
		"--help=1":  {Help: true},
	} {
		run, problems := Parse(Sources{Args: []string{"--nonsense", arg, "--mode=x"}})
		if len(problems) != 0 || sameRun(&want, run) != "" {
			t.Errorf("%s: %+v with %d problems", arg, run, len(problems))
		}
	}
	for arg, want := range map[string]Run{"help": {Help: true}, "version": {Version: true}} {
		if run, problems := Parse(Sources{Args: []string{arg}}); len(problems) != 0 || sameRun(&want, run) != "" {
			t.Errorf("%s: %+v with %d problems", arg, run, len(problems))
		}
	}
	for name, e := range map[string]env{"nothing": nil, "a credential": {"POSTMAN_API_KEY": apiKey}} {
		if run, problems := Parse(Sources{Getenv: e.get}); len(problems) != 0 || !run.Unsaid {
			t.Errorf("%s is said: %+v, problems %v", name, run, problems)
		}
	}
	for name, e := range map[string]env{"an input": {"INPUT_MODE": "plan"}, "a step without inputs": {"GITHUB_ACTIONS": "true"}} {
		if run, problems := Parse(Sources{Getenv: e.get}); len(problems) == 0 || run.Unsaid {
			t.Errorf("%s: taken for nothing", name)
		}
	}
	golden(t, "testdata/usage.golden", Usage())
	for line := range strings.Lines(Usage()) {
		if n := len([]rune(line)); n > usageWidth+10 {
			t.Errorf("a line of %d characters in the usage text: %s", n, line)
		}
	}
}
