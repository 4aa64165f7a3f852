package microcks_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"postman-microcks-importer/internal/microcks"
)

// What a server says of a secret that it refuses may have the token in it.
func TestRefusalOfASecretIsNotQuoted(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"message":"no token: short"}`))
	}))
	t.Cleanup(server.Close)
	client, secret := microcks.New(server.Client(), server.URL), &microcks.Secret{ID: "1", Name: "Key", Token: new("short")}
	for doing, err := range map[string]error{
		"create": client.CreateSecret(t.Context(), secret),
		"update": client.UpdateSecret(t.Context(), secret),
		"delete": client.DeleteService(t.Context(), "1"), // says what it is told
	} {
		api, ok := errors.AsType[*microcks.APIError](err)
		if !ok || (api.Message == "") != (doing != "delete") {
			t.Errorf("%s: %v", doing, err)
		}
	}
}
