package microcks

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// accounts of the realm, and the roles of each.
var accounts = []struct {
	name  string
	roles []string
}{
	{"ci-none", nil},
	{"ci-user", []string{"user"}},
	{"ci-manager", []string{"user", "manager"}},
	{"ci-admin", []string{"user", "manager", "admin"}},
	{"ci-adminonly", []string{"admin"}},
}

func TestContractRoles(t *testing.T) {
	t.Parallel()
	eachWithSignIn(t, func(t *testing.T, c *contract) {
		service := c.imported(t, "Pets")
		job := c.id(500)
		// scratch is written by those who may.
		scratch := map[string]any{"id": c.id(1), "name": c.name("scratch")}

		all := []string{"user", "manager", "admin"}
		managing := []string{"manager", "admin"}
		reading := []string{"user"}
		if !c.version.readingServicesNeedsUser() {
			reading = all
		}
		uploading := managing
		if c.version.uploadNeedsAdmin() {
			uploading = []string{"admin"}
		}
		const (
			front = "front"     // refused before the endpoint, with a challenge
			back  = "back"      // refused by the endpoint, without one
			free  = "anonymous" // no token needed
		)
		tests := []struct {
			method, path string
			body         any
			front        []string // who gets past the front; nil: everybody
			back         []string // who gets past the endpoint's own check; nil: everybody
		}{
			{"GET", "/health", nil, nil, nil},
			{"GET", "/version/info", nil, nil, nil},
			{"GET", "/keycloak/config", nil, nil, nil},
			{"GET", "/features/config", nil, nil, nil},
			{"GET", "/jobs", nil, all, nil},
			{"GET", "/jobs/count", nil, all, nil},
			{"GET", "/jobs/search?name=" + c.prefix, nil, all, nil},
			{"GET", "/jobs/" + job, nil, all, nil},
			{"POST", "/jobs", scratch, all, nil},
			{"POST", "/jobs/x", scratch, all, managing},
			{"PUT", "/jobs/" + job + "/activate", nil, managing, nil},
			{"PUT", "/jobs/" + job + "/stop", nil, managing, nil},
			{"PUT", "/jobs/" + job + "/start", nil, managing, nil},
			{"DELETE", "/jobs/" + c.id(1), nil, all, managing},
			{"GET", "/secrets?size=1", nil, all, nil},
			{"GET", "/secrets/search?name=" + c.prefix, nil, all, nil},
			{"GET", "/secrets/count", nil, all, nil},
			{"POST", "/secrets", scratch, []string{"admin"}, nil},
			{"PUT", "/secrets/x", scratch, []string{"admin"}, nil},
			{"DELETE", "/secrets/" + c.id(1), nil, []string{"admin"}, nil},
			{"GET", "/services", nil, all, nil},
			{"GET", "/services/search?name=" + c.prefix, nil, reading, nil},
			{"GET", "/services/" + service, nil, reading, nil},
			{"GET", "/services/" + c.prefix + "+Pets:1.0", nil, reading, nil},
			{"PUT", "/services/" + service + "/metadata", map[string]any{"labels": map[string]string{"a": "b"}}, managing, []string{"manager"}},
			{"DELETE", "/services/" + c.id(404), nil, managingServices(c.version), managing},
			{"POST", "/artifact/upload", nil, uploading, nil},
		}
		for _, tt := range tests {
			for _, who := range accounts {
				want := "allowed"
				switch {
				case tt.front != nil && !slices.ContainsFunc(who.roles, func(r string) bool { return slices.Contains(tt.front, r) }):
					want = front
				case tt.back != nil && !slices.ContainsFunc(who.roles, func(r string) bool { return slices.Contains(tt.back, r) }):
					want = back
				}
				// A job or secret to delete must be there for those who come later.
				if tt.method == "DELETE" && strings.HasPrefix(tt.path, "/jobs/") {
					c.do(t, "POST", "/jobs", scratch)
				}
				got := c.as(t, who.name, tt.method, tt.path, tt.body)
				have := "allowed"
				challenge := got.header.Get("WWW-Authenticate")
				switch {
				case got.status == http.StatusForbidden && got.body == "" && strings.HasPrefix(challenge, `Bearer error="insufficient_scope"`):
					have = front
				case got.status == http.StatusForbidden && got.body == "" && challenge == "":
					have = back
				case got.status == http.StatusForbidden || got.status == http.StatusUnauthorized:
					have = got.String() + " " + challenge
				}
				if have != want {
					t.Errorf("%s %s as %s: %s (%v), want %s", tt.method, tt.path, who.name, have, got, want)
				}
			}
			got := c.as(t, "", tt.method, tt.path, tt.body)
			switch {
			case tt.front == nil && got.status != http.StatusOK:
				t.Errorf("%s %s without token: %v, want %s", tt.method, tt.path, got, free)
			case tt.front != nil &&
				(got.status != http.StatusUnauthorized || got.body != "" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer")):
				t.Errorf("%s %s without token: %v %v, want 401", tt.method, tt.path, got, got.header)
			}
		}
		if got := c.get(t, "/keycloak/config").object(t); got["enabled"] != true || got["realm"] != "microcks" ||
			got["auth-server-url"] != c.keycloak {
			t.Errorf("config: %v", got)
		}
	})
}

// managingServices: who gets as far as deleting services. Before reading services needed
// the role user, one rule for all of their paths let every role pass to the
// endpoint.
func managingServices(v version) []string {
	if v.readingServicesNeedsUser() {
		return []string{"manager", "admin"}
	}
	return []string{"user", "manager", "admin"}
}

func TestContractBadTokens(t *testing.T) {
	t.Parallel()
	eachWithSignIn(t, func(t *testing.T, c *contract) {
		good := c.tokens.of(t, c.keycloak, "ci-admin")
		for name, header := range map[string]string{
			"malformed": "Bearer xx", "signature": "Bearer " + good + "x", "truncated": "Bearer " + good[:len(good)-9],
		} {
			// A bad token is refused even where none is needed.
			for _, path := range []string{"/jobs", "/version/info", "/keycloak/config"} {
				got := send1(t, "GET", c.url+"/api"+path, http.Header{"Authorization": {header}}, nil)
				if got.status != 401 || got.body != "" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), `Bearer error="invalid_token"`) {
					t.Errorf("%s %s: %v %v", name, path, got, got.header.Get("WWW-Authenticate"))
				}
			}
		}
		// Other schemes are as good as none.
		if got := send1(t, "GET", c.url+"/api/jobs", http.Header{"Authorization": {"Basic eDp5"}}, nil); got.status != 401 ||
			strings.Contains(got.header.Get("WWW-Authenticate"), "error") {
			t.Errorf("basic: %v %v", got, got.header)
		}
		if got := send1(t, "GET", c.url+"/api/version/info", http.Header{"Authorization": {"Basic eDp5"}}, nil); got.status != 200 {
			t.Errorf("basic where none is needed: %v", got)
		}
	})
}

