package postman

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"postman-microcks-importer/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fetch gets a collection from a server that answers as h does.
func fetch(t *testing.T, h http.HandlerFunc) (*Collection, error) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return New(s.Client(), s.URL+"/").Collection(t.Context(), uid, "")
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestCollection(t *testing.T) {
	t.Parallel()
	const body = `{"collection":{"info":{"name":"Pet Store"},"item":[]}}`
	got, err := fetch(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" || r.URL.RequestURI() != "/collections/"+uid || r.Header.Get("Accept") != "application/json" {
			t.Errorf("%s %s, Accept: %s", r.Method, r.URL, r.Header.Get("Accept"))
		}
		answer(200, body)(w, r)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Collection{UID: uid, Name: "Pet Store", Raw: []byte(body)}, *got); diff != "" {
		t.Error(diff)
	}
}

func TestQuotaOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		want    Quota
	}{
		"no headers":    {nil, Quota{}},
		"with X-":       {[]string{"X-RateLimit-Remaining-Month", "12", "X-RateLimit-Limit-Month", "1000"}, Quota{12, 1000, true}},
		"without X-":    {[]string{"RateLimit-Remaining-Month", "0"}, Quota{Known: true}},
		"limit alone":   {[]string{"RateLimit-Limit-Month", "5"}, Quota{MonthLimit: 5}},
		"no numbers":    {[]string{"RateLimit-Remaining-Month", "many"}, Quota{}},
		"below nothing": {[]string{"RateLimit-Remaining-Month", "-1"}, Quota{}},
	} {
		h := http.Header{}
		for i := 0; i < len(c.headers); i += 2 {
			h.Set(c.headers[i], c.headers[i+1])
		}
		if got := quotaOf(h); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// served is the smallest answer that has the form of a collection.
const served = `{"collection":{"info":{}}}`

// What has the form of a collection at first sight is for others to judge; what has
// not is named.
func TestOddBodies(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{ "collection": {"info": {}}}`:        "",
		"\uFEFF{\"collection\":{\"info\":{}}}": "",
		`{"info":{},"item":[]}`:                "",
		`{"collection":{"info":{"name`:         "",
		`{"collections":[]}`:                   "answered 200 OK, but no collection: it is a list of collections",
		`{"hello":"world"}`:                    "but no collection: it is JSON without `info` and `item` (it begins `{\"hello\":\"world\"}`)",
		`{"error":{"message":"no"}}`:           `it is an error answer of an API ("no")`,
		`hello`:                                "answered 200 OK with what is not from the Postman API: it is not JSON (it begins `hello`)",
		`<title>Sign in</title>`:               `answered 200 OK with the page "Sign in", which is not from the Postman API`,
	} {
		got, err := fetch(t, answer(200, body))
		switch {
		case says == "" && (err != nil || string(got.Raw) != body):
			t.Errorf("%q: %v", body, err)
		case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
			t.Errorf("%q: %v, want %q", body, err, says)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	problem := func(name, title, detail string, status int) string {
		return fmt.Sprintf(`{"type":"https://api.postman.com/problems/%s","title":%q,"detail":%q,"status":%d}`, name, title, detail, status)
	}
	named := func(name, message string) string {
		return fmt.Sprintf(`{"error":{"name":%q,"message":%q}}`, name, message)
	}
	const page = "<!DOCTYPE html><html><body>Sign in</body></html>"
	for _, c := range []struct {
		what    string
		status  int
		body    string
		headers string
		kind    Kind
		name    string
		message string
		hint    string
	}{
		{
			"no such key", 401, named("AuthenticationError", "Invalid API Key. Every request requires a valid API Key to be sent."), "",
			KindUnauthorized, "AuthenticationError", "Invalid API Key. Every request requires a valid API Key to be sent.", "postman-api-key",
		},
		{
			"no key, as a problem", 401,
			problem("unauthorized", "Unauthorized", "An API key must be provided in the request header or query string", 401), "",
			KindUnauthorized, "unauthorized", "An API key must be provided in the request header or query string", "postman-api-url",
		},
		{
			"detail like the title", 401, problem("unauthorized", "Unauthorized", "Unauthorized", 401), "",
			KindUnauthorized, "unauthorized", "Unauthorized", "",
		},
		{"nothing said", 401, "", "", KindUnauthorized, "", "", ""},
		{
			"unknown", 404, named("instanceNotFoundError", "We could not find the collection you are looking for"), "",
			KindNotFound, "instanceNotFoundError", "We could not find the collection you are looking for", "can open the collection",
		},
		{
			"unknown, with details", 404,
			`{"error":{"name":"instanceNotFoundError","message":"The specified item does not exist.","details":{"item":"collection","id":"x"}}}`, "",
			KindNotFound, "instanceNotFoundError", "The specified item does not exist.", "",
		},
		{
			"unknown, of sub-resources", 404,
			`{"title":"We could not find the collection you are looking for","type":"instanceNotFoundError"}`, "",
			KindNotFound, "instanceNotFoundError", "We could not find the collection you are looking for", "",
		},
		{"unknown, as described", 400, named("instanceNotFoundError", "x"), "", KindNotFound, "instanceNotFoundError", "x", ""},
		{
			"unknown, as described, without the name", 400, named("badRequest", "Collection Not Found"), "",
			KindNotFound, "badRequest", "Collection Not Found", "",
		},
		{
			"may not", 403, named("forbiddenError", "You are not permitted to perform the action."), "",
			KindForbidden, "forbiddenError", "You are not permitted to perform the action.", "shared with the user",
		},
		{
			"may not, as a problem", 403, problem("forbidden", "Forbidden", "This feature isn't available in your region.", 403), "",
			KindForbidden, "forbidden", "This feature isn't available in your region.", "",
		},
		{
			"may not, without a type", 403,
			`{"title":"Resource cannot be accessed","detail":"Inadequate permissions. Resource access forbidden."}`, "",
			KindForbidden, "", "Resource cannot be accessed: Inadequate permissions. Resource access forbidden.", "",
		},
		{
			"no uid", 400, named("invalidUIDError", "The ID provided is not a valid UID."), "",
			KindMalformedID, "invalidUIDError", "The ID provided is not a valid UID.", exampleUID,
		},
		{
			"malformed", 400, `{"error":{"name":"malformedRequestError","message":"Found 2 errors.","details":["a","b"]}}`, "",
			KindMalformedID, "malformedRequestError", "Found 2 errors.", "",
		},
		{
			"malformed, as a problem", 422, problem("about:blank", "Unprocessable", "", 422), "",
			KindMalformedID, "about:blank", "Unprocessable", "",
		},
		{
			"too often, error as text", 429, `{"error":"rateLimited","message":"Rate limit exceeded. Please retry after 1669048687"}`, "",
			KindRateLimited, "rateLimited", "Rate limit exceeded. Please retry after 1669048687", "300 calls a minute",
		},
		{
			"too often, old", 429,
			named("rateLimitError", "Rate Limit exceeded. Please retry at 1465452702843"), "X-RateLimit-Remaining-Month: 7",
			KindRateLimited, "rateLimitError", "Rate Limit exceeded. Please retry at 1465452702843", "",
		},
		{
			"too often, as a problem", 429, problem("rate-limited", "Too many requests", "", 429), "",
			KindRateLimited, "rate-limited", "Too many requests", "",
		},
		{
			"month used up", 429, named("serviceLimitExhausted", "Service limit exhausted. Please contact your team admin."), "",
			KindQuotaExhausted, "serviceLimitExhausted", "Service limit exhausted. Please contact your team admin.", "12 to 24 calls a day",
		},
		{
			"month used up, by the header", 429, named("rateLimited", "x"), "RateLimit-Remaining-Month: 0",
			KindQuotaExhausted, "rateLimited", "x", "",
		},
		{"month used up, by the other header", 429, "", "X-RateLimit-Remaining-Month: 0", KindQuotaExhausted, "", "", ""},
		{
			"server", 500, named("serverError", "An error has occurred on the server."), "",
			KindServer, "serverError", "An error has occurred on the server.", "status.postman.com",
		},
		{
			"server, as a problem", 500, problem("internal-server-error", "Internal Server Error", "Internal Server Error", 500), "",
			KindServer, "internal-server-error", "Internal Server Error", "",
		},
		{
			"down", 503, named("503 service unavailable", "The server is currently not available"), "",
			KindServer, "503 service unavailable", "The server is currently not available", "",
		},
		{
			"too large", 504, `{"message":"Endpoint request timed out"}`, "",
			KindServer, "", "Endpoint request timed out", "split the collection",
		},
		{"gateway", 502, "<html>Bad Gateway</html>", "Content-Type: text/html", KindGatewayHTML, "", "", "run again"},
		{"gateway, plain", 504, "upstream request timeout", "", KindGatewayHTML, "", "", "run again"},
		{"sign-in page", 200, page, "Content-Type: text/html", KindGatewayHTML, "", "", "let this runner through to 127.0.0.1"},
		{"sign-in page that claims to be JSON", 200, page, "Content-Type: application/json", KindGatewayHTML, "", "", ""},
		{"empty", 200, "", "", KindGatewayHTML, "", "", ""},
		{"text", 200, `"text"`, "", KindGatewayHTML, "", "", ""},
		{"firewall", 403, page, "", KindGatewayHTML, "", "", "let this runner through"},
		{"no content", 204, "", "", KindUnexpected, "", "", "postman-api-url"},
		{"teapot", 418, `{"error":{}}`, "", KindUnexpected, "", "", ""},
		{
			"problem without a type", 401, `{"type":"about:blank","title":"Unauthorized"}`, "",
			KindUnauthorized, "", "Unauthorized", "",
		},
		{
			"members of other types", 401, `{"error":{"name":7,"message":["x"]},"title":{"a":1},"message":"m"}`, "",
			KindUnauthorized, "", "m", "",
		},
		{"error is null", 401, `{"error":null,"detail":"d"}`, "", KindUnauthorized, "", "d", ""},
		{"list", 401, `[1]`, "", KindUnauthorized, "", "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			headers := []string{c.headers}
			if c.headers == "" {
				headers = nil
			}
			_, err := fetch(t, answer(c.status, c.body, headers...))
			e, ok := errors.AsType[*APIError](err)
			if !ok {
				t.Fatalf("%v", err)
			}
			want := APIError{Status: c.status, Kind: c.kind, Name: c.name, Message: c.message, UID: uid}
			if diff := cmp.Diff(want, *e, cmpopts.IgnoreUnexported(APIError{}), cmpopts.IgnoreFields(APIError{}, "Quota")); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(e.Hint(), c.hint) || e.Hint() == "" {
				t.Errorf("hint %s", e.Hint())
			}
			about := uid
			if e.Ends() {
				about = "fetching from Postman" // what is about the key is said once, for all collections
			}
			for _, part := range []string{about, "127.0.0.1:", fmt.Sprint(c.status), c.message, c.name} {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q is not in %s", part, e)
				}
			}
			if got := c.kind == KindQuotaExhausted; IsMonthlyQuota(record(c.status, c.body, headers)) != got {
				t.Errorf("IsMonthlyQuota is %t", !got)
			}
		})
	}
}

// After an answer that is about the key, nothing more is asked with it, and every
// collection gets the same words.
func TestRefusedKeyEndsAllCalls(t *testing.T) {
	t.Parallel()
	for status, ends := range map[int]bool{401: true, 403: false, 404: false} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.WriteHeader(status)
			fmt.Fprint(w, `{"error":{"name":"anError","message":"No."}}`)
		}))
		defer server.Close()
		client := New(server.Client(), server.URL)
		var texts []string
		for range 3 {
			_, err := client.Collection(t.Context(), uid, "")
			texts = append(texts, fmt.Sprint(err))
		}
		if want := map[bool]int{true: 1, false: 3}[ends]; asked != want || texts[0] != texts[2] {
			t.Errorf("%d: asked %d times, want %d: %q", status, asked, want, texts)
		}
		if strings.Contains(texts[0], uid) == ends {
			t.Errorf("%d: %s", status, texts[0])
		}
	}
}

