package postman

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// many makes so many calls, eight at once, each of which takes as long; it returns
// how long all of them took.
func many(t *testing.T, l *Limiter, calls int, takes time.Duration, sent func(time.Time)) time.Duration {
	t.Helper()
	began := time.Now()
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(calls))
	for range 8 {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				end, err := l.Take(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				sent(time.Now())
				time.Sleep(takes)
				end(true)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// A run of few calls has full speed; one of many has 300 in any minute, and loses next to
// nothing of what Postman allows.
func TestRate(t *testing.T) {
	t.Parallel()
	for calls, most := range map[int]time.Duration{
		200:  13 * time.Second,                // as without a limiter
		1000: 3*time.Minute + 12*time.Second,  // 3m20s by the rate alone, the first 300 at once
		5000: 16*time.Minute + 50*time.Second, // 16m40s
	} {
		t.Run(strconv.Itoa(calls), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var guard sync.Mutex
				var sent []time.Time
				took := many(t, NewLimiter(), calls, 500*time.Millisecond, func(at time.Time) {
					guard.Lock()
					defer guard.Unlock()
					sent = append(sent, at)
				})
				if took > most || len(sent) != calls {
					t.Errorf("%d calls took %s, want at most %s", len(sent), took, most)
				}
				for i := CallsPerMinute; i < len(sent); i++ {
					if gap := sent[i].Sub(sent[i-CallsPerMinute]); gap < time.Minute {
						t.Fatalf("%d calls within %s", CallsPerMinute+1, gap)
					}
				}
			})
		})
	}
}

// A listing takes a place of both limits, and the wait for it holds up no other call.
func TestListings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter()
		began := time.Now()
		for range 25 {
			listing, err := l.takeListing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l.end(listing, true, nil)
			call, err := l.Take(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			call(true)
		}
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("25 listings took %s", took)
		}
		if l.calls.under != 0 || len(l.calls.ended) != 50 || l.listings.under != 0 {
			t.Errorf("%d calls are under way, %d were", l.calls.under, len(l.calls.ended))
		}
	})
}

// A place that was not used is there again at once.
func TestPlaceGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter()
		l.Note(Quota{MonthRemaining: 1000, Known: true})
		var last func(bool)
		for range CallsPerMinute {
			last, _ = l.Take(t.Context())
		}
		waits := make(chan time.Duration)
		began := time.Now()
		go func() {
			end, err := l.Take(t.Context())
			if err == nil {
				end(true)
			}
			waits <- time.Since(began)
		}()
		synctest.Wait()
		last(false)
		if waited := <-waits; waited != 0 {
			t.Errorf("it waited %s", waited)
		}
		if left := l.Month().MonthRemaining; left != 1000-CallsPerMinute {
			t.Errorf("%d calls are left", left)
		}
	})
}

// answering sends calls to a handler in memory, through the limiter.
func answering(l *Limiter, h http.HandlerFunc) func(ctx context.Context, path string) error {
	client := l.Around(roundTripper(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h(w, r)
		return w.Result(), nil
	}))
	return func(ctx context.Context, path string) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.getpostman.com"+path, nil)
		if err != nil {
			return err
		}
		resp, err := client.RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
}

