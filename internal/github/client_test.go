package github_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/github"
	standin "postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/transport"
)

func nothing() *log.Logger { return log.New(io.Discard, "", 0) }

// explained is what a person is told of an error.
type explained interface {
	error
	Hint() string
	Anchor() string
	ExitCode() int
}

func all(ctx context.Context, c *github.Client, number int) ([]github.Comment, error) {
	var got []github.Comment
	for comment, err := range c.Comments(ctx, number) {
		if err != nil {
			return got, err
		}
		got = append(got, comment)
	}
	return got, nil
}

// Comments are read over all pages, with as few requests as GitHub allows.
func TestComments(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	server.SetPull(7, standin.Pull{})
	server.SetPull(8, standin.Pull{})
	server.Plant(8, standin.Bot(), "of another pull request")
	for i := range 250 {
		server.Plant(7, standin.Account{Login: "ann", ID: 5}, fmt.Sprint("comment ", i))
	}
	server.Plant(7, standin.Account{}, "of an account that is gone")
	got, err := all(t.Context(), dial(t, server), 7)
	if err != nil || len(got) != 251 || got[249].Body != "comment 249" || got[0].Author != (github.Account{ID: 5, Login: "ann"}) {
		t.Fatalf("%d comments: %v", len(got), err)
	}
	if last := got[250]; last.Author != (github.Account{}) || !strings.Contains(last.URL, "/octo/pets/pull/7#issuecomment-") {
		t.Errorf("the last: %+v", last)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests", n)
	}
}

// Anybody can write comments that are as long as GitHub allows: a hundred of them can
// be more than is read at once, ten never are.
func TestCommentsLargerThanAPage(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	server.SetPull(7, standin.Pull{})
	for i := range 200 {
		server.Plant(7, standin.Account{Login: "eve", ID: 6}, fmt.Sprint("comment ", i))
	}
	asked := 0
	large := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if q := r.URL.Query(); q.Get("per_page") == "100" && q.Get("page") == "2" {
			_, _ = io.WriteString(w, strings.Repeat(" ", transport.DefaultBodyLimit+1))
			return
		}
		server.ServeHTTP(w, r)
	})
	got, err := all(t.Context(), dial(t, large), 7)
	// One page of a hundred, one that is too large, and from there on ten of ten.
	if err != nil || len(got) != 200 || got[199].Body != "comment 199" || asked != 12 {
		t.Errorf("%d comments in %d requests: %v", len(got), asked, err)
	}
}

