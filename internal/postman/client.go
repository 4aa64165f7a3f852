package postman

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Client calls the Postman API at one base URL. The API key and the limits are
// the business of its http.Client, which has none for collections that are read by
// access keys.
type Client struct {
	http *http.Client
	base string // scheme://host[:port]
	// ended is the first error after which no other call can do better: the key was
	// refused, its calls are used up, or no connection comes about.
	ended atomic.Pointer[error]
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
	UID  string
	Name string // its own, where it stands in front as the API writes it; else ""
	Raw  []byte // the whole body, {"collection":{…}}; nobody has judged it yet
}

// Collection fetches a collection, GET /collections/{uid}, with its access key where
// one is given: as the query of Postman's own address, which is the only form that it
// has (see [OwnOrigin]); a client of another base refuses it. Of the body no more is
// looked at than whether it has the form of a collection. Errors are an [*APIError] for an
// answer and a *transport.Error for none. After one that is about the key or the
// connection and not about the collection nothing more is asked: every further call
// gives that error.
func (c *Client) Collection(ctx context.Context, uid string, accessKey text.Secret) (*Collection, error) {
	query, client := url.Values(nil), c.http
	if accessKey != "" {
		if !OwnOrigin(c.base) {
			return nil, fmt.Errorf("fetching the collection %s: %s is no address of Postman's own to send an access key to", quotable(uid), c.base)
		}
		query = url.Values{"access_key": {accessKey.Reveal()}}
		client = withoutReferer(c.http)
	}
	of := subject{"fetching the collection " + quotable(uid), aCollection}
	more := func(e *APIError) { e.UID, e.byLink = uid, accessKey != "" }
	body, err := c.get(ctx, client, of, "/collections/"+url.PathEscape(uid), query, more, collectionLike)
	if err != nil {
		return nil, err
	}
	return &Collection{UID: uid, Name: nameOf(body), Raw: body}, nil
}

// subject is what a call is about.
type subject struct {
	doing string // "fetching the collection 12345678-…"
	kind  subjectKind
}

type subjectKind string

// Kinds of subjects.
const (
	aCollection subjectKind = "collection"
	aWorkspace  subjectKind = "workspace"
	anAccount   subjectKind = "account"
)

// get asks for a path of the API. is reports whether the body of a 200 is what was asked for,
// and more says more of an answer that is an error.
func (c *Client) get(
	ctx context.Context, client *http.Client, of subject, path string, query url.Values, more func(*APIError), is func([]byte) bool,
) ([]byte, error) {
	if ended := c.ended.Load(); ended != nil {
		return nil, *ended
	}
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", of.doing, err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		err = transport.Explain(err)
		if own, ok := errors.AsType[*transport.Error](err); ok && own.Unreached() {
			return nil, c.first(&unreachedError{c.base, strings.Split(path, "/")[1], own})
		}
		return nil, fmt.Errorf("%s: %w", of.doing, err)
	}
	defer resp.Body.Close()
	body, err := transport.Body(resp)
	if err != nil {
		return nil, fmt.Errorf("%s: reading the answer: %w", of.doing, err)
	}
	if resp.StatusCode != http.StatusOK || !is(body) {
		answer := newAPIError(of, req.URL.Host, resp, body)
		if more(answer); answer.Ends() {
			return nil, c.first(answer)
		}
		return nil, answer
	}
	return body, nil
}

// withoutReferer is a client that follows no redirect, after which net/http would say the
// whole address in a header: what it may not follow is the same error as ever, and what
// it may is the answer.
func withoutReferer(client *http.Client) *http.Client {
	stays := *client
	stays.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if client.CheckRedirect != nil {
			if err := client.CheckRedirect(next, via); err != nil {
				return err
			}
		}
		return http.ErrUseLastResponse
	}
	return &stays
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

// nameOf is what {"collection":{"info":{"name":…}}} begins with.
func nameOf(body []byte) string {
	const front = 64 << 10 // bytes: a description may stand before the name
	from := json.NewDecoder(bytes.NewReader(body[:min(front, len(body))]))
	for _, want := range []json.Token{json.Delim('{'), "collection", json.Delim('{'), "info"} {
		if got, err := from.Token(); err != nil || got != want {
			return ""
		}
	}
	var info struct {
		Name looseString `json:"name"`
	}
	if from.Decode(&info) != nil {
		return ""
	}
	return string(info.Name)
}

// first is what is told where an error ends all calls: of several at the same time
// the first.
func (c *Client) first(err error) error {
	c.ended.CompareAndSwap(nil, &err)
	return *c.ended.Load()
}

// looksLikeJSON reports whether a body begins as an object or array does; a page
// of HTML does not. A byte order mark is let through: predict says what Microcks
// makes of it.
func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\uFEFF")), " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}
