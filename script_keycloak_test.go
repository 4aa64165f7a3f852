package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/fake/keycloak"
)

// keycloakWords are the words about sign-in.
func keycloakWords() map[string]command {
	return map[string]command{
		// keycloak start|client|fault …
		"keycloak": func(ts *testscript.TestScript, neg bool, args []string) {
			need(ts, !neg && len(args) >= 1, "keycloak VERB [ARG...]")
			w, rest := worldOf(ts), args[1:]
			need(ts, (w.keycloak == nil) == (args[0] == "start"), "keycloak start first, and once")
			switch verb := args[0] + "/" + strconv.Itoa(len(rest)); verb {
			case "start/0": // before microcks start, which then wants a sign-in
				w.startKeycloak()
				ts.Setenv("KEYCLOAK_URL", w.keycloakURL)
			case "client/1": // keycloak client NAME is the account that the workflow has
				ts.Setenv("KEYCLOAK_CLIENT_ID", rest[0])
				ts.Setenv("KEYCLOAK_CLIENT_SECRET", clientSecret)
			case "fault/1": // keycloak fault STATUS, at the next request for a token
				status, err := strconv.Atoi(rest[0])
				ts.Check(err)
				w.keycloak.Fail("/token", 99, status, "<html>no</html>")
			default:
				ts.Fatalf("keycloak has no %s", verb)
			}
		},
	}
}

// startKeycloak starts a realm with the clients ci-none, ci-user, ci-manager,
// ci-admin and ci-adminonly, whose accounts have the roles in their names.
func (w *world) startKeycloak() {
	clients := keycloak.DefaultClients()
	for i := range clients {
		if !clients[i].Public {
			clients[i].Secret = clientSecret
		}
	}
	w.keycloak = keycloak.New(keycloak.Options{Clients: clients})
	server := httptest.NewServer(w.watch("Keycloak", "Authorization", w.learnTokens(w.keycloak)))
	w.servers = append(w.servers, server)
	w.keycloakURL = server.URL
}

// learnTokens adds every token that is handed out to the canaries.
func (w *world) learnTokens(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			next.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		var body struct {
			Token string `json:"access_token"`
		}
		if json.Unmarshal(answer.Body.Bytes(), &body) == nil && body.Token != "" {
			w.mu.Lock()
			w.canaries = append(w.canaries, canary{"an access token", body.Token})
			w.mu.Unlock()
		}
		for name, values := range answer.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
}