// So it is when the API cannot be reached.
func TestUnreachedEndsAllCalls(t *testing.T) {
	t.Parallel()
	asked := 0
	down := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		asked++
		return nil, syscall.ECONNREFUSED
	})}
	client := New(down, "")
	_, first := client.Collection(t.Context(), uid, "")
	_, second := client.Collection(t.Context(), "1-"+uid, "")
	const want = "fetching from Postman: GET https://api.getpostman.com/collections/…: connection refused"
	if asked != 1 || first == nil || first.Error() != want || second != first {
		t.Errorf("asked %d times: %v, %v, want %s", asked, first, second, want)
	}
	explained, ok := errors.AsType[*transport.Error](first)
	if !ok || explained.Anchor() != "connect-refused" || first.(interface{ Headline() string }).Headline() == "" {
		t.Errorf("%#v", first)
	}
}

// An access key is the query of Postman's own address, and stands nowhere else: in no
// error, no redirect, no other request. What is wrong with it is about that collection
// alone.
func TestAccessKeyIsQueryAlone(t *testing.T) {
	t.Parallel()
	const good = `{"collection":{"info":{"name":"Pet Store"},"item":[]}}`
	for name, c := range map[string]struct {
		base     string
		status   int
		location string
		fails    error
		asked    string // addresses
		want     string // in the error; "" is none
	}{
		"good": {base: "https://api.postman.com", status: 200, asked: "https://api.postman.com/collections/" + uid + "?access_key=" + accessKey},
		"of the EU": {
			base: "https://api.eu.postman.com", status: 200, asked: "https://api.eu.postman.com/collections/" + uid + "?access_key=" + accessKey,
		},
		"refused":      {base: "http://127.0.0.1:1", status: 401, want: "generate a new key"},
		"forbidden":    {base: "", status: 403, want: "generate a new key"},
		"not found":    {base: "", status: 404, want: "generate a new key"},
		"breaks":       {base: "", fails: syscall.ECONNRESET, want: "access_key=***"},
		"moved":        {base: "", status: 302, location: "/elsewhere", want: "answered 302"},
		"moved away":   {base: "", status: 302, location: "https://www.postman.com/", want: "redirects to another origin"},
		"a gateway":    {base: "https://gateway.example.com", asked: "-", want: "no address of Postman's own"},
		"not Postman":  {base: "https://api.postman.com.example.com", asked: "-", want: "no address of Postman's own"},
		"in the clear": {base: "http://api.postman.com", asked: "-", want: "no address of Postman's own"},
		"another port": {base: "https://api.postman.com:8443", asked: "-", want: "no address of Postman's own"},
	} {
		var asked []string
		http, err := transport.NewClient(transport.Options{Attempts: 1, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			if said := fmt.Sprint(r.Header); strings.Contains(said, accessKey) {
				t.Errorf("%s: it is in a header: %s", name, said)
			}
			if c.fails != nil {
				return nil, c.fails
			}
			answer := httptest.NewRecorder()
			answer.Header().Set("Location", c.location)
			answer.WriteHeader(c.status)
			_, _ = io.WriteString(answer, good)
			return answer.Result(), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		client := New(http, c.base)
		_, err = client.Collection(t.Context(), uid, accessKey)
		said := fmt.Sprint(err)
		if explained, ok := errors.AsType[interface {
			error
			Hint() string
		}](err); ok {
			said += explained.Hint()
		}
		if (err == nil) != (c.want == "") || !strings.Contains(said, c.want) || strings.Contains(said, accessKey) {
			t.Errorf("%s: %s", name, said)
		}
		switch got := strings.Join(asked, " "); {
		case c.asked == "-" && got != "", c.asked != "" && c.asked != "-" && got != c.asked, len(asked) > 1:
			t.Errorf("%s: asked %q", name, got)
		}
		if client.ended.Load() != nil && c.location == "" {
			t.Errorf("%s: no other collection is asked for after it", name)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A name is read where it stands in front, and nowhere else.
func TestNameOf(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		served: "",
		`{"collection":{"info":{"_postman_id":"1","name":"Pets"},"item":[` + strings.Repeat(" ", 100_000): "Pets",
		`{"collection":{"info":{"name":7}}}`:                "",
		`{"info":{"name":"Pets"}}`:                          "",
		`{"collection":{"item":[],"info":{"name":"Pets"}}}`: "",
		`{"collection":{"info":{"description":"` + strings.Repeat("a", 100_000) + `","name":"Pets"}}}`: "",
	} {
		if got := nameOf([]byte(body)); got != want {
			t.Errorf("%.60s…: %q, want %q", body, got, want)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]struct {
		exit   int
		anchor string
	}{
		KindUnauthorized:   {12, "postman-401"},
		KindForbidden:      {12, "postman-403"},
		KindNotFound:       {13, "postman-404"},
		KindRateLimited:    {12, "postman-429"},
		KindQuotaExhausted: {12, "postman-quota"},
		KindServer:         {12, "postman-5xx"},
		KindGatewayHTML:    {11, "postman-html"},
		KindMalformedID:    {2, "postman-uid"},
		KindUnexpected:     {12, "postman-unexpected"},
	} {
		e := &APIError{Kind: kind}
		if e.ExitCode() != want.exit || e.Anchor() != want.anchor {
			t.Errorf("%s: exit code %d, anchor %s, want %+v", kind, e.ExitCode(), e.Anchor(), want)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	e := &APIError{
		Status: 404, Kind: KindNotFound, Name: "instanceNotFoundError", Message: "We could not find it",
		of: subject{"fetching the collection " + uid, aCollection}, host: "api.getpostman.com",
	}
	want := "fetching the collection " + uid + ": api.getpostman.com answered 404 Not Found: We could not find it (instanceNotFoundError)"
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Error(diff)
	}
	e = &APIError{
		Status: 200, Kind: KindGatewayHTML, of: subject{"fetching the collection " + uid, aCollection}, host: "api.getpostman.com",
		what: "an HTML page",
	}
	want = "fetching the collection " + uid + ": api.getpostman.com answered 200 OK with what is not from the Postman API: it is an HTML page"
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Error(diff)
	}
	e = &APIError{Status: 200, Kind: KindGatewayHTML, of: subject{"fetching the collection " + uid, aCollection}, host: "api.getpostman.com"}
	want = "fetching the collection " + uid + ": api.getpostman.com answered 200 OK with something that is not from the Postman API"
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Error(diff)
	}
}

// record makes a response whose body can be read once.
func record(status int, body string, headers []string) *http.Response {
	w := httptest.NewRecorder()
	answer(status, body, headers...)(w, nil)
	return w.Result()
}

func TestIsMonthlyQuotaLeavesTheBody(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", `{"error":"rateLimited"}`, `{"error":{"name":"serviceLimitExhausted"}}`, strings.Repeat("x", transport.ErrorBodyLimit+10),
	} {
		resp := record(429, body, nil)
		IsMonthlyQuota(resp)
		got, err := io.ReadAll(resp.Body)
		if string(got) != body || err != nil || resp.Body.Close() != nil {
			t.Errorf("%d bytes of %d are left, %v", len(got), len(body), err)
		}
	}
}

// Only a call that was refused for its number says that the quota is used up:
// the last one that the quota allows says that nothing remains, too.
func TestOnlyARefusalIsTheMonthlyQuota(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 403, 500, 503} {
		if IsMonthlyQuota(record(status, `{"error":{"name":"serviceLimitExhausted"}}`, []string{"RateLimit-Remaining-Month: 0"})) {
			t.Errorf("status %d", status)
		}
	}
}

// The two packages together: the month's quota is not tried again, a busy server
// is, and the last answer is the one that is explained.
func TestWithTransport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		answers []http.HandlerFunc
		kind    Kind // empty: fetched
	}{
		{
			"quota",
			[]http.HandlerFunc{answer(429, `{"error":{"name":"serviceLimitExhausted","message":"m"}}`), answer(200, served)},
			KindQuotaExhausted,
		},
		{"busy for a moment", []http.HandlerFunc{answer(429, `{"error":"rateLimited"}`, "Retry-After: 0"), answer(200, served)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				c.answers[n](w, r)
				n++
			}))
			t.Cleanup(s.Close)
			client, err := transport.NewClient(transport.Options{Permanent: IsMonthlyQuota})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.CloseIdleConnections)
			_, err = New(client, s.URL).Collection(t.Context(), uid, "")
			e, _ := errors.AsType[*APIError](err)
			switch {
			case c.kind == "" && err != nil:
				t.Error(err)
			case c.kind != "" && (e == nil || e.Kind != c.kind || n != 1):
				t.Errorf("%v after %d calls", err, n)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(nil)
	s.Close()
	_, err := New(http.DefaultClient, s.URL).Collection(t.Context(), uid, "")
	e, ok := errors.AsType[*transport.Error](err)
	if !ok || e.Kind != transport.KindRefused || !strings.HasPrefix(err.Error(), "fetching from Postman: GET http://127.0.0.1:") {
		t.Errorf("%v", err)
	}
	if _, err := New(http.DefaultClient, "http://%zz").Collection(t.Context(), uid, ""); err == nil {
		t.Error("no URL, no error")
	}
	if New(nil, "").base != "https://api.getpostman.com" {
		t.Error("the default base")
	}
}

