// Package microcks talks to a Microcks server: its importers, secrets and
// services, its sign-in through Keycloak, and the roles an account has.
//
// The API has no compare-and-set and replaces whole documents. So every type
// here keeps the members it does not know, and whoever changes a document
// reads it first.
package microcks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Client of one Microcks server. It is safe for concurrent use.
type Client struct {
	http    *http.Client
	address string // without a trailing slash
}

// New returns a client of the server at base, such as "http://host:8080",
// without "/api". The http client brings credentials, retries and limits.
func New(httpClient *http.Client, base string) *Client {
	return &Client{http: httpClient, address: strings.TrimRight(base, "/")}
}

// Base is the server's address as given, without a trailing slash.
func (c *Client) Base() string { return c.address }

// ImportersURL is the page of the web interface that lists importers.
func (c *Client) ImportersURL() string { return c.address + "/#/importers" }

// ServiceURL is the page of the web interface for one service.
func (c *Client) ServiceURL(id string) string { return c.address + "/#/services/" + url.PathEscape(id) }

// request is one call of the API.
type request struct {
	doing  string // for errors: "creating importer …"
	method string
	path   string // below /api, escaped, with its query
	body   any    // sent as JSON; nil for none
	// content is sent as it is, in place of body.
	content     []byte
	contentType string
	// text: the answer is no JSON, but text, and what it is decoded into a string.
	text bool
	// upload: it sends a collection.
	upload bool
	// open: it needs no token, so that nobody can lack a role for it.
	open bool
	// long: it can take minutes, as an import does, so that a run which is told to
	// end does not wait for the answer.
	long bool
	// whole reports whether what was decoded has what Microcks never leaves out; nil
	// asks for nothing.
	whole func() bool
	// read counts what was decoded; nil counts nothing.
	read *weight
	// large: its answer can have more than mostSmall bytes.
	large bool
}

// call sends one request and decodes the answer into out, unless out is nil.
// It reports whether the answer had a body: Microcks answers 200 without one
// where it means "no such object".
func (c *Client) call(ctx context.Context, r request, out any) (found bool, err error) {
	if r.method != http.MethodGet && !r.long {
		var end context.CancelFunc
		ctx, end = outliving(ctx)
		defer end()
	}
	if !r.large {
		ctx = transport.WithBodyLimit(ctx, mostSmall)
	}
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.doing, &neverSent{err})
	}
	res, err := c.send(req)
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.doing, err)
	}
	defer res.Body.Close()
	data, err := transport.Body(res)
	if err != nil {
		return false, &BrokenAnswerError{Doing: r.doing, Status: res.StatusCode, Err: err}
	}
	if res.StatusCode/100 != 2 {
		return false, newAPIError(r, res, data)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return false, nil
	}
	if out == nil && !transport.IsPage(data) {
		return true, nil
	}
	if said, is := out.(*string); r.text && is && !transport.IsPage(data) {
		*said = string(data)
		return true, nil
	}
	weighs := weigh(data)
	if weighs.objects > mostObjects || weighs.values > mostValues {
		return false, &ListError{Doing: r.doing}
	}
	if err := budget.Take(ctx, weighs.memory()); err != nil {
		return false, fmt.Errorf("%s: %w", r.doing, err)
	}
	if r.read != nil {
		r.read.add(weighs)
	}
	if err := decode(data, out); err != nil || r.whole != nil && !r.whole() {
		return false, &BrokenAnswerError{
			Doing: r.doing, Status: res.StatusCode, Answerer: transport.AnswererOf(res, data), What: foreign.Answer(data), Err: err,
		}
	}
	return true, nil
}

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	// Names and ids of others' choosing are in paths, and a gateway may decode
	// before it resolves.
	if path, _, _ := strings.Cut(r.path, "?"); text.HasDotSegment(path) {
		return nil, errDotSegment
	}
	var body io.Reader
	if r.content != nil {
		body = bytes.NewReader(r.content)
	}
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("encoding the request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.address+"/api"+r.path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.content != nil {
		req.Header.Set("Content-Type", r.contentType)
	}
	return req, nil
}

