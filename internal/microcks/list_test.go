package microcks_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"postman-microcks-importer/internal/microcks"
)

// A list has an end for us also where it has none: at a number of entries and of
// bytes, and an answer at a number of values, which are larger in memory than in
// JSON.
func TestEndlessLists(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry string // %d is a number of its own
		size  int    // entries of a page
		most  int64  // requests
	}{
		"pages without an end":         {`{"id":"%d"}`, 1000, 101},
		"large ones":                   {`{"id":"%d","name":"` + strings.Repeat("x", 10_000) + `"}`, 1000, 7},
		"one page that is all":         {`{"id":"%d"}`, 200_000, 1},
		"members in each":              {`{"id":"%d"` + strings.Repeat(`,"a":1`, 100) + `}`, 1000, 40},
		"many that are the same":       {`{"id":"1"}`, 200_000, 1},
		"objects without anything":     {`{}`, 500_000, 1},
		"members without an end":       {`{"id":"%d"` + strings.Repeat(`,"a":1`, 2000) + `}`, 1001, 1},
		"values that nobody asked for": {`{"id":"%d","x":[` + strings.Repeat("[],", 2000) + `1]}`, 1001, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				page := int(requests.Add(1)) - 1
				var b strings.Builder
				for i := range c.size {
					b.WriteString("," + strings.ReplaceAll(c.entry, "%d", strconv.Itoa(page*c.size+i)))
				}
				_, _ = w.Write([]byte("[" + b.String()[1:] + "]"))
			}))
			t.Cleanup(server.Close)
			jobs, err := microcks.New(server.Client(), server.URL).Jobs(t.Context())
			refused, ok := errors.AsType[*microcks.ListError](err)
			if !ok || jobs != nil || refused.Anchor() != "microcks-list" || refused.ExitCode() != 12 {
				t.Fatalf("%d importers, %v", len(jobs), err)
			}
			if n := requests.Load(); n > c.most {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// What is text counts as one value.
func TestListOfTexts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `[{"id":"1","name":"%s"}]`, strings.Repeat(`{[,\"\\`, 1_000_000))
	}))
	t.Cleanup(server.Close)
	jobs, err := microcks.New(server.Client(), server.URL).Jobs(t.Context())
	if err != nil || len(jobs) != 1 {
		t.Errorf("%d importers, %v", len(jobs), err)
	}
}
