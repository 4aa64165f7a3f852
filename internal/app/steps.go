package app

import (
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
	guard  sync.Mutex
	open   string
	close  func()
}

// groups tells which folded part of the log a stage belongs to. Stages that run
// at the same time share one.
var groups = map[string]string{
	"connect": "Read Postman and Microcks",
	"fetch":   "Read Postman and Microcks",
	"predict": "Read Postman and Microcks",
	"read":    "Read Postman and Microcks",
	"apply":   "Apply, import and verify",
	"import":  "Apply, import and verify",
	"verify":  "Apply, import and verify",
	"remove":  "Remove",
}

// Step implements reconcile.Log.
func (l *stepLog) Step(stage, collection, text string, took time.Duration) {
	l.guard.Lock()
	defer l.guard.Unlock()
	if group := groups[stage]; group != l.open {
		l.endGroup()
		l.open, l.close = group, l.runner.Group(group)
	}
	if collection != "" {
		text = collection + ": " + text
	}
	l.runner.Printf("%-8s %s (%s)", stage, text, took.Round(time.Millisecond).String())
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
