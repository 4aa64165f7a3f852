package scenarios

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/test/canary"
	"postman-microcks-importer/internal/test/standin/github"
)

// pullNumber is the pull request that all events are about.
const pullNumber = 7

// tokenVariable is where the program gets the token of the job.
const tokenVariable = "INPUT_GITHUB-TOKEN"

// githubWords are the words about the pull request.
func githubWords() map[string]command {
	return map[string]command{
		// github start|base|changes|label|unlabel|plant|crowd|forget|comments|wrote|fault|heal …
		"github": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "github VERB [ARG...]")
			w, rest := storyOf(ts), args[1:]
			need(ts, (w.GitHubAPI == nil) == (args[0] == "start"), "github start first, and once")
			switch verb := args[0] + "/" + strconv.Itoa(len(rest)); {
			case args[0] == "start" && len(rest) <= 1: // github start [enterprise|no-viewer]
				kind := strings.Join(rest, "")
				need(ts, slices.Contains([]string{"", "enterprise", "no-viewer"}, kind), "github start [enterprise|no-viewer]")
				w.startGitHub(ts, github.Options{Enterprise: kind == "enterprise", NoViewer: kind == "no-viewer"})
			case verb == "base/0": // the base branch is the workspace as it is now
				w.base = w.repositoryFiles(ts)
			case verb == "commits/0": // the pull request is the workspace as it is now, whatever a step makes of it
				w.committed = w.repositoryFiles(ts)
			case args[0] == "changes": // github changes PATH…, -PATH removed, OLD=>NEW renamed; without one what differs from the base
				w.changes = changedFiles(rest)
			case args[0] == "label" && len(rest) >= 1 && len(rest) <= 2, args[0] == "unlabel" && len(rest) >= 1 && len(rest) <= 2:
				// github label|unlabel NAME [BY], a minute later; what follows is a minute after that
				w.GitHubAPI.Later(time.Minute)
				by := cmp.Or(strings.Join(rest[1:], ""), "olga")
				w.GitHubAPI.Label(pullNumber, rest[0], args[0] == "label", by, w.GitHubAPI.Now())
				w.GitHubAPI.Later(time.Minute)
			case verb == "plant/1", verb == "plant/2": // github plant FILE [BY], a comment of somebody
				w.plant(ts, expand(ts, ts.ReadFile(rest[0])), cmp.Or(strings.Join(rest[1:], ""), "mallory"))
			case verb == "crowd/1": // github crowd N, so many comments of others
				n, err := strconv.Atoi(rest[0])
				ts.Check(err)
				for i := range n {
					w.plant(ts, fmt.Sprintf("comment %d", i), "olga")
				}
			case verb == "head/0", verb == "head/1": // github head [COMMIT], where the default branch is now; without one, at the run's
				w.head = strings.Join(rest, "")
			case verb == "forget/0": // somebody deletes all comments
				w.GitHubAPI.Forget(pullNumber)
				clear(w.planted)
			case verb == "comments/0", verb == "comments/1": // github comments [N] prints them
				w.showComments(ts, strings.Join(rest, ""))
			case args[0] == "wrote": // github wrote nothing, or exactly these requests in this order
				w.compareGitHub(ts, rest)
			case verb == "fault/1": // github fault KIND
				fault, known := w.githubFaults()[rest[0]]
				need(ts, known, "a kind of fault")
				w.GitHubAPI.Fail(fault)
			case verb == "heal/0":
				w.GitHubAPI.Heal()
			default:
				ts.Fatalf("github has no %s", verb)
			}
		},
	}
}

// githubFaults are what can go wrong, by the names that scenarios know.
func (w *story) githubFaults() map[string]github.Fault {
	refused := http.Header{"Content-Type": {"application/json"}}
	forbidden := github.Fault{
		On: "POST " + w.below("issues/"), Times: -1, Status: http.StatusForbidden, Header: refused,
		Body: `{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest"}`,
	}
	hidden := forbidden
	hidden.On = "GET " + w.below("issues/7/comments")
	unlabelled := github.Page(http.StatusBadGateway, "Unicorn!")
	unlabelled.On = "GET " + w.below("issues/7/events")
	limited := github.SlowDown(http.StatusTooManyRequests, 60)
	limited.On = "POST " + w.below("issues/")
	unread := forbidden
	unread.On = "GET " + w.below("git/")
	headless := forbidden
	headless.On = "GET " + w.below("git/ref/")
	return map[string]github.Fault{
		"refuses-comments": forbidden, // a token without the permission
		"refuses-commits":  unread,    // the same for what lies in the repository
		"refuses-branches": headless,  // the same for its branches
		"hides-comments":   hidden,    // a token without any permission
		"hides-viewer":     {On: "POST /graphql", Times: -1, Status: http.StatusBadGateway},
		"hides-labels":     unlabelled,                                                            //
		"loses-comment":    {On: "POST " + w.below("issues/"), Lose: true},                        // the answer to the next one, which is there
		"empty":            {On: "POST " + w.below("issues/"), Empty: true},                       // as loses-comment, with 200 in its place
		"slow-down":        limited,                                                               // a secondary limit
		"redirects":        github.Redirect(http.StatusTemporaryRedirect, w.MicrocksURL+"/api/x"), // to another server
		"page":             github.Page(http.StatusBadGateway, "Unicorn!"),
	}
}

