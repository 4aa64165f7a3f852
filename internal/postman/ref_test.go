package postman

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/text"

	"github.com/google/go-cmp/cmp"
)

const (
	uuid      = "12ece9e1-2abf-4edc-8e34-de66e74114d2"
	uid       = "12345678-" + uuid
	accessKey = "PMAT-01HCANARYCANARYCANARYCANAR"
	apiKey    = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
)

func TestParseRef(t *testing.T) {
	t.Parallel()
	upper := strings.ToUpper(uid)
	for _, c := range []struct {
		in   string
		want Ref
	}{
		{uid, Ref{UID: uid}},
		{" " + uid + "\n", Ref{UID: uid}},
		{upper, Ref{UID: uid}},
		{
			"https://api.postman.com/collections/" + uid + "?access_key=" + accessKey,
			Ref{UID: uid, Host: "api.postman.com", AccessKey: accessKey},
		},
		{"https://api.getpostman.com/collections/" + uid, Ref{UID: uid, Host: "api.getpostman.com"}},
		{"https://api.getpostman.com/collections/" + upper + "/", Ref{UID: uid, Host: "api.getpostman.com"}},
		{"HTTPS://API.EU.POSTMAN.COM/collections/" + uid, Ref{UID: uid, Host: "api.eu.postman.com"}},
		{"http://api.getpostman.com:80/collections/" + uid, Ref{UID: uid, Host: "api.getpostman.com"}},
		{"api.getpostman.com/collections/" + uid, Ref{UID: uid, Host: "api.getpostman.com"}},
		{"https://api.getpostman.com/collections/" + uid + "?apikey=" + apiKey, Ref{UID: uid, Host: "api.getpostman.com", Stray: apiKey}},
		{
			"https://api.getpostman.com/collections/" + uid + "?apikey=of-another-form",
			Ref{UID: uid, Host: "api.getpostman.com", Stray: "of-another-form"},
		},
		{"https://api.getpostman.com/collections/" + uid + "?" + accessKey, Ref{UID: uid, Host: "api.getpostman.com", AccessKey: accessKey}},
		{
			"https://team.postman.co/workspace/Team~01234567-89ab-4cde-8f01-23456789abcd/collection/" + uid + "?action=share&creator=1",
			Ref{UID: uid},
		},
		{"https://www.postman.com/team/workspace/ws/collection/" + uid + "/pet-store", Ref{UID: uid}},
		{"https://www.postman.com/team/ws/documentation/" + uid + "/pet-store", Ref{UID: uid}},
		{"https://go.postman.co/collections/" + uid, Ref{UID: uid}},
		{"https://god.gw.postman.com/run-collection/" + uid + "?action=collection%2Ffork", Ref{UID: uid}},
		{"https://app.getpostman.com/run-collection/" + uid, Ref{UID: uid}},
	} {
		got, err := ParseRef(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.in, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const api, web = "https://api.getpostman.com", "https://team.postman.co/workspace/Team~01234567-89ab-4cde-8f01-23456789abcd"
	for _, c := range []struct{ in, got, reason, hint string }{
		{"", "", "it is empty", "Share > Via API"},
		{"  ", "", "it is empty", "Share > Via API"},
		{"Pet Store", "Pet Store", "neither a uid", exampleUID},
		{uuid, uuid, "without the owner", "owner's number"},
		{api + "/collections/" + uuid + "?access_key=" + accessKey, api + "/collections/" + uuid, "without the owner", exampleUID},
		{web + "/collection/" + uuid, web + "/collection/" + uuid, "without the owner", exampleUID},
		{accessKey, "PMAT-…", "it is a credential", "postman-api-key"},
		{apiKey, "PMAK-…", "it is a credential", "postman-api-key"},
		{"my key is " + apiKey, "my key is PMAK-…", "neither a uid", ""},
		{api + "/collections", api + "/collections", "not one of a collection", ""},
		{api + "/workspaces/" + uuid, api + "/workspaces/" + uuid, "not one of a collection", ""},
		{api + "/collections/" + uid + "/forks", api + "/collections/" + uid + "/forks", "not one of a collection", ""},
		{api + "/collections/abc", api + "/collections/abc", `"abc" is not a uid`, ""},
		{
			"https://www.getpostman.com/collections/0123456789abcdef0123",
			"https://www.getpostman.com/collections/0123456789abcdef0123", "gave up in 2022", "Share > Via API",
		},
		{
			"https://www.postman.com/team/ws/collection/ab12cd3/pet-store",
			"https://www.postman.com/team/ws/collection/ab12cd3/pet-store", `short form "ab12cd3"`, "",
		},
		{web + "/request/" + uid, web + "/request/" + uid, "something else (request)", ""},
		{web + "/specification/" + uuid, web + "/specification/" + uuid, "something else (specification)", ""},
		{web + "/overview", web + "/overview", "a workspace", ""},
		{"https://www.postman.com/", "https://www.postman.com/", "no uid of a collection", ""},
		{
			"https://documenter.getpostman.com/view/1/abc",
			"https://documenter.getpostman.com/view/1/abc", "no uid of a collection", "",
		},
		{
			"https://evil.example/collections/" + uid + "?access_key=" + accessKey,
			"https://evil.example/collections/" + uid, "a URL of evil.example", "",
		},
		{
			"https://api.getpostman.com.evil.example/collections/" + uid,
			"https://api.getpostman.com.evil.example/collections/" + uid, "not Postman's", "",
		},
		{"https://notpostman.com/collection/" + uid, "https://notpostman.com/collection/" + uid, "not Postman's", ""},
		{"https://user:secret@api.getpostman.com/collections/" + uid, api + "/collections/" + uid, "user or password", ""},
		{"https://" + apiKey + "@api.getpostman.com/collections/" + uid, api + "/collections/" + uid, "user or password", ""},
		{"ftp://api.getpostman.com/collections/" + uid, "ftp://api.getpostman.com/collections/" + uid, "neither a uid", ""},
		{uid + ", " + uid, uid + ", " + uid, "neither a uid", ""},
		{"./collection.json", "./collection.json", "", ""},
		{"a\x1b[31m\u202eb", "a[31mb", "neither a uid", ""},
		{strings.Repeat("ä", 500), strings.Repeat("ä", 199) + "…", "neither a uid", ""},
	} {
		ref, err := ParseRef(c.in)
		e, ok := errors.AsType[*RefError](err)
		if !ok || ref != (Ref{}) {
			t.Errorf("%q: %v, %v", c.in, ref, err)
			continue
		}
		if diff := cmp.Diff(c.got, e.Got); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
		if !strings.Contains(e.Error(), c.reason) || !strings.Contains(e.Hint(), c.hint) || e.Hint() == "" {
			t.Errorf("%q: %s; hint: %s", c.in, e, e.Hint())
		}
		if e.ExitCode() != 2 || e.Anchor() != "collection-reference" {
			t.Errorf("%q: exit code %d, anchor %s", c.in, e.ExitCode(), e.Anchor())
		}
	}
}

func TestRefHidesItsAccessKey(t *testing.T) {
	t.Parallel()
	ref := Ref{UID: uid, Host: DefaultHost, AccessKey: accessKey}
	asJSON, err := json.Marshal(ref)
	if err != nil {
		t.Fatal(err)
	}
	holder := struct {
		Ref  Ref
		Refs []*Ref
	}{ref, []*Ref{&ref}}
	for _, text := range []string{
		ref.String(), fmt.Sprint(ref), fmt.Sprint(&ref), fmt.Sprintf("%+v %#v %q %x", ref, ref, ref, ref),
		fmt.Sprintf("%v %+v %#v", holder, holder, holder.Ref), string(asJSON),
	} {
		if strings.Contains(text, "PMAT") || strings.Contains(text, fmt.Sprintf("%x", accessKey)) {
			t.Errorf("the access key is in %s", text)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{
		uid, uuid, accessKey, "https://api.postman.com/collections/" + uid + "?access_key=" + accessKey,
		"https://u:p@team.postman.co/workspace/W~" + uuid + "/collection/" + uid + "#" + apiKey, "://" + apiKey, "%zz?" + apiKey,
		"api.getpostman.com/collections/" + uid, apiKey + "\u200b" + apiKey, "https://h.x/" + apiKey, "PMAK\u00ad-" + strings.Repeat("a", 30),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := ParseRef(s)
		if err != nil {
			e, ok := errors.AsType[*RefError](err)
			if !ok || ref != (Ref{}) {
				t.Fatalf("%T, %v", err, ref)
			}
			shown := e.Got + " " + e.Reason
			if clean := text.HideCredentials(text.Line(shown)); clean != shown {
				t.Fatalf("%q, want %q", shown, clean)
			}
			return
		}
		if !uidForm.MatchString(ref.UID) || ref.UID != lowerUUID(ref.UID) || ref.Host != "" && !isAPIHost(ref.Host) {
			t.Fatalf("%q: %+v", s, ref)
		}
		again, err := ParseRef(ref.UID)
		if err != nil || again.UID != ref.UID {
			t.Fatalf("%q is not read again: %v", ref.UID, err)
		}
		if !SameCollection(CanonicalURL(DefaultHost, ref.UID), "", ref.UID) {
			t.Fatalf("%q is not itself", ref.UID)
		}
	})
}
