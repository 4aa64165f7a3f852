package microcks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"postman-microcks-importer/internal/text"
)

// TokenHeader makes Microcks send a secret's token to Postman as its API wants
// it. A token without a header goes out as "Authorization: Bearer".
const TokenHeader = "X-API-Key"

// Secret is a credential that Microcks sends when it downloads. The token is
// left out of answers to accounts without the role admin (since 1.12.1, in
// searches since 1.15.0).
type Secret struct {
	ID          string  `json:"id,omitempty"`
	Name        string  `json:"name"`
	Description *string `json:"description,omitzero"`
	Token       *string `json:"token,omitzero"`
	TokenHeader *string `json:"tokenHeader,omitzero"`
	Unknown     Unknown `json:"-"`
}

// String hides the token.
func (s *Secret) String() string { return fmt.Sprintf("secret %q (%s)", s.Name, s.ID) }

// GoString hides the token.
func (s *Secret) GoString() string { return s.String() }

// SecretsNamed finds the secrets of exactly this name, without listing others.
func (c *Client) SecretsNamed(ctx context.Context, name string) ([]Secret, error) {
	var found []Secret
	search := request{
		doing:  fmt.Sprintf("searching the secret %q", text.Excerpt(name, 80)),
		method: http.MethodGet, path: "/secrets/search?name=" + url.QueryEscape(regexFor(name)), large: true,
	}
	if _, err := c.call(ctx, search, &found); err != nil {
		return nil, err
	}
	exact := found[:0]
	for _, secret := range found {
		if secret.Name == name {
			exact = append(exact, secret)
		}
	}
	return exact, nil
}

// Secret reads one secret; nil when there is none. Servers before 1.10.1 cannot
// read one by its id, and it is not looked for in their list: that would bring
// every team's credentials. There the answer is nil, too.
func (c *Client) Secret(ctx context.Context, id string) (*Secret, error) {
	var secret Secret
	found, err := c.call(ctx, request{doing: "reading secret " + id, method: http.MethodGet, path: secretPath(id)}, &secret)
	if api, ok := errors.AsType[*APIError](err); ok && api.Status == http.StatusMethodNotAllowed {
		return nil, nil
	}
	if err != nil || !found || secret.ID == "" {
		return nil, notFoundIsNil(err)
	}
	return &secret, nil
}

// withoutMessage takes the server's message out of an error about a secret: it may
// repeat the token that was sent.
func withoutMessage(err error) error {
	if api, ok := errors.AsType[*APIError](err); ok {
		api.Message = ""
	}
	return err
}

// CreateSecret creates a secret, or replaces the one that has its id.
func (c *Client) CreateSecret(ctx context.Context, secret *Secret) error {
	_, err := c.call(ctx, request{
		doing:  fmt.Sprintf("creating secret %q", text.Excerpt(secret.Name, 80)),
		method: http.MethodPost, path: "/secrets", body: secret,
	}, nil)
	return withoutMessage(err)
}

// UpdateSecret writes the whole secret; what is left out is erased.
func (c *Client) UpdateSecret(ctx context.Context, secret *Secret) error {
	_, err := c.call(ctx, request{
		doing:  fmt.Sprintf("updating secret %q", text.Excerpt(secret.Name, 80)),
		method: http.MethodPut, path: secretPath(secret.ID), body: secret,
	}, nil)
	return withoutMessage(err)
}

func secretPath(id string) string { return "/secrets/" + url.PathEscape(id) }
