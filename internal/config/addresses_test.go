package config

import (
	"errors"
	"strings"
	"testing"
)

// TestKeycloakThatAServerNames: the client's secret goes to the Keycloak that
// Microcks names by the rules of the input, and in the clear to none that only
// Microcks names.
func TestKeycloakThatAServerNames(t *testing.T) {
	t.Parallel()
	const realm = "microcks"
	for name, test := range map[string]struct {
		input, address, realm string
		want                  string // "" is refused
		clear                 bool
	}{
		"https":                               {address: "https://keycloak.example.com/", realm: realm, want: "https://keycloak.example.com"},
		"with a path":                         {address: "https://example.com/auth", realm: realm, want: "https://example.com/auth"},
		"this machine":                        {address: "http://localhost:8180", realm: realm, want: "http://localhost:8180"},
		"this machine by its v6":              {address: "http://[::1]:8180", realm: realm, want: "http://[::1]:8180"},
		"a realm with a space":                {address: "https://a.example.com", realm: "My Pets", want: "https://a.example.com"},
		"in the clear":                        {address: "http://keycloak:8080", realm: realm, clear: true},
		"in the clear, by another name of it": {address: "http://localhost.example.com", realm: realm, clear: true},
		"below localhost":                     {address: "http://keycloak.localhost", realm: realm, clear: true},
		"in the clear, as the input says": {
			input: "http://keycloak:8080", address: "http://keycloak:8080", realm: realm, want: "http://keycloak:8080",
		},
		"the input counts": {
			input: "https://k.example.com", address: "http://evil.example.com", realm: realm, want: "https://k.example.com",
		},
		"userinfo":              {address: "https://keycloak.example.com@evil.example.com", realm: realm},
		"a query":               {address: "https://evil.example.com/?x=", realm: realm},
		"an empty query":        {address: "https://evil.example.com/?", realm: realm},
		"a fragment":            {address: "https://evil.example.com/#", realm: realm},
		"dot segments":          {address: "https://keycloak.example.com/auth/..", realm: realm},
		"escaped dot segments":  {address: "https://keycloak.example.com/auth/%2e%2e/x", realm: realm},
		"a realm in it":         {address: "https://keycloak.example.com/realms/other", realm: realm},
		"no address":            {address: "", realm: realm},
		"another scheme":        {address: "file:///etc/passwd", realm: realm},
		"a line break":          {address: "https://keycloak.example.com\n", realm: realm},
		"no realm":              {address: "https://keycloak.example.com"},
		"a realm of dots":       {address: "https://keycloak.example.com", realm: ".."},
		"a realm with slashes":  {address: "https://keycloak.example.com", realm: "a/../../b"},
		"a realm with escapes":  {address: "https://keycloak.example.com", realm: "%2e%2e"},
		"a realm with a query":  {address: "https://keycloak.example.com", realm: "a?b"},
		"a realm for the input": {input: "https://keycloak.example.com", address: "x", realm: "a#b"},
		"a long realm":          {address: "https://keycloak.example.com", realm: strings.Repeat("a", 10000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Keycloak{URL: test.input}.At(test.address, test.realm)
			if got != test.want || (err != nil) != (test.want == "") {
				t.Fatalf("%q, %v", got, err)
			}
			if err == nil {
				return
			}
			refused, ok := errors.AsType[*KeycloakError](err)
			if !ok || refused.Clear != test.clear || refused.Clear && !strings.Contains(refused.Hint(), "`keycloak-url: "+test.address+"`") {
				t.Errorf("%v\n%s", err, refused.Hint())
			}
			if hasControl(err.Error()+refused.Hint()) || len(err.Error()) > 500 {
				t.Errorf("%q", err)
			}
		})
	}
}

// TestMayBeStarting holds which servers are waited for.
func TestMayBeStarting(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:8585": true, "http://[::1]:8585": true, "http://localhost:8585": true, "http://LOCALHOST.": true,
		"http://microcks:8080": true, "http://microcks.localhost": true, "http://host.docker.internal:8585": true,
		"http://172.17.0.1:8585": true, "http://10.1.2.3": true, "http://192.168.1.2": true, "http://[fd00::1]": true,
		"http://169.254.1.1": true, "https://microcks.svc.cluster.local": true, "https://Microcks.Corp.INTERNAL": true,
		"https://microcks.example.com": false, "https://203.0.113.7": false, "https://[2001:db8::1]": false,
		"https://localhost.example.com": false, "https://internal.example.com": false, "https://notlocal": true,
	} {
		if got := (Microcks{URL: address}).MayBeStarting(); got != want {
			t.Errorf("%q may be starting: %t, want %t", address, got, want)
		}
	}
}
