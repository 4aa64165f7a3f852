package microcks

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/mod/semver"

	"postman-microcks-importer/internal/text"
)

// Version of a server. A development build counts as the release that it
// leads to: it has the same changes.
type Version struct {
	Text    string // as the server gives it
	release string // "v1.15.0", without what marks a development build
}

// ParseVersion reads "1.15.0", "1.15.0-SNAPSHOT" or "1.15.0-fix-3".
func ParseVersion(given string) (Version, error) {
	full := semver.Canonical("v" + strings.TrimPrefix(strings.TrimSpace(given), "v"))
	if full == "" {
		return Version{}, fmt.Errorf("%q is not a Microcks version such as 1.15.0", text.Excerpt(given, 40))
	}
	return Version{Text: given, release: strings.TrimSuffix(full, semver.Prerelease(full))}, nil
}

// Number is the version without what marks a development build.
func (v Version) Number() string { return strings.TrimPrefix(v.release, "v") }

// Before reports whether v is older than major.minor.patch.
func (v Version) Before(major, minor, patch int) bool {
	return semver.Compare(v.release, fmt.Sprintf("v%d.%d.%d", major, minor, patch)) < 0
}

// Version asks the server for its version. It needs no token.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var info struct {
		VersionID string `json:"versionId"`
	}
	read := request{
		doing: "reading the version of Microcks", method: http.MethodGet, path: "/version/info", open: true,
		whole: func() bool { return info.VersionID != "" },
	}
	found, err := c.call(ctx, read, &info)
	if err != nil {
		return Version{}, err
	}
	if !found {
		return Version{}, &BrokenAnswerError{Doing: read.doing, Status: http.StatusOK, Err: errNoBody}
	}
	return ParseVersion(info.VersionID)
}

// Health asks whether the server is up. It needs no token.
func (c *Client) Health(ctx context.Context) error {
	_, err := c.call(ctx, request{doing: "asking for the health of Microcks", method: http.MethodGet, path: "/health", open: true}, nil)
	return err
}

// KeycloakConfig is what a server says about how to sign in.
type KeycloakConfig struct {
	Enabled bool
	URL     string // the address for browsers
	Realm   string
}

// KeycloakConfig asks how to sign in. It needs no token.
func (c *Client) KeycloakConfig(ctx context.Context) (KeycloakConfig, error) {
	var config struct {
		Enabled *bool  `json:"enabled"`
		URL     string `json:"auth-server-url"`
		Realm   string `json:"realm"`
	}
	read := request{
		doing: "reading how to sign in to Microcks", method: http.MethodGet, path: "/keycloak/config", open: true,
		whole: func() bool { return config.Enabled != nil },
	}
	found, err := c.call(ctx, read, &config)
	if err == nil && !found {
		err = &BrokenAnswerError{Doing: read.doing, Status: http.StatusOK, Err: errNoBody}
	}
	if err != nil {
		return KeycloakConfig{}, err
	}
	return KeycloakConfig{Enabled: *config.Enabled, URL: config.URL, Realm: config.Realm}, nil
}

// RepositoryTenancy reports whether membership of a group can stand in for roles:
// then the roles in a token do not say all that its account may do.
func (c *Client) RepositoryTenancy(ctx context.Context) (bool, error) {
	var features struct {
		Tenancy struct {
			Enabled any `json:"enabled"` // a boolean or its text
		} `json:"repository-tenancy"`
	}
	read := request{doing: "reading the features of Microcks", method: http.MethodGet, path: "/features/config", open: true}
	if _, err := c.call(ctx, read, &features); err != nil {
		return false, err
	}
	return fmt.Sprint(features.Tenancy.Enabled) == "true", nil
}
