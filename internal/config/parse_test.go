package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/test/pki"
)

var update = flag.Bool("update", false, "write golden files")

const (
	uidA   = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"
	uidB   = "12345678-22ece9e1-2abf-4edc-8e34-de66e74114d2"
	apiKey = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
)

// env is an environment; it lacks everything that is not in it.
type env map[string]string

func (e env) get(name string) string { return e[name] }

// with is a copy with more in it.
func (e env) with(more env) env {
	all := env{}
	for k, v := range e {
		all[k] = v
	}
	for k, v := range more {
		all[k] = v
	}
	return all
}

// action turns inputs into the variables by which the runner hands them over.
func action(inputs map[string]string) env {
	e := env{}
	for name, value := range inputs {
		e["INPUT_"+strings.ToUpper(name)] = value
	}
	return e
}

// readyToPlan is what a plan needs, outside GitHub.
func readyToPlan() env {
	return action(map[string]string{
		"mode":            "plan",
		"collections":     uidA,
		"microcks-url":    "https://microcks.example.com",
		"postman-api-key": apiKey,
	}).with(env{"GITHUB_REPOSITORY": "acme/pets"})
}

// planned is the Run of readyToPlan in the given workspace.
func planned(workspace string) *Run {
	return &Run{
		Mode:        ModePlan,
		Workspace:   workspace,
		Postman:     Postman{APIKey: apiKey},
		Microcks:    Microcks{URL: "https://microcks.example.com"},
		Keycloak:    Keycloak{Auth: AuthClientSecret},
		Secret:      MicrocksSecret{Name: "Postman API key for acme/pets"},
		Repository:  "acme/pets",
		Timeout:     5 * time.Minute,
		Parallelism: 8, Output: OutputText,
		Pull:      Pull{Comment: CommentAuto},
		Import:    ImportAuto,
		Verify:    VerifyService,
		Importers: []Importer{{Source: uidA, Ref: &postman.Ref{UID: uidA}}},
	}
}

// sameRun compares all that a Run says.
func sameRun(want, got *Run) string {
	return cmp.Diff(want, got, cmpopts.IgnoreFields(Run{}, "Strays", "Warnings", "Trigger"), cmpopts.EquateEmpty())
}

func pointer[T any](v T) *T { return &v }

