package mock

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// Call is a request by which a consumer can see examples.
type Call struct {
	Operation *predict.Operation
	// Examples that can answer it.
	Examples []*predict.Example
	Request  Request
	// Below is the path of the service's mocks, [predict.MockPath]: no part of the
	// call leads out of it.
	Below  string
	Answer Answer
}

// Path below the server's address, escaped, with its query:
// "/rest/Pet%20Store/1.0/pets/1?expand=true".
func (c *Call) Path() string {
	if c.Request.Query == "" {
		return c.Below + c.Request.Path
	}
	return c.Below + c.Request.Path + "?" + c.Request.Query
}

// Reason why no request leads to an example, or none may be sent.
type Reason string

// Reasons.
const (
	NoAddress       Reason = "no-address"       // the name or version of the service has signs that lead nowhere
	NotMocked       Reason = "method"           // no mock answers that method
	Proxy           Reason = "proxy"            // the call would be forwarded to a real backend
	Script          Reason = "script"           // somebody's script would run, which may do anything
	NeedsHeader     Reason = "header"           // it takes a header that may be a credential
	OtherDispatcher Reason = "other-dispatcher" // the operation has a dispatcher that no collection makes
	NotKnown        Reason = "not-known"        // what is stored, or what answers, is not known
	TooMany         Reason = "too-many"         // examples or parameters: nobody reads so many calls
	TooLong         Reason = "too-long"         // an address that servers do not take
	Breaks          Reason = "broken"           // the name of an operation is no valid pattern and breaks the call
	Shadowed        Reason = "shadowed"         // another operation answers the call
	Unreachable     Reason = "unreachable"      // no path leads to the operation, or not with the example's values
	Unselected      Reason = "unselected"       // no request has the example's criteria
	Unanswered      Reason = "unanswered"       // the status is 1xx: a client waits for the answer that follows
	Delayed         Reason = "delayed"          // a query parameter makes the server wait
	LeadsOut        Reason = "leads-out"        // the path would leave the mocks of the service
)

// Reasons are all that there are.
var Reasons = []Reason{
	NoAddress, NotMocked, Proxy, Script, NeedsHeader, OtherDispatcher, NotKnown, TooMany, TooLong, Breaks, Shadowed, Unreachable,
	Unselected, Unanswered, Delayed, LeadsOut,
}

// Uncalled is an example that no call shows.
type Uncalled struct {
	Operation *predict.Operation
	Example   *predict.Example
	Reason    Reason
	// Other is the operation that breaks the call or answers it, of Breaks and
	// Shadowed.
	Other *predict.Operation
}

// Bounds of what is addressed one by one: beyond them nobody reads the calls.
const (
	mostAlike      = 2000 // examples of an operation
	mostParameters = 200  // of an example
	longestAddress = 8192 // bytes, of a request line that servers take
)

// Calls are the requests that show the examples of the service, each distinct one
// once, and the examples that none shows. Of an operation only examples that wanted
// names are called; nil wants all.
func (m *Mocks) Calls(wanted func(*predict.Example) bool) (calls []Call, uncalled []Uncalled) {
	examples := 0
	for _, op := range m.service.Operations {
		examples += len(op.Examples)
	}
	calls = make([]Call, 0, examples)
	for i := range m.service.Operations {
		calls, uncalled = m.addCalls(calls, uncalled, &m.service.Operations[i], wanted)
	}
	return calls, uncalled
}

// CallsOf are those of one operation of the service.
func (m *Mocks) CallsOf(op *predict.Operation, wanted func(*predict.Example) bool) (calls []Call, uncalled []Uncalled) {
	return m.addCalls(nil, nil, op, wanted)
}

// addCalls adds those of an operation, all or none.
func (m *Mocks) addCalls(
	calls []Call, uncalled []Uncalled, op *predict.Operation, wanted func(*predict.Example) bool,
) ([]Call, []Uncalled) {
	with, not := calls, uncalled
	if err := m.meter.Within(func() { m.callsOf(op, wanted, &with, &not) }); err != nil {
		return calls, append(uncalled, m.without(op, wanted, NotKnown)...)
	}
	return with, not
}

