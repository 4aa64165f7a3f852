package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// circumstances are what started the run, and all else by which it is decided what a
// run may do.
type circumstances struct {
	Trigger
	onGitHub      bool
	ref           string // GITHUB_REF
	defaultBranch string // "" when the payload does not name it
	payloadFault  fault  // why that is so
	actionRef     string // GITHUB_ACTION_REF: what the workflow pins this action to
	ownHead       bool   // a pull request from a branch of this repository
	ownPush       bool   // workflow_run: after a run that a push to this repository started
	after         string // workflow_run: the branch of that run
}

// dependabot is the account for whose runs GitHub withholds the repository's
// secrets, even when a person runs them again.
const dependabot = "dependabot[bot]"

// readCircumstances reads the variables that the runner sets and the event's payload.
func readCircumstances(getenv func(string) string, readFile func(string) ([]byte, error)) circumstances {
	c := circumstances{
		onGitHub:  getenv("GITHUB_ACTIONS") == "true",
		ref:       getenv("GITHUB_REF"),
		actionRef: getenv("GITHUB_ACTION_REF"),
	}
	if !c.onGitHub {
		c.Trusted = true
		return c
	}
	c.Event = getenv("GITHUB_EVENT_NAME")
	var p payload
	p, c.payloadFault = readPayload(getenv("GITHUB_EVENT_PATH"), readFile)
	c.defaultBranch = p.Repository.DefaultBranch
	c.Dependabot = getenv("GITHUB_ACTOR") == dependabot
	if p.PullRequest != nil {
		head := p.PullRequest.Head.Repo
		c.ownHead = head.is(p.Repository.FullName)
		c.Fork = head.isOther(p.Repository.FullName)
		c.Dependabot = c.Dependabot || p.PullRequest.User.Login == dependabot
	}
	if run := p.WorkflowRun; run != nil {
		c.ownPush = run.Event == "push" && run.HeadRepository.is(p.Repository.FullName)
		c.after = run.HeadBranch
	}
	c.read(&p, c.ref, getenv("GITHUB_SHA"))
	c.Trusted = c.cause() == trustedCause
	return c
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
func (c circumstances) withheld() Withheld {
	switch {
	case !c.onGitHub || c.Event == "pull_request_target":
		return ""
	case c.Dependabot:
		return WithheldFromDependabot
	case c.Fork:
		return WithheldFromFork
	}
	return ""
}

// mode decides between apply and plan by the event, and returns what decided. What is
// pushed to the default branch was let in there, and so was what is started by hand on
// it; a branch that somebody starts by hand may be anything.
func (c circumstances) mode() (Mode, string) {
	doing := ""
	switch c.Event {
	case "release", "schedule", "repository_dispatch": // the last two are on the default branch always
		return ModeApply, "event " + c.Event
	case "push":
		doing = "push to"
	case "workflow_dispatch":
		doing = "event workflow_dispatch on"
	case "":
		return ModePlan, "unknown event"
	default:
		return ModePlan, "event " + c.Event
	}
	if tag, ok := strings.CutPrefix(c.ref, "refs/tags/"); ok && c.Event == "push" {
		return ModeApply, "push of the tag " + tag
	} else if ok {
		return ModePlan, doing + " the tag " + tag
	}
	branch := strings.TrimPrefix(c.ref, "refs/heads/")
	switch {
	case c.defaultBranch == "":
		return ModePlan, fmt.Sprintf("%s the branch %s, and the event does not name the default branch", doing, branch)
	case branch == c.defaultBranch && branch != c.ref:
		return ModeApply, doing + " the default branch " + branch
	}
	return ModePlan, fmt.Sprintf("%s the branch %s, which is not the default branch", doing, branch)
}

// ofDefault is the default branch where the run is of it, and nobody without the right to
// push can have caused it; "" where that is not so, for a release, whatever its ref, after
// a run of another branch, which a workflow may have checked out, and where the payload
// does not name it.
func (c circumstances) ofDefault() string {
	switch {
	case !c.onGitHub, !c.Trusted, c.Event == "release", c.ref != "refs/heads/"+c.defaultBranch:
		return ""
	case c.Event == "workflow_run" && c.after != c.defaultBranch:
		return ""
	}
	return c.defaultBranch
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
