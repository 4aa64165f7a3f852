package pulls_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/github"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/pulls"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
	standin "postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/transport"
)

// wire carries requests to GitHub's stand-in without a network, so that time is virtual.
type wire struct {
	to http.Handler
	// late is how long writing a comment takes.
	late time.Duration
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && strings.Contains(req.URL.Path, "/comments") {
		time.Sleep(w.late)
	}
	received := req.Clone(req.Context())
	if received.Body == nil {
		received.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.to.ServeHTTP(answer, received)
	said := answer.Result()
	said.Request = req
	return said, nil
}

// story is one pull request and the runs on it.
type story struct {
	t       *testing.T
	hub     *standin.Server
	wire    *wire
	client  *github.Client
	run     config.Run
	attempt int64
	// workspace is what the checkout, and steps after it, made.
	workspace fstest.MapFS
}

func newStory(t *testing.T) *story {
	hub := standin.New("o/r", standin.Options{})
	hub.SetPull(7, standin.Pull{Files: []standin.File{{Path: "pets.json"}}})
	to := &wire{to: hub}
	client, err := github.New(github.Options{
		API: "https://api.github.com", Repository: "o/r", Token: standin.Token, Transport: transport.Options{Base: to, Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &story{t: t, hub: hub, wire: to, client: client, run: config.Run{
		Mode: config.ModePlan, FailOn: []string{config.FailOnBreaking}, Importers: []config.Importer{{File: "pets.json"}},
		Trigger: config.Trigger{Event: "pull_request", Action: "synchronize", Number: 7}, Pull: config.Pull{Comment: config.CommentAuto},
	}}
}

// plan is a run in which so many requests break, each with a fingerprint.
func (s *story) plan(fingerprints ...string) *result.Result {
	s.t.Helper()
	c := &result.Consumers{Against: result.AgainstBase, Replayed: 9, Breaking: len(fingerprints)}
	for _, f := range fingerprints {
		c.Notices = append(c.Notices, result.Notice{
			Kind: result.NoticeRemoved, Operation: "GET /pets", Example: "all", Request: "GET /rest/Pets/1/pets", Breaking: true,
			Fingerprint: strings.Repeat(f, 32),
		})
	}
	told := &result.Result{Mode: result.Plan, Status: result.Planned, Collections: []result.Collection{{
		File: "pets.json", Name: "Pets", Status: result.Planned, Consumers: c,
	}}}
	s.attempt++
	s.review().End(s.t.Context(), told)
	return told
}

func (s *story) review() *pulls.Review {
	return pulls.New(pulls.Settings{
		Run: &s.run, Client: s.client, Workflow: ".github/workflows/mocks.yml", Job: "plan",
		Number: github.Run{Number: 1, Attempt: max(1, s.attempt)},
		File: func(_ context.Context, name string) (delivery.Source, error) {
			raw, err := fs.ReadFile(s.workspace, name)
			return delivery.File(raw), err
		},
		Resolve: func(_ context.Context, files fs.FS) ([]*plan.Wanted, []result.Problem, error) {
			if _, err := fs.Stat(files, "link.json"); err == nil {
				return []*plan.Wanted{{File: "link.json"}}, nil, nil
			}
			return nil, nil, nil // as a pattern that finds none
		},
		Report: func() report.Context { return report.Context{} }, Hide: func(s string) string { return s },
	})
}

// The label accepts what the comment showed before it was set, and nothing else.
func TestTheLabelAcceptsWhatWasShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, labelAccepts)
}

func labelAccepts(t *testing.T) {
	s := newStory(t)
	if told := s.plan("a"); told.Status != result.Failed || told.Comment.State != result.CommentCreated {
		t.Fatalf("a first breaking change: %s, comment %+v, %+v", told.Status, told.Comment, told.Problems)
	}
	s.hub.Label(7, pulls.Label, true, "olga", time.Now().Add(time.Minute))
	told := s.plan("a")
	if told.Status != result.Planned || told.Gate.By != "olga" || !strings.Contains(s.hub.Comments(7)[0].Body, "olga") {
		t.Errorf("accepted: %s, %+v, %+v", told.Status, told.Gate, told.Problems)
	}
	s.hub.Label(7, pulls.Label, true, "olga", time.Now())
	if told := s.plan("a", "b"); told.Status != result.Failed {
		t.Errorf("with a change that nobody saw: %s", told.Status)
	}
	s.hub.Label(7, pulls.Label, false, "olga", time.Now().Add(2*time.Minute))
	if told := s.plan("a"); told.Status != result.Failed {
		t.Errorf("without the label: %s", told.Status)
	}
	if n := len(s.hub.Comments(7)); n != 1 {
		t.Errorf("%d comments", n)
	}
	s.run.Trigger.Closed, s.run.Trigger.Merged = true, true
	s.attempt++
	s.review().Close(t.Context(), told)
	if body := s.hub.Comments(7)[0].Body; strings.Count(body, "**Merged.**") != 1 || !strings.Contains(body, "GET /rest/Pets") {
		t.Errorf("closed:\n%s", body)
	}
}

// A comment that took long to be written was read by nobody before.
func TestALateCommentWasNotShownBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, lateComment)
}

