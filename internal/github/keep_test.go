package github_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/github"
	standin "postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/transport"
)

var place = github.Place{Workflow: "octo/pets/.github/workflows/ci.yml", Job: "mocks", Key: "https://microcks.example.com"}

// says is a goal with one text, of a run.
func says(text string, run, attempt int64) github.Goal {
	return github.Goal{
		Number: 7, Place: place, Run: github.Run{Number: run, Attempt: attempt}, Parts: []github.Part{{Head: text}}, Create: true,
	}
}

// body is what a run leaves of it: it is what a run of its own wrote elsewhere.
func body(t *testing.T, g github.Goal) string {
	t.Helper()
	server := standin.New(repository, standin.Options{})
	server.SetPull(7, standin.Pull{})
	if _, err := through(t, wire{to: server}, standin.Token).Keep(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return server.Comments(7)[0].Body
}

// shown are the comments of a pull request as a reader sees them.
func shown(server *standin.Server) string {
	var all []string
	for _, c := range server.Comments(7) {
		text := c.Body
		if strings.HasPrefix(text, "<!--") {
			_, text, _ = strings.Cut(text, "-->\n")
		}
		all = append(all, c.Author.Login+": "+text)
	}
	return strings.Join(all, ", ")
}

func writes(server *standin.Server) int {
	n := 0
	for _, r := range server.Requests() {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/graphql") {
			n++
		}
	}
	return n
}

