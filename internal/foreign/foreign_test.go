package foreign

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func in16(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// ofItsOwn are the kinds that a damaged collection is not taken for.
var ofItsOwn = regexp.MustCompile(`OpenAPI|Swagger|AsyncAPI|SoapUI|JMeter|WSDL|Insomnia|Bruno|Hoppscotch|Thunder|protobuf|curl|` +
	`HTTP client|GraphQL|HAR|nvironment|global variables|Newman|collection run|git format|JSON schema`)

const collection = `{"info":{"name":"Shop","description":"version=1.0.0 - the shop"},"item":[]}`

// What people give by mistake, and what they are told that it is.
func TestKinds(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, c := range []struct{ raw, what string }{
		{"", "empty"},
		{"\uFEFF \n\t", "nothing but white space"},
		{"\x1F\x8B\x08\x00", "compressed (gzip)"},
		{"\x28\xB5\x2F\xFD", "compressed (zstd)"},
		{"PK\x03\x04\x14\x00", "a zip archive"},
		{"%PDF-1.7\n", "a PDF"},
		{"\xFF\xFE" + in16(binary.LittleEndian, collection), "a text in UTF-16"},
		{"\xFE\xFF" + in16(binary.BigEndian, collection), "a text in UTF-16"},
		{in16(binary.LittleEndian, collection), "a text in UTF-16"},
		{in16(binary.BigEndian, collection), "a text in UTF-16"},
		{"\xFF\xFE\x00\x00{\x00\x00\x00", "a text in UTF-32"},
		{"\x00\x00\x00{", "a text in UTF-32"},
		{"\x89PNG\r\n\x1A\n\x00\x00", "a binary file"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "the pointer of a file in Git LFS, not the file"},
		{"<<<<<<< HEAD\n" + collection + "\n=======\n{}\n>>>>>>> x\n", "a text with an unsolved merge conflict"},
		{"{\n  <<<<<<< HEAD\n  \"name\": 1\n", "a text with an unsolved merge conflict (line 2, column 3)"},

		{"\n<!DOCTYPE html>\n<html><head><title>Sign in\n to Acme</title>", `an HTML page (title "Sign in to Acme")`},
		{"<html><body>x", "an HTML page"},
		{`<?xml version="1.0"?><con:soapui-project xmlns:con="http://eviware.com/soapui/config">`, "a SoapUI project"},
		{`<?xml version="1.0"?><jmeterTestPlan version="1.2">`, "a JMeter test plan"},
		{`<wsdl:definitions name="x">`, "a WSDL description"},
		{`<?xml version="1.0"?><soap:body/>`, "XML"},
		{`<?xml version="1.0"?><rss><title>html definitions</title>`, "XML"},

		{"openapi: 3.0.3\ninfo:\n", "an OpenAPI description"},
		{"---\n# x\n\"openapi\": '3.1.0'\n", "an OpenAPI description"},
		{"swagger: \"2.0\"\n", "a Swagger description"},
		{"asyncapi: 2.6.0\n", "an AsyncAPI description"},
		{"type: collection.insomnia.rest/5.0\nname: Shop\n", "an export of Insomnia"},
		{"$kind: http-request\nname: list\n", "a part of a collection in Postman's git format"},
		{"opencollection: 1.0.0\ninfo:\n", "an OpenCollection file of Bruno"},
		{"meta {\n  name: list\n  type: http\n}\n\nget {\n  url: {{base}}/orders\n}\n", "a request of Bruno"},
		{"// x\nsyntax = \"proto3\";\npackage greet;\n", "a protobuf description"},
		{"curl -X GET https://api.example.com/orders", "a curl command"},
		{"### list\nGET https://api.example.com/orders\nAccept: */*\n", "requests of an HTTP client's file"},
		{"type Query {\n  orders: [Order!]!\n}\n", "a GraphQL schema"},
		{"schema {\n query: Q }", "a GraphQL schema"},
		{"hello", "not JSON (it begins `hello`)"},
		{"Internal Server Error\n", "not JSON (it begins `Internal Server Error`)"},

		{`{"openapi":"3.0.3","info":{},"paths":{}}`, "an OpenAPI description"},
		{`{"info":{"title":"x"},"openapi":"3.0.3"}`, "an OpenAPI description"},
		{`{"swagger":"2.0","info":{}}`, "a Swagger description"},
		{`{"asyncapi":"3.0.0","info":{}}`, "an AsyncAPI description"},
		{`{"log":{"version":"1.2","creator":{"name":"x"},"entries":[]}}`, "an HTTP archive (HAR)"},
		{`{"_type":"export","__export_format":4,"resources":[]}`, "an export of Insomnia"},
		{`{"type":"collection.insomnia.rest/5.0","collection":[]}`, "an export of Insomnia"},
		{`{"name":"Shop","version":"1","items":[],"environments":[],"brunoConfig":{}}`, "an export of Bruno"},
		{`{"name":"Shop","version":"1","items":[]}`, "an export of Bruno"},
		{`{"version":"1","name":"Shop","type":"collection","ignore":[]}`, "the settings of a Bruno collection (bruno.json)"},
		{`{"opencollection":"1.0.0","info":{},"items":[]}`, "an OpenCollection file of Bruno"},
		{`[{"v":6,"name":"Shop","folders":[],"requests":[]}]`, "an export of Hoppscotch"},
		{`{"v":6,"name":"Shop","folders":[],"requests":[]}`, "an export of Hoppscotch"},
		{`[{"name":"dev","variables":[]}]`, "an environment of Hoppscotch"},
		{`{"v":1,"id":"x","name":"dev","variables":[]}`, "an environment of Hoppscotch"},
		{`{"clientName":"Thunder Client","collectionName":"Shop","requests":[]}`, "an export of Thunder Client"},
		{`[{"_id":"1","colName":"Shop","requests":[]}]`, "an export of Thunder Client"},
		{`{"id":"1","name":"dev","values":[],"_postman_variable_scope":"environment"}`, "a Postman environment"},
		{`{"name":"dev","values":[]}`, "a Postman environment"},
		{`{"environment":{"id":"1","values":[]}}`, "a Postman environment"},
		{`{"id":"1","values":[],"_postman_variable_scope":"globals"}`, "Postman's global variables"},
		{`{"version":1,"collections":[{}],"environments":[],"headerPresets":[],"globals":[]}`, "a data dump of Postman"},
		{`{"collections":[{"id":"1","uid":"1-1"}]}`, "a list of collections"},
		{"[" + collection + "]", "a list of collections"},
		{`{"workspaces":[]}`, "what the Postman API tells of a workspace"},
		{`{"collection":` + collection + `,"run":{"stats":{}}}`, "a report of Newman or of the Postman CLI"},
		{`{"id":"1","name":"Shop","results":[],"totalPass":3}`, "the results of a collection run"},
		{`{"id":"1","name":"Shop","order":["a"],"requests":[]}`, "a Postman collection of format 1"},
		{`{"collection":{"id":"1","name":"Shop","requests":[]}}`, "a Postman collection of format 1"},
		{`{"collection":{"rootLevelRequests":["1"],"rootLevelFolders":[]}}`, "the minimal model of a collection, which holds ids only"},
		{`{"$kind":"collection","name":"Shop"}`, "a part of a collection in Postman's git format"},
		{
			`{"$schema":"https://schema.postman.com/json/draft-2020-12/collection/v3/","name":"Shop"}`,
			"a part of a collection in Postman's git format",
		},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}`, "a JSON schema"},
		{`{"error":{"name":"AuthenticationError","message":"Invalid API Key."}}`, `an error answer of an API ("Invalid API Key.")`},
		{`{"error":"rateLimited","message":"Rate limit exceeded."}`, `an error answer of an API ("Rate limit exceeded.")`},
		{`{"message":"Forbidden"}`, `an error answer of an API ("Forbidden")`},
		{
			`{"type":"x","title":"Unauthorized","detail":"An API key must be provided","status":401}`,
			`an error answer of an API ("An API key must be provided")`,
		},
		{`"{\"info\":{\"name\":\"Shop\"},\"item\":[]}"`, "a collection inside a JSON string"},
		{`{"hello":"world"}`, "JSON without `info` and `item` (it begins `{\"hello\":\"world\"}`)"},
		{`[1]`, "JSON without `info` and `item` (it begins `[1]`)"},

		{`{"hello":"w` + "\xE9" + `"}`, "a text in another encoding than UTF-8, such as Latin-1 or Windows-1252"},
		{"{\n  // x\n  \"a\": 1}", "JSON with comments (line 2, column 3)"},
		{`{"a": 1, /* é */ "b": 2}`, "JSON with comments (line 1, column 10)"},
		{"{\"a\": [1,\n]}", "JSON with a comma before a closing bracket (line 2, column 1)"},
		{`{"é": [1, {"b"`, "JSON that was cut off (line 1, column 15)"},
		{`{"a":1}` + "\n" + `{"a":2}`, "several JSON documents one after another (line 2, column 1)"},
		{`{"a":1};`, "JSON with something else behind it (line 1, column 8)"},
		{`{a: 1}`, "JavaScript, not JSON, in which names and texts have double quotes (line 1, column 2)"},
		{`{'a': 1}`, "JavaScript, not JSON, in which names and texts have double quotes (line 1, column 2)"},
		{`{"a" 1}`, "JSON with a mistake in it (line 1, column 6)"},
	} {
		k, ok := Of([]byte(c.raw))
		if !ok || string(k.What) != c.what {
			t.Errorf("%q is %q, want %q", c.raw, k.What, c.what)
		}
		what, _, _ := strings.Cut(c.what, " (line")
		told[what] = true
		if k.Own != ofItsOwn.MatchString(what) {
			t.Errorf("%q may lie beside collections: %t", what, k.Own)
		}
		beginning := append([]byte(c.raw), bytes.Repeat([]byte(" "), Enough)...)[:Enough]
		if again, ok := Of(beginning); k.Own && (!ok || again.What != k.What) {
			t.Errorf("%q is %q by its beginning", c.raw, again.What)
		}
	}
	// No row is there for nothing.
	for _, table := range [][]kind{kinds, breaks, rest} {
		for _, k := range table {
			if k.next == "" || strings.HasSuffix(k.next, ".") || k.detail == nil && !told[k.what] {
				t.Errorf("nothing is %q, or its next step is no sentence: %q", k.what, k.next)
			}
		}
	}
}

