package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

const workspaceID = "1f0df51a-8658-4ee8-a2a1-d2567dfa09a9"

// collections is how many the tests have: so many as always run in seconds, or as
// FLEET_COLLECTIONS says.
func collections(t *testing.T) int {
	t.Helper()
	said := os.Getenv("FLEET_COLLECTIONS")
	if said == "" {
		return 400
	}
	n, err := strconv.Atoi(said)
	if err != nil || n < 1 {
		t.Fatalf("FLEET_COLLECTIONS=%s is no number of collections", said)
	}
	return n
}

// ofWorkspace is a world with a workspace of so many collections, in which Postman keeps
// its limits, takes half a second for an answer, and has so many calls left this month.
type ofWorkspace struct {
	*world.World
	n    int
	heap heap
}

func newWorkspace(t *testing.T, n int, month int64) *ofWorkspace {
	t.Helper()
	w := &ofWorkspace{World: world.InMemory(5*time.Millisecond, 0), n: n}
	w.Before = func(_ world.Server, next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.heap.look()
			next.ServeHTTP(rw, r)
		})
	}
	w.StartPostman(postman.Options{PerMinute: 300, PerTenSeconds: 10, MonthLimit: month, Latency: 500 * time.Millisecond})
	uids := make([]string, n)
	for i := range uids {
		uids[i] = world.UID(i)
		if err := w.Postman.AddCollection(uids[i], world.Collection(fmt.Sprintf("Fleet %d", i), "1.0", 3)); err != nil {
			t.Fatal(err)
		}
	}
	w.Postman.AddWorkspace(postman.Workspace{ID: workspaceID, Name: "Fleet", Collections: uids})
	w.StartMicrocks(microcks.Options{})
	return w
}

// ran is what one run came to.
type ran struct {
	*result.Result
	code     int
	took     time.Duration
	asked    int // of Postman
	refused  int // by 429
	writes   int
	imported int
	log      string
}

func (w *ofWorkspace) run(t *testing.T, delivery string, more ...string) ran {
	t.Helper()
	w.Forget()
	w.Postman.ForgetRequests()
	env := w.Environment()
	for name, value := range map[string]string{
		"COLLECTIONS": "workspace:" + workspaceID, "MODE": "apply", "DELIVERY": delivery, "TIMEOUT": "2h", "OUTPUT": "json",
	} {
		env["INPUT_"+name] = value
	}
	for i := 0; i < len(more); i += 2 {
		env["INPUT_"+more[i]] = more[i+1]
	}
	var out, log bytes.Buffer
	began := time.Now()
	r := ran{Result: new(result.Result)}
	r.code = w.RunTo(context.Background(), &out, &log, env)
	r.took, r.log = time.Since(began), log.String()
	if err := json.Unmarshal(out.Bytes(), r.Result); err != nil {
		t.Fatalf("%v: %.2000s %.2000s", err, out.String(), r.log)
	}
	for _, request := range w.Postman.Requests() {
		r.asked++
		if request.Status == http.StatusTooManyRequests {
			r.refused++
		}
	}
	r.writes = len(w.Writes())
	for _, c := range r.Collections {
		if c.Imported() {
			r.imported++
		}
	}
	return r
}

// listingOf is how many calls it takes to list so many collections: the workspace, the pages,
// and /me.
func listingOf(n int) int { return 1 + (n+98)/99 + 1 }

// heap is the most that was seen of it.
type heap struct {
	guard sync.Mutex
	looks int
	most  uint64 // bytes
}

// mostHeap is what a run of 5,000 collections may take, here along with the stand-ins.
const mostHeap = 400 << 20

// look reads it at every hundredth request: that stops nobody.
func (h *heap) look() {
	h.guard.Lock()
	defer h.guard.Unlock()
	if h.looks++; h.looks%100 != 0 {
		return
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	h.most = max(h.most, sample[0].Value.Uint64())
}

// bound is how long so many calls take by the rate of 300 a minute, with what a run may
// add to it.
func bound(calls int) time.Duration {
	whole := time.Duration(calls) * time.Minute / 300
	return whole + whole/20 + 10*time.Second
}

// TestQuotaIsKept has a workspace imported, by either delivery, with the downloads of
// Microcks in the same quota: nobody is refused, and it takes no longer than the rate.
func TestQuotaIsKept(t *testing.T) {
	n := collections(t)
	uids := make([]string, n)
	for i := range uids {
		uids[i] = world.UID(i)
	}
	list := []string{"COLLECTIONS", strings.Join(uids, "\n")}
	for name, c := range map[string]struct {
		delivery       string
		inputs         []string
		calls, listing int
	}{
		"a workspace, uploaded":    {"upload", nil, n, listingOf(n)},
		"a workspace by importers": {"importer", nil, 2 * n, listingOf(n)},
		"a list, uploaded":         {"upload", list, n, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runtime.GC()
				w := newWorkspace(t, n, 1_000_000)
				first := w.run(t, c.delivery, c.inputs...)
				t.Logf("%d collections: %s, %d calls, %d MB of heap at most, stand-ins included",
					n, first.took, first.asked, w.heap.most>>20)
				if first.code != 0 || first.imported != n || first.refused != 0 || first.asked != c.calls+c.listing {
					t.Errorf("exit code %d, %d imported, %d of %d calls refused: %+v",
						first.code, first.imported, first.refused, first.asked, first.Problems)
				}
				if w.heap.most > mostHeap {
					t.Errorf("%d MB of heap, want at most %d", w.heap.most>>20, mostHeap>>20)
				}
				if most := bound(first.asked); first.took > most {
					t.Errorf("it took %s, want at most %s", first.took, most)
				}
				if first.Calls == nil || first.Calls.Made != first.asked || *first.Calls.Left != int64(1_000_000-first.asked) {
					t.Errorf("told of calls: %+v", first.Calls)
				}
				time.Sleep(time.Minute) // another workflow run
				again := w.run(t, c.delivery, c.inputs...)
				t.Logf("unchanged: %s, %d calls", again.took, again.asked)
				if again.code != 0 || again.writes != 0 || again.refused != 0 || again.asked != n+c.listing || again.took > bound(again.asked) {
					t.Errorf("unchanged: exit code %d, %d writes, %d of %d calls refused, %s",
						again.code, again.writes, again.refused, again.asked, again.took)
				}
			})
		})
	}
}

