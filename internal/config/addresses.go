package config

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// parseAddress reads an http or https URL without credentials and query, and
// gives it back without fragment and trailing slashes, its scheme and host in
// lower case. The error's text says what is wrong, and quotes nothing.
func parseAddress(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		return nil, errors.New("it lacks https:// or http:// at its beginning")
	}
	if strings.ContainsAny(s, " \t\n\r\\\"<>") || hasControl(s) {
		return nil, errors.New("it holds white space or another character that no address has")
	}
	s, _, _ = strings.Cut(s, "#")
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("it is no valid address")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("it begins with neither https:// nor http://")
	case u.User != nil:
		return nil, errors.New("it holds a user name or password before an @")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("it holds a query after a ?")
	case u.Hostname() == "":
		return nil, errors.New("it names no host")
	case strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("it lacks the port after the colon")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, errors.New("its port is not a number from 1 to 65535")
		}
	}
	u.Host = strings.ToLower(u.Host)
	trimPath(u, "/")
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
		return nil, errors.New("it goes on to /realms/…, and Microcks itself names the realm")
	}
	return u, nil
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