// send sends a request. Its error is a [*neverSent] when nothing of the request
// left this machine.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	res, err := c.http.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err == nil {
		return res, nil
	}
	if err = transport.Explain(err); sent.Load() {
		return nil, err
	}
	return nil, &neverSent{err}
}

// decode reads JSON. Text that is no UTF-8 is refused: encoding/json replaces
// it, and the server would get back something other than it sent.
func decode(data []byte, into any) error {
	if !utf8.Valid(data) {
		return errNoUTF8
	}
	return json.Unmarshal(data, into)
}

// graceForWrites is how long a write is waited for when the run is told to end.
// A runner kills 2.5 s after SIGTERM, and the report is still to be written.
const graceForWrites = 1500 * time.Millisecond

// outliving returns a context for one short write, which ends a moment after
// ctx, so that the answer to a write that is under way still tells the run whether
// it was done.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		return ctx, func() {}
	}
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(graceForWrites, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

// Limits of what a server may list.
const (
	// pageSize of lists. The server accepts any; one page is the usual case.
	pageSize = 1000
	// mostItems of a list, all pages together, repeated ones included, and
	// mostBytes of their JSON: in memory it is a few times that.
	mostItems = 100_000
	mostBytes = 64 << 20
	// mostListed values have all pages of a list together: as much is kept, a hundred
	// bytes for each. An importer has about 30.
	mostListed = 4_000_000
	// mostObjects and mostValues of one answer: the smallest takes two bytes, and
	// in memory some hundred times that.
	mostObjects = 400_000
	mostValues  = 2_000_000
	// mostSmall bytes has an answer about one thing that is no service.
	mostSmall = 1 << 20
)

// Memory that an answer takes until what is kept of it was made, in bytes: an object,
// an example most of all, a value, and of text its copies.
const (
	memoryOfObject = 900
	memoryOfValue  = 40
	copiesOfText   = 2
)

// pages reads a list to its end, or until it has more than most items. One that
// is longer than this program reads is a [*ListError].
func pages[T any](ctx context.Context, c *Client, doing, path string, most int, id func(T) string) ([]T, error) {
	var all []T
	seen := make(map[string]bool)
	items, read := 0, weight{}
	for page := 0; ; page++ {
		var got []T
		one := request{
			doing: doing, method: http.MethodGet, path: fmt.Sprintf("%s?page=%d&size=%d", path, page, pageSize), read: &read,
			large: true,
		}
		if _, err := c.call(ctx, one, &got); err != nil {
			return nil, err
		}
		if items += len(got); items > mostItems || read.bytes > mostBytes || read.values > mostListed {
			return nil, &ListError{Doing: doing, Items: items, Values: read.values, Bytes: read.bytes}
		}
		fresh := 0
		for _, item := range got {
			// A list can shift between two pages.
			if key := id(item); !seen[key] {
				seen[key] = true
				all = append(all, item)
				fresh++
			}
		}
		// A server that ignores the page would answer the same for ever.
		if len(got) < pageSize || fresh == 0 || len(all) > most {
			return all, nil
		}
	}
}

// weight is what JSON holds.
type weight struct {
	bytes   int
	objects int
	values  int // objects among them
}

func (w *weight) add(more weight) {
	w.bytes += more.bytes
	w.objects += more.objects
	w.values += more.values
}

// memory that it takes, about, in bytes.
func (w weight) memory() int {
	return w.objects*memoryOfObject + w.values*memoryOfValue + w.bytes*copiesOfText
}

// weigh counts what JSON holds.
func weigh(data []byte) weight {
	w := weight{bytes: len(data)}
	inString, escaped := false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{':
			w.objects++
			w.values++
		case c == '[' || c == ',':
			w.values++
		}
	}
	return w
}

// regexFor escapes a name for the server's searches, which take it as a
// regular expression. A backslash before punctuation means the same in every
// dialect that a server's database may speak.
func regexFor(name string) string {
	var b strings.Builder
	for _, r := range name {
		if strings.ContainsRune(`\.+*?()|[]{}^$#&-~`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// errDotSegment is why a request is not sent.
var errDotSegment = errors.New("a name or an id in its path reads . or .., which leads elsewhere")

// What can be wrong with an answer that has come whole.
var (
	errNoBody = errors.New("the answer has no body")
	errNoUTF8 = errors.New("the answer is not UTF-8")
)
