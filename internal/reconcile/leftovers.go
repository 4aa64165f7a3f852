package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Pruning is what a run may do about leftovers of its manifest.
type Pruning struct {
	Asked   bool // remove them
	Many    bool // also where they are so many that a mistake is likelier
	Entries int  // that the manifest has
	// Workspaces: an entry is a workspace, so that a uid which nothing lists may have left it.
	Workspaces bool
	// Branch is the default branch, where the run is of it; "" where it is not.
	Branch string
	// CheckedOut is the commit that the manifest and all other files are of; "" where that is
	// not known.
	CheckedOut string
	// OnGitHub: an event of GitHub started the run.
	OnGitHub bool
}

// leftovers are what runs with the manifest made of sources that it lists no more.
type leftovers struct {
	*plan.Remains
	all   []*plan.Leftover
	owned int

	// When they are removed: the importers that there are then, and those that go, by
	// their ids.
	now   *plan.Importers
	going map[string]bool
}

// mostLeftovers are listed in a result.
const mostLeftovers = 1000

// findLeftovers tells what runs with the manifest made of sources that it lists no more,
// and decides what of it goes.
func (r *reconciliation) findLeftovers(ctx context.Context) error {
	if r.Manifest == "" {
		return nil
	}
	began := time.Now()
	l := &leftovers{Remains: r.remains()}
	l.all, l.owned = plan.Leftovers(l.Remains)
	why := r.mayNotPrune() // nil where nothing keeps all of them
	if len(l.all) > 0 && r.SameKey != nil {
		others, err := r.SameKey(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case len(others) > 0:
			return r.sharedKey(others)
		case err != nil && why == nil:
			why = heldBy("whether another manifest has the same key", err)
		}
	}
	if r.Pruning.Asked && why == nil {
		var err error
		if why, err = r.askAbout(ctx, l); err != nil {
			return err
		}
	}
	due := l.due()
	if r.Pruning.Asked && why == nil && !r.Pruning.Many {
		why = plan.TooMany(due, l.owned, r.Pruning.Entries)
	}
	r.left = l
	r.result.Leftovers = r.shownLeftovers(l, why != nil)
	r.logLeftovers(began)
	switch {
	case why == nil && due > 0 && r.Pruning.Asked:
		return r.refuseDeleting()
	case why == nil, !r.Pruning.Asked, due == 0 && why.ExitCode == 0 && l.Unlisted() == nil:
	case why.ExitCode != 0: // what else the run does is done all the same
		r.late = append(r.late, *why)
	default:
		r.result.Problems = append(r.result.Problems, *why)
	}
	return nil
}

// remains is all that leftovers are told by without asking.
func (r *reconciliation) remains() *plan.Remains {
	remains := &plan.Remains{
		Owner: r.Owner, Run: r.Provenance[plan.AnnotationRun], Artifacts: r.plan.Artifacts, Importers: r.there.Jobs,
		Vanished: r.Pruning.Workspaces, RemoveServices: r.RemoveServices,
		InPostman: map[string]bool{}, Inside: map[string][]string{},
	}
	if r.LeftOut != nil {
		remains.LeftOut = r.LeftOut()
	}
	for _, it := range r.items {
		remains.Wanted = append(remains.Wanted, it.Wanted)
	}
	for _, services := range r.services {
		remains.Services = append(remains.Services, services...)
	}
	return remains
}

// due is how many leftovers go as far as is known.
func (l *leftovers) due() (n int) {
	for _, one := range l.all {
		if one.Kept == "" {
			n++
		}
	}
	return n
}

// certain is how many leftovers go whatever is found out of the others.
func (l *leftovers) certain() (n int) {
	for _, one := range l.all {
		if one.Goes() {
			n++
		}
	}
	return n
}

// sharedKey ends a run whose manifest shares its key with others: each would take what the
// others list for left over.
func (r *reconciliation) sharedKey(others []string) error {
	return &result.Problem{
		Level: result.Error,
		Text: text.Untrustedf("looking for leftovers: another manifest has the same key %q: %s", r.Manifest,
			text.Few(others, ", ", mostNamedManifests)),
		Hint:   "give each manifest a `key` of its own; what carries the old key is taken over with `allow: take-over`",
		Anchor: "manifest-same-key", ExitCode: 2, Headline: "two manifests have one key",
	}
}

