package e2e

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
)

// tooSlow is far above the 20 ms that a start takes at most on a quiet
// machine: what fails here is a change of kind, not a busy neighbour.
const tooSlow = 60 * time.Millisecond

// BenchmarkStartToFirstRequest measures from the start of the process to its
// first request, and reports the median.
func BenchmarkStartToFirstRequest(b *testing.B) {
	const runs = 21
	first := make(chan time.Time, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		first <- time.Now()
		w.WriteHeader(http.StatusForbidden) // ends the run, and nothing repeats it
	}))
	defer server.Close()
	w := withStandIn(b, microcks.Options{})
	env := w.inputs(harbourUID)
	env["INPUT_POSTMAN-API-URL"], env["INPUT_MICROCKS-URL"] = server.URL, server.URL

	for b.Loop() {
		var took []time.Duration
		for range runs {
			began := time.Now()
			p := start(b, env)
			select {
			case arrived := <-first:
				took = append(took, arrived.Sub(began))
			case <-p.Ended():
				b.Fatalf("the program ended without a request, with %d:\n%s", p.Wait(), p.log(b))
			}
			p.wait(b, time.Minute)
			for len(first) > 0 {
				<-first
			}
		}
		slices.Sort(took)
		median := took[runs/2]
		b.ReportMetric(float64(median.Microseconds())/1000, "ms/start")
		b.ReportMetric(float64(took[0].Microseconds())/1000, "ms/best")
		if median > tooSlow {
			b.Errorf("from start to first request: %s, the median of %d runs; want 20 ms, and fail above %s", median, runs, tooSlow)
		}
	}
}
