//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/world"
)

// actionImage is the name that act gives to the image of `uses: ./`.
const actionImage = "act-dockeraction:latest"

// job is one run of a workflow by act.
type job struct {
	exitCode int
	log      string // all that act said, one JSON object a line, nothing masked
	steps    map[string]*step
	order    []string
	// files are those that the runner shares with its steps: the workspace, and
	// where outputs, summary and the rest are written; by path.
	files map[string]string
	// containers is how long each container of the action ran, in their order.
	containers []time.Duration
}

// step is what act understood of one step.
type step struct {
	name        string
	result      string // "success", "failure"; "" when it was skipped
	took        time.Duration
	said        []string // lines that are no command
	masks       int
	annotations []annotation
	outputs     map[string]string
	summary     string
}

type annotation struct{ level, title, message string }

// line is one of act's log.
type line struct {
	Message  string            `json:"msg"`
	StepID   []string          `json:"stepID"`
	Step     string            `json:"step"`
	Result   string            `json:"stepResult"`
	Took     time.Duration     `json:"executionTime"`
	Output   bool              `json:"raw_output"`
	Command  string            `json:"command"`
	Name     string            `json:"name"`
	Argument string            `json:"arg"`
	Settings map[string]string `json:"kvPairs"`
	Content  string            `json:"content"`
}

// started is what starts a job: an event in a repository.
type started struct {
	folder   string // what is checked out
	workflow string // the path of its file
	event    string
	payload  string
	ref      string
	env      map[string]string // what the runner sets beside
	secrets  map[string]string
}

// runWorkflow has act carry out a workflow of testdata as a push to the
// default branch or as a pull request, and cleans up behind it.
func runWorkflow(t *testing.T, w *surroundings, event, workflow string) *job {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"POSTMAN_API_KEY": w.apiKey}
	if w.secretOfClient() != "" {
		secrets["KEYCLOAK_CLIENT_SECRET"] = w.secretOfClient()
	}
	return runJob(t, w, started{
		folder: root, workflow: filepath.Join(root, "internal", "test", "e2e", "testdata", workflow),
		event: event, payload: payloads()[event],
		ref:     map[string]string{"push": "refs/heads/main", "pull_request": "refs/pull/7/merge"}[event],
		secrets: secrets,
	})
}

// runJob has act carry out a workflow, and cleans up behind it when the test ends.
func runJob(t *testing.T, w *surroundings, s started) *job {
	t.Helper()
	buildImage(t)
	home := t.TempDir()
	payload := filepath.Join(home, "event.json")
	if err := os.WriteFile(payload, []byte(s.payload), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{
		s.event,
		"--directory", s.folder, "--workflows", s.workflow,
		"--eventpath", payload,
		"--platform", "ubuntu-latest=" + tool(t, "E2E_JOB_IMAGE"), "--pull=false",
		"--network", "host", "--container-daemon-socket", "-",
		"--rebuild=false",              // the image that was built serves all
		"--reuse",                      // keep what the steps wrote, to look into it
		"--json", "--insecure-secrets", // what they said, unmasked
		"--env", "GITHUB_REPOSITORY=" + world.DefaultRepository,
		"--env", "GITHUB_REF=" + s.ref,
		"--var", "HARBOUR=" + harbourUID, "--var", "FERRIES=" + ferriesUID, "--var", "BROKEN=" + brokenUID,
		"--var", "POSTMAN_API_URL=" + w.PostmanURL, "--var", "MICROCKS_URL=" + w.MicrocksURL, "--var", "KEYCLOAK_CLIENT_ID=" + w.clientID(),
	}
	for name, value := range s.env {
		args = append(args, "--env", name+"="+value)
	}
	environment := append(os.Environ(), "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home)
	for name, value := range s.secrets {
		args = append(args, "--secret", name) // its value comes from the environment
		environment = append(environment, name+"="+value)
	}
	cmd := exec.CommandContext(t.Context(), tool(t, "E2E_ACT"), args...)
	cmd.Env = environment
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			t.Fatalf("running act: %v", err)
		}
	}
	t.Cleanup(func() {
		for name := range strings.FieldsSeq(docker(t, "ps", "--all", "--quiet")) {
			docker(t, "rm", "--force", "--volumes", name)
		}
		for name := range strings.FieldsSeq(docker(t, "volume", "ls", "--quiet")) {
			docker(t, "volume", "rm", "--force", name)
		}
	})
	j := &job{exitCode: cmd.ProcessState.ExitCode(), log: out.String(), steps: map[string]*step{}, files: map[string]string{}}
	j.read(t)
	j.collect(t)
	return j
}

