package scenarios

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
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
			case "trusts-github/1": // keycloak trusts-github SUB, a token of GitHub's for that workflow
				w.keycloak.SetClient(keycloak.Client{ID: "ci-github", Roles: []string{"manager", "admin", "user"}, Provider: "github", Subject: rest[0]})
				ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", github.RequestURL(w.githubURL))
				ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", github.RequestToken)
			case "fault/1": // keycloak fault STATUS, at the next request for a token
				status, err := strconv.Atoi(rest[0])
				ts.Check(err)
				w.keycloak.Fail("/token", 99, status, "<html>no</html>")
			case "opaque/0": // keycloak opaque, with a token that says nothing
				w.keycloak.Fail("/token", 99, http.StatusOK, `{"access_token":"0123456789abcdef0123456789abcdef","token_type":"Bearer","expires_in":300}`)
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
	w.githubURL = w.serve("GitHub", "Authorization", w.learnTokens(github.NewIssuer(repository, githubKey())))
	w.keycloak = keycloak.New(keycloak.Options{
		Clients:   clients,
		Providers: []keycloak.Provider{{Alias: "github", Issuer: w.githubURL, Key: &githubKey().PublicKey}},
	})
	w.keycloakURL = w.serve("Keycloak", "Authorization", w.learnTokens(w.keycloak))
}

// githubKey signs the tokens of all stand-ins for GitHub: making a key takes
// longer than most scenarios.
var githubKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

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
			Access   string `json:"access_token"`
			Identity string `json:"value"`
		}
		_ = json.Unmarshal(answer.Body.Bytes(), &body) // an error page has no token
		w.mu.Lock()
		for name, token := range map[string]string{"an access token": body.Access, "a token of GitHub's": body.Identity} {
			if token != "" {
				w.canaries = append(w.canaries, canary{name, token})
			}
		}
		w.mu.Unlock()
		for name, values := range answer.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
}
