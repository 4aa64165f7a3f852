package microcks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Mocks calls mocks as a consumer does: without credentials, without repeating
// what is answered with 503 or 429, without following redirects.
type Mocks struct {
	http *http.Client
	base string
}

// NewMocks returns a caller of the mocks of the server at base. The client
// must repeat nothing on account of a status; its redirects are switched off.
func NewMocks(httpClient *http.Client, base string) *Mocks {
	client := *httpClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Mocks{http: &client, base: strings.TrimRight(base, "/")}
}

// MockAnswer is what a mock answered.
type MockAnswer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Call sends one request to path, which is escaped and below the server's
// address, and reaches nothing but what lies below the path of the service's
// mocks: what is sent has been chosen by the author of a collection. So a call with a
// header that mocks need not hear of, or that holds a credential, is not sent: the error is
// [ErrWithheld].
func (m *Mocks) Call(ctx context.Context, method, below, path string, headers http.Header, body *string) (MockAnswer, error) {
	var content io.Reader
	if body != nil {
		content = strings.NewReader(*body)
	}
	doing := fmt.Sprintf("calling the mock %s %s", method, path)
	req, err := http.NewRequestWithContext(ctx, method, m.base+path, content)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, err)
	}
	if !m.reaches(req.URL, below) {
		return MockAnswer{}, fmt.Errorf("%s: not sent: %w", doing, errElsewhere)
	}
	for name, values := range headers {
		for _, value := range values {
			if !sendable(name, value) {
				return MockAnswer{}, fmt.Errorf("%s: not sent: %w", doing, ErrWithheld)
			}
			req.Header.Add(name, value)
		}
	}
	res, err := m.http.Do(req)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, transport.Explain(err))
	}
	defer res.Body.Close()
	data, err := transport.Body(res)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, err)
	}
	return MockAnswer{Status: res.StatusCode, Header: res.Header, Body: data}, nil
}

// ErrWithheld is why a call is not sent that would have to carry a header which does
// not go to mocks.
var ErrWithheld = errors.New("it takes a header that does not go to mocks")

// errElsewhere is why a call is not sent.
var errElsewhere = errors.New("it leads out of the mocks of its service")

// reaches reports whether a final address lies below a path of this server,
// however servers and gateways on the way read it.
func (m *Mocks) reaches(u *url.URL, below string) bool {
	root, err := url.Parse(m.base)
	if err != nil || !transport.SameOrigin(root, u) || u.User != nil && u.User.String() != root.User.String() {
		return false
	}
	path := u.EscapedPath()
	rest, found := strings.CutPrefix(path, root.EscapedPath()+below)
	return found && below != "" && (rest == "" || rest[0] == '/') && !text.HasDotSegment(path)
}

// heard are the headers of calls that go to mocks. Any other one is at best of no use;
// at worst it signs in at a gateway, tells it who asks, or makes it take the request
// for another one.
var heard = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Content-Type": true,
}

// headerValue is what a header may hold (RFC 9110, section 5.5).
var headerValue = regexp.MustCompile(`^[^\x00-\x08\x0a-\x1f\x7f]*$`)

// sendable reports whether a header of a call goes to a mock. No mock hears of the end
// of a connection.
func sendable(name, value string) bool {
	if name == "Connection" {
		return value == "close"
	}
	return heard[http.CanonicalHeaderKey(name)] && headerValue.MatchString(value) && text.KnownCredential(value) == ""
}
