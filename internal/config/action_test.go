package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// repository is the repository's root, seen from this folder.
const repository = "../.."

// actionFile is action.yml as the runner reads it.
type actionFile struct {
	Name        string
	Description string
	Author      string
	Branding    struct{ Icon, Color string }
	Inputs      map[string]struct {
		Description string
		Required    *bool
		Default     *string
	}
	Outputs map[string]struct{ Description string }
	Runs    struct {
		Using, Image string
		Args         []string
		Env          map[string]string
	}
}

// TestAction holds action.yml to the conventions of actions, by a parser that
// knows nothing of how it is written.
func TestAction(t *testing.T) {
	t.Parallel()
	text := readRepository(t, "action.yml")
	var action actionFile
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&action); err != nil {
		t.Fatal(err)
	}
	if len(action.Inputs) != len(actionInputs()) || len(action.Outputs) != len(Outputs()) {
		t.Errorf("%d inputs and %d outputs", len(action.Inputs), len(action.Outputs))
	}
	checkInputs(t, action)
	for _, want := range Outputs() {
		if out, ok := action.Outputs[want.Name]; !ok || !kebab.MatchString(want.Name) || !described(out.Description) {
			t.Errorf("output %s: there %t, described %q", want.Name, ok, out.Description)
		}
	}
	if action.Name == "" || action.Author == "" || len(action.Description) > 125 || !described(action.Description+".") {
		t.Errorf("name %q, author %q, description %q", action.Name, action.Author, action.Description)
	}
	colours := []string{"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"}
	if !slices.Contains(colours, action.Branding.Color) || action.Branding.Icon != "upload-cloud" {
		t.Errorf("branding %+v", action.Branding)
	}
	// A shell or arguments would drop inputs whose names hold a dash.
	if action.Runs.Using != "docker" || action.Runs.Image != "Dockerfile" || action.Runs.Args != nil || action.Runs.Env != nil {
		t.Errorf("runs %+v", action.Runs)
	}
	if _, err := os.Stat(filepath.Join(repository, "action.yaml")); err == nil {
		t.Error("action.yaml beside action.yml: only one of them may be there")
	}
}

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// actionInputs are the rows of the table that are inputs of the action.
func actionInputs() []Input {
	return slices.DeleteFunc(Inputs(), func(in Input) bool { return in.FlagOnly })
}

// checkInputs holds the inputs of action.yml equal to the table.
func checkInputs(t *testing.T, action actionFile) {
	t.Helper()
	for _, want := range actionInputs() {
		in, ok := action.Inputs[want.Name]
		if !ok || !kebab.MatchString(want.Name) || !described(in.Description) {
			t.Errorf("input %s: there %t, name in kebab case %t, described %q", want.Name, ok, kebab.MatchString(want.Name), in.Description)
			continue
		}
		if in.Default != nil || in.Required != nil {
			t.Errorf("input %s: the runner would hand over a default as if it had been given, and checks nothing that is required", want.Name)
		}
		if strings.Contains(in.Description, "${{") {
			t.Errorf("input %s: an expression in the description would be evaluated", want.Name)
		}
	}
}

// described reports whether a description is one or more whole sentences.
func described(text string) bool {
	return len(text) > 10 && strings.HasSuffix(text, ".") && text == strings.TrimSpace(text) && !strings.Contains(text, "..")
}

// TestTable holds what the table of inputs promises to its readers.
func TestTable(t *testing.T) {
	t.Parallel()
	inputs := Inputs()
	seen := map[string]bool{}
	groups := []string{}
	for _, in := range inputs {
		if seen[in.Name] {
			t.Errorf("%s stands twice in the table", in.Name)
		}
		seen[in.Name] = true
		if len(groups) == 0 || groups[len(groups)-1] != in.Group {
			if slices.Contains(groups, in.Group) {
				t.Errorf("the rows of %q do not stand together", in.Group)
			}
			groups = append(groups, in.Group)
		}
		checkRow(t, in)
	}
	for _, out := range Outputs() {
		if out.Example == "" || out.Name == "result" && !json.Valid([]byte(strings.ReplaceAll(out.Example, ",…", ""))) {
			t.Errorf("output %s: example %q", out.Name, out.Example)
		}
	}
}

// checkRow holds what each row promises.
func checkRow(t *testing.T, in Input) {
	t.Helper()
	if (in.Kind == KindEnum) != (len(in.Allowed) > 1) && in.Kind != KindList || (in.Kind == KindInt) != (in.Max > in.Min) {
		t.Errorf("%s: kind %s, allowed %q, range %d to %d", in.Name, in.Kind, in.Allowed, in.Min, in.Max)
	}
	if in.Kind == KindList && (in.Accepts == "") != (len(in.Allowed) > 0) {
		t.Errorf("%s: a list has either a form or values, not %q and %q", in.Name, in.Accepts, in.Allowed)
	}
	if in.Default != "" && in.Creating != "" {
		t.Errorf("%s has both a default and a value on creating", in.Name)
	}
	if in.Kind == KindSecret && in.Env == "" {
		t.Errorf("%s is a secret and has no plain variable", in.Name)
	}
	if sentences := strings.Count(in.Description, ". ") + 1; !described(in.Description) || sentences > 2 || in.Example == "" {
		t.Errorf("%s: %d sentences, example %q: %s", in.Name, sentences, in.Example, in.Description)
	}
	if want := "INPUT_" + strings.ToUpper(in.Name); in.Variable() != want {
		t.Errorf("variable %s, want %s", in.Variable(), want)
	}
}

