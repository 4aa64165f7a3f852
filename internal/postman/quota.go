package postman

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/transport"
)

// What the scan of a Microcks server costs, in calls of the Postman API for each
// active importer at the default interval of two hours: one call a scan for a
// collection that has not changed, two when the API sends no ETag.
const (
	PollsPerDay            = 12
	PollsPerDayWithoutETag = 24
)

// Quota is what is left of the calls that the team's plan allows in a month.
type Quota struct {
	MonthRemaining int64
	MonthLimit     int64 // 0 when the API did not say
	Known          bool  // that the API said what remains
}

// quotaOf reads the headers, whose prefix differs from endpoint to endpoint.
func quotaOf(h http.Header) Quota {
	var q Quota
	q.MonthRemaining, q.Known = count(h, "RateLimit-Remaining-Month")
	q.MonthLimit, _ = count(h, "RateLimit-Limit-Month")
	return q
}

// count reads a header that is a number of calls, with or without "X-".
func count(h http.Header, name string) (int64, bool) {
	for _, prefix := range []string{"", "X-"} {
		n, err := strconv.ParseInt(strings.TrimSpace(h.Get(prefix+name)), 10, 64)
		if err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// IsMonthlyQuota reports whether a response refuses the call because the month's
// quota is used up, which no retry changes. It leaves the body readable from its
// start.
func IsMonthlyQuota(resp *http.Response) bool {
	if resp.StatusCode != http.StatusTooManyRequests {
		return false
	}
	if q := quotaOf(resp.Header); q.Known && q.MonthRemaining == 0 {
		return true
	}
	start, err := io.ReadAll(io.LimitReader(resp.Body, transport.ErrorBodyLimit))
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), rest), rest}
	return err == nil && parseFailure(http.StatusTooManyRequests, start).name == limitExhausted
}
