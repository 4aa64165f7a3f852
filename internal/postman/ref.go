// Package postman knows Postman's references to collections and speaks the part
// of the Postman API that this project needs, with the errors that API has.
package postman

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Hosts of the Postman API. The first two are the same service; the third holds
// the data of teams that chose to keep theirs in the EU.
const (
	DefaultHost = "api.getpostman.com"
	currentHost = "api.postman.com"
	EUHost      = "api.eu.postman.com"
)

const uuidPattern = `[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`

// What Postman itself takes for a uid is the owner's id, a dash and a UUID, in
// letters of either case.
var (
	uuidForm   = regexp.MustCompile(`^` + uuidPattern + `$`)
	uidForm    = regexp.MustCompile(`^[0-9A-Za-z]+-` + uuidPattern + `$`)
	legacyForm = regexp.MustCompile(`^[0-9A-Fa-f]{20}$`)
)

// Ref is a reference to a collection, as a person gave it.
type Ref struct {
	UID  string // owner-uuid, the UUID in lower case
	Host string // one of the hosts of the Postman API, when a URL of it was given
	// AccessKey is the access key that the given URL carried (PMAT-…), which opens
	// this collection alone, to read it.
	AccessKey text.Secret `json:"-"`
	// Stray is another credential that it carried (in rare cases PMAK-…). It is of no
	// use but to be masked.
	Stray text.Secret `json:"-"`
}

// At is the origin of the Postman API at which the access key is good, where the link
// that it came with says so and for the classic region otherwise; base is an origin
// that [CheckBase] returned, "" for none. A base of somebody else's gets no access
// key: the origin is "" then.
func (r Ref) At(base string) (origin string) {
	if base == "" {
		base = "https://" + cmp.Or(r.Host, currentHost)
	}
	if !OwnOrigin(base) {
		return ""
	}
	return base
}

// OwnOrigin reports whether an access key may be sent to an origin: one of Postman's
// own, or this very machine, which [CheckBase] lets through as a base.
func OwnOrigin(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	return isAPIHost(strings.ToLower(u.Hostname())) && u.Scheme == "https" && portOf(u) == "443" || text.IsLoopback(u.Hostname())
}

// String returns the uid. A credential is in no form of a Ref that fmt makes.
func (r Ref) String() string { return r.UID }

// GoString is String for %#v.
func (r Ref) GoString() string { return "postman.Ref(" + r.UID + ")" }

// ParseRef understands a collection's uid, the link of "Share > Via API", any
// other URL of that collection in the Postman API, and a link of Postman's web
// app that holds the uid. The query of a URL is dropped. Every error is a
// [*RefError] and shows no credential.
func ParseRef(s string) (Ref, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Ref{}, refused(s, "it is empty")
	case uidForm.MatchString(s):
		return Ref{UID: lowerUUID(s)}, nil
	case uuidForm.MatchString(s):
		return Ref{}, bareUUID(s)
	case text.PostmanKeyIn(s) == s:
		return Ref{}, &RefError{
			Got: quotable(s), Reason: "it is a credential",
			remedy: "put the key into the input `postman-api-key`, from a secret, and replace it in Postman if it was ever committed",
		}
	}
	u, segments := webAddress(s)
	if u == nil {
		err := refused(s, "it is neither a uid (owner-uuid) nor a URL")
		err.Unlike = true
		return Ref{}, err
	}
	if u.User != nil {
		return Ref{}, refused(s, "it is a URL with a user or password in it")
	}
	host := strings.ToLower(u.Hostname())
	var ref Ref
	var err error
	if credential := text.Secret(credentialIn(u)); text.IsAccessKey(credential.Reveal()) {
		ref.AccessKey = credential
	} else {
		ref.Stray = credential
	}
	switch {
	case isAPIHost(host):
		ref.UID, err = apiURL(s, segments)
		ref.Host = host
	case isWebHost(host):
		ref.UID, err = webLink(s, segments)
	default:
		err = refused(s, fmt.Sprintf("it is a URL of %s, which is not Postman's", quotable(host)))
	}
	if err != nil {
		return Ref{}, err
	}
	return ref, nil
}

// apiURL returns the uid in the path /collections/{uid} of the Postman API.
func apiURL(given string, path []string) (string, error) {
	switch {
	case len(path) != 2 || path[0] != "collections":
		return "", refused(given, "it is a URL of the Postman API, but not one of a collection (/collections/…)")
	case uuidForm.MatchString(path[1]):
		return "", bareUUID(given)
	case !uidForm.MatchString(path[1]):
		return "", refused(given, fmt.Sprintf("it is a URL of a collection, but %q is not a uid", quotable(path[1])))
	}
	return lowerUUID(path[1]), nil
}

