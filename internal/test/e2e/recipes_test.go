//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/pulls"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/world"
)

// Recipes are the workflows of the documents as they stand there. Only what is beyond
// this machine differs: addresses lead to stand-ins, the action is that of the checkout,
// a service container is the stand-in, and the job has no curl. Each runs as GitHub would
// run it, with a token that can do what the job's permissions say.

const (
	pullNumber     = 7
	recipeFile     = ".github/workflows/mocks.yml"
	collectionFile = "postman/harbour.postman_collection.json"
	guide          = "docs/guides/pull-requests.md"
	documentedUID  = "12345678-8f4c2a1e-6b7d-4c39-9f1a-2d5e8b7c6a90"
)

// pullRequest is a repository whose workflow is a recipe, and a pull request in it.
type pullRequest struct {
	t        *testing.T
	w        *surroundings
	recipe   string // as it stands in the document
	workflow recipeWorkflow
	folder   string            // what is checked out
	base     map[string]string // files of the base branch, by path
	runs     int
}

// recipeWorkflow is what decides whether a recipe runs, and what its token can do.
type recipeWorkflow struct {
	On   map[string]any `yaml:"on"`
	Jobs map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
	} `yaml:"jobs"`
}

// happening is an event, the zero value a push to the branch of the pull request.
type happening struct {
	event  string // "pull_request" when empty
	action string // "synchronize" when empty
	label  string
	fork   bool
	merged bool
	red    bool // the job is to fail
}

// newPullRequest has the workflow that a document shows under a heading; the first
// one of the document where that is "". The pull request changes the paths.
func newPullRequest(t *testing.T, document, heading string, changes ...string) *pullRequest {
	t.Helper()
	w := withPostman(t)
	w.StartMicrocks(microcks.Options{})
	w.StartGitHubAPI(github.Options{})
	w.githubToken = "ghs_" + rand.Text() + rand.Text()
	var files []github.File
	for _, path := range changes {
		files = append(files, github.File{Path: path})
	}
	w.GitHubAPI.SetPull(pullNumber, github.Pull{Files: files})
	if err := w.Postman.AddCollection(documentedUID, harbour(t)); err != nil {
		t.Fatal(err)
	}
	p := &pullRequest{t: t, w: w, recipe: recipeOf(t, document, heading), folder: t.TempDir(), base: map[string]string{}}
	if err := yaml.Unmarshal([]byte(p.recipe), &p.workflow); err != nil {
		t.Fatal(err)
	}
	p.write("action.yml", string(readFile(t, "../../../action.yml")))
	p.write(recipeFile, p.local())
	return p
}

func harbour(t testing.TB) []byte { return readFile(t, "../../demo/harbour.postman_collection.json") }

// recipeOf is the first workflow below a heading of a document.
func recipeOf(t *testing.T, document, heading string) string {
	t.Helper()
	text := string(readFile(t, filepath.Join("..", "..", "..", filepath.FromSlash(document))))
	if heading != "" {
		_, after, found := strings.Cut(text, "\n## "+heading+"\n")
		if !found {
			t.Fatalf("%s has no heading %q", document, heading)
		}
		text = after
	}
	_, text, _ = strings.Cut(text, "```yaml\n")
	text, _, found := strings.Cut(text, "\n```")
	if !found {
		t.Fatalf("%s has no workflow below %q", document, heading)
	}
	return text + "\n"
}

// local is the recipe on this machine.
func (p *pullRequest) local() string {
	text := strings.NewReplacer(
		"OWNER/postman-microcks-importer@v1", "./",
		"https://microcks.example.com", p.w.MicrocksURL, "http://microcks:8080", p.w.MicrocksURL,
		"curl --fail --silent --show-error", "wget -q -O -",
	).Replace(p.recipe)
	var lines []string
	service := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "    services:":
			service = true
		case line == "    steps:":
			service = false
		}
		if service {
			continue
		}
		if strings.Contains(line, "run: wget") {
			line += " && echo" // act shows whole lines only
		}
		lines = append(lines, line)
		if line == "    steps:" && !strings.Contains(p.recipe, ".json") {
			lines = append(lines, "      - uses: actions/checkout@v6") // for the action itself, which is elsewhere otherwise
		}
		if indent, _, found := strings.Cut(line, "postman-api-key:"); found {
			lines = append(lines, indent+"postman-api-url: "+p.w.PostmanURL)
		}
	}
	return strings.Join(lines, "\n")
}

