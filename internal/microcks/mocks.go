package microcks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

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
// address. Headers that belong to a connection are left out, and so are those
// that cannot be sent.
func (m *Mocks) Call(ctx context.Context, method, path string, headers http.Header, body *string) (MockAnswer, error) {
	var content io.Reader
	if body != nil {
		content = strings.NewReader(*body)
	}
	doing := fmt.Sprintf("calling the mock %s %s", method, path)
	req, err := http.NewRequestWithContext(ctx, method, m.base+path, content)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, err)
	}
	for name, values := range headers {
		for _, value := range values {
			if sendable(name, value) {
				req.Header.Add(name, value)
			}
		}
	}
	res, err := m.http.Do(req)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, transport.Explain(err))
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return MockAnswer{}, fmt.Errorf("%s: %w", doing, err)
	}
	return MockAnswer{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: data}, nil
}

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
