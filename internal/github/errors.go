package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v60/github"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Kind is why GitHub did not do what it was asked.
type Kind string

// Kinds.
const (
	KindUnauthorized Kind = "unauthorized" // the token is wrong or has expired
	KindForbidden    Kind = "forbidden"    // the token may not, or nobody may
	KindRateLimited  Kind = "rate-limited" // the requests of an hour are used up
	KindSlowDown     Kind = "slow-down"    // too many in a short time: a secondary limit
	KindNotFound     Kind = "not-found"    // or hidden from the token
	KindInvalid      Kind = "invalid"      // what was sent
	KindServer       Kind = "server"       // GitHub has a problem
	KindPage         Kind = "page"         // something on the way answered
	KindUnexpected   Kind = "unexpected"
)

// APIError is an answer of GitHub, or of something in its place, that is not what
// was asked for.
type APIError struct {
	Doing   string // "creating the comment on #7"
	Status  int
	Kind    Kind
	Message string    // GitHub's words, one line, cut at 200 runes; may be ""
	Until   time.Time // when a limit ends; zero when that is not known

	needs    string
	write    bool
	answerer transport.Answerer
}

func (e *APIError) Error() string {
	who := "GitHub"
	if e.Kind == KindPage {
		who = "something in front of GitHub"
	}
	s := fmt.Sprintf("%s: %s answered %d %s", e.Doing, who, e.Status, http.StatusText(e.Status))
	if e.Kind == KindPage {
		return s + e.answerer.String()
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// Hint says what to do next.
func (e *APIError) Hint() string {
	switch e.Kind {
	case KindUnauthorized:
		return "give `github-token: ${{ github.token }}`: another token may be mistyped, revoked or expired; that of a job ends with it"
	case KindForbidden:
		if e.write {
			return fmt.Sprintf("give the job `permissions: %s`; a pull request from a fork, or of Dependabot, gets a token"+
				" that can only read, and a locked conversation takes no comment", e.needs)
		}
		return fmt.Sprintf("give the job `permissions: %s`", e.needs)
	case KindRateLimited:
		return "run again " + e.when("in an hour") + ": the token of a job has 1,000 requests an hour for each repository"
	case KindSlowDown:
		return "run again " + e.when("in a few minutes") + ", with fewer jobs at the same time if it happens often"
	case KindNotFound:
		return fmt.Sprintf("check that the token is for this repository, and give the job `permissions: %s`:"+
			" GitHub answers the same for what it hides", e.needs)
	case KindServer:
		return "run again in a few minutes; https://www.githubstatus.com tells whether GitHub has a problem"
	case KindPage:
		return "let this runner through to GitHub's API: a proxy, firewall or sign-in page answered in its place"
	}
	return "read what GitHub says; if it is not about your repository, report it"
}

// when a limit ends, or else otherwise.
func (e *APIError) when(otherwise string) string {
	if e.Until.IsZero() {
		return otherwise
	}
	return "after " + e.Until.UTC().Format("15:04 UTC")
}

// Anchor is the place in docs/troubleshooting.md.
func (e *APIError) Anchor() string {
	switch e.Kind {
	case KindUnauthorized:
		return "github-401"
	case KindForbidden:
		return "github-403"
	case KindRateLimited, KindSlowDown:
		return "github-limits"
	case KindNotFound:
		return "github-404"
	case KindServer:
		return "github-5xx"
	case KindPage:
		return "github-unreadable"
	}
	return "github-unexpected"
}

// ExitCode is 13 for what is not found, 11 when the answer was not GitHub's, else 12.
func (e *APIError) ExitCode() int {
	switch e.Kind {
	case KindNotFound:
		return 13
	case KindPage:
		return 11
	}
	return 12
}

// newAPIError judges an answer with a status other than 2xx.
func newAPIError(r call, resp *http.Response, body []byte) *APIError {
	e := &APIError{Doing: r.doing, Status: resp.StatusCode, needs: r.needs, write: r.write, answerer: transport.AnswererOf(resp, body)}
	var said struct {
		Message       string          `json:"message"`
		Errors        json.RawMessage `json:"errors"` // of several forms
		Documentation string          `json:"documentation_url"`
	}
	_ = json.Unmarshal(body, &said) // what cannot be read has no words to show
	e.Message = said.Message
	if more := reasons(said.Errors); more != "" {
		e.Message += ": " + more
	}
	e.Message = text.Excerpt(e.Message, 200)
	e.Kind = kindOf(resp, e.answerer.Page, strings.HasSuffix(said.Documentation, "secondary-rate-limits"))
	if e.Kind == KindRateLimited || e.Kind == KindSlowDown {
		e.Until = limitEnd(resp.Header, e.Kind)
	}
	return e
}

// reasons are the texts of a refusal's list of errors, which holds objects or texts.
func reasons(raw json.RawMessage) string {
	var list []gogithub.Error
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var all []string
	for _, e := range list {
		if e.Message != "" {
			all = append(all, e.Message)
		}
	}
	return text.Few(all, "; ", 3)
}

func kindOf(resp *http.Response, page, secondary bool) Kind {
	switch status := resp.StatusCode; {
	case status == http.StatusForbidden || status == http.StatusTooManyRequests:
		switch {
		case page:
			return KindPage
		case secondary || resp.Header.Get("Retry-After") != "":
			return KindSlowDown
		case resp.Header.Get("X-Ratelimit-Remaining") == "0":
			return KindRateLimited
		case status == http.StatusTooManyRequests:
			return KindSlowDown
		}
		return KindForbidden
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return KindServer // whose pages of HTML are GitHub's own, too
	case page:
		return KindPage
	case status == http.StatusUnauthorized:
		return KindUnauthorized
	case status == http.StatusNotFound, status == http.StatusGone:
		return KindNotFound
	case status == http.StatusUnprocessableEntity, status == http.StatusBadRequest:
		return KindInvalid
	}
	return KindUnexpected
}

// limitEnd reads when a limit ends, of a day at most.
func limitEnd(h http.Header, kind Kind) time.Time {
	const most = 24 * time.Hour
	now := time.Now()
	if after, err := strconv.ParseInt(h.Get("Retry-After"), 10, 32); err == nil && after >= 0 {
		return now.Add(min(time.Duration(after)*time.Second, most))
	}
	if reset, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64); err == nil && kind == KindRateLimited {
		if at := time.Unix(reset, 0); at.After(now) && at.Sub(now) <= most {
			return at
		}
	}
	return time.Time{}
}

// limitKept is a limit that go-github knows to go on, so that it asked nothing; nil
// for another error.
func limitKept(r call, err error) error {
	e := &APIError{Doing: r.doing, Status: http.StatusForbidden, needs: r.needs, write: r.write}
	if primary, ok := errors.AsType[*gogithub.RateLimitError](err); ok {
		e.Kind, e.Until, e.Message = KindRateLimited, primary.Rate.Reset.Time, "the limit told before still holds"
		return e
	}
	if secondary, ok := errors.AsType[*gogithub.AbuseRateLimitError](err); ok {
		e.Kind, e.Until, e.Message = KindSlowDown, time.Now().Add(secondary.GetRetryAfter()), "the limit told before still holds"
		return e
	}
	return nil
}

// BrokenAnswerError is an answer that cannot be read, lacks what GitHub never leaves
// out, or did not come.
type BrokenAnswerError struct {
	Doing  string
	Status int // 0 when nothing came
	Err    error

	answerer transport.Answerer
}

func (e *BrokenAnswerError) Error() string {
	if e.answerer.Page {
		return fmt.Sprintf("%s: something in front of GitHub answered %d%s, not JSON", e.Doing, e.Status, e.answerer)
	}
	if e.Status == 0 {
		return fmt.Sprintf("%s: %v", e.Doing, e.Err)
	}
	return fmt.Sprintf("%s: reading GitHub's answer %d: %v", e.Doing, e.Status, e.Err)
}

func (e *BrokenAnswerError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *BrokenAnswerError) Hint() string {
	if e.answerer.Page {
		return "let this runner through to GitHub's API: a proxy, firewall or sign-in page answered in its place"
	}
	return "run again; if it stays so, something else than GitHub answers at GITHUB_API_URL"
}

// Anchor of docs/troubleshooting.md.
func (e *BrokenAnswerError) Anchor() string { return "github-unreadable" }

// ExitCode is 12.
func (e *BrokenAnswerError) ExitCode() int { return 12 }

// ListError is a list with more in it than is read.
type ListError struct {
	Doing string
	Most  int
}

func (e *ListError) Error() string {
	return fmt.Sprintf("%s: the list goes on after %d entries, and no more are read", e.Doing, e.Most)
}

// Hint says what to do next.
func (e *ListError) Hint() string {
	return "look on GitHub whether there are that many; if not, something else answers at GITHUB_API_URL"
}

// Anchor of docs/troubleshooting.md.
func (e *ListError) Anchor() string { return "github-list" }

// ExitCode is 12.
func (e *ListError) ExitCode() int { return 12 }

// InDoubt reports whether a write that gave err may have been carried out: nothing
// was answered, nothing that can be read, or by something that failed on the way.
func InDoubt(err error) bool {
	if refused, ok := errors.AsType[*APIError](err); ok {
		return refused.Kind == KindServer
	}
	return err != nil && !is[*SettingError](err)
}
