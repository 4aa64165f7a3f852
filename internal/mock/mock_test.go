package mock_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// saved is an example: where its request goes, the values of path variables, and what
// came back.
type saved struct {
	name, at  string // "GET /pets/:id?x=1"
	variables []string
	code      any
	headers   []string // "Name: value"
	body      string
}

// service that a server makes of items, "GET /pets/:id", with their examples.
func service(t testing.TB, version string, items map[string][]saved, order ...string) *predict.Service {
	t.Helper()
	type object = map[string]any
	var list []object
	for _, at := range order {
		method, path, _ := strings.Cut(at, " ")
		var responses []object
		for _, e := range items[at] {
			_, own, _ := strings.Cut(e.at, " ")
			if e.at == "" {
				own = path
			}
			var variables, headers []object
			for _, v := range e.variables {
				k, v, _ := strings.Cut(v, "=")
				variables = append(variables, object{"key": k, "value": v})
			}
			for _, h := range e.headers {
				k, v, _ := strings.Cut(h, ": ")
				headers = append(headers, object{"key": k, "value": v})
			}
			response := object{"name": e.name, "body": e.body, "header": headers, "originalRequest": object{
				"method": method, "url": object{"raw": "{{u}}" + own, "variable": variables},
			}}
			if e.code != nil {
				response["code"] = e.code
			}
			responses = append(responses, response)
		}
		list = append(list, object{
			"name": at, "response": responses, "request": object{"method": method, "url": object{"raw": "{{u}}" + path}},
		})
	}
	raw, err := json.Marshal(object{"collection": object{
		"info": object{"name": "Pet Store", "description": "version=1.0 x"}, "item": list,
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := predict.Read(raw, predict.Options{Version: version}).Import(predict.Target{Main: true}).Service
	if s == nil {
		t.Fatalf("no service: %s", raw)
	}
	return s
}

// told is an answer in few words: kinds, statuses and examples.
func told(a mock.Answer) string {
	var out []string
	for _, c := range a.Candidates {
		text := fmt.Sprint(c.Kind, " ", c.Status)
		if c.Example != nil {
			text += " " + c.Example.Name
		}
		if c.Breaker != nil {
			text += " by " + c.Breaker.Name
		}
		out = append(out, text)
	}
	if a.Open {
		out = append(out, "open")
	}
	return strings.Join(out, ", ")
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	items := map[string][]saved{
		"GET /pets/:id":          {{name: "one", variables: []string{"id=1"}}, {name: "two", variables: []string{"id=2"}}},
		"GET /pets/mine":         {{name: "mine"}},
		"POST /pets":             {{name: "made", code: 201}, {name: "bad", code: 400}},
		"GET /v1.0/:kind/x":      {{name: "dotted", variables: []string{"kind=cat"}}},
		"GET /find?q=1":          {{name: "q", at: "GET /find?q=John%20Doe"}, {name: "none", at: "GET /find"}},
		"GET /odd":               {{name: "odd", code: 449}},
		"GET /mixed":             {{name: "j", headers: []string{"Content-Type: a/j"}}, {name: "x", headers: []string{"Content-Type: a/x"}}},
		"GET /star*":             {{name: "star"}},
		"PUT /broken/{{x}}/more": {{name: "never"}},
		"PUT /whole":             {{name: "whole"}},
		"GET /several": {
			{name: "p or z", headers: []string{"Content-Type: a/p", "Content-Type: a/z"}},
			{name: "z", headers: []string{"Content-Type: a/z"}}, {name: "n", headers: []string{"Content-Type: a/n"}},
		},
	}
	order := []string{
		"GET /pets/:id", "GET /pets/mine", "POST /pets", "GET /v1.0/:kind/x", "GET /find?q=1", "GET /odd", "GET /mixed", "GET /star*",
		"PUT /broken/{{x}}/more", "PUT /whole", "GET /several",
	}
	for _, c := range []struct{ version, call, accept, want string }{
		{"1.15.0", "GET /pets/1", "", "saved 200 one"},
		{"1.15.0", "GET /pets/1/", "", "unmatched 400"},
		{"1.15.0", "GET /pets/mine", "", "saved 200 mine"},
		{"1.15.0", "GET /pets/3", "", "unmatched 400"},
		{"1.9.0", "GET /pets/3", "", "saved 200 one, saved 200 two"},
		{"1.15.0", "POST /pets", "", "saved 201 made, saved 400 bad"},
		{"1.15.0", "GET /v1.0/cat/x", "", "saved 200 dotted"},
		{"1.15.0", "GET /v1-0/cat/x", "", "saved 200 dotted"},
		{"1.15.0", "GET /v1-0/cat/y", "", "no operation 404"},
		{"1.15.0", "GET /find?q=John%20Doe", "", "saved 200 q"},
		{"1.15.0", "GET /find?q=John+Doe&more=1", "", "saved 200 q"},
		{"1.15.0", "GET /find?q", "", "saved 200 none"},
		{"1.9.0", "GET /find?q=&a=b", "", "not decodable 500"},
		{"1.15.0", "GET /find?q=%", "", "refused 400"},
		{"1.10.0", "GET /find?q=%", "", "not decodable 500"},
		{"1.15.0", "GET /find?=x", "", "refused 400"},
		{"1.10.0", "GET /find?q=[x]", "", "refused 400"},
		{"1.15.0", "GET /find?delay=soon", "", "refused 400"},
		{"1.15.0", "GET /odd", "", "spoilt 500 odd"},
		{"1.15.0", "GET /mixed", "", "saved 200 j, saved 200 x"},
		{"1.15.0", "GET /mixed", "a/x", "saved 200 x"},
		{"1.15.0", "GET /mixed", "a/z", "saved 200 j, saved 200 x"},
		{"1.15.0", "GET /several", "a/z", "saved 200 p or z, saved 200 z"},
		{"1.15.0", "GET /several", "a/p", "saved 200 p or z, saved 200 z, saved 200 n"},
		{"1.15.0", "GET /starrr", "", "saved 200 star"},
		{"1.15.0", "PUT /nothing", "", "disturbed 500 by PUT /broken/{{x}}/more"},
		{"1.15.0", "PUT /whole", "", "saved 200 whole"},
		{"1.15.0", "GET /nothing", "", "no operation 404"},
		{"1.15.0", "OPTIONS /pets/1", "", "preflight 204"},
		{"1.15.0", "TRACE /pets/1", "", "refused 405"},
		{"1.13.0", "TRACE /pets/1", "", "refused 400"},
		{"1.15.0", "COPY /pets/1", "", "refused 400"},
		{"1.15.0", "GET /pets//1", "", "refused 400"},
		{"1.15.0", "GET /pets/../1", "", "refused 400"},
		{"1.15.0", "GET /pets/a%2Fb", "", "refused 400"},
		{"1.15.0", "GET /pets/a%2x", "", "refused 400"},
		{"1.15.0", "GET pets", "", "open"},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		path, query, _ := strings.Cut(path, "?")
		r := mock.Request{Method: method, Path: path, Query: query}
		if c.accept != "" {
			r.Headers = []predict.Header{{Name: "Accept", Values: []string{c.accept}}}
		}
		a := mock.Of(service(t, c.version, items, order...), mock.Options{Version: c.version}).Answer(r)
		if got := told(a); got != c.want {
			t.Errorf("%s %s %s: got %s, want %s", c.version, c.call, c.accept, got, c.want)
		}
	}
}

// Where the order of the operations is not known, each that can answer is a candidate.
func TestAnswerInAnyOrder(t *testing.T) {
	t.Parallel()
	items := map[string][]saved{"GET /a/:x": {{name: "x"}}, "GET /:y/b": {{name: "y"}}, "GET /{{z}}": {{name: "z"}}}
	s := service(t, "1.9.0", items, "GET /a/:x", "GET /:y/b", "GET /{{z}}")
	a := mock.Of(s, mock.Options{Version: "1.9.0", AnyOrder: true}).Answer(mock.Request{Method: "GET", Path: "/a/b"})
	if got := told(a); got != "disturbed 500 by GET /{{z}}, saved 200 x, saved 200 y" || a.Operation != nil {
		t.Error(got)
	}
}

// Beyond the budget nothing is claimed.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	s := service(t, "", map[string][]saved{"GET /a": {{name: "x"}}}, "GET /a")
	meter := budget.New(t.Context())
	m := mock.Of(s, mock.Options{Meter: meter})
	_ = meter.Within(func() { meter.Work(budget.MostWork) })
	if got := told(m.Answer(mock.Request{Method: "GET", Path: "/a"})); got != "open" {
		t.Error(got)
	}
	calls, uncalled := m.Calls(nil)
	if len(calls) != 0 || len(uncalled) != 1 || uncalled[0].Reason != mock.NotKnown {
		t.Error(calls, uncalled)
	}
	if got := told(mock.Of(s, mock.Options{Meter: meter}).Answer(mock.Request{Method: "GET", Path: "/a"})); got != "open" {
		t.Error(got)
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	items := map[string][]saved{
		"GET /pets/:id": {
			{name: "one", variables: []string{"id=a b"}}, {name: "é", variables: []string{"id=é"}}, {name: "again", variables: []string{"id=é"}},
			{name: "plus", variables: []string{"id=a+b"}},
		},
		"POST /pets":        {{name: "made", code: 201}, {name: "bad", code: 400}},
		"GET /find?q=1":     {{name: "q", at: "GET /find?q=John%20Doe&z=%2B"}},
		"GET /two?p=1&q=1":  {{name: "signs", at: "GET /two?p=1&q=a%3Fz%3D2%2Fb%3Dc"}},
		"GET /part?kind=1":  {{name: "within", at: "GET /part?kind=1&nd=2", variables: []string{"nd=2"}}},
		"GET /slow?delay=1": {{name: "slow", at: "GET /slow?delay=9000"}, {name: "quick", at: "GET /slow?delay=5"}},
		"OPTIONS /pets":     {{name: "options"}},
		"HEAD /pets":        {{name: "head"}},
		"HEAD /h/:id":       {{name: "part", variables: []string{"id=1"}}},
		"COPY /pets":        {{name: "copy"}},
		"GET /x/:id.json":   {{name: "x", variables: []string{"id=1"}}},
		"GET /kind":         {{name: "j", headers: []string{"Content-Type: a/j"}}, {name: "x", headers: []string{"Content-Type: a/x"}}},
		"GET /waits":        {{name: "waits", code: 103}},
		"DELETE /b/{{x}":    {{name: "bad"}}, "DELETE /a/:id": {{name: "one", variables: []string{"id=1"}}},
	}
	order := []string{
		"GET /pets/:id", "POST /pets", "GET /find?q=1", "GET /slow?delay=1", "OPTIONS /pets", "HEAD /pets", "HEAD /h/:id",
		"COPY /pets", "GET /x/:id.json",
		"GET /kind", "GET /waits", "GET /two?p=1&q=1", "GET /part?kind=1",
		"DELETE /b/{{x}", "DELETE /a/:id",
	}
	s := service(t, "1.15.0", items, order...)
	calls, uncalled := mock.Of(s, mock.Options{Version: "1.15.0"}).Calls(nil)
	var got []string
	for _, c := range calls {
		var names []string
		for _, e := range c.Examples {
			names = append(names, e.Name)
		}
		got = append(got, c.Request.Method+" "+c.Path()+" "+c.Request.Headers[0].Values[0]+": "+strings.Join(names, ", "))
	}
	for _, u := range uncalled {
		text := u.Operation.Name + " " + u.Example.Name + ": " + string(u.Reason)
		if u.Other != nil {
			text += " " + u.Other.Name
		}
		got = append(got, text)
	}
	base := "/rest/Pet%20Store/1.0"
	want := []string{
		"GET " + base + "/pets/a%20b */*: one",
		"GET " + base + "/pets/%C3%A9 */*: é, again",
		"POST " + base + "/pets */*: made, bad",
		"GET " + base + "/find?q=John%20Doe */*: q",
		"GET " + base + "/slow?delay=5 */*: quick",
		"OPTIONS " + base + "/pets */*: options",
		"HEAD " + base + "/pets */*: head",
		"GET " + base + "/kind a/j: j",
		"GET " + base + "/kind a/x: x",
		"GET " + base + "/two?p=1&q=a%3Fz%3D2%2Fb%3Dc */*: signs",
		"GET " + base + "/part?kind=1&nd=2 */*: within",
		"DELETE " + base + "/a/1 */*: one",
		"GET /pets/:id plus: unselected",
		"GET /slow slow: delayed",
		"HEAD /h/:id part: unselected",
		"COPY /pets copy: method",
		"GET /x/:id.json x: unselected",
		"GET /waits waits: unanswered",
		"DELETE /b/{{x} bad: broken DELETE /b/{{x}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Of an example whose saved length is not that of its body, a client reads what comes
// until the connection ends; whether it is that one, or another that can answer.
func TestCallOfAWrongLength(t *testing.T) {
	t.Parallel()
	typed := "Content-Type: a/b"
	s := service(t, "", map[string][]saved{"GET /a": {
		{name: "short", body: "body", headers: []string{typed, "Content-Length: 3"}},
		{name: "long", body: "body!", headers: []string{typed, "content-length: 60"}},
		{name: "rendered", body: "{{now()}}", headers: []string{typed, "Content-Length: 3"}, code: 201},
		{name: "right", body: "bod", headers: []string{typed, "Content-Length: 3"}, code: 404},
	}, "GET /b": {{name: "b"}}}, "GET /a", "GET /b")
	calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil)
	if len(calls) != 2 || len(uncalled) != 0 || len(calls[0].Examples) != 4 {
		t.Fatalf("%d calls: %+v", len(calls), uncalled)
	}
	last := predict.Header{Name: "Connection", Values: []string{"close"}}
	for i, want := range []bool{true, false} {
		ends := slices.ContainsFunc(calls[i].Request.Headers, func(h predict.Header) bool { return cmp.Equal(h, last) })
		if ends != want {
			t.Errorf("%s: the connection ends: %t", calls[i].Path(), ends)
		}
	}
	for _, c := range []struct {
		status     int
		body, want string
	}{
		{200, "bod", "spoilt short"}, {200, "body", ""}, {200, "body!", "spoilt long"}, {201, "any", "spoilt rendered"},
		{404, "bod", "saved right"}, {404, "body", ""},
	} {
		one, d := calls[0].Answer.Judge(mock.Response{Status: c.status, Header: http.Header{"Content-Type": {"a/b"}}, Body: []byte(c.body)})
		got := ""
		if len(d) == 0 {
			got = string(one.Kind) + " " + one.Example.Name
		}
		if got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.body, got, c.want)
		}
	}
}

// Where the address that a name makes leads elsewhere, one that was saved can lead to
// the operation.
func TestCallAtASavedPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at, saved, want string
		variables       []string
	}{
		{at: "GET /users/{{id}}", saved: "GET /users/100", want: "/users/100"},
		{at: "GET /users/{{id}}", saved: "GET /users/{{id}}"},
		{at: "GET {{path}}", saved: "GET /users/7", want: "/users/7"},
		{at: "GET /:a/{{b}}", saved: "GET /1/2"},
	} {
		s := service(t, "", map[string][]saved{c.at: {{name: "e", at: c.saved, variables: c.variables}}}, c.at)
		calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil)
		got := ""
		if len(calls) == 1 {
			got = calls[0].Request.Path
		}
		if got != c.want || len(calls)+len(uncalled) != 1 {
			t.Errorf("%s saved at %s is called at %q, want %q: %v", c.at, c.saved, got, c.want, uncalled)
		}
	}
}

