package documents

import (
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

// Workflows are held against GitHub's rules by actionlint: those of the project
// and of its end-to-end tests, and every example of the documents that uses an
// action. This action is that of the checkout, so that the inputs and outputs
// that a workflow names are those of action.yml.

// finding is what actionlint says of a line.
type finding struct {
	line    int
	message string
}

// lint asks actionlint, and shellcheck for scripts where it is installed.
func lint(t *testing.T, name, workflow string) []finding {
	t.Helper()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		shellcheck = "" // actionlint goes without
	}
	folder, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	project, err := actionlint.NewProject(folder)
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck, WorkingDir: folder})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint(filepath.Join(folder, filepath.FromSlash(name)), []byte(workflow), project)
	if err != nil {
		t.Fatal(err)
	}
	var findings []finding
	for _, one := range found {
		findings = append(findings, finding{one.Line, one.Message + " [" + one.Kind + "]"})
	}
	return findings
}

func TestWorkflows(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{".github/workflows", "internal/test/e2e/testdata"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.yml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no workflows in %s: %v", folder, err)
		}
		for _, file := range files {
			name := folder + "/" + filepath.Base(file)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, f := range lint(t, name, readDocument(t, name)) {
					t.Errorf("%s:%d: %s", name, f.line, f.message)
				}
			})
		}
	}
}

func TestExampleWorkflowsKeepTheRules(t *testing.T) {
	t.Parallel()
	linted := 0
	for _, block := range exampleBlocks(t) {
		if !block.usesAnAction() {
			continue
		}
		linted++
		t.Run(block.place(), func(t *testing.T) {
			t.Parallel()
			for _, f := range block.lint(t) {
				t.Errorf("%s:%d: %s", block.file, f.line, f.message)
			}
		})
	}
	if linted < 20 {
		t.Errorf("only %d examples found in the documents", linted)
	}
}

// TestLintFinds breaks an example in ways that only a look at action.yml, or at
// GitHub's own rules, can find.
func TestLintFinds(t *testing.T) {
	t.Parallel()
	const steps = "- id: mocks\n  uses: OWNER/postman-microcks-importer@0123456789abcdef\n  with:\n    collections: x\n" +
		"- run: echo \"$STATUS\"\n  env:\n    STATUS: ${{ steps.mocks.outputs.status }}\n"
	for _, tt := range []struct {
		old, broken string
		line        int    // in the document
		want        string // "": nothing is found
	}{
		{"", "", 0, ""},
		{"collections:", "collection:", 44, `input "collection" is not defined`},
		{"outputs.status", "outputs.state", 47, `property "state" is not defined`},
		{"steps.mocks", "steps.other", 47, `property "other" is not defined`},
		{"  env:", "  envy:", 46, `unexpected key "envy"`},
	} {
		block := exampleBlock{file: "docs/reference.md", line: 40, language: "yaml", text: strings.Replace(steps, tt.old, tt.broken, 1)}
		found := block.lint(t)
		if tt.want == "" && len(found) > 0 {
			t.Errorf("nothing is broken, and found is %v", found)
		}
		wanted := func(f finding) bool { return f.line == tt.line && strings.Contains(f.message, tt.want) }
		if tt.want != "" && !slices.ContainsFunc(found, wanted) {
			t.Errorf("with %q: found %v, want %q in line %d", tt.broken, found, tt.want, tt.line)
		}
	}
}

// TestExamplePermissions holds the jobs of the documents to the permissions that their
// steps need, each for what it is documented to be needed for, and to no others.
func TestExamplePermissions(t *testing.T) {
	t.Parallel()
	held := 0
	for _, block := range exampleBlocks(t) {
		var workflow struct {
			Permissions map[string]string `yaml:"permissions"`
			Jobs        map[string]struct {
				Permissions map[string]string `yaml:"permissions"`
				Steps       []struct {
					Uses string            `yaml:"uses"`
					With map[string]string `yaml:"with"`
				} `yaml:"steps"`
			} `yaml:"jobs"`
		}
		if !block.usesAnAction() || !strings.Contains(block.text, "jobs:") {
			continue
		}
		if err := yaml.Unmarshal([]byte(block.text), &workflow); err != nil {
			t.Fatalf("%s: %v", block.place(), err)
		}
		if workflow.Permissions == nil || len(workflow.Permissions) > 0 {
			t.Errorf("%s: the workflow does not begin with no permissions: %v", block.place(), workflow.Permissions)
		}
		for name, job := range workflow.Jobs {
			held++
			var needed map[string]string
			need := func(permission, access string) {
				if needed == nil {
					needed = make(map[string]string)
				}
				needed[permission] = access
			}
			for _, step := range job.Steps {
				if strings.HasPrefix(step.Uses, "actions/checkout@") {
					need("contents", "read")
				}
				if step.With["github-token"] != "" {
					if step.With["mode"] != "check" && strings.Contains(block.text, "pull_request") { // nothing else comments
						need("pull-requests", "write")
					}
					if step.With["prune"] != "" { // by the head of the default branch
						need("contents", "read")
					}
					if strings.Contains(step.With["collections"], ".json") { // compared with the base branch
						need("contents", "read")
					}
				}
				if step.With["keycloak-auth"] == "github-oidc" {
					need("id-token", "write")
				}
			}
			if diff := cmp.Diff(needed, job.Permissions); diff != "" {
				t.Errorf("%s: permissions that the steps of job %s need (-) and that it has (+):\n%s", block.place(), name, diff)
			}
		}
	}
	if held < 10 {
		t.Errorf("only %d jobs found in the documents", held)
	}
}

var (
	usesAction    = regexp.MustCompile(`\buses: `)
	startsAsSteps = regexp.MustCompile(`^ *- `)
	thisAction    = regexp.MustCompile(regexp.QuoteMeta(exampleAction) + `\S*`)
)

// usesAnAction reports whether the block is a workflow, or steps of one.
func (b exampleBlock) usesAnAction() bool {
	return (b.language == "yaml" || b.language == "yml") && usesAction.MatchString(b.text)
}

// lint lints a whole workflow, or steps in a job around them. Lines are those of
// the document.
func (b exampleBlock) lint(t *testing.T) []finding {
	t.Helper()
	workflow, before := thisAction.ReplaceAllString(b.text, "./"), 0
	if startsAsSteps.MatchString(workflow) {
		const job = "on: push\njobs:\n  example:\n    runs-on: ubuntu-latest\n    steps:\n"
		workflow, before = job+indented(workflow, 6), strings.Count(job, "\n")
	}
	found := lint(t, ".github/workflows/example.yml", workflow)
	for i := range found {
		found[i].line += b.line - before
	}
	return found
}

func indented(text string, by int) string {
	var all strings.Builder
	for line := range strings.Lines(text) {
		all.WriteString(strings.Repeat(" ", by) + line)
	}
	return all.String()
}
