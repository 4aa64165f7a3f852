package predict

import (
	"strings"
	"testing"
)

// oneExample is a collection of one request and one example of it.
func oneExample(url, originalRequest string) string {
	return `{"collection":{"info":{"name":"n","description":"version=1 d"},"item":[{"request":{"method":"GET","url":{"raw":"{{u}}` + url +
		`"}},"response":[{"originalRequest":` + originalRequest + `}]}]}}`
}

// Criteria of examples, by server version.
func TestCriteria(t *testing.T) {
	t.Parallel()
	const both = `{"key":"q","value":"3"},{"key":"id","value":"1"}`
	for _, c := range []struct{ name, version, url, example, variables, want string }{
		{"a parameter given twice counts once", "1.15.0", "/a?s=1", "/a?s=2&s=2&s=1", "", "?s=1?s=2"},
		{"before 1.9.0 the last value counts", "1.8.0", "/a?s=1", "/a?s=2&s=1", "", "?s=1"},
		{"any part of the rules' text is a name", "1.15.0", "/a?status=1", "/a?us=2", "", "?us=2"},
		{"a path variable is not looked for among the query's names", "1.12.0", "/a/:id?q=1", "/a/1?q=2", both, "/id=1?q=2"},
		{"before 1.12.0 it is", "1.11.2", "/a/:id?q=1", "/a/1?q=2", both, "/id=1/q=3?q=2"},
		{"a hyphen belongs to a name", "1.15.0", "/a/:pet-id", "/a/1", `{"key":"pet","value":"1"},{"key":"pet-id","value":"2"}`, "/pet-id=2"},
	} {
		raw := oneExample(c.url, `{"url":{"raw":"{{u}}`+c.example+`","variable":[`+c.variables+`]}}`)
		p := Read([]byte(raw), Options{Version: c.version}).Import(Target{Main: true})
		if p.Outcome != Imported {
			t.Errorf("%s: %s %+v", c.name, p.Outcome, p.Cause)
			continue
		}
		if got := *p.Service.Operations[0].Examples[0].DispatchCriteria; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Criteria by dispatchers that a person set in Microcks.
func TestCriteriaOfEdited(t *testing.T) {
	t.Parallel()
	const (
		header  = `{"url":{"raw":"{{u}}/a"},"header":[{"key":"X-Tenant","value":"acme"},{"key":"Accept","value":"a/b"}]}`
		graphQL = `{"url":{"raw":"{{u}}/a"},"body":{"graphql":{"query":"{a}","variables":"{\"id\":7,\"b\":true}"}}}`
		body    = `{"url":{"raw":"{{u}}/a"},"body":{"raw":"{\"id\":7}"}}`
		nested  = `{"url":{"raw":"{{u}}/a"},"body":{"raw":"{\"id\":{}}"}}`
		query   = `{"url":{"raw":"{{u}}/a?s=1"}}`
		part    = `{"url":{"raw":"{{u}}/a","variable":[{"key":"id","value":"1"}]}}`
	)
	for name, c := range map[string]struct {
		dispatcher, rules string
		request           string
		options           Options
		file              bool   // as Postman exports it, pretty, so that the export importer reads it
		want              string // "none" for null
	}{
		"headers":                        {queryHeader, "X-Tenant", header, Options{}, false, "?X-Tenant=acme"},
		"headers, unknown before 1.11.0": {queryHeader, "X-Tenant", header, Options{Version: "1.10.1"}, false, "none"},
		"arguments, behind the wrapper":  {queryArgs, "id", body, Options{}, false, ""},
		"arguments of a file":            {queryArgs, "id", body, Options{}, true, "?id=7"},
		"GraphQL arguments of a file":    {queryArgs, "id && b", graphQL, Options{}, true, "?b=true?id=7"},
		"arguments, not of a body":       {queryArgs, "id", body, Options{Version: "1.9.0"}, true, "none"},
		"arguments that are no texts":    {queryArgs, "id", nested, Options{}, true, ""},
		"inside a fallback":              {fallback, `{"dispatcher":"URI_PARTS","dispatcherRules":"id"}`, part, Options{}, false, "/id=1"},
		"inside a fallback, parameters":  {fallback, `{"dispatcher":"URI_PARAMS","dispatcherRules":"s"}`, query, Options{}, false, "?s=1"},
		"inside a proxy's":               {proxyFallback, `{"dispatcher":"URI_PARTS","dispatcherRules":"id"}`, part, Options{}, false, "/id=1"},
		"inside a proxy's, before 1.9.1": {
			proxyFallback, `{"dispatcher":"URI_PARTS","dispatcherRules":"id"}`, part, Options{Version: "1.9.0"}, false, "none",
		},
		"a fallback of no JSON": {fallback, `URI_PARTS`, part, Options{}, false, "none"},
		"a script":              {"SCRIPT", "1", query, Options{}, false, "none"},
	} {
		raw := oneExample("/a", c.request)
		if c.file {
			raw = "{\n\"_postman_id\":\"1\",\n" + raw[len(`{"collection":{`):len(raw)-1]
		}
		existing := &Service{Name: "n", Version: "1", Operations: []Operation{
			{Name: "GET /a", Override: true, Dispatcher: c.dispatcher, DispatcherRules: &c.rules},
		}}
		im := Read([]byte(raw), c.options).Import(Target{Main: true, Existing: existing})
		if len(im.Examples) != 1 {
			t.Errorf("%s: %s %q %+v", name, im.Outcome, im.ImportError, im.Cause)
			continue
		}
		got := "none"
		if criteria := im.Examples[0].DispatchCriteria; criteria != nil {
			got = *criteria
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// What breaks an import, by kind; a request's address makes it be refused, an
// example crashes it.
func TestCauses(t *testing.T) {
	t.Parallel()
	const fine = `{"url":{"raw":"{{u}}/a"}}`
	elements := &Service{Name: "n", Version: "1", Operations: []Operation{
		{Name: "GET /a", Override: true, Dispatcher: URIElements, DispatcherRules: new("??")},
		{Name: "GET /b", Override: true, Dispatcher: URIElements},
	}}
	part := func(name string) string {
		return `{"url":{"raw":"{{u}}/a?s=1","variable":[{"key":"` + name + `","value":"1"}]}}`
	}
	for name, c := range map[string]struct {
		url, request, version string
		existing              *Service
		want                  CauseKind
		message               string // of the exception; "" for none
	}{
		"a request's escape": {
			url: "/a?%=1", request: fine, want: BadEscape, message: "URLDecoder: Incomplete trailing escape (%) pattern",
		},
		"an example's escape": {
			url: "/a?s=1", request: `{"url":{"raw":"{{u}}/a?s=%"}}`, want: BadEscape,
			message: "URLDecoder: Incomplete trailing escape (%) pattern",
		},
		"a request's equals sign": {url: "/a?=", request: fine, want: NamelessParameter, message: "Index 0 out of bounds for length 0"},
		"an example's without value": {
			url: "/a?s=1", request: `{"url":{"raw":"{{u}}/a?s=1&t"}}`, version: "1.9.0", want: ValuelessParameter,
			message: "Index 1 out of bounds for length 1",
		},
		"a request's without value": {url: "/a?s", request: fine, version: "1.7.1"},
		"a request's pattern":       {url: "/a[/:id", request: fine, want: BadPattern, message: "Unclosed character class near index"},
		"a variable's pattern": {
			url: "/a/:id", request: part("["), want: BadPattern, message: "Illegal/unsupported escape sequence near index 14",
		},
		"rules of question marks": {
			url: "/a", request: part("id"), existing: elements, want: RulesBlank, message: "Index 0 out of bounds for length 0",
		},
		"no rules":       {url: "/b", request: part("id"), existing: elements, want: RulesMissing},
		"a GraphQL body": {url: "/a", request: `{"url":{"raw":"{{u}}/a"},"body":{"graphql":{"query":"{a}"}}}`, want: GraphQLBody},
		"nothing":        {url: "/a", request: fine},
	} {
		im := Read([]byte(oneExample(c.url, c.request)), Options{Version: c.version}).Import(Target{Main: true, Existing: c.existing})
		failures := append(im.Document.Failures, im.Crashes...)
		if c.want == "" {
			if len(failures) > 0 || im.Outcome != Imported {
				t.Errorf("%s: %s %+v", name, im.Outcome, failures)
			}
			continue
		}
		if len(failures) != 1 || failures[0].Cause.Kind != c.want || !failures[0].Value.Exists() {
			t.Errorf("%s: %+v", name, failures)
			continue
		}
		cause := failures[0].Cause
		if c.message == "" && cause.Exception != nil || c.message != "" && !strings.HasPrefix(cause.Exception.Error(), c.message) {
			t.Errorf("%s: %v", name, cause.Exception)
		}
		if len(im.Crashes) > 0 && (im.Outcome != Crashed || im.Cause != cause) || len(im.Crashes) == 0 && im.Outcome != Refused {
			t.Errorf("%s: %s %+v", name, im.Outcome, im.Cause)
		}
	}
}
