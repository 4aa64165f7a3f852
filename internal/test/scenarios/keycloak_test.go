package scenarios

import (
	"net/http"
	"strconv"

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
			w, rest := storyOf(ts), args[1:]
			need(ts, (w.Keycloak == nil) == (args[0] == "start"), "keycloak start first, and once")
			switch verb := args[0] + "/" + strconv.Itoa(len(rest)); verb {
			case "start/0": // before microcks start, which then wants a sign-in
				w.startKeycloak()
				ts.Setenv("KEYCLOAK_URL", w.KeycloakURL)
			case "client/1": // keycloak client NAME is the account that the workflow has
				ts.Setenv("KEYCLOAK_CLIENT_ID", rest[0])
				ts.Setenv("KEYCLOAK_CLIENT_SECRET", clientSecret)
			case "trusts-github/1": // keycloak trusts-github SUB, a token of GitHub's for that workflow
				w.Keycloak.SetClient(keycloak.Client{
					ID: "ci-github", Roles: []string{"manager", "admin", "user"}, Provider: "github", Subject: rest[0],
				})
				ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", github.RequestURL(w.GitHubURL))
				ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", github.RequestToken)
			case "named/1": // keycloak named ADDRESS is what Microcks, when it starts, says of where Keycloak is
				w.KeycloakNamed = rest[0]
			case "issuer/1": // keycloak issuer NAME is what the realm calls itself from then on
				w.Keycloak.Fail("/.well-known/openid-configuration", 99, http.StatusOK, `{"issuer":`+strconv.Quote(rest[0])+`}`)
			case "fault/1": // keycloak fault STATUS, at the next request for a token
				status, err := strconv.Atoi(rest[0])
				ts.Check(err)
				w.Keycloak.Fail("/token", 99, status, "<html>no</html>")
			case "refuses/3": // keycloak refuses STATUS CODE DESCRIPTION
				status, err := strconv.Atoi(rest[0])
				ts.Check(err)
				body := `{"error":` + strconv.Quote(rest[1]) + `,"error_description":` + strconv.Quote(rest[2]) + `}`
				w.Keycloak.Fail("/token", 1, status, body)
			case "opaque/0": // keycloak opaque, with a token that says nothing
				w.Keycloak.Fail("/token", 99, http.StatusOK,
					`{"access_token":"0123456789abcdef0123456789abcdef","token_type":"Bearer","expires_in":300}`)
			default:
				ts.Fatalf("keycloak has no %s", verb)
			}
		},
	}
}

// startKeycloak starts a realm with the clients ci-none, ci-user, ci-manager,
// ci-admin and ci-adminonly, whose accounts have the roles in their names.
func (w *story) startKeycloak() {
	clients := keycloak.DefaultClients()
	for i := range clients {
		if !clients[i].Public {
			clients[i].Secret = clientSecret
		}
	}
	w.StartGitHub()
	w.StartKeycloak(keycloak.Options{Clients: clients})
}
