package documents

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// Every example of README and docs is run here as a reader would run it: the
// steps of workflows with the events of their workflow, and the commands with
// their flags. Only what is beyond a test differs: addresses lead to stand-ins,
// and expressions of GitHub's have the values of the table below.

// exampleWorkspace is the workspace of the documents.
const exampleWorkspace = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"

// exampleAccessKey opens one collection.
const exampleAccessKey = "PMAT-01HEXAMPLE"

const exampleAction = "OWNER/postman-microcks-importer@"

// exampleCollections are what the uids in the documents stand for.
var exampleCollections = map[string]exampleCollection{
	"12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90": {name: "Harbour API"},
	"12345678-0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9": {name: "Ferry API"},
	"12345678-1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b": {name: "Harbour API", secondary: true},
}

type exampleCollection struct {
	name        string
	secondary   bool // adds examples to a service that another one makes
	versionless bool
}

// exampleValues are what expressions of workflows come to.
func exampleValues(t *testing.T) map[string]string {
	authority, key := examplePair(t)
	return map[string]string{
		"secrets.CF_ACCESS_CLIENT_ID":         "0c1de5.access",
		"secrets.CF_ACCESS_CLIENT_SECRET":     "a-secret-of-a-gateway",
		"secrets.MICROCKS_CLIENT_CERTIFICATE": authority,
		"secrets.MICROCKS_CLIENT_KEY":         key,

		"secrets.POSTMAN_API_KEY":        postman.DefaultAPIKey,
		"secrets.KEYCLOAK_CLIENT_ID":     "ci-admin",
		"secrets.KEYCLOAK_CLIENT_SECRET": "ci-admin-secret",
		"vars.COMPANY_CA":                authority,
		"vars.MICROCKS_URL":              "https://microcks.example.com",
		"matrix.manifest":                "mocks/shop.yaml",
		"github.token":                   github.Token,
		"github.event.release.tag_name":  "1.2.0",
		"github.ref_type == 'tag' && github.ref_name || '1.0.0-next'": "1.0.0-next",

		"secrets.HARBOUR_COLLECTION_LINK": "https://api.postman.com/collections/12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90?access_key=" +
			exampleAccessKey,
	}
}

// exampleBlock is a fenced block of a document.
type exampleBlock struct {
	file     string
	line     int // of the fence
	language string
	text     string
}

// place is where the block is found: FILE:LINE.
func (b exampleBlock) place() string { return fmt.Sprintf("%s:%d", b.file, b.line) }

