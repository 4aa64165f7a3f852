package microcks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

var errBadURL = errors.New("illegal character in URL")

// download gets what a job points to. Any status from 400 on is an error, and
// so is any other problem.
func (s *Server) download(ctx context.Context, address string, auth *storedSecret) ([]byte, error) {
	res, err := s.request(ctx, address, auth)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	return io.ReadAll(res.Body)
}

// request sends the server's GET for a URL, as its HTTP client does: with the
// secret's credentials, also after a redirect to another host; a redirect to
// another scheme is not followed, its body is what was downloaded. The caller
// closes the body.
func (s *Server) request(ctx context.Context, address string, auth *storedSecret) (*http.Response, error) {
	if strings.ContainsAny(address, " \"<>\\^`{|}") {
		return nil, errBadURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errBadURL
	}
	req.Header.Set("User-Agent", "Java/25.0.1")
	req.Header.Set("Accept", "text/html, image/gif, image/jpeg, */*; q=0.2")
	authorize(req, auth)
	client := &http.Client{Transport: s.source, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Scheme != via[0].URL.Scheme || next.Response.StatusCode > http.StatusTemporaryRedirect {
			return http.ErrUseLastResponse
		}
		if len(via) > 20 {
			return errors.New("too many redirects")
		}
		authorize(next, auth)
		return nil
	}}
	return client.Do(req)
}

// authorize adds a secret's credentials to a request.
func authorize(req *http.Request, auth *storedSecret) {
	if auth == nil {
		return
	}
	if auth.Username != nil && auth.Password != nil {
		req.SetBasicAuth(string(*auth.Username), string(*auth.Password))
	}
	if auth.Token == nil {
		return
	}
	if header := strings.TrimSpace(wordsOrEmpty(auth.TokenHeader)); header != "" {
		req.Header.Set(header, string(*auth.Token))
		return
	}
	req.Header.Set("Authorization", "Bearer "+string(*auth.Token))
}

// fileName is the last part of a URL, its query included.
func fileName(address string) string {
	return address[strings.LastIndex(address, "/")+1:]
}