// No call leaves the mocks of the service.
func TestCallsStayBelow(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"GET /../../api/jobs", "GET /./x", "GET h.io"} {
		s := &predict.Service{Name: "a", Version: "1", Operations: []predict.Operation{{
			Name: at, Method: "GET", ResourcePaths: []string{strings.TrimPrefix(at, "GET ")}, Examples: []predict.Example{{Name: "e"}},
		}}}
		if calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil); len(calls) != 0 || uncalled[0].Reason != mock.LeadsOut {
			t.Errorf("%s: %v %v", at, calls, uncalled)
		}
	}
}

// Operations that forward calls or run somebody's script are never called.
func TestCallsLeaveDispatchersAlone(t *testing.T) {
	t.Parallel()
	for dispatcher, want := range map[string]mock.Reason{
		"PROXY": mock.Proxy, "PROXY_FALLBACK": mock.Proxy, "SCRIPT": mock.Script, "JS": mock.Script, "QUERY_HEADER": mock.NeedsHeader,
		"JSON_BODY": mock.OtherDispatcher, "FALLBACK": mock.OtherDispatcher, "SEQUENCE": mock.OtherDispatcher,
	} {
		s := &predict.Service{Name: "a", Version: "1", Operations: []predict.Operation{{
			Name: "GET /a", Method: "GET", Dispatcher: dispatcher, DispatcherRules: new("id"), ResourcePaths: []string{"/a"},
			Examples: []predict.Example{{Name: "e"}},
		}}}
		if calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil); len(calls) != 0 || uncalled[0].Reason != want {
			t.Errorf("%s: %v %v", dispatcher, calls, uncalled)
		}
	}
}

