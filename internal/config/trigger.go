package config

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// trigger is what started the run.
type trigger struct {
	onGitHub      bool
	event         string // GITHUB_EVENT_NAME
	ref           string // GITHUB_REF
	defaultBranch string // "" when the payload does not tell
	payloadError  error  // why the payload could not be read
	actionRef     string // GITHUB_ACTION_REF: what the workflow pins this action to
	fork          bool   // a pull request from another repository
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
			Repo *struct { // null once the fork is deleted
				FullName string `json:"full_name"`
			} `json:"repo"`
		} `json:"head"`
	} `json:"pull_request"`
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
	if path := getenv("GITHUB_EVENT_PATH"); path == "" {
		t.payloadError = errors.New("GITHUB_EVENT_PATH is not set")
	} else if text, err := readFile(path); err != nil {
		t.payloadError = errors.New("the file at GITHUB_EVENT_PATH cannot be read")
	} else if err := json.Unmarshal(text, &p); err != nil {
		t.payloadError = errors.New("the file at GITHUB_EVENT_PATH is not the JSON that GitHub writes")
	} else {
		t.defaultBranch = p.Repository.DefaultBranch
		if p.PullRequest != nil {
			head := p.PullRequest.Head.Repo
			t.fork = head == nil || !strings.EqualFold(head.FullName, p.Repository.FullName)
			t.dependabot = t.dependabot || p.PullRequest.User.Login == dependabot
		}
	}
	return t
}

// withoutSecrets tells why GitHub gives this run no secrets; "" when it does.
func (t trigger) withoutSecrets() string {
	switch {
	case !t.onGitHub || t.event == "pull_request_target":
		return ""
	case t.dependabot:
		return "Dependabot started this run, and GitHub gives such runs Dependabot secrets only, even when a person runs them again"
	case t.fork:
		return "a pull request from a fork started this run, and GitHub gives such runs no secrets"
	}
	return ""
}

// mode decides between apply and plan by the event, and says why.
func (t trigger) mode() (Mode, string) {
	switch t.event {
	case "release", "schedule", "workflow_dispatch", "repository_dispatch":
		return ModeApply, "event " + t.event
	case "push":
	case "pull_request_target":
		return ModePlan, "event pull_request_target, which never applies"
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
		return ModePlan, "push to the branch " + branch + ", and the event does not tell the default branch"
	case branch == t.defaultBranch && branch != t.ref:
		return ModeApply, "push to the default branch " + branch
	}
	return ModePlan, "push to the branch " + branch + ", which is not the default branch"
}

var (
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)
	commitID       = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	runID          = regexp.MustCompile(`^[0-9]{1,20}$`)
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
	server, err := parseAddress(getenv("GITHUB_SERVER_URL"))
	if id := getenv("GITHUB_RUN_ID"); err == nil && repository != "" && runID.MatchString(id) {
		p.RunURL = server.String() + "/" + repository + "/actions/runs/" + id
	}
	return repository, p
}
