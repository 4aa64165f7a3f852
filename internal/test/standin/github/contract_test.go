package github_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/github"
)

// The contract tests run against the stand-in and, when GITHUB_CONTRACT_TOKEN and
// GITHUB_CONTRACT_PULL are set, against GitHub:
//
//	GITHUB_CONTRACT_PULL=OWNER/NAME#7 GITHUB_CONTRACT_TOKEN=… \
//	  go test -count=1 -run Contract ./internal/test/standin/github
//
// GITHUB_API_URL names another GitHub than github.com. The token must be able to write
// comments on the pull request; in a workflow that of the job is the one whose
// behaviour counts. Every test deletes the comments that it wrote. The pull request
// shall change a file, and have a label.

// contract is one GitHub under test.
type contract struct {
	rest, graphql, repository, number, token string
	job                                      bool // the token is a job's
}

// each runs a test against every GitHub there is.
func each(t *testing.T, test func(t *testing.T, c *contract)) {
	t.Helper()
	t.Run("stand-in", func(t *testing.T) {
		t.Parallel()
		server := github.New("octo/pets", github.Options{})
		base := server.Commit(map[string]any{"README.md": "read", "api/pets.json": "{}"})
		server.SetBranch("main", base)
		server.SetPull(7, github.Pull{Labels: []string{"bug"}, Files: []github.File{{Path: "a.json"}}, Base: base})
		srv := httptest.NewServer(server)
		t.Cleanup(srv.Close)
		test(t, &contract{rest: srv.URL, graphql: srv.URL + "/graphql", repository: "octo/pets", number: "7", token: github.Token, job: true})
	})
	t.Run("GitHub", func(t *testing.T) {
		token, pull := os.Getenv("GITHUB_CONTRACT_TOKEN"), os.Getenv("GITHUB_CONTRACT_PULL")
		if token == "" || pull == "" {
			t.Skip("no GitHub: GITHUB_CONTRACT_PULL=OWNER/NAME#7 GITHUB_CONTRACT_TOKEN=…" +
				" go test -count=1 -run Contract ./internal/test/standin/github")
		}
		repository, number, ok := strings.Cut(pull, "#")
		if !ok {
			t.Fatalf("GITHUB_CONTRACT_PULL is %q, want OWNER/NAME#7", pull)
		}
		rest := strings.TrimSuffix(os.Getenv("GITHUB_API_URL"), "/")
		if rest == "" {
			rest = "https://api.github.com"
		}
		test(t, &contract{
			rest: rest, graphql: strings.TrimSuffix(rest, "/v3") + "/graphql", repository: repository, number: number, token: token,
			job: strings.HasPrefix(token, "ghs_"),
		})
	})
}

// got is an answer.
type got struct {
	status int
	header http.Header
	body   []byte
}

func (g got) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(g.body, v); err != nil {
		t.Fatalf("%d %s: %v", g.status, g.body, err)
	}
}

// do asks below the repository, or at a whole address.
func (c *contract) do(t *testing.T, method, path string, body any, accept ...string) got {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.rest + "/repos/" + c.repository + "/" + path
	}
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, path, sent)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", strings.Join(append(accept, "application/vnd.github+json")[:1], ""))
	res, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{res.StatusCode, res.Header, data}
}

type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
	User struct {
		Login string `json:"login"`
		ID    int64  `json:"id"`
	} `json:"user"`
	Updated time.Time `json:"updated_at"`
}

// write creates a comment, which the end of the test deletes.
func (c *contract) write(t *testing.T, body string) comment {
	t.Helper()
	answer := c.do(t, "POST", "issues/"+c.number+"/comments", map[string]string{"body": body})
	if answer.status != http.StatusCreated {
		t.Fatalf("%d %.500s", answer.status, answer.body)
	}
	var made comment
	answer.into(t, &made)
	t.Cleanup(func() { c.do(t, "DELETE", fmt.Sprint("issues/comments/", made.ID), nil) })
	return made
}

func TestContractComments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		first, second := c.write(t, "<!-- hidden -->\nfirst"), c.write(t, "second")
		if first.ID <= 0 || second.ID <= first.ID || first.Body != "<!-- hidden -->\nfirst" || first.User.ID == 0 ||
			!strings.HasSuffix(first.URL, fmt.Sprint("#issuecomment-", first.ID)) || first.Updated.IsZero() {
			t.Errorf("%+v, then %+v", first, second)
		}
		one := fmt.Sprint("issues/comments/", first.ID)
		var edited, read comment
		c.do(t, "PATCH", one, map[string]string{"body": "edited"}).into(t, &edited)
		c.do(t, "GET", one, nil).into(t, &read)
		if edited.ID != first.ID || edited.Body != "edited" || read.Body != "edited" || edited.Updated.Before(first.Updated) {
			t.Errorf("%+v, read %+v", edited, read)
		}
		page := c.do(t, "GET", "issues/"+c.number+"/comments?per_page=1", nil)
		if !regexp.MustCompile(`<[^>]*[?&]page=2[^>]*>; rel="next"`).MatchString(page.header.Get("Link")) {
			t.Errorf("Link: %s", page.header.Get("Link"))
		}
		var list []comment
		c.do(t, "GET", "issues/"+c.number+"/comments?per_page=100&page=999", nil).into(t, &list)
		if len(list) != 0 {
			t.Errorf("%d comments on page 999", len(list))
		}
		if gone := c.do(t, "DELETE", one, nil); gone.status != http.StatusNoContent || len(gone.body) != 0 {
			t.Errorf("%d %s", gone.status, gone.body)
		}
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			if gone := c.do(t, method, one, map[string]string{"body": "x"}); gone.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", method, gone.status, gone.body)
			}
		}
	})
}

