// Package app is one run from environment to exit code. It is the only place
// that knows every other package.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/resolve"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Version of this program, set when it is built for a release.
var Version = "dev"

// Command is the program as a value: what a process gives it stands in the
// fields, so that a test can run it where it likes.
type Command struct {
	// Getenv is the environment, as [os.Getenv]; "" for what is not set.
	Getenv func(string) string
	// Stdout gets everything that a person reads: the runner keeps masks and
	// commands of one stream only.
	Stdout io.Writer
	// GiveUpRoot is called once, when all files that the run writes are open and
	// before anything is read that others wrote; nil is for a process that keeps
	// its rights.
	GiveUpRoot func()
	// Transport changes the options of every HTTP client, such as the network
	// that it speaks to; nil changes nothing.
	Transport func(*transport.Options)
}

// Main runs the program and returns its exit code. args are without the
// program's name.
func (c *Command) Main(ctx context.Context, args []string) int {
	getenv, stdout := c.Getenv, c.Stdout
	began := time.Now()
	runner := actions.New(getenv, stdout)
	// What cannot be opened now is told when it is written: the run does what it is
	// for all the same.
	_ = runner.Open()
	event := openEvent(getenv)
	if c.GiveUpRoot != nil {
		c.GiveUpRoot()
	}
	wanted, problems := new(config.Run), []config.Problem(nil)
	broken := crash.Caught(func() error {
		wanted, problems = config.Parse(config.Sources{Args: args, Getenv: getenv, ReadFile: event.read})
		return nil
	})()
	event.close()
	if wanted.Help || wanted.Version || wanted.Unsaid {
		_ = runner.Close() // there is nothing in it
		return answer(stdout, wanted)
	}
	for _, secret := range wanted.Masks() {
		runner.Mask(secret)
	}
	p := &program{Run: wanted, runner: runner, getenv: getenv, change: c.Transport}
	var told *result.Result
	if broken == nil {
		broken = crash.Caught(func() error { told = p.result(ctx, problems); return nil })()
	}
	if broken != nil {
		told = p.refused([]result.Problem{result.ProblemOf(broken)})
	}
	told.DurationMillis = time.Since(began).Milliseconds()
	said, broken := p.render(told)
	if broken != nil { // what is left holds nothing from outside
		told.Status, told.Interrupted, told.Secrets, told.Collections = result.Failed, nil, nil, []result.Collection{}
		told.Problems = []result.Problem{result.ProblemOf(broken)}
		said, broken = p.render(told)
	}
	code := told.ExitCode()
	if broken != nil {
		p.complain(broken)
	}
	if err := p.publish(said); err != nil {
		p.complain(err)
		if told.Interrupted == nil {
			code = result.FirstCode(code, 14)
		}
	}
	return code
}

// answer prints what was asked for in place of a run, and returns the exit code.
func answer(stdout io.Writer, wanted *config.Run) int {
	said, code := config.Usage(), 0
	switch {
	case wanted.Version:
		said = "postman-microcks-importer " + Version + "\n"
	case wanted.Unsaid:
		code = 2
	}
	if _, err := io.WriteString(stdout, said); err != nil {
		return 14
	}
	return code
}

// complain reports outputs or a summary that cannot be written, in the places
// that are left. Joined errors are one problem each.
func (p *program) complain(err error) {
	runner := p.runner
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range several.Unwrap() {
			p.complain(err)
		}
		return
	}
	problem := result.ProblemOf(err)
	message := string(problem.Text)
	runner.Printf("error: %s", problem.Text)
	if problem.Hint != "" {
		runner.Printf("hint: %s", problem.Hint)
		runner.Printf("see: %s", report.Troubleshooting(p.docsURL(), problem.Anchor))
		message = fmt.Sprintf("%s\nHint: %s", problem.Text, problem.Hint)
	}
	runner.Annotate(actions.Error, actions.Annotation{Title: "Microcks import", Message: message})
}

// program is one run with what it needs of its surroundings.
type program struct {
	*config.Run
	runner *actions.Runner
	getenv func(string) string
	change func(*transport.Options) // of every client; nil changes nothing
}

// result carries out the run, unless the inputs are wrong.
func (p *program) result(ctx context.Context, problems []config.Problem) *result.Result {
	if len(problems) > 0 {
		var refused []result.Problem
		for _, problem := range problems {
			refused = append(refused, inputProblem(problem))
		}
		refused[0].Headline = text.Untrusted(text.Plural(len(problems), "problem") + " with the inputs")
		return p.refused(refused)
	}
	if p.Skipped {
		return p.skipped()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, &timeoutError{p.Timeout})
	defer cancel()
	if p.ModeReason == "" {
		p.runner.Printf("postman-microcks-importer %s, mode %s", Version, p.Mode)
	} else {
		p.runner.Printf("postman-microcks-importer %s, mode %s (%s)", Version, p.Mode, p.ModeReason)
	}
	steps := newStepLog(p.runner, result.Mode(p.Mode))
	defer steps.end()
	done := p.carryOut(ctx, steps)
	var warnings []result.Problem
	for _, warning := range p.Warnings {
		warnings = append(warnings, result.Problem{Level: result.Warning, Text: text.Untrusted(warning), Anchor: "inputs"})
	}
	if p.runner.Unhidden() > 0 {
		warnings = append(warnings, plainCredential)
	}
	done.Problems = append(done.Problems, warnings...)
	done.Totals.Add(warnings)
	return done
}

