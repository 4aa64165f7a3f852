package text

import (
	"slices"
	"strings"
)

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

// privateKey begins and ends the line before a private key.
const privateKey, endOfPrivateKey = "-----BEGIN ", "PRIVATE KEY-----"

// longestKind is the most bytes between the two.
const longestKind = 48

// byFirst are the formats by the byte that they begin with.
var byFirst = func() (all [256][]format) {
	for _, f := range append(slices.Clone(formats), format{what: "a private key", begins: privateKey}) {
		all[f.begins[0]] = append(all[f.begins[0]], f)
	}
	return all
}()

// KnownCredential says what credential of a published format s holds first, such as
// "a Postman API key"; "" when there is none, or only an example.
func KnownCredential(s string) string {
	what, _, _ := knownCredential(s, 0)
	return what
}

// HideKnownCredentials takes the credentials of published formats out of s.
func HideKnownCredentials[S ~string](s S) S {
	var b strings.Builder
	done := 0
	for {
		what, from, to := knownCredential(string(s), done)
		if what == "" {
			break
		}
		b.WriteString(string(s[done:from]) + Hidden)
		done = to
	}
	if done == 0 {
		return s
	}
	b.WriteString(string(s[done:]))
	return S(b.String())
}

// knownCredential is the first credential that s has from a place on, and where it
// stands. Each byte is looked at a few times at most.
func knownCredential(s string, at int) (what string, from, to int) {
	var last token
	for from := at; from < len(s); from++ {
		for _, f := range byFirst[s[from]] {
			if !strings.HasPrefix(s[from:], f.begins) {
				continue
			}
			begin := from + len(f.begins)
			if f.begins == privateKey {
				if strings.Contains(s[begin:min(len(s), begin+longestKind+len(endOfPrivateKey))], endOfPrivateKey) {
					return f.what, from, len(s)
				}
				continue
			}
			if begin > last.end {
				last = tokenAt(s, begin)
			}
			if last.end-begin >= f.least && last.digit >= begin && last.example < begin {
				return f.what, from, last.end
			}
		}
	}
	return "", 0, 0
}

// token is where a row of letters, digits, hyphens and underscores ends, and where
// its last digit and its last "EXAMPLE" are.
type token struct{ end, digit, example int }

func tokenAt(s string, begin int) token {
	t := token{end: begin, digit: -1, example: -1}
	for ; t.end < len(s) && ofToken(s[t.end]); t.end++ {
		if '0' <= s[t.end] && s[t.end] <= '9' {
			t.digit = t.end
		}
	}
	if i := strings.LastIndex(s[begin:t.end], "EXAMPLE"); i >= 0 {
		t.example = begin + i
	}
	return t
}

func ofToken(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