// below is the path of the repository in the API.
func (w *story) below(path string) string {
	root := ""
	if strings.HasSuffix(w.GitHubAPIURL, "/api/v3") {
		root = "/api/v3"
	}
	return root + "/repos/" + repository + "/" + path
}

// startGitHub starts GitHub's API with the pull request. Its base branch is the
// workspace as it is now.
func (w *story) startGitHub(ts *testscript.TestScript, o github.Options) {
	w.StartGitHubAPI(o)
	w.GitHubAPI.SetPull(pullNumber, github.Pull{})
	w.base, w.planted = w.repositoryFiles(ts), map[int64]string{}
	ts.Setenv("GITHUB_API_URL", w.GitHubAPIURL)
	ts.Setenv(tokenVariable, github.Token)
	w.giveToken(ts)
}

// giveToken gives the job the token that GitHub would, where the workflow passes one
// on: on the pull request of a fork, and of Dependabot, it can only read.
func (w *story) giveToken(ts *testscript.TestScript) {
	if ts.Getenv(tokenVariable) == "" {
		return
	}
	token := github.Token
	if w.event.withheld() {
		token = github.ForkToken
	}
	ts.Setenv(tokenVariable, token)
}

// keptFiles are what [story.keep] writes, and what scenarios compare with.
var keptFiles = []string{"log", "screen", "head", "told", "annotations", "summary.md", "outputs", "result.json", "want"}

// repositoryFiles are those of the workspace that a checkout would have.
func (w *story) repositoryFiles(ts *testscript.TestScript) map[string]any {
	files := make(map[string]any)
	ts.Check(fs.WalkDir(os.DirFS(w.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(name, ".") && !strings.Contains(name, "/") &&
			!slices.Contains([]string{".", ".github", ".postman", ".resources"}, name)
		if err != nil || hidden || slices.Contains(keptFiles, name) {
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(filepath.Join(w.dir, name))
			files[name] = github.Link(target)
			return err
		}
		if entry.Type().IsRegular() {
			text, err := os.ReadFile(filepath.Join(w.dir, name))
			files[name] = string(text)
			return err
		}
		return nil
	}))
	return files
}

// changedFiles reads PATH, -PATH and OLD=>NEW.
func changedFiles(args []string) []github.File {
	var all []github.File
	for _, arg := range args {
		old, name, renamed := strings.Cut(arg, "=>")
		removed, gone := strings.CutPrefix(arg, "-")
		switch {
		case renamed:
			all = append(all, github.File{Path: name, Old: old, Status: "renamed"})
		case gone:
			all = append(all, github.File{Path: removed, Status: "removed"})
		default:
			all = append(all, github.File{Path: arg})
		}
	}
	return all
}