// plainCredential is the warning of credentials that cannot be searched for.
var plainCredential = result.Problem{
	Level: result.Warning,
	Text: "a credential of this run has fewer than 8 characters, or is a word that reports have: a server that repeats it " +
		"puts it into outputs and summary",
	Hint:   "give the account a longer credential that is random",
	Anchor: "credential-plain",
}

// skipped is the result of a run that GitHub gives no secrets.
func (p *program) skipped() *result.Result {
	r := p.refused([]result.Problem{{
		Level: result.Note, Text: text.Untrusted("nothing was planned: " + p.NoSecrets.Reason()), Anchor: "no-secrets",
		Hint: "to judge exported files on such pull requests, add a step with `mode: check`, which needs no secret",
	}})
	r.Status = result.Skipped
	return r
}

// refused is the result of a run that did nothing.
func (p *program) refused(problems []result.Problem) *result.Result {
	r := &result.Result{
		Schema: result.Schema, Version: Version, Mode: result.Mode(p.Mode), ModeReason: p.ModeReason,
		Status: result.Failed, Collections: []result.Collection{}, Problems: problems,
	}
	r.Totals.Add(problems)
	return r
}

// carryOut wires the clients together and runs.
func (p *program) carryOut(ctx context.Context, steps *stepLog) *result.Result {
	return reconcile.Run(ctx, p.settings(), reconcile.Deps{
		Resolve: func(ctx context.Context) ([]*plan.Wanted, error) { return resolve.Importers(ctx, p.Run) },
		Postman: &sources{program: p},
		File:    p.readFile,
		Connect: p.connect,
		Log:     steps,
		Mask:    p.runner.MaskFound,
	})
}

func (p *program) settings() reconcile.Settings {
	provenance := map[string]string{}
	if p.Provenance.Commit != "" {
		provenance[plan.AnnotationCommit] = p.Provenance.Commit
	}
	if p.Provenance.RunURL != "" {
		provenance[plan.AnnotationRun] = p.Provenance.RunURL
	}
	return reconcile.Settings{
		Mode: result.Mode(p.Mode), ModeReason: p.ModeReason, ProgramVersion: Version, MicrocksVersion: p.Microcks.Version,
		Repository: p.Repository, Provenance: provenance,
		FailOnWarnings: p.FailsOn(config.FailOnWarning), FailOnChanges: p.FailsOn(config.FailOnChanges),
		RemoveServices: p.Allows(config.AllowRemoveServices), Parallelism: p.Parallelism,
	}
}

// largestFile is the most that is read of a local file: a server could not
// store half of it.
const largestFile = 32 << 20

// readFile reads a file, on a runner one of the workspace and none outside it.
func (p *program) readFile(ctx context.Context, name string) ([]byte, error) {
	open := os.Open
	if p.Workspace != "" {
		root, err := os.OpenRoot(p.Workspace)
		if err != nil {
			return nil, &fileError{name, p.Workspace, err}
		}
		defer func() { _ = root.Close() }()
		open = root.Open
	}
	f, err := open(name)
	if err != nil {
		return nil, &fileError{name, p.Workspace, err}
	}
	defer func() { _ = f.Close() }()
	raw, err := budget.ReadAll(ctx, f, largestFile)
	if err != nil {
		return nil, &fileError{name, p.Workspace, err}
	}
	return raw, nil
}

func inputProblem(p config.Problem) result.Problem {
	return result.Problem{
		Level: result.Error, Text: text.Untrusted(p.Text()), Hint: text.Untrusted(p.Hint), Anchor: "wrong-inputs", ExitCode: 2,
	}
}

// said is a result in the words of each place.
type said struct {
	log         []string
	annotations []report.Annotation
	outputs     []actions.Output
	summary     string
}

// render puts the result into words, of all places before the first is told, since
// what breaks here is told there. What any text of it holds of a credential goes
// before a place escapes it in its own way.
func (p *program) render(told *result.Result) (words said, broken error) {
	broken = crash.Caught(func() error {
		told := told.Rewritten(p.runner.Hide)
		for _, o := range report.Outputs(told) {
			words.outputs = append(words.outputs, actions.Output(o))
		}
		words.log, words.annotations = report.Log(told, p.reportContext()), report.Annotations(told)
		words.summary = report.Summary(told, p.reportContext())
		return nil
	})()
	return words, broken
}

// publish says the result everywhere. It goes on when one place fails.
func (p *program) publish(words said) error {
	for _, line := range words.log {
		p.runner.Printf("%s", line)
	}
	for _, a := range words.annotations {
		p.runner.Annotate(actions.Level(a.Level), actions.Annotation{
			Title: a.Title, Message: a.Message, File: string(a.File), Line: a.Line, Col: a.Column,
		})
	}
	errs := []error{p.runner.SetOutputs(words.outputs), p.runner.WriteSummary(words.summary)}
	errs = append(errs, p.runner.Close())
	return errors.Join(errs...)
}

func (p *program) reportContext() report.Context { return report.Context{DocsURL: p.docsURL()} }

// docsURL is where the documents of this version of the action are.
func (p *program) docsURL() string {
	repository, ref := p.getenv("GITHUB_ACTION_REPOSITORY"), p.getenv("GITHUB_ACTION_REF")
	server := p.getenv("GITHUB_SERVER_URL")
	if repository == "" || ref == "" || server == "" {
		return ""
	}
	return server + "/" + repository + "/blob/" + ref + "/docs"
}