// without are all examples of an operation as not called.
func (m *Mocks) without(op *predict.Operation, wanted func(*predict.Example) bool, why Reason) (out []Uncalled) {
	for i := range op.Examples {
		if ex := &op.Examples[i]; wanted == nil || wanted(ex) {
			out = append(out, Uncalled{Operation: op, Example: ex, Reason: why})
		}
	}
	return out
}

// callsOf adds those of an operation.
func (m *Mocks) callsOf(op *predict.Operation, wanted func(*predict.Example) bool, calls *[]Call, uncalled *[]Uncalled) {
	if why := m.barred(op); why != "" {
		*uncalled = append(*uncalled, m.without(op, wanted, why)...)
		return
	}
	seen := make(map[[3]string]bool, len(op.Examples))
	for i := range op.Examples {
		ex := &op.Examples[i]
		if wanted != nil && !wanted(ex) {
			continue
		}
		call, not := m.callOf(op, ex)
		if not.Reason != "" {
			not.Operation, not.Example = op, ex
			*uncalled = append(*uncalled, not)
			continue
		}
		accept, _ := call.Request.header("Accept")
		key := [3]string{call.Request.Path, call.Request.Query, accept}
		if m.graphQL {
			key[0] = *call.Request.Body
		}
		if !seen[key] {
			seen[key] = true
			*calls = append(*calls, call)
		}
	}
}

// barred is why an operation is not called at all; "" when it may be.
func (m *Mocks) barred(op *predict.Operation) Reason {
	switch {
	case !m.addressed:
		return NoAddress
	case m.reach == nil, op.Unknown:
		return NotKnown
	case !m.graphQL && !slices.Contains(methods, op.Method):
		return NotMocked
	case len(op.Examples) > mostAlike:
		return TooMany
	case len(op.Name) > longestAddress:
		return TooLong
	}
	switch op.Dispatcher {
	case queryArgs:
		if m.graphQL {
			return ""
		}
	case "", predict.URIParts, predict.URIParams, predict.URIElements:
		return ""
	case "QUERY_HEADER":
		return NeedsHeader
	}
	return cmp.Or(reachesOut(op), OtherDispatcher)
}

// reachesOut is why calls of an operation are not confined to the mocks; "" when they
// are. A person sets such dispatchers, or another artifact.
func reachesOut(op *predict.Operation) Reason {
	switch op.Dispatcher {
	case "PROXY", "PROXY_FALLBACK":
		return Proxy
	case "SCRIPT", "GROOVY", "JS":
		return Script
	}
	return ""
}

// confined is why a request could reach an operation whose calls are not confined to
// the mocks, in whatever order the server goes through the operations; "" when it
// can not.
func (m *Mocks) confined(r Request) Reason {
	if m.guard == nil {
		return ""
	}
	to := m.guard.find(r.Method, r.Path)
	if to.open {
		return NotKnown
	}
	for _, op := range to.ops {
		if why := reachesOut(op); why != "" {
			return why
		}
	}
	return ""
}

// callOf makes the request that shows an example, and looks whether it does.
func (m *Mocks) callOf(op *predict.Operation, ex *predict.Example) (Call, Uncalled) {
	m.meter.Work(workOfCall)
	m.meter.Memory(callBytes)
	no := func(why Reason) (Call, Uncalled) { return Call{}, Uncalled{Reason: why} }
	switch {
	case ex.Unknown:
		return no(NotKnown)
	case len(ex.Request.Parameters) > mostParameters:
		return no(TooMany)
	case ex.DispatchCriteria != nil && len(*ex.DispatchCriteria) > longestAddress:
		return no(TooLong)
	case m.graphQL:
		return m.graphQLCall(op, ex)
	}
	r := m.requestFor(op, ex)
	call, not := m.try(op, ex, r)
	if slices.Contains(astray, not.Reason) {
		if path, is := m.savedPath(op, ex); is && path != r.Path {
			r.Path = path
			if other, no := m.try(op, ex, r); no.Reason == "" {
				return other, no
			}
		}
	}
	return call, not
}

// astray are why an address that is made of an operation's name leads elsewhere. One
// that was saved with an example is looked up before any name is a pattern.
var astray = []Reason{Breaks, Shadowed, Unreachable, Unselected, LeadsOut}

