// Package app is one run from environment to exit code. It is the only place
// that knows every other package.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"postman-microcks-importer/internal/actions"
	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/crash"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/reconcile"
	"postman-microcks-importer/internal/report"
	"postman-microcks-importer/internal/repository"
	"postman-microcks-importer/internal/resolve"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/terminal"
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
	// Stdout gets everything on GitHub, whose runner keeps masks and commands of one
	// stream only; elsewhere the report.
	Stdout io.Writer
	// Stderr gets what goes on and what failed, outside GitHub; nil is Stdout.
	Stderr io.Writer
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
	getenv, stdout, stderr := c.Getenv, c.Stdout, c.Stderr
	if stderr == nil {
		stderr = stdout
	}
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
	p := &program{Run: wanted, runner: runner, getenv: getenv, change: c.Transport}
	if runner.OnGitHub() {
		p.voice = &onRunner{Runner: runner, context: p.context}
	} else {
		person := newTerminal(getenv, stdout, stderr)
		person.hide, person.context, person.document = runner.Hide, p.context, p.document
		p.voice = person
	}
	if wanted.Help || wanted.Version || wanted.Unsaid {
		_ = runner.Close() // there is nothing in it
		return p.answer(terminal.Open(stdout, getenv))
	}
	for _, secret := range wanted.Masks() {
		runner.Mask(secret)
	}
	var told *result.Result
	if broken == nil {
		broken = crash.Caught(func() error { told = p.result(ctx, problems); return nil })()
	}
	if broken != nil {
		told = p.refused([]result.Problem{result.ProblemOf(broken)})
	}
	told.DurationMillis = time.Since(began).Milliseconds()
	broken = p.render(told)
	if broken != nil { // what is left holds nothing from outside
		told.Status, told.Interrupted, told.Secrets, told.Collections = result.Failed, nil, nil, []result.Collection{}
		told.Problems = []result.Problem{result.ProblemOf(broken)}
		broken = p.render(told)
	}
	code := told.ExitCode()
	if broken != nil {
		p.complain(broken)
	}
	if err := p.publish(); err != nil {
		p.complain(err)
		if told.Interrupted == nil {
			code = result.FirstCode(code, 14)
		}
	}
	return code
}

// answer prints what was asked for in place of a run, and returns the exit code.
func (p *program) answer(out *terminal.Stream) int {
	said, code := config.Usage(), 0
	switch {
	case p.Run.Version:
		said = "postman-microcks-importer " + Version + "\n"
	case p.Unsaid:
		code = 2
	}
	out.Print(said)
	if err := out.Err(); err != nil {
		p.complain(unwritten(err))
		return result.FirstCode(code, 14)
	}
	return code
}

// complain tells of what cannot be written. Joined errors are one problem each.
func (p *program) complain(err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range several.Unwrap() {
			p.complain(err)
		}
		return
	}
	p.voice.complain(result.ProblemOf(err))
}

