package predict

import (
	"errors"
	"strings"
	"testing"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// What servers make of inputs that they do not take for a collection.
func TestForeign(t *testing.T) {
	t.Parallel()
	har := func(log string) string { return `{"x":{},"log":` + log + `}` }
	for name, c := range map[string]struct {
		raw, version string
		format       Format
		outcome      Outcome
		says         string // the import's error
		unknown      bool
		service      string // name, version and type
	}{
		"a page": {
			raw: "<html>", format: HTTPArchive, outcome: Refused, says: "Unexpected character ('<' (code 60)): expected a valid value",
		},
		"a page, older server": {raw: "<html>", version: "1.10.0", format: SoapUI, outcome: Refused, says: noSoapUI},
		"XML, older server":    {raw: "<a/>", version: "1.10.0", format: SoapUI, outcome: Skipped},
		"perhaps SoapUI":       {raw: "<?xml version='1.0'?><soapui/>", format: SoapUI, outcome: Refused, unknown: true},
		"no archive":           {raw: `{"a":1}`, format: HTTPArchive, outcome: Refused, says: noHAR},
		"without a comment":    {raw: har(`{"version":"1.2"}`), format: HTTPArchive, outcome: Refused, says: noHARComment},
		"another comment":      {raw: har(`{"version":"1.2","comment":"x"}`), format: HTTPArchive, outcome: Refused, says: noHARIdentity},
		"a bad comment": {
			raw: har(`{"version":"1.2","comment":"microcksId: x"}`), format: HTTPArchive, outcome: Refused, says: badHARComment,
		},
		"no version in it": {raw: har(`{"version":"1.2","comment":"microcksId: x:"}`), format: HTTPArchive, outcome: Crashed},
		"an empty archive": {
			raw: har(`{"version":"1.2","comment":"microcksId: x : 1 "}`), format: HTTPArchive, outcome: Imported, service: "x 1 REST",
		},
		"an archive": {
			raw:    har(`{"version":"1.2","comment":"microcksId: x:1","entries":[{}]}`),
			format: HTTPArchive, outcome: Refused, unknown: true,
		},
		"OpenAPI": {
			raw: `{"openapi": "3.0.1", "info": {"title": "T", "version": "2"}}`, format: OpenAPI, outcome: Imported, service: "T 2 REST",
		},
		"Swagger": {
			raw: `{"swagger": "2.0", "info": {"title": "T", "version": "2"}}`, format: Swagger, outcome: Imported, service: "T 2 REST",
		},
		"AsyncAPI": {
			raw: `{"asyncapi": "2.0", "info": {"title": "T", "version": "2"}}`, format: AsyncAPI, outcome: Imported, service: "T 2 EVENT",
		},
		"OpenAPI, YAML": {raw: "---\nopenapi: 3.0.0", format: OpenAPI, outcome: Refused, says: noJSONSpec, unknown: true},
		"broken":        {raw: `{"openapi": "3.0.1"`, format: OpenAPI, outcome: Refused, says: noJSONSpec},
		"metadata":      {raw: `{"a": "kind: APIMetadata"}`, format: Metadata, outcome: Refused, says: noMetadata},
		"no YAML":       {raw: "{\n\t\"a\": \"kind: APIMetadata\"}", format: Metadata, outcome: Refused, says: notMetadata},
		"real metadata": {
			raw: `{"a": "kind: APIMetadata", "metadata": {}}`, format: Metadata, outcome: Refused, says: noMetadata, unknown: true,
		},
		"JSON, GraphQL":  {raw: `{"a": "type Query {"}`, format: GraphQL, outcome: Refused, says: noGraphQL},
		"GraphQL":        {raw: "# microcksId: x:1\ntype Query {}", format: GraphQL, outcome: Refused, says: noGraphQL, unknown: true},
		"GraphQL fields": {raw: "# microcksId: x:1\n{ a }", format: GraphQL, outcome: Refused, says: noGraphQL, unknown: true},
		"protobuf":       {raw: `syntax = "proto3";`, format: Protobuf, outcome: Refused, unknown: true},
	} {
		d := Read([]byte(c.raw), Options{Version: c.version})
		im := d.Import(Target{Main: true})
		if d.Format != c.format || d.Parsed() || d.Err != nil {
			t.Errorf("%s: format %d, parsed %v, %v", name, d.Format, d.Parsed(), d.Err)
		}
		said := strings.HasPrefix(im.ImportError, c.says) && (im.ImportError == "") == (c.says == "")
		if im.Outcome != c.outcome || im.ImportErrorUnknown != c.unknown || !said {
			t.Errorf("%s: %s %q, unknown %v", name, im.Outcome, im.ImportError, im.ImportErrorUnknown)
		}
		service := ""
		if im.Service != nil {
			service = im.Service.Name + " " + im.Service.Version + " " + im.Service.Type
		}
		if service != c.service {
			t.Errorf("%s: service %q", name, service)
		}
	}
}

// What is taken for a collection, and cannot be read.
func TestUnreadableCollections(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw       string
		format    Format
		malformed bool
		says      string
	}{
		"an answer, truncated": {`{"collection":{"info`, APIAnswer, false, wrappedNotParsed},
		"a file, truncated":    {"{\n\"_postman_id\": 1", Collection, false, notParsed},
		"not UTF-8":            {"{\"collection\":\"\xff\"}", Collection, true, "Input length = 1"},
		"not UTF-8 behind it":  {"{\"collection\":{}}\n\xff\n", Collection, true, "Input length = 1"},
	} {
		d := Read([]byte(c.raw), Options{})
		_, malformed := errors.AsType[*java.MalformedInputError](d.Err)
		_, syntax := errors.AsType[*jackson.SyntaxError](d.Err)
		if malformed != c.malformed || syntax == c.malformed || d.Parsed() {
			t.Errorf("%s: %v", name, d.Err)
		}
		if !c.malformed && d.Format != c.format {
			t.Errorf("%s: format %d", name, d.Format)
		}
		if im := d.Import(Target{Main: true}); im.Outcome != Refused || im.ImportError != c.says {
			t.Errorf("%s: %s %q", name, im.Outcome, im.ImportError)
		}
	}
}
