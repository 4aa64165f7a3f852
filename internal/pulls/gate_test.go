package pulls

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/result"
)

// What the comment showed keeps its time, what is new gets the time of its first
// reading, what is gone goes; and a text that data wrote is no record.
func TestRecord(t *testing.T) {
	t.Parallel()
	a, b, c := strings.Repeat("a", 32), strings.Repeat("b", 32), strings.Repeat("c", 32)
	early := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	before := record{a: early, c: early}
	read, rest := parseRecord(before.String() + "### text <!-- shown since=2026-03-01T10:00:00Z " + b + " -->\n")
	if diff := cmp.Diff(before, read); diff != "" || !strings.HasPrefix(rest, "### text") {
		t.Errorf("%s, rest %q", diff, rest)
	}
	told := &result.Result{Collections: []result.Collection{{Consumers: &result.Consumers{Notices: []result.Notice{
		{Breaking: true, Fingerprint: a}, {Breaking: true, Fingerprint: b}, {Fingerprint: c},
	}}}}}
	now := early.Add(time.Hour)
	if diff := cmp.Diff(record{a: early, b: now.Add(reading)}, read.with(told, everything, now)); diff != "" {
		t.Error(diff)
	}
}
