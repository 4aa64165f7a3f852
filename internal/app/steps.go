package app

import (
	"cmp"
	"sync"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
)

// stepLog prints what a run does, one line a collection and step, folded by
// what the steps are for.
type stepLog struct {
	runner *actions.Runner
	groups map[string]string
	guard  sync.Mutex
	open   string
	close  func()
}

// newStepLog begins with the first group of a mode, so that what is told while a
// server is waited for stands in it. Stages that run at the same time share one.
func newStepLog(runner *actions.Runner, mode result.Mode) *stepLog {
	reading := map[result.Mode]string{
		result.Check: "Read and judge the collections", result.Remove: "Read Microcks",
	}[mode]
	reading = cmp.Or(reading, "Read Postman and Microcks")
	l := &stepLog{runner: runner, groups: map[string]string{
		"connect": reading, "fetch": reading, "predict": reading, "read": reading,
		"apply": "Apply, import and verify", "import": "Apply, import and verify", "verify": "Apply, import and verify",
		"remove": "Remove",
	}}
	l.open, l.close = reading, runner.Group(reading)
	return l
}

// Step implements reconcile.Log.
func (l *stepLog) Step(stage, collection, text string, took time.Duration) {
	l.guard.Lock()
	defer l.guard.Unlock()
	if group := l.groups[stage]; group != l.open {
		l.endGroup()
		l.open, l.close = group, l.runner.Group(group)
	}
	if collection != "" {
		text = collection + ": " + text
	}
	l.runner.Printf("%-8s %s (%s)", stage, text, took.Round(time.Millisecond))
}

// Did implements reconcile.Log.
func (l *stepLog) Did(stage, collection string, deed result.Done, took time.Duration) {
	l.Step(stage, collection, string(report.Deed(deed)), took)
}

func (l *stepLog) end() {
	l.guard.Lock()
	defer l.guard.Unlock()
	l.endGroup()
}

func (l *stepLog) endGroup() {
	if l.close != nil {
		l.close()
	}
	l.open, l.close = "", nil
}
