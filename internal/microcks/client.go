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
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"postman-microcks-importer/internal/transport"
)

// Client of one Microcks server. It is safe for concurrent use.
type Client struct {
	http *http.Client
	base string
}

// New returns a client of the server at base, such as "http://host:8080",
// without "/api". The http client brings credentials, retries and limits.
func New(httpClient *http.Client, base string) *Client {
	return &Client{http: httpClient, base: strings.TrimRight(base, "/")}
}

// Base is the server's address as given, without a trailing slash.
func (c *Client) Base() string { return c.base }

// ImportersURL is the page of the web interface that lists importers.
func (c *Client) ImportersURL() string { return c.base + "/#/importers" }

// ServiceURL is the page of the web interface for one service.
func (c *Client) ServiceURL(id string) string { return c.base + "/#/services/" + url.PathEscape(id) }

// call sends one request and decodes the answer into out, unless out is nil.
// It reports whether the answer had a body: Microcks answers 200 without one
// where it means "no such object".
func (c *Client) call(ctx context.Context, doing, method, path string, in, out any) (found bool, err error) {
	if method != http.MethodGet && !strings.HasSuffix(path, "/start") {
		var heard context.CancelFunc
		ctx, heard = outliving(ctx)
		defer heard()
	}
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return false, fmt.Errorf("%s: encoding the request: %w", doing, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api"+path, body)
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	var sent atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}))
	res, err := c.http.Do(req)
	if err != nil {
		err = fmt.Errorf("%s: %w", doing, transport.Explain(err))
		if !sent.Load() {
			err = &neverSent{err}
		}
		return false, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return false, &BrokenAnswerError{Doing: doing, Status: res.StatusCode, Err: err}
	}
	if res.StatusCode/100 != 2 {
		return false, apiError(doing, req, res, data)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return false, nil
	}
	if out == nil && !looksLikeHTML(data) {
		return true, nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return false, &BrokenAnswerError{Doing: doing, Status: res.StatusCode, HTML: looksLikeHTML(data), Err: err}
	}
	return true, nil
}

// lastWord is how long a write is waited for when the run is told to end. A
// runner kills 2.5 s after SIGTERM, and the report is still to be written.
const lastWord = 1500 * time.Millisecond

// outliving returns a context for one short write, which ends a moment after
// ctx: a write that is under way is heard to its end, so that the run can say
// whether it was done. An import is not short.
func outliving(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		return ctx, func() {}
	}
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(lastWord, func() { cancel(context.Cause(ctx)) })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

// pageSize of lists. The server accepts any; one page is the usual case.
const pageSize = 1000

// pages reads a list to its end.
func pages[T any](ctx context.Context, c *Client, doing, path string, id func(T) string) ([]T, error) {
	var all []T
	seen := make(map[string]bool)
	for page := 0; ; page++ {
		var got []T
		if _, err := c.call(ctx, doing, http.MethodGet, fmt.Sprintf("%s?page=%d&size=%d", path, page, pageSize), nil, &got); err != nil {
			return nil, err
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
		if len(got) < pageSize || fresh == 0 {
			return all, nil
		}
	}
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

func looksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// errNoBody marks an answer that should have had a body.
var errNoBody = errors.New("the answer has no body")