func exampleBlocks(t *testing.T) []exampleBlock {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/guides/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, filepath.ToSlash(name))
		}
	}
	var blocks []exampleBlock
	for _, file := range files {
		var open *exampleBlock
		for number, line := range strings.Split(readDocument(t, file), "\n") {
			fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
			switch {
			case isFence && open == nil:
				open = &exampleBlock{file: file, line: number + 1, language: fence}
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

// exampleStep is a step that uses this action, in a document.
type exampleStep struct {
	with, env map[string]string
	file      string
}

// exampleFiles are the blocks of a document that begin with a comment, which is the path of
// a file of the repository.
func exampleFiles(t *testing.T, document string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, block := range exampleBlocks(t) {
		first, _, _ := strings.Cut(block.text, "\n")
		if path, is := strings.CutPrefix(first, "# "); is && block.file == document && block.language == "yaml" {
			files[path] = block.text
		}
	}
	return files
}

// exampleSteps finds the steps in a block, in order, and the events of the
// workflow around them: a push where a block shows no workflow.
func exampleSteps(t *testing.T, block exampleBlock) (steps []exampleStep, events []string) {
	t.Helper()
	var document any
	if err := yaml.Unmarshal([]byte(block.text), &document); err != nil {
		t.Fatalf("%s: %v", block.place(), err)
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
				steps = append(steps, exampleStep{exampleTexts(node["with"]), exampleTexts(node["env"]), block.file})
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

// resolve replaces expressions; one that is not in the table fails the test. On the
// pull request of a fork there are no secrets and variables, and the token can only read.
func (s exampleStep) resolve(t *testing.T, place, event string) exampleStep {
	t.Helper()
	values := exampleValues(t)
	if event == exampleFork {
		for name := range values {
			if strings.HasPrefix(name, "secrets.") || strings.HasPrefix(name, "vars.") {
				values[name] = ""
			}
		}
		values["github.token"] = github.ForkToken
	}
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

// exampleFork stands, among events, for that of a fork's pull request.
const exampleFork = "pull_request of a fork"

// examplesOnForks are the documents whose workflows are green there, too.
var examplesOnForks = []string{"README.md", "docs/guides/pull-requests.md", "docs/guides/repository.md"}

// needsImported reports whether the example speaks of a Microcks that has its
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
	ran := 0
	for _, block := range exampleBlocks(t) {
		if block.language != "yaml" || !strings.Contains(block.text, exampleAction) {
			continue
		}
		steps, events := exampleSteps(t, block)
		if len(steps) == 0 {
			t.Errorf("%s: no step found", block.place())
		}
		if slices.Contains(events, "pull_request") && slices.Contains(examplesOnForks, block.file) {
			events = append(events, exampleFork)
		}
		for _, event := range events {
			ran += len(steps)
			t.Run(block.place()+"/"+event, func(t *testing.T) {
				t.Parallel()
				place := newExamplePlace(t)
				if steps[0].needsImported() {
					place.importMains(t)
				}
				steps, _ := exampleSteps(t, block)
				comments := 0
				for _, step := range steps {
					if event == "pull_request" && step.with["github-token"] != "" && step.with["mode"] != "check" {
						comments = 1
					}
					for name := range step.with {
						if !inputs[name] {
							t.Errorf("%s: there is no input %q", block.place(), name)
						}
					}
					step = step.resolve(t, block.place(), event)
					if code, log := place.step(t, event, step); code != 0 {
						t.Errorf("%s: on %s the step ends with exit code %d:\n%s", block.place(), event, code, log)
					}
				}
				if got := len(place.open.GitHubAPI.Comments(examplePull)) + len(place.closed.GitHubAPI.Comments(examplePull)); got != comments {
					t.Errorf("%s: on %s there are %d comments, want %d", block.place(), event, got, comments)
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
	ran := 0
	for _, block := range exampleBlocks(t) {
		for _, command := range exampleCommand.FindAllString(block.text, -1) {
			if strings.Contains(command, "…") {
				continue // shows the form alone
			}
			ran++
			t.Run(block.place(), func(t *testing.T) {
				t.Parallel()
				args := strings.Fields(strings.NewReplacer("\\\n", " ", `"$MODE"`, "plan").Replace(command))
				if code, log := newExamplePlace(t).command(t, args); code != 0 {
					t.Errorf("%s: %s\nends with exit code %d:\n%s", block.place(), command, code, log)
				}
			})
		}
	}
	if ran < 5 {
		t.Errorf("only %d command lines found in the documents", ran)
	}
}

// examplePlace is the surroundings of an example: two worlds with the same
// collections, since some examples sign in and others do not.
type examplePlace struct {
	dir          string
	open, closed *world.World // without sign-in and with it
}

func newExamplePlace(t *testing.T) *examplePlace {
	t.Helper()
	p := &examplePlace{dir: t.TempDir(), open: exampleWorld(t), closed: exampleWorld(t)}
	p.open.StartMicrocks(microcks.Options{})
	p.closed.StartGitHub()
	p.closed.StartKeycloak(keycloak.Options{
		Clients: append(keycloak.DefaultClients(), keycloak.Client{
			ID: "postman-importer-main", Provider: "github-actions", Roles: []string{"user", "manager", "admin"},
			Subject: "repo:OWNER/REPO:ref:refs/heads/main",
		}),
		Providers: []keycloak.Provider{p.closed.Provider("github-actions")},
	})
	p.closed.StartMicrocks(microcks.Options{})
	p.write(t, "harbour.postman_collection.json", exampleCollection{name: "Harbour API"}.export(t))
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join("..", "..", "demo", "repository"))); err != nil {
		t.Fatal(err)
	}
	authority, _ := examplePair(t)
	p.write(t, "certs/company-ca.pem", []byte(authority))
	for _, block := range exampleBlocks(t) {
		if named := exampleFile.FindStringSubmatch(block.text); named != nil {
			p.write(t, named[1], []byte(block.text))
		}
	}
	return p
}

// exampleFile is the first line of a block that is a file of the repository.
var exampleFile = regexp.MustCompile(`^# ([\w./-]+\.yaml)\n`)

// exampleWorld is one with a Postman API that has the collections.
func exampleWorld(t *testing.T) *world.World {
	t.Helper()
	w := world.New()
	t.Cleanup(w.Close)
	w.Repository = "OWNER/REPO"
	w.StartPostman(postman.Options{})
	w.StartGitHubAPI(github.Options{})
	w.GitHubAPI.SetPull(examplePull, github.Pull{Files: []github.File{{Path: exampleWorkflow, Status: "added"}}})
	space := postman.Workspace{ID: exampleWorkspace, Name: "Harbour"}
	for uid, c := range exampleCollections {
		if !c.secondary {
			space.Collections = append(space.Collections, uid)
		}
		if err := w.Postman.AddCollection(uid, c.export(t)); err != nil {
			t.Fatal(err)
		}
		if c.name == "Harbour API" && !c.secondary {
			w.Postman.AddAccessKey(uid, exampleAccessKey)
		}
	}
	w.Postman.AddWorkspace(space)
	return w
}

// led is a text of the documents with the addresses of a world's servers.
func led(text string, to *world.World) string {
	return strings.NewReplacer(
		"https://keycloak.internal.example.com", to.KeycloakURL, "https://keycloak.example.com", to.KeycloakURL,
		"http://keycloak:8080", to.KeycloakURL,
		"https://api.eu.postman.com", to.PostmanURL,
		"https://microcks.example.com", to.MicrocksURL, "http://127.0.0.1:8585", to.MicrocksURL, "http://microcks:8080", to.MicrocksURL,
	).Replace(text)
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
	raw := []byte(readDocument(t, "internal/demo/harbour.postman_collection.json"))
	raw = bytes.Replace(raw, []byte(`"Harbour API"`), []byte(`"`+c.name+`"`), 1)
	if c.secondary {
		raw = bytes.ReplaceAll(raw, []byte(`"name": "moored boats"`), []byte(`"name": "boats at the quay"`))
	}
	if c.versionless {
		raw = bytes.Replace(raw, []byte("version=1.2.0 - "), nil, 1)
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
	with := map[string]string{
		"collections": strings.Join(mains, "\n"), "postman-api-key": postman.DefaultAPIKey, "microcks-url": "https://microcks.example.com",
	}
	signedIn := maps.Clone(with)
	maps.Copy(signedIn, map[string]string{"keycloak-client-id": "ci-admin", "keycloak-client-secret": "ci-admin-secret"})
	for _, with := range []map[string]string{with, signedIn} {
		if code, log := p.step(t, "push", exampleStep{with: with}); code != 0 {
			t.Fatal(log)
		}
	}
}

// step runs a step of a workflow in the repository OWNER/REPO as the runner
// does.
func (p *examplePlace) step(t *testing.T, event string, step exampleStep) (code int, log string) {
	t.Helper()
	w := p.open
	if step.with["keycloak-client-id"] != "" || step.with["keycloak-auth"] != "" {
		w = p.closed
	}
	env := w.Environment()
	for _, own := range []string{"POSTMAN_API_KEY", "INPUT_MICROCKS-URL", "GITHUB_TOKEN"} { // an example gives them itself
		delete(env, own)
	}
	if step.with["mode"] == "check" {
		delete(env, "INPUT_POSTMAN-API-URL")
	}
	if path := step.with["manifest"]; path != "" && step.with["mode"] != "export" { // which writes it
		p.write(t, path, []byte(exampleFiles(t, step.file)[path]))
	}
	for _, line := range strings.Fields(step.with["collections"]) {
		if strings.HasSuffix(line, ".json") { // a checkout has brought it
			c := exampleCollection{name: filepath.Base(line), versionless: step.with["service-version"] != ""}
			if step.with["main-artifact"] == "false" {
				c.name, c.secondary = "Harbour API", true
			}
			p.write(t, strings.ReplaceAll(line, "**/*", "of/one"), c.export(t))
		}
	}
	commit := w.GitHubAPI.Commit(p.files(t), w.GitHubAPI.Commit(nil), w.GitHubAPI.Commit(p.files(t)))
	p.write(t, "event.json", examplePayload(t, event, commit))
	maps.Copy(env, map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": strings.TrimSuffix(event, " of a fork"), "GITHUB_REF": "refs/heads/main",
		"GITHUB_EVENT_PATH": filepath.Join(p.dir, "event.json"), "GITHUB_WORKSPACE": p.dir, "GITHUB_SHA": commit,
		"GITHUB_OUTPUT": filepath.Join(p.dir, "outputs"), "GITHUB_STEP_SUMMARY": filepath.Join(p.dir, "summary"),
		"GITHUB_WORKFLOW_REF": "OWNER/REPO/" + exampleWorkflow + "@refs/heads/main", "GITHUB_JOB": "mocks",
		"GITHUB_RUN_NUMBER": "1", "GITHUB_RUN_ATTEMPT": "1", "RUNNER_ENVIRONMENT": "github-hosted",
	})
	maps.Copy(env, step.env)
	for name, value := range step.with {
		env["INPUT_"+strings.ToUpper(name)] = led(value, w)
	}
	var out bytes.Buffer
	code = w.Run(t.Context(), &out, env)
	return code, out.String()
}

// What a pull request of an example is: it adds the workflow and all files.
const (
	examplePull     = 7
	exampleWorkflow = ".github/workflows/mocks.yml"
)

// examplePayload is what GitHub tells of an event that judges a commit.
func examplePayload(t *testing.T, event, commit string) []byte {
	t.Helper()
	own := map[string]any{"default_branch": "main", "full_name": "OWNER/REPO"}
	told := map[string]any{"repository": own}
	switch event {
	case "pull_request", exampleFork:
		head := own
		if event == exampleFork {
			head = map[string]any{"full_name": "SOMEBODY/REPO"}
		}
		told["action"], told["number"] = "opened", examplePull
		told["pull_request"] = map[string]any{
			"number": examplePull, "head": map[string]any{"repo": head, "sha": commit}, "base": map[string]any{"ref": "main", "sha": commit},
		}
	case "merge_group":
		told["merge_group"] = map[string]any{"head_sha": commit, "base_sha": commit}
	}
	payload, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// files are the exported collections of the example, by path.
func (p *examplePlace) files(t *testing.T) map[string]any {
	t.Helper()
	files := make(map[string]any)
	root := os.DirFS(p.dir)
	for _, pattern := range []string{"*.json", "*/*.json", "*/*/*/*.json"} {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(root, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(text)
		}
	}
	return files
}

// command runs the program off GitHub, in the folder of the example.
func (p *examplePlace) command(t *testing.T, args []string) (code int, log string) {
	t.Helper()
	env := map[string]string{"POSTMAN_API_KEY": postman.DefaultAPIKey, "GITHUB_REPOSITORY": p.open.Repository, "GITHUB_WORKSPACE": p.dir}
	if !slices.Contains(args, "--mode=check") {
		args = append(args, "--postman-api-url="+p.open.PostmanURL)
	}
	for i, arg := range args {
		args[i] = led(arg, p.open)
	}
	var out bytes.Buffer
	code = p.open.Run(t.Context(), &out, env, args...)
	return code, out.String()
}

// examplePair is some certificate and its key.
func examplePair(t *testing.T) (certificate, key string) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	inside, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: inside}))
}