// Nor is one that shares a path with them, in whatever order a server looks.
func TestCallsKeepClearOfDispatchers(t *testing.T) {
	t.Parallel()
	op := func(name, dispatcher string, paths ...string) predict.Operation {
		return predict.Operation{
			Name: name, Method: "GET", Dispatcher: dispatcher, ResourcePaths: paths,
			Examples: []predict.Example{{Name: "e", Response: predict.Response{Status: "200"}}},
		}
	}
	for _, c := range []struct {
		path   string
		others []predict.Operation
		want   mock.Reason
	}{
		{"/a/b", nil, ""},
		{"/a/b", []predict.Operation{op("GET /a", "PROXY", "/a")}, ""},
		{"/a/b", []predict.Operation{op("GET /:x/b", "PROXY", "/a/b")}, mock.Proxy},
		{"/a/c", []predict.Operation{op("GET /:x/c", "SCRIPT", "/z/c")}, ""}, // a path that is known goes before patterns
		{"/{y}/c", []predict.Operation{op("GET /:x/c", "JS", "/z/c")}, mock.Script},
	} {
		mine := op("GET "+c.path, "", c.path)
		if strings.Contains(c.path, "{") {
			mine.ResourcePaths = []string{"/none"}
		}
		for _, ops := range [][]predict.Operation{append([]predict.Operation{mine}, c.others...), append(c.others, mine)} {
			s := &predict.Service{Name: "a", Version: "1", Operations: ops}
			i := slices.IndexFunc(ops, func(op predict.Operation) bool { return op.Name == mine.Name })
			calls, uncalled := mock.Of(s, mock.Options{}).CallsOf(&ops[i], nil)
			if len(calls) == 1 != (c.want == "") || len(uncalled) == 1 && uncalled[0].Reason != c.want {
				t.Errorf("%s beside %s: %v %v, want %q", mine.Name, ops[0].Name, calls, uncalled, c.want)
			}
		}
	}
}

