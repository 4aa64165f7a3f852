package config

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	t.Parallel()
	secrets := []string{"the-known-secret", "short"}
	tests := []struct{ value, shown, address string }{
		{"plain text", "plain text", "plain text"},
		{"größer 日本", "größer 日本", "größer 日本"},
		{"a the-known-secret b", "a *** b", "a *** b"},
		{"shorter", "shorter", "shorter"}, // too short a secret would tear words apart
		{"xPMAK-0123-abc", "xPMAK-…", "xPMAK-…"},
		{"pmat-01h", "pmat-…", "pmat-…"},
		{"a\x1b[31mb\u202Ec\u2028d\ufeff\xff", "a[31mbc d\uFFFD", "a[31mbc d\uFFFD"},
		{"a\nb\tc\rd", "a b c d", "a b c d"},
		{"user:pw@host", "***@host", "***@host"},
		{"https://user:p/w@x@host/y", "https://***@host/y", "https://***@host/y"},
		{"https:/user:pw@host/y", "https:/***@host/y", "https:/***@host/y"},
		{"someone@example.com", "someone@example.com", "***@example.com"},
		{"https://host/a?key=v#x", "https://host/a?key=v#x", "https://host/a…"},
		{"https://host/#token=x", "https://host/#token=x", "https://host/…"},
		{strings.Repeat("ö", shownValue), strings.Repeat("ö", shownValue), strings.Repeat("ö", shownValue)},
		{strings.Repeat("ö", shownValue+1), strings.Repeat("ö", shownValue-1) + "…", strings.Repeat("ö", shownValue-1) + "…"},
	}
	for _, test := range tests {
		if got := shown(test.value, secrets, shownValue); got != test.shown {
			t.Errorf("shown(%q) = %q, want %q", test.value, got, test.shown)
		}
		if got := shownAddress(test.value, secrets, shownValue); got != test.address {
			t.Errorf("shownAddress(%q) = %q, want %q", test.value, got, test.address)
		}
	}
}

// TestFlagNamedLikeASecret holds that even the name of an unknown flag is not
// repeated when it is a credential.
func TestFlagNamedLikeASecret(t *testing.T) {
	t.Parallel()
	e := readyToPlan().with(env{"KEYCLOAK_CLIENT_ID": "ci", "KEYCLOAK_CLIENT_SECRET": "onlyletters"})
	_, problems := Parse(Sources{Args: []string{"--onlyletters"}, Getenv: e.get})
	if len(problems) != 1 || problems[0].Input != "argument 1" {
		t.Errorf("%v", problems)
	}
}
