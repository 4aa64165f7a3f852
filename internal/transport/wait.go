package transport

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Waiting between two attempts.
const (
	waitBase = 500 * time.Millisecond
	waitCap  = 15 * time.Second
	// longestWait bounds what a server may ask for, so that no figure of its
	// overflows. It is beyond any deadline of a run.
	longestWait = 24 * time.Hour
)

// backoff returns a random wait of up to waitBase, doubled with every attempt
// before (from 0) and never above waitCap: "full jitter", so that runs that
// failed together do not come back together.
func backoff(before int) time.Duration {
	most := waitCap
	if before < 5 {
		most = min(waitCap, waitBase<<before)
	}
	return rand.N(most + 1)
}

// AskedWait is the wait that a response asks for, 0 when it asks for none.
// The header Retry-After counts for every status, in its two forms; on a 429
// also Postman's headers, whose name differs from endpoint to endpoint.
func AskedWait(resp *http.Response, now time.Time) time.Duration {
	if wait, ok := retryAfter(resp.Header.Get("Retry-After"), now); ok {
		return wait
	}
	if resp.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	for _, name := range []string{"X-RateLimit-RetryAfter", "RetryAfter", "RateLimit-RetryAfter"} {
		if wait, ok := retryAfter(resp.Header.Get(name), now); ok {
			return wait
		}
	}
	for _, name := range []string{"RateLimit-Reset", "X-RateLimit-Reset"} {
		if wait, ok := UntilReset(resp.Header.Get(name), now); ok {
			return wait
		}
	}
	// RateLimit: limit=300, remaining=0, reset=12
	for field := range strings.SplitSeq(resp.Header.Get("RateLimit"), ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(field), "reset="); ok {
			if wait, ok := UntilReset(value, now); ok {
				return wait
			}
		}
	}
	return 0
}

// retryAfter reads seconds or an HTTP date. A date in the past is a wait of 0.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		if n < 0 {
			return 0, false
		}
		return seconds(n), true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return clamp(date.Sub(now)), true
}

// UntilReset reads the end of a window: seconds from now or, above 1e9, seconds
// since 1970, above 1e12 milliseconds since then.
func UntilReset(value string, now time.Time) (time.Duration, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	switch {
	case err != nil || n < 0:
		return 0, false
	case n > 1e12:
		return clamp(time.UnixMilli(n).Sub(now)), true
	case n > 1e9:
		return clamp(time.Unix(n, 0).Sub(now)), true
	}
	return seconds(n), true
}

func seconds(n int64) time.Duration {
	if n > int64(longestWait/time.Second) {
		return longestWait
	}
	return time.Duration(n) * time.Second
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), longestWait) }
