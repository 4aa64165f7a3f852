package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"postman-microcks-importer/internal/app"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
)

// world is what a run meets: Postman, and a Microcks that is a stand-in or,
// with MICROCKS_URL, a real one.
type world struct {
	postman    *postman.Server
	postmanURL string
	standIn    *microcks.Server // nil for a real server
	server     string
}

func newWorld(t testing.TB, p postman.Options, m microcks.Options) *world {
	t.Helper()
	w := &world{postman: postman.New(p), standIn: microcks.New(m)}
	w.postmanURL = serve(t, w.postman)
	w.server = serve(t, w.standIn)
	return w
}

// realWorld is a world with the Microcks at MICROCKS_URL.
func realWorld(t testing.TB, p postman.Options) *world {
	t.Helper()
	address := os.Getenv("MICROCKS_URL")
	if address == "" {
		t.Skip("needs a running Microcks: set MICROCKS_URL to its address, such as http://127.0.0.1:8080")
	}
	w := &world{postman: postman.New(p), server: strings.TrimRight(address, "/")}
	w.postmanURL = serve(t, w.postman)
	return w
}

func serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// apply runs the program in mode apply.
func (w *world) apply(t testing.TB, uid string, more map[string]string) (code int, said string) {
	t.Helper()
	env := map[string]string{
		"POSTMAN_API_KEY":       postman.DefaultAPIKey,
		"INPUT_MODE":            "apply",
		"INPUT_COLLECTION":      uid,
		"INPUT_POSTMAN-API-URL": w.postmanURL,
		"INPUT_MICROCKS-URL":    w.server,
		"GITHUB_REPOSITORY":     "harbour/api",
	}
	maps.Copy(env, more)
	var out bytes.Buffer
	code = app.Main(t.Context(), nil, func(name string) string { return env[name] }, &out)
	return code, out.String()
}

// collection is an export with n operations of one example each.
func collection(name, version string, n int) []byte {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf(`{"name":"op %[1]d","request":{"method":"GET","header":[],"url":{"raw":"{{base}}/things%[1]d"}},"response":[{"name":"example %[1]d","originalRequest":{"method":"GET","header":[],"url":{"raw":"{{base}}/things%[1]d"}},"code":200,"status":"OK","_postman_previewlanguage":"json","header":[{"key":"Content-Type","value":"application/json"}],"body":"{\"n\":%[1]d}"}]}`, i))
	}
	return []byte(fmt.Sprintf(`{"info":{"_postman_id":"x","name":%q,"description":"version=%s - test","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[%s]}`, name, version, strings.Join(items, ",")))
}

// uid makes up the uid of a collection of the stand-in's first account.
func uid(n int) string {
	return fmt.Sprintf("%s-00000000-0000-4000-8000-%012d", postman.DefaultUserID, n)
}