// savedPath is one of the operation's paths that has the example's criteria.
func (m *Mocks) savedPath(op *predict.Operation, ex *predict.Example) (path string, is bool) {
	known := m.saved[op]
	if known == nil {
		known = map[string]string{}
		m.saved[op] = known
		for _, path := range op.ResourcePaths {
			m.meter.Work(workOfName + len(path))
			if _, refused := m.refuse(Request{Method: op.Method, Path: path}); refused {
				continue
			}
			key, sure := "", true
			if op.Dispatcher == predict.URIParts || op.Dispatcher == predict.URIElements {
				key, sure = m.partCriteria(m.pathNameOf(op), path)
			}
			if to := m.reach.find(op.Method, path).ops; sure && len(to) == 1 && to[0] == op {
				known[key] = path
			}
		}
	}
	parts, _ := m.criteriaIn(op, ex)
	key := ""
	for _, p := range parts {
		key += "/" + p.Name + "=" + p.Value
	}
	path, is = known[key]
	return path, is
}

// try a request for an example.
func (m *Mocks) try(op *predict.Operation, ex *predict.Example, r Request) (Call, Uncalled) {
	no := func(why Reason) (Call, Uncalled) { return Call{}, Uncalled{Reason: why} }
	call := Call{Operation: op, Below: m.below, Request: r}
	size := len(call.Request.Path) + len(call.Request.Query)
	m.meter.Memory(size)
	if len(m.below)+size >= longestAddress {
		return no(TooLong)
	}
	if why := m.confined(call.Request); why != "" {
		return no(why)
	}
	if p := call.Request.Path; p != "" && p[0] != '/' || m.leadsOut || !isPlain(p) && text.HasDotSegment(p) {
		return no(LeadsOut)
	}
	call.Answer = m.answer(call.Request)
	has := func(f Flaw) bool {
		return slices.ContainsFunc(call.Answer.Candidates, func(c Candidate) bool { return c.Flaw == f })
	}
	for i := range call.Answer.Candidates {
		switch c := &call.Answer.Candidates[i]; {
		case c.Kind == Disturbed:
			return Call{}, Uncalled{Reason: Breaks, Other: c.Breaker}
		case c.Example != nil:
			call.Examples = append(call.Examples, c.Example)
		}
	}
	switch {
	case call.Answer.Open:
		return no(NotKnown)
	case call.Answer.Operation != nil && call.Answer.Operation != op:
		return Call{}, Uncalled{Reason: Shadowed, Other: call.Answer.Operation}
	case call.Answer.Operation == nil:
		return no(Unreachable)
	case !slices.Contains(call.Examples, ex):
		return no(Unselected)
	case delayed(call.Request.Query):
		return no(Delayed)
	}
	switch {
	case has(FlawInterim):
		return no(Unanswered)
	case has(FlawLength):
		// The server sends what there is and waits for the next request, the client for
		// the rest: only the end of the connection tells that there is none.
		call.Request.Headers = append(call.Request.Headers, predict.Header{Name: "Connection", Values: []string{"close"}})
	}
	return call, Uncalled{}
}

// What making a call costs: work, and bytes that are kept.
const (
	workOfCall  = 100
	callBytes   = 600
	answerBytes = 500 // of an example's answer, which all its calls share, and of each candidate
)

// delayed reports whether a query asks the server to wait: it reads any parameter of
// that name so, in milliseconds.
func delayed(query string) bool { return len(strings.TrimLeft(delayIn(query), "-0")) > 3 }

// requestFor an example, as a good client makes it. Nothing but the address and the
// media type selects an example, so other headers and the body are left out, but for
// methods that have one.
func (m *Mocks) requestFor(op *predict.Operation, ex *predict.Example) Request {
	name := m.pathNameOf(op)
	parts, params := m.criteriaIn(op, ex)
	// The server takes HEAD for a part of the name, which no path has.
	path := strings.TrimPrefix(name.fill(op, parts), op.Method+" ")
	if !isPlain(path) {
		path = unsent.ReplaceAllStringFunc(path, url.PathEscape)
	}
	r := Request{Method: op.Method, Path: path, Query: queryOf(params)}
	accept := "*/*"
	if t := ex.Response.MediaType; t != "" && len(ex.Response.MediaTypes) == 0 && m.flawOfType(t) == NoFlaw && sendable(t) {
		accept = t
	}
	r.Headers = append(r.Headers, predict.Header{Name: "Accept", Values: []string{accept}})
	if ex.Request.Content == nil {
		return r
	}
	for _, h := range ex.Request.Headers {
		if strings.EqualFold(h.Name, "Content-Type") && len(h.Values) > 0 {
			if t := h.Values[0]; (behaviour{}).flawOfType(t) == NoFlaw && sendable(t) && plainBody(t) {
				r.Headers = append(r.Headers, predict.Header{Name: "Content-Type", Values: []string{t}})
				r.Body = ex.Request.Content
			}
			return r
		}
	}
	return r
}