// TestGoodValues has, for every input, values that are accepted and what they
// become.
func TestGoodValues(t *testing.T) {
	t.Parallel()
	workspace := t.TempDir()
	writeFile(t, workspace, "exports/pets.json", "{}")
	writeFile(t, workspace, "pets.txt", "{}")
	certificate := newCertificate(t)
	writeFile(t, workspace, "certs/ca.pem", "# the company's\n"+certificate)
	writeFile(t, workspace, "postman.yaml", "collections:\n  - "+uidA+"\n")
	pair, key := pki.Pair(t)
	withPair := func(r *Run) { r.Microcks.ClientCertificate, r.Microcks.ClientKey = []byte(pair), Secret(key) }

	listed := func(r *Run) {
		r.Manifest, r.Importers[0].Entry = Manifest{Path: "postman.yaml", Key: "postman.yaml", Entries: 1}, "line 2"
		r.Importers[0].Own = &Importer{Entry: "line 2"}
	}
	link := "https://api.postman.com/collections/" + uidA + "?access_key=PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	first := func(change func(*Importer)) func(*Run) {
		return func(r *Run) { change(&r.Importers[0]) }
	}
	tests := map[string][]struct {
		value string
		want  func(*Run)
	}{
		"collections": {
			{uidA, func(*Run) {}},
			{"  \n" + uidA + " \r\n\n\t" + uidB + "\n", func(r *Run) {
				r.Importers = append(r.Importers, Importer{Source: uidB, Ref: &postman.Ref{UID: uidB}})
			}},
			{"# the pets\n\n- \"" + uidA + "\", # of the web team\n#" + uidB, func(*Run) {}},
			{`["` + uidA + `"]`, func(*Run) {}},
			{"‘" + uidA + "’;", func(*Run) {}},
			// As a page shows it, to whom a line of digits is not to be a link.
			{"\ufeff123\u200b45678-12ece9e1-2abf-\u20604edc-8e34-de66e74114d2\u00a0\u202c", func(*Run) {}},
			{link, func(r *Run) {
				r.Importers[0].Source = "https://api.postman.com/collections/" + uidA
				ref, err := postman.ParseRef(link)
				if err != nil {
					t.Fatal(err)
				}
				r.Importers[0].Ref = &ref
			}},
		},
		"mode": {
			{"plan", func(*Run) {}},
			{"apply", func(r *Run) { r.Mode = ModeApply }},
			{"check", func(r *Run) { r.Mode = ModeCheck }},
			{"remove", func(r *Run) { r.Mode = ModeRemove }},
		},
		"postman-api-key": {
			{"\n " + apiKey + "\n", func(*Run) {}},
			{"another-kind-of-key", func(r *Run) { r.Postman.APIKey = "another-kind-of-key" }},
		},
		"postman-api-url": {
			{"https://api.eu.postman.com/", func(r *Run) { r.Postman.URL = "https://api.eu.postman.com" }},
			{"http://127.0.0.1:9", func(r *Run) { r.Postman.URL = "http://127.0.0.1:9" }},
		},
		"microcks-url": {
			{"https://microcks.example.com/", func(*Run) {}},
			{"https://microcks.example.com/api", func(*Run) {}},
			{"https://microcks.example.com/api/", func(*Run) {}},
			{"https://microcks.example.com/api//", func(*Run) {}},
			{"https://microcks.example.com/#/importers", func(*Run) {}},
			{"https://microcks.example.com/#/services/66f0?x=y", func(*Run) {}},
			{"HTTPS://Microcks.Example.COM#", func(*Run) {}},
			{"https://example.com/microcks/api/", func(r *Run) { r.Microcks.URL = "https://example.com/microcks" }},
			{"https://example.com/my%2Fmicrocks/#/x", func(r *Run) { r.Microcks.URL = "https://example.com/my%2Fmicrocks" }},
			{"http://127.0.0.1:8080", func(r *Run) { r.Microcks.URL = "http://127.0.0.1:8080" }},
			{"http://localhost:8080/", func(r *Run) { r.Microcks.URL = "http://localhost:8080" }},
			{"http://[::1]:8080/", func(r *Run) { r.Microcks.URL = "http://[::1]:8080" }},
			{"http://microcks:8080", func(r *Run) { r.Microcks.URL = "http://microcks:8080" }},
		},
		"keycloak-client-id": {
			{"", func(*Run) {}},
		},
		"keycloak-client-secret": {
			{"", func(*Run) {}},
		},
		"keycloak-auth": {
			{"client-secret", func(*Run) {}},
			{"github-oidc", func(r *Run) {
				r.Keycloak.Auth, r.Keycloak.URL = AuthGitHubOIDC, "https://keycloak.example.com"
			}},
		},
		"keycloak-url": {
			{"https://keycloak.example.com/", func(r *Run) { r.Keycloak.URL = "https://keycloak.example.com" }},
			{"https://example.com/auth/", func(r *Run) { r.Keycloak.URL = "https://example.com/auth" }},
			{"http://keycloak:8080", func(r *Run) {
				r.Keycloak.URL = "http://keycloak:8080"
				r.Warnings = []string{"keycloak-url begins with http://, so the sign-in to Keycloak can be read on the way:" +
					" use https:// unless this is a network of your own, such as a job's service container."}
			}},
		},
		"keycloak-audience": {
			{"https://sso.example.com/auth/realms/My%20Pets/", func(r *Run) {
				r.Keycloak.Audience = "https://sso.example.com/auth/realms/My%20Pets"
				r.Warnings = []string{"keycloak-audience has an effect with keycloak-auth github-oidc only."}
			}},
		},
		"microcks-version": {
			{"", func(*Run) {}},
		},
		"importer-name": {
			{"  Pet Store (größer)  ", first(func(i *Importer) { i.Name = pointer("Pet Store (größer)") })},
			{strings.Repeat("ö", longestName), first(func(i *Importer) { i.Name = pointer(strings.Repeat("ö", longestName)) })},
		},
		"main-artifact": {
			{"true", first(func(i *Importer) { i.Main = pointer(true) })},
			{"FALSE", first(func(i *Importer) { i.Main = pointer(false) })},
		},
		"active": {
			{"True", first(func(i *Importer) { i.Active = pointer(true) })},
			{"false", first(func(i *Importer) { i.Active = pointer(false) })},
		},
		"labels": {
			{"# of all\n- domain=\"pets\",\n'team = web=1'\nempty= # none\n$a/b=c.d", first(func(i *Importer) {
				i.Labels = map[string]string{"domain": "pets", "team": "web=1", "empty": "", "$a/b": "c.d"}
			})},
			{"domain=pets\n\n team = web=1 \nempty=\n$a/b=c.d", first(func(i *Importer) {
				i.Labels = map[string]string{"domain": "pets", "team": "web=1", "empty": "", "$a/b": "c.d"}
			})},
		},
		"secret-name": {
			{"My key", func(r *Run) { r.Secret = MicrocksSecret{Name: "My key", Explicit: true} }},
		},
		"allow": {
			{"untrusted-event", func(r *Run) { r.Allow = []string{AllowUntrustedEvent} }},
			{"untrusted-event\n\n untrusted-event ", func(r *Run) { r.Allow = []string{AllowUntrustedEvent} }},
			{"remove-services\nreplace-secret\nreplace-service", func(r *Run) {
				r.Allow = []string{AllowRemoveServices, AllowReplaceSecret, AllowReplaceService}
			}},
		},
		"prune": {
			{"false", func(*Run) {}},
		},
		"export-as": {
			{"manifest", func(r *Run) { r.Mode, r.Importers, r.ExportAs = ModeExport, nil, ExportManifest }},
			{"apisource", func(r *Run) { r.Mode, r.Importers, r.ExportAs = ModeExport, nil, ExportAPISource }},
		},
		"import": {
			{"auto", func(*Run) {}},
			{"always", func(r *Run) { r.Import = ImportAlways }},
			{"never", func(r *Run) { r.Import = ImportNever }},
		},
		"verify": {
			{"service", func(*Run) {}},
			{"mocks", func(r *Run) { r.Verify = VerifyMocks }},
			{"none", func(r *Run) { r.Verify = VerifyNone }},
		},
		"github-token": {
			{" ghs_0123456789abcdef\n", func(r *Run) { r.Pull.Token = "ghs_0123456789abcdef" }},
		},
		"comment": {
			{"auto", func(*Run) {}},
			{"never", func(r *Run) { r.Pull.Comment = CommentNever }},
		},
		"comment-key": {
			{" staging ", func(r *Run) { r.Pull.Key = "staging" }},
			{"größer --> 1", func(r *Run) { r.Pull.Key = "größer --> 1" }}, // whoever writes it escapes it
		},
		"service-version": {
			{"2.1.0", first(func(i *Importer) { i.ServiceVersion = "2.1.0" })},
			{"v2.1.0-rc.1", first(func(i *Importer) { i.ServiceVersion = "2.1.0-rc.1" })},
			{"refs/tags/v2", first(func(i *Importer) { i.ServiceVersion = "2" })},
			{"refs/tags/next", first(func(i *Importer) { i.ServiceVersion = "next" })},
			{"v", first(func(i *Importer) { i.ServiceVersion = "v" })},
			{"version1", first(func(i *Importer) { i.ServiceVersion = "version1" })},
			{" ", func(*Run) {}}, // as an expression that gives nothing
		},
		"delivery": {
			{"upload", first(func(i *Importer) { i.Delivery = DeliveryUpload })},
			{"importer", first(func(i *Importer) { i.Delivery = DeliveryImporter })},
		},
		"fail-on": {
			{"warning", func(r *Run) { r.FailOn = []string{FailOnWarning} }},
			{"warning, changes # drift", func(r *Run) { r.FailOn = []string{FailOnWarning, FailOnChanges} }},
			{`["warning","changes"]`, func(r *Run) { r.FailOn = []string{FailOnWarning, FailOnChanges} }},
			{"[warning, changes]", func(r *Run) { r.FailOn = []string{FailOnWarning, FailOnChanges} }},
			{"changes\nwarning", func(r *Run) { r.FailOn = []string{FailOnChanges, FailOnWarning} }},
		},
		"timeout": {
			{"6h", func(r *Run) { r.Timeout = 6 * time.Hour }},
			{"1ns", func(r *Run) { r.Timeout = 1 }},
			{"1.5h", func(r *Run) { r.Timeout = 90 * time.Minute }},
		},
		"output": {
			{"json", func(r *Run) { r.Output = OutputJSON }},
			{"markdown", func(r *Run) { r.Output = OutputMarkdown }},
		},
		"result-file":  {{"out/a b.json", func(r *Run) { r.ResultFile = "out/a b.json" }}},
		"summary-file": {{"/tmp/ä.md", func(r *Run) { r.SummaryFile = "/tmp/ä.md" }}},
		"parallelism": {
			{"1", func(r *Run) { r.Parallelism = 1 }},
			{"64", func(r *Run) { r.Parallelism = 64 }},
			{"008", func(*Run) {}},
		},
		"microcks-headers": {
			{"CF-Access-Client-Id: 0123456789.access\n\n cf-access-client-secret:\tcanary-of-a-gateway ", func(r *Run) {
				r.Microcks.Headers = []Header{
					{"Cf-Access-Client-Id", "0123456789.access"}, {"Cf-Access-Client-Secret", "canary-of-a-gateway"},
				}
			}},
			{"Authorization: Basic Y2k6c2VjcmV0", func(r *Run) { r.Microcks.Headers = []Header{{"Authorization", "Basic Y2k6c2VjcmV0"}} }},
		},
		"manifest": {
			{"postman.yaml", listed},
			{filepath.Join(workspace, "postman.yaml"), listed},
		},
		"client-certificate": {{pair, withPair}},
		"client-key":         {{key, withPair}},
		"ca-certificate": {
			{certificate, func(r *Run) { r.CA = []byte(certificate) }},
			{certificate + "some text between\n" + certificate, func(r *Run) { r.CA = []byte(certificate + certificate) }},
			{"certs/ca.pem", func(r *Run) { r.CA = []byte(certificate) }},
			{"./certs/../certs/ca.pem", func(r *Run) { r.CA = []byte(certificate) }},
			{filepath.Join(workspace, "certs", "ca.pem"), func(r *Run) { r.CA = []byte(certificate) }},
		},
	}
	for _, in := range Inputs() {
		if len(tests[in.Name]) == 0 {
			t.Errorf("no good value of %s is tested", in.Name)
		}
		for _, test := range tests[in.Name] {
			t.Run(in.Name+"="+test.value, func(t *testing.T) {
				t.Parallel()
				want := planned(workspace)
				test.want(want)
				e := readyToPlan().with(env{"GITHUB_WORKSPACE": workspace, in.Variable(): test.value})
				if in.Name == "manifest" {
					e["INPUT_COLLECTIONS"] = ""
				}
				if in.Name == "export-as" {
					e["INPUT_COLLECTIONS"], e["INPUT_MODE"] = "", "export"
				}
				if strings.HasPrefix(in.Name, "client-") {
					e["INPUT_CLIENT-CERTIFICATE"], e["INPUT_CLIENT-KEY"] = pair, key
				}
				if test.value == AuthGitHubOIDC {
					e["INPUT_KEYCLOAK-URL"], e["GITHUB_ACTIONS"] = "https://keycloak.example.com", "true"
				}
				checkRun(t, want, Sources{Getenv: e.get})
				if in.FromEnvironmentOnly() {
					return
				}
				e[in.Variable()] = ""
				checkRun(t, want, Sources{Args: []string{"--" + in.Name + "=" + test.value}, Getenv: e.get})
			})
		}
	}
}

