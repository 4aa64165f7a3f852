package postman

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const workspaceID = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"

func TestParseWorkspace(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		workspaceID,
		"workspace:" + workspaceID,
		" workspace: " + strings.ToUpper(workspaceID),
		"https://app.getpostman.com/workspace/" + workspaceID,
		"https://go.postman.co/workspaces/" + workspaceID,
		"https://acme.postman.co/workspace/Pets-%26-Beers~" + workspaceID + "/overview",
		"acme.postman.co/workspace/A~b~" + workspaceID,
		"https://web.postman.co/workspace/" + workspaceID + "/collection/" + uid + "?action=share",
		"https://www.postman.com/workspace/Pets~" + workspaceID + "/overview?access_key=PMAT-01J0CANARYCANARY",
	} {
		if id, err := ParseWorkspace(given); id != workspaceID || err != nil {
			t.Errorf("%q: %q, %v", given, id, err)
		}
	}
	const holdsNone = "it is a link that holds no id of a workspace, as public links hold none"
	const neither = "it is neither an id nor a link of Postman's"
	for given, reason := range map[string]string{
		"https://www.postman.com/acme/pets":                          holdsNone,
		"https://www.postman.com/acme/workspace/pets/overview":       `it is a link to a workspace, but its short form "pets" has no id`,
		"https://www.postman.com/workspace":                          holdsNone,
		"https://user:secret@go.postman.co/workspace/" + workspaceID: "it is a URL with a user or password in it",
		"https://example.com/workspace/" + workspaceID:               neither,
		"https://api.getpostman.com/workspaces/" + workspaceID:       neither,
		"workspace:pets": neither,
		"workspace:":     "it is empty",
		uid:              "it is the uid of a collection",
		"PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01": "it is a credential",
	} {
		id, err := ParseWorkspace(given)
		wrong, _ := errors.AsType[*WorkspaceError](err)
		switch {
		case wrong == nil || wrong.Reason != reason || id != "":
			t.Errorf("%q: %q, %v", given, id, err)
		case strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "0123456789abcdef01234567"):
			t.Errorf("%q shows a credential: %v", given, err)
		}
	}
}

func TestMeansWorkspace(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{
		"workspace:x": true,
		"https://acme.postman.co/workspace/Pets~" + workspaceID + "/overview":           true,
		"https://www.postman.com/acme/workspace/pets":                                   true,
		"https://acme.postman.co/workspace/Pets~" + workspaceID + "/collection/" + uid:  false,
		"https://acme.postman.co/workspace/Pets~" + workspaceID + "/environment/" + uid: false,
		"workspace/pets.json":                          false,
		"https://example.com/workspace/" + workspaceID: false,
		workspaceID: false,
		uid:         false,
	} {
		if got := MeansWorkspace(given); got != want {
			t.Errorf("%q: %t", given, got)
		}
	}
}

// shownWorkspace is a workspace as a server shows it.
type shownWorkspace struct {
	listed, named []int
	total         int // 0: as many as are listed
	forks         []int
}

func uidOf(n int) string { return fmt.Sprintf("12345678-00000000-0000-4000-8000-%012d", n) }

