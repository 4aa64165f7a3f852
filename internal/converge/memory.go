package converge

import (
	"maps"
	"reflect"
	"slices"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// memory is what a convergence has learnt so far. It changes by three pure
// functions only: what was noticed, which step was taken, what came of it.
type memory struct {
	due      bool  // an import is due
	baseline int64 // time of an import in milliseconds: only a later one is news
	unsaved  bool  // something is left to be saved, as far as is known

	imported bool  // a start of this run succeeded
	at       int64 // time of the import that counts
	settling bool  // what was imported is to be looked at
	doubt    bool  // the service may be there twice
	news     bool  // another run's import ended well since the server was read

	others bool  // other runs are at work on the same objects
	seenAt int64 // time of the last import at the look before
	still  bool  // nothing was imported between the last two looks

	inFlight   bool  // an import was started, and its end is not known
	before     int64 // time of the last import when it was started
	inSchedule bool  // the start put the importer into the schedule
	active     bool  // the importer was active by the last answer about it

	saved bool                // the importer was saved, with an answer, and has not shown since
	base  *microcks.ImportJob // as it was before that
	waits int                 // for it to show

	compared bool     // since the last upload
	whose    served   // as it was compared
	left     []string // artifacts of others who lost the service to us

	failed  *microcks.ImportJob // as the import that was refused left it
	stopped bool                // after that
	crashes int                 // starts that were answered 500
	lost    int                 // answers to writes, one after the other
	rests   int                 // since the last start
	counts  map[Kind]int
	written bool  // the secret, with an answer
	pending *step // whose answer got lost
	done    []result.Done
	wrote   bool // something was written, or may have been
}

// served says whose upload a service is made of that is not as ours makes it.
type served int

const (
	nobodys   served = iota // of none that is known
	aLaterOne               // of the same artifact
	mixedUp                 // of ours, under the name of another's
)

// remember is what is known before the first look.
func remember(g Goal) memory {
	m := memory{counts: map[Kind]int{}}
	if i := g.Importer; i != nil {
		m.due, m.baseline, m.active = g.Due, i.Baseline(), i.WasActive()
		m.unsaved = i.There == nil || len(i.Diff(i.There)) > 0
	}
	m.doubt = g.Service != nil && len(g.Service.Before.Services) > 1
	if g.Importer == nil && g.Service != nil {
		m.due = g.Due && g.Upload != nil
		m.settling = !m.due
	}
	return m
}

// readies reports whether the next look may be followed by a start, which needs
// a slot that was got before that look.
func (m memory) readies() bool { return m.due && !m.unsaved && !m.inFlight && m.failed == nil }

// looksAtService reports whether the next look takes in the service.
func (g Goal) looksAtService(m memory) bool {
	if g.Service == nil || m.inFlight || m.failed != nil {
		return false
	}
	return m.settling || m.doubt || m.due && (m.news || g.Upload != nil) || !m.due && g.labelsDiffer()
}

// labelsDiffer reports whether the plan changes labels of the service.
func (g Goal) labelsDiffer() bool {
	before := g.Service.Before.Services
	return len(before) == 0 && len(g.Service.Labels) > 0 ||
		len(before) > 0 && (g.Service.Unstamped(before[0].Metadata) ||
			len(plan.LabelChanges(result.FieldServiceLabel, before[0].Metadata, g.Service.Labels)) > 0)
}

// takes reports whether an import of another run can stand for the one that is
// due.
func (g Goal) takes(m memory) bool { return !g.Always || m.imported }

// noticed is what a look adds: signs of other runs at the same importer (it
// appeared or was imported after this run had read the server, or somebody saved
// it after us), and whether an import that is due was done by one of them.
func (m memory) noticed(g Goal, seen observation) memory {
	if m.pending != nil {
		m.did(g.arrived(m.pending, seen)...)
	}
	m.pending = nil
	if g.Upload != nil {
		if m.due && len(seen.services) == 1 && g.takes(m) && g.fits(seen.served) {
			m.due, m.settling, m.others = false, true, true
		}
		return m
	}
	i, job := g.Importer, seen.job
	m.saved = m.unseen(job)
	if i == nil || job == nil {
		m.active = false
		return m
	}
	if m.inFlight {
		if job.Imported() > m.before {
			return m.ended(job)
		}
		return m
	}
	m.active = job.Active
	saves := m.counts[Create] + m.counts[Save]
	_, marks := i.Annotations[plan.AnnotationWriter]
	appeared := i.There == nil && saves == 0
	imported := !m.imported && job.Imported() > m.baseline
	resaved := saves > 0 && marks && job.Annotation(plan.AnnotationWriter) != i.Annotations[plan.AnnotationWriter]
	m.others = m.others || appeared || imported || resaved
	m.still, m.seenAt = job.Imported() == m.seenAt, job.Imported()
	m.unsaved = len(i.Diff(job)) > 0
	m.news = job.Imported() > m.baseline && job.Failed() == "" &&
		(seen.looked && seen.bound() || !seen.looked && BoundTo(job, g.Service.Key) != "")
	if m.due && m.news && seen.looked && g.takes(m) && g.fits(seen.served) {
		m.due, m.settling, m.at = false, true, job.Imported()
	}
	return m
}

// unseen reports whether a look shows the importer as it was before it was saved
// with an answer: reads lag, or somebody undid it.
func (m memory) unseen(job *microcks.ImportJob) bool {
	return m.saved && reflect.DeepEqual(job, m.base)
}

// arrived is what was done by a write whose answer got lost.
func (g Goal) arrived(s *step, seen observation) []result.Done {
	there := false
	switch s.kind {
	case WriteSecret:
		there = seen.secret != nil && !g.Secret.Differs(seen.secret)
	case Create, Save:
		there = seen.job != nil && len(g.Importer.Diff(seen.job)) == 0
	case Switch:
		there = seen.job != nil && seen.job.Active == s.active
	case Remove:
		there = seen.job == nil
	case Label:
		there = seen.view != nil && len(plan.LabelChanges(result.FieldServiceLabel, seen.view.Service.Metadata, g.Service.Labels)) == 0
	case Heal:
		return healed(s.doomed, seen)
	case Upload:
		there = len(seen.services) == 1 && g.fits(seen.served)
	}
	if !there {
		return nil
	}
	return []result.Done{s.deed()}
}

// healed are the deletions of doomed services that are not there any more.
func healed(doomed []microcks.Service, seen observation) []result.Done {
	var done []result.Done
	for _, s := range doomed {
		same := func(left microcks.Service) bool { return left.ID == s.ID }
		if seen.looked && !slices.ContainsFunc(seen.services, same) {
			done = append(done, deleted(s))
		}
	}
	return done
}

// took is what taking a step adds.
func (m memory) took(s step, seen observation) memory {
	m.counts = maps.Clone(m.counts)
	m.counts[s.kind]++
	switch s.kind {
	case Create, Save:
		m.unsaved = false // so far as is known: an import may be next
		m.saved, m.base, m.waits = false, seen.job, 0
	case Appear:
		m.waits++
	case Rest, LookAgain:
		m.rests++
	case ImportAgain:
		m.rests++
		m.due, m.others = true, true
		if seen.job != nil {
			m.baseline = seen.job.Imported() // only a later import can be a better one
		}
	case Upload:
		m.rests, m.compared, m.whose = 0, false, nobodys
	case Start:
		m.rests = 0
		m.before, m.inFlight, m.inSchedule = seen.job.Imported(), true, !seen.job.Active
		m.active = true // as a start leaves it, whatever becomes of its answer
	}
	return m
}

// answer is what the server did and said at one step.
type answer struct {
	job   *microcks.ImportJob // that was answered
	made  string              // the service of an upload, Name:Version
	whose served
	left  []string // see memory
	done  []result.Done
	err   error
}

// learnt is what came of a step. The error is one that ends the convergence.
func (m memory) learnt(s step, seen observation, o answer) (memory, error) {
	m.wrote = m.wrote || s.writes() && (o.err == nil || microcks.MayBeDone(o.err)) || len(o.done) > 0
	m.did(o.done...)
	switch s.kind {
	case Start:
		return m.learntStart(seen, o)
	case Upload:
		return m.learntUpload(s, o)
	case Compare:
		return m.learntWhose(o)
	case Sweep:
		m.left = o.left
		return m, nil
	case TakeBack:
		m.left = m.left[min(1, len(m.left)):]
	case Heal: // also where an answer got lost: what is left may have no examples
		m.due, m.others, m.doubt = true, true, true
	}
	if o.err != nil {
		return m.lostAnswer(s, o.err)
	}
	m.lost = 0
	switch s.kind {
	case WriteSecret:
		m.written = true
	case Create, Save:
		m.saved = true
	case Stop:
		m.stopped, m.active = true, false
	}
	return m, nil
}

// lostAnswer turns an error after which the write may have happened into another
// look.
func (m memory) lostAnswer(s step, err error) (memory, error) {
	if s.kind == TakeBack && !microcks.InDoubt(err) { // whose the service is, is what counts
		return m, nil
	}
	if s.kind == Stop { // it was tried; the failure before it is what counts
		m.stopped = true
		return m, nil
	}
	if !microcks.InDoubt(err) {
		return m, err
	}
	if microcks.MayBeDone(err) {
		m.pending = &s
	}
	if m.lost++; m.lost < maxLost {
		return m, nil
	}
	return m, err
}

// learntStart is what the answer to a start tells.
func (m memory) learntStart(seen observation, o answer) (memory, error) {
	switch {
	case o.err == nil:
		return m.ended(o.job), nil
	case microcks.InDoubt(o.err) && !microcks.MayBeDone(o.err): // it never left this machine
		m.active, m.inFlight = seen.job.Active, false
		if m.lost++; m.lost < maxLost {
			return m, nil
		}
		return m, o.err
	case microcks.InDoubt(o.err):
		return m, nil // its end is awaited
	}
	m.inFlight, m.active = false, seen.job.Active // an import that crashes leaves the importer as it was
	if !isServerError(o.err) {
		return m, o.err
	}
	m.crashes++
	m.doubt = true
	most := crashes.alone
	if m.others {
		most = crashes.contended
	}
	if m.crashes > most {
		return m, crashed(m.crashes)
	}
	return m, nil
}

// learntUpload is what the answer to an upload tells. A server before 1.14.0 mixes
// uploads of the same moment: the one's answer is about the other's collection, or
// refuses it.
func (m memory) learntUpload(s step, o answer) (memory, error) {
	switch {
	case o.err == nil && o.made == s.service:
		m.due, m.imported, m.settling, m.lost = false, true, true, 0
		m.did(result.Done{Kind: result.CollectionUploaded})
		return m, nil
	case o.err == nil:
		o.err = mixed(o.made)
	case microcks.InDoubt(o.err):
		m.others, m.doubt = true, true // it may still be under way
		return m.lostAnswer(s, o.err)
	case !isServerError(o.err) && !microcks.Refused(o.err):
		return m, o.err
	}
	m.others, m.doubt = true, true
	if m.crashes++; m.crashes > crashes.contended {
		return m, o.err
	}
	return m, nil
}

// learntWhose is what comes of an upload whose service is not as it makes it: one that
// was mixed up with another's is sent again.
func (m memory) learntWhose(o answer) (memory, error) {
	m.compared, m.whose = true, o.whose
	if o.whose != mixedUp {
		return m, nil
	}
	m.due, m.imported, m.others, m.doubt = true, false, true, true
	if m.crashes++; m.crashes > crashes.contended {
		return m, mixed("it for another file")
	}
	return m, nil
}

// mixed is the error of an upload that came to another service.
func mixed(with string) error {
	if with == "" {
		with = "nothing"
	}
	return &result.Problem{
		Level: result.Error,
		Text: text.Untrustedf("uploading: Microcks answered that it made %s, which is not of this collection: "+
			"it mixed two uploads of the same moment", with),
		Hint: "run again; where several workflows upload to one Microcks before 1.14.0 at the same time, give them one `concurrency:` group," +
			" or update Microcks", Anchor: "upload-mixed", ExitCode: 12,
	}
}

// ended is what the end of an import tells, from its answer or from the importer
// itself.
func (m memory) ended(job *microcks.ImportJob) memory {
	m.inFlight, m.lost, m.active = false, 0, job.Active
	if job.Failed() != "" {
		m.failed = job
		m.did(result.Done{Kind: result.ImportRefused})
		return m
	}
	m.due, m.imported, m.settling, m.at = false, true, true, job.Imported()
	m.did(result.Done{Kind: result.CollectionImported})
	return m
}

// did notes what was done, each once.
func (m *memory) did(deeds ...result.Done) {
	for _, d := range deeds {
		known := false
		for _, before := range m.done {
			known = known || before == d
		}
		if !known {
			m.done = append(m.done[:len(m.done):len(m.done)], d)
		}
	}
}