// What is wrong is told by kind, with a next step, and nobody waits for a limit.
func TestErrors(t *testing.T) {
	t.Parallel()
	json := func(status int, body string) standin.Fault {
		return standin.Fault{Times: -1, Status: status, Body: body, Header: http.Header{"Content-Type": {"application/json"}}}
	}
	for name, c := range map[string]struct {
		fault  standin.Fault
		kind   github.Kind
		anchor string
		exit   int
		says   string
		until  time.Duration
	}{
		"token": {json(401, `{"message":"Bad credentials"}`), github.KindUnauthorized, "github-401", 12,
			"creating the comment on #7: GitHub answered 401 Unauthorized: Bad credentials", 0},
		"permission": {json(403, `{"message":"Resource not accessible by integration"}`), github.KindForbidden, "github-403", 12,
			"creating the comment on #7: GitHub answered 403 Forbidden: Resource not accessible by integration", 0},
		"hidden": {json(404, `{"message":"Not Found"}`), github.KindNotFound, "github-404", 13, "404 Not Found", 0},
		"text": {json(422, `{"message":"Validation Failed","errors":[{"message":"Body is too long"},"and so on"]}`), github.KindInvalid,
			"github-unexpected", 12, "422 Unprocessable Entity: Validation Failed: Body is too long; and so on", 0},
		"limit, told":     {standin.SlowDown(403, 60), github.KindSlowDown, "github-limits", 12, "secondary rate limit", time.Minute},
		"limit, not told": {standin.SlowDown(403, 0), github.KindSlowDown, "github-limits", 12, "secondary rate limit", 0},
		"limit, 429":      {standin.SlowDown(429, 60), github.KindSlowDown, "github-limits", 12, "429 Too Many Requests", time.Minute},
		"limit, 429, no more": {
			standin.Fault{Times: -1, Status: 429, Body: "{}", Header: http.Header{"X-Ratelimit-Remaining": {"0"}}},
			github.KindRateLimited, "github-limits", 12, "429 Too Many Requests", 0,
		},
		"limit, absurd": {
			standin.Fault{Times: -1, Status: 429, Body: "{}", Header: http.Header{"Retry-After": {"99999999999999"}}},
			github.KindSlowDown, "github-limits", 12, "429 Too Many Requests", 0,
		},
		"down":         {standin.Page(503, "Unicorn!"), github.KindServer, "github-5xx", 12, "503 Service Unavailable", 0},
		"firewall":     {standin.Page(403, "Blocked"), github.KindPage, "github-unreadable", 11, `with the page "Blocked"`, 0},
		"sign-in":      {standin.Page(401, "Sign in"), github.KindPage, "github-unreadable", 11, "something in front of GitHub answered 401", 0},
		"teapot":       {json(418, `[]`), github.KindUnexpected, "github-unexpected", 12, "418 I'm a teapot", 0},
		"not modified": {json(304, ``), github.KindUnexpected, "github-unexpected", 12, "304 Not Modified", 0},
		"later":        {json(202, `{}`), github.KindUnexpected, "github-unexpected", 12, "202 Accepted", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := standin.New(repository, standin.Options{})
				server.SetPull(7, standin.Pull{})
				server.Fail(c.fault)
				client, began := through(t, wire{to: server}, standin.Token), time.Now()
				_, err := client.CreateComment(t.Context(), 7, "text")
				api, ok := errors.AsType[*github.APIError](err)
				if !ok {
					t.Fatalf("%T: %v", err, err)
				}
				if api.Kind != c.kind || api.Anchor() != c.anchor || api.ExitCode() != c.exit || api.Hint() == "" {
					t.Errorf("%s, %s, exit %d, hint %q", api.Kind, api.Anchor(), api.ExitCode(), api.Hint())
				}
				if !strings.Contains(err.Error(), c.says) {
					t.Errorf("it says %q, want %q", err, c.says)
				}
				if c.until > 0 && api.Until.Sub(began) != c.until || c.until == 0 && !api.Until.IsZero() {
					t.Errorf("until %s", api.Until.Sub(began))
				}
				if time.Since(began) > 0 || len(server.Requests()) != 1 {
					t.Errorf("%d requests in %s", len(server.Requests()), time.Since(began))
				}
			})
		})
	}
}

// A limit is told at once, also to a request that would be repeated after an answer
// such as 503.
func TestLimitsAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault standin.Fault
		want  int
	}{"limit": {standin.SlowDown(429, 1), 1}, "down": {standin.Page(503, "Unicorn!"), transport.DefaultAttempts}} {
		synctest.Test(t, func(t *testing.T) {
			server := standin.New(repository, standin.Options{})
			server.Fail(c.fault)
			_, err := through(t, wire{to: server}, standin.Token).Labels(t.Context(), 7)
			if _, ok := errors.AsType[*github.APIError](err); !ok || len(server.Requests()) != c.want {
				t.Errorf("%s: %v after %d requests", name, err, len(server.Requests()))
			}
		})
	}
}

// A list shifts between two pages when an entry before is deleted or written: what is
// read twice counts once.
func TestCommentsThatShift(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "1" {
			w.Header().Set("Link", `<https://api.github.com/x?page=2>; rel="next"`)
			_, _ = io.WriteString(w, `[{"id":1},{"id":2}]`)
			return
		}
		_, _ = io.WriteString(w, `[{"id":2},{"id":3}]`)
	})
	got, err := all(t.Context(), through(t, wire{to: h}, standin.Token), 7)
	if err != nil || len(got) != 3 {
		t.Errorf("%v %v", got, err)
	}
}

// The requests of an hour that are used up are told with the time when there are more,
// and nobody is asked until then.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{Labels: []string{"bug"}})
		end := time.Now().Add(20 * time.Minute)
		server.Limit(2, end)
		client := through(t, wire{to: server}, standin.Token)
		for i := range 4 {
			_, err := client.Labels(t.Context(), 7)
			api, limited := errors.AsType[*github.APIError](err)
			if limited != (i >= 2) {
				t.Fatalf("%d: %v", i, err)
			}
			if limited && (api.Kind != github.KindRateLimited || !api.Until.Equal(end)) {
				t.Errorf("%d: %s until %s", i, api.Kind, api.Until)
			}
			if limited && !strings.Contains(api.Hint(), end.UTC().Format("15:04 UTC")) {
				t.Errorf("%d: hint %q", i, api.Hint())
			}
		}
		if n := len(server.Requests()); n > 3 {
			t.Errorf("%d requests", n)
		}
		time.Sleep(20 * time.Minute)
		if _, err := client.Labels(t.Context(), 7); err != nil {
			t.Error(err)
		}
	})
}