// What no server takes, or nobody reads, is not called.
func TestCallsAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 8192)
	example := func(value string) predict.Example {
		return predict.Example{
			DispatchCriteria: new("?q=" + value), Request: predict.Request{Parameters: []predict.Parameter{{Name: "q", Value: value}}},
			Response: predict.Response{Status: "200"},
		}
	}
	many := predict.Example{Request: predict.Request{Parameters: make([]predict.Parameter, 201)}}
	for name, c := range map[string]struct {
		service, path string
		example       predict.Example
		want          mock.Reason
	}{
		"short":                  {"Pets", "/pets", example("a"), ""},
		"signs of criteria":      {"Pets", "/pets", example("a?b=c"), ""},
		"a long name":            {long, "/pets", example("a"), mock.NoAddress},
		"a long path":            {"Pets", "/" + long, example("a"), mock.TooLong},
		"a long value":           {"Pets", "/pets", example(long), mock.TooLong},
		"a value escaped":        {"Pets", "/pets", example(strings.Repeat("é", 2000)), mock.TooLong},
		"parameters in hundreds": {"Pets", "/pets", many, mock.TooMany},
	} {
		s := &predict.Service{Name: c.service, Version: "1", Operations: []predict.Operation{{
			Name: "GET " + c.path, Method: "GET", Dispatcher: predict.URIParams, DispatcherRules: new("q"),
			ResourcePaths: []string{c.path}, Examples: []predict.Example{c.example},
		}}}
		calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil)
		if len(calls) == 1 != (c.want == "") || len(uncalled) == 1 && uncalled[0].Reason != c.want {
			t.Errorf("%s: %d calls, %.200v", name, len(calls), uncalled)
		}
	}
}