// unsent are the signs of a name that a path cannot have as they are.
var unsent = regexp.MustCompile(`[^A-Za-z0-9._~!$&'()*+,;=:@/%-]+`)

// plainBody reports whether the server takes the body of a media type as it is: it
// takes forms apart.
func plainBody(t string) bool {
	main, _, _ := strings.Cut(strings.ToLower(t), ";")
	main = strings.TrimSpace(main)
	return !strings.HasPrefix(main, "multipart/") && main != "application/x-www-form-urlencoded"
}

func sendable(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// criteriaIn takes criteria apart: "/id=1/kind=cat?page=2?size=10". Values may hold
// either sign, so only where one is followed by a name that the operation knows does
// it begin a pair.
func (m *Mocks) criteriaIn(op *predict.Operation, ex *predict.Example) (parts, params []predict.Parameter) {
	if ex.DispatchCriteria == nil {
		return nil, nil
	}
	rest := *ex.DispatchCriteria
	roles := m.pathNameOf(op).roles
	m.meter.Work(strings.Count(rest, "?") * len(ex.Request.Parameters) / 4)
	begins := func(sign byte, name string) bool {
		switch {
		case sign == '/':
			return op.Dispatcher != predict.URIParams && roles[name]&part != 0
		case op.Dispatcher == predict.URIParts:
			return false
		}
		return roles[name]&wantedParam != 0 || // or its name is only a part of the rules
			slices.ContainsFunc(ex.Request.Parameters, func(p predict.Parameter) bool { return p.Name == name })
	}
	for rest != "" {
		end := 1 + nextPair(rest[1:], begins)
		name, value, _ := strings.Cut(rest[1:end], "=")
		if rest[0] == '/' {
			parts = append(parts, predict.Parameter{Name: name, Value: value})
		} else {
			params = append(params, predict.Parameter{Name: name, Value: value})
		}
		rest = rest[end:]
	}
	return parts, params
}

// nextPair is where the next pair begins: with a sign and a name that does.
func nextPair(s string, begins func(sign byte, name string) bool) int {
	for i := range len(s) {
		if s[i] != '/' && s[i] != '?' {
			continue
		}
		if name, _, valued := strings.Cut(s[i+1:], "="); valued && begins(s[i], name) {
			return i
		}
	}
	return len(s)
}

// fill puts values into the parts of an operation's path. Any value will do for
// one that nobody looks at: its name does.
func (n *pathName) fill(op *predict.Operation, parts []predict.Parameter) string {
	if len(n.names) == 0 && !strings.ContainsAny(n.path, ":{") {
		return n.path
	}
	valueOf := func(name string) (value string, known bool) {
		i := slices.IndexFunc(parts, func(p predict.Parameter) bool { return p.Name == name })
		if i < 0 {
			return "", false
		}
		return parts[i].Value, true
	}
	if n.segments != nil && op.Dispatcher != "" && !strings.Contains(n.path, "{") {
		out := slices.Clone(n.segments)
		for k, name := range n.parts {
			if value, known := valueOf(name); known && name != "" {
				out[k] = java.EncodePath(value)
			} else if name != "" {
				out[k] = url.PathEscape(name)
			}
		}
		return strings.Join(out, "/")
	}
	return nameInPath.ReplaceAllStringFunc(n.path, func(part string) string {
		name := strings.Trim(part, ":{}")
		value, known := valueOf(name)
		switch {
		case known:
			return java.EncodePath(value)
		case part[0] == ':' && op.Dispatcher == "":
			return part // no dispatcher: it stands within a segment, which answers as it is written
		}
		return url.PathEscape(name)
	})
}

func queryOf(params []predict.Parameter) string {
	out := make([]string, len(params))
	for i, p := range params {
		out[i] = escapeQuery(p.Name) + "=" + escapeQuery(p.Value)
	}
	return strings.Join(out, "&")
}

func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
