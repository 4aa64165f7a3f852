package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	gogithub "github.com/google/go-github/v60/github"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// mostSmall bytes has an answer about one thing. A comment has up to 262,144, each
// escaped as six, and another form of it is not asked for.
const mostSmall = 4 << 20

// Options of a client.
type Options struct {
	API        string // GITHUB_API_URL; empty is [PublicAPI]
	Repository string // OWNER/NAME
	Token      string // goes to the origin of API and nowhere else
	// Transport is what the clients of a run have in common: user agent,
	// authorities, trace. Credential, retries and limits are set here.
	Transport transport.Options
}

// Client asks GitHub about one repository. It is safe for concurrent use.
type Client struct {
	api   api
	owner string
	name  string
	rest  *gogithub.Client
	clock *atomic.Pointer[time.Time]
}

// New makes a client. Its error is a [*SettingError], or that of
// [transport.NewClient].
func New(o Options) (*Client, error) {
	at, err := parseAPI(o.API)
	if err != nil {
		return nil, err
	}
	owner, name, err := parseRepository(o.Repository)
	if err != nil {
		return nil, err
	}
	if o.Token == "" {
		return nil, &SettingError{Name: "the token", Takes: "the token of the job, or another one for this repository"}
	}
	t, bearer := o.Transport, "Bearer "+o.Token
	t.Credential = &transport.Credential{
		Origin: at.origin, Header: "Authorization", Value: func(context.Context) (string, error) { return bearer, nil },
	}
	t.Gateway, t.RetryPOST, t.BodyLimit = nil, false, transport.DefaultBodyLimit
	// GitHub's limits last for minutes to an hour, and requests meanwhile prolong
	// them: they are told, not waited for.
	t.Permanent = func(resp *http.Response) bool { return resp.StatusCode == http.StatusTooManyRequests }
	client, err := transport.NewClient(t)
	if err != nil {
		return nil, err
	}
	clock := new(atomic.Pointer[time.Time])
	client.Transport = &hearing{client.Transport, clock}
	rest := gogithub.NewClient(client)
	rest.BaseURL, rest.UserAgent = &at.rest, t.UserAgent
	return &Client{api: at, owner: owner, name: name, rest: rest, clock: clock}, nil
}

// CloseIdleConnections closes the connections that wait for another request.
func (c *Client) CloseIdleConnections() { c.rest.Client().CloseIdleConnections() }

// call is one request of the API.
type call struct {
	doing string // for errors: "listing the comments of #7"
	// needs is the permission of the job without which GitHub refuses the call.
	needs string
	write bool // it is sent once
	large bool // its answer can have more than mostSmall bytes
	raw   bool // its answer may be empty
}

// do makes a call by go-github and judges what was answered, whatever go-github
// makes of it.
func (c *Client) do(ctx context.Context, r call, send func(context.Context) error) error {
	if !r.large {
		ctx = transport.WithBodyLimit(ctx, mostSmall)
	}
	if r.write {
		// What is safe to repeat is given up by the layer below; this is looked for.
		waiting, end := context.WithCancelCause(ctx)
		defer end(nil)
		defer time.AfterFunc(longestWrite, func() { end(errSilence) }).Stop()
		ctx = waiting
	}
	var h heard
	err := send(context.WithValue(ctx, heardKey{}, &h))
	if h.err != nil && errors.Is(context.Cause(ctx), errSilence) {
		return &BrokenAnswerError{Doing: r.doing, Err: errSilence}
	}
	if h.err != nil {
		return fmt.Errorf("%s: %w", r.doing, h.err)
	}
	if is[*transport.Error](err) { // a redirect that is not followed
		return fmt.Errorf("%s: %w", r.doing, transport.Explain(err))
	}
	if h.resp == nil {
		if limited := limitKept(r, err); limited != nil {
			return limited
		}
		return fmt.Errorf("%s: %w", r.doing, err)
	}
	empty := len(bytes.TrimSpace(h.body)) == 0
	switch {
	case h.resp.StatusCode/100 != 2 || h.resp.StatusCode == http.StatusAccepted:
		return newAPIError(r, h.resp, h.body)
	case h.resp.StatusCode == http.StatusNoContent, empty && r.raw:
		return nil
	case empty:
		return r.broken(h, errEmpty)
	case err != nil:
		return r.broken(h, err)
	}
	return nil
}

// broken is an answer that came and cannot be used.
func (r call) broken(h heard, err error) error {
	e := &BrokenAnswerError{Doing: r.doing, Status: http.StatusOK, Err: err}
	if h.resp != nil {
		e.Status, e.answerer = h.resp.StatusCode, transport.AnswererOf(h.resp, h.body)
	}
	return e
}

// longestWrite is how long the answer to a write is waited for: the time of the run is
// not all for GitHub.
const longestWrite = transport.DefaultPatience

// errSilence is why a write is waited for no longer.
var errSilence = fmt.Errorf("GitHub said nothing for %s", longestWrite)

// errEmpty is what is wrong with 200 and nothing behind it.
var errEmpty = errors.New("the answer has no body")

// heard is what was answered to a call, as it came.
type heard struct {
	resp *http.Response // the last one
	body []byte
	err  error
}

type heardKey struct{}

// hearing notes what is answered to each call, for go-github keeps it to itself.
type hearing struct {
	next  http.RoundTripper
	clock *atomic.Pointer[time.Time]
}

func (l *hearing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err == nil {
		l.hear(resp)
	}
	h, ok := req.Context().Value(heardKey{}).(*heard)
	if !ok {
		return resp, err
	}
	h.resp, h.err, h.body = resp, err, nil
	if err == nil {
		h.body, h.err = transport.Body(resp)
	}
	return resp, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (l *hearing) CloseIdleConnections() {
	if c, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Account is who wrote something, and who a token writes as.
type Account struct {
	ID    int64
	Login string
}

// Is reports whether both are one account, as far as both are known: an id is, where
// both have one, since a login can change hands.
func (a Account) Is(b Account) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID == b.ID
	}
	return a.Login != "" && strings.EqualFold(a.Login, b.Login)
}

func (a Account) known() bool { return a != Account{} }

func accountOf(u *gogithub.User) Account { return Account{ID: u.GetID(), Login: u.GetLogin()} }

// ErrNobody is an answer about who the token writes as that names nobody.
var ErrNobody = errors.New("it names nobody")

// Viewer is who the token writes as, asked by GraphQL: the token of a job may not ask
// for its user by REST.
func (c *Client) Viewer(ctx context.Context) (Account, error) {
	r := call{doing: "asking GitHub who the token writes as", needs: "pull-requests: write", write: true}
	var answer struct {
		Data struct {
			Viewer struct {
				Login      string `json:"login"`
				DatabaseID int64  `json:"databaseId"`
			} `json:"viewer"`
		} `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	err := c.do(ctx, r, func(ctx context.Context) error {
		req, err := c.rest.NewRequest(http.MethodPost, c.api.graphql, map[string]string{"query": "query{viewer{login databaseId}}"})
		if err != nil {
			return err
		}
		_, err = c.rest.Do(ctx, req, &answer)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	viewer := Account{ID: answer.Data.Viewer.DatabaseID, Login: answer.Data.Viewer.Login}
	if viewer.Login == "" {
		reason := ErrNobody
		if len(answer.Errors) > 0 {
			reason = fmt.Errorf("%w: %s", ErrNobody, text.Excerpt(answer.Errors[0].Message, 200))
		}
		return Account{}, r.broken(heard{}, reason)
	}
	return viewer, nil
}

// is reports whether an error of type E is in err.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