// payloads of the events, as far as the action reads them.
func payloads() map[string]string {
	const repository = `"repository":{"default_branch":"main","full_name":"` + world.DefaultRepository + `"}`
	return map[string]string{
		"push": `{"ref":"refs/heads/main",` + repository + `}`,
		"pull_request": `{"number":7,"pull_request":{"number":7,"head":{"ref":"change","repo":{"full_name":"` + world.DefaultRepository + `"}},` +
			`"base":{"ref":"main"},"user":{"login":"octocat"}},` + repository + `}`,
	}
}

// read takes act's log apart.
func (j *job) read(t *testing.T) {
	t.Helper()
	for text := range strings.Lines(j.log) {
		var l line
		if json.Unmarshal([]byte(text), &l) != nil || len(l.StepID) == 0 {
			continue
		}
		id := l.StepID[0]
		s := j.steps[id]
		if s == nil {
			s = &step{name: l.Step, outputs: map[string]string{}}
			j.steps[id] = s
			j.order = append(j.order, id)
		}
		switch {
		case l.Output:
			s.said = append(s.said, l.Message)
		case l.Command == "add-mask":
			s.masks++
		case l.Command == "set-output":
			s.outputs[l.Name] = l.Argument
		case l.Command == "summary":
			s.summary = l.Content
		case l.Command == "error" || l.Command == "warning" || l.Command == "notice":
			s.annotations = append(s.annotations, annotation{l.Command, l.Settings["title"], l.Argument})
		}
		if l.Result != "" {
			s.result, s.took = l.Result, l.Took
		}
	}
}

// collect reads the volumes of the job, and when its containers began and ended.
func (j *job) collect(t *testing.T) {
	t.Helper()
	for volume := range strings.FieldsSeq(docker(t, "volume", "ls", "--quiet")) {
		dir := strings.TrimSpace(docker(t, "volume", "inspect", "--format", "{{.Mountpoint}}", volume))
		root := os.DirFS(dir)
		for path, text := range allFiles(t, root) {
			j.files[filepath.Join(volume, path)] = text
		}
	}
	for id := range strings.FieldsSeq(docker(t, "ps", "--all", "--quiet", "--filter", "ancestor="+actionImage)) {
		var began, ended time.Time
		times := strings.Fields(docker(t, "inspect", "--format", "{{.State.StartedAt}} {{.State.FinishedAt}}", id))
		began, err := time.Parse(time.RFC3339Nano, times[0])
		if err != nil {
			t.Fatal(err)
		}
		if ended, err = time.Parse(time.RFC3339Nano, times[1]); err != nil {
			t.Fatal(err)
		}
		j.containers = append(j.containers, ended.Sub(began))
	}
}

// sinks are all places where a secret could have come out: what act said but
// for the commands that name what to mask, the same taken apart, and the files.
func (j *job) sinks() map[string]string {
	var log strings.Builder
	for text := range strings.Lines(j.log) {
		var l line
		if json.Unmarshal([]byte(text), &l) == nil && l.Command == "add-mask" {
			continue
		}
		log.WriteString(text)
	}
	sinks := map[string]string{"log": log.String()}
	for id, s := range j.steps {
		for name, value := range s.outputs {
			sinks["output "+name+" of "+id] = value
		}
		for _, a := range s.annotations {
			sinks["annotations of "+id] += a.title + "\n" + a.message + "\n"
		}
		sinks["summary of "+id] = s.summary
	}
	for path, text := range j.files {
		sinks["file "+path] = text
	}
	return sinks
}

// tool reads what .ci/e2e found or made.
func tool(t *testing.T, variable string) string {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Fatalf("%s is not set: run these tests by .ci/e2e", variable)
	}
	return value
}

// docker runs one command of the client and returns what it prints.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	// No context of the test: cleaning up comes after its end.
	cmd := exec.Command("docker", args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("docker %s: %v\n%s", args[0], err, errs.String())
	}
	return out.String()
}

// clientID and secretOfClient are empty for a real server, whose sign-in is off.
func (w *surroundings) clientID() string {
	if w.Microcks == nil {
		return ""
	}
	return clientID
}

func (w *surroundings) secretOfClient() string {
	if w.Microcks == nil {
		return ""
	}
	return w.clientSecret
}
