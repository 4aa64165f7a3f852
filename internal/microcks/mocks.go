package microcks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
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
	Status      int
	ContentType string
	Body        []byte
}

// Call sends one request to path, which is escaped and below the server's
// address, and reaches nothing but what lies below the path of the service's
// mocks: what is sent has been chosen by the author of a collection. So headers
// are left out that could be credentials or lead elsewhere, that belong to a
// connection, or that cannot be sent.
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
			if sendable(name, value) && !privileged(name, value) {
				req.Header.Add(name, value)
			}
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
	return MockAnswer{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: data}, nil
}

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

// privileged reports whether a header could sign in at a gateway or make it, or
// the server, take the request for another one: no mock looks at such.
func privileged(name, value string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return slices.ContainsFunc(words, func(word string) bool {
		return privilegedWord.MatchString(word)
	}) || credentialValue.MatchString(value)
}

var (
	privilegedWord = regexp.MustCompile(`^(.*auth.*|.*cookies?2?|.*tokens?|.*keys?|.*secrets?|.*passw(or)?d|pass|pwd|.*credentials?|` +
		`.*sessions?|sessionid|sid|jwt|saml|assertion|signature|csrf|xsrf|user|username|userid|role|roles|groups?|tenant|impersonate|` +
		`proxy|forwarded|forward|original|rewrite|override|method|host|via|real|client|cluster|envoy|amzn?|goog|ms|cf)$`)
	credentialValue = regexp.MustCompile(`(?i)^\s*(basic|bearer|digest|negotiate|ntlm|token|apikey|hawk|aws4-hmac-sha256)\s`)
)

// hopHeaders concern the connection, not the mock.
var hopHeaders = map[string]bool{
	"Connection": true, "Content-Length": true, "Expect": true, "Host": true,
	"Keep-Alive": true, "Proxy-Authorization": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

// What a header may consist of (RFC 9110, sections 5.1 and 5.5).
var (
	headerName  = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	headerValue = regexp.MustCompile(`^[^\x00-\x08\x0a-\x1f\x7f]*$`)
)

func sendable(name, value string) bool {
	return headerName.MatchString(name) && headerValue.MatchString(value) && !hopHeaders[http.CanonicalHeaderKey(name)]
}
