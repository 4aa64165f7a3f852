package converge

import (
	"slices"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Goal is what shall be on the server. Parts that are nil are not looked at. A
// goal is never changed.
type Goal struct {
	Secret *plan.Secret
	// Importer that shall be there as it says.
	Importer *plan.Importer
	// Gone is an importer that shall not be there.
	Gone *microcks.ImportJob
	// Idle is an importer that shall not be active, if it is there.
	Idle *microcks.ImportJob
	// Upload that brings the artifact.
	Upload *plan.Upload
	// Service that the artifact makes, and what it is after its import.
	Service   *plan.Service
	Predicted *predict.Service
	// Due: an import is.
	Due bool
	// Always: an import of another run does not count.
	Always bool
}

// observation is what the server holds at one moment, of what was looked at.
type observation struct {
	secret *microcks.Secret
	job    *microcks.ImportJob
	// looked: services and view were looked at.
	looked   bool
	services []microcks.Service // of the service's name and version, the oldest first
	view     *microcks.ServiceView
	served   *predict.Service // view in the terms of a prediction
}

// Kind of a step.
type Kind string

// Kinds of steps.
const (
	Done        Kind = "done" // the goal is reached
	GiveUp      Kind = "give up"
	WriteSecret Kind = "write the secret"
	Create      Kind = "create the importer"
	Save        Kind = "save the importer"
	Appear      Kind = "wait until the importer shows what was saved"
	Remove      Kind = "remove the importer"
	Heal        Kind = "heal the service" // delete all but the oldest
	Start       Kind = "import"
	Upload      Kind = "upload"
	Await       Kind = "await the import" // whose answer was lost
	TakeBack    Kind = "take an upload back"
	Sweep       Kind = "look what others left"
	Compare     Kind = "look whose upload is served"
	Look        Kind = "look at the service"
	Rest        Kind = "let others finish"
	LookAgain   Kind = "look again"
	ImportAgain Kind = "import again" // others were at work
	Switch      Kind = "activate or stop"
	Stop        Kind = "stop what does not work"
	Label       Kind = "label the service"
)

// bounds say how often each kind of step is taken at the most: when nothing
// tells of other runs, and when they are at work on the same objects. A step
// that is needed more often means that somebody works against this run. What is
// bounded by the run's own time has no bound here.
var bounds = map[Kind]struct{ alone, contended int }{
	WriteSecret: {4, 4},
	Create:      {6, 6},
	Save:        {6, 6},
	Remove:      {4, 4},
	Heal:        {8, 8},
	Start:       {16, 16},
	Upload:      {8, 8},
	Look:        {40, 40},
	Rest:        {16, 16},
	ImportAgain: {20, 20},
	Switch:      {6, 6},
	Stop:        {2, 2},
	Label:       {4, 4},
}

const (
	maxLost  = 4 // answers to one write that get lost, one after the other
	minRests = 3 // before an import that others may be doing
	// mostWaits for a write that was answered to show, each twice as long as the one
	// before: three seconds at least, since servers with copies of their database
	// lag by two.
	mostWaits = 6
	// mostUnseen importers are created without one having shown.
	mostUnseen = 2
)

// looks at a service that differs after its import. An import deletes all
// examples before it stores the new ones: what is missing is looked for a little
// longer, also when nothing tells of others.
var looks = struct{ alone, missing, contended int }{2, 5, 20}

// crashes are answers 500 to a start where the prediction sees no cause: while
// a service exists twice every import of it is answered so, and another run may
// heal that at this very moment.
var crashes = struct{ alone, contended int }{2, 6}

// step is one thing to do towards the goal.
type step struct {
	kind Kind
	job  *microcks.ImportJob // Create, Save: as it is written
	// secret as it is written; isNew: there is none yet.
	secret *microcks.Secret
	isNew  bool
	doomed []microcks.Service // Heal
	active bool               // Switch
	labels *microcks.Metadata // Label
	// service that an Upload makes, Name:Version.
	service string
	// artifact of TakeBack.
	artifact string
	err      error // GiveUp
}

// next is the next step towards the goal: the first of these that applies.
func next(g Goal, seen observation, m memory) step {
	s := choose(g, seen, m)
	bound, bounded := bounds[s.kind]
	most := bound.alone
	if m.others {
		most = bound.contended
	}
	if bounded && m.counts[s.kind] >= most {
		return step{kind: GiveUp, err: g.tooOften(s.kind, seen, m)}
	}
	return s
}

func choose(g Goal, seen observation, m memory) step {
	if g.Secret != nil {
		return secretStep(g.Secret, seen.secret, m)
	}
	if g.Gone != nil {
		// Before it was deleted, an importer that is not found is deleted all the
		// same: a proxy answers 404, too.
		if seen.job == nil && m.counts[Remove] > 0 {
			return step{kind: Done}
		}
		if seen.job != nil && !plan.SameOwner(seen.job, g.Gone) {
			return step{kind: GiveUp, err: &result.Problem{
				Level: result.Error, Text: plan.NotOurs(seen.job),
				Hint:   "somebody changed its labels during this run; delete it by hand in Microcks under Importers if nobody needs it",
				Anchor: "importer-foreign", ExitCode: 1,
			}}
		}
		return step{kind: Remove, job: g.Gone}
	}
	if g.Idle != nil {
		if seen.job == nil || !seen.job.Active {
			return step{kind: Done}
		}
		return step{kind: Switch}
	}
	if g.Importer == nil {
		return serviceStep(g, seen, m)
	}
	i := g.Importer
	switch job := seen.job; {
	case m.failed != nil:
		return afterFailure(i, m)
	case m.inFlight:
		return step{kind: Await}
	case m.unseen(job) && m.waits < mostWaits:
		return step{kind: Appear}
	case job == nil && m.unseen(job) && m.counts[Create] >= mostUnseen:
		return step{kind: GiveUp, err: g.unseen(seen)}
	case job == nil:
		return step{kind: Create, job: i.Document()}
	case i.Exposes(job) != nil: // somebody changed it since it was planned with
		return step{kind: GiveUp, err: i.Exposes(job)}
	case len(i.Diff(job)) > 0:
		return step{kind: Save, job: i.Onto(job)}
	case len(seen.services) > 1:
		return healStep(g, seen)
	case !seen.looked && (m.settling || m.due && m.news && g.takes(m)):
		return step{kind: Look}
	case m.due && m.others && !m.quiet():
		return step{kind: Rest}
	case m.due:
		return step{kind: Start}
	case m.settling && g.unsettled(seen, m):
		return settleStep(g, seen, m)
	case job.Active != i.Active:
		return step{kind: Switch, active: i.Active}
	}
	return labelStep(g, seen, m)
}

// secretStep writes a secret that is not as it shall be.
func secretStep(s *plan.Secret, there *microcks.Secret, m memory) step {
	switch {
	case m.written:
		return step{kind: Done}
	case there == nil: // one that went meanwhile is made again as it was read
		return step{kind: WriteSecret, secret: s.Document(s.There), isNew: true}
	case s.Differs(there):
		return step{kind: WriteSecret, secret: s.Document(there)}
	}
	return step{kind: Done}
}

// serviceStep brings a service to what was predicted when the goal has no importer
// of its own: what is due is uploaded, a doubled service is healed, and missing
// examples are waited for.
func serviceStep(g Goal, seen observation, m memory) step {
	var taken *result.Problem
	if g.Upload != nil && len(seen.services) == 1 {
		taken = g.Service.Taken(seen.services)
	}
	switch {
	case len(seen.services) > 1:
		return twiceStep(g, seen, m)
	case taken != nil && m.imported && !m.compared:
		return step{kind: Compare}
	case taken != nil && m.whose != mixedUp && m.counts[Upload] > m.counts[TakeBack] && has(seen.served, g.ours):
		return step{kind: TakeBack, artifact: g.Upload.Name}
	case taken != nil && m.whose != mixedUp: // since the plan was made
		return step{kind: GiveUp, err: taken}
	case m.due && m.counts[Upload] > 0 && m.others && !m.quiet():
		return step{kind: Rest}
	case m.due:
		return step{kind: Upload, service: g.Service.Name + ":" + g.Service.Version}
	case len(m.left) > 0:
		return step{kind: TakeBack, artifact: m.left[0]}
	case m.imported && m.counts[Sweep] == 0 && g.Service.Owned() && g.uploadOfOthers(seen.served):
		return step{kind: Sweep}
	case m.whose == aLaterOne: // and its run sees to it
		return step{kind: Done}
	case m.settling && g.unsettled(seen, m) && g.Upload != nil:
		if m.imported && !m.compared && seen.view != nil && m.counts[LookAgain] >= looks.alone {
			return step{kind: Compare}
		}
		return settleStep(g, seen, m)
	case m.settling && g.unsettled(seen, m):
		return step{kind: LookAgain}
	}
	return labelStep(g, seen, m)
}

// has reports whether a service has examples of such artifacts.
func has(now *predict.Service, such func(artifact string) bool) bool {
	return now != nil && slices.ContainsFunc(now.Operations, func(op predict.Operation) bool {
		return slices.ContainsFunc(op.Examples, func(e predict.Example) bool { return such(e.SourceArtifact) })
	})
}

func (g Goal) ours(artifact string) bool { return artifact == g.Upload.Name }

// uploadOfOthers reports whether a service has examples that another repository may
// have uploaded. One that lost the service to this run's upload leaves them.
func (g Goal) uploadOfOthers(now *predict.Service) bool {
	return has(now, func(artifact string) bool { return plan.IsUpload(artifact) && !g.Service.Imports(artifact) })
}

// twiceStep is what becomes of a doubled service where uploads of several owners can
// have made it: each run deletes what its own made, but for the oldest.
func twiceStep(g Goal, seen observation, m memory) step {
	if g.Upload == nil || !slices.ContainsFunc(seen.services, func(s microcks.Service) bool { return !g.Service.Owns(s.SourceArtifact) }) {
		return healStep(g, seen)
	}
	own := slices.DeleteFunc(slices.Clone(seen.services[1:]), func(s microcks.Service) bool { return !g.Service.Owns(s.SourceArtifact) })
	switch {
	case len(own) > 0:
		return step{kind: Heal, doomed: own}
	case g.Service.Owns(seen.services[0].SourceArtifact) && m.counts[LookAgain] < looks.contended: // the others' run is at it
		return step{kind: LookAgain}
	}
	return step{kind: GiveUp, err: g.Service.Twice(seen.services)}
}

// afterFailure takes an importer whose import failed out of the schedule again if
// it was the start that put it there.
func afterFailure(i *plan.Importer, m memory) step {
	if m.failed.Active && (m.inSchedule || i.Unborn || !i.Active) && !m.stopped {
		return step{kind: Stop}
	}
	return step{kind: GiveUp, err: &ImportError{Job: m.failed}}
}

// healStep deletes all but the oldest of the services that imports at the same
// time made of this collection. Every run keeps the same one, so that two runs never
// delete both.
func healStep(g Goal, seen observation) step {
	if slices.ContainsFunc(seen.services, func(s microcks.Service) bool { return !g.Service.Owns(s.SourceArtifact) }) {
		return step{kind: GiveUp, err: g.Service.Twice(seen.services)}
	}
	return step{kind: Heal, doomed: seen.services[1:]}
}

// labelStep adds the labels that a service lacks. One that was there and does not show
// is looked for before it is given up: a proxy answers 404, too.
func labelStep(g Goal, seen observation, m memory) step {
	switch {
	case g.Service == nil, seen.view == nil && (len(g.Service.Before.Services) == 0 || !g.labelsDiffer()):
		return step{kind: Done}
	case seen.view == nil && m.counts[LookAgain] < looks.missing:
		return step{kind: LookAgain}
	case seen.view == nil:
		return step{kind: GiveUp, err: &result.Problem{
			Level: result.Error,
			Text:  text.Untrustedf("labelling service %s %s: it was there when the run began, and is gone", g.Service.Name, g.Service.Version),
			Hint:  "run again; if it stays so, find out who else changes this service at the same time", Anchor: "service-contended", ExitCode: 12,
		}}
	}
	there := seen.view.Service.Metadata
	unstamped := g.Service.Unstamped(there) && (m.imported || g.fits(seen.served))
	if len(plan.LabelChanges(result.FieldServiceLabel, there, g.Service.Labels)) == 0 && !unstamped {
		return step{kind: Done}
	}
	return step{kind: Label, labels: g.Service.Labelled(there)}
}

// quiet reports whether other runs have had time to finish, and none has
// finished since the last look.
func (m memory) quiet() bool {
	return m.rests >= minRests && m.still || m.counts[Rest] >= bounds[Rest].contended || m.news
}

// bound reports whether the importer refers to the one service there is.
func (o observation) bound() bool {
	return len(o.services) == 1 && (o.job == nil || plan.RefersTo(o.job, o.services[0].ID))
}

// unsettled reports whether what was imported is not there as it should be, and
// another look may help: another run healed the service away, or its import
// mixed with ours.
func (g Goal) unsettled(seen observation, m memory) bool {
	if !seen.bound() {
		return true
	}
	if g.fits(seen.served) {
		return false
	}
	most := looks.alone
	switch {
	case m.others, g.doubled(seen.served):
		most = looks.contended
	case seen.served == nil || g.lacking(seen.served):
		most = looks.missing
	}
	return m.counts[LookAgain]+m.counts[ImportAgain] < most
}

// settleStep gives other runs time to finish, and imports once more where they
// have been at work: a lone difference is not mended by importing again.
func settleStep(g Goal, seen observation, m memory) step {
	if !seen.bound() || seen.job != nil && seen.job.Imported() != m.at || g.doubled(seen.served) {
		return step{kind: ImportAgain}
	}
	return step{kind: LookAgain}
}

// fits reports whether a service is as after this import or as after all
// imports of the service.
func (g Goal) fits(now *predict.Service) bool {
	return now != nil && (g.Service.Fits(now) || len(g.Service.Difference(now, g.Predicted).Changes) == 0)
}

// lacking reports whether an example is missing.
func (g Goal) lacking(now *predict.Service) bool {
	return slices.ContainsFunc(g.Service.Difference(now, g.Service.Goal()).Changes, func(d predict.Change) bool {
		return d.Kind == predict.Added && d.Example != ""
	})
}

// doubled reports whether an example is there more often than it was made, which
// only imports at the same time do. Others may be missing at that moment.
func (g Goal) doubled(now *predict.Service) bool {
	predicted := g.Service.Goal()
	if now == nil || predicted == nil {
		return false
	}
	type message struct{ operation, name, artifact string }
	left := make(map[message]int) // how often it may still be there
	for _, op := range predicted.Operations {
		for _, e := range op.Examples {
			left[message{op.Name, e.Name, e.SourceArtifact}]++
		}
	}
	for _, op := range now.Operations {
		for _, e := range op.Examples {
			m := message{op.Name, e.Name, e.SourceArtifact}
			n, made := left[m]
			if made && n == 0 {
				return true
			}
			left[m]--
		}
	}
	return false
}

// unseen is the error of an importer that was created and does not show.
func (g Goal) unseen(seen observation) error {
	return &result.Problem{
		Level: result.Error,
		Text:  text.Untrustedf("saving importer %q: Microcks answered that it is saved, and does not show it", g.name(seen)),
		Hint: "Microcks may read from a copy of its database that lags behind, or something in front of it may keep answers:" +
			" look there, and run again",
		Anchor: "importer-unseen", ExitCode: 12,
	}
}

// tooOften is the error of a step that was taken as often as it is taken at the
// most.
func (g Goal) tooOften(kind Kind, seen observation, m memory) error {
	switch kind {
	case Create, Save, Switch:
		return &result.Problem{
			Level:  result.Error,
			Text:   text.Untrustedf("saving importer %q: %d times what was written was overwritten again", g.name(seen), bounds[kind].contended),
			Hint:   "find out who else writes this importer at the same time; give workflows that import a `concurrency:` group",
			Anchor: "importer-contended", ExitCode: 12,
		}
	case Remove:
		return &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("deleting importer %q: it came back %d times: an import that runs at the same time saves it again",
				g.name(seen), bounds[kind].contended),
			Hint:   "wait until the import has ended and run again",
			Anchor: "importer-contended", ExitCode: 12,
		}
	case Heal:
		return g.Service.Twice(seen.services)
	case Label:
		return &result.Problem{
			Level: result.Error,
			Text: text.Untrustedf("labelling service %s %s: %d times the labels were gone again",
				g.Service.Name, g.Service.Version, bounds[kind].contended),
			Hint:   "find out who else labels this service at the same time, and run again",
			Anchor: "service-contended", ExitCode: 12,
		}
	}
	return &result.Problem{
		Level:  result.Error,
		Text:   text.Untrustedf("importing: after %d imports the service is still not there once", m.counts[Start]+m.counts[Upload]),
		Hint:   "other imports of the same service run at the same time: give workflows that import a `concurrency:` group and run again",
		Anchor: "service-contended", ExitCode: 12,
	}
}

// name of the importer for people.
func (g Goal) name(seen observation) string {
	switch {
	case g.Gone != nil:
		return g.Gone.Name
	case g.Idle != nil:
		return g.Idle.Name
	case seen.job != nil:
		return seen.job.Name
	case g.Importer != nil && g.Importer.Name != nil:
		return *g.Importer.Name
	}
	return ""
}

// ImportError is an import that Microcks refused.
type ImportError struct {
	Job *microcks.ImportJob // as the import left it
}

func (e *ImportError) Error() string { return "importing: Microcks refused: " + e.Job.Failed() }
