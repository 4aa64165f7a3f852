package github

import (
	"context"
	"errors"
	"fmt"

	gogithub "github.com/google/go-github/v60/github"
)

// Labels are the names of the labels that a pull request has now. Those of the
// event's payload are as old as the event: a run that is repeated has them again.
func (c *Client) Labels(ctx context.Context, number int) ([]string, error) {
	if err := checkNumber(number); err != nil {
		return nil, err
	}
	r := call{doing: fmt.Sprintf("listing the labels of #%d", number), needs: "pull-requests: read"}
	var names []string
	err := pages(mostLabels, r.doing, func(at gogithub.ListOptions) (more bool, err error) {
		var got []*gogithub.Label
		var resp *gogithub.Response
		err = c.do(ctx, r, func(ctx context.Context) (err error) {
			got, resp, err = c.rest.Issues.ListLabelsByIssue(ctx, c.owner, c.name, number, &at)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, label := range got {
			names = append(names, label.GetName())
		}
		return resp.NextPage > at.Page, nil
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// ChangedFile is a file that a pull request changes.
type ChangedFile struct {
	Path string // as it is called after the pull request; of a removed file, before
	// Old is what it was called before, where that was another name; else "".
	Old     string
	Removed bool
}

// ChangedFiles of a pull request.
type ChangedFiles struct {
	List []ChangedFile
	// Cut: GitHub ended the list, and there may be more.
	Cut bool
}

// errNoFile is what is wrong with a list of changed files.
var errNoFile = errors.New("a changed file has no name")

// Files are those that a pull request changes, compared with where it branched off.
func (c *Client) Files(ctx context.Context, number int) (ChangedFiles, error) {
	if err := checkNumber(number); err != nil {
		return ChangedFiles{}, err
	}
	r := call{doing: fmt.Sprintf("listing the changed files of #%d", number), needs: "pull-requests: read", large: true}
	var files ChangedFiles
	err := pages(MostFiles+pageSize, r.doing, func(at gogithub.ListOptions) (more bool, err error) {
		var got []*gogithub.CommitFile
		var resp *gogithub.Response
		err = c.do(ctx, r, func(ctx context.Context) (err error) {
			got, resp, err = c.rest.PullRequests.ListFiles(ctx, c.owner, c.name, number, &at)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, f := range got {
			if f.GetFilename() == "" {
				return false, r.broken(heard{}, errNoFile)
			}
			files.List = append(files.List, ChangedFile{
				Path: f.GetFilename(), Old: f.GetPreviousFilename(), Removed: f.GetStatus() == "removed",
			})
		}
		return resp.NextPage > at.Page, nil
	})
	if err != nil {
		return ChangedFiles{}, err
	}
	files.Cut = len(files.List) >= MostFiles
	return files, nil
}
