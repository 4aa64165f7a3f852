package postman

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const uid = DefaultUserID + "-12ece9e1-2abf-4edc-8e34-de66e74114d2"

const export = `{
  "item": [],
  "info": {"_postman_id": "12ece9e1-2abf-4edc-8e34-de66e74114d2", "name": "Pets & co", "version": "9",
    "description": {"content": "version=1.0 - Pets", "type": "text/plain"},
    "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
  "variable": [{"key": "baseUrl", "value": "http://x"}]
}`

const served = `{"collection":{"info":{"_postman_id":"12ece9e1-2abf-4edc-8e34-de66e74114d2","name":"Pets & co",` +
	`"description":"version=1.0 - Pets","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[],` +
	`"variable":[{"key":"baseUrl","value":"http://x"}]}}`

// start serves one collection.
func start(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	s := New(o)
	if err := s.AddCollection(uid, []byte(export)); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, srv.URL
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func get(t *testing.T, url string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body), err}
}

func TestContractCollectionIsServedAsPostmanServesIt(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	got := get(t, url+"/collections/"+uid, "X-API-Key", DefaultAPIKey)
	if diff := cmp.Diff(served, got.body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"Content-Type":                 "application/json; charset=utf-8",
		"Etag":                         ETag([]byte(served)),
		"Vary":                         "Accept-Encoding",
		"Ratelimit-Limit":              "300",
		"Ratelimit-Remaining":          "299",
		"X-Ratelimit-Remaining":        "299",
		"Ratelimit-Remaining-Month":    "999999",
		"X-Ratelimit-Remaining-Month":  "999999",
		"Access-Control-Allow-Origin":  "*",
		"X-Frame-Options":              "SAMEORIGIN",
		"X-Srv-Trace":                  "v=1;t=0000000000000001",
		"Ratelimit-Policy":             "300;w=60",
		"X-Ratelimit-Limit-Month":      "1000000",
		"Content-Encoding":             "",
		"Access-Control-Allow-Headers": "",
	}
	have := map[string]string{}
	for k := range want {
		have[k] = got.header.Get(k)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if log := s.Requests(); len(log) != 1 || log[0].Status != 200 || log[0].Path != "/collections/"+uid {
		t.Errorf("log: %+v", log)
	}
}

// The saved answers of the public Postman API collection carry the tags from
// which this rule was read; this is one of them.
func TestContractETagIsThatOfTheBody(t *testing.T) {
	t.Parallel()
	got := ETag([]byte(`{"error":{"name":"AuthenticationError","message":"Invalid API Key. Every request requires a valid API Key to be ` +
		`sent."}}`))
	if want := `W/"78-WpLmxRlFkKKPPDh/y4B5Gn3NuSs"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestContractWhoMayRead(t *testing.T) {
	t.Parallel()
	_, bare, _ := strings.Cut(uid, "-")
	tests := []struct {
		name    string
		path    string
		header  []string
		prepare func(*Server)
		status  int
		body    string
	}{
		{"key in the header", "/collections/" + uid, []string{"x-api-key", DefaultAPIKey}, nil, 200, served},
		{"key in the query", "/collections/" + uid + "?apikey=" + DefaultAPIKey, nil, nil, 200, served},
		{"the header counts", "/collections/" + uid + "?apikey=" + DefaultAPIKey, []string{"X-API-Key", "no"}, nil, 401, "AuthenticationError"},
		{"no key", "/collections/" + uid, nil, nil, 401, "AuthenticationError"},
		{"revoked key", "/collections/" + uid, []string{"X-API-Key", DefaultAPIKey}, func(s *Server) { s.RevokeKey(DefaultAPIKey) }, 401,
			"AuthenticationError"},
		{"key as a bearer token", "/collections/" + uid, []string{"Authorization", "Bearer " + DefaultAPIKey}, nil, 401, "AuthenticationError"},
		{"access key", "/collections/" + uid + "?access_key=PMAT-01H", nil, func(s *Server) { s.AddAccessKey(uid, "PMAT-01H") }, 200, served},
		{"access key of another collection", "/collections/" + uid + "?access_key=PMAT-01H", nil,
			func(s *Server) { s.AddAccessKey("1-x", "PMAT-01H") }, 401, "AuthenticationError"},
		{"bare id of one's own", "/collections/" + bare, []string{"X-API-Key", DefaultAPIKey}, nil, 200, served},
		{"bare id of another's", "/collections/" + bare, []string{"X-API-Key", "other"}, func(s *Server) { s.AddAccount("other", "99") },
			404, "instanceNotFoundError"},
		{"uid of another's", "/collections/" + uid, []string{"X-API-Key", "other"}, func(s *Server) { s.AddAccount("other", "99") }, 200, served},
		{"unknown uid", "/collections/1-" + bare, []string{"X-API-Key", DefaultAPIKey}, nil, 404, "instanceNotFoundError"},
		{"odd id", "/collections/hello", []string{"X-API-Key", DefaultAPIKey}, nil, 404, "instanceNotFoundError"},
		{"removed", "/collections/" + uid, []string{"X-API-Key", DefaultAPIKey}, func(s *Server) { s.RemoveCollection(uid) }, 404,
			"instanceNotFoundError"},
		{"other route", "/monitors", []string{"X-API-Key", DefaultAPIKey}, nil, 404, "error"},
		{"minimal", "/collections/" + uid + "?model=minimal", []string{"X-API-Key", DefaultAPIKey}, nil, 200, `"rootLevelRequests":[]`},
		{"listing", "/collections", []string{"X-API-Key", DefaultAPIKey}, nil, 200, `"uid":"` + uid + `"`},
		{"listing by name", "/collections?name=Pets+%26+co", []string{"X-API-Key", DefaultAPIKey}, nil, 200, `"uid":"` + uid + `"`},
		{"listing by another name", "/collections?name=Pets", []string{"X-API-Key", DefaultAPIKey}, nil, 200, `{"collections":[]}`},
		{"listing of an unknown workspace", "/collections?workspace=none", []string{"X-API-Key", DefaultAPIKey}, nil, 200, `{"collections":[]}`},
		{"listing in pages", "/collections?limit=1&offset=1", []string{"X-API-Key", DefaultAPIKey}, nil, 200,
			`{"collections":[],"meta":{"total":1,"offset":1,"limit":1}}`},
		{"workspace", "/workspaces/w", []string{"X-API-Key", DefaultAPIKey},
			func(s *Server) { s.AddWorkspace(Workspace{ID: "w", Collections: []string{uid}}) }, 200, `"name":"Pets & co"`},
		{"workspace of a collection", "/workspaces?elementType=collection&elementId=" + uid, []string{"X-API-Key", DefaultAPIKey},
			func(s *Server) { s.AddWorkspace(Workspace{ID: "w", Collections: []string{uid}}) }, 200, `"id":"w"`},
		{"fork", "/collections?limit=9", []string{"X-API-Key", DefaultAPIKey}, func(s *Server) { s.Fork(uid) }, 200, `"fork":{"label":"mine"`},
		{"listing that lacks one", "/collections?workspace=w&limit=9", []string{"X-API-Key", DefaultAPIKey},
			func(s *Server) { s.AddWorkspace(Workspace{ID: "w", Collections: []string{uid}}); s.Hide(uid) }, 200,
			`{"collections":[],"meta":{"total":1,"offset":0,"limit":9}}`},
		{"unknown workspace", "/workspaces/w", []string{"X-API-Key", DefaultAPIKey}, nil, 404, "workspaceNotFoundError"},
		{"me", "/me", []string{"X-API-Key", DefaultAPIKey}, nil, 200,
			`"operations":[{"name":"api_usage","limit":1000000,"usage":1,"overage":0}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := start(t, Options{})
			if tt.prepare != nil {
				tt.prepare(s)
			}
			got := get(t, url+tt.path, tt.header...)
			if got.status != tt.status || !strings.Contains(got.body, tt.body) {
				t.Errorf("got %d %s, want %d with %s", got.status, got.body, tt.status, tt.body)
			}
			if got.header.Get("ETag") != ETag([]byte(got.body)) {
				t.Errorf("ETag %s is not that of the body", got.header.Get("ETag"))
			}
		})
	}
}

func TestContractLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options Options
		calls   int
		body    string
	}{
		{"rate", Options{PerMinute: 2}, 2, `{"error":"rateLimited","message":"Rate limit exceeded. Please retry after `},
		{"month", Options{MonthLimit: 10, MonthUsed: 7}, 3, `{"error":{"name":"serviceLimitExhausted"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, url := start(t, tt.options)
			for range tt.calls {
				if got := get(t, url+"/collections/"+uid, "X-API-Key", DefaultAPIKey); got.status != 200 {
					t.Fatalf("within the limit: %d %s", got.status, got.body)
				}
			}
			got := get(t, url+"/collections/"+uid, "X-API-Key", DefaultAPIKey)
			if got.status != 429 || !strings.HasPrefix(got.body, tt.body) {
				t.Errorf("got %d %s, want 429 %s", got.status, got.body, tt.body)
			}
			wait := got.header.Get("Retry-After")
			if tt.name == "rate" && wait == "" || tt.name == "month" && (wait != "" || got.header.Get("RateLimit-Remaining-Month") != "0") {
				t.Errorf("headers: %v", got.header)
			}
		})
	}
}

func TestContractEveryErrorRowIsAFault(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s, url := start(t, Options{})
			f, err := Named(r.name)
			if err != nil {
				t.Fatal(err)
			}
			f.Skip = 1
			s.Fail(f)
			var statuses []int
			for range 3 {
				got := get(t, url+"/collections/"+uid, "X-API-Key", DefaultAPIKey)
				statuses = append(statuses, got.status)
				if len(statuses) == 2 && (got.body != r.body || got.header.Get("Content-Type") != r.contentType) {
					t.Errorf("got %s %q", got.header.Get("Content-Type"), got.body)
				}
			}
			if diff := cmp.Diff([]int{200, r.status, 200}, statuses); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestContractSpoiledAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault string
		check func(reply) bool
	}{
		{"truncated", func(r reply) bool { return r.err != nil && len(r.body) == len(served)/2 }},
		{"gzip", func(r reply) bool {
			return r.header.Get("Content-Encoding") == "gzip" && strings.HasPrefix(r.body, "\x1f\x8b")
		}},
		{"bom", func(r reply) bool { return r.body == "\xef\xbb\xbf"+served }},
		{"pretty", func(r reply) bool { return strings.HasPrefix(r.body, "{\n  \"collection\": {\n") }},
		{"space", func(r reply) bool { return strings.HasPrefix(r.body, `{ "collection":`) }},
		{"schema-host", func(r reply) bool { return strings.Contains(r.body, "https://schema.postman.com/json") }},
		{"not-utf8", func(r reply) bool { return strings.Contains(r.body, "\xff") }},
		{"no-etag", func(r reply) bool { return r.header.Get("ETag") == "" && r.body == served }},
		{"changing-etag", func(r reply) bool { return r.header.Get("ETag") != ETag([]byte(served)) }},
		{"not-modified", func(r reply) bool { return r.status == 304 && r.body == "" }},
		{"redirect=302,https://elsewhere.test/x", func(r reply) bool {
			return r.status == 302 && r.header.Get("Location") == "https://elsewhere.test/x"
		}},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			s, url := start(t, Options{})
			f, err := Named(tt.fault)
			if err != nil {
				t.Fatal(err)
			}
			s.Fail(f)
			header := []string{"X-API-Key", DefaultAPIKey, "If-None-Match", ETag([]byte(served))}
			if got := get(t, url+"/collections/"+uid, header...); !tt.check(got) {
				t.Errorf("spoiled: %+v", got)
			}
			if got := get(t, url+"/collections/"+uid, header...); got.body != served {
				t.Errorf("after it: %+v", got)
			}
		})
	}
	if _, err := Named("no such"); err == nil {
		t.Error("an unknown fault has a name")
	}
}

func TestSlowAnswerWaitsForTheTest(t *testing.T) {
	t.Parallel()
	s, url := start(t, Options{})
	hold := make(chan struct{})
	s.Fail(Fault{Hold: hold})
	done := make(chan reply)
	go func() { done <- get(t, url+"/collections/"+uid, "X-API-Key", DefaultAPIKey) }()
	select {
	case <-done:
		t.Fatal("answered before it was let go")
	case <-time.After(20 * time.Millisecond):
	}
	close(hold)
	if got := <-done; got.body != served {
		t.Errorf("got %+v", got)
	}
}

func TestWithVersion(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{"info":{"name":"a"},"item":[]}`, `{"collection":{"info":{"name":"a","description":"version=2"},"item":[]}}`},
		{`{"collection":{"item":[],"info":{"name":"a","description":"Hi <you>"}}}`,
			`{"collection":{"info":{"name":"a","description":"version=2 Hi <you>"},"item":[]}}`},
		{`{"info":{"description":"x version=1"},"item":[]}`, `{"collection":{"info":{"description":"x version=1"},"item":[]}}`},
		{`{"info":{"description":null},"item":[]}`, `{"collection":{"info":{"description":"version=2"},"item":[]}}`},
	}
	for _, tt := range tests {
		got, err := WithVersion([]byte(tt.in), "2")
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s (%v), want %s", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []string{``, `[]`, `{"info":[]}`, `{"info":{}`, `<html>`} {
		if got, err := WithVersion([]byte(bad), "2"); err == nil {
			t.Errorf("%s: got %s", bad, got)
		}
	}
}
