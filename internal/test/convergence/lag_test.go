package convergence

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	standin "postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// TestImporterThatShowsLate: a server whose reads lag by two seconds gets each
// write once.
func TestImporterThatShowsLate(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	w.Before = func(name world.Server, next http.Handler) http.Handler {
		if name != world.Microcks {
			return next
		}
		var guard sync.Mutex
		var shows time.Time
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/jobs/") {
				guard.Lock()
				if r.Method == http.MethodPost && shows.IsZero() {
					shows = time.Now().Add(2 * time.Second)
				}
				hidden := r.Method == http.MethodGet && time.Now().Before(shows)
				guard.Unlock()
				if hidden { // as Microcks says that there is no such importer
					return
				}
			}
			next.ServeHTTP(rw, r)
		})
	}
	w.StartPostman(postman.Options{})
	w.StartMicrocks(standin.Options{})
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 2)); err != nil {
		t.Fatal(err)
	}
	code, said := apply(t, w, world.UID(1), map[string]string{"RUNNER_DEBUG": "1"})
	if code != 0 || !strings.Contains(said, "the importer does not show yet what was saved, looking again") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	var writes []string
	for _, r := range w.Writes() {
		if strings.HasPrefix(r.Path, "/api/jobs/") {
			writes = append(writes, r.Method+r.Path[strings.LastIndex(r.Path, "/"):])
		}
	}
	if len(writes) != 2 || !strings.HasPrefix(writes[0], "POST/") || writes[1] != "PUT/start" {
		t.Errorf("writes: %q", writes)
	}
}
