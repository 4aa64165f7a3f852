package text

import "regexp"

// Hidden stands where a credential was.
const Hidden = "…"

// Credentials by their form. Postman publishes the beginnings of its keys
// (PMAK) and of the access keys of single collections (PMAT); an access token
// is a JWT.
var (
	postmanKey    = regexp.MustCompile(`(?i)\b(PMA[KT])-[0-9a-z_-]*`)
	authorization = regexp.MustCompile(`(?i)\b(bearer|basic)([\s:]+)[^\s"',]+`)
	webToken      = regexp.MustCompile(`\beyJ[\w.-]{8,}`)
	userinfo      = regexp.MustCompile(`://[^/\s"'@]+@`)
	secretQuery   = regexp.MustCompile(`(?i)([?&](?:access_?key|api_?-?key|key|token|password|secret)=)[^&\s"')\]]+`)
)

// HasPostmanKey reports whether s holds a Postman API key or access key.
func HasPostmanKey(s string) bool { return postmanKey.MatchString(s) }

// PostmanKeyIn returns the first Postman API key or access key in s, "" when
// there is none.
func PostmanKeyIn(s string) string { return postmanKey.FindString(s) }

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
	t = authorization.ReplaceAllString(t, "${1}${2}"+Hidden)
	t = webToken.ReplaceAllString(t, Hidden)
	return S(postmanKey.ReplaceAllString(t, "${1}-"+Hidden))
}
