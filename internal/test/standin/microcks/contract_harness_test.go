package microcks

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"postman-microcks-importer/internal/test/standin/keycloak"
	"postman-microcks-importer/internal/test/standin/postman"
)

// The contract tests run against the stand-in at several versions or, when
// MICROCKS_URL is set, against that server:
//
//	MICROCKS_URL=http://127.0.0.1:8080 go test -count=1 -run Contract ./internal/test/standin/...
//
// With KEYCLOAK_URL as well, the server is one with sign-in and the realm has
// the clients of [keycloak.DefaultClients]. The server must be able to reach
// this machine's loopback address. It need not be empty: every test uses names
// of its own and deletes what it made.

var standInVersions = []string{"1.9.0", "1.10.0", "1.13.0", "1.15.0"}

// contract is one server under test, with a Postman API for it to download from.
type contract struct {
	url      string
	version  version
	fake     *Server // nil for a real server
	keycloak string  // base URL; empty without sign-in
	source   *postman.Server
	postman  string // base URL of the source
	prefix   string // of every name that the test uses
	tokens   *tokens
}

// each runs a test against every server there is.
func each(t *testing.T, test func(t *testing.T, c *contract)) {
	t.Helper()
	if real := os.Getenv("MICROCKS_URL"); real != "" {
		t.Run("real", func(t *testing.T) {
			t.Parallel()
			c := newContract(t, strings.TrimRight(real, "/"))
			c.keycloak = strings.TrimRight(os.Getenv("KEYCLOAK_URL"), "/")
			c.version = parseVersion(c.get(t, "/version/info").field(t, "versionId"))
			test(t, c)
		})
		return
	}
	for _, v := range standInVersions {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			test(t, standIn(t, Options{Version: v}))
		})
	}
}

// eachWithSignIn does the same for servers with sign-in.
func eachWithSignIn(t *testing.T, test func(t *testing.T, c *contract)) {
	t.Helper()
	if os.Getenv("MICROCKS_URL") != "" {
		if os.Getenv("KEYCLOAK_URL") == "" {
			t.Skip("the real server is one without sign-in; set KEYCLOAK_URL for one with it")
		}
		each(t, test)
		return
	}
	for _, v := range standInVersions {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			realm := keycloak.New(keycloak.Options{})
			srv := httptest.NewServer(realm)
			t.Cleanup(srv.Close)
			c := standIn(t, Options{Version: v, Keycloak: &Keycloak{URL: srv.URL, Key: realm.PublicKey(), Issuer: srv.URL + "/realms/microcks"}})
			c.keycloak = srv.URL
			test(t, c)
		})
	}
}

func standIn(t *testing.T, o Options) *contract {
	t.Helper()
	fake := New(o)
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	c := newContract(t, srv.URL)
	c.fake, c.version = fake, fake.version
	return c
}

func newContract(t *testing.T, base string) *contract {
	t.Helper()
	source := postman.New(postman.Options{})
	srv := httptest.NewServer(source)
	t.Cleanup(srv.Close)
	var b [4]byte
	_, _ = rand.Read(b[:])
	c := &contract{url: base, source: source, postman: srv.URL, prefix: "ct" + hex.EncodeToString(b[:]), tokens: &tokens{}}
	t.Cleanup(func() { c.cleanUp(t) })
	return c
}

// cleanUp deletes everything whose name starts with the test's prefix.
func (c *contract) cleanUp(t *testing.T) {
	for _, kind := range []string{"jobs", "secrets", "services"} {
		path := "/" + kind + "/search?name=" + c.prefix
		for _, doc := range c.get(t, path).list(t) {
			if name, _ := doc["name"].(string); strings.HasPrefix(name, c.prefix) {
				if got := c.do(t, "DELETE", "/"+kind+"/"+doc["id"].(string), nil); got.status != http.StatusOK {
					t.Errorf("clean up %s %s: %v", kind, name, got)
				}
			}
		}
	}
}

// id is a document id of the test's own.
func (c *contract) id(n int) string { return fmt.Sprintf("%016x%08x", []byte(c.prefix)[2:10], n) }

