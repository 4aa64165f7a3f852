package predict

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/text"
)

// MockCall is the request by which a consumer gets one example from a mock.
type MockCall struct {
	Method string
	// Below is the path of the service's mocks, [MockPath]: no part of the call
	// leads out of it.
	Below string
	// Path below the server's address, escaped, with its query:
	// "/rest/Pet%20Store/1.0/pets/1?expand=true".
	Path    string
	Headers []Header
	Body    *string
}

// Bounds of what is addressed.
const (
	longestAddress = 8192 // bytes, of a request line that servers take
	mostParameters = 200  // of an example: nobody reads the calls of more
)

// Plain parts of a mock's address. Anything else a server or a gateway before
// it may read in another way, so it is not claimed to work.
var (
	plainPath  = regexp.MustCompile(`^(/[A-Za-z0-9_.~:{}$-]*)+$`)
	pathPart   = regexp.MustCompile(`:([^:/]+)|\{([^/}]+)\}`)
	plainValue = regexp.MustCompile(`^[^/\\;%\x00-\x1f]+$`)
	mockVerbs  = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
)

// MockCalls makes the calls of the mocks of an operation. An example's call is the
// request that is answered with it; there is none where no request is sure to bring
// exactly this one: another example has the same criteria, the dispatcher is not one
// that a collection makes, or the address has characters that do not arrive as they
// are. The author of a collection chooses names and values, so a path that could
// lead anywhere else than to the mocks of the service is none.
type MockCalls struct {
	op    *Operation
	below string         // "" where no mock of the operation can be called
	path  string         // of the operation
	alike map[string]int // how many examples have these criteria
}

// MockCalls of one of the service's operations.
func (s *Service) MockCalls(op *Operation) *MockCalls {
	c := &MockCalls{op: op}
	_, path, found := strings.Cut(op.Name, " ")
	if op.Unknown || !found || len(path) > longestAddress || !s.Addressable() || !slices.Contains(mockVerbs, op.Method) ||
		!plainPath.MatchString(path) || strings.Contains(path, "{{") {
		return c
	}
	c.below, c.path, c.alike = MockPath(s.Name, s.Version), path, make(map[string]int, len(op.Examples))
	for i := range op.Examples {
		if criteria := op.Examples[i].DispatchCriteria; criteria != nil {
			c.alike[*criteria]++
		}
	}
	return c
}

// To is the call that is answered with an example of the operation; false where
// there is none.
func (c *MockCalls) To(ex *Example) (MockCall, bool) {
	if c.below == "" || ex.Unknown || len(ex.Request.Parameters) > mostParameters || !c.singledOut(ex) {
		return MockCall{}, false
	}
	op, criteria := c.op, readCriteria(ex)
	path, ok := fillPath(op, ex, criteria, c.path)
	if !ok || text.HasDotSegment(c.below+path) {
		return MockCall{}, false
	}
	call := MockCall{
		Method:  op.Method,
		Below:   c.below,
		Path:    c.below + path,
		Headers: ex.Request.Headers,
		Body:    ex.Request.Content,
	}
	if op.Dispatcher == URIParams || op.Dispatcher == URIElements {
		call.Path += criteria.query()
	}
	return call, len(call.Path) <= longestAddress
}

// MockPath is the path below which the mocks of a service answer, escaped. A
// server compares it character by character with its own escaping of the name, which
// leaves more signs as they are than Go does (1.10.0 and 1.15.0: every other
// form answers 404).
func MockPath(name, version string) string {
	return "/rest/" + escapeAsServer(name) + "/" + escapeAsServer(version)
}

var leftByServer = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",")

func escapeAsServer(s string) string { return leftByServer.Replace(url.PathEscape(s)) }

// singledOut reports whether criteria lead to this example alone.
func (c *MockCalls) singledOut(ex *Example) bool {
	switch c.op.Dispatcher {
	case "":
		return len(c.op.Examples) == 1
	case URIParts, URIParams, URIElements:
		return ex.DispatchCriteria != nil && len(*ex.DispatchCriteria) <= longestAddress && c.alike[*ex.DispatchCriteria] == 1
	}
	return false
}

// Addressable reports whether any address leads to the mocks of the service,
// which its name or version can prevent.
func (s *Service) Addressable() bool {
	return len(s.Name)+len(s.Version) <= longestAddress && plainName(s.Name) && AddressableVersion(s.Version)
}

