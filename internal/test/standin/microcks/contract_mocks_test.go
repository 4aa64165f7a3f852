package microcks

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/test/standin/postman"
)

func mustWrap(t *testing.T, collection []byte) []byte {
	t.Helper()
	wrapped, err := postman.Wrap(collection)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

func TestContractMocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		id := c.imported(t, "Pet Store")
		base := "/" + c.prefix + "+Pet+Store/1.0"
		tests := []struct {
			method, path, accept string
			status               int
			mediaType, body      string
		}{
			{"GET", "/pets/1", "", 200, "application/json", `{"kind":"cat"}`},
			{"GET", "/pets/1?x=1", "", 200, "application/json", `{"kind":"cat"}`},
			{"GET", "/pets/2", "", 404, "application/octet-stream", "no such pet"},
			{"GET", "/pets/3", "", 400, "application/octet-stream", "The response /id=3 does not exist!"},
			{"GET", "/pets/a%20b", "", 400, "application/octet-stream", "The response /id=a b does not exist!"},
			{"GET", "/pets/a+b", "", 400, "application/octet-stream", "The response /id=a b does not exist!"},
			{"GET", "/pets/1/", "", 400, "application/octet-stream", "The response /id=1/ does not exist!"},
			{"GET", "/pets?status=free&limit=2", "", 200, "application/json", "[1,2]"},
			{"GET", "/pets?limit=2&status=free&more=1", "", 200, "application/json", "[1,2]"},
			{"GET", "/pets?status=sold", "", 200, "application/json", "[]"},
			{"GET", "/pets?status=sold&limit=", "", 200, "application/json", "[]"},
			{"GET", "/pets", "", 200, "application/json", "[1,2,3]"},
			{"GET", "/pets/", "", 200, "application/json", "[1,2,3]"},
			{"GET", "/pets?status=other&limit=1", "", 400, "application/octet-stream", "The response ?limit=1?status=other does not exist!"},
			{"GET", "/owners/7/pets?kind=cat", "", 200, "text/plain", "1"},
			{"GET", "/owners/8/pets?kind=cat", "", 400, "application/octet-stream", "The response /owner=8?kind=cat does not exist!"},
			{"GET", "/owners/7/pets", "", 400, "application/octet-stream", "The response /owner=7 does not exist!"},
			{"PATCH", "/pets/1/name", "", 204, "application/octet-stream", ""},
			{"POST", "/pets", "application/json", 201, "application/json", `{"id":3}`},
			{"POST", "/pets", "text/xml", 422, "text/xml", "<e/>"},
			{"DELETE", "/pets", "", 400, "", ""},
			{"PUT", "/pets", "", 404, "", ""},
			{"GET", "/nothing", "", 404, "", ""},
			{"HEAD", "/pets/1", "", 404, "", ""},
		}
		for _, tt := range tests {
			header := http.Header{}
			if tt.accept != "" {
				header.Set("Accept", tt.accept)
			}
			got := c.mock(t, tt.method, base+tt.path, header)
			tt.status, tt.mediaType, tt.body = c.version.mockAnswer(tt.path, tt.status, tt.mediaType, tt.body)
			mediaType, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
			if tt.status == 0 {
				if got.status == 400 || got.status == 500 {
					t.Errorf("%s %s: got %v, want any example", tt.method, tt.path, got)
				}
				continue
			}
			if tt.status == 500 {
				got.generic(t, 500)
				continue
			}
			if got.status != tt.status || mediaType != tt.mediaType || got.body != tt.body {
				t.Errorf("%s %s: got %v (%s), want %d %s (%s)", tt.method, tt.path, got, mediaType, tt.status, tt.body, tt.mediaType)
			}
			if tt.status == 201 && !strings.HasSuffix(got.header.Get("Location"), "/rest/"+c.located("Pet Store")+"/1.0/pets/3") {
				t.Errorf("Location: %s", got.header.Get("Location"))
			}
			if tt.body == "1" && got.header.Get("X-Total") != "1" {
				t.Errorf("headers: %v", got.header)
			}
		}
		for _, name := range []string{c.prefix + "%20Pet%20Store", c.prefix + "+Pet%20Store"} {
			if got := c.mock(t, "GET", "/"+name+"/1.0/pets/1", nil); got.status != 200 {
				t.Errorf("%s: %v", name, got)
			}
		}
		// Only what the rules name counts.
		c.do(t, "PUT", "/services/"+id+"/operation?operationName=PATCH%20/pets/:id/:field",
			map[string]any{"dispatcher": "URI_PARTS", "dispatcherRules": "id"})
		if got := c.mock(t, "PATCH", base+"/pets/1/name", nil); c.version.refusesUnmatched() && got.body != "The response /id=1 does not exist!" {
			t.Errorf("with other rules: %v", got)
		}
		if got := c.mock(t, "GET", "/"+c.prefix+"/1.0/pets", nil); got.status != 404 ||
			got.body != "The service "+c.prefix+" with version 1.0 does not exist!" {
			t.Error(got)
		}
	})
}

