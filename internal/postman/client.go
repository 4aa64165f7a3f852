package postman

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/transport"
)

// Client calls the Postman API at one base URL. The API key and the limits are
// the business of its http.Client.
type Client struct {
	http *http.Client
	base string // scheme://host[:port]
	// ended is the first answer after which no other can be better: the key was
	// refused, or its calls are used up.
	ended atomic.Pointer[APIError]
}

// New makes a client for an origin that [CheckBase] returned; empty is
// https://api.getpostman.com.
func New(client *http.Client, baseURL string) *Client {
	if baseURL == "" {
		baseURL = "https://" + DefaultHost
	}
	return &Client{http: client, base: strings.TrimSuffix(baseURL, "/")}
}

// Collection is a collection as the API served it.
type Collection struct {
	UID   string
	Raw   []byte // the whole body, {"collection":{…}}; nobody has judged it yet
	Quota Quota
}

// Collection fetches a collection, GET /collections/{uid}. Of the body no more is
// looked at than whether it has the form of a collection. Errors are an [*APIError] for an
// answer and a *transport.Error for none. After an answer that is about the key and
// not about the collection nothing more is asked: every further call gives that
// error.
func (c *Client) Collection(ctx context.Context, uid string) (*Collection, error) {
	if ended := c.ended.Load(); ended != nil {
		return nil, ended
	}
	address := c.base + "/collections/" + url.PathEscape(uid)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching the collection %s: %w", quotable(uid), err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetching the collection %s: %w", quotable(uid), transport.Explain(err))
	}
	defer resp.Body.Close()
	body, err := transport.Body(resp)
	if err != nil {
		return nil, fmt.Errorf("fetching the collection %s: reading the answer: %w", quotable(uid), err)
	}
	if resp.StatusCode != http.StatusOK || !collectionLike(body) {
		return nil, c.first(newAPIError(uid, req.URL.Host, resp, body))
	}
	return &Collection{UID: uid, Raw: body, Quota: quotaOf(resp.Header)}, nil
}

// collectionLike reports whether a body has the form of a collection. What Microcks
// makes of it is predicted later.
func collectionLike(body []byte) bool {
	if bytes.HasPrefix(body, []byte(`{"collection":{"info":{`)) {
		return true // as the Postman API answers
	}
	_, other := foreign.Of(body)
	return !other
}

// first is what is told of an answer: where several ended all calls at the same
// time, the first of them.
func (c *Client) first(e *APIError) *APIError {
	if !e.Ends() {
		return e
	}
	c.ended.CompareAndSwap(nil, e)
	return c.ended.Load()
}

// looksLikeJSON reports whether a body begins as an object or array does; a page
// of HTML does not. A byte order mark is let through: predict says what Microcks
// makes of it.
func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\uFEFF")), " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}
