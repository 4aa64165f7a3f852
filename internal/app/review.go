package app

import (
	"context"
	"io/fs"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/github"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/pulls"
	"postman-microcks-importer/internal/resolve"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/transport"
)

// review is the run's part in its pull request.
func (p *program) review() (*pulls.Review, error) {
	s := pulls.Settings{
		Run: p.Run, Job: p.getenv("GITHUB_JOB"), File: p.read, Report: p.context, Hide: p.runner.Hide,
		Resolve: func(ctx context.Context, files fs.FS) ([]*plan.Wanted, []result.Problem, error) {
			return resolve.Importers(ctx, p.Run, resolve.Files{FS: files, Found: func(string) {}}, nil)
		},
	}
	ref, _, _ := strings.Cut(p.getenv("GITHUB_WORKFLOW_REF"), "@")
	s.Workflow = strings.TrimPrefix(ref, p.Repository+"/")
	s.Number.Number, _ = strconv.ParseInt(p.getenv("GITHUB_RUN_NUMBER"), 10, 64) // what is no number is refused where it is needed
	s.Number.Attempt, _ = strconv.ParseInt(p.getenv("GITHUB_RUN_ATTEMPT"), 10, 64)
	if head := p.Trigger.HeadCommit; head != "" && p.Repository != "" {
		s.Blob = p.getenv("GITHUB_SERVER_URL") + "/" + p.Repository + "/blob/" + head
	}
	if p.Pull.Token == "" || p.Trigger.Event == "" {
		return pulls.New(s), nil
	}
	var common transport.Options
	if _, err := p.client(func(o *transport.Options) { common = *o }); err != nil {
		return nil, err
	}
	s.Client, s.Fault = github.New(github.Options{
		API: p.getenv("GITHUB_API_URL"), Repository: p.Repository, Token: p.Pull.Token.Reveal(), Transport: common,
	})
	return pulls.New(s), nil
}

// head asks GitHub for the newest commit of the default branch; nil without a token, or
// for a run of something else.
func (p *program) head(review *pulls.Review) func(context.Context) (string, error) {
	switch {
	case p.DefaultBranch == "" || review.Client == nil && review.Fault == nil:
		return nil
	case review.Fault != nil:
		return func(context.Context) (string, error) { return "", review.Fault }
	}
	return func(ctx context.Context) (string, error) { return review.Client.Head(ctx, p.DefaultBranch) }
}