// The memory of long addresses is charged, however many examples have the same.
func TestCallsCostMemory(t *testing.T) {
	t.Parallel()
	used := func(path string) int {
		op := predict.Operation{Name: "GET " + path, Method: "GET", ResourcePaths: []string{path}, Examples: make([]predict.Example, 100)}
		meter := budget.New(t.Context())
		mock.Of(&predict.Service{Name: "a", Version: "1", Operations: []predict.Operation{op}}, mock.Options{Meter: meter}).Calls(nil)
		_, memory := meter.Used()
		return memory
	}
	if short, long := used("/a"), used("/"+strings.Repeat("a", 5000)); long-short < 100*4000 {
		t.Errorf("%d and %d bytes", short, long)
	}
}

// Of an example whose contents are digested everything but the body is known.
func TestDigestedExamples(t *testing.T) {
	t.Parallel()
	s := service(t, "", map[string][]saved{"GET /a": {{name: "a", body: "x", headers: []string{"X-A: 1", "Content-Length: 1"}}}}, "GET /a")
	digest, err := s.Digest(nil)
	if err != nil {
		t.Fatal(err)
	}
	a := mock.Of(digest, mock.Options{}).Answer(mock.Request{Method: "GET", Path: "/a"})
	for value, want := range map[string]int{"1": 0, "2": 1} {
		one, differences := a.Judge(mock.Response{Status: 200, Header: http.Header{
			"X-A": {value}, "Content-Type": {"application/octet-stream"},
		}, Body: []byte("any")})
		if one == nil || one.Kind != mock.Saved || len(differences) != want {
			t.Errorf("%s: %+v %v", value, one, differences)
		}
	}
}

