// Package world is what a run of the program meets: stand-ins for Postman,
// Microcks, Keycloak and GitHub, wired together, or a real Microcks in the place
// of its stand-in; and the program at work among them, in this process or in
// one of its own.
package world

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"postman-microcks-importer/internal/test/standin/fault"
	"postman-microcks-importer/internal/test/standin/github"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// Server names one of the servers.
type Server string

// The servers, by who asks them: Download is Postman as Microcks asks it. GitHub
// gives jobs tokens that say what they are, GitHubAPI is where comments are.
const (
	Postman   Server = "postman"
	Microcks  Server = "microcks"
	Keycloak  Server = "keycloak"
	GitHub    Server = "github"
	GitHubAPI Server = "github-api"
	Download  Server = "download"
)

// World begins without a server. What is started first is known to what is
// started later: GitHub, then Keycloak, which trusts it, then Microcks, which
// has people sign in there. GitHubAPI can be started at any time.
type World struct {
	// Repository is the one whose workflow runs the program.
	Repository string
	// Before stands before every server that is started from then on; nil: nothing.
	Before func(name Server, next http.Handler) http.Handler

	// Through stands between a run in memory and the servers; nil: nothing.
	Through func(http.RoundTripper) http.RoundTripper

	// KeycloakNamed is the address of Keycloak that Microcks tells; "" is the right
	// one.
	KeycloakNamed string

	// The servers: nil until they are started. Microcks stays nil when a real one
	// is used.
	Postman   *postman.Server
	Microcks  *microcks.Server
	Keycloak  *keycloak.Server
	GitHub    *github.Issuer
	GitHubAPI *github.Server
	// Their addresses, without a slash at the end.
	PostmanURL, MicrocksURL, KeycloakURL, GitHubURL, GitHubAPIURL string

	network *fault.Network // nil: on sockets
	sockets []*httptest.Server
	apiKey  string

	guard    sync.Mutex
	requests []Request
	tokens   []string
}

// DefaultRepository is the one of a new world.
const DefaultRepository = "harbour/api"

// New is a world on sockets of this machine. Close ends it.
func New() *World { return &World{Repository: DefaultRepository} }

// InMemory is a world without sockets, so that a run in it can live in the
// virtual time of testing/synctest. Every request to it travels for the latency
// and up to jitter more.
func InMemory(latency, jitter time.Duration) *World {
	w := New()
	w.network = &fault.Network{Hosts: map[string]http.Handler{}, Latency: latency, Jitter: jitter}
	return w
}

// hosts are the servers' in memory. The Postman API has the one that a run asks
// when no input says another.
var hosts = map[Server]string{
	Postman: "api.getpostman.com", Microcks: "microcks.example.com", Keycloak: "keycloak.example.com", GitHub: "token.actions.example.com",
	GitHubAPI: "api.github.com",
}

// Close ends all servers on sockets, whoever still waits for an answer.
func (w *World) Close() {
	for _, s := range w.sockets {
		s.CloseClientConnections()
		s.Close()
	}
}

// StartPostman starts a Postman API without a collection.
func (w *World) StartPostman(o postman.Options) {
	w.apiKey = o.APIKey
	if w.apiKey == "" {
		w.apiKey = postman.DefaultAPIKey
	}
	w.Postman = postman.New(o)
	w.PostmanURL = w.serve(Postman, w.Postman)
}

// StartGitHub starts what gives the workflow's jobs their tokens.
func (w *World) StartGitHub() {
	w.GitHub = github.NewIssuer(w.Repository, signingKey())
	w.GitHubURL = w.serve(GitHub, w.learnTokens(w.GitHub))
	w.GitHub.Set("iss", w.GitHubURL)
}

// StartGitHubAPI starts the API of the world's repository, without a pull request.
func (w *World) StartGitHubAPI(o github.Options) {
	w.GitHubAPI = github.New(w.Repository, o)
	w.GitHubAPIURL = w.serve(GitHubAPI, w.GitHubAPI)
	if o.Enterprise {
		w.GitHubAPIURL += "/api/v3"
	}
}

