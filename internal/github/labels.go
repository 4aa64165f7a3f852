package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sort"
	"time"

	gogithub "github.com/google/go-github/v60/github"
)

// mostEvents of a pull request are read.
const mostEvents = 10_000

// LabelEvent is a label that was set on a pull request, or taken off it.
type LabelEvent struct {
	Label string
	Set   bool
	At    time.Time // in whole seconds, by GitHub's clock
	Actor Account   // who did it; the zero account for one that is gone
}

// LabelEvents are what happened to the labels of a pull request, the oldest first.
func (c *Client) LabelEvents(ctx context.Context, number int) ([]LabelEvent, error) {
	if err := checkNumber(number); err != nil {
		return nil, err
	}
	r := call{doing: fmt.Sprintf("listing the events of #%d", number), needs: "pull-requests: read", large: true}
	var all []*gogithub.IssueEvent
	seen := make(map[int64]bool) // a list can shift between two pages
	err := pages(mostEvents, r.doing, func(at gogithub.ListOptions) (more bool, err error) {
		var got []*gogithub.IssueEvent
		var resp *gogithub.Response
		err = c.do(ctx, r, func(ctx context.Context) (err error) {
			got, resp, err = c.rest.Issues.ListIssueEvents(ctx, c.owner, c.name, number, &at)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, e := range got {
			if kind := e.GetEvent(); !seen[e.GetID()] && (kind == "labeled" || kind == "unlabeled") {
				all = append(all, e)
			}
			seen[e.GetID()] = true
		}
		return resp.NextPage > at.Page, nil
	})
	if err != nil {
		return nil, err
	}
	sort.SliceStable(all, func(i, k int) bool {
		a, b := all[i], all[k]
		return cmp.Or(a.GetCreatedAt().Compare(b.GetCreatedAt().Time), cmp.Compare(a.GetID(), b.GetID())) < 0
	})
	events := make([]LabelEvent, len(all))
	for i, e := range all {
		events[i] = LabelEvent{
			Label: e.GetLabel().GetName(), Set: e.GetEvent() == "labeled", At: e.GetCreatedAt().Time, Actor: accountOf(e.GetActor()),
		}
	}
	return events, nil
}

// Ours is the text, without its marker, of the comment of a place that this token
// wrote. found is false where there is none. A comment of others can have the marker,
// too: where one has, and nobody says who the token writes as, the error is
// [ErrNobody].
func (c *Client) Ours(ctx context.Context, number int, place Place) (text string, found bool, err error) {
	var viewer Account
	for comment, err := range c.Comments(ctx, number) {
		if err != nil {
			return "", false, err
		}
		m, text, ok := parseMarker(comment.Body)
		if !ok || m.place != place.id() {
			continue
		}
		if !viewer.known() {
			if viewer, err = c.Viewer(ctx); err != nil {
				return "", false, err
			}
		}
		if comment.Author.Is(viewer) { // of several the oldest stays, see [Client.Keep]
			return text, true, nil
		}
	}
	return "", false, nil
}

// Now is GitHub's time, as far as it was told: that of its latest answer. It is the
// local time before the first, and where the two are more than a day apart.
func (c *Client) Now() time.Time {
	if told := c.clock.Load(); told != nil {
		return *told
	}
	return time.Now().UTC()
}

// hear takes the time of an answer.
func (l *hearing) hear(resp *http.Response) {
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if now := time.Now(); err != nil || at.Sub(now).Abs() > 24*time.Hour {
		return
	}
	if told := l.clock.Load(); told == nil || told.Before(at) {
		l.clock.Store(&at)
	}
}
