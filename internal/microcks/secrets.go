package microcks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	Unknown     Unknown `json:",embed"`
}

// String hides the token.
func (s *Secret) String() string { return fmt.Sprintf("secret %q (%s)", s.Name, s.ID) }

// GoString hides the token.
func (s *Secret) GoString() string { return s.String() }

// SecretsNamed finds the secrets of exactly this name, without listing others.
func (c *Client) SecretsNamed(ctx context.Context, name string) ([]Secret, error) {
	var found []Secret
	doing := fmt.Sprintf("searching the secret %q", oneLine(name, 80))
	if _, err := c.call(ctx, doing, http.MethodGet, "/secrets/search?name="+url.QueryEscape(regexFor(name)), nil, &found); err != nil {
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
// read one by its id: it is looked for in their list.
func (c *Client) Secret(ctx context.Context, id string) (*Secret, error) {
	var secret Secret
	found, err := c.call(ctx, "reading secret "+id, http.MethodGet, "/secrets/"+url.PathEscape(id), nil, &secret)
	var api *APIError
	if errors.As(err, &api) && api.Status == http.StatusMethodNotAllowed {
		return c.secretInList(ctx, id)
	}
	if err != nil || !found || secret.ID == "" {
		return nil, notFoundIsNil(err)
	}
	return &secret, nil
}

// withoutWords keeps a server's words about a secret to itself: they may repeat
// the secret that was sent.
func withoutWords(err error) error {
	var api *APIError
	if errors.As(err, &api) {
		api.Message = ""
	}
	return err
}

func (c *Client) secretInList(ctx context.Context, id string) (*Secret, error) {
	all, err := pages(ctx, c, "listing the secrets", "/secrets", func(s Secret) string { return s.ID })
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, nil
}

// CreateSecret creates a secret, or replaces the one that has its id.
func (c *Client) CreateSecret(ctx context.Context, secret *Secret) error {
	_, err := c.call(ctx, fmt.Sprintf("creating secret %q", oneLine(secret.Name, 80)), http.MethodPost, "/secrets", secret, nil)
	return withoutWords(err)
}

// UpdateSecret writes the whole secret; what is left out is erased.
func (c *Client) UpdateSecret(ctx context.Context, secret *Secret) error {
	_, err := c.call(ctx, fmt.Sprintf("updating secret %q", oneLine(secret.Name, 80)), http.MethodPut, "/secrets/"+url.PathEscape(secret.ID), secret, nil)
	return withoutWords(err)
}
