// Package hostile has tests alone. What can whoever writes a collection, or
// answers as one of the servers, make a whole run do?
package hostile

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// A collection whose path variables are dots reaches, with verify: mocks, no
// other path of Microcks' host, and says no credential to it.
func TestCollectionReachesNothingButItsMocks(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	var guard sync.Mutex
	var reached []string
	w.Before = func(name world.Server, next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			const mocks = "/rest/Hostile/1.0/"
			stray := !strings.HasPrefix(r.URL.EscapedPath(), mocks) || strings.Contains(r.URL.EscapedPath()[len(mocks)-1:], "/.")
			credential := r.Header.Get("Authorization") != "" || r.Header.Get("X-Api-Key") != "" || r.Header.Get("Cookie") != ""
			if name == world.Microcks && !strings.HasPrefix(r.URL.EscapedPath(), "/api/") && stray || name == world.Microcks && credential ||
				r.Method == http.MethodDelete {
				guard.Lock()
				reached = append(reached, fmt.Sprintf("%s %s %v", r.Method, r.URL.EscapedPath(), r.Header))
				guard.Unlock()
			}
			next.ServeHTTP(rw, r)
		})
	}
	w.StartPostman(postman.Options{})
	w.StartMicrocks(microcks.Options{})
	if err := w.Postman.AddCollection(world.UID(1), climbing()); err != nil {
		t.Fatal(err)
	}
	env := w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"], env["INPUT_VERIFY"] = "apply", world.UID(1), "mocks"
	var out bytes.Buffer
	if code := w.Run(t.Context(), &out, env); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out.String())
	}
	if !strings.Contains(out.String(), "Verified by 1 call: the mocks of 1 of 3 operations") {
		t.Errorf("the run was another one than this test is about:\n%s", out.String())
	}
	for _, r := range reached {
		t.Errorf("reached %s", r)
	}
}

// Whatever was saved, a mock's answer is read to its end: a large error, and one whose
// length is wrong.
func TestSavedAnswersAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{})
	w.StartMicrocks(microcks.Options{})
	item := func(path string, code int, length, body string) string {
		return fmt.Sprintf(`{"name":"x","request":{"method":"GET","url":{"raw":"{{base}}%[1]s"}},"response":[{"name":"one","originalRequest":{`+
			`"method":"GET","url":{"raw":"{{base}}%[1]s"}},"code":%d,"header":[%s],"body":%q}]}`, path, code, length, body)
	}
	length := `{"key":"Content-Length","value":"%d"}`
	large := strings.Repeat("large ", 50_000)
	if err := w.Postman.AddCollection(world.UID(1), fmt.Appendf(nil, `{"info":{"_postman_id":"x","name":"Odd","description":"version=1.0",`+
		`"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[%s,%s,%s]}`,
		item("/large", 404, "", large), item("/short", 200, fmt.Sprintf(length, 5), large), item("/long", 200, fmt.Sprintf(length, 500), "small"),
	)); err != nil {
		t.Fatal(err)
	}
	env := w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"], env["INPUT_VERIFY"] = "apply", world.UID(1), "mocks"
	var out bytes.Buffer
	if code := w.Run(t.Context(), &out, env); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(out.String(), "Verified by 3 calls: the mocks of 1 of 3 operations") {
		t.Errorf("it is not as expected:\n%s", out.String())
	}
}

// climbing is a collection with two operations that would lead out of its mocks,
// and one that is as it should be but for a credential.
func climbing() []byte {
	item := func(method, path, variables string) string {
		request := fmt.Sprintf(`{"method":%q,"header":[{"key":"Authorization","value":"Bearer x"},{"key":"X-API-Key","value":"x"},`+
			`{"key":"Cookie","value":"a=b"}],"url":{"raw":"{{base}}%s","path":%s,"variable":[%s]}}`,
			method, path, `["`+strings.ReplaceAll(strings.Trim(path, "/"), "/", `","`)+`"]`, variables)
		return fmt.Sprintf(`{"name":%q,"request":%s,"response":[{"name":"one","originalRequest":%s,"code":200,"status":"OK",`+
			`"_postman_previewlanguage":"json","header":[{"key":"Content-Type","value":"application/json"}],"body":"{}"}]}`,
			method+" "+path, request, request)
	}
	up := func(names ...string) string {
		var all []string
		for _, name := range names {
			all = append(all, fmt.Sprintf(`{"key":%q,"value":".."}`, name))
		}
		return strings.Join(all, ",")
	}
	return fmt.Appendf(nil, `{"info":{"_postman_id":"x","name":"Hostile","description":"version=1.0 - test",`+
		`"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[%s,%s,%s]}`,
		item("DELETE", "/:a/:b/:c/api/services", up("a", "b", "c")), item("POST", "/x/:a/:b", up("a", "b")), item("GET", "/plain", ""))
}