// Answers that cannot be are told, and never taken for what they look like: 200
// without a body is no empty list, and nobody's comment has the id 0.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	endless := http.Header{"Link": {`<http://elsewhere.test/x?page=2>; rel="next"`}}
	sha := strings.Repeat("a", 40)
	labels := func(ctx context.Context, c *github.Client) error { _, err := c.Labels(ctx, 7); return err }
	comments := func(ctx context.Context, c *github.Client) error { _, err := all(ctx, c, 7); return err }
	files := func(ctx context.Context, c *github.Client) error { _, err := c.Files(ctx, 7); return err }
	create := func(ctx context.Context, c *github.Client) error { _, err := c.CreateComment(ctx, 7, "x"); return err }
	viewer := func(ctx context.Context, c *github.Client) error { _, err := c.Viewer(ctx); return err }
	at := func(ctx context.Context, c *github.Client) error { _, err := c.At(ctx, sha); return err }
	commit := func(id, tree string) string { return fmt.Sprintf(`{"sha":%q,"tree":{"sha":%q}}`, id, tree) }
	for name, c := range map[string]struct {
		answer always
		ask    func(context.Context, *github.Client) error
		anchor string
	}{
		"labels, empty":            {always{status: 200}, labels, "github-unreadable"},
		"labels, space":            {always{status: 200, body: " \n"}, labels, "github-unreadable"},
		"labels, an object":        {always{status: 200, body: `{"message":"no"}`}, labels, "github-unreadable"},
		"labels, cut":              {always{status: 200, body: `[{"name":"b`}, labels, "github-unreadable"},
		"labels, page":             {always{status: 200, body: `<html><title>Sign in</title>`}, labels, "github-unreadable"},
		"comments, empty":          {always{status: 200}, comments, "github-unreadable"},
		"comments, no id":          {always{status: 200, body: `[{"body":"x"}]`}, comments, "github-unreadable"},
		"comments, null":           {always{status: 200, body: `[null]`}, comments, "github-unreadable"},
		"comments, negative id":    {always{status: 200, body: `[{"id":-1}]`}, comments, "github-unreadable"},
		"comment, empty":           {always{status: 201}, create, "github-unreadable"},
		"comment, nothing in it":   {always{status: 201, body: `{}`}, create, "github-unreadable"},
		"comment, no more content": {always{status: 204}, create, "github-unreadable"},
		"files, no name":           {always{status: 200, body: `[{"status":"removed"}]`}, files, "github-unreadable"},
		"viewer, nobody":           {always{status: 200, body: `{"data":{"viewer":null}}`}, viewer, "github-unreadable"},
		"viewer, refused":          {always{status: 200, body: `{"errors":[{"message":"no"}]}`}, viewer, "github-unreadable"},
		"commit, another":          {always{status: 200, body: commit(strings.Repeat("b", 40), sha)}, at, "github-unreadable"},
		"commit, path for a tree":  {always{status: 200, body: commit(sha, "../../x")}, at, "github-unreadable"},
		"files without end":        {always{status: 200, body: `[{"filename":"a"}]`, header: endless}, files, "github-list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := c.answer
			counting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if h.header != nil {
					n, _ := strconv.Atoi(r.URL.Query().Get("page"))
					w.Header().Set("Link", fmt.Sprintf(`<http://elsewhere.test/x?page=%d>; rel="next"`, n+1))
					h := h
					h.header = nil
					h.ServeHTTP(w, r)
					return
				}
				h.ServeHTTP(w, r)
			})
			err := c.ask(t.Context(), through(t, wire{to: counting}, standin.Token))
			e, ok := errors.AsType[explained](err)
			if !ok || e.Anchor() != c.anchor || e.Hint() == "" || e.ExitCode() == 0 {
				t.Errorf("%T %v", err, err)
			}
		})
	}
	t.Run("a page that names itself as the next", func(t *testing.T) {
		t.Parallel()
		h := always{status: 200, body: `[{"id":1,"body":"x"}]`, header: http.Header{"Link": {`<http://x.test/?page=1>; rel="next"`}}}
		got, err := all(t.Context(), through(t, wire{to: h}, standin.Token), 7)
		if err != nil || len(got) != 1 {
			t.Errorf("%d: %v", len(got), err)
		}
	})
}

