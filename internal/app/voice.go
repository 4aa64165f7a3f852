package app

import (
	"errors"
	"fmt"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/result"
)

// voice is who tells of a run: to a runner of GitHub, whose log folds and takes
// commands, or to a person at a terminal. It may be used by several goroutines at once.
type voice interface {
	// begin says what runs.
	begin(run *config.Run)
	// step tells what was done at a stage for a collection, "" for all; did of a deed of
	// the run.
	step(stage, collection, what string, took time.Duration)
	did(stage, collection string, deed result.Done, took time.Duration)
	// far tells how many of all a stage is through with.
	far(stage string, done, of int)
	// end is after the last step.
	end()
	// waiting tells what is waited for, debug what only who looks for a fault reads.
	waiting(line string)
	debug(line string)
	// render puts a result, in which no credential is left, into words of all places;
	// publish says them, and goes on when one place fails.
	render(told *result.Result)
	publish() error
	// complain tells of a place that could not be written.
	complain(problem result.Problem)
}

// steps tell a voice of a reconciliation.
type steps struct{ voice }

// Step implements reconcile.Log.
func (s steps) Step(stage, collection, text string, took time.Duration) {
	s.step(stage, collection, text, took)
}

// Did implements reconcile.Log.
func (s steps) Did(stage, collection string, deed result.Done, took time.Duration) {
	s.did(stage, collection, deed, took)
}

// Far implements reconcile.Log.
func (s steps) Far(stage string, done, of int) { s.far(stage, done, of) }

func about(collection string) string {
	if collection == "" {
		return ""
	}
	return collection + ": "
}

// began is the line that says what runs.
func began(run *config.Run) string {
	line := fmt.Sprintf("postman-microcks-importer %s, mode %s", Version, run.Mode)
	if run.ModeReason != "" {
		line += " (" + run.ModeReason + ")"
	}
	return line
}

// onRunner speaks to a runner of GitHub.
type onRunner struct {
	*actions.Runner
	context func() report.Context
	log     *foldedLog // nil before it begins

	lines       []string
	annotations []report.Annotation
	outputs     []actions.Output
	summary     string
}

func (v *onRunner) begin(run *config.Run) {
	v.Printf("%s", began(run))
	v.log = newFoldedLog(v.Runner, result.Mode(run.Mode))
}

func (v *onRunner) step(stage, collection, what string, took time.Duration) {
	if collection != "" && v.log.pace.isFleet() && !v.Debugging() {
		return
	}
	v.log.step(stage, about(collection)+what, took)
}

func (v *onRunner) far(stage string, done, of int) { v.log.far(stage, done, of) }

func (v *onRunner) did(stage, collection string, deed result.Done, took time.Duration) {
	v.log.step(stage, about(collection)+string(report.Deed(deed)), took)
}

func (v *onRunner) end()                { v.log.end() }
func (v *onRunner) waiting(line string) { v.Printf("%s", line) }
func (v *onRunner) debug(line string)   { v.Debugf("%s", line) }

func (v *onRunner) render(told *result.Result) {
	v.outputs = nil // of a report that broke
	for _, o := range report.Outputs(told) {
		v.outputs = append(v.outputs, actions.Output(o))
	}
	v.lines, v.annotations = report.Log(told, v.context()), report.Annotations(told)
	v.summary = report.Summary(told, v.context())
}

func (v *onRunner) publish() error {
	for _, line := range v.lines {
		v.Printf("%s", line)
	}
	for _, a := range v.annotations {
		v.Annotate(actions.Level(a.Level), actions.Annotation{
			Title: a.Title, Message: a.Message, File: string(a.File), Line: a.Line, Col: a.Column,
		})
	}
	errs := []error{v.SetOutputs(v.outputs), v.WriteSummary(v.summary)}
	return errors.Join(append(errs, v.Close())...)
}

func (v *onRunner) complain(problem result.Problem) {
	message := string(problem.Text)
	v.Printf("error: %s", problem.Text)
	if problem.Hint != "" {
		v.Printf("hint: %s", problem.Hint)
		v.Printf("see: %s", report.Troubleshooting(v.context().DocsURL, problem.Anchor))
		message = fmt.Sprintf("%s\nHint: %s", problem.Text, problem.Hint)
	}
	v.Annotate(actions.Error, actions.Annotation{Title: "Microcks import", Message: message})
}
