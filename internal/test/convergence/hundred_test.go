package convergence

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// One run brings a hundred new collections to a real server. Beside it one
// process makes the same calls one after the other, for a hundred collections
// more of the same size.
func TestHundredCollectionsAtOnceOnARealServer(t *testing.T) {
	w, calls := world.New(), &recording{}
	w.Before = calls.before
	realServer(t, w, postman.Options{})
	const many = 100
	ours, theirs := newSet(many), newSet(many)
	t.Cleanup(func() { cleanUp(t, w, ours, theirs) })
	for _, s := range []set{ours, theirs} {
		for i, one := range s.uids {
			if err := w.Postman.AddCollection(one, world.Collection(s.name(i), "1.0", 3)); err != nil {
				t.Fatal(err)
			}
		}
	}
	began := time.Now()
	code, said := apply(t, w, strings.Join(ours.uids, "\n"), map[string]string{"INPUT_SECRET-NAME": ours.secret})
	atOnce := time.Since(began)
	if code != 0 {
		t.Fatalf("the run ended with %d:\n%s", code, said)
	}
	recorded := calls.stop()
	began = time.Now()
	for _, one := range theirs.uids {
		mustAnswer(t, http.MethodGet, w.PostmanURL+"/collections/"+one, nil)
	}
	for _, c := range recorded {
		mustAnswer(t, c.method, w.MicrocksURL+ours.as(theirs, c.target), []byte(ours.as(theirs, c.body)))
	}
	inTurn := time.Since(began)

	services := servicesLike(t, w, theirs.prefix)
	if len(services) != many {
		t.Errorf("one after the other, the same calls made %d services, want %d", len(services), many)
	}
	t.Logf("%d collections, %d requests to Microcks: %s at once, %s one after the other: %.1f times as fast",
		many, len(recorded), atOnce.Round(time.Millisecond), inTurn.Round(time.Millisecond), inTurn.Seconds()/atOnce.Seconds())
	if atOnce > inTurn {
		t.Errorf("at once it took %s, one after the other %s", atOnce, inTurn)
	}
}

// set is a number of collections of this test alone.
type set struct {
	prefix, secret string
	uids           []string
}

func newSet(n int) set {
	from := 100_000_000 + rand.IntN(800_000_000)
	s := set{prefix: fmt.Sprintf("Hundred %d", from), secret: fmt.Sprintf("hundred %d", from)}
	for i := range n {
		s.uids = append(s.uids, world.UID(from+i))
	}
	return s
}

func (s set) name(i int) string { return fmt.Sprintf("%s API %03d", s.prefix, i) }

// as translates a request about this set into one about another.
func (s set) as(other set, text string) string {
	var pairs []string
	for _, form := range []func(string) string{url.QueryEscape, url.PathEscape, func(plain string) string { return plain }} {
		pairs = append(pairs, form(s.prefix), form(other.prefix), form(s.secret), form(other.secret))
	}
	pairs = append(pairs, microcks.DerivedID(microcks.SecretKind, s.secret), microcks.DerivedID(microcks.SecretKind, other.secret))
	for i := range s.uids {
		pairs = append(pairs, s.uids[i], other.uids[i],
			microcks.DerivedID(microcks.ImporterKind, s.uids[i]), microcks.DerivedID(microcks.ImporterKind, other.uids[i]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// recording keeps the calls to Microcks.
type recording struct {
	guard sync.Mutex
	calls []apiCall
	over  bool
}

type apiCall struct{ method, target, body string }

func (r *recording) stop() []apiCall {
	r.guard.Lock()
	defer r.guard.Unlock()
	r.over = true
	return r.calls
}

// before records the calls to Microcks.
func (r *recording) before(name world.Server, next http.Handler) http.Handler {
	if name != world.Microcks {
		return next
	}
	return http.HandlerFunc(func(out http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body) // what did not come is not sent on
		q.Body = io.NopCloser(bytes.NewReader(body))
		r.guard.Lock()
		if !r.over {
			r.calls = append(r.calls, apiCall{q.Method, q.URL.RequestURI(), string(body)})
		}
		r.guard.Unlock()
		next.ServeHTTP(out, q)
	})
}

// mustAnswer makes one call.
func mustAnswer(t *testing.T, method, address string, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(microcks.TokenHeader, postman.DefaultAPIKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	// GET /secrets/{id} is 405 before 1.10.1, in the run as in its repetition.
	fine := res.StatusCode/100 == 2 || res.StatusCode == http.StatusMethodNotAllowed
	if _, err := io.Copy(io.Discard, res.Body); err != nil || !fine {
		t.Fatalf("%s %s: %d, %v", method, address, res.StatusCode, err)
	}
}

func servicesLike(t *testing.T, w *world.World, prefix string) []microcks.Service {
	t.Helper()
	var found []microcks.Service
	c := microcks.New(w.Client(), w.MicrocksURL)
	for i := range 100 {
		some, err := c.ServicesNamed(context.Background(), fmt.Sprintf("%s API %03d", prefix, i))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, some...)
	}
	return found
}

// cleanUp deletes what the test made on the server.
func cleanUp(t *testing.T, w *world.World, sets ...set) {
	t.Helper()
	ctx := context.Background()
	c := microcks.New(w.Client(), w.MicrocksURL)
	for _, s := range sets {
		for _, one := range s.uids {
			if err := c.DeleteJob(ctx, microcks.DerivedID(microcks.ImporterKind, one)); err != nil {
				t.Log(err)
			}
		}
		for _, service := range servicesLike(t, w, s.prefix) {
			if err := c.DeleteService(ctx, service.ID); err != nil {
				t.Log(err)
			}
		}
		mustAnswer(t, http.MethodDelete, w.MicrocksURL+"/api/secrets/"+microcks.DerivedID(microcks.SecretKind, s.secret), nil)
	}
}