// mostNamedManifests are named in one problem.
const mostNamedManifests = 5

// held is a problem that keeps a run from removing leftovers and fails nothing.
func held(level result.Level, what, hint text.Untrusted) *result.Problem {
	return &result.Problem{Level: level, Text: "pruning: nothing is removed: " + what, Hint: hint, Anchor: "prune-held"}
}

// heldBy is [held] by what was not found out.
func heldBy(what text.Untrusted, err error) *result.Problem {
	p := result.ProblemOf(err)
	return held(result.Warning, text.Untrustedf("%s was not found out: %s", what, p.Text), cmp.Or(p.Hint, "run again"))
}

// mayNotPrune says what is known from the beginning to stand in the way of removing
// leftovers; nil where nothing does. A plan says what a run of the default branch does.
func (r *reconciliation) mayNotPrune() *result.Problem {
	unread := slices.DeleteFunc(slices.Clone(r.items), func(it *item) bool { return it.judged != nil })
	const readable = "see what is said of it; what is listed has to be read in whole before anything counts as gone"
	switch {
	case !r.Pruning.OnGitHub:
		return held(result.Warning, "only a run on GitHub is known to be of the default branch as it is now",
			"let the workflow of the repository prune")
	case r.Provenance[plan.AnnotationRun] == "" || r.Provenance[plan.AnnotationCommit] == "":
		return held(result.Warning, "GITHUB_RUN_ID or GITHUB_SHA is not as the runner sets it", "leave what the runner sets as it is")
	case len(unread) > 0 && unread[0].skipped():
		return held(result.Note, text.Untrustedf("skipped: %s", titles(unread)),
			"nothing: a run that gets the secrets of the repository prunes")
	case len(unread) > 0:
		return held(result.Warning, text.Untrustedf("not read: %s", titles(unread)), readable)
	case r.services == nil:
		return held(result.Warning, text.Untrustedf("the server has more than %d services, which are not all looked at", mostServices),
			"delete in Microcks under APIs | Services what nobody needs")
	case r.Mode == result.Apply && r.Pruning.Branch == "":
		return held(result.Note, "this run is not of the default branch", "nothing: the next run of the default branch prunes")
	case r.Mode == result.Apply && !slices.Contains([]string{"", r.Provenance[plan.AnnotationCommit]}, r.Pruning.CheckedOut):
		return held(result.Warning, text.Untrustedf("the workspace is at the commit %.7s, and this run is of %.7s",
			r.Pruning.CheckedOut, r.Provenance[plan.AnnotationCommit]), "let actions/checkout take the commit of the run: give it no `ref`")
	case r.Mode == result.Apply && r.Head == nil:
		return held(result.Warning, "there is no `github-token`, by which GitHub would tell whether this is the default branch as it is now",
			"give the step `github-token: ${{ github.token }}`, and its job `permissions: contents: read`")
	}
	return nil
}

// titles of a few items, and how many there are beyond.
func titles(items []*item) string {
	const most = 3
	var all []string
	for _, it := range items {
		all = append(all, string(it.title()))
	}
	return text.Few(all, ", ", most)
}

// askAbout asks Postman for uids that nothing lists, and Microcks for what services hold,
// until it is known of each leftover whether it goes, or those that go are too many. It
// returns what keeps all of them.
func (r *reconciliation) askAbout(ctx context.Context, l *leftovers) (*result.Problem, error) {
	for r.Pruning.Many || plan.TooMany(l.certain(), l.owned, r.Pruning.Entries) == nil {
		uids, services := l.unknown()
		switch {
		case len(uids)+len(services) == 0:
			return nil, nil
		case len(uids) > plan.MostAsked && !r.Pruning.Many:
			return plan.TooManyToAsk(len(uids)), nil
		}
		if problem := r.askPostman(ctx, l, uids); problem != nil {
			return problem, ctx.Err()
		}
		if err := r.lookInside(ctx, l, services); err != nil {
			return heldBy("what a service holds that is left over", err), ctx.Err()
		}
		l.all, l.owned = plan.Leftovers(l.Remains)
	}
	return nil, nil
}

