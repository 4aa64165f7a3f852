package documents

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// Every example of README and docs is run here as a reader would run it: the
// steps of workflows with the events of their workflow, and the commands with
// their flags. Only what is beyond a test differs: addresses lead to stand-ins,
// and expressions of GitHub's have the values of the table below.

const exampleAction = "OWNER/postman-microcks-importer@"

// exampleCollections are what the uids in the documents stand for.
var exampleCollections = map[string]exampleCollection{
	"12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90": {name: "Harbour API"},
	"12345678-0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9": {name: "Ferry API"},
	"12345678-1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b": {name: "Harbour API", secondary: true},
}

type exampleCollection struct {
	name      string
	secondary bool // adds examples to a service that another one makes
}

// exampleValues are what expressions of workflows come to.
func exampleValues(t *testing.T) map[string]string {
	return map[string]string{
		"secrets.POSTMAN_API_KEY":        postman.DefaultAPIKey,
		"secrets.KEYCLOAK_CLIENT_ID":     "ci-admin",
		"secrets.KEYCLOAK_CLIENT_SECRET": "ci-admin-secret",
		"vars.COMPANY_CA":                string(exampleAuthority(t)),
		"github.event.release.tag_name":  "1.2.0",
	}
}

// exampleBlock is a fenced block of a document.
type exampleBlock struct {
	place    string // file:line
	language string
	text     string
}

func exampleBlocks(t *testing.T) []exampleBlock {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/guides/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var blocks []exampleBlock
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var open *exampleBlock
		for number, line := range strings.Split(string(raw), "\n") {
			fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
			switch {
			case isFence && open == nil:
				open = &exampleBlock{place: fmt.Sprintf("%s:%d", file, number+1), language: fence}
			case isFence:
				blocks = append(blocks, *open)
				open = nil
			case open != nil:
				open.text += line + "\n"
			}
		}
	}
	return blocks
}

// exampleStep is a step that uses this action.
type exampleStep struct{ with, env map[string]string }

// exampleSteps finds the steps in a block, in order, and the events of the
// workflow around them: a push where a block shows no workflow.
func exampleSteps(t *testing.T, block exampleBlock) (steps []exampleStep, events []string) {
	t.Helper()
	var document any
	if err := yaml.Unmarshal([]byte(block.text), &document); err != nil {
		t.Fatalf("%s: %v", block.place, err)
	}
	events = []string{"push"}
	if workflow, ok := document.(map[string]any); ok {
		if on, ok := workflow["on"].(map[string]any); ok {
			events = slices.Sorted(maps.Keys(on))
		}
	}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				walk(child)
			}
		case map[string]any:
			if uses, _ := node["uses"].(string); strings.HasPrefix(uses, exampleAction) {
				steps = append(steps, exampleStep{exampleTexts(node["with"]), exampleTexts(node["env"])})
			}
			for _, key := range slices.Sorted(maps.Keys(node)) {
				walk(node[key])
			}
		}
	}
	walk(document)
	return steps, events
}

// exampleTexts are the members of a YAML map as the runner hands them over.
func exampleTexts(node any) map[string]string {
	texts := make(map[string]string)
	members, _ := node.(map[string]any)
	for name, value := range members {
		texts[name] = strings.TrimSpace(fmt.Sprint(value))
	}
	return texts
}

var exampleExpression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// resolve replaces expressions; one that is not in the table fails the test.
func (s exampleStep) resolve(t *testing.T, place string) exampleStep {
	t.Helper()
	values := exampleValues(t)
	for _, texts := range []map[string]string{s.with, s.env} {
		for name, text := range texts {
			texts[name] = exampleExpression.ReplaceAllStringFunc(text, func(whole string) string {
				expression := exampleExpression.FindStringSubmatch(whole)[1]
				value, known := values[expression]
				if !known {
					t.Errorf("%s: what is ${{ %s }}?", place, expression)
				}
				return value
			})
		}
	}
	return s
}

// needsImported tells whether the example speaks of a Microcks that has its
// collections already.
func (s exampleStep) needsImported() bool {
	return s.with["mode"] == "plan" || s.with["mode"] == "remove" || s.with["main-artifact"] == "false"
}

