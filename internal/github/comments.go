package github

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	gogithub "github.com/google/go-github/v60/github"

	"postman-microcks-importer/internal/transport"
)

// Limits of lists.
const (
	pageSize     = 100    // the most that GitHub gives
	smallPage    = 10     // where a page of the most is larger than is read
	mostComments = 10_000 // of a pull request, that are read
	mostLabels   = 1_000
	// MostFiles of a pull request are listed by GitHub.
	MostFiles = 3_000
)

// Comment on a pull request.
type Comment struct {
	ID     int64
	Author Account // the zero account for one that is gone
	Body   string  // up to 262,144 bytes, by anybody
	URL    string  // of the page that shows it
	// Updated is when it was written last, in whole seconds.
	Updated time.Time
}

// errNoComment is what is wrong with an answer that should be a comment.
var errNoComment = errors.New("it is no comment: it has no id")

func (r call) commentOf(c *gogithub.IssueComment) (Comment, error) {
	if c.GetID() <= 0 {
		return Comment{}, r.broken(heard{}, errNoComment)
	}
	return Comment{
		ID: c.GetID(), Author: accountOf(c.GetUser()), Body: c.GetBody(), URL: c.GetHTMLURL(), Updated: c.GetUpdatedAt().Time,
	}, nil
}

// Comments reads all comments of a pull request, the oldest first, each once. An
// error is the last thing that it yields: an [*APIError], [*BrokenAnswerError],
// [*ListError], [*SettingError] or a *transport.Error.
func (c *Client) Comments(ctx context.Context, number int) iter.Seq2[Comment, error] {
	r := call{doing: fmt.Sprintf("listing the comments of #%d", number), needs: "pull-requests: write", large: true} // to keep ours
	return func(yield func(Comment, error) bool) {
		if err := checkNumber(number); err != nil {
			yield(Comment{}, err)
			return
		}
		seen := make(map[int64]bool) // a list can shift between two pages
		err := pages(mostComments, r.doing, func(at gogithub.ListOptions) (more bool, err error) {
			var got []*gogithub.IssueComment
			var resp *gogithub.Response
			err = c.do(ctx, r, func(ctx context.Context) (err error) {
				got, resp, err = c.rest.Issues.ListComments(ctx, c.owner, c.name, number, &gogithub.IssueListCommentsOptions{ListOptions: at})
				return err
			})
			if err != nil {
				return false, err
			}
			for _, one := range got {
				comment, err := r.commentOf(one)
				if err != nil {
					return false, err
				}
				if !seen[comment.ID] && !yield(comment, nil) {
					return false, errEnough
				}
				seen[comment.ID] = true
			}
			return resp.NextPage > at.Page, nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Comment{}, err)
		}
	}
}

// errEnough ends a list of which no more is wanted.
var errEnough = errors.New("enough")

// pages asks for one page after the other, until one is the last. Where a page is
// larger than is read, smaller ones follow from the same place on. More than most
// entries are a [*ListError].
func pages(most int, doing string, read func(gogithub.ListOptions) (more bool, err error)) error {
	size := pageSize
	for page := 1; (page-1)*size < most; page++ {
		more, err := read(gogithub.ListOptions{Page: page, PerPage: size})
		if is[*transport.LimitError](err) && size > smallPage {
			page, size = (page-1)*size/smallPage, smallPage
			continue
		}
		if err != nil || !more {
			return err
		}
	}
	return &ListError{Doing: doing, Most: most}
}

// CreateComment writes a new comment. Where [InDoubt] says so of its error it may be
// there all the same: list before another is written.
func (c *Client) CreateComment(ctx context.Context, number int, body string) (Comment, error) {
	if err := checkNumber(number); err != nil {
		return Comment{}, err
	}
	r := call{doing: fmt.Sprintf("creating the comment on #%d", number), needs: "pull-requests: write", write: true}
	return c.comment(ctx, r, func(ctx context.Context) (*gogithub.IssueComment, error) {
		got, _, err := c.rest.Issues.CreateComment(ctx, c.owner, c.name, number, &gogithub.IssueComment{Body: &body})
		return got, err
	})
}

// EditComment replaces the text of a comment, whoever wrote it.
func (c *Client) EditComment(ctx context.Context, id int64, body string) (Comment, error) {
	r := call{doing: fmt.Sprintf("editing the comment %d", id), needs: "pull-requests: write", write: true}
	return c.comment(ctx, r, func(ctx context.Context) (*gogithub.IssueComment, error) {
		got, _, err := c.rest.Issues.EditComment(ctx, c.owner, c.name, id, &gogithub.IssueComment{Body: &body})
		return got, err
	})
}

// GetComment reads one comment.
func (c *Client) GetComment(ctx context.Context, id int64) (Comment, error) {
	r := call{doing: fmt.Sprintf("reading the comment %d", id), needs: "pull-requests: read"}
	return c.comment(ctx, r, func(ctx context.Context) (*gogithub.IssueComment, error) {
		got, _, err := c.rest.Issues.GetComment(ctx, c.owner, c.name, id)
		return got, err
	})
}

// comment makes a call that is answered with a comment.
func (c *Client) comment(ctx context.Context, r call, send func(context.Context) (*gogithub.IssueComment, error)) (Comment, error) {
	var got *gogithub.IssueComment
	err := c.do(ctx, r, func(ctx context.Context) (err error) {
		got, err = send(ctx)
		return err
	})
	if err != nil {
		return Comment{}, err
	}
	return r.commentOf(got)
}

// DeleteComment deletes a comment, whoever wrote it.
func (c *Client) DeleteComment(ctx context.Context, id int64) error {
	r := call{doing: fmt.Sprintf("deleting the comment %d", id), needs: "pull-requests: write", write: true, raw: true}
	return c.do(ctx, r, func(ctx context.Context) error {
		_, err := c.rest.Issues.DeleteComment(ctx, c.owner, c.name, id)
		return err
	})
}
