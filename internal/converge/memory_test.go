package converge

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

func TestNoticed(t *testing.T) {
	t.Parallel()
	saved := func(m *memory) { m.counts[Create] = 1 }
	foreign := func(j *microcks.ImportJob) { j.Metadata.Annotations[plan.AnnotationWriter] = "other" }
	there := func(g *Goal) { g.Importer.There = importer(importedAt(5, "s1")) }
	type facts struct{ due, others, news, unsaved bool }
	for name, tt := range map[string]struct {
		goal   func(*Goal)
		seen   observation
		memory func(*memory)
		want   facts
	}{
		"nothing is there":           {seen: observation{}, want: facts{due: true, unsaved: true}},
		"it appeared":                {seen: observation{job: importer(nil)}, want: facts{due: true, others: true}},
		"we made it":                 {seen: observation{job: importer(nil)}, memory: saved, want: facts{due: true}},
		"somebody saved it after us": {seen: observation{job: importer(foreign)}, memory: saved, want: facts{due: true, others: true}},
		"it is as it was":            {goal: there, seen: observation{job: importer(importedAt(5, "s1"))}, want: facts{due: true}},
		"somebody imported it": {
			goal: there, seen: observation{job: importer(importedAt(6, "s1"))}, want: facts{due: true, others: true, news: true},
		},
		"and it is what we would import": {
			goal: there, seen: lookAt(importer(importedAt(6, "s1")), pets("two", "one")), want: facts{others: true, news: true},
		},
		"and it is something else": {
			goal: there, seen: lookAt(importer(importedAt(6, "s1")), pets("one")),
			want: facts{due: true, others: true, news: true},
		},
		"and it failed": {
			goal: there,
			seen: observation{job: importer(func(j *microcks.ImportJob) { importedAt(6, "s1")(j); j.LastImportError = ptr("no") })},
			want: facts{due: true, others: true},
		},
		"and an import of ours was asked for": {
			goal: func(g *Goal) { there(g); g.Always = true }, seen: lookAt(importer(importedAt(6, "s1")), pets("two", "one")),
			want: facts{due: true, others: true, news: true},
		},
		"somebody changed it": {
			goal: there, seen: observation{job: importer(func(j *microcks.ImportJob) { importedAt(5, "s1")(j); j.Name = "x" })},
			want: facts{due: true, unsaved: true},
		},
		"our own import is no news of others": {
			seen:   observation{job: importer(importedAt(6, "s1"))},
			memory: func(m *memory) { saved(m); m.imported, m.due, m.baseline = true, false, 6 }, want: facts{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := wanted(tt.goal)
			m := remember(g)
			if tt.memory != nil {
				tt.memory(&m)
			}
			m = m.noticed(g, tt.seen)
			if d := cmp.Diff(tt.want, facts{m.due, m.others, m.news, m.unsaved}, cmp.AllowUnexported(facts{})); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestAnImportWhoseAnswerWasLostEndsWithALaterDate(t *testing.T) {
	t.Parallel()
	g := wanted(nil)
	m := remember(g).took(step{kind: Start}, observation{job: importer(importedAt(5, "s1"))})
	if m = m.noticed(g, observation{job: importer(importedAt(5, "s1"))}); !m.inFlight {
		t.Error("an import ended without a later date")
	}
	done := m.noticed(g, observation{job: importer(importedAt(6, "s1"))})
	if done.inFlight || done.due || !done.imported || done.at != 6 {
		t.Errorf("in flight %t, due %t, imported %t at %d", done.inFlight, done.due, done.imported, done.at)
	}
	failed := m.noticed(g, observation{job: importer(func(j *microcks.ImportJob) { importedAt(6, "s1")(j); j.LastImportError = ptr("no") })})
	if failed.failed == nil || failed.imported {
		t.Error("a failed import counts as one that worked")
	}
}

func TestLearnt(t *testing.T) {
	t.Parallel()
	api := func(status int) error { return &microcks.APIError{Doing: "x", Status: status} }
	lost := errors.New("connection reset")
	seen := observation{job: importer(nil)}
	for name, tt := range map[string]struct {
		step   step
		o      answer
		memory func(*memory)
		ends   bool
		check  func(memory) bool
	}{
		"an answer that got lost is looked for": {
			step: step{kind: Save}, o: answer{err: lost}, check: func(m memory) bool { return m.lost == 1 && m.wrote },
		},
		"not for ever": {
			step: step{kind: Save}, o: answer{err: lost}, memory: func(m *memory) { m.lost = maxLost - 1 }, ends: true,
			check: func(m memory) bool { return m.pending != nil && m.pending.inDoubt() == result.ChangeInDoubt },
		},
		"of a deletion too": {
			step: step{kind: Remove}, o: answer{err: lost}, memory: func(m *memory) { m.lost = maxLost - 1 }, ends: true,
			check: func(m memory) bool { return m.pending != nil && m.pending.inDoubt() == result.DeletionInDoubt },
		},
		"a refusal ends it": {
			step: step{kind: Save}, o: answer{err: api(403)}, ends: true, check: func(m memory) bool { return !m.wrote },
		},
		"a gateway leaves it open": {
			step: step{kind: Save}, o: answer{err: api(502)}, check: func(m memory) bool { return m.lost == 1 },
		},
		"an answer ends the doubt": {
			step: step{kind: Save}, memory: func(m *memory) { m.lost = 3 },
			check: func(m memory) bool { return m.lost == 0 && m.wrote },
		},
		"after healing an import is due": {
			step: step{kind: Heal}, memory: func(m *memory) { m.due = false },
			check: func(m memory) bool { return m.due && m.others && m.doubt },
		},
		"a stop that fails ends nothing": {
			step: step{kind: Stop}, o: answer{err: api(500)}, check: func(m memory) bool { return m.stopped },
		},
		"an import that worked": {
			step: step{kind: Start}, o: answer{job: importer(importedAt(7, "s1"))},
			check: func(m memory) bool { return m.imported && !m.due && m.settling && m.at == 7 },
		},
		"an import that was refused": {
			step: step{kind: Start}, o: answer{job: importer(func(j *microcks.ImportJob) { j.LastImportError = ptr("no") })},
			check: func(m memory) bool { return m.failed != nil && m.due },
		},
		"a crash is looked at": {
			step: step{kind: Start}, o: answer{err: api(500)},
			check: func(m memory) bool { return m.crashes == 1 && m.doubt && !m.inFlight },
		},
		"few of them when alone": {
			step: step{kind: Start}, o: answer{err: api(500)}, memory: func(m *memory) { m.crashes = crashes.alone }, ends: true,
			check: func(memory) bool { return true },
		},
		"more beside others": {
			step: step{kind: Start}, o: answer{err: api(500)},
			memory: func(m *memory) { m.crashes, m.others = crashes.alone, true },
			check:  func(m memory) bool { return m.crashes == 3 },
		},
		"a start whose answer was lost may still run": {
			step: step{kind: Start}, o: answer{err: lost}, check: func(m memory) bool { return m.inFlight && m.due },
		},
		"a start that is forbidden": {
			step: step{kind: Start}, o: answer{err: api(403)}, ends: true, check: func(m memory) bool { return !m.inFlight },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := remember(wanted(nil)).took(tt.step, seen)
			if tt.memory != nil {
				tt.memory(&m)
			}
			m, err := m.learnt(tt.step, seen, tt.o)
			if (err != nil) != tt.ends || !tt.check(m) {
				t.Errorf("error %v, memory %+v", err, m)
			}
		})
	}
}

func TestDeedsAreNotedOnce(t *testing.T) {
	t.Parallel()
	var m memory
	m.did(result.Done{Kind: result.ImporterUpdated}, result.Done{Kind: result.SurplusDeleted, ID: "1"})
	older := m.done
	m.did(result.Done{Kind: result.ImporterUpdated}, result.Done{Kind: result.SurplusDeleted, ID: "2"})
	if len(m.done) != 3 || len(older) != 2 {
		t.Errorf("noted %v, before %v", m.done, older)
	}
}