// checkRun holds that sources give a Run and no problem.
func checkRun(t *testing.T, want *Run, sources Sources) {
	t.Helper()
	run, problems := Parse(sources)
	for _, p := range problems {
		t.Errorf("arguments %q, problem:\n%s", sources.Args, p)
	}
	if diff := sameRun(want, run); diff != "" {
		t.Errorf("arguments %q (-want +got):\n%s", sources.Args, diff)
	}
}

// bad is a case of TestBadValues.
type bad struct {
	input string // the one that the only problem must name
	args  []string
	env   env
}

// badValues has, for every input that can be wrong, values that are refused.
func badValues(t *testing.T, workspace string) []bad {
	t.Helper()
	by := func(input string, values ...string) []bad {
		var cases []bad
		for _, v := range values {
			cases = append(cases, bad{input: input, args: []string{"--" + input + "=" + v}})
		}
		return cases
	}
	credential := func(input, variable string, values ...string) []bad {
		var cases []bad
		for _, v := range values {
			cases = append(cases, bad{input: input, env: env{"INPUT_" + strings.ToUpper(input): v, variable: ""}})
		}
		return cases
	}
	choices := []string{"x", "\u202Eabc", strings.Repeat("long", 100)}
	addresses := []string{
		"microcks.example.com", "localhost:8080", "ftp://example.com", "https://", "https:///path", "https://u:pw@example.com/",
		"https://example.com?x=y", "https://example.com:0", "https://example.com:99999", "https://example.com:", "https://exa mple.com",
		"https://example.com/%zz", "user:pw@example.com", "https:/u:pw@example.com", "$MICROCKS_URL", "https://${MICROCKS_HOST}/",
	}
	durations := []string{"5", "0", "0s", "-5m", "7h", "5 m", "5minutes", "forever", "6h0m1ns", "1e3s"}

	var cases []bad
	ownedBy := func(owner string) string { return strings.Replace(uidA, "12345678", owner, 1) }
	cases = append(cases, by("collections", "pets", "https://example.com/collections/1",
		"https://api.postman.com/collections/12ece9e1?access_key=PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0",
		"12ece9e1-2abf-4edc-8e34-de66e74114d2", "../pets.json", "exports", "../**/*.json", "{exports/*.json",
		"a*.json b*.json", "[a*.json, b*.json]",
		uidA+"\n"+strings.ToUpper(uidA), ownedBy("owner")+"\n"+ownedBy("Owner"),
		uidA+"\nhttps://api.getpostman.com/collections/"+uidA, "\x1b[31mred\x1b[0m", "",
		uidA+","+uidB, uidA+"; "+uidB, uidA+" "+uidB, "["+uidA+", "+uidB+"]", "\""+uidA, uidA+":true", "$PETS", "${{ vars.PETS }}",
		"12345678\u00a0-12ece9e1-2abf-4edc-8e34-de66e74114d2", "../p/README.md")...)
	for _, path := range []string{"none.yaml", "../ca.pem", "exports", "escape.pem", "two\nlines", "public.pem"} {
		cases = append(cases, bad{input: "manifest", args: []string{"--manifest=" + path}, env: env{"INPUT_COLLECTIONS": ""}})
	}
	cases = append(cases, by("manifest", "manifest.yaml")...)
	cases = append(cases, by("mode", "aply", "Plan", "everything", "auto", "")...)
	cases = append(cases, bad{input: "mode", env: env{"INPUT_MODE": "remove", "GITHUB_REPOSITORY": ""}})
	cases = append(cases, bad{input: "GITHUB_REPOSITORY", env: env{"INPUT_MODE": "remove", "GITHUB_REPOSITORY": "acme"}})
	cases = append(cases, credential("postman-api-key", "POSTMAN_API_KEY", "", "two words", `"`+apiKey+`"`, apiKey+"\x00", "a\nb",
		"PMAK-\u200b1", "PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0")...)
	cases = append(cases, by("postman-api-url",
		"api.eu.postman.com", "http://api.postman.com", "http://example.com",
		"https://api.postman.com/collections", "https://u:pw@example.com")...)
	cases = append(cases, by("microcks-url", append(addresses, "")...)...)
	cases = append(cases, credential("keycloak-client-id", "KEYCLOAK_CLIENT_ID", "a b", "a\x07b")...)
	cases = append(cases,
		bad{input: "keycloak-client-id", env: env{"INPUT_KEYCLOAK-CLIENT-SECRET": "the-client-secret"}},
		bad{input: "keycloak-client-secret", env: env{"INPUT_KEYCLOAK-CLIENT-ID": "the-client"}},
		bad{input: "keycloak-client-secret", env: env{"INPUT_KEYCLOAK-CLIENT-ID": "the-client", "INPUT_KEYCLOAK-CLIENT-SECRET": "the secret"}},
	)
	cases = append(cases, by("keycloak-auth", append(choices, "oidc", "client_secret")...)...)
	cases = append(cases, by("keycloak-url", "keycloak.example.com", "https://keycloak.example.com/realms/microcks",
		"https://keycloak.example.com#x", "https://keycloak.example.com/a/../b", "https://keycloak.example.com/%252e%252e")...)
	cases = append(cases,
		bad{input: "keycloak-url", env: env{"INPUT_KEYCLOAK-AUTH": AuthGitHubOIDC, "GITHUB_ACTIONS": "true"}},
		bad{input: "keycloak-auth", env: env{"INPUT_KEYCLOAK-AUTH": AuthGitHubOIDC}},
	)
	cases = append(cases, by("keycloak-audience", "sts.amazonaws.com", "https://sts.amazonaws.com", "https://sso.example.com/realms/",
		"https://sso.example.com/realms/..", "https://sso.example.com/realms/a/b", "https://sso.example.com/realms/a%2fb",
		"https://u:pw@sso.example.com/realms/a", "https://sso.example.com/../realms/a", "https://sso.example.com/realms/a?b")...)
	cases = append(cases, by("microcks-version", "1.10", "v1.15", "latest", "1.6.9", "0.9.0", "v1.15.0", "1.15.0 ;", "1.15.0.1")...)
	cases = append(cases, by("importer-name", "two\nlines", "bell\x07", strings.Repeat("x", longestName+1), "a\u202Eb")...)
	cases = append(cases, bad{input: "importer-name", args: []string{"--importer-name=x", "--collections=" + uidA, "--collections", uidB}})
	cases = append(cases, by("main-artifact", "yes", "off")...)
	cases = append(cases, by("active", "yes", "no", "on", "1", "tRUE", "true,", "truetrue", "null")...)
	cases = append(cases, by("labels", "pets", "=pets", "a.b=c", "managed-by=me", "Managed-By-Repository=x", "a=1\na=2", "a=\x01",
		"a=b,c=d", "[a=b]", "a: b", "a=\u200bb\u200bc")...)
	cases = append(cases, by("secret-name", "two\nlines", strings.Repeat("x", longestName+1))...)
	cases = append(cases, by("allow", "untrusted-events", "Untrusted-Event", "true", "*")...)
	cases = append(cases, by("import", "allways", "yes")...)
	cases = append(cases, by("verify", "mock", "all")...)
	cases = append(cases, by("service-version", "two\nlines", "12/merge", "refs/heads/main", "1<0>", "ä", "..", "a b")...)
	cases = append(cases, by("comment", "always", "Never")...)
	cases = append(cases, by("comment-key", "two\nlines", strings.Repeat("ö", longestName+1))...)
	cases = append(cases,
		bad{input: "github-token", env: env{"INPUT_GITHUB-TOKEN": "canary of a token"}},
		bad{input: "github-token", env: env{"GITHUB_TOKEN": `"canary-of-a-token"`}},
		bad{input: "github-token", args: []string{"--github-token=canary-of-a-token"}},
	)
	cases = append(cases, by("delivery", "uploads", "Importer")...)
	cases = append(cases, by("prune", "all", "true")...)
	cases = append(cases, by("export-as", "apisource", "manifest", "yaml")...)
	cases = append(cases, bad{input: "export-as", args: []string{"--mode=export", "--export-as=APISource"}})
	cases = append(cases, bad{input: "collections", args: []string{"--delivery=importer", "--collections=exports/pets.json"}})
	cases = append(cases, bad{input: "collections", args: []string{"--delivery=importer", "--collections=exports/*.json"}})
	link := "https://api.postman.com/collections/" + uidA + "?access_key=PMAT-01HABCDEFGHJKMNPQRSTVWXYZ0"
	cases = append(cases,
		bad{input: "postman-api-key", args: []string{"--collections=" + link}, env: env{"INPUT_POSTMAN-API-KEY": ""}},
		bad{
			input: "postman-api-key", env: env{"INPUT_POSTMAN-API-KEY": ""},
			args: []string{"--delivery=upload", "--postman-api-url=https://gateway.example.com", "--collections=" + link},
		})
	cases = append(cases, by("fail-on", "Warning", "error", "never", "change")...)
	cases = append(cases, by("timeout", durations...)...)
	cases = append(cases, by("output", "xml", "JSON", "text json")...)
	cases = append(cases, by("result-file", "two\nlines", "bell\x07", "a\u202Eb")...)
	cases = append(cases, by("summary-file", "two\nlines", "bell\x07", "a\u202Eb")...)
	cases = append(cases, by("parallelism", "0", "65", "-1", "+8", "8.0", "eight", "0x8", "99999999999999999999")...)
	for _, headers := range []string{
		"canary-without-a-colon", ": canary", "Cf Access: canary", "Cf-Access:", "Cf-Access: caf\u00e9-canary", "A: canary-one\nB: canary\x01two",
		"Host: canary", "content-length: 1", "Transfer-Encoding: chunked", "CONNECTION: close", "Te: trailers", "Keep-Alive: 1", "Upgrade: h2c",
		"A: canary-one\na: canary-two", "A: canary-one\r\nHost: canary",
	} {
		cases = append(cases, bad{input: "microcks-headers", env: env{"MICROCKS_HEADERS": headers}})
	}
	cases = append(cases,
		bad{input: "microcks-headers", env: env{
			"MICROCKS_HEADERS": "Authorization: Basic Y2k6c2VjcmV0", "KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "canary-of-keycloak",
		}},
		bad{input: "client-certificate", env: env{"MICROCKS_CLIENT_KEY": "certs/key.pem"}},
		bad{input: "client-key", env: env{"MICROCKS_CLIENT_CERTIFICATE": newCertificate(t)}},
	)
	cases = append(cases, by("ca-certificate", "none.pem", "../ca.pem", "/etc/ssl/certs/ca-certificates.crt", "exports", "escape.pem",
		"empty.pem", "key.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----", "large.pem", "public.pem")...)
	return cases
}

