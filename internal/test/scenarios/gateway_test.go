package scenarios

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/test/standin/gateway"
	"postman-microcks-importer/internal/test/world"
)

// gatewayWords are the words about what stands before Microcks, or on the way to
// it.
func gatewayWords() map[string]command {
	return map[string]command{
		// gateway KIND stands before Microcks from then on; "none" takes it away.
		"gateway": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 1, "gateway KIND")
			w := storyOf(ts)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.gateway = gateway.Kind(args[0])
			ts.Setenv("GATEWAY_ID", gateway.ID)
			ts.Setenv("GATEWAY_SECRET", gateway.Secret)
			ts.Setenv("GATEWAY_PASSWORD", gateway.Password)
		},
		// proxy pass|STATUS is on the way of plain http from then on.
		"proxy": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) == 1, "proxy pass|STATUS")
			w := storyOf(ts)
			status, _ := strconv.Atoi(args[0])
			proxy, err := gateway.NewProxy(w.MicrocksURL, status)
			ts.Check(err)
			socket := httptest.NewServer(proxy)
			ts.Defer(socket.Close)
			_, host, _ := strings.Cut(socket.URL, "://")
			ts.Setenv("HTTP_PROXY", "http://proxy-user:proxy-password@"+host)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.names[host] = "$PROXY_HOST"
		},
	}
}

// gated puts the scenario's gateway in front of Microcks.
func (w *story) gated(name world.Server, next http.Handler) http.Handler {
	if name != world.Microcks {
		return next
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		kind := w.gateway
		w.mu.Unlock()
		if kind == "" || kind == "none" {
			next.ServeHTTP(rw, r)
			return
		}
		gateway.New(kind, next).ServeHTTP(rw, r)
	})
}