// program is one run with what it needs of its surroundings.
type program struct {
	*config.Run
	voice voice
	files []reportFile
	// exported is what mode export has for standard output; nil is nothing.
	exported atomic.Pointer[string]
	runner   *actions.Runner // which knows the credentials
	getenv   func(string) string
	change   func(*transport.Options) // of every client; nil changes nothing
	// leftOut are uids that workspaces list and their entries leave out.
	leftOut []string
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
	if p.Closes() {
		return p.closed(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, &timeoutError{p.Timeout})
	defer cancel()
	p.voice.begin(p.Run)
	defer p.voice.end()
	done := p.carryOut(ctx)
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

// closed is the result of a run that says on its pull request that it is closed.
func (p *program) closed(ctx context.Context) *result.Result {
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, &timeoutError{p.Timeout})
	defer cancel()
	r := p.refused([]result.Problem{{Level: result.Note, Text: "the pull request is closed: nothing is planned for it any more"}})
	r.Status = result.Unchanged
	review, err := p.review()
	if err != nil {
		return p.refused([]result.Problem{result.ProblemOf(err)})
	}
	review.Close(ctx, r)
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
func (p *program) carryOut(ctx context.Context) *result.Result {
	connect := p.connect
	if p.NoSecrets != "" && p.Mode == config.ModePlan { // only Microcks knows whether it wants a sign-in
		var session *reconcile.Session
		err := crash.Caught(func() (err error) { session, err = p.connect(ctx); return err })()
		if noSignIn(err) {
			if p.GoWithoutServer(); p.Skipped {
				return p.skipped()
			}
			p.voice.step("connect", "", "Microcks wants a sign-in, which GitHub withholds: judging as mode check does", 0)
		}
		connect = func(context.Context) (*reconcile.Session, error) { return session, err }
	}
	review, err := p.review()
	if err != nil {
		return p.refused([]result.Problem{result.ProblemOf(err)})
	}
	from := &sources{program: p, limiter: postman.NewLimiter()}
	from.limiter.Waits = func(wait time.Duration) {
		p.voice.waiting(fmt.Sprintf("waiting %s for Postman, which allows each user %d calls a minute",
			wait.Round(time.Second), postman.CallsPerMinute))
	}
	told := reconcile.Run(ctx, p.settings(), reconcile.Deps{
		Resolve: func(ctx context.Context) ([]*plan.Wanted, []result.Problem, error) { return p.resolve(ctx, from) },
		LeftOut: func() []string { return p.leftOut },
		Postman: from,
		Calls:   from.limiter,
		File:    p.read,
		Base:    review.Base(),
		Connect: connect,
		Head:    p.head(review),
		SameKey: p.sameKey(),
		Log:     steps{p.voice},
		Export:  p.export, SaysLabel: config.FitsLabel,
		Mask: p.runner.MaskFound,
	})
	review.End(ctx, told)
	return told
}

// noSignIn reports whether there was nothing to sign in with.
func noSignIn(err error) bool {
	_, noAccount := errors.AsType[*microcks.NoCredentialsError](err)
	_, noIdentity := errors.AsType[*microcks.NoWorkflowIdentityError](err)
	return noAccount || noIdentity
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
		Owner: plan.Owner{Repository: p.Repository, RepositoryID: p.RepositoryID, Manifest: p.Manifest.Key}, Provenance: provenance,
		FailOnWarnings: p.FailsOn(config.FailOnWarning), FailOnChanges: p.FailsOn(config.FailOnChanges),
		RemoveServices: p.Allows(config.AllowRemoveServices), Parallelism: p.Parallelism,
		PostmanOrigin: cmp.Or(p.Postman.URL, "https://"+postman.DefaultHost), AsAPISource: p.ExportAs == config.ExportAPISource,
		Pruning: reconcile.Pruning{
			Asked: p.Prune, Many: p.Allows(config.AllowPruneMany), Entries: p.Manifest.Entries,
			Workspaces: slices.ContainsFunc(p.Importers, func(i config.Importer) bool { return i.Workspace != "" }),
			Branch:     p.DefaultBranch, CheckedOut: p.checkedOut(), OnGitHub: p.Trigger.Event != "",
		},
	}
}

// resolve finds out which importers are wanted. What patterns find is told of as many
// files as have lines of their own. Off a runner patterns look in the
// current folder, and no link leads them out of it.
func (p *program) resolve(ctx context.Context, spaces resolve.Workspaces) ([]*plan.Wanted, []result.Problem, error) {
	began, found := time.Now(), 0
	tell := func(line string) {
		p.voice.step("resolve", "", string(text.HideCredentials(text.Untrusted(line))), time.Since(began))
	}
	for _, line := range p.Overrides {
		tell("manifest, " + line)
	}
	if p.MoreOverrides > 0 {
		tell("manifest, " + text.Plural(p.MoreOverrides, "more difference") + " between entries, inputs and defaults")
	}
	files := resolve.Files{Found: func(line string) {
		if found++; found <= result.Fleet || p.runner.Debugging() {
			tell(line)
		}
	}, LeftOut: func(uid string) { p.leftOut = append(p.leftOut, uid) }}
	defer func() {
		if more := found - result.Fleet; more > 0 && !p.runner.Debugging() {
			tell(fmt.Sprintf("and %d more", more))
		}
	}()
	if slices.ContainsFunc(p.Importers, func(i config.Importer) bool { return i.Pattern+i.Resources != "" }) {
		root, err := p.openWorkspace()
		if err != nil {
			return nil, nil, err
		}
		defer func() { _ = root.Close() }()
		files.FS = root.FS()
	}
	return resolve.Importers(ctx, p.Run, files, spaces)
}

// openWorkspace opens the folder that files are found in.
func (p *program) openWorkspace() (*os.Root, error) {
	root, err := os.OpenRoot(cmp.Or(p.Workspace, "."))
	if err != nil {
		return nil, &fileError{".", p.Workspace, err}
	}
	return root, nil
}

// read reads a file, or a folder that is a collection: on a runner of the workspace and
// none outside it, elsewhere wherever a person names it.
func (p *program) read(ctx context.Context, name string) (delivery.Source, error) {
	dir, inner := cmp.Or(p.Workspace, "."), name
	if info, err := os.Stat(name); p.Workspace == "" && err == nil && !info.IsDir() { // a link leads wherever it does
		dir, inner = filepath.Split(name)
		return p.readIn(ctx, os.DirFS(cmp.Or(dir, ".")), inner, name)
	}
	if abs, err := filepath.Abs(name); p.Workspace == "" && err == nil && !filepath.IsLocal(name) {
		dir = string(filepath.Separator)
		inner = cmp.Or(strings.TrimPrefix(abs, dir), ".")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return delivery.Source{}, &fileError{name, p.Workspace, err}
	}
	defer func() { _ = root.Close() }()
	return p.readIn(ctx, root.FS(), inner, name)
}

// readIn reads what has another name among the files than a person calls it by.
func (p *program) readIn(ctx context.Context, files fs.FS, inner, name string) (delivery.Source, error) {
	inner = filepath.ToSlash(inner)
	source, err := repository.Read(ctx, files, inner)
	if wrong, ok := errors.AsType[*repository.PathError](err); ok {
		if wrong.Name != inner {
			name = filepath.Join(name, strings.TrimPrefix(wrong.Name, inner+"/"))
		}
		err = &fileError{name, p.Workspace, wrong.Err}
	}
	if err == nil && source.Folder != nil {
		source.Folder.Path = filepath.ToSlash(name)
	}
	return source, err
}

func inputProblem(p config.Problem) result.Problem {
	if p.File != "" {
		return result.Problem{
			Level: result.Error, Text: text.Untrusted(p.Text()), Hint: text.Untrusted(p.Hint), Anchor: "manifest", ExitCode: 2,
			File: text.Untrusted(p.File), Line: p.Line,
		}
	}
	return result.Problem{
		Level: result.Error, Text: text.Untrusted(p.Text()), Hint: text.Untrusted(p.Hint), Anchor: "wrong-inputs", ExitCode: 2,
	}
}

// render puts the result into words, of all places before the first is told, since
// what breaks here is told there. What any text of it holds of a credential goes
// before a place escapes it in its own way.
func (p *program) render(told *result.Result) (broken error) {
	return crash.Caught(func() error {
		told := told.Rewritten(p.runner.Hide)
		p.voice.render(told)
		p.renderFiles(told)
		return nil
	})()
}

// publish says the result everywhere. It goes on when one place fails.
func (p *program) publish() error {
	errs := []error{p.voice.publish()}
	for _, file := range p.files {
		errs = append(errs, file.write())
	}
	return errors.Join(errs...)
}

// reportFile is a file that the inputs name for a part of the report.
type reportFile struct {
	input, name string
	content     []byte
}

func (p *program) renderFiles(told *result.Result) {
	p.files = nil
	if p.ResultFile != "" {
		p.files = append(p.files, reportFile{"result-file", p.ResultFile, append(report.JSON(told, mostJSON), '\n')})
	}
	if p.SummaryFile != "" {
		p.files = append(p.files, reportFile{"summary-file", p.SummaryFile, []byte(report.Summary(told, p.context()) + "\n")})
	}
}

func (f reportFile) write() error {
	if err := os.WriteFile(f.name, f.content, 0o644); err != nil {
		return &outputError{doing: "writing the file of --" + f.input, err: err,
			hint: "name a file in a folder that is there and can be written, and see that the disk has room"}
	}
	return nil
}

func (p *program) context() report.Context { return report.Context{DocsURL: p.docsURL()} }

// docsURL is where the documents of this version of the action are.
func (p *program) docsURL() string {
	repository, ref := p.getenv("GITHUB_ACTION_REPOSITORY"), p.getenv("GITHUB_ACTION_REF")
	server := p.getenv("GITHUB_SERVER_URL")
	if repository == "" || ref == "" || server == "" {
		return ""
	}
	return server + "/" + repository + "/blob/" + ref + "/docs"
}