// ServeHTTP answers as Postman does.
func (s *shownWorkspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	type entry map[string]any
	entries := func(numbers []int) []entry {
		all := []entry{}
		for _, n := range numbers {
			e := entry{"uid": strings.ToUpper(uidOf(n)), "name": fmt.Sprintf("Collection %03d", 1000-n)}
			for _, fork := range s.forks {
				if fork == n {
					e["fork"] = entry{"label": "mine"}
				}
			}
			all = append(all, e)
		}
		return all
	}
	var answer any
	switch r.URL.Path {
	case "/workspaces/" + workspaceID:
		answer = entry{"workspace": entry{"id": workspaceID, "name": "Pets", "collections": entries(s.named)}}
	case "/collections":
		q := r.URL.Query()
		offset, _ := strconv.Atoi(q.Get("offset"))
		limit, _ := strconv.Atoi(q.Get("limit"))
		if q.Get("workspace") != workspaceID || limit < 1 || limit > 99 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		total := len(s.listed)
		if s.total != 0 {
			total = s.total
		}
		from := min(offset, len(s.listed))
		answer = entry{
			"collections": entries(s.listed[from:min(from+limit, len(s.listed))]),
			"meta":        entry{"total": total, "offset": offset, "limit": limit},
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func TestListing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		looks []shownWorkspace // one after the other: the last stays
		want  int
		calls int
		err   string
		code  int
	}{
		"one page":      {[]shownWorkspace{{listed: upTo(3), named: upTo(3)}}, 3, 2, "", 0},
		"several pages": {[]shownWorkspace{{listed: upTo(250), named: upTo(250)}}, 250, 4, "", 0},
		"a full page":   {[]shownWorkspace{{listed: upTo(99), named: upTo(99)}}, 99, 2, "", 0},
		"one twice": {
			[]shownWorkspace{{listed: append(upTo(100), 1), named: upTo(100)}}, 0, 6,
			"Postman lists 100 collections, and says that there are 101", 12,
		},
		"one page, again and again": {
			[]shownWorkspace{{listed: append(append(upTo(99), upTo(99)...), upTo(99)...), named: upTo(99), total: 9000}}, 0, 6,
			"Postman lists 99 collections, and says that there are 9000", 12,
		},
		"fewer than none": {[]shownWorkspace{{listed: upTo(3), named: upTo(3), total: -1}}, 0, 4, "says that there are -1", 12},
		"empty":           {[]shownWorkspace{{}}, 0, 2, "it has no collection that the user of the key can see", 13},
		"fewer than in all": {
			[]shownWorkspace{{listed: upTo(3), named: upTo(4), total: 4}}, 0, 6, "Postman lists 3 collections, and says that there are 4", 12,
		},
		"one not listed": {
			[]shownWorkspace{{listed: upTo(3), named: upTo(4)}}, 0, 4,
			`the workspace names 1 collection that its listing lacks: "Collection 996" (` + uidOf(4) + ")", 12,
		},
		"one not named": {
			[]shownWorkspace{{listed: upTo(4), named: upTo(3)}}, 0, 4,
			`its listing has 1 collection that the workspace does not name: "Collection 996" (` + uidOf(4) + ")", 12,
		},
		"changed meanwhile": {[]shownWorkspace{{listed: upTo(3), named: upTo(2)}, {listed: upTo(3), named: upTo(3)}}, 3, 4, "", 0},
		"too many": {
			[]shownWorkspace{{listed: upTo(3), named: upTo(3), total: 10_001}}, 0, 2,
			"it has 10001 collections, and a run takes at most 10000", 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls, look := 0, -1
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls++; r.URL.Path != "/collections" {
					look = min(look+1, len(c.looks)-1)
				}
				c.looks[look].ServeHTTP(w, r)
			}))
			defer server.Close()
			all, err := New(server.Client(), server.URL).Listing(t.Context(), workspaceID)
			if len(all) != c.want || calls != c.calls {
				t.Errorf("%d collections by %d calls, want %d by %d", len(all), calls, c.want, c.calls)
			}
			for i := 1; i < len(all); i++ {
				if all[i-1].Name >= all[i].Name || all[i].UID != strings.ToLower(all[i].UID) {
					t.Errorf("%v before %v", all[i-1], all[i])
				}
			}
			if c.err == "" && err == nil {
				return
			}
			wrong, ok := errors.AsType[*ListingError](err)
			if !ok || !strings.Contains(err.Error(), c.err) || wrong.ExitCode() != c.code {
				t.Errorf("%v, want %q", err, c.err)
			}
		})
	}
}

func TestForksAreListed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&shownWorkspace{listed: upTo(2), named: upTo(2), forks: []int{2}})
	defer server.Close()
	all, err := New(server.Client(), server.URL).Listing(t.Context(), workspaceID)
	want := []Listed{{UID: uidOf(2), Name: "Collection 998", Fork: true}, {UID: uidOf(1), Name: "Collection 999"}}
	if diff := cmp.Diff(want, all); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Errors are about the workspace, and those about the key end all calls.
