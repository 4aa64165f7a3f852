package postman

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"postman-microcks-importer/internal/text"
)

// CanonicalURL returns the repositoryUrl of a collection's importer,
// https://{host}/collections/{uid}. Instead of a host it takes the origin that
// [CheckBase] returned, and keeps its scheme.
func CanonicalURL(host, uid string) string {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	return strings.TrimSuffix(host, "/") + "/collections/" + uid
}

// SameCollection reports whether an importer's repositoryUrl is the collection uid
// in the Postman API at base (an origin or a host; empty is [DefaultHost]). The
// two names of the classic region are one; the EU region and any other base are
// only themselves. The collection may stand there with or without its owner, in
// letters of either case, with a query or a slash after it.
func SameCollection(repositoryURL, base, uid string) bool {
	u, id, ok := collectionIn(repositoryURL)
	if !ok {
		return false
	}
	if base == "" {
		base = DefaultHost
	}
	if !strings.Contains(base, "://") {
		base = "https://" + base
	}
	b, err := url.Parse(base)
	if err != nil || region(u) != region(b) {
		return false
	}
	_, uuid, _ := strings.Cut(uid, "-")
	return strings.EqualFold(id, uid) || uidForm.MatchString(uid) && strings.EqualFold(id, uuid)
}

// collectionIn takes the address of a collection in a Postman API apart.
func collectionIn(repositoryURL string) (u *url.URL, id string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(repositoryURL))
	if err != nil || u.Host == "" {
		return nil, "", false
	}
	id, ok = strings.CutPrefix(strings.TrimSuffix(u.Path, "/"), "/collections/")
	return u, id, ok
}

// region returns one text for all origins that serve the same collections.
func region(u *url.URL) string {
	switch strings.ToLower(u.Hostname()) {
	case DefaultHost, currentHost:
		return "Postman"
	case EUHost:
		return "Postman EU"
	}
	return origin(u)
}

// origin is scheme://host:port.
func origin(u *url.URL) string {
	return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), portOf(u)))
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
}

// Misdirected lists in what an importer's repositoryUrl differs from an address that
// the API key may go to, each a clause; nil when it does in nothing. That is https to
// the port of https at one of Postman's hosts, and the origin of base, which
// [CheckBase] returned (empty is [DefaultHost]).
func Misdirected(repositoryURL, base string) []string {
	u, err := url.Parse(strings.TrimSpace(repositoryURL))
	if err != nil || u.Host == "" {
		return []string{"its URL is none"}
	}
	var wrong []string
	if u.User != nil {
		wrong = append(wrong, "its URL has a user or password in it")
	}
	if b, err := url.Parse(base); err == nil && origin(u) == origin(b) {
		return wrong
	}
	switch strings.ToLower(u.Hostname()) {
	case DefaultHost, currentHost, EUHost:
	default:
		return append(wrong, fmt.Sprintf("the host of its URL is %q", u.Hostname()))
	}
	if u.Scheme != "https" {
		wrong = append(wrong, fmt.Sprintf("its URL is %s, not https", u.Scheme))
	}
	if u.Scheme == "https" && portOf(u) != "443" {
		wrong = append(wrong, "its URL has the port "+portOf(u))
	}
	return wrong
}

// CheckBase reads a base URL of the Postman API and returns its origin,
// scheme://host[:port]. It has to be https, since the API key goes there, or
// http to this very machine. Its errors are of type [*BaseError].
func CheckBase(raw string) (origin string, err error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil || u.Hostname() == "":
		return "", &BaseError{withoutQuery(raw), "it is not a URL"}
	case u.User != nil:
		return "", &BaseError{withoutQuery(raw), "it has a user or password in it"}
	case u.Scheme != "https" && u.Scheme != "http":
		return "", &BaseError{withoutQuery(raw), fmt.Sprintf("its scheme is %q", quotable(u.Scheme))}
	case u.Scheme == "http" && !text.IsLoopback(u.Hostname()):
		return "", &BaseError{withoutQuery(raw), "it is http, and the API key may not be sent unencrypted"}
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "", &BaseError{withoutQuery(raw), "it has more than scheme and host"}
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// BaseError is a base URL that the API key will not be sent to.
type BaseError struct {
	Got    string // without query and userinfo
	Reason string // a clause: "it is not a URL"
}

func (e *BaseError) Error() string {
	return fmt.Sprintf("%q cannot be the URL of the Postman API: %s", e.Got, e.Reason)
}

// Hint is the next step for whoever runs this.
func (e *BaseError) Hint() string {
	return fmt.Sprintf("leave `postman-api-url` empty for https://%s, or give https://%s for data in the EU,"+
		" or https:// and the host of your own gateway", DefaultHost, EUHost)
}

// Anchor is the place in docs/troubleshooting.md.
func (e *BaseError) Anchor() string { return "postman-api-url" }

// ExitCode is 2: wrong inputs.
func (e *BaseError) ExitCode() int { return 2 }

// CollectionAt is the collection that the address of an importer means: a uid or, as hand-made
// links have it, its UUID alone; and the origin that serves it. ok is false for any other
// address. Query, user and password are no part of what is returned.
func CollectionAt(repositoryURL string) (id, at string, ok bool) {
	u, id, ok := collectionIn(repositoryURL)
	if !ok || !uidForm.MatchString(id) && !uuidForm.MatchString(id) {
		return "", "", false
	}
	return id, strings.ToLower(u.Scheme + "://" + u.Host), true
}

// SameRegion reports whether two origins serve the same collections.
func SameRegion(a, b string) bool {
	of, err := url.Parse(a)
	to, wrong := url.Parse(b)
	return err == nil && wrong == nil && region(of) == region(to)
}
