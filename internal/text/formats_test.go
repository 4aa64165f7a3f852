package text_test

import (
	"strings"
	"testing"

	"postman-microcks-importer/internal/text"
)

func TestKnownCredential(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0a1B2c3D", 8)
	for in, want := range map[string]string{
		"x PMAK-" + digits:                      "a Postman API key",
		"PMAT-01J0" + digits:                    "an access key of Postman",
		"ghp_" + digits:                         "a token of GitHub",
		"github_pat_" + digits:                  "a token of GitHub",
		"AKIAIOSFODNN7ABCDEFG":                  "an access key of AWS",
		"AKIAIOSFODNN7EXAMPLE":                  "", // in every manual of AWS
		"xoxb-1234567890-12345":                 "a token of Slack",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE": "a private key",
		"-----BEGIN PUBLIC KEY-----\nMIIE":      "",
		"PMAK-your-key-goes-in-here":            "",
		"ghp_" + digits[:30] + "EXAMPLE":        "",
		"ghp_EXAMPLE_ghp_" + digits:             "a token of GitHub",
		"ghp_a-PMAK-" + digits:                  "a token of GitHub",
		"-----BEGIN PUBLIC KEY-----\n-----BEGIN EC PRIVATE KEY-----\nMIIE": "a private key",
		"ghp_short1": "",
		"":           "",
	} {
		if two := text.HideKnownCredentials(in + " ghp_" + digits + " PMAK-" + digits); strings.Contains(two, digits) {
			t.Errorf("%q", two)
		}
		if got := text.KnownCredential(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if hidden := text.HideKnownCredentials("a " + in + " b"); (want != "") == strings.Contains(hidden, in) && in != "" {
			t.Errorf("%q became %q", in, hidden)
		}
	}
}

// A credential ends where its characters do, and a key's header is short.
func TestEndOfAKnownCredential(t *testing.T) {
	t.Parallel()
	const token = "ghp_azAZ09_-azAZ09_-azAZ09_-azAZ09"
	for _, after := range []string{"", " end", "/", ":", "@", "[", "`", "{", "ä"} {
		if got := text.HideKnownCredentials(token + after); got != text.Hidden+after {
			t.Errorf("%q became %q", token+after, got)
		}
	}
	for n, want := range map[int]string{48: "a private key", 49: ""} {
		if got := text.KnownCredential("-----BEGIN " + strings.Repeat("x", n) + "PRIVATE KEY-----"); got != want {
			t.Errorf("%d bytes before PRIVATE KEY: %q", n, got)
		}
	}
}

// Beginnings of credentials, however many, cost no more than their length. What is
// looked through again for each of them would not end.
func TestKnownCredentialIsLinear(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"ghp_", "AKIA", "PMAK-", "-----BEGIN ", "npm_EXAMPLE", "xoxb-1"} {
		in := strings.Repeat(piece, 16<<20/len(piece))
		if what := text.KnownCredential(in); (what != "") != (piece == "xoxb-1") {
			t.Errorf("%s: %q", piece, what)
		}
	}
	many := strings.Repeat("PMAK-0a1B2c3D4e5F6g7H8i9J ", 16<<20/26)
	if got := text.HideKnownCredentials(many); strings.Contains(got, "PMAK") {
		t.Errorf("%.100s", got)
	}
}
