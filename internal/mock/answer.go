package mock

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// Body that comes back.
type Body struct {
	Text
	// None says that there is no body, whatever was saved.
	None bool
	// Any says that it is the server's own and not told.
	Any bool
	// Restricted says that members of JSON which the request did not select are missing.
	Restricted bool
	// Charset in which it is encoded; "" for UTF-8.
	Charset string
}

// open is an answer of which nothing is known.
var open = Answer{Open: true}

// Answer to a request.
func (m *Mocks) Answer(r Request) Answer {
	out := open
	if m.reach == nil {
		return out
	}
	if err := m.meter.Within(func() { out = m.answer(r) }); err != nil {
		return open
	}
	return out
}

// methods that mocks answer.
var methods = []string{
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions,
}

func (m *Mocks) answer(r Request) Answer {
	if refused, is := m.refuse(r); is {
		return refused
	}
	if r.Method == http.MethodOptions && has(r, "Origin") && has(r, "Access-Control-Request-Method") {
		return open // answered before any mock, as browsers' requests are
	}
	to := m.reach.find(r.Method, r.Path)
	out := Answer{Open: to.open}
	for _, op := range to.breakers {
		out.Candidates = append(out.Candidates, Candidate{Kind: Disturbed, Breaker: op, Status: 500, Body: Body{Any: true}})
	}
	if len(to.ops) == 1 && len(to.breakers) == 0 {
		out.Operation = to.ops[0]
	}
	for _, op := range to.ops {
		m.answerOf(op, r, &out)
	}
	switch {
	case len(to.ops) > 0 || len(to.breakers) > 0 && !to.none || to.open:
	case r.Method == http.MethodOptions:
		out.Candidates = append(out.Candidates, Candidate{Kind: Preflight, Status: 204, Body: Body{None: true}})
	default:
		out.Candidates = append(out.Candidates, Candidate{Kind: NoOperation, Status: 404, Body: Body{Any: true}})
	}
	return out
}

func has(r Request, name string) bool {
	return slices.ContainsFunc(r.Headers, func(h predict.Header) bool { return strings.EqualFold(h.Name, name) })
}

func refusal(status int) Answer {
	return Answer{Candidates: []Candidate{{Kind: Refused, Status: status, Body: Body{Any: true}}}}
}

// Signs that the server takes beside letters and digits as they are, in a path and in
// a query (RFC 3986; it refuses others).
const (
	pathSigns  = "._~!$&'()*+,=:@/%-"
	querySigns = pathSigns + ";?"
)

// What the server refuses in a path, even escaped.
var (
	refusedEscapes = regexp.MustCompile(`(?i)%(2f|5c|3b|25|0[0ad]|2e)|%e2%80%a[89]`)
	dotSegment     = regexp.MustCompile(`(?i)(^|/)(\.|%2e){1,2}(/|$)`)
)

// holdsOnly reports whether a text has nothing but ASCII letters, digits and the signs.
func holdsOnly(s, signs string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(signs, c) >= 0:
		default:
			return false
		}
	}
	return true
}

// refuse answers what the server refuses before it looks for an operation.
func (m *Mocks) refuse(r Request) (Answer, bool) {
	if !slices.Contains(methods, r.Method) {
		switch {
		case r.Method == http.MethodTrace && m.behaviour.refusesTrace:
			return refusal(http.StatusMethodNotAllowed), true
		case r.Method == http.MethodConnect:
			return open, true
		}
		return refusal(http.StatusBadRequest), true
	}
	switch {
	case r.Path != "" && r.Path[0] != '/': // the version of a service goes on
		return open, true
	case !isPlain(r.Path) && refusesPath(r.Path), !holdsOnly(r.Query, querySigns):
		return refusal(http.StatusBadRequest), true
	}
	if answer, is := m.refuseQuery(r.Query); is {
		return answer, true
	}
	return m.refuseContent(r)
}

