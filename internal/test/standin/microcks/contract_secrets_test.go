package microcks

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContractSecretIsTheWholeDocument(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.id(1)
		full := map[string]any{
			"id": id, "name": c.name("a.b"), "description": "", "username": "u", "password": "p", "token": "t",
			"tokenHeader": "X-API-Key", "caCertPem": "c",
		}
		created := c.do(t, "POST", "/secrets", withKey(full, "unknown", 1))
		if created.status != http.StatusCreated {
			t.Fatal(created)
		}
		found := func() map[string]any {
			t.Helper()
			list := c.get(t, "/secrets/search?name="+c.prefix).list(t)
			if len(list) != 1 {
				t.Fatalf("found %v", list)
			}
			return list[0]
		}
		if diff := cmp.Diff(full, found()); diff != "" {
			t.Errorf("created (-want +got):\n%s", diff)
		}

		// Once more with the same id, and once by PUT with another id in the path.
		c.do(t, "POST", "/secrets", map[string]any{"id": id, "name": c.name("again")})
		if diff := cmp.Diff(map[string]any{"id": id, "name": c.name("again")}, found()); diff != "" {
			t.Errorf("posted again (-want +got):\n%s", diff)
		}
		other := map[string]any{"id": id, "name": c.name("put"), "token": nil}
		if got := c.do(t, "PUT", "/secrets/"+c.id(9), other); got.status != http.StatusOK {
			t.Error(got)
		}
		if diff := cmp.Diff(map[string]any{"id": id, "name": c.name("put")}, found()); diff != "" {
			t.Errorf("put (-want +got):\n%s", diff)
		}
		if fresh := c.do(t, "PUT", "/secrets/"+id, map[string]any{"name": c.name("no id")}).field(t, "id"); fresh == id ||
			!objectID.MatchString(fresh) {
			t.Errorf("a body without id: %q", fresh)
		}
		if got := c.do(t, "PUT", "/secrets/x", map[string]any{"id": c.id(2), "name": c.name("made by put")}); got.status != http.StatusOK {
			t.Error(got)
		}
		if list := c.get(t, "/secrets/search?name="+c.prefix).list(t); len(list) != 3 {
			t.Errorf("in the end: %v", list)
		}
		c.do(t, "DELETE", "/secrets/"+id, nil).bare(t, http.StatusOK)
		c.do(t, "DELETE", "/secrets/"+id, nil).bare(t, http.StatusOK)
	})
}

func withKey(m map[string]any, key string, value any) map[string]any {
	with := map[string]any{key: value}
	for k, v := range m {
		with[k] = v
	}
	return with
}

func TestContractReadingOneSecret(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.id(1)
		c.do(t, "POST", "/secrets", map[string]any{"id": id, "name": c.name("s"), "token": "t"})
		if !c.version.readsOneSecret() {
			c.get(t, "/secrets/"+id).generic(t, http.StatusMethodNotAllowed)
			return
		}
		if diff := cmp.Diff(map[string]any{"id": id, "name": c.name("s"), "token": "t"}, c.get(t, "/secrets/"+id).object(t)); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		c.get(t, "/secrets/"+c.id(404)).bare(t, http.StatusOK)
	})
}

func TestContractSecretSearch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		for _, name := range []string{"a.b", "aXb", "aXb"} { // names are not unique
			c.do(t, "POST", "/secrets", map[string]any{"name": c.name(name)})
		}
		for pattern, want := range map[string]int{"+A.B": 3, `+a%5C.b`: 1, "+a": 3, "+ab": 0} {
			if got := c.get(t, "/secrets/search?name="+c.prefix+pattern).list(t); len(got) != want {
				t.Errorf("%s: got %v, want %d", pattern, got, want)
			}
		}
		// The list does not filter: the pattern matches nothing, yet all are there.
		if got := c.get(t, "/secrets?size=1000&name=nothing"+c.prefix).list(t); len(got) < 3 {
			t.Errorf("list with ?name: %v", got)
		}
		c.get(t, "/secrets/search?name=%5Ba").generic(t, http.StatusInternalServerError)
		c.get(t, "/secrets/search").generic(t, http.StatusBadRequest)
		c.get(t, "/secrets?size=0").generic(t, http.StatusInternalServerError)
		c.do(t, "POST", "/secrets", "{bad").generic(t, http.StatusBadRequest)
	})
}
