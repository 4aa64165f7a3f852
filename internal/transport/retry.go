package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// DefaultAttempts is how often a request is sent at most when Options.Attempts
// is 0.
const DefaultAttempts = 4

// retry repeats the requests that are safe to repeat, and says of each failure
// what it was. When the last attempt got an answer, that is returned whatever its
// status, so that the client above can explain it.
type retry struct {
	attempts   *http.Client // one attempt, redirects left to the outer client
	options    Options
	repeatable func(*http.Request) bool
}

func newRetry(next http.RoundTripper, o Options, repeatable func(*http.Request) bool) *retry {
	one := &http.Client{
		Transport:     next,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &retry{attempts: one, options: o, repeatable: repeatable}
}

func (l *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	// The library sets the request's body before every attempt.
	req = req.Clone(req.Context())
	if req.Body != nil {
		defer req.Body.Close()
	}
	again, err := retryablehttp.FromRequest(req)
	if err != nil {
		return nil, newError(req.Method, req.URL.String(), fmt.Errorf("reading the request's body: %w", err))
	}
	c := &call{retry: l, method: req.Method, url: req.URL.String(), repeatable: l.repeatable(req)}
	repeater := &retryablehttp.Client{
		HTTPClient:     l.attempts,
		RetryMax:       l.options.Attempts - 1,
		RequestLogHook: c.begin,
		CheckRetry:     c.judge,
		Backoff:        c.wait,
		ErrorHandler:   retryablehttp.PassthroughErrorHandler,
	}
	resp, err := repeater.Do(again)
	if err == nil {
		return resp, nil
	}
	if cred, ok := errors.AsType[*credentialError](err); ok {
		return nil, cred // for Explain to take its own words
	}
	if own, ok := errors.AsType[explained](err); ok && req.Context().Err() == nil {
		return nil, own
	}
	return nil, c.explain(req.Context(), err)
}

// explained is an error of [Options.Attempt], which says what it was itself.
type explained interface {
	error
	Hint() string
}

// call is one request through all of its attempts. Its methods are the hooks of
// the library, which pass nothing on from one to the next.
type call struct {
	*retry
	method, url string
	repeatable  bool
	attempt     int           // the current one, from 1
	began       time.Time     // the current attempt
	next        time.Duration // until the next one
}

// begin is called before every attempt.
func (c *call) begin(_ retryablehttp.Logger, _ *http.Request, before int) {
	c.attempt, c.began, c.next = before+1, time.Now(), 0
}

// wait returns the time until the next attempt, which judge found.
func (c *call) wait(time.Duration, time.Duration, int, *http.Response) time.Duration { return c.next }

// judge decides after every attempt whether there is another one. Its error
// replaces the attempt's outcome.
func (c *call) judge(ctx context.Context, resp *http.Response, err error) (bool, error) {
	took := time.Since(c.began)
	again, replaced := c.decide(ctx, resp, err)
	if c.options.Trace != nil {
		x := Exchange{Method: c.method, URL: Redact(c.url), Duration: took, Attempt: c.attempt, Attempts: c.options.Attempts}
		if again {
			x.Wait = c.next
		}
		if resp != nil {
			x.Status = resp.StatusCode
		}
		if err != nil {
			x.Err = c.explain(ctx, err)
		}
		c.options.Trace(x)
	}
	return again, replaced
}

func (c *call) decide(ctx context.Context, resp *http.Response, err error) (again bool, replaced error) {
	if !c.repeatable || ctx.Err() != nil || c.attempt >= c.options.Attempts {
		return false, nil //nolint:nilerr // the client itself returns err
	}
	var cause error
	switch {
	case err != nil:
		if is[*credentialError](err) || is[explained](err) {
			return false, nil
		}
		e := c.explain(ctx, err)
		if !worthRepeating(e) {
			return false, nil
		}
		cause = e.Err
	default:
		if !retryable(resp.StatusCode) || c.options.Permanent != nil && c.options.Permanent(resp) {
			return false, nil
		}
		cause = &statusError{resp.StatusCode}
	}

	now := time.Now()
	c.next = backoff(c.attempt - 1)
	if resp != nil {
		c.next += AskedWait(resp, now)
	}
	deadline, ok := ctx.Deadline()
	if left := deadline.Sub(now); ok && c.next > left {
		return false, &shortOfTime{cause: cause, wait: c.next, left: left, input: c.options.DeadlineInput}
	}
	return true, nil
}

// retryable reports whether a status may be another one in a moment.
func retryable(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// explain makes the *Error of a failed attempt, or of the whole call.
func (c *call) explain(ctx context.Context, err error) *Error {
	outOfTime := is[*shortOfTime](err)
	ended := ctx.Err() != nil && !outOfTime
	if ended {
		err = &interrupted{cause: context.Cause(ctx), err: ctx.Err()}
	}
	e := newError(c.method, c.url, err)
	e.Attempts = c.attempt
	if outOfTime || ended && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e.input = c.options.DeadlineInput
	}
	return e
}
