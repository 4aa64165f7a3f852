package predict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMockCall(t *testing.T) {
	t.Parallel()
	example := func(criteria string, parameters ...Parameter) Example {
		e := Example{Request: Request{Parameters: parameters}}
		if criteria != "none" {
			e.DispatchCriteria = &criteria
		}
		return e
	}
	one := []Example{example("none")}
	id := func(value string) []Example {
		return []Example{example("/id="+value, Parameter{"id", value}), example("/id=other", Parameter{"id", "other"})}
	}
	for name, c := range map[string]struct {
		service string // its name; "" for "Pet Store"
		op      Operation
		want    string // method and path; "" when it cannot be addressed
	}{
		"without a dispatcher": {op: Operation{Name: "GET /pets", Method: "GET", Examples: one}, want: "GET /rest/Pet%20Store/1.0/pets"},
		"a part that nobody looks at": {
			op:   Operation{Name: "GET /pets/:id", Method: "GET", Examples: one},
			want: "GET /rest/Pet%20Store/1.0/pets/id",
		},
		"two examples without a dispatcher": {op: Operation{Name: "GET /pets", Method: "GET", Examples: append(one, one...)}},
		"by parts": {
			op:   Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: id("a b")},
			want: "GET /rest/Pet%20Store/1.0/pets/a%20b",
		},
		"by parts in braces": {
			op:   Operation{Name: "GET /pets/{id}", Method: "GET", Dispatcher: URIParts, Examples: id("1")},
			want: "GET /rest/Pet%20Store/1.0/pets/1",
		},
		"by parameters": {
			op: Operation{Name: "GET /pets", Method: "GET", Dispatcher: URIParams, Examples: []Example{
				example("?page=2?q=a b", Parameter{"q", "a b"}, Parameter{"page", "2"}, Parameter{"other", "3"}),
			}},
			want: "GET /rest/Pet%20Store/1.0/pets?page=2&q=a%20b",
		},
		"by both": {
			op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIElements, Examples: []Example{
				example("/id=1?page=2", Parameter{"id", "1"}, Parameter{"page", "2"}),
			}},
			want: "GET /rest/Pet%20Store/1.0/pets/1?page=2",
		},
		"the same criteria": {
			op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: append(id("1"), id("1")...)},
		},
		"a value with a slash": {op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: id("a/b")}},
		"a value of dots":      {op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: id("..")}},
		"a value of one dot": {
			op: Operation{Name: "DELETE /pets/:id/x", Method: "DELETE", Dispatcher: URIParts, Examples: id(".")},
		},
		"values that make dots": {
			op: Operation{Name: "GET /:a:b/api", Method: "GET", Dispatcher: URIParts, Examples: []Example{
				example("/a=./b=.", Parameter{"a", "."}, Parameter{"b", "."}),
			}},
		},
		"dots in the name":          {op: Operation{Name: "GET /../../api/jobs", Method: "GET", Examples: one}},
		"dots as a part's own name": {op: Operation{Name: "GET /:../api", Method: "GET", Examples: one}},
		"dots in braces":            {op: Operation{Name: "GET /{..}/api", Method: "GET", Examples: one}},
		"dots within a segment": {
			op:   Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: id("1..2")},
			want: "GET /rest/Pet%20Store/1.0/pets/1..2",
		},
		"criteria of other values": {
			op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: []Example{example("/id=1")}},
		},
		"no criteria":                {op: Operation{Name: "GET /pets/:id", Method: "GET", Dispatcher: URIParts, Examples: one}},
		"another dispatcher":         {op: Operation{Name: "GET /pets", Method: "GET", Dispatcher: "SCRIPT", Examples: one}},
		"a variable in the path":     {op: Operation{Name: "GET /{{v}}/pets", Method: "GET", Examples: one}},
		"a path of other signs":      {op: Operation{Name: "GET /pets;a", Method: "GET", Examples: one}},
		"a method that no mock has":  {op: Operation{Name: "get /pets", Method: "get", Examples: one}},
		"no path":                    {op: Operation{Name: "GET", Method: "GET", Examples: one}},
		"an unknown operation":       {op: Operation{Name: "GET /pets", Method: "GET", Unknown: true, Examples: one}},
		"a name that stands nowhere": {service: "a/b", op: Operation{Name: "GET /pets", Method: "GET", Examples: one}},
	} {
		s := &Service{Name: "Pet Store", Version: "1.0"}
		if c.service != "" {
			s.Name = c.service
		}
		got := ""
		if call, ok := s.MockCalls(&c.op).To(&c.op.Examples[0]); ok {
			got = call.Method + " " + call.Path
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// What no server takes, or nobody reads, is not called.
func TestMockCallIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", longestAddress)
	example := func(value string) []Example {
		return []Example{{DispatchCriteria: new("?q=" + value), Request: Request{Parameters: []Parameter{{"q", value}}}}}
	}
	many := []Example{{Request: Request{Parameters: make([]Parameter, mostParameters+1)}}}
	for name, c := range map[string]struct {
		service string
		op      Operation
		want    bool
	}{
		"short":           {"Pets", Operation{Name: "GET /pets", Dispatcher: URIParams, Examples: example("a")}, true},
		"a long name":     {long, Operation{Name: "GET /pets", Examples: make([]Example, 1)}, false},
		"a long path":     {"Pets", Operation{Name: "GET /" + long, Examples: make([]Example, 1)}, false},
		"a long value":    {"Pets", Operation{Name: "GET /pets", Dispatcher: URIParams, Examples: example(long)}, false},
		"a value escaped": {"Pets", Operation{Name: "GET /pets", Dispatcher: URIParams, Examples: example(strings.Repeat("é", 2000))}, false},
		"many parameters": {"Pets", Operation{Name: "GET /pets", Examples: many}, false},
	} {
		c.op.Method = "GET"
		if call, ok := (&Service{Name: c.service, Version: "1"}).MockCalls(&c.op).To(&c.op.Examples[0]); ok != c.want {
			t.Errorf("%s: %.100s", name, call.Path)
		}
	}
}

func TestMockPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, version, want string
		addressable         bool
	}{
		{"Pet Store", "1.0", "/rest/Pet%20Store/1.0", true},
		{"Bob's (new), fun!*", "1.0-b", "/rest/Bob's%20(new),%20fun!*/1.0-b", true},
		{"Größe", "v1", "/rest/Gr%C3%B6%C3%9Fe/v1", true},
		{"a/b", "1", "/rest/a%2Fb/1", false},
		{"a", "1 b", "/rest/a/1%20b", false},
		{"", "1", "/rest//1", false},
		{"..", "1", "/rest/../1", false},
		{"a", "", "/rest/a/", false},
	} {
		if got := MockPath(c.name, c.version); got != c.want {
			t.Errorf("%q %q: got %s, want %s", c.name, c.version, got, c.want)
		}
		if got := (&Service{Name: c.name, Version: c.version}).Addressable(); got != c.addressable {
			t.Errorf("%q %q: addressable %v", c.name, c.version, got)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	header := func(name string, values ...string) Response {
		return Response{MediaType: "text/plain", Content: new("four"), Headers: []Header{{name, values}}}
	}
	for name, c := range map[string]struct {
		response Response
		want     *Header
	}{
		"plain":               {header("X-Any", "1"), nil},
		"packed":              {header("content-encoding", "GZIP"), &Header{"Content-Encoding", []string{"GZIP"}}},
		"not packed":          {header("Content-Encoding", "identity"), nil},
		"the right length":    {header("Content-Length", "4"), nil},
		"another length":      {header("Content-Length", "5"), &Header{"Content-Length", []string{"5"}}},
		"a length of no body": {Response{Headers: []Header{{"Content-Length", []string{"0"}}}}, &Header{"Content-Length", []string{"0"}}},
		"any image":           {Response{MediaType: "image/*"}, &Header{"Content-Type", []string{"image/*"}}},
	} {
		if diff := cmp.Diff(c.want, (&Example{Response: c.response}).Unreadable()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestExampleOfMock(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]int{"200": 200, "": 0, "201 Created": 0} {
		if got := (&Example{Response: Response{Status: status}}).MockStatus(); got != want {
			t.Errorf("status %q: %d", status, got)
		}
	}
	for body, want := range map[string]bool{"{}": false, `{"id":"{{uuid()}}"}`: true} {
		if got := (&Example{Response: Response{Content: &body}}).Templated(); got != want {
			t.Errorf("%s: templated %v", body, got)
		}
	}
	if (&Example{}).Templated() {
		t.Error("no body is templated")
	}
}

// A criterion's value may hold the signs that part criteria.
func TestMockCallWithOddValues(t *testing.T) {
	t.Parallel()
	criteria := "?q=a?b=c"
	op := Operation{Name: "GET /pets", Method: "GET", Dispatcher: URIParams, Examples: []Example{{
		DispatchCriteria: &criteria, Request: Request{Parameters: []Parameter{{"q", "a?b=c"}}},
	}}}
	call, ok := (&Service{Name: "Pets", Version: "1"}).MockCalls(&op).To(&op.Examples[0])
	if !ok || !strings.HasSuffix(call.Path, "/pets?q=a%3Fb%3Dc") {
		t.Errorf("%v %+v", ok, call)
	}
}