// write puts a file into what is checked out.
func (p *pullRequest) write(path, content string) {
	p.t.Helper()
	name := filepath.Join(p.folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// run has something happen, and the workflow carried out.
func (p *pullRequest) run(name string, h happening, judge func(*testing.T, *job)) {
	p.t.Helper()
	p.t.Run(name, func(t *testing.T) {
		h.event, h.action = cmp.Or(h.event, "pull_request"), cmp.Or(h.action, "synchronize")
		p.checkRuns(t, h)
		p.runs++
		api := p.w.GitHubAPI
		base := api.Commit(anyFiles(p.base))
		head := api.Commit(anyFiles(allFiles(t, os.DirFS(p.folder))), base)
		merge := api.Commit(anyFiles(allFiles(t, os.DirFS(p.folder))), base, head)
		ref := map[string]string{"push": "refs/heads/main", "merge_group": "refs/heads/gh-readonly-queue/main/pr-7-" + base}[h.event]
		token := github.Bot()
		token.Writes = !h.fork && p.may("pull-requests", "write")
		api.AddToken(p.w.githubToken, token)
		secrets := map[string]string{"GITHUB_TOKEN": p.w.githubToken}
		if !h.fork {
			secrets["POSTMAN_API_KEY"] = p.w.apiKey
		}
		p.w.Forget()
		j := runJob(t, p.w, started{
			folder: p.folder, workflow: filepath.Join(p.folder, filepath.FromSlash(recipeFile)),
			event: h.event, payload: h.payload(t, base, head, merge), ref: cmp.Or(ref, "refs/pull/7/merge"),
			env: map[string]string{
				"GITHUB_API_URL": p.w.GitHubAPIURL, "SHA_REF": merge, "GITHUB_RUN_NUMBER": strconv.Itoa(p.runs), "GITHUB_RUN_ATTEMPT": "1",
				"GITHUB_WORKFLOW_REF": world.DefaultRepository + "/" + recipeFile + "@refs/heads/main",
				"RUNNER_ENVIRONMENT":  "github-hosted",
			},
			secrets: secrets,
		})
		if red := j.exitCode != 0; red != h.red {
			t.Errorf("act's exit code is %d", j.exitCode)
		}
		judge(t, j)
		sinks := j.sinks()
		for _, c := range p.comments() {
			sinks["comment "+strconv.FormatInt(c.ID, 10)] = c.Body
		}
		checkLeaks(t, p.w, sinks)
		t.Logf("%s; %d comments; %s", j.told(), len(p.comments()), scanned(sinks))
		if t.Failed() {
			t.Logf("what the steps said:\n%s\nthe log:\n%s", j.said(), j.action().summary)
		}
	})
}

// checkRuns fails where GitHub would not run the recipe: act does not look at types.
func (p *pullRequest) checkRuns(t *testing.T, h happening) {
	t.Helper()
	on, there := p.workflow.On[h.event]
	if !there {
		t.Errorf("the recipe does not run on %s", h.event)
	}
	if h.event != "pull_request" {
		return
	}
	types := []any{"opened", "synchronize", "reopened"}
	if told, ok := on.(map[string]any); ok && told["types"] != nil {
		types = told["types"].([]any)
	}
	if !slices.Contains(types, any(h.action)) {
		t.Errorf("the recipe does not run when a pull request is %s", h.action)
	}
}

// may reports whether a job of the recipe has a permission.
func (p *pullRequest) may(permission, access string) bool {
	for _, job := range p.workflow.Jobs {
		if job.Permissions[permission] == access {
			return true
		}
	}
	return false
}

// payload is what GitHub tells of an event, as far as the action reads it.
func (h happening) payload(t *testing.T, base, head, merge string) string {
	t.Helper()
	own := map[string]any{"default_branch": "main", "full_name": world.DefaultRepository}
	told := map[string]any{"repository": own}
	switch h.event {
	case "pull_request":
		from := own
		if h.fork {
			from = map[string]any{"full_name": "somebody/api"}
		}
		told["action"], told["number"] = h.action, pullNumber
		told["pull_request"] = map[string]any{
			"number": pullNumber, "merged": h.merged, "user": map[string]any{"login": "octocat"},
			"head": map[string]any{"ref": "change", "sha": head, "repo": from}, "base": map[string]any{"ref": "main", "sha": base},
		}
		if h.label != "" {
			told["label"] = map[string]any{"name": h.label}
		}
	case "merge_group":
		told["action"] = "checks_requested"
		told["merge_group"] = map[string]any{"head_sha": merge, "base_sha": base, "base_ref": "refs/heads/main"}
	case "push":
		told["ref"] = "refs/heads/main"
	}
	payload, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func anyFiles(files map[string]string) map[string]any {
	all := make(map[string]any, len(files))
	for path, text := range files {
		all[path] = text
	}
	return all
}

func (p *pullRequest) comments() []github.Comment { return p.w.GitHubAPI.Comments(pullNumber) }

// label sets or takes off the label that accepts, a minute after all that was before.
func (p *pullRequest) label(set bool) {
	p.w.GitHubAPI.Later(time.Minute)
	p.w.GitHubAPI.Label(pullNumber, pulls.Label, set, "hubot", p.w.GitHubAPI.Now())
	p.w.GitHubAPI.Later(time.Minute)
}

// only is the one comment of the pull request. It is told as GitHub received it.
func (p *pullRequest) only(t *testing.T, wants ...string) string {
	t.Helper()
	all := p.comments()
	if len(all) != 1 {
		t.Fatalf("%d comments, want 1", len(all))
	}
	for _, want := range wants {
		if !strings.Contains(all[0].Body, want) {
			t.Errorf("the comment lacks %q", want)
		}
	}
	t.Logf("comment %d, as received:\n%s", all[0].ID, all[0].Body)
	return all[0].Body
}

// action is the first step that is this action.
func (j *job) action() *step {
	for _, id := range j.order {
		if s := j.steps[id]; s.outputs["status"] != "" {
			return s
		}
	}
	return &step{outputs: map[string]string{}}
}

// status expects that of the action's first step.
func (j *job) status(t *testing.T, want string) {
	t.Helper()
	if got := j.action().outputs["status"]; got != want {
		t.Errorf("the status is %q, want %q", got, want)
	}
}

// silent expects that nothing was written to Microcks.
func (p *pullRequest) silent(t *testing.T) {
	t.Helper()
	if writes := p.w.Writes(); len(writes) > 0 {
		t.Errorf("requests that write: %v", writes)
	}
}

// harmful is the collection with a member less in one answer.
func harmful(t *testing.T) string {
	t.Helper()
	changed := bytes.Replace(harbour(t), []byte(`\"currency\"`), []byte(`\"money\"`), 1)
	if bytes.Equal(changed, harbour(t)) {
		t.Fatal("the collection is not changed")
	}
	return string(changed)
}

// changed is a pull request that takes a member from an answer.
func changed(t *testing.T, heading string) *pullRequest {
	t.Helper()
	p := newPullRequest(t, guide, heading, collectionFile)
	maps.Copy(p.base, map[string]string{collectionFile: string(harbour(t)), recipeFile: p.local()})
	p.write(collectionFile, harmful(t))
	return p
}

func TestActionRecipeQuickStart(t *testing.T) {
	p := newPullRequest(t, "README.md", "", recipeFile)
	p.run("fork", happening{action: "opened", fork: true}, func(t *testing.T, j *job) {
		j.status(t, "skipped")
		p.silent(t)
		if n := len(p.comments()); n > 0 {
			t.Errorf("%d comments", n)
		}
	})
	p.run("opened", happening{action: "opened"}, func(t *testing.T, j *job) {
		j.status(t, "planned")
		p.silent(t)
		p.only(t, "Harbour API", "create")
	})
	p.run("merged", happening{event: "push"}, func(t *testing.T, j *job) { j.status(t, "created") })
}

// Two runs of one pull request leave one comment, and closing it says so there.
func TestActionRecipePlanAndComment(t *testing.T) {
	p := newPullRequest(t, guide, "Plan and comment", recipeFile)
	var first, second string
	var id int64
	p.run("opened", happening{action: "opened"}, func(t *testing.T, j *job) {
		j.status(t, "planned")
		first, id = p.only(t, "run=1.1", "Harbour API", "create", p.w.MicrocksURL), p.comments()[0].ID
		if got := j.action().outputs["comment-url"]; !strings.HasSuffix(got, strconv.FormatInt(p.comments()[0].ID, 10)) {
			t.Errorf("output comment-url is %q", got)
		}
	})
	p.run("again", happening{}, func(t *testing.T, j *job) {
		if again := p.only(t); again != first {
			t.Error("the same plan is another comment")
		}
	})
	if err := p.w.Postman.AddCollection(documentedUID, renamed(t, harbour(t), "Harbour API", "version=2.0.0")); err != nil {
		t.Fatal(err)
	}
	p.run("edited in Postman", happening{}, func(t *testing.T, j *job) { second = p.only(t, "run=3.1", "2.0.0") })
	p.run("merged", happening{action: "closed", merged: true}, func(t *testing.T, j *job) {
		j.status(t, "unchanged")
		merged := p.only(t, "**Merged.**")
		_, said, _ := strings.Cut(second, "### ")
		if !strings.HasSuffix(merged, said) || p.comments()[0].ID != id {
			t.Error("the merge leaves another comment, or another text")
		}
	})
}

func TestActionRecipeRepository(t *testing.T) {
	p := changed(t, "Collections in the repository")
	breaks := func(t *testing.T, j *job) {
		t.Helper()
		if got := j.action().outputs["breaking"]; got != "1" {
			t.Errorf("output breaking is %q", got)
		}
		if want := "$.currency"; !strings.Contains(j.action().summary, want) {
			t.Errorf("the summary lacks %q", want)
		}
		p.silent(t)
	}
	p.run("fork", happening{action: "opened", fork: true}, func(t *testing.T, j *job) {
		breaks(t, j)
		if n := len(p.comments()); n > 0 {
			t.Errorf("%d comments", n)
		}
	})
	p.run("opened", happening{action: "opened"}, func(t *testing.T, j *job) {
		breaks(t, j)
		p.only(t, "$.currency", "/fees")
	})
	p.write(collectionFile, string(harbour(t)))
	p.run("taken back", happening{}, func(t *testing.T, j *job) {
		if strings.Contains(p.only(t), "breaking") {
			t.Error("the comment shows what is taken back")
		}
	})
}

func TestActionRecipeGate(t *testing.T) {
	p := changed(t, "A gate with a label")
	p.run("opened", happening{action: "opened", red: true}, func(t *testing.T, j *job) {
		p.only(t, "$.currency", pulls.Label)
		checkErrors(t, j.action(), 1)
	})
	p.label(true)
	p.run("labelled", happening{action: "labeled", label: pulls.Label}, func(t *testing.T, j *job) { p.only(t, "hubot") })
	p.label(false)
	p.run("label taken off", happening{action: "unlabeled", label: pulls.Label, red: true}, func(t *testing.T, j *job) { p.only(t) })
	p.run("fork", happening{fork: true, red: true}, func(*testing.T, *job) {})
	p.label(true)
	p.run("fork, labelled", happening{action: "labeled", label: pulls.Label, fork: true}, func(*testing.T, *job) {})
}

func TestActionRecipeMicrocks(t *testing.T) {
	p := changed(t, "A Microcks for one pull request")
	for name, fork := range map[string]bool{"own": false, "fork": true} {
		p.run(name, happening{action: "opened", fork: fork}, func(t *testing.T, j *job) {
			if got := j.action().outputs["mock-url"]; !strings.HasPrefix(got, p.w.MicrocksURL) {
				t.Errorf("output mock-url is %q", got)
			}
			if !strings.Contains(j.said(), "money") {
				t.Error("the mock's answer is not that of the pull request")
			}
		})
	}
}

func TestActionRecipeMergeQueue(t *testing.T) {
	p := changed(t, "A merge queue")
	p.run("opened", happening{action: "opened", red: true}, func(t *testing.T, j *job) { p.only(t, "$.currency") })
	p.run("queued", happening{event: "merge_group"}, func(t *testing.T, j *job) {
		j.status(t, "planned")
		p.silent(t)
		p.only(t, "run=1.1")
	})
	p.run("merged", happening{event: "push"}, func(t *testing.T, j *job) { j.status(t, "created") })
}

func TestActionRecipeCheck(t *testing.T) {
	p := newPullRequest(t, guide, "Check only")
	p.write(collectionFile, string(harbour(t)))
	p.write("postman/ferry.postman_collection.json", string(renamed(t, harbour(t), "Ferry API", "version=0.3.0")))
	p.run("fork", happening{fork: true}, func(t *testing.T, j *job) { j.status(t, "checked") })
}
