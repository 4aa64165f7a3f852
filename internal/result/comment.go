package result

import "postman-microcks-importer/internal/text"

// PullComment is the comment on the pull request that says what a plan found, and what
// became of it in this run.
type PullComment struct {
	URL   string       `json:"url,omitempty"` // empty where there is none
	State CommentState `json:"state"`
	// Refusal is why the token may not write it, in GitHub's words.
	Refusal text.Untrusted `json:"refusal,omitempty"`
}

// CommentState is what a run did for a comment.
type CommentState string

// States of a comment.
const (
	CommentCreated    CommentState = "created"
	CommentUpdated    CommentState = "updated"
	CommentUnchanged  CommentState = "unchanged"  // it said the same already
	CommentSuperseded CommentState = "superseded" // it says what a newer run found
	CommentRefused    CommentState = "refused"    // the token may not write it
	CommentFailed     CommentState = "failed"     // it is not known what it says now
	CommentNone       CommentState = "none"       // there is none, and nothing to say
)