func TestListingErrors(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		status       int
		anchor, says string
		ends         bool
	}{
		`{"error":{"name":"workspaceNotFoundError","message":"Workspace not found","statusCode":404}}`: {
			404, "workspace-unseen", "reading the workspace " + workspaceID + ": 127.0.0.1", false,
		},
		`{"error":{"name":"instanceNotFoundError","message":"Instance not found in the database."}}`: {
			404, "workspace-unseen", "Instance not found in the database. (instanceNotFoundError)", false,
		},
		`{"error":{"name":"forbiddenError","message":"You are not permitted to perform the action."}}`: {
			403, "workspace-unseen", "403 Forbidden", false,
		},
		`{"error":"rateLimited","message":"Rate limit exceeded."}`:                        {429, "postman-429", "429", false},
		`{"error":{"name":"serviceLimitExhausted","message":"Service limit exhausted."}}`: {429, "postman-quota", "429", true},
		`{"error":{"name":"AuthenticationError","message":"Invalid API Key."}}`:           {401, "postman-401", "401", true},
		`{"hello":"world"}`:      {200, "postman-unexpected", "but no workspace: it is JSON", false},
		`<title>Sign in</title>`: {200, "postman-html", "not from the Postman API", false},
	} {
		server := httptest.NewServer(answer(c.status, body))
		client := New(server.Client(), server.URL)
		_, err := client.Listing(t.Context(), workspaceID)
		e, ok := errors.AsType[*APIError](err)
		if !ok || e.Anchor() != c.anchor || !strings.Contains(err.Error(), c.says) || e.Hint() == "" {
			t.Errorf("%s: %v", body, err)
		}
		if ended := client.ended.Load() != nil; ended != c.ends {
			t.Errorf("%s: it ends all calls: %t", body, ended)
		}
		server.Close()
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Quota{
		`{"user":{"id":1},"operations":[{"name":"mock_usage","limit":5,"usage":1},{"name":"api_usage","limit":1000,"usage":990}]}`: {
			MonthRemaining: 10, MonthLimit: 1000, Known: true,
		},
		`{"user":{"id":1},"operations":[{"name":"api_usage","limit":1000,"usage":1000}]}`:               {MonthLimit: 1000, Known: true},
		`{"user":{"id":1},"operations":[{"name":"api_usage","limit":1000,"usage":1200,"overage":200}]}`: {}, // beyond it
		`{"user":{"id":1},"operations":[{"name":"api_usage","limit":99999999,"usage":12}]}`:             {},
		`{"user":{"id":1},"operations":[{"name":"api_usage","limit":"many"}]}`:                          {},
		`{"user":{"id":1}}`: {},
	} {
		server := httptest.NewServer(answer(200, body))
		got, err := New(server.Client(), server.URL).Me(t.Context())
		if _, malformed := errors.AsType[*APIError](err); got != want || malformed != strings.Contains(body, "many") {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
		server.Close()
	}
}

// FuzzParseWorkspace: whatever is given, what comes out is an id, or an error that shows
// no credential.
func FuzzParseWorkspace(f *testing.F) {
	const key = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
	for _, seed := range []string{
		workspaceID, "workspace:" + workspaceID, "https://acme.postman.co/workspace/Pets~" + workspaceID + "/overview?apikey=" + key,
		"https://" + key + "@go.postman.co/workspace/x", "workspace:" + key, "https://www.postman.com/a/workspace/" + key, "~~~", "workspace:%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		id, err := ParseWorkspace(given)
		switch {
		case err == nil && !uuidForm.MatchString(id), err != nil && id != "":
			t.Errorf("%q: %q, %v", given, id, err)
		case err != nil && strings.Contains(err.Error(), key):
			t.Errorf("%q shows the key: %v", given, err)
		}
		if _, refErr := ParseRef(given); refErr == nil && MeansWorkspace(given) {
			t.Errorf("%q is a collection and a workspace", given)
		}
	})
}