func TestKeep(t *testing.T) {
	t.Parallel()
	const ours, path = "github-actions[bot]: ", "/repos/octo/pets/issues/"
	eve := standin.Account{Login: "eve", ID: 6}
	quiet := func(g github.Goal) github.Goal { g.Create = false; return g }
	keyed := says("other key", 4, 1)
	keyed.Place.Key = "staging"
	for name, c := range map[string]struct {
		options standin.Options
		token   string
		before  []string // comments: "us: …" of a run 4 of ours, "eve: …" planted by eve, "key: …" of another key
		prepare func(*standin.Server)
		goal    github.Goal
		want    github.Outcome // URL and Refusal left out
		shows   string
		writes  int
		anchor  string // of the error
	}{
		"nothing to say": {goal: quiet(says("none", 5, 1)), want: github.Outcome{Kind: github.Nothing}},
		"created": {goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Created}, shows: ours + "new", writes: 1},
		"updated": {before: []string{"us: old"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Updated}, shows: ours + "new", writes: 1},
		"unchanged": {before: []string{"us: old"}, goal: says("old", 5, 1),
			want: github.Outcome{Kind: github.Unchanged}, shows: ours + "old"},
		"emptied": {before: []string{"us: old"}, goal: quiet(says("none", 5, 1)),
			want: github.Outcome{Kind: github.Updated}, shows: ours + "none", writes: 1},
		"planted": {before: []string{"eve: mine"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Created}, shows: "eve: mine, " + ours + "new", writes: 1},
		"planted, nothing to say": {before: []string{"eve: mine"}, goal: quiet(says("none", 5, 1)),
			want: github.Outcome{Kind: github.Nothing}, shows: "eve: mine"},
		"planted beside ours": {before: []string{"eve: mine", "us: old"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Updated}, shows: "eve: mine, " + ours + "new", writes: 1},
		"two keys": {before: []string{"key: staging"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Created}, shows: ours + "staging, " + ours + "new", writes: 1},
		"three of ours": {before: []string{"us: old", "us: older", "us: other"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Updated, Deleted: 2}, shows: ours + "new", writes: 3},
		"a newer run's": {before: []string{"us: old"}, goal: says("late", 3, 9),
			want: github.Outcome{Kind: github.Superseded}, shows: ours + "old"},
		"a newer attempt's": {before: []string{"us: old"}, goal: says("late", 4, 1),
			want: github.Outcome{Kind: github.Superseded}, shows: ours + "old"},
		"run again": {before: []string{"us: old"}, goal: says("new", 4, 3),
			want: github.Outcome{Kind: github.Updated}, shows: ours + "new", writes: 1},
		"a fork": {token: standin.ForkToken, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Refused}, writes: 1},
		"a fork, nothing to change": {token: standin.ForkToken, before: []string{"us: old"}, goal: says("old", 5, 1),
			want: github.Outcome{Kind: github.Unchanged}, shows: ours + "old"},
		"a fork, with one of ours": {token: standin.ForkToken, before: []string{"us: old"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Refused}, shows: ours + "old", writes: 1},
		"locked": {prepare: func(s *standin.Server) { s.SetPull(7, standin.Pull{Locked: true}) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Refused}, writes: 1},
		"a user's token": {token: "ghp_ann", before: []string{"us: of the bot", "ann: old"}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Updated}, shows: ours + "of the bot, ann: new", writes: 1},
		"nobody tells who we are": {options: standin.Options{NoViewer: true}, goal: says("new", 5, 1),
			want: github.Outcome{Kind: github.Created}, shows: ours + "new", writes: 1},
		"nobody tells, an older one is continued": {options: standin.Options{NoViewer: true}, before: []string{"eve: mine", "us: old"},
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Updated}, shows: "eve: mine, " + ours + "new", writes: 3},
		"nobody tells, the older one is the same": {options: standin.Options{NoViewer: true}, before: []string{"us: old"},
			goal: says("old", 5, 1), want: github.Outcome{Kind: github.Unchanged}, shows: ours + "old", writes: 2},
		"nobody tells, planted": {options: standin.Options{NoViewer: true}, before: []string{"eve: mine"},
			goal: quiet(says("none", 5, 1)), want: github.Outcome{Kind: github.Nothing}, shows: "eve: mine", writes: 2},
		"the answer of a POST is lost": {prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "POST " + path, Lose: true}) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Created}, shows: ours + "new", writes: 1},
		"the answer of a POST is empty": {prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "POST " + path, Empty: true}) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Created}, shows: ours + "new", writes: 1},
		"a POST that did not arrive": {prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "POST " + path, Status: 502}) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Created}, shows: ours + "new", writes: 2},
		"lost, and nobody tells who we are": {options: standin.Options{NoViewer: true},
			prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "POST " + path, Lose: true}) },
			goal:    says("new", 5, 1), want: github.Outcome{Kind: github.Created, Deleted: 0}, shows: ours + "new", writes: 3},
		"the answer of a PATCH is lost": {before: []string{"us: old"},
			prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "PATCH " + path, Lose: true}) },
			goal:    says("new", 5, 1), want: github.Outcome{Kind: github.Updated}, shows: ours + "new", writes: 1},
		"deleted meanwhile": {before: []string{"us: old"},
			prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "PATCH " + path, Status: 404, Body: "{}"}) },
			goal:    says("new", 5, 1), want: github.Outcome{Kind: github.Created}, shows: ours + "old, " + ours + "new", writes: 2},
		"GitHub is down": {prepare: func(s *standin.Server) { s.Fail(standin.Fault{On: "POST " + path, Times: -1, Status: 502}) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Nothing}, writes: 3, anchor: "github-5xx"},
		"limited": {prepare: func(s *standin.Server) { s.Fail(standin.SlowDown(403, 60)) },
			goal: says("new", 5, 1), want: github.Outcome{Kind: github.Nothing}, anchor: "github-limits"},
		"no such pull request": {goal: func() github.Goal { g := says("new", 5, 1); g.Number = 8; return g }(),
			want: github.Outcome{Kind: github.Nothing}, anchor: "github-404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := standin.New(repository, c.options)
				ann := standin.Account{Login: "ann", ID: 5, Writes: true}
				server.AddToken("ghp_ann", ann)
				server.SetPull(7, standin.Pull{})
				for _, before := range c.before {
					who, text, _ := strings.Cut(before, ": ")
					by := map[string]standin.Account{"us": standin.Bot(), "key": standin.Bot(), "eve": eve, "ann": ann}[who]
					g := says(text, 4, 2)
					if who == "key" {
						g.Place = keyed.Place
					}
					server.Plant(7, by, body(t, g))
				}
				if c.prepare != nil {
					c.prepare(server)
				}
				if c.token == "" {
					c.token = standin.Token
				}
				time.Sleep(time.Minute)
				got, err := through(t, wire{to: server}, c.token).Keep(t.Context(), c.goal)
				if e, ok := errors.AsType[explained](err); (err != nil || c.anchor != "") && (!ok || e.Anchor() != c.anchor || e.Hint() == "") {
					t.Errorf("error: %v", err)
				}
				if (got.Kind == github.Refused) != (got.Refusal != nil) {
					t.Errorf("refusal: %v", got.Refusal)
				}
				if none := got.Kind == github.Nothing || got.Kind == github.Refused; err == nil && none != (got.URL == "") {
					t.Errorf("at %q", got.URL)
				}
				if wrote := got.Kind == github.Created || got.Kind == github.Updated; err == nil && wrote && got.Written.IsZero() {
					t.Error("it is not told when it was written")
				}
				got.URL, got.Refusal, got.Written = "", nil, time.Time{}
				if got != c.want || shown(server) != c.shows || writes(server) != c.writes {
					t.Errorf("%+v after %d writes, want %+v after %d; it shows %q, want %q", got, writes(server), c.want, c.writes, shown(server), c.shows)
				}
			})
		})
	}
}

