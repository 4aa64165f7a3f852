package postman

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"postman-microcks-importer/internal/transport"
)

// What Postman allows each user. A listing is a call, too.
const (
	CallsPerMinute = 300
	callsSpan      = time.Minute

	listingsPerSpan = 10
	listingsSpan    = 10 * time.Second
)

// LeastTime is how long so many calls take at least at the rate that Postman allows: the
// first [CallsPerMinute] may all be made at once.
func LeastTime(calls int) time.Duration {
	return time.Duration(max(0, calls-1)/CallsPerMinute) * callsSpan
}

// Limiter keeps a run within the calls that Postman allows, whoever makes them: the
// clients of all origins, attempt by attempt, and Microcks where it downloads with the
// same key. A call has a place from before it is sent until a minute after its answer
// is read, so that no minute has more than [CallsPerMinute], however Postman cuts its
// minutes. What Postman itself says is left counts where that is less.
//
// It may be used by several goroutines at once.
type Limiter struct {
	// Waits is told of a wait that takes longer than a few seconds, and again while calls
	// wait; nil for nobody.
	Waits func(time.Duration)

	guard           sync.Mutex
	calls, listings window
	until           time.Time // nothing is sent before: what a 429 asked for
	told            time.Time // Waits was
	started         int       // places so far: orders them
	made            int       // calls
	month           Quota     // the least that Postman said
	starts          int       // downloads of Microcks that it cannot have counted then
	newest          int       // the place of the newest download
}

// window is one of Postman's limits.
type window struct {
	most  int
	span  time.Duration
	turn  chan struct{} // held by who waits for a place: the others wait behind it, in turn
	freed chan struct{} // a place came back before its time
	under int           // places of calls that are under way
	ended []time.Time   // of places that are held since, the oldest first

	// left until then, as Postman said last, less what began since; saidBy is the place of
	// the call whose answer said so, and 0 is that nothing was said.
	left   int
	until  time.Time
	saidBy int
}