// The token goes to the API's origin alone, whatever redirects say; a repository that
// was renamed is found at its new name, with the method that was asked by.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(evil.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for method, ask := range map[string]func(context.Context, *github.Client) error{
			"GET":    func(ctx context.Context, c *github.Client) error { _, err := c.Labels(ctx, 7); return err },
			"POST":   func(ctx context.Context, c *github.Client) error { _, err := c.CreateComment(ctx, 7, "x"); return err },
			"DELETE": func(ctx context.Context, c *github.Client) error { return c.DeleteComment(ctx, 1) },
		} {
			t.Run(fmt.Sprint(method, status), func(t *testing.T) {
				t.Parallel()
				server := standin.New(repository, standin.Options{})
				server.Fail(standin.Redirect(status, evil.URL+"/repos/octo/pets/issues/7/labels"))
				err := ask(t.Context(), dial(t, server))
				e, ok := errors.AsType[*transport.Error](err)
				if !ok || e.Kind != transport.KindRedirect || e.Anchor() != "connect-redirect" {
					t.Errorf("%T %v", err, err)
				}
			})
		}
	}
	t.Cleanup(func() {
		if n := elsewhere.Load(); n != 0 {
			t.Errorf("%d requests went elsewhere", n)
		}
	})
	t.Run("renamed", func(t *testing.T) {
		t.Parallel()
		server := standin.New("octo/animals", standin.Options{})
		server.SetPull(7, standin.Pull{Labels: []string{"bug"}})
		server.Move(repository)
		client := dial(t, server)
		if got, err := client.Labels(t.Context(), 7); err != nil || len(got) != 1 {
			t.Errorf("%v %v", got, err)
		}
		if _, err := client.CreateComment(t.Context(), 7, "text"); err != nil || server.Comments(7)[0].Body != "text" {
			t.Errorf("%v %v", server.Comments(7), err)
		}
	})
}