// TestExamplesAreAccepted runs the example of every input.
func TestExamplesAreAccepted(t *testing.T) {
	t.Parallel()
	workspace := t.TempDir()
	writeFile(t, workspace, "certs/company-ca.pem", newCertificate(t))
	writeFile(t, workspace, ".github/postman.yaml", "collections: ["+uidA+"]\n")
	for _, in := range Inputs() {
		e := readyToPlan().with(env{"GITHUB_WORKSPACE": workspace})
		if in.Name == "manifest" {
			e["INPUT_COLLECTIONS"] = ""
		}
		if in.Name == "prune" {
			e["INPUT_COLLECTIONS"], e["INPUT_MANIFEST"] = "", ".github/postman.yaml"
		}
		if in.Name == "export-as" {
			e["INPUT_COLLECTIONS"], e["INPUT_MODE"] = "", "export"
		}
		if !in.FromEnvironmentOnly() {
			e[in.Variable()] = in.Example
		}
		if in.Name == "keycloak-auth" {
			e["INPUT_KEYCLOAK-URL"], e["GITHUB_ACTIONS"] = "https://keycloak.example.com", "true"
		}
		if _, problems := Parse(Sources{Getenv: e.get}); len(problems) != 0 {
			t.Errorf("the example of %s: %v", in.Name, problems)
		}
		for _, example := range []string{in.asFlag(), in.asYAML()} {
			if strings.Contains(example, "\n") || !strings.Contains(example, "=") && !strings.Contains(example, ": ") {
				t.Errorf("the example of %s as it is written: %q", in.Name, example)
			}
		}
		var back map[string]any
		if err := yaml.Unmarshal([]byte(in.asYAML()), &back); err != nil {
			t.Errorf("the example of %s is no YAML: %v", in.Name, err)
		} else if _, text := back[in.Name].(string); in.Kind == KindString && !text {
			t.Errorf("YAML reads the example of %s as %T", in.Name, back[in.Name])
		}
	}
}

// TestDockerfile holds the image to what the runner needs.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	type instruction struct{ name, rest string }
	var all []instruction
	text := strings.ReplaceAll(string(readRepository(t, "Dockerfile")), "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") {
			if strings.Contains(strings.ToLower(line), "syntax=") {
				t.Error("a syntax directive needs BuildKit and a registry")
			}
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		all = append(all, instruction{strings.ToUpper(name), strings.TrimSpace(rest)})
	}
	buildKit := regexp.MustCompile(`--mount|<<|--link|--chmod`)
	var froms, entrypoints []string
	for _, i := range all {
		switch i.name {
		case "FROM":
			froms = append(froms, i.rest)
		case "ENTRYPOINT":
			entrypoints = append(entrypoints, i.rest)
		case "USER", "WORKDIR", "CMD", "VOLUME", "SHELL", "ADD", "ONBUILD":
			t.Errorf("%s %s: the runner breaks on it or needs it not", i.name, i.rest)
		case "RUN", "COPY":
			if buildKit.MatchString(i.rest) {
				t.Errorf("%s %s needs BuildKit", i.name, i.rest)
			}
		case "ARG", "ENV", "LABEL":
		default:
			t.Errorf("%s is not known to this test", i.name)
		}
	}
	golang := regexp.MustCompile(`^golang:1\.26[0-9.]*-alpine(@sha256:[0-9a-f]{64})? AS build$`)
	if len(froms) != 2 || !golang.MatchString(froms[0]) || froms[1] != "scratch" {
		t.Errorf("stages %q", froms)
	}
	var exec []string
	if len(entrypoints) != 1 || json.Unmarshal([]byte(entrypoints[0]), &exec) != nil || len(exec) != 1 || !filepath.IsAbs(exec[0]) {
		t.Errorf("entry points %q: want one in exec form with an absolute path", entrypoints)
	}
	for _, part := range []string{
		"CGO_ENABLED=0", "-trimpath", "-s -w", "-X postman-microcks-importer/internal/app.Version=",
		"/etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
		"\nENV POSTMAN_MICROCKS_IMPORTER_IMAGE=1\n", // by which internal/rights knows it
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the Dockerfile lacks %q", part)
		}
	}
}

// readRepository reads a file of the repository.
func readRepository(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