// unknown are leftovers of which Postman has to be asked, one for each uid, and services
// that have to be looked into.
func (l *leftovers) unknown() (uids []*plan.Leftover, services []string) {
	known := map[string]bool{}
	for _, one := range l.all {
		if key := strings.ToLower(one.Source); one.Ask && !known[key] {
			known[key] = true
			uids = append(uids, one)
		}
		if one.Look {
			services = append(services, one.Service.ID)
		}
		for _, s := range one.Services {
			if s.Look {
				services = append(services, s.ID)
			}
		}
	}
	return uids, services
}

// askPostman asks for each uid once. Only 404 says that it is gone.
func (r *reconciliation) askPostman(ctx context.Context, l *leftovers, about []*plan.Leftover) (wrong *result.Problem) {
	asking, stop := context.WithCancel(ctx)
	defer stop()
	fail := func(one *plan.Leftover, err error) {
		r.guard.Lock()
		defer r.guard.Unlock()
		if wrong == nil {
			wrong = heldBy(text.Untrustedf("whether Postman still has %s, which nothing lists,", one.Source), err)
		}
		stop()
	}
	origins := r.origins()
	parallel(r, about, func(one *plan.Leftover) {
		inside, leave := r.room.Enter(asking)
		defer leave()
		there, err := r.hasCollection(inside, one, origins)
		if err != nil {
			fail(one, err)
			return
		}
		r.guard.Lock()
		defer r.guard.Unlock()
		l.InPostman[strings.ToLower(one.Source)] = there
	}, fail)
	return wrong
}

// origins are those of the Postman API that the run's key reads collections at.
func (r *reconciliation) origins() (all []string) {
	for _, it := range r.items {
		if w := it.Wanted; w.AccessKey == "" && w.Origin != "" && !slices.Contains(all, w.Origin) {
			all = append(all, w.Origin)
		}
	}
	return all
}

// hasCollection reports whether Postman has the collection of a leftover: where its
// importer has it from, else at these origins of the run, or at the one that it is told to
// ask.
func (r *reconciliation) hasCollection(ctx context.Context, one *plan.Leftover, origins []string) (bool, error) {
	from := func(origin string) bool { return len(postman.Misdirected(one.Importer.RepositoryURL, origin)) == 0 }
	if one.Importer != nil && (from("") || slices.ContainsFunc(origins, from)) {
		origins = []string{one.Origin}
	}
	if len(origins) == 0 {
		origins = []string{r.PostmanOrigin}
	}
	for _, origin := range origins {
		_, err := r.Postman.Collection(ctx, origin, one.Source, "")
		refused, is := errors.AsType[*postman.APIError](err)
		switch {
		case err == nil:
			return true, nil
		case !is || !refused.Gone():
			return false, err
		}
	}
	return false, nil
}

// lookInside finds out which artifacts the examples of services come from.
func (r *reconciliation) lookInside(ctx context.Context, l *leftovers, services []string) error {
	var failed error
	fail := func(_ string, err error) {
		r.guard.Lock()
		defer r.guard.Unlock()
		failed = err
	}
	parallel(r, services, func(id string) {
		ctx, leave := r.room.Enter(ctx)
		defer leave()
		from, err := r.artifactsOf(ctx, &microcks.Service{ID: id})
		if err != nil {
			fail(id, err)
			return
		}
		r.guard.Lock()
		defer r.guard.Unlock()
		l.Inside[id] = from
	}, fail)
	return failed
}

// refuseDeleting ends an apply whose account may not remove what is to go, before
// anything is written. A plan tells it.
func (r *reconciliation) refuseDeleting() error {
	refused := plan.MayDelete(r.session.Account, r.session.Tenancy)
	switch {
	case refused == nil:
		return nil
	case r.Mode == result.Apply:
		return refused
	}
	refused.Level, refused.ExitCode = result.Warning, 0
	r.result.Problems = append(r.result.Problems, *refused)
	return nil
}

// shownLeftovers are leftovers as a run tells them.
func (r *reconciliation) shownLeftovers(l *leftovers, held bool) *result.Leftovers {
	told := &result.Leftovers{
		Manifest: text.Untrusted(r.Manifest), Owned: l.owned, Prune: r.Pruning.Asked, Held: held && r.Pruning.Asked,
		List: []result.Leftover{},
	}
	for _, one := range l.all {
		active := 0
		if one.Importer != nil && one.Importer.Active {
			active = 1
		}
		polls := pollsOf(active)
		told.Polls.Least += polls.Least
		told.Polls.Most += polls.Most
		if len(told.List) == mostLeftovers {
			told.More++
			continue
		}
		told.List = append(told.List, r.shownLeftover(one, told))
		told.List[len(told.List)-1].Polls = polls
	}
	return told
}