// mockAnswer is what versions before the table's say instead.
func (v version) mockAnswer(path string, status int, mediaType, body string) (int, string, string) {
	if !v.skipsValuelessParameters() && strings.HasSuffix(path, "=") {
		return 500, "application/json", ""
	}
	if v.refusesUnmatched() {
		return status, mediaType, body
	}
	if status == 400 && body != "" {
		return 0, "", "" // any example of the operation
	}
	if mediaType == "application/octet-stream" {
		mediaType = "text/plain"
	}
	return status, mediaType, body
}

// located is the service's part of a completed Location when it was asked for
// with + for spaces.
func (c *contract) located(name string) string {
	if c.version.locatesByName() {
		return strings.ReplaceAll(c.name(name), " ", "%20")
	}
	return strings.ReplaceAll(c.name(name), " ", "+")
}

// A saved body is a template: what stands in double braces is evaluated.
func TestContractMocksEvaluateExpressions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		tests := []struct{ saved, want string }{
			{`x{{foo}}y`, `xy`},
			{`{{ baseUrl }}/pets`, `/pets`},
			{`{"a":{{b}},"c":{"d":{}}}`, `{"a":,"c":{"d":{}}}`},
			{`{{}} {{a}}`, `{{}} {{a}}`},
			{`{{ }}`, `{{ }}`},
			{`{{a`, `{{a`},
			{`}}{{`, `}}{{`},
			{`{a} {{a}}{{b c}}`, `{a} `},
			{`{{uuid()}}`, `^[0-9a-f-]{36}$`},
			{`{{ now() }}`, `^[0-9]{13}$`},
		}
		item := `{"name":"%d","originalRequest":{"method":"GET","url":{"raw":"{{u}}/t/:id","variable":[{"key":"id","value":"%d"}]}},` +
			`"code":200,"header":[{"key":"X-Saved","value":%q}],"body":%q}`
		var examples []string
		for i, tt := range tests {
			examples = append(examples, fmt.Sprintf(item, i, i, tt.saved, tt.saved))
		}
		collection := fmt.Sprintf(`{"info":{"name":%q,"description":"version=1.0 x",`+
			`"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`+
			`"item":[{"name":"t","request":{"method":"GET","url":{"raw":"{{u}}/t/:id"}},"response":[%s]}]}`,
			c.name("T"), strings.Join(examples, ","))
		c.start(t, c.importer(t, 1, c.serve(t, 1, []byte(collection)), map[string]any{"secretRef": c.key(t)}))
		for i, tt := range tests {
			got := c.mock(t, "GET", fmt.Sprintf("/%s+T/1.0/t/%d", c.prefix, i), nil)
			saved := got.header.Get("X-Saved")
			match := func(s string) bool { return s == tt.want }
			if strings.HasPrefix(tt.want, "^") {
				match = regexp.MustCompile(tt.want).MatchString
			}
			if got.status != 200 || !match(got.body) {
				t.Errorf("%s: got %v, want %s", tt.saved, got, tt.want)
			}
			if c.version.rendersHeaders() && !match(saved) && strings.TrimSpace(tt.want) != saved ||
				!c.version.rendersHeaders() && saved != tt.saved {
				t.Errorf("%s in a header: %q", tt.saved, saved)
			}
		}
	})
}

