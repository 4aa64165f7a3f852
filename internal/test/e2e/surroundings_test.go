package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"postman-microcks-importer/internal/test/canary"
	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

const (
	clientID = "ci-e2e"

	harbourUID = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e1"
	ferriesUID = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e2"
	brokenUID  = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e3"
)

// surroundings are a world with credentials that open nothing but its servers.
// They are made anew each time, so that they stand in no file: where one is
// found, it was let out.
type surroundings struct {
	*world.World
	apiKey, clientSecret string
	githubToken          string // "" where GitHub has no API
	// onRequest is called with every request to any of the servers, before it is
	// answered; nil when nobody wants to know.
	onRequest atomic.Pointer[func(world.Request)]
}

// newSurroundings are those with the Microcks at MICROCKS_URL, or else with a
// stand-in.
func newSurroundings(t testing.TB) *surroundings {
	t.Helper()
	address := os.Getenv("MICROCKS_URL")
	if address == "" {
		return withStandIn(t, microcks.Options{})
	}
	w := withPostman(t)
	if err := w.UseMicrocks(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deleteSecret(t, strings.TrimRight(address, "/"), "Postman API key for "+w.Repository) })
	return w
}

// deleteSecret takes away what removing importers leaves: other runs of a
// repository may use its secret.
func deleteSecret(t testing.TB, server, name string) {
	t.Helper()
	call := func(method, path string) []byte {
		q, err := http.NewRequestWithContext(context.Background(), method, server+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode >= http.StatusBadRequest {
			t.Errorf("%s %s: %s, %v", method, path, r.Status, err)
		}
		return body
	}
	var secrets []struct{ ID, Name string }
	if err := json.Unmarshal(call(http.MethodGet, "/api/secrets/search?name="+url.QueryEscape(name)), &secrets); err != nil {
		t.Errorf("looking for the secret: %v", err)
	}
	for _, secret := range secrets {
		if secret.Name == name {
			call(http.MethodDelete, "/api/secrets/"+secret.ID)
		}
	}
}

// withStandIn are those with a stand-in for Microcks whose sign-in is on.
func withStandIn(t testing.TB, o microcks.Options) *surroundings {
	t.Helper()
	w := withPostman(t)
	w.StartKeycloak(keycloak.Options{Clients: []keycloak.Client{
		{ID: clientID, Secret: w.clientSecret, Roles: []string{"manager", "admin", "user"}},
	}})
	w.StartMicrocks(o)
	return w
}

// withPostman are those without Microcks yet.
func withPostman(t testing.TB) *surroundings {
	t.Helper()
	w := &surroundings{
		World:  world.New(),
		apiKey: "PMAK-" + strings.ToLower(rand.Text()+"-"+rand.Text()),
		// Signs that URLs, JSON and base64 write in another way.
		clientSecret: "c/" + rand.Text() + "+?&=<>\"'%~",
	}
	t.Cleanup(w.Close)
	w.Before = func(name world.Server, next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if tell := w.onRequest.Load(); tell != nil {
				(*tell)(world.Request{Server: name, Method: r.Method, Path: r.URL.EscapedPath()})
			}
			next.ServeHTTP(rw, r)
		})
	}
	w.StartPostman(postman.Options{APIKey: w.apiKey})
	harbour := readFile(t, "../../demo/harbour.postman_collection.json")
	for uid, export := range map[string][]byte{
		harbourUID: renamed(t, harbour, "E2E Harbour API", "version=1.2.0 - Boats and berths."),
		ferriesUID: renamed(t, harbour, "E2E Ferries API", "version=0.3.0 - The same, for ferries."),
		brokenUID:  renamed(t, harbour, "E2E Broken API", "It names no version, which Microcks needs."),
	} {
		if err := w.Postman.AddCollection(uid, export); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// renamed is the collection under another name and with another description,
// which is where Microcks looks for the version.
func renamed(t testing.TB, export []byte, name, description string) []byte {
	t.Helper()
	var document struct {
		Info map[string]any    `json:"info"`
		Item []json.RawMessage `json:"item"`
		Rest []json.RawMessage `json:"variable,omitempty"`
	}
	if err := json.NewDecoder(bytes.NewReader(export)).Decode(&document); err != nil {
		t.Fatal(err)
	}
	document.Info["name"], document.Info["description"] = name, description
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// inputs of a step that applies one collection.
func (w *surroundings) inputs(uid string) map[string]string {
	return map[string]string{
		"INPUT_MODE":                   "apply",
		"INPUT_COLLECTIONS":            uid,
		"INPUT_POSTMAN-API-URL":        w.PostmanURL,
		"INPUT_POSTMAN-API-KEY":        w.apiKey,
		"INPUT_MICROCKS-URL":           w.MicrocksURL,
		"INPUT_KEYCLOAK-CLIENT-ID":     clientID,
		"INPUT_KEYCLOAK-CLIENT-SECRET": w.clientSecret,
	}
}

// canaries are all that must not come out.
func (w *surroundings) canaries() []canary.Canary {
	all := []canary.Canary{{Name: "the API key", Value: w.apiKey}, {Name: "the client secret", Value: w.clientSecret}}
	if w.githubToken != "" {
		all = append(all, canary.Canary{Name: "the token for GitHub", Value: w.githubToken})
	}
	for _, token := range w.Tokens() {
		all = append(all, canary.Token("an access token", token))
	}
	return all
}

// checkLeaks looks for credentials in texts, by where they stand.
func checkLeaks(t testing.TB, w *surroundings, sinks map[string]string) {
	t.Helper()
	for sink, text := range sinks {
		if found := canary.Leaks(w.canaries(), canary.WithoutMasks(text)); len(found) > 0 {
			t.Errorf("%s shows: %s", sink, strings.Join(found, ", "))
		}
	}
}

// checkLeaksOf looks for them in what a process printed and wrote.
func checkLeaksOf(t testing.TB, w *surroundings, p *process) {
	t.Helper()
	for _, found := range canary.LeaksInFiles(w.canaries(), p.files) {
		t.Error(found)
	}
}
