package postman

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// window counts the calls of one account in the current span of time.
type window struct {
	start time.Time
	used  int
}

// SetMonthUsed sets how many calls of the month are gone.
func (s *Server) SetMonthUsed(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.monthUsed = n
}

// count books one call. It gives the rate headers of its answer and, when the
// call is over a limit, the 429 to answer instead.
func (s *Server) count(user string, listing bool) (http.Header, *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit, span, enforced := 300, time.Minute, s.options.PerMinute
	name := user
	if listing {
		limit, span, enforced = 10, 10*time.Second, s.options.PerTenSeconds
		name += " listings"
	}
	if enforced > 0 {
		limit = enforced
	}
	now := time.Now()
	w := s.rates[name]
	if w == nil || now.Sub(w.start) >= span {
		w = &window{start: now}
		s.rates[name] = w
	}
	w.used++
	s.monthUsed++
	reset := w.start.Add(span)
	monthLeft := max(s.options.MonthLimit-s.monthUsed, 0)
	h := quotaHeader(s.options.RateHeaders, limit, max(limit-w.used, 0), span, reset, now, s.options.MonthLimit, monthLeft)
	switch {
	case s.monthUsed > s.options.MonthLimit:
		a := rowAnswer("quota-exhausted")
		return h, &a
	case enforced > 0 && w.used > limit:
		a := rowAnswer("rate-limited")
		a.body = []byte(fmt.Sprintf(`{"error":"rateLimited","message":"Rate limit exceeded. Please retry after %d"}`, reset.Unix()))
		wait := strconv.Itoa(max(int(time.Until(reset).Seconds()+1), 1))
		h.Set("Retry-After", wait)
		h.Set("X-RateLimit-RetryAfter", wait)
		return h, &a
	}
	return h, nil
}

func quotaHeader(set RateHeaders, limit, left int, span time.Duration, reset, now time.Time, monthLimit, monthLeft int64) http.Header {
	h := http.Header{}
	if set == BothRateHeaders || set == DraftRateHeaders {
		delta := int(reset.Sub(now).Seconds()) + 1
		h.Set("RateLimit", fmt.Sprintf("limit=%d, remaining=%d, reset=%d", limit, left, delta))
		h.Set("RateLimit-Policy", fmt.Sprintf("%d;w=%d", limit, int(span.Seconds())))
		h.Set("RateLimit-Limit", strconv.Itoa(limit))
		h.Set("RateLimit-Remaining", strconv.Itoa(left))
		h.Set("RateLimit-Reset", strconv.Itoa(delta))
		h.Set("RateLimit-Limit-Month", strconv.FormatInt(monthLimit, 10))
		h.Set("RateLimit-Remaining-Month", strconv.FormatInt(monthLeft, 10))
	}
	if set == BothRateHeaders || set == XRateHeaders {
		h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
		h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
		h.Set("X-RateLimit-Limit-Month", strconv.FormatInt(monthLimit, 10))
		h.Set("X-RateLimit-Remaining-Month", strconv.FormatInt(monthLeft, 10))
	}
	return h
}
