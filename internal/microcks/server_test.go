package microcks_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1.15.0": "1.15.0", "1.15.0-SNAPSHOT": "1.15.0", "1.15.0-fix-3": "1.15.0", " v1.9.1\n": "1.9.1", "1.10": "1.10.0", "2.0.0+build": "2.0.0",
	} {
		if v, err := microcks.ParseVersion(in); v.Number() != want || v.Text != in || err != nil {
			t.Errorf("%q: %+v, %v, want %s", in, v, err, want)
		}
	}
	for _, in := range []string{"", "latest", "1.x", "1.15.0.1", "-1.0.0", "1.15.0-", "\x1b[31m"} {
		if v, err := microcks.ParseVersion(in); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %+v, %v", in, v, err)
		}
	}
}

func TestBefore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version             string
		major, minor, patch int
		want                bool
	}{
		{"1.9.0", 1, 10, 0, true}, {"1.10.0", 1, 9, 9, false}, {"1.10.0", 1, 10, 0, false}, {"1.10.0", 1, 10, 1, true},
		{"1.15.0-SNAPSHOT", 1, 15, 0, false}, {"2.0.0", 1, 15, 0, false}, {"1.15.0", 2, 0, 0, true},
	} {
		v, err := microcks.ParseVersion(c.version)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Before(c.major, c.minor, c.patch); got != c.want {
			t.Errorf("%s before %d.%d.%d: %v", c.version, c.major, c.minor, c.patch, got)
		}
	}
}

// What answers in place of Microcks is named.
func TestAnswerOfAnother(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"hello":"world"}`:                   "it is JSON of another form (it begins `{\"hello\":\"world\"}`)",
		"hello":                               "it is not JSON (it begins `hello`)",
		"<html><title>Sign in</title></html>": `something in front of Microcks answered 200 with the page "Sign in", not JSON`,
		`{"message":"no Route matched"}`:      `it is an error answer of an API ("no Route matched")`,
		`{"versionId":15}`:                    "it is JSON of another form",
		"":                                    "the answer has no body",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		t.Cleanup(server.Close)
		client := microcks.New(server.Client(), server.URL)
		_, err := client.Version(t.Context())
		if _, ofSignIn := client.KeycloakConfig(t.Context()); ofSignIn == nil || !strings.Contains(ofSignIn.Error(), says) {
			t.Errorf("%q: %v, want %s", body, ofSignIn, says)
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "unmarshal") {
			t.Errorf("%q: %v, want %s", body, err, says)
		}
	}
}

// What would not be written back as it was read is not read at all.
func TestAnswerThatIsNoUTF8(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("{\"id\":\"1\",\"name\":\"\xff\"}"))
	}))
	t.Cleanup(server.Close)
	job, err := microcks.New(server.Client(), server.URL).Job(t.Context(), "1")
	if job != nil || err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("%+v, %v", job, err)
	}
}
