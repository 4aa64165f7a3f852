package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// What can be wrong with an address.
const (
	noScheme     fault = "it lacks https:// or http:// at its beginning"
	otherScheme  fault = "it begins with neither https:// nor http://"
	oddCharacter fault = "it contains white space or another character that no address has"
	noAddress    fault = "it is not a valid address"
	withUser     fault = "it contains a user name or password before an @"
	withQuery    fault = "it contains a query after a ?"
	noHost       fault = "it names no host"
	noPort       fault = "it lacks the port after the colon"
	badPort      fault = "its port is not a number from 1 to 65535"
	withRealm    fault = "it goes on to a realm, which Microcks itself names"
	withFragment fault = "it contains a part after a #"
	dotSegment   fault = "its path holds . or .. between two slashes, which leads elsewhere"
	noRealm      fault = "it does not end in /realms/ and the name of a realm"
	oddRealm     fault = "it is not a plain name of letters, digits, spaces and - _ . ~"
	clearHTTP    fault = "it is plain http to another machine, on which a credential can be read on the way"
)

// parseAddress reads an http or https URL without credentials and query, and
// gives it back without fragment and trailing slashes, its scheme and host in
// lower case.
func parseAddress(s string) (*url.URL, fault) {
	if !strings.Contains(s, "://") {
		return nil, noScheme
	}
	if strings.ContainsAny(s, " \t\n\r\\\"<>") || hasControl(s) {
		return nil, oddCharacter
	}
	s, _, _ = strings.Cut(s, "#")
	u, err := url.Parse(s)
	if err != nil {
		return nil, noAddress
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, otherScheme
	case u.User != nil:
		return nil, withUser
	case u.RawQuery != "" || u.ForceQuery:
		return nil, withQuery
	case u.Hostname() == "":
		return nil, noHost
	case strings.HasSuffix(u.Host, ":"):
		return nil, noPort
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, badPort
		}
	}
	u.Host = strings.ToLower(u.Host)
	trimPath(u, "/")
	return u, ""
}

// parsePostmanURL reads the origin of the Postman API, to which the API key
// goes: the package that sends it says which origins are safe.
func parsePostmanURL(s string) (*url.URL, fault) {
	u, wrong := parseAddress(s)
	if wrong != "" {
		return nil, wrong
	}
	_, err := postman.CheckBase(u.String())
	if refused, ok := errors.AsType[*postman.BaseError](err); ok {
		return nil, fault(refused.Reason)
	}
	if err != nil {
		return nil, noAddress
	}
	return u, ""
}

// parseMicrocksURL reads the address of Microcks, the address of its API or
// what a browser shows for one of its pages, and gives the first.
func parseMicrocksURL(s string) (*url.URL, fault) {
	u, wrong := parseAddress(s)
	if wrong != "" {
		return nil, wrong
	}
	for strings.HasSuffix(u.EscapedPath(), "/api") {
		trimPath(u, "/api")
		trimPath(u, "/")
	}
	return u, ""
}

// parseKeycloakURL reads the address of Keycloak without a realm: Microcks itself
// names the realm.
func parseKeycloakURL(s string) (*url.URL, fault) {
	u, wrong := parseAddress(s)
	if wrong != "" {
		return nil, wrong
	}
	switch {
	case strings.Contains(s, "#"):
		return nil, withFragment
	case text.HasDotSegment(u.EscapedPath()):
		return nil, dotSegment
	case strings.Contains(u.Path+"/", "/realms/"):
		return nil, withRealm
	}
	return u, ""
}

// parseIssuer reads a realm's issuer, the address by which Keycloak names it.
func parseIssuer(s string) (*url.URL, fault) {
	root, realm, found := cutLast(strings.TrimRight(s, "/"), "/realms/")
	name, err := url.PathUnescape(realm)
	u, wrong := parseKeycloakURL(root)
	switch {
	case wrong != "":
		return nil, wrong
	case !found || err != nil || plainRealm(name) != "":
		return nil, noRealm
	}
	return u.JoinPath("realms", name), ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// plainRealm reports what is wrong with a realm's name; "" is nothing. In an
// address it stands for itself and moves no path.
func plainRealm(name string) fault {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -_.~", r)
	}
	if strings.Trim(name, ". ") == "" || len(name) > longestName || strings.ContainsFunc(name, odd) {
		return oddRealm
	}
	return ""
}