// plainName reports whether a name can stand in an address: servers refuse an
// escaped slash, backslash, semicolon or percent sign, read a plus as a space and
// find nothing behind a question mark (seen on 1.10.0 and 1.15.0).
func plainName(s string) bool {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, `/\+;%?`) && !strings.ContainsFunc(s, control)
}

// AddressableVersion reports whether mocks of a service of that version can be
// called. The server looks for the version in the address as it is, unescaped, so
// one with a sign that has to be escaped leads nowhere: 404 (seen on 1.15.0).
func AddressableVersion(s string) bool {
	return s != "" && s != "." && s != ".." && escapeAsServer(s) == s
}

// criteria are the parameters of the example that its criteria name.
type criteria struct{ parts, params []Parameter }

// readCriteria finds out which of the example's parameters are path parts and
// which are query parameters. Criteria read "/id=1/kind=cat?page=2?size=10";
// values may hold either sign, so the parameters tell where one ends.
func readCriteria(ex *Example) criteria {
	var c criteria
	if ex.DispatchCriteria == nil {
		return c
	}
	for _, p := range ex.Request.Parameters {
		if strings.Contains(*ex.DispatchCriteria, "/"+p.Name+"="+p.Value) {
			c.parts = append(c.parts, p)
		}
		if strings.Contains(*ex.DispatchCriteria, "?"+p.Name+"="+p.Value) {
			c.params = append(c.params, p)
		}
	}
	return c
}

// text is the criteria that a request with these parameters has.
func (c criteria) text(parts bool) string {
	list, sign := c.params, "?"
	if parts {
		list, sign = c.parts, "/"
	}
	var each []string
	for _, p := range list {
		each = append(each, sign+p.Name+"="+p.Value)
	}
	slices.Sort(each)
	return strings.Join(slices.Compact(each), "")
}

func (c criteria) query() string {
	values := url.Values{}
	for _, p := range c.params {
		if !slices.Contains(values[p.Name], p.Value) {
			values.Add(p.Name, p.Value)
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + strings.ReplaceAll(values.Encode(), "+", "%20")
}

// fillPath puts the example's values into the path and checks that the request
// comes to the example's criteria.
func fillPath(op *Operation, ex *Example, c criteria, path string) (string, bool) {
	ok := true
	filled := pathPart.ReplaceAllStringFunc(path, func(part string) string {
		name := strings.Trim(part, ":{}")
		i := slices.IndexFunc(c.parts, func(p Parameter) bool { return p.Name == name })
		switch {
		case i >= 0 && plainValue.MatchString(c.parts[i].Value):
			return url.PathEscape(c.parts[i].Value)
		case op.Dispatcher == URIParts || op.Dispatcher == URIElements || i >= 0:
			ok = false
			return part
		}
		// No dispatcher looks at this part: any value will do.
		return url.PathEscape(name)
	})
	var want string
	switch op.Dispatcher {
	case URIParts:
		want = c.text(true)
	case URIParams:
		want = c.text(false)
	case URIElements:
		want = c.text(true) + c.text(false)
	default:
		return filled, ok
	}
	return filled, ok && want == *ex.DispatchCriteria
}

// MockStatus is the status that a mock answers with; 0 when the saved one is
// no number.
func (e *Example) MockStatus() int {
	code, err := strconv.Atoi(e.Response.Status)
	if err != nil {
		return 0
	}
	return code
}

// Unreadable is the header of the saved answer that keeps clients from reading
// what the mock sends; nil when none does. Mocks repeat saved headers,
// Transfer-Encoding apart, and a wildcard for a media type makes them answer 500
// (seen on 1.13.0 and 1.15.0).
func (e *Example) Unreadable() *Header {
	if strings.Contains(e.Response.MediaType, "*") {
		return &Header{"Content-Type", []string{e.Response.MediaType}}
	}
	for _, h := range e.Response.Headers {
		switch value := strings.ToLower(strings.Join(h.Values, ",")); strings.ToLower(h.Name) {
		case "content-encoding":
			if value != "" && value != "identity" {
				return &Header{"Content-Encoding", h.Values}
			}
		case "content-length":
			if e.Response.Content == nil || value != strconv.Itoa(len(*e.Response.Content)) {
				return &Header{"Content-Length", h.Values}
			}
		}
	}
	return nil
}

// Templated reports whether the server may rewrite the body: it evaluates
// expressions in double braces.
func (e *Example) Templated() bool {
	return e.Response.Content != nil && strings.Contains(*e.Response.Content, "{{")
}