// What names a repository, a pull request or an object is looked at before it gets
// into a path, and where GitHub is before a token goes there.
func TestSettings(t *testing.T) {
	t.Parallel()
	for api, good := range map[string]bool{
		"": true, "https://api.github.com": true, "https://api.github.com/": true, "https://ghe.example.com/api/v3": true,
		"https://api.acme.ghe.com": true, "http://127.0.0.1:8080": true, "http://localhost/api/v3": true,
		"http://ghe.example.com/api/v3": false, "https://": false, "api.github.com": false, "ftp://api.github.com": false,
		"https://user:pass@api.github.com": false, "https://api.github.com?x=1": false, "https://api.github.com#x": false,
		"https://ghe.example.com/api/../v3": false, "https://:443": false, "://": false, "https://a b": false,
	} {
		_, err := github.New(github.Options{API: api, Repository: repository, Token: "t"})
		checkSetting(t, "API "+api, err, good)
		if err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("%s: %v", api, err)
		}
	}
	for name, good := range map[string]bool{
		"octo/pets": true, "octo-org/.github": true, "o/p.q_r-s": true, "octo_acme/pets": true,
		"": false, "octo": false, "octo/": false, "/pets": false, "octo/pets/x": false, "octo/..": false, "octo/.": false, "../pets": false,
		"octo/pe%2Fts": false, "octo/pets?x": false, "octo/pets\n": false, "octo /pets": false, "./pets": false,
	} {
		_, err := github.New(github.Options{Repository: name, Token: "t"})
		checkSetting(t, "repository "+name, err, good)
	}
	_, err := github.New(github.Options{Repository: repository})
	checkSetting(t, "no token", err, false)

	var asked atomic.Int32
	counting := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	client := through(t, wire{to: counting}, standin.Token)
	for _, number := range []int{0, -1} {
		_, err := client.Labels(t.Context(), number)
		checkSetting(t, "labels", err, false)
		_, err = client.Files(t.Context(), number)
		checkSetting(t, "files", err, false)
		_, err = all(t.Context(), client, number)
		checkSetting(t, "comments", err, false)
		_, err = client.CreateComment(t.Context(), number, "x")
		checkSetting(t, "create", err, false)
	}
	for _, id := range []string{"", "main", "../../user", strings.Repeat("A", 40), strings.Repeat("a", 41)} {
		_, err := client.At(t.Context(), id)
		checkSetting(t, "commit "+id, err, false)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func checkSetting(t *testing.T, what string, err error, good bool) {
	t.Helper()
	if good && err == nil {
		return
	}
	if s, ok := errors.AsType[*github.SettingError](err); good || !ok || s.Anchor() != "github-settings" || s.ExitCode() != 14 {
		t.Errorf("%s: %v", what, err)
	}
}

// Both APIs are where GitHub Enterprise Server has them, and every request carries the
// token and the name of the program.
func TestEnterprise(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{Enterprise: true})
	server.SetPull(7, standin.Pull{Labels: []string{"bug", "breaking mocks accepted"}})
	client := dial(t, server, func(o *github.Options) { o.API += "/api/v3"; o.Transport.UserAgent = "importer/1" })
	got, err := client.Labels(t.Context(), 7)
	if diff := cmp.Diff([]string{"bug", "breaking mocks accepted"}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if viewer, err := client.Viewer(t.Context()); err != nil || viewer != (github.Account{ID: 41898282, Login: "github-actions[bot]"}) {
		t.Errorf("%v %v", viewer, err)
	}
	for _, r := range server.Requests() {
		if r.Authorization != "Bearer "+standin.Token || r.UserAgent != "importer/1" || !strings.HasPrefix(r.Path, "/api/") {
			t.Errorf("%+v", r)
		}
	}
}

// The files that a pull request changes have old and new names, and a list that may be
// cut says so.
func TestFiles(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	server.SetPull(1, standin.Pull{Files: []standin.File{
		{Path: "new.json", Old: "old.json", Status: "renamed"}, {Path: "gone.json", Status: "removed"}, {Path: "a b/ü.json"},
	}})
	many := make([]standin.File, 3001)
	for i := range many {
		many[i].Path = fmt.Sprint("f", i)
	}
	server.SetPull(2, standin.Pull{Files: many})
	server.SetPull(3, standin.Pull{Files: many[:2999]})
	client := dial(t, server)
	got, err := client.Files(t.Context(), 1)
	want := github.ChangedFiles{List: []github.ChangedFile{
		{Path: "new.json", Old: "old.json"}, {Path: "gone.json", Removed: true}, {Path: "a b/ü.json"},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for number, want := range map[int]struct {
		n   int
		cut bool
	}{2: {3000, true}, 3: {2999, false}} {
		got, err := client.Files(t.Context(), number)
		if err != nil || len(got.List) != want.n || got.Cut != want.cut {
			t.Errorf("#%d: %d files, cut %t: %v", number, len(got.List), got.Cut, err)
		}
	}
}

// A file of a commit is read as it was, whether one answer holds the repository or its
// folders have to be walked; and nothing that is no file of it.
// TestHead: a branch is asked for by its whole name, whatever is in it, and only what is
// about it counts.
func TestHead(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	first, second := server.Commit(map[string]any{"a": "1"}), server.Commit(map[string]any{"a": "2"})
	server.SetBranch("main", first)
	server.SetBranch("release/1.0 #beta", second)
	client := dial(t, server)
	for branch, want := range map[string]string{"main": first, "release/1.0 #beta": second} {
		if got, err := client.Head(t.Context(), branch); err != nil || got != want {
			t.Errorf("%s: %q, %v", branch, got, err)
		}
	}
	_, err := client.Head(t.Context(), "next")
	if refused, ok := errors.AsType[*github.APIError](err); !ok || refused.Kind != github.KindNotFound {
		t.Errorf("a branch that is not there: %v", err)
	}
	server.SetBranch("broken", "not an id")
	if got, err := client.Head(t.Context(), "broken"); err == nil {
		t.Errorf("no commit's id: %q", got)
	}
}

func TestCommit(t *testing.T) {
	t.Parallel()
	files := map[string]any{
		"README.md": "read", "pets.json": `{"info":{}}`, "empty.json": "", "link.json": standin.Link("/etc/passwd"),
		"api/v1/a.yaml": "a: 1", "api/v1/b.yaml": "b: 2", "api-x/c.yaml": "c: 3", "deep/er/and/deeper/d.yaml": "d: 4",
	}
	for name, c := range map[string]struct {
		most     int
		requests int // for the commit, one file, and all files of a folder, with their contents
	}{"whole": {0, 5}, "cut": {7, 7}, "cut everywhere": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := standin.New(repository, standin.Options{MostEntries: c.most})
			first := server.Commit(map[string]any{"README.md": "old"})
			id := server.Commit(files, first)
			if c.most == 1 { // then not even a folder's own entries fit
				at, err := dial(t, server).At(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := at.Files(t.Context(), ""); !isList(err) {
					t.Errorf("%v", err)
				}
				return
			}
			at, err := dial(t, server).At(t.Context(), id)
			if err != nil || cmp.Diff([]string{first}, at.Parents) != "" {
				t.Fatalf("%v, parents %v", err, at)
			}
			got, err := at.Read(t.Context(), "./pets.json")
			if err != nil || string(got) != `{"info":{}}` {
				t.Errorf("%q %v", got, err)
			}
			listed, err := at.Files(t.Context(), "api/")
			if err != nil {
				t.Fatal(err)
			}
			found := ""
			for _, e := range listed {
				content, err := at.Content(t.Context(), e)
				found += fmt.Sprintf("%s=%s/%d/%t/%v ", e.Path, content, e.Size, e.Regular, err)
			}
			if want := "api/v1/a.yaml=a: 1/4/true/<nil> api/v1/b.yaml=b: 2/4/true/<nil> "; found != want {
				t.Errorf("%s", found)
			}
			if n := len(server.Requests()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
			if got, err := at.Read(t.Context(), "empty.json"); err != nil || len(got) != 0 {
				t.Errorf("%q %v", got, err)
			}
			if got, err := at.Read(t.Context(), "deep/er/and/deeper/d.yaml"); err != nil || string(got) != "d: 4" {
				t.Errorf("%q %v", got, err)
			}
			every, err := at.Files(t.Context(), "")
			if err != nil || len(every) != len(files) {
				t.Errorf("%d files: %v", len(every), err)
			}
			for _, none := range []string{"nobody.json", "api", "api/v1", "link.json", "", "nowhere/x", "../README.md/x"} {
				if _, err := at.Read(t.Context(), none); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %v", none, err)
				}
			}
			if none, err := at.Files(t.Context(), "nowhere"); err != nil || len(none) != 0 {
				t.Errorf("%v %v", none, err)
			}
		})
	}
	t.Run("larger than is read", func(t *testing.T) {
		t.Parallel()
		server := standin.New(repository, standin.Options{})
		id := server.Commit(files)
		large := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("recursive") == "" {
				server.ServeHTTP(w, r)
				return
			}
			_, _ = io.WriteString(w, strings.Repeat(" ", transport.DefaultBodyLimit+1))
		})
		at, err := dial(t, large).At(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if every, err := at.Files(t.Context(), ""); err != nil || len(every) != len(files) {
			t.Errorf("%d files: %v", len(every), err)
		}
	})
	t.Run("forged", func(t *testing.T) {
		t.Parallel()
		server := standin.New(repository, standin.Options{})
		id := server.Commit(files)
		server.Fail(standin.Fault{On: "GET /repos/octo/pets/git/blobs/", Status: 200, Body: "something else"})
		server.Fail(standin.Fault{On: "GET /repos/octo/pets/git/blobs/", Empty: true})
		at, err := dial(t, server).At(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var broken *github.BrokenAnswerError
			if got, err := at.Read(t.Context(), "pets.json"); !errors.As(err, &broken) {
				t.Errorf("%q %v", got, err)
			}
		}
	})
}

func isList(err error) bool {
	_, ok := errors.AsType[*github.ListError](err)
	return ok
}

// A run that is told to end, or out of time, says what for: go-github would drop the
// reason.
func TestEndOfTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := through(t, wire{to: always{status: 200, body: "[]"}, before: func() time.Duration { return time.Hour }}, standin.Token)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Second, errors.New("the time limit is over"))
		defer cancel()
		_, err := client.Labels(ctx, 7)
		e, ok := errors.AsType[*transport.Error](err)
		if !ok || e.Kind != transport.KindTimeout || !strings.Contains(err.Error(), "the time limit is over") ||
			!strings.Contains(e.Hint(), "`timeout`") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%T %v", err, err)
		}
	})
}