// TestExampleWorkflows runs the steps of every workflow in the documents.
func TestExampleWorkflows(t *testing.T) {
	t.Parallel()
	inputs := make(map[string]bool)
	for _, in := range config.Inputs() {
		inputs[in.Name] = true
	}
	key, ran := exampleKey(t), 0
	for _, block := range exampleBlocks(t) {
		if block.language != "yaml" || !strings.Contains(block.text, exampleAction) {
			continue
		}
		steps, events := exampleSteps(t, block)
		if len(steps) == 0 {
			t.Errorf("%s: no step found", block.place)
		}
		for _, event := range events {
			ran += len(steps)
			t.Run(block.place+"/"+event, func(t *testing.T) {
				t.Parallel()
				place := newExamplePlace(t, key)
				if steps[0].needsImported() {
					place.importMains(t)
				}
				steps, _ := exampleSteps(t, block)
				for _, step := range steps {
					for name := range step.with {
						if !inputs[name] {
							t.Errorf("%s: there is no input %q", block.place, name)
						}
					}
					step = step.resolve(t, block.place)
					if code, log := place.step(t, event, step); code != 0 {
						t.Errorf("%s: on %s the step ends with exit code %d:\n%s", block.place, event, code, log)
					}
				}
			})
		}
	}
	if ran < 20 {
		t.Errorf("only %d steps found in the documents", ran)
	}
}

// exampleCommand is a command line of this program, whatever stands in front of
// its flags.
var exampleCommand = regexp.MustCompile(`--mode=\S+(?:\s+(?:\\\n\s*)?--[a-z-]+(?:=\S+)?)*`)

// TestExampleCommands runs the command lines in the documents off GitHub.
func TestExampleCommands(t *testing.T) {
	t.Parallel()
	key, ran := exampleKey(t), 0
	for _, block := range exampleBlocks(t) {
		for _, command := range exampleCommand.FindAllString(block.text, -1) {
			if strings.Contains(command, "…") {
				continue // shows the form alone
			}
			ran++
			t.Run(block.place, func(t *testing.T) {
				t.Parallel()
				args := strings.Fields(strings.NewReplacer("\\\n", " ", `"$MODE"`, "plan").Replace(command))
				if code, log := newExamplePlace(t, key).command(t, args); code != 0 {
					t.Errorf("%s: %s\nends with exit code %d:\n%s", block.place, command, code, log)
				}
			})
		}
	}
	if ran < 5 {
		t.Errorf("only %d command lines found in the documents", ran)
	}
}

// examplePlace is the surroundings of an example.
type examplePlace struct {
	dir      string
	postman  string
	github   string
	open     string // a Microcks without sign-in
	closed   string // a Microcks with sign-in
	keycloak string
	replaced *strings.Replacer // addresses in the documents, by those of the stand-ins
}

func newExamplePlace(t *testing.T, key *rsa.PrivateKey) *examplePlace {
	t.Helper()
	p := &examplePlace{dir: t.TempDir()}
	source := postman.New(postman.Options{})
	for uid, c := range exampleCollections {
		if err := source.AddCollection(uid, c.export(t)); err != nil {
			t.Fatal(err)
		}
	}
	serve := func(handler http.Handler) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.URL
	}
	p.postman = serve(source)
	p.open = serve(microcks.New(microcks.Options{}))
	p.github = serve(github.NewIssuer("OWNER/REPO", key))
	realm := keycloak.New(keycloak.Options{
		Clients: append(keycloak.DefaultClients(), keycloak.Client{
			ID: "postman-importer-main", Provider: "github-actions", Roles: []string{"user", "manager", "admin"},
			Subject: "repo:OWNER/REPO:ref:refs/heads/main",
		}),
		Providers: []keycloak.Provider{{Alias: "github-actions", Issuer: p.github, Key: &key.PublicKey}},
	})
	p.keycloak = serve(realm)
	p.closed = serve(microcks.New(microcks.Options{Keycloak: &microcks.Keycloak{URL: p.keycloak, Key: realm.PublicKey()}}))
	p.replaced = strings.NewReplacer(
		"https://keycloak.internal.example.com", p.keycloak,
		"https://api.eu.postman.com", p.postman,
		"http://127.0.0.1:8585", p.open, "http://microcks:8080", p.open,
	)
	p.write(t, "harbour.postman_collection.json", exampleCollection{name: "Harbour API"}.export(t))
	p.write(t, "certs/company-ca.pem", exampleAuthority(t))
	return p
}