func TestContractWhoSeesSecrets(t *testing.T) {
	t.Parallel()
	eachWithSignIn(t, func(t *testing.T, c *contract) {
		id := c.id(1)
		full := map[string]any{
			"id": id, "name": c.name("s"), "description": "d", "username": "u", "password": "p", "token": "t",
			"tokenHeader": "X-API-Key", "caCertPem": "c",
		}
		hidden := map[string]any{"id": id, "name": c.name("s"), "description": "d", "tokenHeader": "X-API-Key"}
		c.do(t, "POST", "/secrets", full)
		for _, who := range accounts {
			if who.roles == nil {
				continue
			}
			admin := slices.Contains(who.roles, "admin")
			expect := func(hides bool) map[string]any {
				if hides && !admin {
					return hidden
				}
				return full
			}
			found := c.as(t, who.name, "GET", "/secrets/search?name="+c.prefix, nil).list(t)
			if diff := cmp.Diff([]map[string]any{expect(c.version.hidesFoundSecrets())}, found); diff != "" {
				t.Errorf("%s searches (-want +got):\n%s", who.name, diff)
			}
			for _, s := range c.as(t, who.name, "GET", "/secrets?size=1000", nil).list(t) {
				if s["id"] != id {
					continue
				}
				if diff := cmp.Diff(expect(c.version.hidesSecrets()), s); diff != "" {
					t.Errorf("%s lists (-want +got):\n%s", who.name, diff)
				}
			}
			if c.version.readsOneSecret() {
				if diff := cmp.Diff(expect(c.version.hidesSecrets()), c.as(t, who.name, "GET", "/secrets/"+id, nil).object(t)); diff != "" {
					t.Errorf("%s reads (-want +got):\n%s", who.name, diff)
				}
			}
		}
	})
}
