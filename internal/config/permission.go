package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Values of allow: what is dangerous, and refused or left undone without it.
const (
	AllowReplaceSecret  = "replace-secret"  // a new token goes into a secret that importers outside this run use
	AllowReplaceService = "replace-service" // a collection takes over a service that another artifact defines
	AllowRemoveServices = "remove-services" // the services of removed importers, and of leftovers, go with them
	AllowTakeOver       = "take-over"       // importers made by hand become ours, and those beside an upload are deactivated
	AllowPruneMany      = "prune-many"      // so many leftovers go that a mistake is likelier
	AllowUntrustedEvent = "untrusted-event" // writing although somebody without the right to push can have caused the event
)

// cause is who can bring an event about without the right to push, and yet with
// consequences, as a clause; "" is nobody.
type cause string

// Causes.
const (
	trustedCause     cause = ""
	anybodysRequest  cause = "it runs with secrets for everyone who opens a pull request"
	anybodysWord     cause = "it runs with secrets for everyone who has an account at GitHub"
	forksRequest     cause = "the pull request comes from a fork, or its payload does not show that it comes from this repository"
	unknownCause     cause = "it is not one of those that need the right to push to this repository"
	otherRunsOutcome cause = "it runs with secrets after a run that anybody's pull request may have started:" +
		" its payload does not show a push to this repository"
)

// pushersEvents need the right to push to the repository, or are its own schedule.
// What GitHub adds one day is none of them, and neither is what others report about
// a fork's commits, such as deployments and checks.
var pushersEvents = []string{
	"push", "create", "delete", "release", "registry_package", "page_build", "branch_protection_rule", "merge_group",
	"schedule", "workflow_dispatch", "repository_dispatch",
}

// cause is who can have caused the event. What the payload has to show and does
// not counts as not so.
func (c circumstances) cause() cause {
	// A runner always names the event: without a name nobody brought one about.
	if !c.onGitHub || c.Event == "" || slices.Contains(pushersEvents, c.Event) {
		return trustedCause
	}
	switch c.Event {
	case "pull_request_target":
		return anybodysRequest
	case "issue_comment", "issues", "discussion", "discussion_comment", "commit_comment", "fork", "watch", "gollum":
		return anybodysWord
	case "pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_comment":
		if c.ownHead {
			return trustedCause
		}
		return forksRequest
	case "workflow_run":
		if c.ownPush {
			return trustedCause
		}
		return otherRunsOutcome
	}
	return unknownCause
}

// refuseEvent reports a mode that writes on an event that anybody can cause. All
// else has been read: what the run could lose decides, too.
func (p *parser) refuseEvent() {
	mode, cause := p.run.Mode, p.trigger.cause()
	if mode != ModeApply && mode != ModeRemove || cause == trustedCause {
		return
	}
	if p.run.Allows(AllowUntrustedEvent) || p.nothingToLose() {
		return
	}
	p.report(Problem{
		Input: "mode", Got: quoted(string(mode)) + " on the event " + p.trigger.Event,
		Takes: "plan or check on that event, since " + string(cause),
		Hint: "write mode: plan here, and apply on a push to the default branch; where exactly this is meant, add allow: " +
			AllowUntrustedEvent,
	})
}

// oneLabel is the name of a container in the job's own network. A number is none:
// some resolvers read it as an address.
var oneLabel = regexp.MustCompile(`^[a-z_][a-z0-9_-]*$`)

// nothingToLose reports whether the run has no credential, and writes to a Microcks
// that goes with the job: on a runner of one's own the same address can be a server
// that stays. That the server has no sign-in needs no look: without a credential
// a run ends at one.
func (p *parser) nothingToLose() bool {
	if p.getenv("RUNNER_ENVIRONMENT") != "github-hosted" || p.hasCredential() {
		return false
	}
	u, err := url.Parse(p.run.Microcks.URL)
	if err != nil {
		return false
	}
	return text.IsLoopback(u.Hostname()) || oneLabel.MatchString(u.Hostname())
}

// hasCredential reports whether the run was given a credential, in its place or in
// another, or may get one from GitHub.
func (p *parser) hasCredential() bool {
	for _, in := range p.inputs {
		if in.FromEnvironmentOnly() && (p.given(in.Name) != "" || strings.TrimSpace(p.getenv(in.Env)) != "") {
			return true
		}
	}
	return len(p.secrets) > 0 || len(p.run.Masks()) > 0 || p.run.Keycloak.Auth == AuthGitHubOIDC
}
