package consumer_test

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/consumer"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// many is a collection of n examples, each of an operation with a body of its own.
func many(t testing.TB, n int, value string) *predict.Service {
	t.Helper()
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`GET /things%d/:id | one | id=1 | 200 application/json | {"id":%d,"list":[%s{"a":%s}]}`,
			i, i, strings.Repeat(`{"a":1},`, 20), value)
	}
	return service(t, "", collection(t, lines...))
}

// Twice as many calls cost twice as much.
func TestCostIsLinear(t *testing.T) {
	t.Parallel()
	cost := func(n int) int {
		meter := budget.New(t.Context())
		if got := consumer.Notices(many(t, n, "1"), many(t, n, `"1"`), mock.Options{Meter: meter}); got.Breaking != n || got.Replayed != n {
			t.Errorf("%d of %d breaking, %d replayed", got.Breaking, n, got.Replayed)
		}
		work, _ := meter.Used()
		return work
	}
	if few, more := cost(100), cost(400); more > 5*few {
		t.Errorf("100 calls cost %d, 400 cost %d", few, more)
	}
}

// Beyond the budget nothing is claimed.
func TestBeyondTheBudget(t *testing.T) {
	t.Parallel()
	now, then := many(t, 200, "1"), many(t, 200, `"1"`)
	whole := budget.New(t.Context())
	consumer.Notices(now, then, mock.Options{Meter: whole})
	work, _ := whole.Used()
	for share := range 10 {
		got := consumer.Notices(now, then, mock.Options{Meter: whole.Beside(1+work*share/10, budget.MostMemory)})
		if got.Err == nil || got.Untold == 0 || got.Untold+got.Breaking != 200 || len(got.Changes) != got.Breaking {
			t.Errorf("%d0%%: %d untold, %d breaking of %d changes, %v", share, got.Untold, got.Breaking, len(got.Changes), got.Err)
		}
	}
}

// A fingerprint is that of a meaning.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	of := func(now, then string) string {
		const at = "GET /a | x |  | 200 application/json | "
		n := consumer.Notices(service(t, "", collection(t, at+now)), service(t, "", collection(t, at+then)), mock.Options{})
		if len(n.Changes) != 1 {
			t.Fatalf("%d changes", len(n.Changes))
		}
		return n.Changes[0].Fingerprint
	}
	base := of(`{"a":[{"b":1}],"c":1}`, `{"a":[{"b":"x"}],"c":1}`)
	for says, same := range map[string]string{
		"another value":   of(`{"a":[{"b":2}],"c":1}`, `{"a":[{"b":"y"}],"c":7}`),
		"more elements":   of(`{"a":[{"b":2},{"b":3}],"c":1}`, `{"a":[{"b":"y"},{"b":"z"}],"c":1}`),
		"order":           of(`{"c":1,"a":[{"b":2}]}`, `{"c":1,"a":[{"b":"y"}]}`),
		"something added": of(`{"a":[{"b":1}],"c":1}`, `{"a":[{"b":"x"}],"c":1,"d":1}`),
	} {
		if same != base {
			t.Errorf("%s: another fingerprint", says)
		}
	}
	for says, other := range map[string]string{
		"another type":   of(`{"a":[{"b":1}]}`, `{"a":[{"b":true}]}`),
		"another member": of(`{"a":[{"b":1}],"c":1}`, `{"a":[{"b":1}]}`),
		"one more":       of(`{"a":[{"b":1}],"c":1}`, `{"a":[{"b":"x"}]}`),
	} {
		if other == base {
			t.Errorf("%s: the same fingerprint", says)
		}
	}
}

// What is shown is bounded, and shows no credential.
func TestShownIsBounded(t *testing.T) {
	t.Parallel()
	var was, is []string
	for i := range 50 {
		was = append(was, fmt.Sprintf(`"%s%d":"%s"`, strings.Repeat("m", 300), i, strings.Repeat("v", 500)))
		is = append(is, fmt.Sprintf(`"%s%d":"%s"`, strings.Repeat("m", 300), i, "Bearer abcdef0123456789abcdef"))
	}
	of := func(list []string) *predict.Service {
		return service(t, "", collection(t, "GET /a | x |  | 200 application/json | {"+strings.Join(list, ",")+"}"))
	}
	c := consumer.Notices(of(was), of(is), mock.Options{}).Changes[0]
	if len(c.Differences) != consumer.MostDifferences || c.MoreDifferences != 40 {
		t.Errorf("%d differences, %d more", len(c.Differences), c.MoreDifferences)
	}
	for _, d := range c.Differences {
		if len([]rune(d.At)) > 120 || len([]rune(*d.From)) > 60 || strings.Contains(string(*d.To), "abcdef") {
			t.Errorf("%s: %s → %s", d.At, *d.From, *d.To)
		}
	}
}

func BenchmarkNotices(b *testing.B) {
	for _, n := range []int{100, 1000} {
		now, then := many(b, n, "1"), many(b, n, `"1"`)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				consumer.Notices(now, then, mock.Options{Meter: budget.New(b.Context())})
			}
		})
	}
}
