package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSecretHides prints a Secret in every way there is.
func TestSecretHides(t *testing.T) {
	t.Parallel()
	const canary = "canary-credential"
	s := Secret(canary)
	run := Run{
		Postman: Postman{APIKey: s}, Keycloak: Keycloak{ClientSecret: s}, Pull: Pull{Token: s}, Strays: []Secret{s}, Proxies: []Secret{s},
	}
	var all strings.Builder
	for _, v := range []any{s, &s, []Secret{s}, map[string]Secret{"k": s}, struct{ S Secret }{s}, run, &run} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%U", "%20.3s"} {
			fmt.Fprintf(&all, verb+"\n", v)
		}
		fmt.Fprintln(&all, v)
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	if text := all.String(); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) ||
		strings.Contains(text, fmt.Sprintf("%X", canary)) || strings.Contains(text, canary[:3]) {
		t.Errorf("the value shows:\n%s", text)
	}
	if s.Reveal() != canary {
		t.Errorf("Reveal gives %q", s.Reveal())
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	const access = "PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	e := readyToPlan().with(env{
		"KEYCLOAK_CLIENT_ID": "the-client", "KEYCLOAK_CLIENT_SECRET": "the-secret", "GITHUB_TOKEN": "ghs_0123456789abcdef",
		"INPUT_SECRET-NAME": "my PMAK-fedcba9876543210-key",
		"HTTPS_PROXY":       "http://me:pass%2Fw@rd@proxy.example:3128", "http_proxy": "token-of-proxy@proxy.example:3128",
		"HTTP_PROXY": "http://proxy.example/",
	})
	run, _ := Parse(Sources{
		Args: []string{
			"--collections=https://api.postman.com/collections/" + uidA + "?access_key=" + access,
			"--postman-api-key=by-a-flag", "--keycloak-client-id=x",
		},
		Getenv: e.get,
	})
	got := run.Masks()
	want := []string{
		apiKey, "the-secret", "ghs_0123456789abcdef", access, "by-a-flag", "PMAK-fedcba9876543210-key", "pass%2Fw@rd", "pass/w@rd",
		"token-of-proxy",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if masks := (&Run{}).Masks(); len(masks) != 0 {
		t.Errorf("nothing was read, and %q is to be masked", masks)
	}
}

// TestNoSecretInTexts puts credentials everywhere, right places and wrong ones,
// and looks for them in all that may be shown.
func TestNoSecretInTexts(t *testing.T) {
	t.Parallel()
	const (
		key    = "PMAK-canary0123456789abcdef-0123456789abcdef0123456789abcdef01"
		secret = "canary/keycloak+secret"
		access = "PMAT-CANARY0123456789ABCDEFGHIJ"
		user   = "canary-user:canary-password"
	)
	wrong := []string{
		key, secret, access, user + "@example.com",
		"https://" + user + "@example.com", "https://canary-us@er:canary/pass@word@example.com/x", "//" + user + "@example.com",
		"https://example.com?token=" + secret, "https://example.com/#access_token=" + access,
		"https://api.postman.com/collections/x?access_key=" + access, "https://api.getpostman.com/collections/x?apikey=" + key,
		strings.Repeat("x", shownValue-10) + key, strings.Repeat("x", shownValue-3) + secret, strings.ToLower(access), "a" + key[:30],
		"-----BEGIN CERTIFICATE-----\n" + secret, key + "\x00", "k.x=" + secret, secret + ".json", "../" + key,
	}
	seen := 0
	for _, in := range Inputs() {
		for _, value := range wrong {
			for _, github := range []string{"", "true"} {
				e := readyToPlan().with(env{
					"GITHUB_ACTIONS": github, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/" + key,
					"INPUT_POSTMAN-API-KEY": key, "KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": secret,
				})
				flags := []string{"--" + in.Name, value, value, "--" + value}
				seen += lookForCanaries(t, Sources{Args: flags, Getenv: e.get, ReadFile: eventFile(mainIsDefault)})
				e[in.Variable()] = value
				seen += lookForCanaries(t, Sources{Getenv: e.get, ReadFile: eventFile(mainIsDefault)})
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d problems were looked at", seen)
	}
}

// lookForCanaries looks for credentials in all that may be shown of a run, and
// returns how many problems that had.
func lookForCanaries(t *testing.T, sources Sources) int {
	t.Helper()
	run, problems := Parse(sources)
	texts := append([]string{run.ModeReason}, run.Warnings...)
	for _, p := range problems {
		texts = append(texts, p.String())
	}
	for _, i := range run.Importers {
		texts = append(texts, i.Source)
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), "canary") {
			t.Errorf("arguments %q: a credential shows in:\n%s", sources.Args, text)
		}
	}
	return len(problems)
}
