package text

import "strings"

// format of a credential that its issuer publishes: how it begins, and how long
// it is at least after that.
type format struct {
	what, begins string
	least        int
}

var formats = []format{
	{"a Postman API key", "PMAK-", 20},
	{"an access key of Postman", "PMAT-", 20},
	{"a token of GitHub", "ghp_", 30}, {"a token of GitHub", "gho_", 30}, {"a token of GitHub", "ghu_", 30},
	{"a token of GitHub", "ghs_", 30}, {"a token of GitHub", "ghr_", 30}, {"a token of GitHub", "github_pat_", 30},
	{"a token of GitLab", "glpat-", 20},
	{"an access key of AWS", "AKIA", 16}, {"an access key of AWS", "ASIA", 16},
	{"an API key of Google", "AIza", 35},
	{"a token of Slack", "xoxb-", 10}, {"a token of Slack", "xoxp-", 10}, {"a token of Slack", "xoxa-", 10},
	{"a token of Slack", "xoxr-", 10}, {"a token of Slack", "xoxs-", 10},
	{"a secret key of Stripe", "sk_live_", 16},
	{"a token of npm", "npm_", 36},
}

// KnownCredential says what credential of a published format s holds, such as "a
// Postman API key"; "" when there is none, or only an example.
func KnownCredential(s string) string {
	what, _, _ := knownCredential(s)
	return what
}

// HideKnownCredentials takes the credentials of published formats out of s.
func HideKnownCredentials[S ~string](s S) S {
	t := string(s)
	for {
		what, from, to := knownCredential(t)
		if what == "" {
			return S(t)
		}
		t = t[:from] + Hidden + t[to:]
	}
}

// knownCredential is the first credential of the first format that s has, and
// where it stands.
func knownCredential(s string) (what string, from, to int) {
	for _, f := range formats {
		for at := 0; ; {
			i := strings.Index(s[at:], f.begins)
			if i < 0 {
				break
			}
			from = at + i
			at = from + len(f.begins)
			for to = at; to < len(s) && ofToken(s[to]); to++ {
			}
			if value := s[at:to]; len(value) >= f.least && strings.ContainsAny(value, "0123456789") && !strings.Contains(value, "EXAMPLE") {
				return f.what, from, to
			}
		}
	}
	const begins, ends = "-----BEGIN ", "PRIVATE KEY-----"
	if from = strings.Index(s, begins); from >= 0 {
		if i := strings.Index(s[from:], ends); i >= 0 && i < 60 {
			return "a private key", from, len(s)
		}
	}
	return "", 0, 0
}

func ofToken(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
