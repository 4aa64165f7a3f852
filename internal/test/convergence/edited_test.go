package convergence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/test/world"
)

// A person sets the dispatcher of an operation in Microcks. Imports keep it, and
// a server does not tell: it must neither be imported away nor be called a
// failure, on every run anew.
func TestADispatcherSetByHandIsNoReasonToImport(t *testing.T) {
	t.Parallel()
	for name, w := range eachServer(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := rand.IntN(1_000_000_000)
			service := fmt.Sprintf("Edited API %d", n)
			if err := w.Postman.AddCollection(world.UID(n), filtered(service, "cats")); err != nil {
				t.Fatal(err)
			}
			inputs := map[string]string{"INPUT_SECRET-NAME": "secret of " + service}
			run := func(wantStatus, wantText string) {
				t.Helper()
				code, said := apply(t, w, world.UID(n), inputs)
				if code != 0 || !strings.Contains(said, `"status":"`+wantStatus+`"`) || !strings.Contains(said, wantText) {
					t.Fatalf("exit code %d, want status %s and %q in:\n%s", code, wantStatus, wantText, said)
				}
			}
			run("created", "imported")
			setDispatcher(t, w, service, "GET /pets", "URI_PARAMS", "kind")
			// The import that follows shows that the edit stays; from then on
			// there is nothing to do.
			run("updated", "dispatchers that were set in Microcks by hand")
			run("unchanged", "dispatchers that were set in Microcks by hand")
			run("unchanged", "GET /pets (URI_PARAMS kind)")
		})
	}
}

// filtered is a collection with one operation of two query parameters, changed
// long ago.
func filtered(name, example string) []byte {
	request := `{"method":"GET","header":[],"url":{"raw":"{{base}}/pets?kind=cat&page=1",
		"query":[{"key":"kind","value":"cat"},{"key":"page","value":"1"}]}}`
	return fmt.Appendf(nil, `{"info":{"_postman_id":"x","name":%q,"description":"version=1.0 - test","updatedAt":"2024-01-02T03:04:05.000Z",
			"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item":[{"name":"pets","request":%[2]s,"response":[{"name":%[3]q,"originalRequest":%[2]s,"code":200,"status":"OK",
			"_postman_previewlanguage":"json","header":[],"body":"[]"}]}]}`, name, request, example)
}

// setDispatcher does what the page of an operation in Microcks does.
func setDispatcher(t *testing.T, w *world.World, service, operation, dispatcher, rules string) {
	t.Helper()
	services, err := microcks.New(w.Client(), w.MicrocksURL).ServicesNamed(t.Context(), service)
	if err != nil || len(services) != 1 {
		t.Fatalf("%d services named %q: %v", len(services), service, err)
	}
	body, err := json.Marshal(map[string]any{"dispatcher": dispatcher, "dispatcherRules": rules, "parameterConstraints": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	address := w.MicrocksURL + "/api/services/" + services[0].ID + "/operation?operationName=" + url.QueryEscape(operation)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("setting the dispatcher: %d %s", res.StatusCode, said)
	}
}
