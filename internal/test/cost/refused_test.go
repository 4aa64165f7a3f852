package cost

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// One cause is told once, and asked about no more: a key that Postman refuses ends
// all that would use it, and a Microcks that is down is the headline, whatever
// number of collections there is.
func TestOneCauseOfManyCollections(t *testing.T) {
	t.Parallel()
	const collections = 80
	for name, tt := range map[string]struct {
		headline    string
		down        bool // Microcks; else the key is revoked
		postmanMost int
		told        int // lines of the log
	}{
		"refused key":   {"failed: Postman refuses the API key, nothing was written to Microcks", false, 8, 4},
		"Microcks down": {"failed: Microcks cannot be reached, nothing was written to Microcks", true, collections, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := world.InMemory(time.Second, 0)
			if tt.down {
				w.Before = func(name world.Server, next http.Handler) http.Handler {
					if name != world.Microcks {
						return next
					}
					return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
				}
			}
			w.StartPostman(postman.Options{})
			if !tt.down {
				w.Postman.RevokeKey(postman.DefaultAPIKey)
			}
			w.StartMicrocks(microcks.Options{})
			env := w.Environment()
			env["INPUT_MODE"] = "apply"
			var uids []string
			for i := range collections {
				uid := fmt.Sprintf("12345678-11111111-1111-4111-8111-%012d", i)
				uids = append(uids, uid)
				body := fmt.Sprintf(`{"info":{"name":"API %d","description":"version=1.0","schema":`+
					`"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[]}`, i)
				if err := w.Postman.AddCollection(uid, []byte(body)); err != nil {
					t.Fatal(err)
				}
			}
			env["INPUT_COLLECTIONS"] = strings.Join(uids, "\n")
			var out bytes.Buffer
			if code := w.Run(t.Context(), &out, env); code == 0 {
				t.Errorf("%s: exit code 0", name)
			}
			told := 0
			for line := range strings.Lines(out.String()) {
				for _, level := range []string{"error: ", "hint: ", "see: ", "failed: "} {
					if strings.HasPrefix(line, level) {
						told++
					}
				}
			}
			if n := w.To(world.Postman); n > tt.postmanMost {
				t.Errorf("%s: Postman was asked %d times, want at most %d", name, n, tt.postmanMost)
			}
			if told != tt.told || !strings.Contains(out.String(), tt.headline) {
				t.Errorf("%s: %d lines told, want %d, with %q:\n%.3000s", name, told, tt.told, tt.headline, out.String())
			}
			t.Logf("%s: %d requests to Postman, %d to Microcks, %d lines told, %d lines in all",
				name, w.To(world.Postman), w.To(world.Microcks), told, strings.Count(out.String(), "\n"))
		})
	}
}
