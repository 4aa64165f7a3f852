// Package pulls is what a run reads of the pull request, or the group of a merge queue,
// that it is about, and what it says there: the base that collections of the repository
// are compared with, the comment, and the gate with its label.
package pulls

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/github"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/resolve"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Settings of a review.
type Settings struct {
	Run    *config.Run
	Client *github.Client // nil without a token: then nothing is read of GitHub, nor said there
	Fault  error          // why GitHub cannot be asked although there is a token; else nil
	// Workflow is the path of its file in the repository; "" where that is not known.
	Workflow string
	Job      string
	Number   github.Run
	// File reads a file of the workspace, or a folder that is a collection, and Resolve tells which importers the run would
	// want among others' files.
	File    func(ctx context.Context, name string) (delivery.Source, error)
	Resolve func(context.Context, fs.FS) ([]*plan.Wanted, []result.Problem, error)
	// Report is what the text of a comment needs; Blob is the address of the folder of the
	// head commit's files, "" links none.
	Report func() report.Context
	Blob   string
	// Hide takes credentials out of a text.
	Hide func(string) string
}

// Review is a run's part in a pull request, or in none.
type Review struct {
	Settings
	load    sync.Once
	base    *github.Tree
	judged  *github.Tree
	loading error
	broken  atomic.Pointer[error] // the first of reading a file of the base
}

// New makes a review. It asks nobody.
func New(s Settings) *Review { return &Review{Settings: s} }

// onPull reports whether the run is about a pull request on which it may speak and
// gate. That of pull_request_target is none: which files lie in its workspace, and who
// wrote them, cannot be known.
func (r *Review) onPull() bool {
	return r.Run.Trigger.Event == "pull_request" && r.Run.Trigger.Number > 0
}

// Base is what the run's files are compared with; nil where there is none, or nobody to
// be asked for it. GitHub is asked when it is used.
func (r *Review) Base() *reconcile.Base {
	t := &r.Run.Trigger
	known := t.Event == "pull_request" && t.MergeCommit != "" || t.Event == "merge_group" && t.HeadCommit != "" && t.BaseCommit != ""
	if r.Client == nil || !known || !r.files() {
		return nil
	}
	return &reconcile.Base{
		Resolve: func(ctx context.Context) ([]*plan.Wanted, []result.Problem, error) {
			if err := r.trees(ctx); err != nil {
				return nil, nil, err
			}
			wanted, notes, err := r.Resolve(ctx, r.base)
			if broken := r.broken.Load(); err == nil && broken != nil { // what was looked for may be there
				err = *broken
			}
			return wanted, notes, err
		},
		File: func(ctx context.Context, name string) (delivery.Source, error) {
			if err := r.trees(ctx); err != nil {
				return delivery.Source{}, err
			}
			return collection(ctx, r.base, path.Clean(name))
		},
		Judged: r.standing,
	}
}

// collection is a file or folder of a commit that is one. What is none there is not
// there.
func collection(ctx context.Context, at *github.Tree, name string) (delivery.Source, error) {
	e, err := at.Entry(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		source, err := repository.Read(ctx, at, name)
		if errors.Is(err, repository.ErrNoFolder) || errors.Is(err, repository.ErrTooMany) {
			err = fs.ErrNotExist
		}
		return source, err
	}
	if err == nil {
		err = budget.Take(ctx, int(e.Size))
	}
	if err != nil {
		return delivery.Source{}, err
	}
	raw, err := at.Read(ctx, e.Path)
	return delivery.File(raw), err
}

// standing tells how a file of the workspace, or a folder that is a collection, stands to
// the commit that is judged. One that a step made or changed, or that another commit has
// which was checked out, says nothing of what the pull request changes. Nor does one of
// which the checkout made something else: the pull request itself can ask git for that,
// in .gitattributes. Line ends alone mean nothing in a collection.
func (r *Review) standing(ctx context.Context, name string) (reconcile.Standing, error) {
	if err := r.trees(ctx); err != nil {
		return "", err
	}
	name = path.Clean(name)
	there, err := has(ctx, r.judged, name)
	if err != nil {
		return "", err
	}
	if !there {
		if there, err = has(ctx, r.base, name); there || err != nil {
			return reconcile.Altered, err
		}
		return reconcile.Made, nil
	}
	local, err := r.File(ctx, name)
	if err != nil {
		return reconcile.Altered, ctx.Err()
	}
	same, err := r.holdsAll(ctx, name, local)
	if err != nil {
		return "", err
	}
	if !same {
		return reconcile.Altered, nil
	}
	return reconcile.Committed, nil
}