// A run that finds a newer one's comment beside the oldest helps to make one of them,
// and looks again when another did so before.
func TestKeepCarriesOver(t *testing.T) {
	t.Parallel()
	for name, healed := range map[string]bool{"alone": false, "another is faster": true} {
		synctest.Test(t, func(t *testing.T) {
			server := standin.New(repository, standin.Options{})
			server.SetPull(7, standin.Pull{})
			first, newer := body(t, says("old", 4, 1)), body(t, says("newer", 9, 1))
			kept, other := server.Plant(7, standin.Bot(), first), server.Plant(7, standin.Bot(), newer)
			client := through(t, wire{to: server}, standin.Token)
			faster := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if healed && strings.HasSuffix(r.URL.Path, fmt.Sprint("/", other)) && r.Method == http.MethodGet {
					if _, err := client.EditComment(r.Context(), kept, newer); err != nil {
						t.Error(err)
					}
					if err := client.DeleteComment(r.Context(), other); err != nil {
						t.Error(err)
					}
				}
				server.ServeHTTP(w, r)
			})
			time.Sleep(time.Minute)
			got, err := through(t, wire{to: faster}, standin.Token).Keep(t.Context(), says("mine", 5, 1))
			got.URL = ""
			want := github.Outcome{Kind: github.Superseded, Deleted: 1}
			if healed {
				want.Deleted = 0
			}
			left := server.Comments(7)
			if err != nil || got != want || len(left) != 1 || left[0].ID != kept || left[0].Body != newer {
				t.Errorf("%s: %+v %v: %s", name, got, err, shown(server))
			}
		})
	}
}

// A run whose number no marker can hold writes nothing.
func TestKeepOfARunWithoutNumber(t *testing.T) {
	t.Parallel()
	server := standin.New(repository, standin.Options{})
	client := through(t, wire{to: server}, standin.Token)
	for _, run := range []github.Run{{}, {Number: 1}, {Number: 1e18, Attempt: 1}, {Number: 1, Attempt: 1e9}, {Number: -1, Attempt: 1}} {
		_, err := client.Keep(t.Context(), github.Goal{Number: 7, Run: run, Create: true})
		checkSetting(t, fmt.Sprint("run ", run), err, false)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A comment of ours is found on the last of three pages, and what does not change
// costs no more than to look.
func TestKeepAcrossPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{})
		for range 249 {
			server.Plant(7, standin.Account{Login: "ann", ID: 5}, "hello")
		}
		server.Plant(7, standin.Bot(), body(t, says("same", 4, 1)))
		got, err := through(t, wire{to: server}, standin.Token).Keep(t.Context(), says("same", 5, 1))
		if err != nil || got.Kind != github.Unchanged || len(server.Requests()) != 3+1 {
			t.Errorf("%+v %v after %d requests", got, err, len(server.Requests()))
		}
	})
}

// A text that is too long is cut by whole rows, the marker stays, and GitHub takes it.
func TestKeepCuts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{})
		row := strings.Repeat("日🌈", 500) + "\n"
		goal := says("totals\n", 5, 1)
		goal.Parts = append(goal.Parts, github.Part{Head: "table\n", Rows: strings.Split(strings.Repeat(row+"\x00", 200), "\x00")[:200]})
		goal.More = "the rest is in the summary"
		client := through(t, wire{to: server}, standin.Token)
		got, err := client.Keep(t.Context(), goal)
		if err != nil || !got.Cut || got.Kind != github.Created {
			t.Fatalf("%+v %v", got, err)
		}
		text := strings.TrimPrefix(shown(server), "github-actions[bot]: ")
		rows := strings.Count(text, row)
		if text != "totals\ntable\n"+strings.Repeat(row, rows)+goal.More || rows != 43 {
			t.Errorf("%d rows in %d bytes", rows, len(text))
		}
		if again, err := client.Keep(t.Context(), goal); err != nil || again.Kind != github.Unchanged {
			t.Errorf("%+v %v", again, err)
		}
	})
}

// Runs at once leave one comment, with the text of the newest, whenever each begins
// and however long its requests are on their way; and nobody else's is touched.
func TestRunsAtOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			var mu sync.Mutex
			within := func(most time.Duration) func() time.Duration {
				return func() time.Duration {
					mu.Lock()
					defer mu.Unlock()
					return time.Duration(random.Int64N(int64(most)))
				}
			}
			server := standin.New(repository, standin.Options{NoViewer: seed%5 == 0})
			server.SetPull(7, standin.Pull{})
			server.Plant(7, standin.Account{Login: "eve", ID: 6}, body(t, says("planted", 99, 1)))
			if seed%2 == 0 {
				server.Plant(7, standin.Bot(), body(t, says("old", 1, 1)))
			}
			runs := 2 + int(seed%4)
			var all sync.WaitGroup
			for i := range runs {
				starts := within(3 * time.Second)()
				all.Go(func() {
					time.Sleep(starts)
					// A look and the write after it take less than a run waits before it looks again.
					client := through(t, wire{to: server, before: within(600 * time.Millisecond), after: within(600 * time.Millisecond)}, standin.Token)
					if _, err := client.Keep(t.Context(), says(fmt.Sprint("run ", 10+i), int64(10+i), 1)); err != nil {
						t.Errorf("seed %d, run %d: %v", seed, 10+i, err)
					}
				})
			}
			all.Wait()
			if want := fmt.Sprint("eve: planted, github-actions[bot]: run ", 10+runs-1); shown(server) != want {
				t.Errorf("seed %d: %s, want %s", seed, shown(server), want)
			}
		})
	}
}

