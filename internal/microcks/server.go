package microcks

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Version of a server. A development build counts as the release that it
// leads to: it has the same changes.
type Version struct {
	Major, Minor, Patch int
	Text                string // as the server gives it
}

// ParseVersion reads "1.15.0", "1.15.0-SNAPSHOT" or "1.15.0-fix-3".
func ParseVersion(text string) (Version, error) {
	v := Version{Text: text}
	number, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "v"), "-")
	parts := strings.Split(number, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return Version{}, fmt.Errorf("%q is not a Microcks version such as 1.15.0", oneLine(text, 40))
	}
	for i, into := range []*int{&v.Major, &v.Minor, &v.Patch}[:len(parts)] {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return Version{}, fmt.Errorf("%q is not a Microcks version such as 1.15.0", oneLine(text, 40))
		}
		*into = n
	}
	return v, nil
}

// Number is the version without what marks a development build.
func (v Version) Number() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Before tells whether v is older than major.minor.patch.
func (v Version) Before(major, minor, patch int) bool {
	if v.Major != major {
		return v.Major < major
	}
	if v.Minor != minor {
		return v.Minor < minor
	}
	return v.Patch < patch
}

// Version asks the server for its version. It needs no token.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var info struct {
		VersionID string `json:"versionId"`
	}
	found, err := c.call(ctx, "reading the version of Microcks", http.MethodGet, "/version/info", nil, &info)
	if err != nil {
		return Version{}, err
	}
	if !found || info.VersionID == "" {
		return Version{}, &BrokenAnswerError{Doing: "reading the version of Microcks", Status: http.StatusOK, Err: errNoBody}
	}
	return ParseVersion(info.VersionID)
}

// Health asks whether the server is up. It needs no token.
func (c *Client) Health(ctx context.Context) error {
	_, err := c.call(ctx, "asking for the health of Microcks", http.MethodGet, "/health", nil, nil)
	return err
}

// KeycloakConfig is what a server says about how to sign in.
type KeycloakConfig struct {
	Enabled bool   `json:"enabled"`
	URL     string `json:"auth-server-url"` // the address for browsers
	Realm   string `json:"realm"`
}

// KeycloakConfig asks how to sign in. It needs no token.
func (c *Client) KeycloakConfig(ctx context.Context) (KeycloakConfig, error) {
	var config KeycloakConfig
	found, err := c.call(ctx, "reading how to sign in to Microcks", http.MethodGet, "/keycloak/config", nil, &config)
	if err == nil && !found {
		err = &BrokenAnswerError{Doing: "reading how to sign in to Microcks", Status: http.StatusOK, Err: errNoBody}
	}
	return config, err
}

// RepositoryTenancy tells whether membership of a group can stand in for
// roles: a check of roles in the token is a hint only then.
func (c *Client) RepositoryTenancy(ctx context.Context) (bool, error) {
	var features struct {
		Tenancy struct {
			Enabled any `json:"enabled"`
		} `json:"repository-tenancy"`
	}
	_, err := c.call(ctx, "reading the features of Microcks", http.MethodGet, "/features/config", nil, &features)
	if err != nil {
		return false, err
	}
	return fmt.Sprint(features.Tenancy.Enabled) == "true", nil
}