// StartKeycloak starts a realm. It trusts the GitHub of this world under the
// alias "github", unless it is told of other providers.
func (w *World) StartKeycloak(o keycloak.Options) {
	if w.GitHub != nil && o.Providers == nil {
		o.Providers = []keycloak.Provider{w.Provider("github")}
	}
	if w.network != nil {
		o.BaseURL = "https://" + hosts[Keycloak]
	}
	if o.Key == nil {
		o.Key = signingKey()
	}
	w.Keycloak = keycloak.New(o)
	w.KeycloakURL = w.serve(Keycloak, w.learnTokens(w.Keycloak))
}

// Provider is GitHub as a realm knows it.
func (w *World) Provider(alias string) keycloak.Provider {
	return keycloak.Provider{Alias: alias, Issuer: w.GitHubURL, Key: w.GitHub.PublicKey()}
}

// StartMicrocks starts an empty stand-in. It wants a sign-in where there is a
// Keycloak.
func (w *World) StartMicrocks(o microcks.Options) {
	if w.Keycloak != nil {
		o.Keycloak = &microcks.Keycloak{URL: cmp.Or(w.KeycloakNamed, w.KeycloakURL), Key: w.Keycloak.PublicKey()}
	}
	if w.network != nil {
		downloads := w.wrap(Download, w.Postman)
		o.Source = &fault.Network{Hosts: map[string]http.Handler{hosts[Postman]: downloads}}
	}
	w.Microcks = microcks.New(o)
	w.MicrocksURL = w.serve(Microcks, w.Microcks)
}

// UseMicrocks has the world use the real server at an address, such as
// "http://127.0.0.1:8080".
func (w *World) UseMicrocks(address string) error {
	target, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil {
		return fmt.Errorf("the address of Microcks: %w", err)
	}
	onwards := httputil.NewSingleHostReverseProxy(target)
	onwards.Transport = &http.Transport{MaxIdleConnsPerHost: 32}
	w.MicrocksURL = w.serve(Microcks, onwards)
	return nil
}

// serve starts a server, and returns its address.
func (w *World) serve(name Server, server http.Handler) (address string) {
	server = w.wrap(name, server)
	if w.network != nil {
		w.network.Hosts[hosts[name]] = server
		return "https://" + hosts[name]
	}
	socket := httptest.NewServer(server)
	w.sockets = append(w.sockets, socket)
	return socket.URL
}

// wrap puts the record of requests, and what the world has Before servers, in
// front of one.
func (w *World) wrap(name Server, server http.Handler) http.Handler {
	if w.Before != nil {
		server = w.Before(name, server)
	}
	return w.record(name, server)
}

// Client speaks to the servers of this world as anybody can.
func (w *World) Client() *http.Client {
	if w.network != nil {
		return &http.Client{Transport: w.network}
	}
	return http.DefaultClient
}

// Environment of a run that is to find this world: the credential, the
// addresses, the repository, where its job gets a token from GitHub, and the one that
// it has for GitHub's API.
func (w *World) Environment() map[string]string {
	env := map[string]string{
		"POSTMAN_API_KEY":    w.apiKey,
		"INPUT_MICROCKS-URL": w.MicrocksURL,
		"GITHUB_REPOSITORY":  w.Repository,
	}
	if w.network == nil {
		env["INPUT_POSTMAN-API-URL"] = w.PostmanURL
	}
	if w.GitHub != nil {
		env["ACTIONS_ID_TOKEN_REQUEST_URL"] = github.RequestURL(w.GitHubURL)
		env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = github.RequestToken
	}
	if w.GitHubAPI != nil {
		env["GITHUB_API_URL"], env["GITHUB_TOKEN"] = w.GitHubAPIURL, github.Token
	}
	return env
}

// signingKey signs the tokens of all realms and of GitHub. It is short: nobody
// attacks it, and thousands of runs sign in.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err) // the system has no randomness
	}
	return key
})
