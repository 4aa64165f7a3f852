package config

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// What can be wrong with an address.
const (
	noScheme     fault = "it lacks https:// or http:// at its beginning"
	otherScheme  fault = "it begins with neither https:// nor http://"
	oddCharacter fault = "it holds white space or another character that no address has"
	noAddress    fault = "it is no valid address"
	withUser     fault = "it holds a user name or password before an @"
	withQuery    fault = "it holds a query after a ?"
	noHost       fault = "it names no host"
	noPort       fault = "it lacks the port after the colon"
	badPort      fault = "it has a port that is no number from 1 to 65535"
	withRealm    fault = "it goes on to a realm, which Microcks itself names"
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
	if strings.Contains(u.Path+"/", "/realms/") {
		return nil, withRealm
	}
	return u, ""
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