func (r *reconciliation) shownLeftover(one *plan.Leftover, of *result.Leftovers) result.Leftover {
	shown := result.Leftover{
		ID: one.ID(), Source: listed(one.Source), File: listed(one.File), Decision: result.LeftoverKept, By: listed(string(one.By)),
	}
	if job := one.Importer; job != nil {
		shown.Kind, shown.Name, shown.Active = result.LeftoverImporter, listed(job.Name), job.Active
		shown.URL = r.session.Microcks.ImportersURL()
		if shown.Source == "" {
			shown.Source = listed(plan.WithoutQuery(job.RepositoryURL))
		}
	} else {
		shown.Kind, shown.Name, shown.Version = result.LeftoverService, listed(one.Service.Name), listed(one.Service.Version)
		shown.URL = r.session.Microcks.ServiceURL(one.Service.ID)
	}
	for _, s := range one.Services[:min(mostNamedImporters, len(one.Services))] {
		shown.Services = append(shown.Services, result.LeftService{
			ID: s.ID, Name: listed(s.Name), Version: listed(s.Version), Kept: keptBy(s.Fate, of), By: listed(string(s.By)),
		})
	}
	if shown.Kept = keptBy(one.Fate, of); shown.Kept == "" {
		shown.Decision = result.LeftoverToRemove
	}
	return shown
}

// keptBy is why something stays: for a reason of its own, or of the whole run.
func keptBy(f plan.Fate, of *result.Leftovers) result.KeptKind {
	switch {
	case f.Kept != "":
		return f.Kept
	case !of.Prune:
		return result.KeptNotAsked
	case of.Held || !f.Goes():
		return result.KeptHeld
	}
	return ""
}

// logLeftovers tells the log of the first leftovers, and how many there are.
func (r *reconciliation) logLeftovers(began time.Time) {
	const most = 20
	told := r.result.Leftovers
	if told.Count() == 0 {
		return
	}
	r.step("read", nil, began, text.Plural(told.Count(), "leftover")+" of the manifest "+string(told.Manifest))
	for _, one := range told.List[:min(most, len(told.List))] {
		r.Log.Step("read", strings.TrimSpace(string(one.Name+" "+one.Version)), text.HideCredentials("nothing lists "+string(one.Of())), 0)
	}
}

// loseLeftovers tells what consumers lose by the services that pruning would remove.
func (r *reconciliation) loseLeftovers(ctx context.Context) error {
	if r.left == nil || r.result.Leftovers.Due() == 0 {
		return nil
	}
	var lost []microcks.Service
	for _, one := range r.left.all {
		if one.Service != nil && one.Goes() {
			lost = append(lost, *one.Service)
		}
		for _, s := range one.Services {
			if s.Goes() {
				lost = append(lost, s.Service)
			}
		}
	}
	room := shareOf(len(lost))
	for _, s := range lost {
		told := slices.ContainsFunc(r.result.Gone, func(g result.Gone) bool {
			return string(g.Name) == s.Name && string(g.Version) == s.Version
		})
		if told { // by its file
			continue
		}
		err := crash.Caught(func() error { return r.loseService(ctx, &s, room) })()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			r.result.Problems = append(r.result.Problems, notAsked(err))
		}
	}
	return nil
}

func (r *reconciliation) loseService(ctx context.Context, s *microcks.Service, room int) error {
	inside, leave := r.room.Enter(ctx)
	defer leave()
	view, err := r.session.Microcks.ServiceView(inside, s.ID)
	if err != nil || view == nil {
		return err
	}
	noticed := consumer.Notices(converge.Served(view), nil, r.mockOptions(inside, false))
	r.result.Gone = append(r.result.Gone, result.Gone{
		Name: listed(s.Name), Version: listed(s.Version), Consumers: consumers(noticed, nil, result.AgainstServed, room),
	})
	return noticed.Err
}