// Mocks answer one of the candidates that are predicted, and where there are several,
// imports choose anew.
func TestContractMocksAnswerAsPredicted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		collection, err := os.ReadFile(filepath.Join("testdata", "mocks.json"))
		if err != nil {
			t.Fatal(err)
		}
		collection = bytes.Replace(collection, []byte("NAME"), []byte(c.name("Mocks")), 1)
		document := predict.Read(mustWrap(t, collection), predict.Options{Version: c.version.String()})
		service := document.Import(predict.Target{Main: true}).Service
		mocks := mock.Of(service, mock.Options{Version: c.version.String()})
		calls, uncalled := mocks.Calls(nil)
		if len(calls) < 12 || len(uncalled) == 0 {
			t.Fatalf("%d calls, %d examples without", len(calls), len(uncalled))
		}
		var requests []mock.Request
		for _, call := range calls {
			requests = append(requests, call.Request)
		}
		for _, at := range []string{
			"GET /pets/9", "GET /nothing", "PUT /nothing", "HEAD /pets", "TRACE /pets", "COPY /pets", "GET /find?q=%",
			"GET /find?q=a+b", "GET /find?delay=x", "GET /pets%2F1", "GET /v1x0/cat", "OPTIONS /nothing", "GET /find?q", "GET /pets/1/", "GET /PETS",
		} {
			method, path, _ := strings.Cut(at, " ")
			path, query, _ := strings.Cut(path, "?")
			requests = append(requests, mock.Request{Method: method, Path: path, Query: query})
		}
		id := c.importer(t, 1, c.serve(t, 1, collection), map[string]any{"secretRef": c.key(t)})
		seen := map[string]map[string]bool{}
		for range 4 {
			c.start(t, id)
			for _, r := range requests {
				header := http.Header{}
				for _, h := range r.Headers {
					header[h.Name] = h.Values
				}
				path := strings.TrimPrefix(predict.MockPath(service.Name, service.Version), "/rest") + r.Path
				if r.Query != "" {
					path += "?" + r.Query
				}
				got := c.mock(t, r.Method, path, header)
				answer := mocks.Answer(r)
				one, differences := answer.Judge(mock.Response{Status: got.status, Header: got.header, Body: []byte(got.body)})
				if answer.Open || len(differences) > 0 {
					t.Errorf("%s %s: %v: %v", r.Method, path, got, differences)
				}
				if one != nil && one.Example != nil && len(answer.Candidates) > 1 {
					if seen[path] == nil {
						seen[path] = map[string]bool{}
					}
					seen[path][one.Example.Name] = true
				}
			}
		}
		for path, names := range seen {
			if c.fake != nil && len(names) < 2 {
				t.Errorf("%s: only %v answered", path, names)
			}
		}
	})
}

// A mock is found where the prediction says, and where it says that there is no
// address it is found nowhere.
func TestContractMocksAddresses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *contract) {
		signs := []string{"a", "a b", "a!b", "(a)*", "a'b,c", "a:b", "a@b", "a$b", "a&b=c", "a~b", "a+b", "é", "a!é", "<a>", "a|b", "[a]"}
		var tests [][2]string // name, version
		for _, s := range signs {
			if tests = append(tests, [2]string{s, "1.0"}); !strings.Contains(s, " ") {
				tests = append(tests, [2]string{"of " + strconv.Itoa(len(tests)), s})
			}
		}
		for i, tt := range tests {
			name, version := c.name(tt[0]), tt[1]
			collection := fmt.Appendf(nil,
				`{"info":{"name":%q,"description":"version=%s x","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`+
					`"item":[{"name":"t","request":{"method":"GET","url":{"raw":"{{u}}/t"}},"response":[{"name":"e",`+
					`"originalRequest":{"method":"GET","url":{"raw":"{{u}}/t"}},"code":200,"body":"here %d"}]}]}`, name, version, i)
			c.start(t, c.importer(t, i, c.serve(t, i, collection), map[string]any{"secretRef": c.key(t)}))
			number := fmt.Sprintf("%d.%d.%d", c.version.major, c.version.minor, c.version.patch)
			wrapped := slices.Concat([]byte(`{"collection":`), collection, []byte("}"))
			service := predict.Read(wrapped, predict.Options{Version: number}).Import(predict.Target{Main: true}).Service
			if service == nil {
				t.Fatalf("%q %q: no service predicted", name, version)
			}
			calls, _ := mock.Of(service, mock.Options{Version: number}).Calls(nil)
			addressed := len(calls) == 1
			got := c.mock(t, "GET", strings.TrimPrefix(predict.MockPath(service.Name, service.Version), "/rest")+"/t", nil)
			if (got.status == 200 && got.body == fmt.Sprint("here ", i)) != addressed {
				t.Errorf("%q %q: predicted to be found: %t, got %v", name, version, addressed, got)
			}
		}
	})
}
