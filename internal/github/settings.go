package github

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// PublicAPI is the API of github.com.
const PublicAPI = "https://api.github.com"

// SettingError is a value of the job's environment or event that is not what
// GitHub writes there: nothing was asked.
type SettingError struct {
	Name  string // "GITHUB_API_URL"
	Got   string // cut, without credentials
	Takes string
}

func (e *SettingError) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("asking GitHub: %s: got nothing; takes %s", e.Name, e.Takes)
	}
	return fmt.Sprintf("asking GitHub: %s: got %q; takes %s", e.Name, e.Got, e.Takes)
}

// Hint says what to do next.
func (e *SettingError) Hint() string {
	return "leave what the runner sets as it is; outside GitHub Actions set it as a runner would"
}

// Anchor of docs/troubleshooting.md.
func (e *SettingError) Anchor() string { return "github-settings" }

// ExitCode is 14: the environment.
func (e *SettingError) ExitCode() int { return 14 }

// api is where GitHub's two APIs are.
type api struct {
	origin  string  // scheme://host[:port], which the token is for
	rest    url.URL // with a trailing slash
	graphql string
}

// parseAPI reads GITHUB_API_URL: https://api.github.com, https://api.NAME.ghe.com, or
// https://HOST/api/v3 of GitHub Enterprise Server. Empty is [PublicAPI]. Plain http is
// for loopback alone, since a token goes there.
func parseAPI(raw string) (api, error) {
	if raw == "" {
		raw = PublicAPI
	}
	wrong := &SettingError{
		Name: "GITHUB_API_URL", Got: text.Excerpt(transport.Redact(raw), 100), Takes: "https://HOST or https://HOST/api/v3",
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return api{}, wrong
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !text.IsLoopback(u.Hostname())) {
		return api{}, wrong
	}
	if text.HasDotSegment(u.EscapedPath()) {
		return api{}, wrong
	}
	path := strings.TrimRight(u.Path, "/")
	graphql, rest := url.URL{Scheme: u.Scheme, Host: u.Host}, url.URL{Scheme: u.Scheme, Host: u.Host, Path: path + "/"}
	graphql.Path = strings.TrimSuffix(path, "/v3") + "/graphql"
	return api{origin: u.Scheme + "://" + u.Host, rest: rest, graphql: graphql.String()}, nil
}

// Names as GitHub allows them. A repository of the name "." or ".." would lead a path
// elsewhere.
var (
	ownerName      = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$`)
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)
	objectID       = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
)

// parseRepository reads OWNER/NAME.
func parseRepository(full string) (owner, name string, err error) {
	owner, name, _ = strings.Cut(full, "/")
	if !ownerName.MatchString(owner) || !repositoryName.MatchString(name) || text.HasDotSegment(name) {
		return "", "", &SettingError{Name: "GITHUB_REPOSITORY", Got: text.Excerpt(full, 100), Takes: "OWNER/NAME"}
	}
	return owner, name, nil
}

func checkNumber(number int) error {
	if number <= 0 {
		return &SettingError{Name: "the number of the pull request", Got: fmt.Sprint(number), Takes: "a number from 1"}
	}
	return nil
}

func checkObject(what, id string) error {
	if !objectID.MatchString(id) {
		return &SettingError{Name: what, Got: text.Excerpt(id, 100), Takes: "40 or 64 hexadecimal digits"}
	}
	return nil
}