// differences are the changed files as GitHub lists them: a file that is gone, and
// another one with the same content that is new, are one that was renamed.
func differences(base, head map[string]any) []github.File {
	var all []github.File
	gone := make(map[any]string)
	for _, name := range slices.Sorted(maps.Keys(base)) {
		if head[name] == nil {
			gone[base[name]] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(head)) {
		was, there := base[name]
		old := gone[head[name]]
		switch {
		case there && was != head[name]:
			all = append(all, github.File{Path: name})
		case !there && old != "":
			all = append(all, github.File{Path: name, Old: old, Status: "renamed"})
			delete(gone, head[name])
		case !there:
			all = append(all, github.File{Path: name, Status: "added"})
		}
	}
	for _, name := range slices.Sorted(maps.Values(gone)) {
		all = append(all, github.File{Path: name, Status: "removed"})
	}
	return all
}

// checkOut makes the commits of the workspace as it is now, and has the event and the
// runner name them. Each run is another attempt.
func (w *story) checkOut(ts *testscript.TestScript) {
	w.attempts++
	ts.Setenv("GITHUB_RUN_ATTEMPT", strconv.Itoa(w.attempts))
	if w.GitHubAPI == nil {
		return
	}
	w.written = len(w.GitHubAPI.Requests())
	now := w.committed
	if now == nil {
		now = w.repositoryFiles(ts)
	}
	changes := w.changes
	if changes == nil {
		changes = differences(w.base, now)
	}
	made := commits{base: w.GitHubAPI.Commit(w.base)}
	made.head = w.GitHubAPI.Commit(now, made.base)
	merge := w.GitHubAPI.Commit(now, made.base, made.head)
	w.GitHubAPI.Push(pullNumber, made.base, changes)
	switch w.event.name {
	case "pull_request":
		ts.Setenv("GITHUB_SHA", merge)
	case "merge_group":
		ts.Setenv("GITHUB_SHA", made.head)
	}
	w.GitHubAPI.SetBranch("main", cmp.Or(w.head, ts.Getenv("GITHUB_SHA")))
	w.mu.Lock()
	for id, name := range map[string]string{made.base: "<base>", made.head: "<head>", merge: "<merge>"} {
		w.names[id] = name
	}
	w.mu.Unlock()
	ts.Check(writeEvent(w.dir, w.event, made))
}

// plant writes a comment as somebody who is not the job.
func (w *story) plant(ts *testscript.TestScript, body, by string) {
	id := w.GitHubAPI.Plant(pullNumber, github.Account{Login: by, ID: 99}, body)
	w.planted[id] = body
}

var (
	places     = regexp.MustCompile(`comment=v1 place=([0-9a-f]{24}) `)
	records    = regexp.MustCompile(`(?m)^<!-- shown since=\S+((?: [0-9a-f]{32})+) -->$`)
	commentIDs = regexp.MustCompile(`\b10{6,8}([1-9][0-9]{0,2})\b`) // of ten digits
)

// nameComments makes what is different in each run of a comment the same: the time of
// its record goes, fingerprints are counted, and its place becomes $PLACE, or $PLACE2
// and so on, which the scenario knows from then on.
func (w *story) nameComments(ts *testscript.TestScript, text string) string {
	for _, found := range places.FindAllStringSubmatch(text, -1) {
		w.mu.Lock()
		if w.names[found[1]] == "" {
			w.places++
			name := "PLACE"
			if w.places > 1 {
				name += strconv.Itoa(w.places)
			}
			w.names[found[1]] = "$" + name
			ts.Setenv(name, found[1])
		}
		w.mu.Unlock()
	}
	return records.ReplaceAllStringFunc(text, func(line string) string {
		return fmt.Sprintf("<!-- shown %d -->", len(strings.Fields(records.FindStringSubmatch(line)[1])))
	})
}

// showComments prints the comments, the oldest first; there must be so many.
func (w *story) showComments(ts *testscript.TestScript, want string) {
	all := w.GitHubAPI.Comments(pullNumber)
	if want != "" && strconv.Itoa(len(all)) != want {
		ts.Fatalf("there are %d comments, want %s", len(all), want)
	}
	var text strings.Builder
	for _, c := range all {
		fmt.Fprintf(&text, "%s wrote:\n%s\n", c.Author.Login, strings.TrimRight(c.Body, "\n"))
	}
	if len(all) == 0 {
		text.WriteString("none\n")
	}
	_, err := fmt.Fprint(ts.Stdout(), w.plain(w.nameComments(ts, text.String())))
	ts.Check(err)
}

// compareGitHub holds the last run's writes against those wanted, such as
// "POST issues/7/comments".
func (w *story) compareGitHub(ts *testscript.TestScript, want []string) {
	need(ts, len(want) > 0, "github wrote nothing|REQUEST...")
	var got []string
	for _, r := range w.GitHubAPI.Requests()[w.written:] {
		if path, rest := strings.CutPrefix(r.Path, w.below("")); rest && r.Method != http.MethodGet {
			got = append(got, r.Method+" "+w.plain(path))
		}
	}
	if len(want) == 1 && want[0] == "nothing" {
		want = nil
	}
	if !slices.Equal(got, want) {
		ts.Fatalf("GitHub was written to by\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// mostOfComment is how many characters GitHub takes.
const mostOfComment = 65_536

// githubCanaries are the tokens of the job.
var githubCanaries = []canary.Canary{
	{Name: "the job's token", Value: github.Token}, {Name: "the token of a fork's job", Value: github.ForkToken},
}

// judgeComments checks what holds of comments after every run: no credential is in
// one, none is longer than GitHub takes, and those of others are as they were.
func (w *story) judgeComments() []string {
	if w.GitHubAPI == nil {
		return nil
	}
	var broken []string
	others := 0
	for _, c := range w.GitHubAPI.Comments(pullNumber) {
		if body, planted := w.planted[c.ID]; planted {
			if others++; c.Body != body {
				broken = append(broken, fmt.Sprintf("the comment of %s was changed", c.Author.Login))
			}
			continue
		}
		for _, name := range canary.Leaks(w.canaries(), c.Body) {
			broken = append(broken, name+" is in a comment")
		}
		if n := utf8.RuneCountInString(c.Body); n > mostOfComment {
			broken = append(broken, fmt.Sprintf("a comment has %d characters", n))
		}
	}
	if others != len(w.planted) {
		broken = append(broken, "a comment of somebody was deleted")
	}
	return broken
}