// Candidates that say the same can all have answered.
func TestFitting(t *testing.T) {
	t.Parallel()
	s := service(t, "", map[string][]saved{"GET /a": {
		{name: "a", body: "x"}, {name: "b", body: "y"}, {name: "c", body: "x"},
	}}, "GET /a")
	a := mock.Of(s, mock.Options{}).Answer(mock.Request{Method: "GET", Path: "/a"})
	for body, want := range map[string]string{"x": "ac", "y": "b", "z": ""} {
		got, header := "", http.Header{"Content-Type": {"application/octet-stream"}}
		for _, c := range a.Fitting(mock.Response{Status: 200, Header: header, Body: []byte(body)}) {
			got += c.Example.Name
		}
		if got != want {
			t.Errorf("%s: %q can have answered, want %q", body, got, want)
		}
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, saved string
		kind           mock.TextKind
		right, wrong   string
	}{
		{"", "x", mock.Literal, "x", "y"},
		{"", "a{{b}}c", mock.Vanishing, "ac", "a{{b}}c"},
		{"", "a{{ }}{{b}}", mock.Literal, "a{{ }}{{b}}", "a"},
		{"", "a{{b", mock.Literal, "a{{b", "a"},
		{"", `{"id":{{id}}}`, mock.Vanishing, `{"id":`, `{"id":}`},
		{"1.10.0", `{"id":{{id}}}`, mock.Vanishing, `{"id":}`, `{"id":`},
		{"", `{"id":"{{uuid()}}","n":"{{n}}"}`, mock.Computed, `{"id":"1","n":""}`, `{"id":"1","n":"1"}`},
		{"", "{{$randomFirstName}} {{$randomWord}}", mock.Computed, "Bob ", "Bob"},
		{"", "{{uuid}}", mock.Computed, "class x", "class x"},
		{"", `{{"a"}}`, mock.Unknown, "anything", "anything"},
		{"", "{{uuid() > put(id)}} {{id}}", mock.Unknown, "a a", "a a"},
	} {
		s := service(t, c.version, map[string][]saved{"GET /a": {{name: "a", body: c.saved}}}, "GET /a")
		a := mock.Of(s, mock.Options{Version: c.version}).Answer(mock.Request{Method: "GET", Path: "/a"})
		if got := a.Candidates[0].Body.Kind; got != c.kind {
			t.Errorf("%s: kind %v, want %v", c.saved, got, c.kind)
		}
		answer := mock.Response{Status: 200, Header: http.Header{}, Body: []byte(c.right)}
		if _, d := a.Judge(answer); d != nil {
			t.Errorf("%s: %v", c.saved, d)
		}
		answer.Body = []byte(c.wrong)
		if _, d := a.Judge(answer); c.wrong != c.right && (len(d) != 1 || d[0].Aspect != mock.InBody) {
			t.Errorf("%s: %q passes: %v", c.saved, c.wrong, d)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	s := service(t, "", map[string][]saved{"GET /a": {
		{name: "first", body: `{"a": 1}`, headers: []string{
			"Content-Type: application/json; charset=utf-8", "X-A: 1", "x-a: 2", "Location: /b", "Date: x", "X-日本: 日本", "Link: 日本",
		}},
		{name: "second", code: 404, body: "no"},
	}}, "GET /a")
	a := mock.Of(s, mock.Options{}).Answer(mock.Request{Method: "GET", Path: "/a"})
	header := func(pairs ...string) http.Header {
		h := http.Header{"Content-Type": {"application/json;charset=UTF-8"}, "X-A": {"2"}, "Location": {"http://h/rest/b"}}
		for _, p := range pairs {
			k, v, _ := strings.Cut(p, ": ")
			h.Set(k, v)
		}
		return h
	}
	const body = `{"a":1}`
	for name, c := range map[string]struct {
		status int
		header http.Header
		body   string
		want   string // the example, and in what it differs
	}{
		"as saved":          {200, header(), body, "first"},
		"the other":         {404, http.Header{}, "no", "second"},
		"another status":    {500, http.Header{}, "no", "second status"},
		"another header":    {200, header("X-A: 3"), body, "first header X-A"},
		"another type":      {200, header("Content-Type: a/b"), body, "first media-type"},
		"another charset":   {200, header("Content-Type: application/json;charset=utf-16"), body, "first media-type"},
		"not completed":     {200, header("Location: /b"), body, "first"},
		"an alien location": {200, header("Location: http://h/c"), body, "first header Location"},
		"another body":      {200, header(), `{"a":2}`, "first body"},
	} {
		e, d := a.Judge(mock.Response{Status: c.status, Header: c.header, Body: []byte(c.body)})
		got := e.Example.Name
		for _, x := range d {
			got += strings.TrimRight(" "+string(x.Aspect)+" "+x.Header, " ")
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if c, d := (mock.Answer{Open: true}).Judge(mock.Response{Status: 500}); c != nil || d != nil {
		t.Error("something is said of what is open")
	}
}

// A server that could compress a body writes Vary anew, and adds to it.
func TestJudgeOfVary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		saved, got string
		right      bool
	}{
		{"Accept-Encoding", "accept-encoding", true},
		{"Origin, Accept-Encoding", "accept-encoding,origin", true},
		{"Origin", "origin,accept-encoding", true},
		{"Origin", "Origin", true},
		{"*", "*", true},
		{"Origin, Accept-Encoding", "origin", false},
		{"Origin", "accept-encoding", false},
		{"Origin", "origin,cookie", false},
		{"*", "accept-encoding", false},
		{"Origin", "*", false},
	} {
		s := service(t, "", map[string][]saved{"GET /a": {{name: "a", headers: []string{"vary: " + c.saved}}}}, "GET /a")
		a := mock.Of(s, mock.Options{}).Answer(mock.Request{Method: "GET", Path: "/a"})
		_, d := a.Judge(mock.Response{Status: 200, Header: http.Header{"Vary": {c.got}}})
		if (d == nil) != c.right {
			t.Errorf("saved %q, came %q: %v", c.saved, c.got, d)
		}
	}
}

func TestFlaw(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version string
		e       saved
		want    mock.Flaw
	}{
		{"", saved{}, mock.NoFlaw},
		{"", saved{code: 449}, mock.FlawStatus},
		{"", saved{code: "+0200"}, mock.NoFlaw},
		{"", saved{code: " 200"}, mock.FlawStatus},
		{"1.15.0", saved{code: 419}, mock.FlawStatus},
		{"1.13.0", saved{code: 419}, mock.NoFlaw},
		{"", saved{code: 100}, mock.FlawInterim},
		{"", saved{headers: []string{"Content-Type: json"}}, mock.FlawMediaType},
		{"", saved{headers: []string{"Content-Type: image/*"}}, mock.FlawMediaType},
		{"", saved{headers: []string{"Content-Type: {{x}}"}}, mock.FlawMediaType},
		{"", saved{headers: []string{"Content-Type: a/b; charset=nope"}}, mock.FlawMediaType},
		{"", saved{headers: []string{"Content-Type: a/b;x=y; charset=UTF-8"}}, mock.NoFlaw},
		{"", saved{headers: []string{"X: a\nb"}}, mock.FlawValue},
		{"", saved{headers: []string{"Content-Length: x"}}, mock.FlawValue},
		{"", saved{headers: []string{"Content-Length: 7"}}, mock.FlawLength},
		{"", saved{headers: []string{"Content-Encoding: gzip"}}, mock.FlawEncoding},
		{"", saved{headers: []string{"Content-Encoding: identity", "Content-Length: 0"}}, mock.NoFlaw},
		{"1.15.0", saved{headers: []string{": x"}}, mock.FlawNameless},
		{"1.9.0", saved{headers: []string{": x"}}, mock.NoFlaw},
		{"", saved{headers: []string{"X Y: x"}}, mock.FlawName},
	} {
		s := service(t, c.version, map[string][]saved{"GET /a": {c.e}}, "GET /a")
		if got := mock.Of(s, mock.Options{Version: c.version}).Flaw(&s.Operations[0].Examples[0]); got != c.want {
			t.Errorf("%s %+v: got %q, want %q", c.version, c.e, got, c.want)
		}
	}
}