// NewLimiter is a limiter of a run that has made no call yet.
func NewLimiter() *Limiter {
	of := func(most int, span time.Duration) window {
		return window{most: most, span: span, turn: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
	}
	return &Limiter{calls: of(CallsPerMinute, callsSpan), listings: of(listingsPerSpan, listingsSpan)}
}

// Take waits until a call may be sent. The caller ends it when the answer is there, or
// it is known that none comes: made says whether there was a call at all. The error is
// the cause of the context's end, a [*LateError], or [ErrNoCalls].
func (l *Limiter) Take(ctx context.Context) (end func(made bool), err error) {
	if month := l.Month(); month.Known && month.MonthRemaining == 0 {
		return nil, ErrNoCalls
	}
	p, err := l.take(ctx, &l.calls)
	if err != nil {
		return nil, err
	}
	p.download = true
	return func(made bool) { l.end(p, made, nil) }, nil
}

// ErrNoCalls is that none of the month's calls is left. A request of the run itself is sent
// all the same, so that Postman says so.
var ErrNoCalls = errors.New("no call of the Postman API is left this month")

// Month is what is left of the month's calls: the least that Postman said, less the
// downloads of Microcks since, and less the calls that are under way, which it may have
// counted or not.
func (l *Limiter) Month() Quota {
	l.guard.Lock()
	defer l.guard.Unlock()
	q := l.month
	q.MonthRemaining = max(0, q.MonthRemaining-int64(l.starts+l.calls.under))
	return q
}

// Made is how many calls there were, those of Microcks among them.
func (l *Limiter) Made() int {
	l.guard.Lock()
	defer l.guard.Unlock()
	return l.made
}

// Note takes over what Postman said elsewhere than in a header.
func (l *Limiter) Note(q Quota) {
	l.guard.Lock()
	defer l.guard.Unlock()
	if q.Known {
		l.month, l.starts = q, 0
	}
}

// Around puts the limiter in front of what sends one attempt of a request and reads its
// answer.
func (l *Limiter) Around(next http.RoundTripper) http.RoundTripper { return &paced{l, next} }

type paced struct {
	limiter *Limiter
	next    http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (p *paced) RoundTrip(req *http.Request) (*http.Response, error) {
	take := func(ctx context.Context) (*place, error) { return p.limiter.take(ctx, &p.limiter.calls) }
	if isListing(req.URL.Path) {
		take = p.limiter.takeListing
	}
	place, err := take(req.Context())
	if err != nil {
		return nil, err
	}
	if sent, ok := req.Context().Value(sentKey{}).(func()); ok {
		sent()
	}
	resp, err := p.next.RoundTrip(req)
	p.limiter.end(place, true, resp)
	return resp, err
}

type sentKey struct{}

// WhenSent has a function called each time that a request with ctx takes its place: from
// then on [Limiter.Month] counts it.
func WhenSent(ctx context.Context, sent func()) context.Context {
	return context.WithValue(ctx, sentKey{}, sent)
}

// isListing reports whether a path is one of those that have a limit of their own.
func isListing(path string) bool {
	path = strings.Trim(path, "/")
	return path == "collections" || path == "workspaces" || strings.HasPrefix(path, "workspaces/")
}

// place of one call.
type place struct {
	number   int
	of       []*window
	download bool // of Microcks
}

func (l *Limiter) takeListing(ctx context.Context) (*place, error) {
	p, err := l.take(ctx, &l.listings)
	if err != nil {
		return nil, err
	}
	call, err := l.take(ctx, &l.calls)
	if err != nil {
		l.end(p, false, nil)
		return nil, err
	}
	call.of = append(call.of, p.of...)
	return call, nil
}

func (l *Limiter) take(ctx context.Context, w *window) (*place, error) {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	for {
		p, wait, tell := l.try(w)
		if p != nil {
			return p, nil
		}
		if tell {
			l.Waits(wait)
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return nil, &LateError{wait, time.Until(deadline)}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-w.freed:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// try takes a place, or tells how long there is none, and whether that is to be told.
func (l *Limiter) try(w *window) (p *place, wait time.Duration, tell bool) {
	l.guard.Lock()
	defer l.guard.Unlock()
	now := time.Now()
	if wait = max(w.wait(now), l.until.Sub(now)); wait > 0 {
		if tell = wait >= toldWait && l.Waits != nil && now.Sub(l.told) >= toldAgain; tell {
			l.told = now
		}
		return nil, wait, tell
	}
	l.started++
	w.under++
	w.left--
	return &place{number: l.started, of: []*window{w}}, 0, false
}

// Waits that are told, and how often.
const (
	toldWait  = 3 * time.Second
	toldAgain = 10 * time.Second
)

// wait is how long there is no place; 0 where there is one.
func (w *window) wait(now time.Time) time.Duration {
	for len(w.ended) > 0 && now.Sub(w.ended[0]) >= w.span {
		w.ended = w.ended[1:]
	}
	wait := time.Duration(0)
	if w.under+len(w.ended) >= w.most {
		if wait = w.span; len(w.ended) > 0 { // else a call that is under way ends first
			wait = w.ended[0].Add(w.span).Sub(now)
		}
	}
	if w.saidBy > 0 && w.left <= 0 {
		wait = max(wait, w.until.Sub(now))
	}
	return wait
}

// end ends a call, and takes in what its answer says; nil for none.
func (l *Limiter) end(p *place, made bool, resp *http.Response) {
	waits := resp != nil && resp.StatusCode == http.StatusTooManyRequests && !IsMonthlyQuota(resp) // which no waiting ends
	l.guard.Lock()
	defer l.guard.Unlock()
	now := time.Now()
	if made && p.of[0] == &l.calls {
		l.made++
		if p.download {
			l.starts, l.newest = l.starts+1, max(l.newest, p.number)
		}
	}
	for _, w := range p.of {
		w.under--
		switch {
		case made:
			w.ended = append(w.ended, now)
		default:
			w.left++
		}
		select {
		case w.freed <- struct{}{}:
		default:
		}
	}
	if resp == nil {
		return
	}
	if waits {
		if until := now.Add(transport.AskedWait(resp, now)); until.After(l.until) {
			l.until = until
		}
	}
	narrow := p.of[len(p.of)-1] // a listing's headers are about listings
	narrow.hear(p.number, resp.Header, now)
	if q := quotaOf(resp.Header); q.Known {
		l.hearMonth(p.number, q)
	}
}

// hearMonth takes in what an answer says is left of the month. The least says most of what
// came in, in whatever order the answers come; one that is far above it is another month's.
func (l *Limiter) hearMonth(number int, q Quota) {
	if l.month.Known && q.MonthRemaining > l.month.MonthRemaining && q.MonthRemaining <= l.month.MonthRemaining+CallsPerMinute {
		return
	}
	l.month = q
	if number > l.newest {
		l.starts = 0
	}
}

// LateError is a call that the rate allows when the run's time is over.
type LateError struct {
	Wait time.Duration // until the next call
	Left time.Duration // of the run's time
}

func (e *LateError) Error() string {
	return fmt.Sprintf("asking Postman: its rate allows the next call in %s, and `timeout` leaves %s",
		e.Wait.Round(time.Second), e.Left.Round(time.Second))
}

// Hint is the next step for whoever runs this.
func (e *LateError) Hint() string {
	return fmt.Sprintf("raise `timeout`: Postman allows each user %d calls a minute", CallsPerMinute)
}

// Anchor is the place in docs/troubleshooting.md.
func (e *LateError) Anchor() string { return "postman-rate" }

// ExitCode is 1, as that of a run whose time is over.
func (e *LateError) ExitCode() int { return 1 }

// hear takes in what an answer says is left, and until when. An answer that came later
// than that of a call which began later says nothing new. What is under way may have
// come in before or after it was said, and counts as not said.
func (w *window) hear(number int, h http.Header, now time.Time) {
	if number <= w.saidBy {
		return
	}
	left, until, said := tighter(h, now)
	if !said {
		return
	}
	w.saidBy, w.left, w.until = number, left-w.under, until
}

// tighter is the least that the headers of an answer, in all their forms, say is left.
func tighter(h http.Header, now time.Time) (left int, until time.Time, said bool) {
	hear := func(remaining, reset string) {
		n, err := strconv.Atoi(strings.TrimSpace(remaining))
		wait, ok := transport.UntilReset(reset, now)
		if err != nil || n < 0 || !ok || said && n >= left {
			return
		}
		// A minute is the longest window that there is: a clock that is off ends there.
		left, until, said = n, now.Add(min(wait, callsSpan)), true
	}
	for _, prefix := range []string{"RateLimit-", "X-RateLimit-"} {
		hear(h.Get(prefix+"Remaining"), h.Get(prefix+"Reset"))
	}
	var remaining, reset string // of "limit=300, remaining=7, reset=12"
	for part := range strings.SplitSeq(h.Get("RateLimit"), ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "remaining":
			remaining = value
		case "reset":
			reset = value
		}
	}
	hear(remaining, reset)
	return left, until, said
}
