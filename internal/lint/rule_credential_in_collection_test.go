package lint

import (
	"fmt"
	"strings"
	"testing"
)

// A credential in every place of a collection is found, and told nowhere.
func TestCredentialsAreFoundAndNotTold(t *testing.T) {
	t.Parallel()
	const key = "ghp_0a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H"
	whole := `{"info": {"name": "Pets %[1]s", "description": "version=1.0 %[1]s"}, "variable": [{"key": "v %[1]s", "value": "%[1]s"}],
"auth": {"type": "bearer", "bearer": [{"key": "token", "value": "%[1]s"}]}, "item": [{"name": "list %[1]s",
"request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}, "header": [{"key": "X-Key", "value": "Bearer %[1]s"}]}, "response": [{
"name": "two %[1]s", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200,
"body": "{\"id\": \"%[1]s\"}", "%[1]s": {"x": "%[1]s"}}]}]}`
	d, _, target := Sample{Raw: fmt.Sprintf(whole, key), Export: true}.read()
	found := 0
	for _, f := range Check(d.Import(target)) {
		if f.ID != credentialInCollection.ID {
			continue
		}
		found++
		if all := fmt.Sprint(f.Message, f.Pointer, f.Path); strings.Contains(all, key[:12]) {
			t.Errorf("told: %s", all)
		}
	}
	if found != 10 {
		t.Errorf("%d found, want 10", found)
	}
}

func TestPlaceholdersAreNoCredentials(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"Bearer 8f14e45fceea167a": true, "s3cretPassw0rd": true, "Basic dXNlcjpwYXNz1": true,
		"{{token}}": false, "Bearer {{token1}}": false, "<your-token-1>": false, "your_api_key_1": false, "": false, "abc123": false,
		"password": false, "12345678": false, "xxxxxxxx1": false, "a b c d e f 1": false,
	} {
		if got := looksReal(value); got != want {
			t.Errorf("%q looks real: %v", value, got)
		}
	}
}