// A commit is a file system: links lead to files of it, and nowhere else.
func TestCommitAsFiles(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	id := server.Commit(map[string]any{
		"README.md": "read", "api/v1/a.json": "a", "api/b.json": "b", "link.json": standin.Link("api/b.json"),
		"api/up.json": standin.Link("../README.md"), "far": standin.Link("api/v1"), "api/back": standin.Link(".."), "loop": standin.Link("."),
		"out.json": standin.Link("../../etc/passwd"), "root.json": standin.Link("/etc/passwd"), "circle.json": standin.Link("circle.json"),
	})
	at, err := dial(t, server).At(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := at.Tree(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"README.md": "read", "api/v1/a.json": "a", "link.json": "b", "api/up.json": "read",
		"far/a.json": "a", "api/back/far/a.json": "a", "loop/README.md": "read", "far/none.json": "",
		strings.Repeat("loop/", 9) + "README.md": "", "far": "",
		"out.json": "", "root.json": "", "circle.json": "", "api": "", "none.json": "", "../README.md": "",
	} {
		got, err := tree.Read(t.Context(), name)
		if string(got) != want || (want == "") != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if opened, err := fs.ReadFile(tree, name); string(opened) != want || (want == "") != (err != nil) {
			t.Errorf("%s opened: %q, %v", name, opened, err)
		}
	}
}

// Who set a label, and when, is told by the events, and whether it is still there.
func TestLabelEvents(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	server.SetPull(7, standin.Pull{})
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range 130 { // two pages
		server.Label(7, "accepted", i%2 == 0, "olga", at.Add(time.Duration(i)*time.Minute))
	}
	got, err := dial(t, server).LabelEvents(t.Context(), 7)
	if err != nil || len(got) != 130 {
		t.Fatalf("%d events, %v", len(got), err)
	}
	want := github.LabelEvent{Label: "accepted", At: at.Add(129 * time.Minute), Actor: github.Account{ID: 7, Login: "olga"}}
	if diff := cmp.Diff(want, got[129]); diff != "" {
		t.Error(diff)
	}
	if _, err := dial(t, server).LabelEvents(t.Context(), 8); !isNotFound(err) {
		t.Errorf("%v", err)
	}
}

func isNotFound(err error) bool {
	api, ok := errors.AsType[*github.APIError](err)
	return ok && api.Kind == github.KindNotFound
}

// A comment that somebody else planted is not taken for ours, and where nobody says who
// we are, none is.
func TestOurs(t *testing.T) {
	t.Parallel()
	place := github.Place{Workflow: "w", Job: "j"}
	goal := github.Goal{Number: 7, Place: place, Run: github.Run{Number: 1, Attempt: 1}, Create: true}
	goal.Parts = []github.Part{{Head: "what we say"}}
	for name, c := range map[string]struct {
		options standin.Options
		found   bool
		nobody  bool
	}{"ours": {standin.Options{}, true, false}, "nobody says who we are": {standin.Options{NoViewer: true}, false, true}} {
		server := standin.New(repository, c.options)
		server.SetPull(7, standin.Pull{})
		client := dial(t, server)
		if _, err := client.Keep(t.Context(), goal); err != nil {
			t.Fatal(err)
		}
		server.Plant(7, standin.Account{Login: "mallory", ID: 9}, strings.Replace(server.Comments(7)[0].Body, "what we say", "what they say", 1))
		text, found, err := client.Ours(t.Context(), 7, place)
		if errors.Is(err, github.ErrNobody) != c.nobody || (err != nil) != c.nobody || found != c.found || found && text != "what we say" {
			t.Errorf("%s: %q, %t, %v", name, text, found, err)
		}
		if _, found, err := client.Ours(t.Context(), 7, github.Place{Workflow: "w", Job: "other"}); found || err != nil {
			t.Errorf("%s: another place's: %t, %v", name, found, err)
		}
		if off := time.Until(client.Now()); off.Abs() > time.Minute {
			t.Errorf("%s: GitHub's clock is %s away", name, off)
		}
	}
}