// The account that GraphQL names is the one that comments are by, and the token of a
// job may not ask by REST.
func TestContractViewer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		made := c.write(t, "whose")
		var answer struct {
			Data struct {
				Viewer struct {
					Login      string
					DatabaseID int64 `json:"databaseId"`
				}
			}
		}
		c.do(t, "POST", c.graphql, map[string]string{"query": "query{viewer{login databaseId}}"}).into(t, &answer)
		if v := answer.Data.Viewer; v.Login != made.User.Login || v.DatabaseID != made.User.ID {
			t.Errorf("viewer %+v, author %+v", v, made.User)
		}
		if user := c.do(t, "GET", c.rest+"/user", nil); c.job && user.status != http.StatusForbidden {
			t.Errorf("user: %d %s", user.status, user.body)
		}
	})
}

// What is written is what is read, but for line ends and white space at its end, up to
// 262,144 bytes.
func TestContractTexts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		same := func(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\r\n") }
		for name, text := range map[string]string{
			"markup":     "<!-- a -->\n| a | b |\n|---|---|\n| &#64;x | `y` |\n\n<details>z</details>\n",
			"characters": "日本 🌈 \u200b e\u0301 \u202a x",
			"65,536":     strings.Repeat("🌈", 65_536),
		} {
			if made := c.write(t, text); same(made.Body) != same(text) {
				t.Errorf("%s: %d bytes came back as %d", name, len(text), len(made.Body))
			}
		}
		for name, text := range map[string]string{"empty": "", "blank": " \n", "too long": strings.Repeat("a", 262_145)} {
			refused := c.do(t, "POST", "issues/"+c.number+"/comments", map[string]string{"body": text})
			if refused.status != http.StatusUnprocessableEntity || !strings.Contains(string(refused.body), `"message"`) {
				t.Errorf("%s: %d %.500s", name, refused.status, refused.body)
			}
		}
	})
}

func TestContractRefusals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		for path, want := range map[string]int{
			"issues/999999999/comments":                        404,
			"pulls/999999999/files":                            404,
			"issues/comments/1":                                404,
			"git/blobs/" + strings.Repeat("0", 40):             404,
			c.rest + "/repos/octocat/there-is-none-here/pulls": 404,
		} {
			if refused := c.do(t, "GET", path, nil); refused.status != want || !strings.Contains(string(refused.body), `"documentation_url"`) {
				t.Errorf("%s: %d %s", path, refused.status, refused.body)
			}
		}
		wrong := *c
		wrong.token = "ghs_wrong"
		if refused := wrong.do(t, "GET", "issues/"+c.number+"/labels", nil); refused.status != 401 {
			t.Errorf("%d %s", refused.status, refused.body)
		}
	})
}

func TestContractPull(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		var labels []struct{ Name string }
		c.do(t, "GET", "issues/"+c.number+"/labels?per_page=100", nil).into(t, &labels)
		if len(labels) == 0 || labels[0].Name == "" {
			t.Errorf("labels: %v", labels)
		}
		var files []struct{ Filename, Status string }
		c.do(t, "GET", "pulls/"+c.number+"/files?per_page=100", nil).into(t, &files)
		if len(files) == 0 || files[0].Filename == "" || files[0].Status == "" {
			t.Errorf("files: %v", files)
		}
	})
}

// A branch has a newest commit, and is found by its whole name alone.
func TestContractBranch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		var pull struct{ Base struct{ Ref string } }
		c.do(t, "GET", "pulls/"+c.number, nil).into(t, &pull)
		var branch struct {
			Ref    string
			Object struct{ Type, SHA string }
		}
		c.do(t, "GET", "git/ref/heads/"+pull.Base.Ref, nil).into(t, &branch)
		if branch.Ref != "refs/heads/"+pull.Base.Ref || branch.Object.Type != "commit" || len(branch.Object.SHA) < 40 {
			t.Errorf("%+v", branch)
		}
		for _, other := range []string{pull.Base.Ref[:1], pull.Base.Ref + "/none"} {
			if got := c.do(t, "GET", "git/ref/heads/"+other, nil); got.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", other, got.status, got.body)
			}
		}
	})
}

// A commit leads to its tree, that to its files, and their contents have the ids that
// git gives them.
func TestContractObjects(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		var pull struct{ Base struct{ SHA string } }
		c.do(t, "GET", "pulls/"+c.number, nil).into(t, &pull)
		var commit struct {
			SHA     string
			Tree    struct{ SHA string }
			Parents []struct{ SHA string }
		}
		c.do(t, "GET", "git/commits/"+pull.Base.SHA, nil).into(t, &commit)
		if commit.SHA != pull.Base.SHA || commit.Tree.SHA == "" || commit.Parents == nil {
			t.Fatalf("%+v", commit)
		}
		var tree struct {
			SHA       string
			Truncated *bool
			Tree      []struct {
				Path, Mode, Type, SHA string
				Size                  int
			}
		}
		c.do(t, "GET", "git/trees/"+commit.Tree.SHA+"?recursive=1", nil).into(t, &tree)
		if tree.SHA != commit.Tree.SHA || tree.Truncated == nil || len(tree.Tree) == 0 {
			t.Fatalf("%+v", tree)
		}
		for _, e := range tree.Tree {
			if e.Type != "blob" {
				continue
			}
			raw := c.do(t, "GET", "git/blobs/"+e.SHA, nil, "application/vnd.github.v3.raw").body
			if id := fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(raw), raw))); id != e.SHA || len(raw) != e.Size {
				t.Errorf("%s: %s of %d bytes, want %s of %d", e.Path, id, len(raw), e.SHA, e.Size)
			}
			break
		}
	})
}