// after does something of others once a request that writes a comment was answered.
type after struct {
	to   *standin.Server
	then func(*http.Request)
}

func (a after) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.to.ServeHTTP(w, r)
	if strings.Contains(r.URL.Path, "/comments") && (r.Method == http.MethodPost || r.Method == http.MethodPatch) {
		a.then(r)
	}
}

// A run whose comment others write again and again, as jobs of a matrix without a key
// do, ends with what to do about that.
func TestKeepContended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{})
		others := through(t, wire{to: server}, standin.Token)
		n := 0
		contending := after{server, func(r *http.Request) {
			n++
			text := body(t, says(fmt.Sprint("job ", n), 5, 1))
			if _, err := others.EditComment(r.Context(), server.Comments(7)[0].ID, text); err != nil {
				t.Error(err)
			}
		}}
		got, err := through(t, wire{to: contending}, standin.Token).Keep(t.Context(), says("mine", 5, 1))
		e, ok := errors.AsType[*github.ContendedError](err)
		if !ok || !strings.Contains(e.Hint(), "comment-key") || e.Anchor() != "comment-contended" || got.URL == "" || n > 6 {
			t.Errorf("%+v %v after %d writes: %s", got, err, n, shown(server))
		}
	})
}

// changing is a GitHub that stores another text than it was sent.
type changing struct{ to http.Handler }

func (c changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(strings.ReplaceAll(string(sent), "mine", "changed")))
	c.to.ServeHTTP(w, r)
}

func TestKeepWhatGitHubChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{})
		client := through(t, wire{to: changing{server}}, standin.Token)
		for want := range 3 {
			if _, err := client.Keep(t.Context(), says("mine", 5, 1)); err != nil || writes(server) != want+1 {
				t.Errorf("%v, %d writes", err, writes(server))
			}
		}
	})
}

// A write that is never answered is looked for, and does not take the time of the run.
func TestKeepWithoutAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := standin.New(repository, standin.Options{})
		server.SetPull(7, standin.Pull{})
		began, hung := time.Now(), false
		hangs := after{server, func(r *http.Request) {
			if !hung {
				hung = true
				<-r.Context().Done()
			}
		}}
		got, err := through(t, wire{to: hangs}, standin.Token).Keep(t.Context(), says("new", 5, 1))
		if err != nil || got.Kind != github.Created || shown(server) != "github-actions[bot]: new" || writes(server) != 1 {
			t.Errorf("%+v %v: %s", got, err, shown(server))
		}
		if took := time.Since(began); took < time.Minute || took > 65*time.Second {
			t.Errorf("it took %s", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client := through(t, wire{to: always{status: 201}, before: func() time.Duration { return time.Hour }}, standin.Token)
		_, err := client.CreateComment(t.Context(), 7, "x")
		e, ok := errors.AsType[*github.BrokenAnswerError](err)
		if !ok || !github.InDoubt(err) || e.Anchor() != "github-unreadable" ||
			err.Error() != "creating the comment on #7: GitHub said nothing for 1m0s" {
			t.Errorf("%T %v", err, err)
		}
	})
}

// A run that is ended says what it knows: a comment that was written, or may have been.
func TestKeepEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		want  github.Outcome
	}{
		"while it looks":                {500 * time.Millisecond, github.Outcome{Kind: github.Nothing}},
		"while it writes":               {1500 * time.Millisecond, github.Outcome{Kind: github.Nothing, InDoubt: true}},
		"before it looks again":         {3 * time.Second, github.Outcome{Kind: github.Created}},
		"while it looks again, at last": {5 * time.Second, github.Outcome{Kind: github.Created}},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := standin.New(repository, standin.Options{})
			server.SetPull(7, standin.Pull{})
			ctx, cancel := contextFor(t, c.after)
			defer cancel()
			got, err := through(t, wire{to: server, after: func() time.Duration { return time.Second }}, standin.Token).Keep(ctx, says("new", 5, 1))
			got.URL, got.Written = "", time.Time{}
			if got != c.want || !errors.Is(err, errOver) {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			if e, ok := errors.AsType[*transport.Error](err); ok && e.Kind != transport.KindCanceled {
				t.Errorf("%s: %s", name, e.Kind)
			}
		})
	}
}
