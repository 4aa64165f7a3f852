package hostile

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// Whatever a server answers with, a run ends within its time, and says why.
func TestServersThatHoldOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server world.Server
		path   string
		answer http.HandlerFunc
		told   string
	}{
		"Postman switches":  {world.Postman, "/collections/", holdOn, "101 Switching Protocols"},
		"Microcks switches": {world.Microcks, "/api/version/info", holdOn, "101 Switching Protocols"},
		"a write switches":  {world.Microcks, "/api/jobs/", holdOn, "101 Switching Protocols"},
		"pages without end": {world.Microcks, "/api/jobs", endless, "the list goes on after"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New()
			t.Cleanup(w.Close)
			w.Before = func(server world.Server, next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if server == c.server && strings.HasPrefix(r.URL.Path, c.path) {
						c.answer(rw, r)
						return
					}
					next.ServeHTTP(rw, r)
				})
			}
			w.StartPostman(postman.Options{})
			w.StartMicrocks(microcks.Options{})
			if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 1)); err != nil {
				t.Fatal(err)
			}
			env := w.Environment()
			env["INPUT_MODE"], env["INPUT_COLLECTIONS"], env["INPUT_TIMEOUT"] = "apply", world.UID(1), "20s"
			var out bytes.Buffer
			began := time.Now()
			code := w.Run(t.Context(), &out, env)
			if took := time.Since(began); code == 0 || took > 15*time.Second || !strings.Contains(out.String(), c.told) {
				t.Errorf("exit code %d after %s:\n%s", code, took, out.String())
			}
		})
	}
}

// holdOn answers 101 and keeps the connection.
func holdOn(rw http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(err) // the test's own server
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	for err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
}

// endless answers every page with a thousand importers that were on none before.
func endless(rw http.ResponseWriter, r *http.Request) {
	var page int
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
	_, _ = io.WriteString(rw, "[")
	for i := range 1000 {
		if i > 0 {
			_, _ = io.WriteString(rw, ",")
		}
		_, _ = fmt.Fprintf(rw, `{"id":"%d","name":"x","repositoryUrl":"http://x/"}`, page*1000+i)
	}
	_, _ = io.WriteString(rw, "]")
}
