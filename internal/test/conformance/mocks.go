package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// mockInput is an input for mocks: a collection in few words, and calls beside those
// that are made up for every input.
type mockInput struct {
	Items []mockItem `json:"items"`
	Calls []mockCall `json:"calls"`
}

type mockItem struct {
	Request  string        `json:"request"` // "GET /pets/:id"
	Examples []mockExample `json:"examples"`
}

type mockExample struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"` // of its own request; as that of the item when empty
	Variable map[string]string `json:"variable"`
	Code     any               `json:"code"`
	Header   [][2]string       `json:"header"`
	Body     *string           `json:"body"` // the name when there is none
	Preview  string            `json:"preview"`
	Sends    *mockBody         `json:"sends"`
}

type mockBody struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type mockCall struct {
	Call    string            `json:"call"` // "GET /pets/1?x=1"
	Headers map[string]string `json:"headers,omitempty"`
	Body    *string           `json:"body,omitempty"`
}

func (c mockCall) request() mock.Request {
	method, path, _ := strings.Cut(c.Call, " ")
	path, query, _ := strings.Cut(path, "?")
	r := mock.Request{Method: method, Path: path, Query: query, Body: c.Body}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		r.Headers = append(r.Headers, predict.Header{Name: name, Values: []string{c.Headers[name]}})
	}
	return r
}

func callOf(r mock.Request) mockCall {
	c := mockCall{Call: r.Method + " " + r.Path, Body: r.Body}
	if r.Query != "" {
		c.Call += "?" + r.Query
	}
	for _, h := range r.Headers {
		if c.Headers == nil {
			c.Headers = map[string]string{}
		}
		c.Headers[h.Name] = h.Values[0]
	}
	return c
}

// collection is the input as Postman's API would serve it, and the calls that it
// names. Whatever is no mockInput is one already.
func collection(name string, raw []byte) (document []byte, calls []mockCall, err error) {
	var in mockInput
	if err := json.Unmarshal(raw, &in); err != nil || in.Items == nil {
		return raw, nil, nil //nolint:nilerr // it is a collection, perhaps a broken one
	}
	var items []object
	for _, it := range in.Items {
		method, path, _ := strings.Cut(it.Request, " ")
		responses := make([]object, 0, len(it.Examples))
		for _, e := range it.Examples {
			responses = append(responses, e.response(method, path))
		}
		items = append(items, object{"name": it.Request, "request": object{"method": method, "url": address(path, nil)}, "response": responses})
	}
	document, err = json.Marshal(object{"collection": object{
		"info": object{"name": "mock " + name, "description": "version=1.0 x"}, "item": items,
	}})
	return document, in.Calls, err
}

type object = map[string]any

func address(path string, variables map[string]string) object {
	out := object{"raw": "{{u}}" + path}
	var list []object
	for _, k := range slices.Sorted(maps.Keys(variables)) {
		list = append(list, object{"key": k, "value": variables[k]})
	}
	if list != nil {
		out["variable"] = list
	}
	return out
}

// response as a collection has it; path is that of the item.
func (e mockExample) response(method, path string) object {
	if e.Path != "" {
		path = e.Path
	}
	request := object{"method": method, "url": address(path, e.Variable)}
	if e.Sends != nil {
		request["header"] = []object{{"key": "Content-Type", "value": e.Sends.Type}}
		request["body"] = object{"mode": "raw", "raw": e.Sends.Text}
	}
	out := object{"name": e.Name, "originalRequest": request, "code": e.Code, "body": e.Name}
	if e.Code == nil {
		out["code"] = 200
	}
	if e.Body != nil {
		out["body"] = *e.Body
	}
	if e.Preview != "" {
		out["_postman_previewlanguage"] = e.Preview
	}
	headers := make([]object, 0, len(e.Header))
	for _, h := range e.Header {
		headers = append(headers, object{"key": h[0], "value": h[1]})
	}
	out["header"] = headers
	return out
}

// mockObservation is what a server answered to the calls of one input. One that it
// does not import has no mocks, and no calls.
type mockObservation struct {
	File  string       `json:"file"`
	Calls []mockAnswer `json:"calls"`
}

