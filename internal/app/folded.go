package app

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/result"
)

// foldedLog prints what a run does, folded by what the steps are for: one line for each
// collection and step, or of many collections how far each stage is.
type foldedLog struct {
	runner *actions.Runner
	groups map[string]string
	pace   pace
	guard  sync.Mutex
	open   string
	close  func()
}

// newFoldedLog begins with the first group of a mode, so that what is told while a
// server is waited for stands in it. Stages that run at the same time share one.
func newFoldedLog(runner *actions.Runner, mode result.Mode) *foldedLog {
	reading := map[result.Mode]string{
		result.Check: "Read and judge the collections", result.Remove: "Read Microcks", result.Export: "Read Microcks",
	}[mode]
	reading = cmp.Or(reading, "Read Postman and Microcks")
	l := &foldedLog{runner: runner, groups: map[string]string{
		"resolve": reading, "connect": reading, "fetch": reading, "predict": reading, "read": reading, "compare": reading,
		"apply": "Apply, import and verify", "import": "Apply, import and verify", "verify": "Apply, import and verify",
		"remove": "Remove", "export": "Export",
	}}
	l.open, l.close = reading, runner.Group(reading)
	return l
}

func (l *foldedLog) step(stage, line string, took time.Duration) {
	l.guard.Lock()
	defer l.guard.Unlock()
	if group := l.groups[stage]; group != l.open {
		l.endGroup()
		l.open, l.close = group, l.runner.Group(group)
	}
	l.runner.Printf("%-8s %s (%s)", stage, line, took.Round(time.Millisecond))
}

// far tells of a stage that takes many how far it is.
func (l *foldedLog) far(stage string, done, of int) {
	if took, due := l.pace.far(stage, done, of); due {
		l.step(stage, fmt.Sprintf("%d of %d", done, of), took)
	}
}

func (l *foldedLog) end() {
	l.guard.Lock()
	defer l.guard.Unlock()
	l.endGroup()
}

func (l *foldedLog) endGroup() {
	if l.close != nil {
		l.close()
	}
	l.open, l.close = "", nil
}
