package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

const (
	// repository is the one whose workflows run.
	repository = "harbour/api"
	clientID   = "ci-e2e"

	harbourUID = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e1"
	ferriesUID = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e2"
	brokenUID  = postman.DefaultUserID + "-00000000-0000-4000-8000-0000000000e3"
)

// world is what a run meets on this machine: the Postman API, Microcks behind a
// recorder, and Keycloak.
type world struct {
	// The credentials open nothing but these stand-ins and are made anew each
	// time, so that they stand in no file: where one is found, it was let out.
	apiKey, clientSecret string

	postman    *postman.Server
	postmanURL string
	// standIn is nil when MICROCKS_URL names a real server.
	standIn     *microcks.Server
	microcksURL string
	recorder    *recorder
	// onRequest is called with every request to any of the servers, before it is
	// answered; nil when nobody wants to know.
	onRequest atomic.Pointer[func()]
}

// newWorld is one with the Microcks at MICROCKS_URL, or else a stand-in.
func newWorld(t testing.TB) *world {
	t.Helper()
	address := os.Getenv("MICROCKS_URL")
	if address == "" {
		return newStandInWorld(t, microcks.Options{})
	}
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := newPostmanWorld(t)
	w.recorder.next = httputil.NewSingleHostReverseProxy(target)
	w.microcksURL = w.serve(t, w.recorder)
	t.Cleanup(func() { deleteSecret(t, strings.TrimRight(address, "/"), "Postman API key for "+repository) })
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

// newStandInWorld is one with a stand-in for Microcks whose sign-in is on.
func newStandInWorld(t testing.TB, o microcks.Options) *world {
	t.Helper()
	w := newPostmanWorld(t)
	realm := keycloak.New(keycloak.Options{Clients: []keycloak.Client{
		{ID: clientID, Secret: w.clientSecret, Roles: []string{"manager", "admin", "user"}},
	}})
	o.Keycloak = &microcks.Keycloak{URL: w.serve(t, realm), Key: realm.PublicKey()}
	w.standIn = microcks.New(o)
	w.recorder.next = w.standIn
	w.microcksURL = w.serve(t, w.recorder)
	return w
}

// newPostmanWorld is one without Microcks yet.
func newPostmanWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		apiKey: "PMAK-" + strings.ToLower(rand.Text()+"-"+rand.Text()),
		// Signs that URLs, JSON and base64 write in another way.
		clientSecret: "c/" + rand.Text() + "+?&=<>\"'%~",
		recorder:     &recorder{},
	}
	w.postman = postman.New(postman.Options{APIKey: w.apiKey})
	w.postmanURL = w.serve(t, w.postman)
	harbour := readFile(t, "../../demo/harbour.postman_collection.json")
	for uid, export := range map[string][]byte{
		harbourUID: renamed(t, harbour, "E2E Harbour API", "version=1.2.0 - Boats and berths."),
		ferriesUID: renamed(t, harbour, "E2E Ferries API", "version=0.3.0 - The same, for ferries."),
		brokenUID:  renamed(t, harbour, "E2E Broken API", "It names no version, which Microcks needs."),
	} {
		if err := w.postman.AddCollection(uid, export); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		if tell := w.onRequest.Load(); tell != nil {
			(*tell)()
		}
		handler.ServeHTTP(rw, q)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
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
func (w *world) inputs(uid string) map[string]string {
	return map[string]string{
		"INPUT_MODE":                   "apply",
		"INPUT_COLLECTION":             uid,
		"INPUT_POSTMAN-API-URL":        w.postmanURL,
		"INPUT_POSTMAN-API-KEY":        w.apiKey,
		"INPUT_MICROCKS-URL":           w.microcksURL,
		"INPUT_KEYCLOAK-CLIENT-ID":     clientID,
		"INPUT_KEYCLOAK-CLIENT-SECRET": w.clientSecret,
	}
}

// recorder stands in front of Microcks and keeps what passes.
type recorder struct {
	next http.Handler

	mu     sync.Mutex
	writes []string
	tokens []string
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	if q.Method != http.MethodGet && q.Method != http.MethodHead && strings.HasPrefix(q.URL.Path, "/api/") {
		r.writes = append(r.writes, q.Method+" "+q.URL.Path)
	}
	if token, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); ok && (len(r.tokens) == 0 || r.tokens[len(r.tokens)-1] != token) {
		r.tokens = append(r.tokens, token)
	}
	r.mu.Unlock()
	r.next.ServeHTTP(w, q)
}

// takeWrites returns the writes since the last call.
func (r *recorder) takeWrites() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.writes
	r.writes = nil
	return taken
}

// issued returns the access tokens that came by.
func (r *recorder) issued() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tokens
}
