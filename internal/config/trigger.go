package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// trigger is what started the run.
type trigger struct {
	onGitHub      bool
	event         string // GITHUB_EVENT_NAME
	ref           string // GITHUB_REF
	defaultBranch string // "" when the payload does not name it
	payloadFault  fault  // why that is so
	actionRef     string // GITHUB_ACTION_REF: what the workflow pins this action to
	fork          bool   // a pull request from another repository
	ownHead       bool   // a pull request from a branch of this repository
	ownPush       bool   // workflow_run: after a run that a push to this repository started
	dependabot    bool
}

// payload is what is read of the file at GITHUB_EVENT_PATH.
type payload struct {
	Repository struct {
		DefaultBranch string `json:"default_branch"`
		FullName      string `json:"full_name"`
	} `json:"repository"`
	PullRequest *struct {
		User struct {
			Login string `json:"login"`
		} `json:"user"`
		Head struct {
			Repo *namedRepository `json:"repo"` // null once the fork is deleted
		} `json:"head"`
	} `json:"pull_request"`
	WorkflowRun *struct {
		Event          string           `json:"event"`
		HeadRepository *namedRepository `json:"head_repository"`
	} `json:"workflow_run"`
}

// namedRepository is a repository as payloads have it.
type namedRepository struct {
	FullName string `json:"full_name"`
}

// is reports whether this is the repository of that name. One without a name is
// none.
func (r *namedRepository) is(fullName string) bool {
	return r != nil && r.FullName != "" && strings.EqualFold(r.FullName, fullName)
}

// dependabot is the account for whose runs GitHub withholds the repository's
// secrets, even when a person runs them again.
const dependabot = "dependabot[bot]"

// readTrigger reads the variables that the runner sets and the event's payload.
func readTrigger(getenv func(string) string, readFile func(string) ([]byte, error)) trigger {
	t := trigger{
		onGitHub: getenv("GITHUB_ACTIONS") == "true",
		event:    getenv("GITHUB_EVENT_NAME"),
		ref:      getenv("GITHUB_REF"),

		actionRef: getenv("GITHUB_ACTION_REF"),
	}
	if !t.onGitHub {
		return t
	}
	t.dependabot = getenv("GITHUB_ACTOR") == dependabot
	var p payload
	p, t.payloadFault = readPayload(getenv("GITHUB_EVENT_PATH"), readFile)
	t.defaultBranch = p.Repository.DefaultBranch
	if p.PullRequest != nil {
		t.ownHead = p.PullRequest.Head.Repo.is(p.Repository.FullName)
		t.fork = !t.ownHead
		t.dependabot = t.dependabot || p.PullRequest.User.Login == dependabot
	}
	if run := p.WorkflowRun; run != nil {
		t.ownPush = run.Event == "push" && run.HeadRepository.is(p.Repository.FullName)
	}
	return t
}

// What can be wrong with the event's payload, as far as the default branch goes.
const (
	payloadUnset      fault = "GITHUB_EVENT_PATH is not set"
	payloadUnreadable fault = "the file at GITHUB_EVENT_PATH cannot be read"
	payloadOther      fault = "the file at GITHUB_EVENT_PATH is not the JSON that GitHub writes"
	payloadNameless   fault = "the event's payload does not name it"
)

func readPayload(path string, readFile func(string) ([]byte, error)) (payload, fault) {
	if path == "" {
		return payload{}, payloadUnset
	}
	data, err := readFile(path)
	if err != nil {
		return payload{}, payloadUnreadable
	}
	var p payload
	if json.Unmarshal(data, &p) != nil {
		return payload{}, payloadOther
	}
	if p.Repository.DefaultBranch == "" {
		return p, payloadNameless
	}
	return p, ""
}

// Withheld is why GitHub gives a run no secrets; "" when it does.
type Withheld string

// Reasons for which GitHub gives a run no secrets.
const (
	WithheldFromFork       Withheld = "fork"
	WithheldFromDependabot Withheld = "dependabot" // even when a person runs it again
)

// Reason is the clause that a person reads.
func (w Withheld) Reason() string {
	switch w {
	case WithheldFromDependabot:
		return "Dependabot started this run, and GitHub gives such runs Dependabot secrets only, even when a person runs them again"
	case WithheldFromFork:
		return "a pull request from a fork started this run, and GitHub gives such runs no secrets"
	}
	return ""
}

// withheld is why GitHub gives this run no secrets; "" when it does.
func (t trigger) withheld() Withheld {
	switch {
	case !t.onGitHub || t.event == "pull_request_target":
		return ""
	case t.dependabot:
		return WithheldFromDependabot
	case t.fork:
		return WithheldFromFork
	}
	return ""
}

// mode decides between apply and plan by the event, and returns what decided.
func (t trigger) mode() (Mode, string) {
	switch t.event {
	case "release", "schedule", "workflow_dispatch", "repository_dispatch":
		return ModeApply, "event " + t.event
	case "push":
	case "":
		return ModePlan, "unknown event"
	default:
		return ModePlan, "event " + t.event
	}
	if tag, ok := strings.CutPrefix(t.ref, "refs/tags/"); ok {
		return ModeApply, "push of the tag " + tag
	}
	branch := strings.TrimPrefix(t.ref, "refs/heads/")
	switch {
	case t.defaultBranch == "":
		return ModePlan, fmt.Sprintf("push to the branch %s, and the event does not name the default branch", branch)
	case branch == t.defaultBranch && branch != t.ref:
		return ModeApply, "push to the default branch " + branch
	}
	return ModePlan, fmt.Sprintf("push to the branch %s, which is not the default branch", branch)
}

var (
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)
	commitID       = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	runID          = regexp.MustCompile(`^[0-9]{1,20}$`) // also of a repository
)

// readProvenance reads which commit and run this is. What does not look as the
// runner writes it counts as not given.
func readProvenance(getenv func(string) string) (repository string, p Provenance) {
	if r := getenv("GITHUB_REPOSITORY"); repositoryName.MatchString(r) {
		repository = r
	}
	if sha := getenv("GITHUB_SHA"); commitID.MatchString(sha) {
		p.Commit = sha
	}
	server, wrong := parseAddress(getenv("GITHUB_SERVER_URL"))
	if id := getenv("GITHUB_RUN_ID"); wrong == "" && repository != "" && runID.MatchString(id) {
		p.RunURL = server.String() + "/" + repository + "/actions/runs/" + id
	}
	return repository, p
}