// What Postman says counts where it is less than what the run's own calls leave, in each
// of its forms; and the least of them.
func TestHeaders(t *testing.T) {
	t.Parallel()
	inAMinute := strconv.FormatInt(time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).Unix(), 10) // of the bubble's clock
	for name, c := range map[string]struct {
		headers []string
		status  int
		path    string
		want    time.Duration // until the third call is through
	}{
		"nothing said": {nil, 200, "/collections/x", 0},
		"enough":       {[]string{"RateLimit-Remaining", "9", "RateLimit-Reset", "30"}, 200, "/collections/x", 0},
		"one":          {[]string{"RateLimit-Remaining", "1", "RateLimit-Reset", "30"}, 200, "/collections/x", 30 * time.Second},
		"with X-":      {[]string{"X-RateLimit-Remaining", "1", "X-RateLimit-Reset", inAMinute}, 200, "/collections/x", time.Minute},
		"in one":       {[]string{"RateLimit", "limit=300, remaining=1, reset=7"}, 200, "/collections/x", 7 * time.Second},
		"the least": {
			[]string{"RateLimit-Remaining", "9", "RateLimit-Reset", "5", "RateLimit", "remaining=1, reset=7"}, 200, "/collections/x",
			7 * time.Second,
		},
		"without an end":   {[]string{"RateLimit-Remaining", "0"}, 200, "/collections/x", 0},
		"an end far away":  {[]string{"RateLimit-Remaining", "1", "RateLimit-Reset", "86400"}, 200, "/collections/x", time.Minute},
		"of a listing":     {[]string{"RateLimit-Remaining", "1", "RateLimit-Reset", "9"}, 200, "/collections", 9 * time.Second},
		"of a workspace":   {[]string{"RateLimit-Remaining", "1", "RateLimit-Reset", "9"}, 200, "/workspaces/x", 9 * time.Second},
		"429":              {[]string{"Retry-After", "12"}, 429, "/collections/x", 24 * time.Second},
		"429 of the month": {[]string{"Retry-After", "86400", "RateLimit-Remaining-Month", "0"}, 429, "/collections/x", 0},
		"429, a listing's": {[]string{"X-RateLimit-RetryAfter", "12"}, 429, "/collections", 24 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ask := answering(NewLimiter(), func(w http.ResponseWriter, _ *http.Request) {
					for i := 0; i < len(c.headers); i += 2 {
						w.Header().Set(c.headers[i], c.headers[i+1])
					}
					w.WriteHeader(c.status)
				})
				began := time.Now()
				for n := range 3 {
					if err := ask(t.Context(), c.path); err != nil {
						t.Fatal(n, err)
					}
					if c.status == 200 { // and nothing more is said
						c.headers = nil
					}
				}
				if took := time.Since(began); took != c.want {
					t.Errorf("it took %s, want %s", took, c.want)
				}
			})
		})
	}
}

// A run that cannot have its next call in time says so at once.
func TestTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter()
		var told []time.Duration
		l.Waits = func(wait time.Duration) { told = append(told, wait) }
		ask := answering(l, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := ask(ctx, "/collections/x"); err != nil {
			t.Fatal(err)
		}
		err := ask(ctx, "/collections/x")
		late, ok := errors.AsType[*LateError](err)
		if !ok || late.Wait != time.Hour || late.Left != time.Minute || ctx.Err() != nil {
			t.Errorf("%v", err)
		}
		if len(told) != 1 || told[0] != time.Hour {
			t.Errorf("told of %v", told)
		}
	})
}

// What is left of the month is what Postman said, less what began since.
func TestMonth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter()
		left := 100
		ask := answering(l, func(w http.ResponseWriter, _ *http.Request) {
			left--
			w.Header().Set("X-RateLimit-Remaining-Month", strconv.Itoa(left))
			w.Header().Set("X-RateLimit-Limit-Month", "1000")
		})
		if err := ask(t.Context(), "/collections/x"); err != nil {
			t.Fatal(err)
		}
		if got := l.Month(); got != (Quota{MonthRemaining: 99, MonthLimit: 1000, Known: true}) {
			t.Errorf("%+v", got)
		}
		end, err := l.Take(t.Context()) // Microcks downloads
		if err != nil {
			t.Fatal(err)
		}
		end(true)
		if got := l.Month().MonthRemaining; got != 98 {
			t.Errorf("%d are left", got)
		}
	})
}

// Requests that list, and they alone, have the limit of listings.
func TestListingsByPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]time.Duration{
		"/collections": 10 * time.Second, "/workspaces": 10 * time.Second, "/workspaces/x": 10 * time.Second, "/collections/x": 0, "/me": 0,
	} {
		synctest.Test(t, func(t *testing.T) {
			ask := answering(NewLimiter(), func(http.ResponseWriter, *http.Request) {})
			began := time.Now()
			for range 11 {
				if err := ask(t.Context(), path); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(began); took != want {
				t.Errorf("%s: it took %s, want %s", path, took, want)
			}
		})
	}
}

