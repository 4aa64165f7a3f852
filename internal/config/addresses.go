package config

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/postman"
)

// parseAddress reads an http or https URL without credentials and query, and
// gives it back without fragment and trailing slashes, its scheme and host in
// lower case. The error's text goes on after "which", and quotes nothing.
func parseAddress(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		return nil, errors.New("lacks https:// or http:// at its beginning")
	}
	if strings.ContainsAny(s, " \t\n\r\\\"<>") || hasControl(s) {
		return nil, errors.New("holds white space or another character that no address has")
	}
	s, _, _ = strings.Cut(s, "#")
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("is no valid address")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("begins with neither https:// nor http://")
	case u.User != nil:
		return nil, errors.New("holds a user name or password before an @")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("holds a query after a ?")
	case u.Hostname() == "":
		return nil, errors.New("names no host")
	case strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("lacks the port after the colon")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, errors.New("has a port that is no number from 1 to 65535")
		}
	}
	u.Host = strings.ToLower(u.Host)
	trimPath(u, "/")
	return u, nil
}

// parsePostmanURL reads the origin of the Postman API, to which the API key
// goes: the package that sends it says which origins are safe.
func parsePostmanURL(s string) (*url.URL, error) {
	u, err := parseAddress(s)
	if err != nil {
		return nil, err
	}
	var unsafe *postman.BaseError
	if _, err := postman.CheckBase(u.String()); errors.As(err, &unsafe) {
		return nil, errors.New(clause(unsafe.Reason))
	} else if err != nil {
		return nil, errors.New("the API key cannot be sent to")
	}
	return u, nil
}

// parseMicrocksURL reads the address of Microcks, the address of its API or
// what a browser shows for one of its pages, and gives the first.
func parseMicrocksURL(s string) (*url.URL, error) {
	u, err := parseAddress(s)
	if err != nil {
		return nil, err
	}
	for strings.HasSuffix(u.EscapedPath(), "/api") {
		trimPath(u, "/api")
		trimPath(u, "/")
	}
	return u, nil
}

// parseKeycloakURL reads the address of Keycloak without a realm: which realm
// it is, Microcks tells.
func parseKeycloakURL(s string) (*url.URL, error) {
	u, err := parseAddress(s)
	if err != nil {
		return nil, err
	}
	if strings.Contains(u.Path+"/", "/realms/") {
		return nil, errors.New("goes on to a realm, which Microcks itself names")
	}
	return u, nil
}

// withScheme completes an address that was given without http:// or https://:
// with the first for this machine and for a bare name, such as a container's.
func withScheme(value string, parse func(string) (*url.URL, error)) (string, bool) {
	if strings.Contains(value, "://") {
		return "", false
	}
	u, err := parse("https://" + value)
	if err != nil {
		return "", false
	}
	if isLoopback(u.Hostname()) || !strings.Contains(u.Hostname(), ".") {
		return "http://" + value, true
	}
	return "https://" + value, true
}

// trimPath cuts every end of that kind off the path, in both its forms.
func trimPath(u *url.URL, end string) {
	path := u.EscapedPath()
	for strings.HasSuffix(path, end) {
		path = strings.TrimSuffix(path, end)
	}
	u.Path, _ = url.PathUnescape(path)
	u.RawPath = path
}

// isLoopback tells whether a host name or address is this machine, or in a
// container this container.
func isLoopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