type mockAnswer struct {
	mockCall
	Answers []seenAnswer `json:"answers"` // the distinct ones, over several imports
}

// seenAnswer of a mock. Status 0 means that none came.
type seenAnswer struct {
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    string              `json:"body,omitempty"`
	Bytes   []byte              `json:"bytes,omitempty"` // a body that is not UTF-8
	Generic bool                `json:"generic,omitempty"`
}

func (s seenAnswer) response() mock.Response {
	r := mock.Response{Status: s.Status, Header: http.Header{}, Body: []byte(s.Body)}
	if s.Bytes != nil {
		r.Body = s.Bytes
	}
	for name, values := range s.Headers {
		for _, v := range values {
			r.Header.Add(name, toLatin1(v))
		}
	}
	for name, own := range ownValues {
		if r.Header.Get(name) == "" && !s.Generic {
			r.Header.Set(name, own)
		}
	}
	return r
}

// callsFor are the calls that are made for every input: those that show its examples,
// and, for the first of each operation, calls that differ from it in one thing.
func callsFor(s *predict.Service) []mockCall {
	var out []mockCall
	seen := map[string]bool{}
	most := mostCalls
	add := func(r mock.Request) {
		c := callOf(r)
		if key := text(c); r.Method != "" && (r.Path == "" || r.Path[0] == '/') && !seen[key] && len(out) < most {
			seen[key] = true
			out = append(out, c)
		}
	}
	calls, uncalled := mock.Of(s, mock.Options{}).Calls(nil)
	for _, c := range calls {
		add(c.Request)
	}
	most = len(out) + mostVariations
	varied := map[*predict.Operation]bool{}
	for _, c := range calls {
		if varied[c.Operation] {
			continue
		}
		varied[c.Operation] = true
		for _, r := range variations(c.Request) {
			add(r)
		}
	}
	for _, u := range uncalled {
		if _, path, found := strings.Cut(u.Operation.Name, " "); found {
			add(mock.Request{Method: u.Operation.Method, Path: (&url.URL{Path: path}).EscapedPath()})
		}
	}
	add(mock.Request{Method: "GET", Path: "/nothing/here"})
	return out
}

// Bounds of the calls that are made up for one input.
const (
	mostCalls      = 60
	mostVariations = 16
)

func variations(r mock.Request) []mock.Request {
	with := func(change func(*mock.Request)) mock.Request {
		v := r
		change(&v)
		return v
	}
	out := []mock.Request{
		with(func(v *mock.Request) { v.Headers = nil }),
		with(func(v *mock.Request) {
			v.Headers = []predict.Header{{Name: "Accept", Values: []string{"application/json"}}}
		}),
		with(func(v *mock.Request) { v.Path += "/" }),
		with(func(v *mock.Request) { v.Path += "x" }),
		with(func(v *mock.Request) { v.Method = "OPTIONS" }),
		with(func(v *mock.Request) { v.Method = "HEAD" }),
		with(func(v *mock.Request) { v.Query = "other=1" }),
	}
	if r.Query != "" {
		out = append(out, with(func(v *mock.Request) { v.Query = "" }), with(func(v *mock.Request) { v.Query += "&other=1" }))
	}
	return out
}

// mostImports of an input, so that each of several examples is seen to answer.
const mostImports = 6

// recordMocks imports every input of a folder several times, calls its mocks, and
// writes one observation a line.
func recordMocks(microcks, dir string, out, errs io.Writer) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return fmt.Errorf("listing inputs: %w", err)
	}
	slices.Sort(files)
	r := newRecorder(microcks)
	stop, err := r.serve()
	if err != nil {
		return err
	}
	defer stop()
	if err := r.clean(); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, f := range files {
		o, err := r.observeMocks(f)
		if err := errors.Join(err, r.clean()); err != nil {
			fmt.Fprintf(errs, "error: %s: %v\n", filepath.Base(f), err)
			continue
		}
		if o == nil {
			continue
		}
		if err := encoder.Encode(o); err != nil {
			return fmt.Errorf("writing observation: %w", err)
		}
	}
	return nil
}