// has reports whether a commit has a file, or a folder with files.
func has(ctx context.Context, at *github.Tree, name string) (bool, error) {
	_, err := at.Entry(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = at.Stat(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// holdsAll reports whether the commit that is judged has all files of a collection, and
// no more.
func (r *Review) holdsAll(ctx context.Context, name string, local delivery.Source) (same bool, err error) {
	if local.Folder == nil {
		return r.holds(ctx, name, local.Raw)
	}
	there := 0
	if err := repository.Walk(r.judged, name, func(string) error { there++; return nil }); err != nil || there != len(local.Folder.Files) {
		return false, ctx.Err()
	}
	same = true
	local.Each(func(inner string, raw []byte) bool {
		same, err = r.holds(ctx, path.Join(name, inner), raw)
		return same
	})
	return same, err
}

// holds reports whether the commit that is judged has a file with this content.
func (r *Review) holds(ctx context.Context, name string, content []byte) (bool, error) {
	e, err := r.judged.Entry(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && (e.Holds(content) || e.Holds(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))), err
}

// mostFile is the most that is read of a file; of a larger one no run makes a
// collection.
const mostFile = 16 << 20

// trees reads the commit that is judged and the one that it is merged into.
func (r *Review) trees(ctx context.Context) error {
	r.load.Do(func() { r.loading = r.loadTrees(ctx) })
	return r.loading
}

func (r *Review) loadTrees(ctx context.Context) error {
	t := &r.Run.Trigger
	judged, base := t.HeadCommit, t.BaseCommit
	if t.Event == "pull_request" {
		judged = t.MergeCommit
	}
	at, err := r.Client.At(ctx, judged)
	if err != nil {
		return err
	}
	if t.Event == "pull_request" {
		if len(at.Parents) != 2 {
			return errNoMerge
		}
		base = at.Parents[0]
	}
	onto, err := r.Client.At(ctx, base)
	if err != nil {
		return err
	}
	if r.judged, err = at.Tree(ctx, nil); err != nil {
		return err
	}
	r.base, err = onto.Tree(ctx, func(ctx context.Context, e github.Entry) ([]byte, error) {
		if e.Size > mostFile {
			return nil, fs.ErrNotExist
		}
		if local, err := r.File(ctx, e.Path); err == nil && e.Holds(local.Raw) { // most files do not change
			return local.Raw, nil
		}
		raw, err := onto.Content(ctx, e)
		if err != nil {
			r.broken.CompareAndSwap(nil, &err)
		}
		return raw, err
	})
	return err
}

var errNoMerge = errors.New("reading the base: GITHUB_SHA is no merge of the pull request")

// touch is what a pull request changes of what the run is made of.
type touch struct {
	workflow bool // or the manifest
	files    bool // collections of the repository
}

// touched finds out what the pull request changes. What cannot be told counts as
// changed.
func (r *Review) touched(ctx context.Context, told *result.Result) touch {
	if r.Client == nil {
		return touch{true, true}
	}
	changed, err := r.Client.Files(ctx, r.Run.Trigger.Number)
	if err != nil || changed.Cut {
		return touch{true, true}
	}
	var t touch
	for _, f := range changed.List {
		for _, name := range []string{f.Path, f.Old} {
			if name == "" {
				continue
			}
			t.workflow = t.workflow || r.Workflow == "" || name == r.Workflow || name == r.Run.Manifest.Path
			t.files = t.files || slices.ContainsFunc(r.Run.Importers, func(i config.Importer) bool { return covers(i, name) }) ||
				slices.ContainsFunc(told.Collections, func(c result.Collection) bool { return in(string(c.File), name) })
		}
	}
	return t
}

// covers reports whether a file is a collection of an importer, in the folder that is, or
// the list of them.
func covers(i config.Importer, name string) bool {
	if i.Pattern == "" {
		return in(i.File, name) || in(i.Resources, name) || in(resolve.Kept(i.Resources), name)
	}
	for at := name; at != "."; at = path.Dir(at) {
		if found, err := doublestar.Match(i.Pattern, at); found && err == nil {
			return true
		}
	}
	return false
}

// in reports whether a name is a collection's, or of a file in its folder.
func in(collection, name string) bool {
	return collection != "" && repository.Holds(path.Clean(collection), name)
}

// End says on the pull request what the run found, and lets the gate decide. It changes
// the result by that. Nothing that goes wrong with the comment fails the run.
func (r *Review) End(ctx context.Context, told *result.Result) {
	gated := r.Run.FailsOn(config.FailOnBreaking)
	if told.Interrupted != nil || told.Mode.Writes() || told.Mode == result.Export {
		return
	}
	defer told.AddUp()
	if r.Run.Trigger.Event == "" { // no runner, and no label
		if gated {
			refuse(told, count(told, everything), nil, untold(told, touch{true, true}))
		}
		return
	}
	r.lack(told)
	if !r.onPull() {
		if gated && told.Breaking() > 0 {
			told.Problems = append(told.Problems, notJudged)
		}
		return
	}
	t := r.touched(ctx, told)
	r.note(told, t)
	what := counting(t)
	shown, err := r.shown(ctx)
	outcome := github.Outcome{Kind: github.Nothing}
	if refusal, is := errors.AsType[*github.APIError](err); is && refusal.Kind == github.KindForbidden {
		outcome = github.Outcome{Kind: github.Refused, Refusal: refusal}
	}
	nobody := errors.Is(err, github.ErrNobody) // so that the record may be anybody's; the comment is kept all the same
	unwritable := !r.comments() || outcome.Kind == github.Refused || nobody
	if nobody {
		err = nil
	}
	if gated {
		r.gate(ctx, told, what, shown, unwritable)
		if err != nil && !unwritable && told.Gate.Accepted < told.Gate.Breaking {
			told.Gate.Next = "GitHub did not tell what the comment showed: run again"
		}
	}
	switch {
	case outcome.Kind == github.Refused:
		r.tell(told, outcome, nil)
	case err != nil:
		r.tell(told, outcome, err)
	case r.comments() && r.comment(ctx, told, t, shown) && gated && !unwritable:
		r.gate(ctx, told, what, shown, true)
	}
	if gated {
		refuse(told, count(told, what), told.Gate, untold(told, t))
	}
}

// lack tells what is left out where there is no token, and where the event does not say
// what the files are.
func (r *Review) lack(told *result.Result) {
	t := &r.Run.Trigger
	if t.Event == "pull_request_target" && r.files() {
		told.Problems = append(told.Problems, filesOfTarget)
	}
	if r.Client != nil {
		return
	}
	untold := (t.Event == "pull_request" || t.Event == "merge_group") && r.files()
	if untold && r.onPull() && r.Run.FailsOn(config.FailOnBreaking) {
		told.Problems = append(told.Problems, r.ungated())
		return
	}
	var left []string
	if r.mayComment() {
		left = append(left, "the pull request gets no comment")
	}
	if untold {
		left = append(left, "collections of the repository are not compared with the base branch")
	}
	switch {
	case left != nil && r.Fault != nil:
		told.Problems = append(told.Problems, noteOf(r.Fault, text.Untrusted(strings.Join(left, ", and ")+": ")))
	case left != nil:
		told.Problems = append(told.Problems, result.Problem{
			Level: result.Note, Anchor: "no-github-token",
			Text: text.Untrusted("there is no `github-token`: " + strings.Join(left, ", and ")),
			Hint: "give the step `github-token: ${{ github.token }}`, and its job `permissions: contents: read, pull-requests: write`",
		})
	}
}

// ungated says why a gate has no base branch to compare with.
func (r *Review) ungated() result.Problem {
	p := result.Problem{
		Level: result.Warning, Anchor: "consumers-untold",
		Text: "comparing: it was not found out what consumers of the mocks would notice: there is no `github-token` to read the base branch with",
		Hint: "give the step `github-token: ${{ github.token }}`, and its job `permissions: contents: read, pull-requests: write`",
	}
	if r.Fault != nil {
		p.Text = text.HideCredentials(text.Untrustedf("comparing: it was not found out what consumers of the mocks would notice: %v", r.Fault))
		p.Hint = result.ProblemOf(r.Fault).Hint
	}
	return p
}

var filesOfTarget = result.Problem{
	Level: result.Note, Anchor: "base-unknown",
	Text: "on the event pull_request_target it cannot be known which files lie in the workspace, and who wrote them:" +
		" collections of the repository are not compared with the base branch, and have neither comment nor gate",
	Hint: "write `on: pull_request` for collections of the repository: they need no secret",
}

// files reports whether a collection of the repository is among the run's.
func (r *Review) files() bool {
	return slices.ContainsFunc(r.Run.Importers, func(i config.Importer) bool { return !i.OfPostman() })
}

var notJudged = result.Problem{
	Level: result.Note, Anchor: "breaking-found",
	Text: "comparing: what breaks consumers fails no run of this event: `fail-on: breaking` counts on the event pull_request",
	Hint: "nothing: the pull request decides what breaks; a merge queue, or a push after the merge, does not judge it again",
}

// note tells what is left out for references, whose plan is the same on every pull
// request.
func (r *Review) note(told *result.Result, t touch) {
	changes := func(c result.Collection) bool { return c.UID != "" && (c.Due() || c.BreakingCount() > 0) }
	if t.workflow || !slices.ContainsFunc(told.Collections, changes) && told.Leftovers.Due() == 0 {
		return
	}
	told.Problems = append(told.Problems, result.Problem{
		Level: result.Note, Anchor: "pull-untouched",
		Text: "this pull request does not change the workflow: the plan for collections in Postman, and for leftovers, is the same on every" +
			" pull request, and is neither commented on nor gated here",
		Hint: "nothing: see the plan in this summary, and apply it from the default branch",
	})
}

// without are the results without the collections that the pull request does not
// touch.
func without(told *result.Result, t touch) *result.Result {
	if t.workflow {
		return told
	}
	some := *told
	some.Collections = slices.DeleteFunc(slices.Clone(told.Collections), func(c result.Collection) bool { return c.UID != "" })
	some.Gone = slices.DeleteFunc(slices.Clone(told.Gone), func(g result.Gone) bool { return g.Consumers.Against != result.AgainstBase })
	some.Leftovers = nil
	if len(some.Collections) == 0 {
		some.Secrets = nil
	}
	some.AddUp()
	if some.Status = told.Status; some.Totals.Errors == 0 {
		some.Status = result.Unchanged
		for i := range some.Collections {
			if s := some.Collections[i].Status; s.Worse(some.Status) {
				some.Status = s
			}
		}
	}
	return &some
}

// comment has the pull request say what the run found. It reports whether GitHub
// refused that, so that no comment can be written.
func (r *Review) comment(ctx context.Context, told *result.Result, t touch, shown record) (refused bool) {
	said := without(told, t).Rewritten(r.Hide)
	parts := report.Comment(said, r.Report(), r.Blob)
	all := breaking(said, counting(t))
	if g := told.Gate; g != nil && g.Accepted < g.Breaking {
		if hidden := g.Breaking - r.room(parts, all, shown); hidden > 0 {
			g.Next += text.Untrusted(noRoom(hidden))
			said = without(told, t).Rewritten(r.Hide)
			parts, all = report.Comment(said, r.Report(), r.Blob), breaking(said, counting(t))
		}
	}
	head := parts[0].Head
	// What breaks has to be shown also where the list of changed files does not say why: the
	// label accepts nothing else.
	create := (t.files || t.workflow || len(all) > 0) && report.HasNews(said)
	keep := func(now time.Time) (github.Outcome, error) {
		whole := shown.with(all, now).String()
		parts[0].Head = whole + head
		// Of a comment that is cut only what it shows is recorded, in as much room.
		parts[0].Head = shown.with(r.seen(parts, all), now).filling(len(whole)) + head
		return r.Client.Keep(ctx, r.goal(parts, create))
	}
	now := r.Client.Now()
	outcome, err := keep(now)
	if late := outcome.Written; err == nil && late.After(now.Add(reading)) && len(all) > 0 { // nobody could read it before
		first := outcome.Kind
		if outcome, err = keep(late); outcome.Kind == github.Updated || outcome.Kind == github.Unchanged {
			outcome.Kind = first
		}
	}
	r.tell(told, outcome, err)
	return outcome.Kind == github.Refused
}

// room is how many of some changes the comment shows.
func (r *Review) room(parts []report.Part, all []*result.Notice, shown record) int {
	parts = slices.Clone(parts)
	parts[0].Head = shown.with(all, r.Client.Now()).String() + parts[0].Head
	return min(mostRecorded, len(r.seen(parts, all)))
}

// noRoom says that there are changes which no label accepts.
func noRoom(hidden int) string {
	return fmt.Sprintf("; the comment has no room for %s, and the label accepts none of these: split the pull request",
		text.Plural(hidden, "breaking change"))
}

// seen are those of some changes whose rows the comment has room for.
func (r *Review) seen(parts []report.Part, all []*result.Notice) []*result.Notice {
	shows := map[string]bool{}
	goal := r.goal(parts, false)
	for i, rows := range goal.Shows() {
		for _, fingerprint := range parts[i].Shows[:min(rows, len(parts[i].Shows))] {
			shows[fingerprint] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(n *result.Notice) bool { return !shows[n.Fingerprint] })
}

// comments reports whether the run keeps a comment.
func (r *Review) comments() bool { return r.Client != nil && r.mayComment() }

// mayComment reports whether the run may keep a comment, if it has a token: a plan may,
// unless its pull request is a fork's or Dependabot's, whose token can only read.
func (r *Review) mayComment() bool {
	t := &r.Run.Trigger
	return r.onPull() && r.Run.Mode == config.ModePlan && r.Run.Pull.Comment != config.CommentNever && !t.Fork && !t.Dependabot
}

func (r *Review) goal(parts []report.Part, create bool) github.Goal {
	g := github.Goal{Number: r.Run.Trigger.Number, Place: r.place(), Run: r.Number, More: report.CommentMore, Create: create}
	for _, p := range parts {
		g.Parts = append(g.Parts, github.Part{Head: p.Head, Rows: p.Rows, Foot: p.Foot})
	}
	return g
}

// place of the run's comment: one for each workflow, job, server and key.
func (r *Review) place() github.Place {
	return github.Place{Workflow: r.Workflow, Job: r.Job, Key: r.Run.Microcks.URL + "\n" + r.Run.Pull.Key}
}

// tell says in the result what became of the comment.
func (r *Review) tell(told *result.Result, outcome github.Outcome, err error) {
	states := map[github.OutcomeKind]result.CommentState{
		github.Created: result.CommentCreated, github.Updated: result.CommentUpdated, github.Unchanged: result.CommentUnchanged,
		github.Superseded: result.CommentSuperseded, github.Refused: result.CommentRefused, github.Nothing: result.CommentNone,
	}
	told.Comment = &result.PullComment{URL: outcome.URL, State: states[outcome.Kind]}
	if err == nil && outcome.Refusal != nil {
		told.Comment.Refusal = text.Untrusted(outcome.Refusal.Message)
		err = outcome.Refusal
	} else if err != nil || outcome.InDoubt {
		told.Comment.State = result.CommentFailed
	}
	if err == nil {
		return
	}
	told.Problems = append(told.Problems, noteOf(err, "the comment on the pull request is not up to date: "))
}

// noteOf is an error that fails nothing, behind what it stood in the way of.
func noteOf(err error, what text.Untrusted) result.Problem {
	p := result.ProblemOf(err)
	p.Level, p.ExitCode, p.Headline = result.Note, 0, ""
	p.Text = text.HideCredentials(what + p.Text)
	return p
}

// Close has the comment say that the pull request was closed, above what it said last.
func (r *Review) Close(ctx context.Context, told *result.Result) {
	if !r.comments() {
		return
	}
	body, found, err := r.Client.Ours(ctx, r.Run.Trigger.Number, r.place())
	if err != nil && !errors.Is(err, github.ErrNobody) {
		r.tell(told, github.Outcome{Kind: github.Nothing}, err)
		return
	}
	if !found {
		told.Comment = &result.PullComment{State: result.CommentNone}
		return
	}
	shown, said := parseRecord(strings.ReplaceAll(body, "\r\n", "\n"))
	for _, merged := range []bool{true, false} {
		said = strings.TrimPrefix(said, report.Closed(merged))
	}
	parts := []report.Part{{Head: shown.String() + report.Closed(r.Run.Trigger.Merged)}, {Rows: strings.SplitAfter(said, "\n")}}
	outcome, err := r.Client.Keep(ctx, r.goal(parts, false))
	r.tell(told, outcome, err)
}