// What has the form of a collection is none of them, however it goes on.
func TestCollections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, broken string }{
		{collection, ""},
		{"\uFEFF \n{\n \"info\": {},\n \"item\": []}", ""},
		{`{"collection":` + collection + `}`, ""},
		{`{"item":[],"info":{}}`, ""},
		{`{"info":{"name":"x"},"error":1,"requests":[],"item":[],"message":"x","v":1,"values":1,"openapi":"3"}`, ""},
		{`{"variable":["` + strings.Repeat("x", mostMembers) + `"],"info":{}}`, ""},
		{`{"info":{"name":"x"},"item":[],}`, "JSON with a comma before a closing bracket (line 1, column 32)"},
		{`{"info":{"name":"x"`, "JSON that was cut off (line 1, column 20)"},
		{`{"collection":{"info":{"name":"x`, "JSON that was cut off (line 1, column 33)"},
		{"{\n\"info\": {\n<<<<<<< HEAD\n \"name\": \"x\"\n=======\n", "a text with an unsolved merge conflict (line 3, column 1)"},
		{`{"info":{"name":"` + "\xE9" + `"},"item":[]}`, "a text in another encoding than UTF-8, such as Latin-1 or Windows-1252"},
	} {
		if k, foreign := Of([]byte(c.raw)); foreign {
			t.Errorf("%.80q is %q", c.raw, k.What)
		}
		if k, _ := Broken([]byte(c.raw)); string(k.What) != c.broken {
			t.Errorf("%.80q is broken: %q, want %q", c.raw, k.What, c.broken)
		}
	}
}

