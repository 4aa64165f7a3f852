package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/text"
)

// Trigger is what is known of the event that started the run. Whoever causes an event
// writes much of its payload: what is not as GitHub writes it counts as not said.
type Trigger struct {
	Event string // GITHUB_EVENT_NAME; "" where no runner named one
	// Action is what happened to the event's object, such as labeled; "" where the event
	// has none.
	Action string
	// Closed: the pull request was merged or closed without that, now or before somebody
	// set a label on it, on the event pull_request. See [Run.Closes].
	Closed bool
	Merged bool // Closed by a merge

	Number int            // of the pull request, from 1; 0 is none, or not said
	Label  text.Untrusted // that was set or taken off, on the actions labeled and unlabeled; "" is none

	// Commits are 40 or 64 hex digits; "" is none, or not said.

	// HeadCommit is the newest one of the pull request, or of a merge queue's group.
	HeadCommit string
	// MergeCommit is what GitHub made of head and base for this run to judge, on the event
	// pull_request: its first parent is the base that is merged into.
	MergeCommit string
	// BaseCommit is where the base branch was: for a pull request when GitHub wrote the
	// event, which can be before the first parent of MergeCommit; for a merge queue's
	// group what the group is merged onto.
	BaseCommit string

	// Fork and Dependabot: the payload, or for Dependabot the runner, proves it. What is
	// not proved to be a fork can be one.
	Fork, Dependabot bool
	// Trusted: only somebody with the right to push to the repository can have caused it,
	// or who runs this outside GitHub.
	Trusted bool

	// Unsaid tells what the payload should have said and did not, a clause each; nothing
	// of the payload is in them.
	Unsaid []string
}

// OfPullRequest reports whether the event is about a pull request whose merge it judges,
// or would: pull_request and pull_request_target.
func (t *Trigger) OfPullRequest() bool {
	return t.Event == "pull_request" || t.Event == "pull_request_target"
}

// payload is what is read of the file at GITHUB_EVENT_PATH. What stands in it raw is
// checked by itself, and leaves the rest alone.
type payload struct {
	Action     json.RawMessage `json:"action"`
	Repository struct {
		DefaultBranch string `json:"default_branch"`
		FullName      string `json:"full_name"`
	} `json:"repository"`
	PullRequest *struct {
		Number json.RawMessage `json:"number"`
		Merged json.RawMessage `json:"merged"`
		State  json.RawMessage `json:"state"`
		User   struct {
			Login string `json:"login"`
		} `json:"user"`
		Head struct {
			SHA  json.RawMessage `json:"sha"`
			Repo headRepository  `json:"repo"`
		} `json:"head"`
		Base struct {
			SHA json.RawMessage `json:"sha"`
		} `json:"base"`
	} `json:"pull_request"`
	Label *struct {
		Name json.RawMessage `json:"name"`
	} `json:"label"`
	MergeGroup struct {
		HeadSHA json.RawMessage `json:"head_sha"`
		BaseSHA json.RawMessage `json:"base_sha"`
	} `json:"merge_group"`
	WorkflowRun *struct {
		Event          string         `json:"event"`
		HeadBranch     string         `json:"head_branch"`
		HeadRepository headRepository `json:"head_repository"`
	} `json:"workflow_run"`
}

// headRepository is where the commits of an event come from.
type headRepository struct {
	FullName string
	Gone     bool // null: it was deleted, which this repository was not
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *headRepository) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		r.Gone = true
		return nil
	}
	var named struct {
		FullName string `json:"full_name"`
	}
	err := json.Unmarshal(raw, &named)
	r.FullName = named.FullName
	return err
}

// is reports whether this is the repository of that name. One without a name is
// none.
func (r headRepository) is(fullName string) bool {
	return r.FullName != "" && strings.EqualFold(r.FullName, fullName)
}

// isOther reports whether this is proved to be another repository than the one of that
// name, whose event it is.
func (r headRepository) isOther(fullName string) bool {
	return r.Gone || r.FullName != "" && fullName != "" && !strings.EqualFold(r.FullName, fullName)
}

// read takes over what a payload says, with the ref and the commit that the
// runner names.
func (t *Trigger) read(p *payload, ref, commit string) {
	t.Action = readAction(p.Action)
	switch {
	case t.Event == "merge_group":
		t.HeadCommit = t.commit("merge_group.head_sha", p.MergeGroup.HeadSHA)
		t.BaseCommit = t.commit("merge_group.base_sha", p.MergeGroup.BaseSHA)
	case !t.OfPullRequest():
	case p.PullRequest == nil:
		t.unsaid("pull_request is not there")
	default:
		t.Closed = t.Event == "pull_request" && (t.Action == "closed" || string(p.PullRequest.State) == `"closed"`)
		t.Merged = t.Closed && string(p.PullRequest.Merged) == "true"
		t.Number = t.number("pull_request.number", p.PullRequest.Number)
		t.HeadCommit = t.commit("pull_request.head.sha", p.PullRequest.Head.SHA)
		t.BaseCommit = t.commit("pull_request.base.sha", p.PullRequest.Base.SHA)
		if t.Action == "labeled" || t.Action == "unlabeled" {
			var name json.RawMessage
			if p.Label != nil {
				name = p.Label.Name
			}
			t.Label = t.label("label.name", name)
		}
		if t.Event != "pull_request" || t.Closed {
			return // which judge no merge
		}
		if t.Number == 0 || ref != fmt.Sprintf("refs/pull/%d/merge", t.Number) || !commitID.MatchString(commit) {
			t.unsaid("GITHUB_REF and GITHUB_SHA are not those of the pull request's merge")
			return
		}
		t.MergeCommit = commit
	}
}

func (t *Trigger) unsaid(format string, args ...any) {
	t.Unsaid = append(t.Unsaid, fmt.Sprintf(format, args...))
}

// commit reads a commit's id.
func (t *Trigger) commit(member string, raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil && commitID.MatchString(id) {
		return id
	}
	t.unsaid("%s is no commit's id", member)
	return ""
}

// numberOfPull is one of a pull request, as JSON has it.
var numberOfPull = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// number reads a pull request's number.
func (t *Trigger) number(member string, raw json.RawMessage) int {
	if numberOfPull.Match(raw) {
		n, _ := strconv.Atoi(string(raw)) // it has nine digits at most
		return n
	}
	t.unsaid("%s is no number of a pull request", member)
	return 0
}

// longestLabel is what the name of a label may have, in characters: GitHub takes 50.
const longestLabel = 100

// label reads a label's name.
func (t *Trigger) label(member string, raw json.RawMessage) text.Untrusted {
	var name string
	if json.Unmarshal(raw, &name) == nil && name != "" && utf8.RuneCountInString(name) <= longestLabel && !hasControl(name) {
		return text.Untrusted(name)
	}
	t.unsaid("%s is no name of a label", member)
	return ""
}

// actionWord is what GitHub calls what happened, such as ready_for_review.
var actionWord = regexp.MustCompile(`^[a-z][a-z_]{0,49}$`)

// readAction reads an action; "" is none.
func readAction(raw json.RawMessage) string {
	var action string
	if json.Unmarshal(raw, &action) != nil || !actionWord.MatchString(action) {
		return ""
	}
	return action
}
