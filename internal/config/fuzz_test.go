package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/text"
)

// FuzzParse holds for any inputs that nothing panics, that a Run without
// problems keeps its promises, and that texts are fit to be seen.
func FuzzParse(f *testing.F) {
	f.Add("--mode=plan\x00--active\x00--labels\x00a=b", "collections", uidA, "pull_request", mainIsDefault)
	f.Add("--mode=apply", "microcks-url", "http://u:p@host:1/api/#/x?y", "push", fromFork)
	f.Add("--postman-api-key\x00x", "ca-certificate", "-----BEGIN CERTIFICATE-----\n", "", "{")
	f.Add("-h=\x00--=x\x00-", "timeout", "1e3s", "release", "null")
	f.Add("", "labels", "a=\xff\n=\nmanaged-by=x", "push", `{"pull_request":{}}`)
	f.Add("--collections=../../etc/passwd", "collections", "/etc/passwd\n\u202E", "push", "")
	f.Add("plan\x00a.json", "labels", "# x\n- \"a=b\",\n[c]=d,e=f", "push", "")
	f.Add("--mode=export", "manifest", "new.yaml", "", "{}")
	f.Add("", "fail-on", "[\"warning\", \"changes\"]", "push", "")
	const canary = "canary-of-the-environment"
	f.Fuzz(func(t *testing.T, args, name, value, event, payload string) {
		e := onGitHub(event, "refs/heads/main").with(env{
			"INPUT_" + strings.ToUpper(name): value, "KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": canary,
		})
		if len(payload)%2 == 1 {
			e["GITHUB_ACTIONS"] = ""
		}
		var list []string
		if args != "" {
			list = strings.Split(args, "\x00")
		}
		run, problems := Parse(Sources{Args: list, Getenv: e.get, ReadFile: eventFile(payload)})
		if run.Help || run.Version || run.Unsaid {
			return
		}
		if len(problems) == 0 {
			holdPromises(t, run)
		}
		texts := append(slices.Clone(run.Warnings), run.ModeReason, run.Repository, run.Provenance.RunURL)
		for _, p := range problems {
			if p.Input == "" || p.Takes == "" && p.File == "" || p.Hint == "" {
				t.Errorf("a field is empty: %q", p)
			}
			texts = append(texts, p.Text(), p.Hint)
		}
		for _, i := range run.Importers {
			texts = append(texts, i.Source)
		}
		for _, s := range texts {
			if text.Line(s) != s || len([]rune(s)) > 1000 || strings.Contains(s, canary) {
				t.Errorf("not fit to be seen: %q", s)
			}
		}
	})
}

// holdPromises checks what every Run without problems promises.
func holdPromises(t *testing.T, run *Run) {
	t.Helper()
	if !slices.Contains([]Mode{ModeApply, ModePlan, ModeCheck, ModeRemove, ModeExport}, run.Mode) {
		t.Errorf("mode %q", run.Mode)
	}
	if run.Timeout <= 0 || run.Timeout > 6*time.Hour || run.Parallelism < 1 || run.Parallelism > 64 {
		t.Errorf("timeout %s, parallelism %d", run.Timeout, run.Parallelism)
	}
	if len(run.Importers) == 0 && run.Mode != ModeExport && run.Manifest.Path == "" || run.Secret.Name == "" {
		t.Errorf("%d importers, secret %q", len(run.Importers), run.Secret.Name)
	}
	if run.Mode != ModeCheck && run.Microcks.URL == "" {
		t.Errorf("mode %s without Microcks", run.Mode)
	}
	for _, i := range run.Importers {
		if (i.Ref == nil) == (i.File+i.Pattern == "") || i.File != "" && i.Pattern != "" {
			t.Errorf("mode %s: %+v", run.Mode, i)
		}
		if i.Ref != nil && run.Mode != ModeRemove && run.Postman.APIKey == "" && !run.ByAccessKey(&i) {
			t.Errorf("mode %s without a key: %+v", run.Mode, i)
		}
	}
	if u := run.Microcks.URL; u != "" {
		again, wrong := parseMicrocksURL(u)
		if wrong != "" || again.String() != u {
			t.Errorf("the address %q read again: %v, %v", u, again, wrong)
		}
	}
}