func readInput(file string) (document []byte, calls []mockCall, s *predict.Service, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading input: %w", err)
	}
	document, calls, err = collection(strings.TrimSuffix(filepath.Base(file), ".json"), raw)
	if err != nil {
		return nil, nil, nil, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(document), []byte("{")) && !bytes.Contains(document, []byte(`"collection"`)) {
		document = append(append([]byte(`{"collection":`), document...), '}')
	}
	p := predict.Read(document, predict.Options{}).Import(predict.Target{Main: true, URL: sourceURL})
	if p.Outcome != predict.Imported || p.Service == nil || !hasExamples(p.Service) {
		return nil, nil, nil, nil
	}
	return document, calls, p.Service, nil
}

func hasExamples(s *predict.Service) bool {
	return slices.ContainsFunc(s.Operations, func(op predict.Operation) bool { return len(op.Examples) > 0 })
}

func (r *recorder) observeMocks(file string) (*mockObservation, error) {
	document, calls, s, err := readInput(file)
	if err != nil || s == nil || !s.Addressable() {
		return nil, err
	}
	calls = append(calls, callsFor(s)...)
	const uid = uidPrefix + "0000-0000-000000000000"
	r.put("/collections/"+uid, document)
	if err := r.free(uid); err != nil {
		return nil, err
	}
	var created job
	if _, _, err := r.call("POST", "/jobs", map[string]any{
		"name": "conformance mocks", "repositoryUrl": r.source + "/collections/" + uid,
		"mainArtifact": true, "active": false, "metadata": map[string]any{},
	}, &created); err != nil {
		return nil, err
	}
	o := &mockObservation{File: filepath.Base(file), Calls: []mockAnswer{}}
	for _, c := range calls {
		o.Calls = append(o.Calls, mockAnswer{mockCall: c})
	}
	base := strings.TrimSuffix(r.api, "/api") + predict.MockPath(s.Name, s.Version)
	for range mostImports {
		var done job
		if _, _, err := r.call("PUT", "/jobs/"+created.ID+"/start", nil, &done); err != nil || done.LastImportError != nil {
			o.Calls = []mockAnswer{}
			return o, nil //nolint:nilerr // what came of the import is observed
		}
		for i := range o.Calls {
			if err := r.callMock(base, &o.Calls[i]); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}

// silence is how long a mock may stay silent until it counts as one that hangs.
const silence = 3 * time.Second

// callMock adds what a mock answers, if it is something new.
func (r *recorder) callMock(base string, a *mockAnswer) error {
	if slices.ContainsFunc(a.Answers, func(s seenAnswer) bool { return s.Status == 0 }) {
		return nil // it hangs, and would again
	}
	q := a.request()
	target, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("calling %s: %w", a.Call, err)
	}
	address := &url.URL{Scheme: "http", Host: target.Host, Opaque: "//" + target.Host + target.EscapedPath() + q.Path, RawQuery: q.Query}
	var content io.Reader
	if q.Body != nil {
		content = strings.NewReader(*q.Body)
	}
	request, err := http.NewRequest(q.Method, target.String(), content)
	if err != nil {
		return fmt.Errorf("calling %s: %w", a.Call, err)
	}
	request.URL = address
	request.Header.Set("Accept-Encoding", "identity")
	for _, h := range q.Headers {
		request.Header[h.Name] = h.Values
	}
	seen := r.answerOf(request, base)
	for _, s := range a.Answers {
		if text(s) == text(seen) {
			return nil
		}
	}
	a.Answers = append(a.Answers, seen)
	return nil
}

func (r *recorder) answerOf(request *http.Request, base string) seenAnswer {
	client := &http.Client{Timeout: silence, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(request)
	if err != nil {
		return seenAnswer{}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return seenAnswer{}
	}
	seen := seenAnswer{Status: resp.StatusCode, Headers: map[string][]string{}}
	own := resp.Header.Get("Cache-Control") == ownValues["Cache-Control"]
	for name, values := range resp.Header {
		for _, v := range values {
			if ownHeaders[name] || isOwn(name, v) && (own || !caching[name]) {
				continue
			}
			seen.Headers[name] = append(seen.Headers[name], fromLatin1(strings.ReplaceAll(v, base, "http://server/rest/it")))
		}
	}
	if generic.Match(body) {
		return seenAnswer{Status: resp.StatusCode, Generic: true}
	}
	if utf8.Valid(body) {
		seen.Body = string(body)
	} else {
		seen.Bytes = body
	}
	return seen
}

// generic is what documents of errors begin with.
var generic = regexp.MustCompile(`^(\{"timestamp":|<!doctype html>|<html>)`)

// ownHeaders are those that the server or the connection adds to every answer.
var ownHeaders = map[string]bool{
	"Date": true, "Content-Length": true, "Connection": true, "Transfer-Encoding": true,
	"X-Xss-Protection": true, "X-Frame-Options": true, "Keep-Alive": true,
	"Access-Allow-Credentials": true,
}

// ownValues are what the server says where nothing was saved.
var ownValues = map[string]string{
	"Cache-Control": "no-cache, no-store, max-age=0, must-revalidate", "Pragma": "no-cache", "Expires": "0", "Vary": "accept-encoding",
	"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*",
	"Access-Control-Allow-Methods": "POST, PUT, GET, OPTIONS, DELETE", "Access-Control-Max-Age": "3600",
}

// isOwn reports whether the server says a header of its own accord. It lists the
// headers of the request among those that browsers may send.
func isOwn(name, value string) bool {
	own, is := ownValues[name]
	return is && own == value || name == "Access-Control-Allow-Headers" && strings.Contains(strings.ToLower(value), "host")
}

// caching headers are said by the server where none of them was saved.
var caching = map[string]bool{"Cache-Control": true, "Pragma": true, "Expires": true}

// fromLatin1 is a header's value as a text, and toLatin1 the way back.
func fromLatin1(s string) string {
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return string(out)
}

func toLatin1(s string) string {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r))
	}
	return string(out)
}

