package postman

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postman-microcks-importer/internal/text"
)

const workspacePrefix = "workspace:"

// ParseWorkspace understands a workspace's id, which is a UUID, the id behind
// "workspace:", and a link of Postman's web app that holds it: /workspace/UUID or
// /workspace/NAME~UUID, whatever follows. It returns the id in lower case. Every error
// is a [*WorkspaceError] and shows no credential.
func ParseWorkspace(s string) (id string, err error) {
	s = strings.TrimSpace(s)
	bare := strings.TrimSpace(strings.TrimPrefix(s, workspacePrefix))
	switch {
	case bare == "":
		return "", noWorkspace(s, "it is empty")
	case uuidForm.MatchString(bare):
		return strings.ToLower(bare), nil
	case uidForm.MatchString(bare):
		return "", noWorkspace(s, "it is the uid of a collection")
	case text.HasPostmanKey(bare) && !strings.Contains(bare, "/"):
		return "", noWorkspace(s, "it is a credential")
	}
	u, path := webAddress(bare)
	if u == nil || !isWebHost(u.Hostname()) {
		return "", noWorkspace(s, "it is neither an id nor a link of Postman's")
	}
	if u.User != nil {
		return "", noWorkspace(s, "it is a URL with a user or password in it")
	}
	at := slices.IndexFunc(path, isWorkspaceSegment)
	if at < 0 || at+1 == len(path) {
		return "", noWorkspace(s, "it is a link that holds no id of a workspace, as public links hold none")
	}
	named := path[at+1]
	id = named[strings.LastIndexByte(named, '~')+1:]
	if !uuidForm.MatchString(id) {
		return "", noWorkspace(s, fmt.Sprintf("it is a link to a workspace, but its short form %q has no id", quotable(named)))
	}
	return strings.ToLower(id), nil
}

// MeansWorkspace reports whether a text that refers to no collection is meant as a
// workspace: it begins with "workspace:", or is a link of Postman's to one.
func MeansWorkspace(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, workspacePrefix) {
		return true
	}
	u, path := webAddress(s)
	if u == nil || !isWebHost(u.Hostname()) || slices.ContainsFunc(path, isElement) {
		return false
	}
	return slices.ContainsFunc(path, isWorkspaceSegment)
}

func isWorkspaceSegment(segment string) bool {
	return segment == "workspace" || segment == "workspaces"
}

// isElement reports whether what follows in a link's path is something in a workspace.
func isElement(segment string) bool {
	return slices.Contains(otherElements, segment) ||
		slices.Contains([]string{"collection", "collections", "documentation", "run-collection"}, segment)
}

// webAddress is a text as a web address, with the parts of its path; nil where it is none.
func webAddress(s string) (u *url.URL, path []string) {
	u, err := url.Parse(s)
	if err == nil && u.Scheme == "" {
		u, err = url.Parse("https://" + s) // pasted without the scheme
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") {
		return nil, nil
	}
	return u, slices.DeleteFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "" })
}

// isWebHost reports whether a host is one of Postman's web app.
func isWebHost(host string) bool {
	host = strings.ToLower(host)
	return !isAPIHost(host) &&
		(isUnder(host, "getpostman.com") || isUnder(host, "postman.com") || isUnder(host, "postman.co"))
}

// WorkspaceError is a text that refers to no workspace.
type WorkspaceError struct {
	Got    string // what was given: without query and credentials, shortened
	Reason string // what it was taken for, a clause
}

func noWorkspace(given, reason string) *WorkspaceError {
	return &WorkspaceError{Got: withoutQuery(given), Reason: reason}
}

func (e *WorkspaceError) Error() string {
	return fmt.Sprintf("%q is not a reference to a workspace: %s", e.Got, e.Reason)
}

// Hint is the next step for whoever runs this.
func (e *WorkspaceError) Hint() string {
	return "in Postman open the workspace, copy its ID from the workspace's details, and write " + workspacePrefix +
		"1f0df51a-8658-4ee8-a2a1-d2567dfa09a9 with that ID"
}

// Anchor is the place in docs/troubleshooting.md.
func (e *WorkspaceError) Anchor() string { return "workspace-reference" }

// ExitCode is 2: wrong inputs.
func (e *WorkspaceError) ExitCode() int { return 2 }