// isPlain reports whether a path has nothing that could be refused: most have not.
func isPlain(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '/' || c == '.' || c == ':':
			if i > 0 && path[i-1] == '/' {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// refusesPath reports whether a path is refused.
func refusesPath(path string) bool {
	return !holdsOnly(path, pathSigns) || !unescapes(path) || strings.Contains(path, "//") ||
		dotSegment.MatchString(path) || refusedEscapes.MatchString(path)
}

func (m *Mocks) refuseQuery(query string) (Answer, bool) {
	if m.behaviour.strictQuery {
		for param := range strings.SplitSeq(query, "&") {
			if strings.HasPrefix(param, "=") || !unescapes(param) {
				return refusal(http.StatusBadRequest), true
			}
		}
	}
	if delay := delayIn(query); delay != "" {
		value := strings.TrimSpace(strings.ReplaceAll(delay, "+", " "))
		if value == "" {
			return Answer{}, false
		}
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			if strings.Contains(value, "%") || strings.HasPrefix(value, "0x") || strings.HasPrefix(value, "#") {
				return open, true
			}
			return refusal(http.StatusBadRequest), true
		}
	}
	return Answer{}, false
}

// delayIn is the value of the first parameter that asks the server to wait; "" when
// there is none.
func delayIn(query string) string {
	for param := range strings.SplitSeq(query, "&") {
		if value, is := strings.CutPrefix(param, "delay="); is {
			return value
		}
	}
	return ""
}

// refuseContent answers requests whose body the server cannot take.
func (m *Mocks) refuseContent(r Request) (Answer, bool) {
	value, once := r.header("Content-Type")
	switch {
	case !once:
		return open, true
	case value == "" || strings.HasPrefix(r.Method, http.MethodGet) && r.Body == nil:
		return Answer{}, false
	}
	main, _, _ := strings.Cut(value, ";")
	main = strings.ToLower(strings.TrimSpace(main))
	switch flaw := (behaviour{}).flawOfType(value); {
	case flaw == flawUndecided, main == "application/x-www-form-urlencoded":
		if r.Body != nil && *r.Body != "" {
			return open, true
		}
	case strings.HasPrefix(main, "multipart/"):
		if r.Body != nil && strings.Contains(value, "boundary=") {
			return Answer{}, false
		}
		return open, true
	case flaw != NoFlaw:
		return open, true
	}
	return Answer{}, false
}

// answerOf adds what an operation answers.
func (m *Mocks) answerOf(op *predict.Operation, r Request, out *Answer) {
	if op.Unknown {
		out.Open = true
		return
	}
	asked := m.criteriaOf(op, r)
	switch {
	case asked.open:
		out.Open = true
		return
	case asked.failed:
		out.Candidates = append(out.Candidates, Candidate{Kind: Undecodable, Status: 500, Body: Body{Any: true}})
		return
	}
	choices := m.choicesOf(op)
	m.meter.Work(len(choices.all))
	found := choices.of(asked.criteria)
	out.Open = out.Open || choices.unsure
	switch {
	case len(found) > 0:
	case op.Dispatcher == "" || !m.behaviour.refusesUnmatched:
		found = choices.where(func(*choice) bool { return true })
	default:
		text := asItIs(fmt.Sprintf("The response %s does not exist!", *asked.criteria))
		m.own(Candidate{Kind: Unmatched, Status: 400, Body: Body{Text: text}}, r, out)
		return
	}
	if len(found) == 0 {
		out.Candidates = append(out.Candidates, Candidate{Kind: Unmatched, Status: 400, Body: Body{Any: true}})
		return
	}
	m.choose(found, r, out)
}

// own adds an answer of the server, whose media type is negotiated.
func (m *Mocks) own(c Candidate, r Request, out *Answer) {
	if r.Method == http.MethodHead {
		c.Body = Body{None: true}
	}
	if accept, _ := r.header("Accept"); !acceptsAll(accept) {
		out.Candidates = append(out.Candidates, Candidate{Kind: Unacceptable, Status: http.StatusNotAcceptable, Body: Body{Any: true}})
		if !plainAccept.MatchString(accept) {
			out.Open = true
		}
	}
	out.Candidates = append(out.Candidates, c)
}

var plainAccept = regexp.MustCompile("(?i)^" + token + "/" + token + "( *; *charset=" + token + ")?$")

// acceptsAll reports whether an Accept surely leaves the server a choice: without
// one, with a range of everything, or with one concrete type.
func acceptsAll(accept string) bool {
	return accept == "" || strings.Contains(accept, "*/*") || plainAccept.MatchString(accept) && !strings.Contains(accept, "*")
}

// choose adds the examples among which the server chooses: those of the very media
// type that is asked for, if there are any.
func (m *Mocks) choose(found []*choice, r Request, out *Answer) {
	accept, _ := r.header("Accept")
	m.meter.Work(len(found))
	asked := accept != "" && slices.ContainsFunc(found, func(c *choice) bool {
		return len(c.Response.MediaTypes) == 0 && c.Response.MediaType == accept
	})
	for _, c := range found {
		if asked && c.Response.MediaType != accept && !slices.Contains(c.Response.MediaTypes, accept) {
			continue
		}
		m.meter.Memory(answerBytes)
		out.Open = out.Open || c.Unknown
		m.send(m.sent(c, len(found) > 1), r, out)
	}
}

// sent is what comes back for an example, but for its method. It is kept where calls of
// other examples come to it, too.
func (m *Mocks) sent(c *choice, keep bool) Candidate {
	switch {
	case c.sent != nil:
		return *c.sent
	case !keep:
		return m.candidate(c.Example)
	}
	m.meter.Memory(answerBytes)
	c.sent = new(m.candidate(c.Example))
	return *c.sent
}

// send adds what comes back.
func (m *Mocks) send(c Candidate, r Request, out *Answer) {
	if c.Flaw == flawUndecided || c.Flaw == flawMediaTypes {
		spoilt := c
		spoilt.Kind, spoilt.Status, spoilt.Body, spoilt.Headers = Spoilt, 500, Body{Any: true}, nil
		spoilt.MediaType, spoilt.MediaTypes = "", nil
		out.Candidates = append(out.Candidates, spoilt)
		c.Flaw = NoFlaw
	}
	if r.Method == http.MethodHead {
		c.Body = Body{None: true}
	}
	if c.MediaType == "" && c.Kind == Saved {
		m.own(c, r, out)
		return
	}
	out.Candidates = append(out.Candidates, c)
}

// candidate is what comes back for an example, but for its method.
func (m *Mocks) candidate(ex *predict.Example) Candidate {
	res := ex.Response
	c := Candidate{
		Kind: Saved, Example: ex, Flaw: m.Flaw(ex), Status: status(res.Status), MediaType: res.MediaType, MediaTypes: res.MediaTypes,
	}
	if c.Flaw != NoFlaw && c.Flaw != flawUndecided && c.Flaw != flawMediaTypes {
		c.Kind = Spoilt
	}
	if c.Flaw.Refused() {
		c.Status, c.MediaType, c.MediaTypes, c.Body = 500, "", nil, Body{Any: true}
		return c
	}
	c.Headers = m.headersOf(res)
	switch {
	case c.Status == 204 || c.Status == 205 || c.Status == 304 || c.Status < 200:
		c.Body = Body{None: true}
		if c.Status != 204 {
			c.MediaType, c.MediaTypes = "", nil
		}
	case ex.Digested:
		c.Body = Body{Any: true}
	case res.Content == nil:
		c.Body = Body{Text: asItIs("")}
	default:
		m.meter.Work(len(*res.Content) / 16)
		c.Body = Body{Text: m.behaviour.render(*res.Content)}
		if !m.behaviour.answersUTF8 {
			c.Body.Charset = charsetOf(res.MediaType)
		}
	}
	if c.Flaw == FlawLength && !c.Body.None {
		c.Body = c.Body.cut(res)
	}
	return c
}

// cut is a body as far as the saved length goes: what is beyond it is not sent.
func (b Body) cut(res predict.Response) Body {
	for _, h := range res.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") {
			continue
		}
		if length, err := strconv.Atoi(strings.TrimSpace(h.Values[0])); err == nil && len(h.Values) == 1 && b.Kind == Literal && b.Charset == "" {
			text := b.String()
			return Body{Text: asItIs(text[:min(length, len(text))])}
		}
	}
	return Body{Any: true}
}