// TestQuotaEnds has the month's calls end in the middle: what was read is imported, the
// rest is told as not reached, and the next run goes on with it.
func TestQuotaEnds(t *testing.T) {
	n := collections(t)
	for delivery, each := range map[string]int{"upload": 1, "importer": 2} {
		t.Run(delivery, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				month := int64(n*each/2 + listingOf(n))
				w := newWorkspace(t, n, month)
				first := w.run(t, delivery)
				unreached := 0
				for _, c := range first.Collections {
					if c.Unreached {
						unreached++
						if len(c.Done()) > 0 {
							t.Errorf("%s is not reached, and %v was done", c.Name, c.Done())
						}
					}
				}
				t.Logf("%d calls for %d collections: %d imported, %d not reached, %d calls left, %s",
					month, n, first.imported, unreached, *first.Calls.Left, first.took)
				if first.code != 1 || first.refused != 0 || first.imported+unreached != n || first.imported < n/2 || *first.Calls.Left != 0 {
					t.Errorf("exit code %d, %d refused, %d imported, %d not reached, %d left",
						first.code, first.refused, first.imported, unreached, *first.Calls.Left)
				}
				if told := problemsOf(first.Result); len(told) != 1 {
					t.Errorf("the collections have %d different problems: %v", len(told), told)
				}
				// As many as the rest needs, and few that it does not have to itself.
				w.Postman.SetMonthUsed(month - int64((n-first.imported)*each+listingOf(n)+16))
				time.Sleep(time.Minute)
				rest := w.run(t, delivery)
				t.Logf("then: %d imported, %s", rest.imported, rest.took)
				if rest.imported != n-first.imported || rest.refused != 0 {
					t.Errorf("then: exit code %d, %d imported, %d refused", rest.code, rest.imported, rest.refused)
				}
				w.Postman.SetMonthUsed(month - int64(n+listingOf(n)))
				time.Sleep(time.Minute)
				if last := w.run(t, delivery); last.code != 0 || last.writes != 0 {
					t.Errorf("at last: exit code %d, %d writes", last.code, last.writes)
				}
			})
		})
	}
}

// TestLackingComesFirst has a month's calls suffice for the imports of half of what is to be
// imported: that is what Microcks lacks, and not what it serves in an older form.
func TestLackingComesFirst(t *testing.T) {
	const served, lacking = 40, 40
	synctest.Test(t, func(t *testing.T) {
		w := newWorkspace(t, served+lacking, 1_000_000)
		var uids []string
		for i := range served + lacking {
			uids = append(uids, world.UID(i))
		}
		if first := w.run(t, "importer", "COLLECTIONS", strings.Join(uids[:served], "\n")); first.code != 0 {
			t.Fatalf("exit code %d: %+v", first.code, first.Problems)
		}
		for i, uid := range uids[:served] {
			if err := w.Postman.AddCollection(uid, world.Collection(fmt.Sprintf("Fleet %d", i), "1.0", 4)); err != nil {
				t.Fatal(err)
			}
		}
		w.Postman.SetMonthUsed(1_000_000 - (1 + served + 2*lacking))
		time.Sleep(time.Minute)
		r := w.run(t, "importer", "COLLECTIONS", strings.Join(uids, "\n"))
		for i, c := range r.Collections {
			if c.Imported() != (i >= served) || c.Unreached != (i < served) {
				t.Errorf("%s: imported %t, not reached %t", c.Name, c.Imported(), c.Unreached)
			}
		}
		if r.code != 1 || r.refused != 0 {
			t.Errorf("exit code %d, %d refused", r.code, r.refused)
		}
	})
}

// problemsOf are the texts of the collections' problems.
func problemsOf(r *result.Result) map[string]int {
	all := map[string]int{}
	for _, c := range r.Collections {
		for _, p := range c.Problems {
			all[string(p.Text)]++
		}
	}
	return all
}

// TestTimeoutBelowTheRate has a run end before it writes anything whose time is too short.
func TestTimeoutBelowTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkspace(t, 400, 1_000_000)
		for delivery, want := range map[string]string{
			"upload":   "reading 400 collections takes at least 1m",
			"importer": "reading 400 collections and importing 400 takes at least 2m",
		} {
			r := w.run(t, delivery, "TIMEOUT", "55s")
			if r.code != 2 || r.writes != 0 || r.took > 20*time.Second || len(r.Problems) == 0 {
				t.Fatalf("%s: exit code %d, %d writes, %s: %+v", delivery, r.code, r.writes, r.took, r.Problems)
			}
			p := r.Problems[len(r.Problems)-1]
			if !strings.HasPrefix(string(p.Text), want) || !strings.HasPrefix(string(p.Hint), "set `timeout: 5m`") {
				t.Errorf("%s: %s: %s", delivery, p.Text, p.Hint)
			}
		}
	})
}
