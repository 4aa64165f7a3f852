package text

import (
	"regexp"
	"strings"
)

// Hidden stands where a credential was.
const Hidden = "…"

// Credentials by their form. Postman publishes the beginnings of its keys
// (PMAK) and of the access keys of single collections (PMAT), which count in
// the middle of a word too; an access token is a JWT.
var (
	postmanKey    = regexp.MustCompile(`(?i)(PMA[KT])-[0-9a-z_-]+`)
	authorization = regexp.MustCompile(`(?i)\b(authorization["']?\s*[:=]\s*["']?)?((?:bearer|basic)[\s:]+)([^\s"',]+)`)
	word          = regexp.MustCompile(`^(?:[A-Z]?[a-z]+|[A-Z]+)(?:-[A-Za-z][a-z]+)*[.:;!?)]*$`)
	webToken      = regexp.MustCompile(`\beyJ[\w.-]{8,}`)
	userinfo      = regexp.MustCompile(`://[^/\s"'@]+@`)
	secretQuery   = regexp.MustCompile(`(?i)([?&](?:access_?key|api_?-?key|key|token|password|secret)=)[^&\s"')\]]+`)
)

// HasPostmanKey reports whether s holds a Postman API key or access key.
func HasPostmanKey(s string) bool { return postmanKey.MatchString(s) }

// PostmanKeyIn returns the first Postman API key or access key in s, "" when
// there is none.
func PostmanKeyIn(s string) string { return postmanKey.FindString(s) }

// PostmanKeysIn returns every Postman API key and access key in s.
func PostmanKeysIn(s string) []string { return postmanKey.FindAllString(s, -1) }

// IsAccessKey reports whether s is the access key of a single collection, by
// its beginning.
func IsAccessKey(s string) bool {
	const prefix = "PMAT-"
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// IsCredentialParameter reports whether the value of a query parameter of this
// name is a credential.
func IsCredentialParameter(name string) bool { return secretQuery.MatchString("?" + name + "=x") }

// HasCredentialQuery reports whether a URL in s carries a credential in its
// query.
func HasCredentialQuery(s string) bool { return secretQuery.MatchString(s) }

// WithoutUserinfo drops user and password from the URLs in s.
func WithoutUserinfo(s string) string { return userinfo.ReplaceAllString(s, "://") }

// HideCredentials takes out of s what is a credential by its form or by its
// place: Postman's keys, tokens, the values of an Authorization header, and
// what a URL holds as user or in its query.
func HideCredentials[S ~string](s S) S {
	t := WithoutUserinfo(string(s))
	t = secretQuery.ReplaceAllString(t, "${1}"+Hidden)
	t = authorization.ReplaceAllStringFunc(t, hideAuthorization)
	t = webToken.ReplaceAllString(t, Hidden)
	return S(HidePostmanKeys(t))
}

// HidePostmanKeys takes out of s Postman's API keys and access keys alone.
func HidePostmanKeys[S ~string](s S) S {
	return S(postmanKey.ReplaceAllString(string(s), "${1}-"+Hidden))
}

// hideAuthorization takes the value out of what may be an Authorization header.
// Without the header's name a word stays: "basic authentication", "Bearer token".
func hideAuthorization(match string) string {
	parts := authorization.FindStringSubmatch(match)
	header, scheme, value := parts[1], parts[2], parts[3]
	if header == "" && word.MatchString(value) {
		return match
	}
	return header + scheme + Hidden
}