func (p *examplePlace) write(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// export is the demo's collection under another name. The secondary one has
// other examples.
func (c exampleCollection) export(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("internal/demo/harbour.postman_collection.json")
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte(`"Harbour API"`), []byte(`"`+c.name+`"`), 1)
	if c.secondary {
		raw = bytes.ReplaceAll(raw, []byte(`"name": "moored boats"`), []byte(`"name": "boats at the quay"`))
	}
	return raw
}

// importMains fills both servers with the main collections.
func (p *examplePlace) importMains(t *testing.T) {
	t.Helper()
	var mains []string
	for uid, c := range exampleCollections {
		if !c.secondary {
			mains = append(mains, uid)
		}
	}
	with := map[string]string{"collection": strings.Join(mains, "\n"), "postman-api-key": postman.DefaultAPIKey, "microcks-url": p.open}
	if code, log := p.step(t, "push", exampleStep{with: with}); code != 0 {
		t.Fatal(log)
	}
	with = maps.Clone(with)
	maps.Copy(with, map[string]string{"microcks-url": p.closed, "keycloak-client-id": "ci-admin", "keycloak-client-secret": "ci-admin-secret"})
	if code, log := p.step(t, "push", exampleStep{with: with}); code != 0 {
		t.Fatal(log)
	}
}

// step runs a step of a workflow in the repository OWNER/REPO as the runner
// does.
func (p *examplePlace) step(t *testing.T, event string, step exampleStep) (code int, log string) {
	t.Helper()
	payload, err := json.Marshal(map[string]any{"repository": map[string]string{"default_branch": "main", "full_name": "OWNER/REPO"}})
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, "event.json", payload)
	env := map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "OWNER/REPO", "GITHUB_EVENT_NAME": event, "GITHUB_REF": "refs/heads/main",
		"GITHUB_EVENT_PATH": filepath.Join(p.dir, "event.json"), "GITHUB_WORKSPACE": p.dir,
		"GITHUB_OUTPUT": filepath.Join(p.dir, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(p.dir, "summary"),
		"ACTIONS_ID_TOKEN_REQUEST_URL": github.RequestURL(p.github), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": github.RequestToken,
	}
	maps.Copy(env, step.env)
	for _, line := range strings.Fields(step.with["collection"]) {
		if strings.HasSuffix(line, ".json") { // a checkout has brought it
			p.write(t, line, exampleCollection{name: filepath.Base(line)}.export(t))
		}
	}
	signIn := step.with["keycloak-client-id"] != "" || step.with["keycloak-auth"] != ""
	for name, value := range step.with {
		if value == "https://microcks.example.com" {
			value = p.microcks(signIn)
		}
		env["INPUT_"+strings.ToUpper(name)] = p.replaced.Replace(value)
	}
	if env["INPUT_POSTMAN-API-URL"] == "" && step.with["mode"] != "check" {
		env["INPUT_POSTMAN-API-URL"] = p.postman
	}
	var out bytes.Buffer
	code = (&app.Command{Getenv: func(name string) string { return env[name] }, Stdout: &out}).Main(t.Context(), nil)
	return code, out.String()
}

// command runs the program off GitHub, in the folder of the example.
func (p *examplePlace) command(t *testing.T, args []string) (code int, log string) {
	t.Helper()
	env := map[string]string{"POSTMAN_API_KEY": postman.DefaultAPIKey, "GITHUB_REPOSITORY": "OWNER/REPO", "GITHUB_WORKSPACE": p.dir}
	if !slices.Contains(args, "--mode=check") {
		args = append(args, "--postman-api-url="+p.postman)
	}
	for i, arg := range args {
		args[i] = p.replaced.Replace(strings.Replace(arg, "https://microcks.example.com", p.open, 1))
	}
	var out bytes.Buffer
	code = (&app.Command{Getenv: func(name string) string { return env[name] }, Stdout: &out}).Main(t.Context(), args)
	return code, out.String()
}

func (p *examplePlace) microcks(signIn bool) string {
	if signIn {
		return p.closed
	}
	return p.open
}

func exampleKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// exampleAuthority is some certificate.
func exampleAuthority(t *testing.T) []byte {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