// TestBadValues keeps the text of every problem in a golden file, and holds
// that one wrong value is one problem, about that input.
func TestBadValues(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	writeFile(t, outside, "ca.pem", newCertificate(t))
	workspace := t.TempDir()
	writeFile(t, workspace, "exports/pets.json", "{}")
	writeFile(t, workspace, "empty.pem", "")
	writeFile(t, workspace, "key.pem", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")
	writeFile(t, workspace, "manifest.yaml", "collections: ["+uidA+"]")
	writeFile(t, workspace, "public.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
	writeFile(t, workspace, "large.pem", strings.Repeat(" ", largestCertificates+1))
	if err := os.Symlink(filepath.Join(outside, "ca.pem"), filepath.Join(workspace, "escape.pem")); err != nil {
		t.Fatal(err)
	}

	var text strings.Builder
	tested := map[string]bool{}
	for _, c := range badValues(t, workspace) {
		tested[c.input] = true
		e := readyToPlan().with(env{"GITHUB_WORKSPACE": workspace}).with(c.env)
		run, problems := Parse(Sources{Args: c.args, Getenv: e.get})
		if run == nil {
			t.Fatal("no Run beside the problems")
		}
		if len(problems) != 1 || problems[0].Input != c.input {
			t.Errorf("%q %q: want one problem of %s, got %d:", c.args, c.env, c.input, len(problems))
		}
		for _, p := range problems {
			text.WriteString(p.String() + "\n\n")
			if hasControl(p.Text()+p.Hint) || p.Input == "" || p.Takes == "" && p.File == "" || p.Hint == "" {
				t.Errorf("%q: a field is empty or holds a control character: %q", c.args, p)
			}
			if first, _ := utf8.DecodeRuneInString(p.Hint); unicode.IsUpper(first) || strings.HasSuffix(p.Hint, ".") {
				t.Errorf("%q: the hint has another form than those of errors: %s", c.args, p.Hint)
			}
			if n := len([]rune(p.Got)); n > shownValue+60 {
				t.Errorf("%q: %d characters of what was given are shown", c.args, n)
			}
		}
	}
	for _, in := range Inputs() {
		if !tested[in.Name] {
			t.Errorf("no bad value of %s is tested", in.Name)
		}
	}
	golden(t, "testdata/problems.golden", text.String())
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	e := action(map[string]string{
		"mode": "plan", "timeout": "5", "active": "yes", "labels": "a.b=c\nx", "fail-on": "never",
		"microcks-url": "example.com", "collections": "pets\n" + uidA,
	})
	_, problems := Parse(Sources{Args: []string{"--unknown=1", "--verify=all", "--parallelism=0"}, Getenv: e.get})
	var got []string
	for _, p := range problems {
		got = append(got, p.Input)
	}
	want := []string{
		"--unknown", "collections", "fail-on", "postman-api-key", "microcks-url", "active", "labels", "labels", "verify", "timeout",
		"parallelism",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems, in the table's order (-want +got):\n%s", diff)
	}
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); go test -update writes it:\n%s", path, diff)
	}
}

// writeFile writes a file below a folder.
func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