func TestUIDCannotLeaveItsPlace(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/collections/..%2Fme%3Fx=1" {
			t.Errorf("path %s", r.URL.EscapedPath())
		}
		_, _ = io.WriteString(w, served)
	}))
	t.Cleanup(s.Close)
	if _, err := New(s.Client(), s.URL).Collection(t.Context(), "../me?x=1", ""); err != nil {
		t.Error(err)
	}
}

func FuzzErrors(f *testing.F) {
	f.Add(401, []byte(`{"error":{"name":"AuthenticationError","message":"Invalid API Key `+apiKey+`"}}`), "1")
	f.Add(429, []byte(`{"error":"rateLimited","message":"\u001b[31m::error::\u202e"}`), "0")
	f.Add(500, []byte(`{"type":"https://x/y/internal","title":"a\nb","detail":"c"}`), "")
	f.Add(200, []byte("<html>"), "x")
	f.Fuzz(func(t *testing.T, status int, body []byte, month string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Ratelimit-Remaining-Month": {month}}}
		e := newAPIError(subject{kind: aCollection}, "api.getpostman.com", resp, body)
		for _, shown := range []string{e.Name, e.Message} {
			if quotable(shown) != shown || strings.Contains(shown, apiKey) {
				t.Fatalf("%q is not fit for an error", shown)
			}
		}
		if e.Kind == "" || e.Hint() == "" || e.Anchor() == "" || e.ExitCode() == 0 || e.Error() == "" {
			t.Fatalf("%+v", e)
		}
		if !json.Valid(body) && (e.Name != "" || e.Message != "") {
			t.Fatalf("%q and %q out of no JSON", e.Name, e.Message)
		}
	})
}

// TestGone: only Postman itself says that there is no collection.
func TestGone(t *testing.T) {
	t.Parallel()
	for _, e := range []APIError{
		{Status: 404, Kind: KindNotFound, Name: "instanceNotFoundError"},
		{Status: 404, Kind: KindNotFound, Name: "notFoundError"}, // of a route
		{Status: 404, Kind: KindNotFound},
		{Status: 404, Kind: KindGatewayHTML},
		{Status: 400, Kind: KindNotFound, Name: "instanceNotFoundError"},
		{Status: 403, Kind: KindForbidden, Name: "forbiddenError"},
		{Status: 500, Kind: KindServer},
	} {
		if want := e.Status == 404 && e.Name == "instanceNotFoundError"; e.Gone() != want {
			t.Errorf("%d %s %s: gone %t", e.Status, e.Kind, e.Name, e.Gone())
		}
	}
}