func lateComment(t *testing.T) {
	s := newStory(t)
	began := time.Now()
	s.wire.late = 20 * time.Second
	if told := s.plan("a"); told.Comment.State != result.CommentCreated {
		t.Errorf("comment %+v, %+v", told.Comment, told.Problems)
	}
	s.wire.late = 0
	s.hub.Label(7, pulls.Label, true, "olga", began.Add(10*time.Second))
	if told := s.plan("a"); told.Status != result.Failed {
		t.Errorf("a label that was set before the comment: %s", told.Status)
	}
	s.hub.Label(7, pulls.Label, true, "olga", began.Add(time.Minute))
	if told := s.plan("a"); told.Status != result.Planned {
		t.Errorf("a label that was set after the comment: %s, %+v", told.Status, told.Problems)
	}
}

// On a fork's pull request the run that the label starts is green, and no other.
func TestTheLabelOnAFork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, labelOnAFork)
}

func labelOnAFork(t *testing.T) {
	s := newStory(t)
	s.run.Trigger.Fork = true
	s.hub.Label(7, pulls.Label, true, "olga", time.Now())
	if told := s.plan("a"); told.Status != result.Failed {
		t.Errorf("a push: %s", told.Status)
	}
	s.run.Trigger.Action, s.run.Trigger.Label = "labeled", pulls.Label
	if told := s.plan("a"); told.Status != result.Planned {
		t.Errorf("the label's own run: %s, %+v", told.Status, told.Problems)
	}
	s.hub.Label(7, pulls.Label, false, "olga", time.Now())
	if told := s.plan("a"); told.Status != result.Failed {
		t.Errorf("repeated after the label was taken off: %s", told.Status)
	}
	if n := len(s.hub.Comments(7)); n != 0 {
		t.Errorf("%d comments", n)
	}
}

// A check compares with the base branch, and says so in the summary alone.
func TestACheckIsNoComment(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.run.Mode = config.ModeCheck
	s.run.FailOn = nil
	if told := s.plan("a"); told.Comment != nil {
		t.Errorf("comment %+v", told.Comment)
	}
	if n := len(s.hub.Comments(7)); n != 0 {
		t.Errorf("%d comments", n)
	}
}

// A file counts as the commit's own when it is what the checkout makes of it. What the
// commit or the base branch has, and the workspace has otherwise, no step made anew.
func TestStanding(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	base := s.hub.Commit(map[string]any{"pets.json": "{\n}", "moved.json": "{}"})
	head := map[string]any{"pets.json": "{\n}\n", "lines.json": "{\n}\n", "new.json": "1", "real/a.json": "a", "api": standin.Link("real")}
	s.run.Trigger.MergeCommit = s.hub.Commit(head, base, s.hub.Commit(head, base))
	s.workspace = fstest.MapFS{}
	for name, content := range map[string]string{
		"pets.json": "{\n}\n", "lines.json": "{\r\n}\r\n", "new.json": "2", "api/a.json": "a", "moved.json": "{}", "made.json": "{}",
	} {
		s.workspace[name] = &fstest.MapFile{Data: []byte(content)}
	}
	judged := s.review().Base().Judged
	for name, want := range map[string]reconcile.Standing{
		"pets.json": reconcile.Committed, "./pets.json": reconcile.Committed, "lines.json": reconcile.Committed,
		"api/a.json": reconcile.Committed, "new.json": reconcile.Altered, "moved.json": reconcile.Altered, "made.json": reconcile.Made,
	} {
		if got, err := judged(t.Context(), name); got != want || err != nil {
			t.Errorf("%s is %s, %v, want %s", name, got, err, want)
		}
	}
}

// A gate fails for what was not found out only where that counts: not for what differs
// on the server, nor for a reference on a pull request that does not touch the workflow.
func TestWhatIsUntoldAndCounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		uid, anchor, changes string
		want                 result.Status
	}{
		"a file":                         {"", "consumers-untold", "pets.json", result.Failed},
		"what Microcks serves of a file": {"", "comparison-untold", "pets.json", result.Planned},
		"a reference, elsewhere":         {"1-2", "consumers-untold", "pets.json", result.Planned},
		"a reference, with the workflow": {"1-2", "consumers-untold", ".github/workflows/mocks.yml", result.Failed},
	} {
		s := newStory(t)
		s.attempt++
		s.hub.SetPull(7, standin.Pull{Files: []standin.File{{Path: c.changes}}})
		told := &result.Result{Mode: result.Plan, Status: result.Planned, Collections: []result.Collection{{
			UID: c.uid, Name: "Pets", Status: result.Planned, Problems: []result.Problem{{Level: result.Warning, Anchor: c.anchor, Text: "x"}},
		}}}
		if s.review().End(t.Context(), told); told.Status != c.want {
			t.Errorf("%s: %s, %+v", name, told.Status, told.Problems)
		}
	}
}

// A collection of the base branch that GitHub does not show is not one that is not
// there.
func TestWhatGitHubDoesNotShowIsNotGone(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	base := s.hub.Commit(map[string]any{"pets.json": "{}", "link.json": standin.Link("pets.json")})
	s.run.Trigger.MergeCommit = s.hub.Commit(map[string]any{}, base, s.hub.Commit(map[string]any{}, base))
	if wanted, _, err := s.review().Base().Resolve(t.Context()); len(wanted) != 1 || err != nil {
		t.Errorf("%d wanted, %v", len(wanted), err)
	}
	s.hub.Fail(standin.Fault{On: "GET /repos/o/r/git/blobs/", Status: http.StatusBadGateway})
	if wanted, _, err := s.review().Base().Resolve(t.Context()); err == nil {
		t.Errorf("%d wanted, and no error", len(wanted))
	}
}