// compareMocks holds predictions against the calls that were seen, and writes what
// disagrees.
func compareMocks(version, observed, dir string, out io.Writer) (agree, disagree, unknown int, err error) {
	raw, err := os.ReadFile(observed)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("reading observations: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, len(raw)+1)
	for lines.Scan() {
		var o mockObservation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return 0, 0, 0, fmt.Errorf("reading observations: %w", err)
		}
		document, _, s, err := readInput(filepath.Join(dir, o.File))
		if err != nil || s == nil {
			return 0, 0, 0, errors.Join(err, fmt.Errorf("%s: no service is predicted", o.File))
		}
		p := predict.Read(document, predict.Options{Version: version}).Import(predict.Target{Main: true, URL: sourceURL})
		switch imported := p.Outcome == predict.Imported; {
		case imported != (len(o.Calls) > 0):
			disagree++
			fmt.Fprintf(out, "%s: predicted to be imported: %t, observed %d calls\n", o.File, imported, len(o.Calls))
			continue
		case !imported:
			agree++
			continue
		}
		m := mock.Of(p.Service, mock.Options{Version: version})
		for _, c := range o.Calls {
			answer := m.Answer(c.request())
			wrong := ""
			for _, seen := range c.Answers {
				if _, d := answer.Judge(seen.response()); len(d) > 0 && !(seen.Status == 0 && silent(answer)) {
					wrong = fmt.Sprintf("%s: %s %s: observed %s, differs in %s", o.File, c.Call, text(c.Headers), text(seen), text(d))
				}
			}
			switch {
			case wrong != "":
				disagree++
				fmt.Fprintln(out, wrong)
			case answer.Open:
				unknown++
			default:
				agree++
			}
		}
	}
	return agree, disagree, unknown, lines.Err()
}

// silent reports whether a prediction says that a client reads no answer.
func silent(a mock.Answer) bool {
	return slices.ContainsFunc(a.Candidates, func(c mock.Candidate) bool { return c.Kind == mock.Spoilt && !c.Flaw.Refused() })
}
