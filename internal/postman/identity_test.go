package postman

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCanonicalURL(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		DefaultHost:               "https://api.getpostman.com/collections/" + uid,
		"api.eu.postman.com":      "https://api.eu.postman.com/collections/" + uid,
		"https://gw.example:8443": "https://gw.example:8443/collections/" + uid,
		"http://127.0.0.1:9000/":  "http://127.0.0.1:9000/collections/" + uid,
	} {
		if got := CanonicalURL(host, uid); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

// TestMisdirected holds where the API key may go in an importer's address.
func TestMisdirected(t *testing.T) {
	t.Parallel()
	const host, user, port, plain = "host", "user", "port", "https"
	for _, c := range []struct {
		url, base string
		want      []string // a word of each clause
	}{
		{url: "https://api.getpostman.com/collections/" + uid},
		{url: " HTTPS://API.Postman.com:443/collections/" + uid + "?access_key=x"},
		{url: "https://api.eu.postman.com/collections/" + uid},
		{url: "https://api.getpostman.com/collections/" + uid, base: "https://gw.example"},
		{url: "https://gw.example:443/collections/" + uid, base: "https://gw.example"},
		{url: "http://127.0.0.1:9000/collections/" + uid, base: "http://127.0.0.1:9000"},
		{url: "https://api.getpostman.com:8443/collections/" + uid, base: "https://api.getpostman.com:8443"},
		{url: "http://api.getpostman.com/collections/" + uid, want: []string{plain}},
		{url: "ftp://api.getpostman.com/collections/" + uid, want: []string{plain}},
		{url: "https://api.getpostman.com:8443/collections/" + uid, want: []string{port}},
		{url: "https://api.getpostman.com:80/collections/" + uid, want: []string{port}},
		{url: "https://a:b@api.getpostman.com/collections/" + uid, want: []string{user}},
		{url: "https://@api.getpostman.com/collections/" + uid, want: []string{user}},
		{url: "http://a@api.postman.com/collections/" + uid, want: []string{user, plain}},
		{url: "https://a@gw.example/collections/" + uid, base: "https://gw.example", want: []string{user}},
		{url: "http://gw.example/collections/" + uid, base: "https://gw.example", want: []string{host}},
		{url: "https://gw.example:444/collections/" + uid, base: "https://gw.example", want: []string{host}},
		{url: "https://gw.example/collections/" + uid, want: []string{host}},
		{url: "http://127.0.0.1:9000/collections/" + uid, want: []string{host}},
		{url: "https://api.getpostman.com.evil.example/collections/" + uid, want: []string{host}},
		{url: "/collections/" + uid, want: []string{"none"}},
		{url: "https://api.getpostman.com/%zz", want: []string{"none"}},
		{url: "", want: []string{"none"}},
	} {
		got := Misdirected(c.url, c.base)
		if !slices.EqualFunc(got, c.want, strings.Contains) {
			t.Errorf("%s at %q: %q, want %q", c.url, c.base, got, c.want)
		}
	}
}

func TestSameCollection(t *testing.T) {
	t.Parallel()
	const other = "12345678-00000000-2abf-4edc-8e34-de66e74114d2"
	for _, c := range []struct {
		url, base string
		want      bool
	}{
		{"https://api.getpostman.com/collections/" + uid, "", true},
		{"https://api.getpostman.com/collections/" + uid, DefaultHost, true},
		{"https://api.getpostman.com/collections/" + uid, "https://api.getpostman.com", true},
		{"https://api.postman.com/collections/" + uid, "https://api.getpostman.com", true},
		{"https://api.getpostman.com/collections/" + uid, "https://api.postman.com", true},
		{"https://api.getpostman.com:443/collections/" + uid, "", true},
		{"http://api.getpostman.com/collections/" + uid, "", true},
		{"https://API.Postman.com/collections/" + strings.ToUpper(uid) + "/?access_key=" + accessKey, "", true},
		{" https://api.getpostman.com/collections/" + uuid + " ", "", true},
		{"https://api.getpostman.com/collections/" + uid, "https://api.getpostman.com/collections/" + uid, true},
		{"https://api.getpostman.com/collections/" + other, "", false},
		{"https://api.getpostman.com/collections/87654321-" + uuid, "", false},
		{"https://api.getpostman.com/collections/" + uid + "/forks", "", false},
		{"https://api.getpostman.com/apis/" + uid, "", false},
		{"https://api.getpostman.com/" + uid, "", false},
		{"https://api.eu.postman.com/collections/" + uid, "", false},
		{"https://api.eu.postman.com/collections/" + uid, "https://api.eu.postman.com", true},
		{"https://api.getpostman.com/collections/" + uid, "https://api.eu.postman.com", false},
		{"https://gw.example/collections/" + uid, "", false},
		{"https://gw.example:443/collections/" + uid, "https://gw.example", true},
		{"https://gw.example:444/collections/" + uid, "https://gw.example", false},
		{"http://gw.example/collections/" + uid, "https://gw.example", false},
		{"https://api.getpostman.com/collections/" + uid, "https://gw.example", false},
		{"http://127.0.0.1:9000/collections/" + uid, "http://127.0.0.1:9000", true},
		{"http://127.0.0.1:9001/collections/" + uid, "http://127.0.0.1:9000", false},
		{"", "", false},
		{"/collections/" + uid, "", false},
		{"https://api.getpostman.com/%zz", "", false},
		{"https://api.getpostman.com/collections/" + uid, "https://%zz", false},
	} {
		if got := SameCollection(c.url, c.base, uid); got != c.want {
			t.Errorf("%s at %q: %t", c.url, c.base, got)
		}
	}
	// What is no uid has no part that could be mistaken for a UUID.
	const collections = "https://api.getpostman.com/collections/"
	if SameCollection(collections+"b", "", "a-b") || !SameCollection(collections+"a-b", "", "a-b") {
		t.Error("a-b")
	}
	if SameCollection("https://api.getpostman.com/collections/", "", "") {
		t.Error("an empty id is a collection")
	}
}

func TestCheckBase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://api.getpostman.com":   "https://api.getpostman.com",
		" https://API.eu.postman.com/": "https://api.eu.postman.com",
		"https://gw.example:8443":      "https://gw.example:8443",
		"http://127.0.0.1:9000":        "http://127.0.0.1:9000",
		"http://localhost:9000/":       "http://localhost:9000",
		"http://[::1]:9000":            "http://[::1]:9000",
	} {
		if got, err := CheckBase(in); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for in, reason := range map[string]string{
		"":                                       "not a URL",
		"api.getpostman.com":                     "not a URL",
		"https://%zz":                            "not a URL",
		"https://:443":                           "not a URL",
		"http://api.getpostman.com":              "unencrypted",
		"http://127.0.0.1.evil.example":          "unencrypted",
		"http://192.168.1.1":                     "unencrypted",
		"ftp://api.getpostman.com":               `scheme is "ftp"`,
		"https://user:secret@api.getpostman.com": "password",
		"https://api.getpostman.com/collections": "more than scheme and host",
		"https://api.getpostman.com?apikey=x":    "more than scheme and host",
		"https://api.getpostman.com#x":           "more than scheme and host",
	} {
		_, err := CheckBase(in)
		e, ok := errors.AsType[*BaseError](err)
		if !ok || !strings.Contains(e.Error(), reason) || strings.Contains(e.Error(), "secret") {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if e.ExitCode() != 2 || e.Anchor() != "postman-api-url" || !strings.Contains(e.Hint(), "https://api.eu.postman.com") {
			t.Errorf("exit code %d, anchor %s, hint %s", e.ExitCode(), e.Anchor(), e.Hint())
		}
	}
}