// What a server answers instead of its own JSON.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                               "empty",
		"hello":                          "not JSON (it begins `hello`)",
		"<html><title>Sign in</title>":   `an HTML page (title "Sign in")`,
		`{"hello":"world"}`:              "JSON of another form (it begins `{\"hello\":\"world\"}`)",
		collection:                       "JSON of another form (it begins `" + collection + "`)",
		`[{"openapi":"3"}]`:              "JSON of another form (it begins `[{\"openapi\":\"3\"}]`)",
		`{"message":"no Route matched"}`: `an error answer of an API ("no Route matched")`,
		`{"versionId":"1.15.0"`:          "JSON that was cut off (line 1, column 22)",
	} {
		if got := string(Answer([]byte(raw))); got != want {
			t.Errorf("%q is %s, want %s", raw, got, want)
		}
	}
}

// Whatever the bytes, what they are is told, on one line of UTF-8 without what it
// quotes of a credential.
func FuzzOf(f *testing.F) {
	f.Add([]byte(collection))
	f.Add([]byte(`{"error":{"message":"PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"}}`))
	f.Add([]byte("<title>\xFF</title><html>"))
	f.Add([]byte("[[{\"a\":\n{"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, foreign := Of(raw)
		if foreign != (k.What != "") || foreign != (k.Next != "") {
			t.Errorf("%+v, %v", k, foreign)
		}
		b, _ := Broken(raw)
		for _, what := range []string{string(k.What), string(b.What)} {
			if !utf8.ValidString(what) || strings.ContainsAny(what, "\n\r") || len(what) > 1000 || strings.Contains(what, "PMAK-01") {
				t.Errorf("%q", what)
			}
		}
	})
}