// KeycloakError is a Keycloak that a server named and that gets no credential.
type KeycloakError struct {
	URL, Realm string // as the server named them
	Reason     string // a clause about the one that is wrong: "it names no host"
	// Clear: the address is plain http off this machine and otherwise right, so
	// that an input may name it.
	Clear   bool
	InRealm bool // the realm is wrong, not the address
}

func (e *KeycloakError) Error() string {
	if e.InRealm {
		return fmt.Sprintf("signing in to Microcks: it names the Keycloak realm %q, which gets no credential: %s",
			text.Excerpt(e.Realm, 80), e.Reason)
	}
	return fmt.Sprintf("signing in to Microcks: it names the Keycloak %q, which gets no credential: %s",
		text.Excerpt(e.URL, 200), e.Reason)
}

// Hint says what to do next.
func (e *KeycloakError) Hint() string {
	switch {
	case e.InRealm:
		return "correct the realm in the configuration of Microcks: what it says is at `microcks-url` followed by /api/keycloak/config"
	case e.Clear:
		return fmt.Sprintf("if it is a service container of this job or in a network of your own, say so with `keycloak-url: %s`;"+
			" otherwise give Keycloak https, and set `keycloak-url` to that address", text.Excerpt(e.URL, 200))
	}
	return "set `keycloak-url` to the root of Keycloak as this runner reaches it, or correct the configuration of Microcks"
}

// Anchor of docs/troubleshooting.md.
func (e *KeycloakError) Anchor() string { return "keycloak-address" }

// ExitCode is 12.
func (e *KeycloakError) ExitCode() int { return 12 }

// At is where to sign in by what a server says: its address of
// Keycloak counts where the input keycloak-url gives none, and has to keep the
// rules of that input. Plain http to another machine is for the input alone to
// name.
func (k Keycloak) At(address, realm string) (string, error) {
	if wrong := plainRealm(realm); wrong != "" {
		return "", &KeycloakError{URL: address, Realm: realm, Reason: string(wrong), InRealm: true}
	}
	if k.URL != "" {
		return k.URL, nil
	}
	u, wrong := parseKeycloakURL(address)
	if wrong != "" {
		return "", &KeycloakError{URL: address, Realm: realm, Reason: string(wrong)}
	}
	if u.Scheme == "http" && !text.IsLoopback(u.Hostname()) {
		return "", &KeycloakError{URL: u.String(), Realm: realm, Reason: string(clearHTTP), Clear: true}
	}
	return u.String(), nil
}

// withScheme completes an address that was given without http:// or https://:
// with the first for this machine and for a bare name, such as a container's.
func withScheme(value string, parse func(string) (*url.URL, fault)) (string, bool) {
	if strings.Contains(value, "://") {
		return "", false
	}
	u, wrong := parse("https://" + value)
	if wrong != "" {
		return "", false
	}
	host := u.Hostname()
	if text.IsLoopback(host) || isUnderLocalhost(host) || !strings.Contains(host, ".") {
		return "http://" + value, true
	}
	return "https://" + value, true
}

// trimPath removes a suffix from the path as often as it is there.
func trimPath(u *url.URL, end string) {
	path := u.EscapedPath()
	for strings.HasSuffix(path, end) {
		path = strings.TrimSuffix(path, end)
	}
	u.Path, _ = url.PathUnescape(path)
	u.RawPath = path
}

// isUnderLocalhost reports whether a host is a name below "localhost". Those are
// usually this machine, enough to suggest http, and too little to trust it.
func isUnderLocalhost(host string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), ".localhost")
}

// MayBeStarting reports whether the server may be starting along with this run, by
// its address: this machine, a host of one label (a service container, a container
// in the same network), a private address, or a name of a network's own. Any other
// server is up before somebody writes a workflow against it.
func (m Microcks) MayBeStarting() bool {
	u, err := url.Parse(m.URL)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || isUnderLocalhost(host) ||
		strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") // host.docker.internal among them
}