// notCompared are headers that the server or the connection sets.
var notCompared = map[string]bool{
	"Date": true, "Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Keep-Alive": true, "Content-Type": true,
	"Trailer": true, "Upgrade": true,
}

// headersOf are the saved headers that come back. Of several of one name, however
// it is written, one does.
func (m *Mocks) headersOf(res predict.Response) []Header {
	var out []Header
	at := map[string]int{}
	for _, h := range res.Headers {
		name := http.CanonicalHeaderKey(h.Name)
		if notCompared[name] || !isToken(h.Name) {
			continue
		}
		i, again := at[name]
		if !again {
			i = len(out)
			at[name] = i
			out = append(out, Header{Name: h.Name})
		}
		for _, v := range h.Values {
			out[i].Saved++
			text, sent := m.headerValue(h.Name, v)
			if sent {
				out[i].Values = append(out[i].Values, text)
			}
			out[i].Completed = out[i].Completed || h.Name == "Location" && !absolute.MatchString(v)
		}
	}
	return out
}

var absolute = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// headerValue is a value as it comes back; sent is false for one that is left out.
func (m *Mocks) headerValue(name, value string) (text Text, sent bool) {
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, value)
	for _, r := range value {
		if r > 0xff {
			return Text{}, false
		}
	}
	if strings.EqualFold(name, "Last-Modified") {
		if _, err := http.ParseTime(value); err != nil {
			return Text{}, false
		}
	}
	text = asItIs(value)
	if m.behaviour.rendersHeaders {
		text = m.behaviour.render(value)
	}
	return text, true
}