// said is an answer with what it says is left, of a minute and of the month; -1 is nothing.
func said(left, ofMonth int) *http.Response {
	h := http.Header{}
	if left >= 0 {
		h.Set("RateLimit-Remaining", strconv.Itoa(left))
		h.Set("RateLimit-Reset", "30")
	}
	if ofMonth >= 0 {
		h.Set("RateLimit-Remaining-Month", strconv.Itoa(ofMonth))
	}
	return &http.Response{StatusCode: http.StatusOK, Header: h}
}

// begins takes places, and waits for none.
func begins(t *testing.T, l *Limiter, n int) (places []*place) {
	t.Helper()
	for range n {
		p, wait, _ := l.try(&l.calls)
		if p == nil {
			t.Fatalf("a call waits %s", wait)
		}
		places = append(places, p)
	}
	return places
}

// What is under way may be counted or not in what an answer says is left, and what an
// earlier call is answered says nothing new.
func TestAnswersOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers func(l *Limiter, of []*place)
		waits   time.Duration // the next call
	}{
		"one is under way":      {func(l *Limiter, of []*place) { l.end(of[1], true, said(1, -1)) }, 30 * time.Second},
		"none is":               {func(l *Limiter, of []*place) { l.end(of[0], true, nil); l.end(of[1], true, said(1, -1)) }, 0},
		"the earlier says less": {func(l *Limiter, of []*place) { l.end(of[1], true, said(9, -1)); l.end(of[0], true, said(0, -1)) }, 0},
		"the earlier says more": {func(l *Limiter, of []*place) {
			l.end(of[1], true, said(0, -1))
			l.end(of[0], true, said(9, -1))
		}, 30 * time.Second},
		"one was none": {func(l *Limiter, of []*place) {
			l.end(of[0], true, nil)
			l.end(of[1], true, said(1, -1))
			p, _, _ := l.try(&l.calls)
			l.end(p, false, nil)
		}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := NewLimiter()
			c.answers(l, begins(t, l, 2))
			if _, wait, _ := l.try(&l.calls); wait != c.waits {
				t.Errorf("%s: the next call waits %s, want %s", name, wait, c.waits)
			}
		})
	}
}

// What is left of the month is the least that was said, unless it is another month's, less
// what Postman cannot have counted then.
func TestMonthOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does func(l *Limiter, of []*place)
		want int64
	}{
		"in order":      {func(l *Limiter, of []*place) { l.end(of[0], true, said(-1, 9)); l.end(of[1], true, said(-1, 8)) }, 8},
		"out of order":  {func(l *Limiter, of []*place) { l.end(of[1], true, said(-1, 8)); l.end(of[0], true, said(-1, 9)) }, 8},
		"one under way": {func(l *Limiter, of []*place) { l.end(of[1], true, said(-1, 8)) }, 7},
		"another month": {func(l *Limiter, of []*place) { l.end(of[0], true, said(-1, 8)); l.end(of[1], true, said(-1, 1000)) }, 1000},
		"none is left":  {func(l *Limiter, of []*place) { l.end(of[0], true, said(-1, 0)) }, 0},
		"a download":    {func(l *Limiter, of []*place) { l.end(of[0], true, nil); l.end(of[1], true, said(-1, 8)); download(l) }, 7},
		"a call since a download": {func(l *Limiter, of []*place) {
			l.end(of[0], true, nil)
			l.end(of[1], true, said(-1, 8))
			download(l)
			p, _, _ := l.try(&l.calls)
			l.end(p, true, said(-1, 6)) // which has counted the download
		}, 6},
		"a call before a download": {func(l *Limiter, of []*place) {
			l.end(of[0], true, said(-1, 9))
			download(l)
			l.end(of[1], true, said(-1, 8))
		}, 7},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := NewLimiter()
			c.does(l, begins(t, l, 2))
			if got := l.Month(); got.MonthRemaining != c.want || !got.Known {
				t.Errorf("%s: %+v, want %d", name, got, c.want)
			}
		})
	}
}

// download is one of Microcks.
func download(l *Limiter) {
	if end, err := l.Take(context.Background()); err == nil {
		end(true)
	}
}