// name is a name of the test's own.
func (c *contract) name(s string) string { return strings.TrimSpace(c.prefix + " " + s) }

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// object reads the body as a JSON object.
func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(r.body), &o); err != nil {
		t.Fatalf("not a JSON object: %v", r)
	}
	return o
}

// list reads the body as a list of JSON objects.
func (r reply) list(t *testing.T) []map[string]any {
	t.Helper()
	var l []map[string]any
	if err := json.Unmarshal([]byte(r.body), &l); err != nil {
		t.Fatalf("not a JSON list: %v", r)
	}
	return l
}

// field is one text of the body.
func (r reply) field(t *testing.T, name string) string {
	t.Helper()
	s, _ := r.object(t)[name].(string)
	return s
}

// generic expects that the answer is the error document without a reason.
func (r reply) generic(t *testing.T, status int) {
	t.Helper()
	if r.status != status {
		t.Errorf("got %v, want %d", r, status)
		return
	}
	o := r.object(t)
	if o["error"] != http.StatusText(status) || o["status"] != float64(status) || o["path"] == "" || o["timestamp"] == nil || len(o) != 4 {
		t.Errorf("got %v, want the generic error document", r)
	}
}

// bare expects that the answer has this status and no body.
func (r reply) bare(t *testing.T, status int) {
	t.Helper()
	if r.status != status || r.body != "" {
		t.Errorf("got %v, want %d without a body", r, status)
	}
}

func (c *contract) get(t *testing.T, path string) reply { t.Helper(); return c.do(t, "GET", path, nil) }

// do calls the API as an account with all roles.
func (c *contract) do(t *testing.T, method, path string, body any) reply {
	t.Helper()
	return c.as(t, "ci-admin", method, path, body)
}

// as calls the API as an account of the realm; without sign-in as anybody.
// Body is JSON text, or a value.
func (c *contract) as(t *testing.T, account, method, path string, body any) reply {
	t.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	if c.keycloak != "" && account != "" {
		header.Set("Authorization", "Bearer "+c.tokens.of(t, c.keycloak, account))
	}
	return send1(t, method, c.url+"/api"+path, header, body)
}

// mock calls a mock.
func (c *contract) mock(t *testing.T, method, path string, header http.Header) reply {
	t.Helper()
	return send1(t, method, c.url+"/rest"+path, header, nil)
}

func send1(t *testing.T, method, address string, header http.Header, body any) reply {
	t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, address, reader) // not the test's context: the clean-up needs it too
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	// A transport of its own: closing a test server closes the shared one's connections.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	return reply{res.StatusCode, res.Header, string(raw)}
}

// tokens gets one token for each account.
type tokens struct {
	mu     sync.Mutex
	byName map[string]string
}

func (k *tokens) of(t *testing.T, base, account string) string {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if token := k.byName[account]; token != "" {
		return token
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {account}, "client_secret": {account + "-secret"}}
	got := send1(t, "POST", base+"/realms/microcks/protocol/openid-connect/token",
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form.Encode())
	token := got.field(t, "access_token")
	if token == "" {
		t.Fatalf("no token for %s: %v", account, got)
	}
	if k.byName == nil {
		k.byName = map[string]string{}
	}
	k.byName[account] = token
	return token
}

// upload sends a file as the given field of a form, as main artifact.
func (c *contract) upload(t *testing.T, field, name string, content []byte) reply {
	t.Helper()
	return c.uploadTo(t, "true", field, name, content)
}

// uploading is held while a real server takes an upload: some mix up those of the same
// moment.
var uploading sync.Mutex

func (c *contract) uploadTo(t *testing.T, main, field, name string, content []byte) reply {
	t.Helper()
	if c.fake == nil {
		uploading.Lock()
		defer uploading.Unlock()
	}
	return c.uploadBeside(t, main, field, name, content)
}

// uploadBeside uploads whoever else does.
func (c *contract) uploadBeside(t *testing.T, main, field, name string, content []byte) reply {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	header := http.Header{"Content-Type": {form.FormDataContentType()}}
	if c.keycloak != "" {
		header.Set("Authorization", "Bearer "+c.tokens.of(t, c.keycloak, "ci-admin"))
	}
	return send1(t, "POST", c.url+"/api/artifact/upload?mainArtifact="+main, header, b.String())
}