// charsetOf a media type; "" for UTF-8 and for none.
func charsetOf(mediaType string) string {
	_, parameters, _ := strings.Cut(mediaType, ";")
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if value = strings.ToLower(strings.Trim(value, `"'`)); strings.EqualFold(name, "charset") && value != "utf-8" && value != "utf8" {
			return value
		}
	}
	return ""
}

// choices are the examples of an operation.
type choices struct {
	all     []choice
	without []*choice // criteria
	with    []*choice // criteria, ordered by them
	unsure  bool      // the criteria of one are not certain
}

// choice is an example, and what comes back for it where that is kept.
type choice struct {
	*predict.Example
	sent *Candidate
}

const workOfChoice = 20

func (m *Mocks) choicesOf(op *predict.Operation) *choices {
	if c := m.examples[op]; c != nil {
		return c
	}
	m.meter.Work(workOfChoice * len(op.Examples))
	c := &choices{all: make([]choice, len(op.Examples))}
	for i := range op.Examples {
		ex := &op.Examples[i]
		c.all[i].Example = ex
		c.unsure = c.unsure || ex.Unknown
	}
	c.without = c.where(func(c *choice) bool { return c.DispatchCriteria == nil })
	c.with = c.where(func(c *choice) bool { return c.DispatchCriteria != nil })
	slices.SortStableFunc(c.with, func(a, b *choice) int { return strings.Compare(*a.DispatchCriteria, *b.DispatchCriteria) })
	m.examples[op] = c
	return c
}

// where are those for which something holds.
func (c *choices) where(holds func(*choice) bool) (found []*choice) {
	for i := range c.all {
		if holds(&c.all[i]) {
			found = append(found, &c.all[i])
		}
	}
	return found
}

// of are the examples of these criteria; where there are none, those whose name is
// that text.
func (c *choices) of(criteria *string) []*choice {
	if criteria == nil {
		return c.without
	}
	first, _ := slices.BinarySearchFunc(c.with, *criteria, func(c *choice, criteria string) int {
		return strings.Compare(*c.DispatchCriteria, criteria)
	})
	end := first
	for end < len(c.with) && *c.with[end].DispatchCriteria == *criteria {
		end++
	}
	if first == end {
		return c.where(func(c *choice) bool { return c.Name == *criteria })
	}
	return c.with[first:end]
}