// webLink returns the collection's uid in the path of a link of the web app, of
// published documentation, or of a Run in Postman button.
func webLink(given string, path []string) (string, error) {
	var id string // what stands where a collection's uid stands
	for i, segment := range path[:max(len(path)-1, 0)] {
		switch segment {
		case "collection", "collections", "documentation", "run-collection":
			id = path[i+1]
		}
	}
	switch {
	case uidForm.MatchString(id):
		return lowerUUID(id), nil
	case uuidForm.MatchString(id):
		return "", bareUUID(given)
	case legacyForm.MatchString(id):
		return "", refused(given, "it is a public JSON link of the kind that Postman gave up in 2022")
	case id != "":
		return "", refused(given, fmt.Sprintf("it is a link to a collection, but its short form %q has no uid", quotable(id)))
	}
	for _, kind := range otherElements {
		if slices.Contains(path, kind) {
			return "", refused(given, fmt.Sprintf("it is a link to something else (%s)", kind))
		}
	}
	if slices.Contains(path, "workspace") {
		return "", refused(given, "it is a link to a workspace")
	}
	return "", refused(given, "it is a link of Postman, but no uid of a collection is in it")
}

// otherElements are what a link can lead to in a workspace beside a collection.
var otherElements = []string{
	"request", "example", "folder", "environment", "specification", "spec", "api", "mock", "monitor", "flow",
}

// RefError is a text that refers to no collection.
type RefError struct {
	Got    string // what was given: without query and credentials, shortened
	Reason string // what it was taken for, a clause: "it is a link to a workspace"
	Unlike bool   // nothing in it is like a reference
	remedy string
}

func (e *RefError) Error() string {
	return fmt.Sprintf("%q is not a reference to a collection: %s", e.Got, e.Reason)
}

// Hint is the next step for whoever runs this.
func (e *RefError) Hint() string { return e.remedy }

// Anchor is the place in docs/troubleshooting.md.
func (e *RefError) Anchor() string { return "collection-reference" }

// ExitCode is 2: wrong inputs.
func (e *RefError) ExitCode() int { return 2 }

const exampleUID = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"

func refused(given, reason string) *RefError {
	return &RefError{
		Got: withoutQuery(given), Reason: reason,
		remedy: "in Postman choose Share > Via API and copy the link, or give the uid in it, such as " + exampleUID,
	}
}

// bareUUID refuses an id without its owner: Postman finds such a collection only
// for the very owner of the key, and only in the personal scope.
func bareUUID(given string) *RefError {
	return &RefError{
		Got: withoutQuery(given), Reason: "it is a collection's id without the owner in front",
		remedy: "put the owner's number and a dash in front of the id: the link of Share > Via API shows both, such as " + exampleUID +
			"; for a workspace's id put " + workspacePrefix + " in front",
	}
}

// withoutQuery makes a given text fit for an error: without the query, in which
// an access key stands, and without userinfo.
func withoutQuery(s string) string {
	s, _, _ = strings.Cut(s, "?")
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		s = scheme + "://" + rest[strings.LastIndexByte(host, '@')+1:]
	}
	return quotable(s)
}

// quotable makes a text that others wrote fit for an error.
func quotable(s string) string { return text.Excerpt(s, 200) }

// credentialIn returns the credential in a URL's query, "" when there is none.
func credentialIn(u *url.URL) string {
	query := u.Query()
	for _, name := range []string{"access_key", "apikey"} {
		if value := query.Get(name); value != "" {
			return value
		}
	}
	return text.PostmanKeyIn(u.RawQuery + "#" + u.Fragment)
}

func isAPIHost(host string) bool {
	return host == DefaultHost || host == currentHost || host == EUHost
}

// isUnder reports whether host is domain or a name under it.
func isUnder(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// lowerUUID writes the UUID of a uid in lower case, so that one collection has
// one uid.
func lowerUUID(uid string) string {
	owner, id, _ := strings.Cut(uid, "-")
	return owner + "-" + strings.ToLower(id)
}

// IsUID reports whether a text is the uid of a collection, OWNER-UUID.
func IsUID(s string) bool { return uidForm.MatchString(s) }
